"""The API server behind one provider: client, served kinds, and why it cannot be reached."""

import threading
import time

from sandbox.plugins.kubernetes.client import ApiError, Client, Unreachable
from sandbox.plugins.kubernetes.discovery import Discovery, Kind
from sandbox.plugins.kubernetes.kubeconfig import KubeconfigError, load_kubeconfig
from sandbox.plugins.kubernetes.settings import Settings

DEFINITION_PATIENCE = 8.0  # seconds for a definition of the same update to be established
NAMESPACES = "/api/v1/namespaces"
NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Cluster:
    """Connects in the background as soon as it is made, while the program is still starting."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._discovery: Discovery | None = None
        self._reason: str | None = None
        self._default: str | None = settings.namespace
        self._namespaces: set[str] | None = None
        self._thread = threading.Thread(target=self._connect, daemon=True)
        self._thread.start()

    def _connect(self) -> None:
        chosen = self._settings
        try:
            access = load_kubeconfig(chosen.kubeconfig, context=chosen.context, cluster=chosen.cluster)
            self._default = self._default or access.namespace
            self._client = Client(access)
            self._discovery = Discovery(self._client)
            self._discovery.find("v1", "Namespace")
        except (KubeconfigError, Unreachable, ApiError, ValueError, KeyError) as error:
            self._reason = str(error)
        except OSError as error:  # ssl raises it for PEM that is none
            self._reason = f"a certificate, key or token file of the kubeconfig cannot be used: {error}"

    def unreachable(self) -> str | None:
        """Why the cluster cannot be reached; None when it can."""
        self._thread.join()
        return self._reason

    @property
    def client(self) -> Client:
        """The connection; raises Unreachable when there is none."""
        self._thread.join()
        if self._client is None or self._reason is not None:
            raise Unreachable(f"configured Kubernetes cluster is unreachable: {self._reason}")
        return self._client

    def default_namespace(self) -> str | None:
        """Where objects without a namespace go: the provider's choice, else the kubeconfig context's."""
        self._thread.join()
        return self._default

    def kind(self, api_version: str, kind: str, *, patience: float = 0.0) -> Kind | None:
        """The served kind, waiting up to `patience` seconds for its definition; None when there is none."""
        if self.client and self._discovery is None:
            raise Unreachable("configured Kubernetes cluster is unreachable")
        deadline = time.monotonic() + patience
        found = self._find(api_version, kind, fresh=False) or self._find(api_version, kind, fresh=True)
        while found is None and time.monotonic() < deadline:
            time.sleep(0.25)
            found = self._find(api_version, kind, fresh=True)
        return found

    def _find(self, api_version: str, kind: str, *, fresh: bool) -> Kind | None:
        assert self._discovery is not None  # noqa: S101 - kind() has checked it
        return self._discovery.find(api_version, kind, fresh=fresh)

    def has_namespace(self, name: str) -> bool:
        """Whether the namespace exists, from one listing: previews ask for many objects of few namespaces."""
        if self._namespaces is None:
            items = self.client.get(NAMESPACES, accept=NAMES_ONLY).body.get("items", [])
            self._namespaces = {item["metadata"]["name"] for item in items}
        return name in self._namespaces
