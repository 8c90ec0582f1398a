"""What Prometheus and Grafana are told. Pure text; alert rules and dashboards are not part of it."""

import json

from catalogue.models.services import Endpoint
from components.labels import COMPONENT, ENVIRONMENT, MANAGED_BY, NAME, PART_OF


def prometheus_config() -> str:
    """Every pod that a stack of ours made and that has a port `http`, by the labels that all of them carry.

    JSON is YAML: no quoting rule of another format stands between a name and its meaning.
    """
    copied = {"app": PART_OF, "component": COMPONENT, "environment": ENVIRONMENT, "image": NAME}
    rules: list[dict[str, object]] = [
        _rule("keep", _pod_label(MANAGED_BY), "pulumi"),
        _rule("keep", "__meta_kubernetes_pod_container_port_name", "http"),
        *(_copy(_pod_label(label), name) for name, label in copied.items()),
        _copy("__meta_kubernetes_namespace", "namespace"),
        _copy("__meta_kubernetes_pod_name", "pod"),
    ]
    apps = {
        "job_name": "apps",
        "metrics_path": "/metrics",
        "kubernetes_sd_configs": [{"role": "pod"}],
        "relabel_configs": rules,
    }
    document = {
        "global": {"scrape_interval": "15s", "scrape_timeout": "10s", "evaluation_interval": "15s"},
        "scrape_configs": [apps],
    }
    return json.dumps(document, indent=2) + "\n"


def grafana_source(prometheus: Endpoint) -> str:
    """Grafana's one data source."""
    source = {
        "name": "Prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": f"http://{prometheus.host}:{prometheus.port}",
        "isDefault": True,
        "editable": False,
    }
    return json.dumps({"apiVersion": 1, "datasources": [source]}, indent=2) + "\n"


def _rule(action: str, label: str, value: str) -> dict[str, object]:
    return {"action": action, "source_labels": [label], "regex": value}


def _copy(label: str, name: str) -> dict[str, object]:
    return {"source_labels": [label], "target_label": name}


def _pod_label(label: str) -> str:
    return "__meta_kubernetes_pod_label_" + "".join(one if one.isalnum() else "_" for one in label)
