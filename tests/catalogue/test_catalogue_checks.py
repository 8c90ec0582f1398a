"""Every refusal: a valid catalogue, one passage changed, and the one sentence that has to come out.

Beside each bad passage stands a good one as near to it as can be: it has to pass.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

Edit = Callable[[str, str, str], None]
Complaints = Callable[[], list[str]]
NEXTSTEP = "catalogue/apps/nextstep.yaml"
KVIBE = "catalogue/apps/kvibe.yaml"
NEXTGEN = "catalogue/apps/nextgen.yaml"
KREACH = "catalogue/apps/kreach.yaml"
NEXIA = "catalogue/nexia.yaml"
PLATFORM = "catalogue/platform.yaml"


class Case(NamedTuple):
    file: str
    old: str
    bad: str
    good: str
    says: str


CASES = {
    # one file: keys and types
    "unknown-key": Case(
        KVIBE,
        "title: Viral",
        "nmae: kvibe\ntitle: Viral",
        "sla: 99.5%\ntitle: Viral",
        f"{KVIBE}: nmae is an unknown key; did you mean name?",
    ),
    "unknown-key-below": Case(
        KVIBE,
        "dev_port: 7006",
        "dev_port: 7006\n    healht: /up",
        "dev_port: 7006\n    health: /up",
        f"{KVIBE}: components.backend.healht is an unknown key; did you mean health?",
    ),
    "unknown-key-like-nothing": Case(
        KVIBE,
        "data:\n",
        "data:\n  xyz: hunter2\n",
        "data:\n  scripting: true\n",
        f"{KVIBE}: data.xyz is an unknown key; known here: backup, databases, key_prefix, scripting",
    ),
    "missing-key": Case(
        KVIBE,
        "title: Viral marketing, essential to launch\n",
        "",
        "title: Viral\n",
        f"{KVIBE}: title is missing; add the key title",
    ),
    "bool-of-yaml-1.1": Case(
        KVIBE,
        "external: true",
        "external: no",
        "external: false",
        f"{KVIBE}: external = no is neither true nor false; write true or false",
    ),
    "port-as-text": Case(
        KVIBE,
        "7006",
        '"7006"',
        "7106",
        f"{KVIBE}: components.backend.dev_port = 7006 is no whole number; "
        "write a whole number without quotes",
    ),
    "port-as-truth": Case(
        KVIBE,
        "7006",
        "true",
        "7106",
        f"{KVIBE}: components.backend.dev_port = true is no whole number; "
        "write a whole number without quotes",
    ),
    "port-out-of-range": Case(
        KVIBE,
        "7006",
        "80",
        "1024",
        f"{KVIBE}: components.backend.dev_port = 80 is too small; "
        "write a number greater than or equal to 1024",
    ),
    "port-too-large": Case(
        KVIBE,
        "7006",
        "65536",
        "65535",
        f"{KVIBE}: components.backend.dev_port = 65536 is too large; "
        "write a number less than or equal to 65535",
    ),
    "port-of-the-ingress": Case(
        KVIBE,
        "7006",
        "7080",
        "7081",
        f"{KVIBE}: components.backend.dev_port = 7080 is where the sandbox's ingress answers for every host; "
        "give it another port",
    ),
    "cpu-as-number": Case(
        KVIBE,
        "cpu: 400m",
        "cpu: 0.4",
        'cpu: "0.4"',
        f"{KVIBE}: resources.requests.cpu = 0.4 is no text; "
        'put it in quotes, with its unit where it has one, like "500m"',
    ),
    "backup-rhythm": Case(
        NEXTGEN,
        "every: 24h",
        "every: 5h",
        "every: 6h",
        f"{NEXTGEN}: data.backup.every = 5h does not divide a day into whole hours; "
        "write 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h",
    ),
    "annotation-name": Case(
        PLATFORM,
        "ingress.cilium.io/force-https:",
        "ingress cilium/force-https:",
        "ingress.cilium.io/force-http:",
        f"{PLATFORM}: tls_annotations.ingress cilium/force-https = enabled is no annotation's name; "
        "write it like ingress.example.com/force-https",
    ),
    "storage-class": Case(
        PLATFORM,
        'shared_storage_class: ""',
        "shared_storage_class: NFS",
        "shared_storage_class: nfs",
        f"{PLATFORM}: shared_storage_class = NFS is no storage class; "
        "write its name, or leave it empty for the default one",
    ),
    "supervision-by-an-app": Case(
        KVIBE,
        "dev_port: 7006",
        "dev_port: 7006\n    supervises: true",
        "dev_port: 7006\n    supervises: false",
        f"{KVIBE}: components.backend.supervises = true reads all namespaces, which only NEXIA may; "
        "remove the key",
    ),
    "quantity": Case(
        KVIBE,
        "cpu: 400m",
        "cpu: 400mm",
        'cpu: "40e-2"',
        f"{KVIBE}: resources.requests.cpu = 400mm is no Kubernetes quantity; "
        "write it like 500m, 128Mi or 1.5Gi",
    ),
    "quantity-negative": Case(
        KVIBE,
        "memory: 512Mi",
        "memory: -512Mi",
        "memory: .5Gi",
        f"{KVIBE}: resources.requests.memory = -512Mi is no Kubernetes quantity; "
        "write it like 500m, 128Mi or 1.5Gi",
    ),
    "memory-with-part-of-a-byte": Case(
        KVIBE,
        "memory: 1Gi",
        "memory: 1.2Gi",
        "memory: 1.25Gi",
        f"{KVIBE}: resources.limits.memory = 1.2Gi is no whole number of bytes; "
        "write 1229Mi, which is a little more",
    ),
    "memory-beyond-counting": Case(
        PLATFORM,
        "{memory: 256Mi, cpu: 200m}",
        "{memory: 99999999999999999999999Ei, cpu: 200m}",
        '{memory: "9223372036854775807", cpu: 200m}',
        f"{PLATFORM}: environments.dev.resources.limits.memory = 99999999999999999999999Ei "
        "is more than Kubernetes can count; write at most 9223372036854775807 bytes",
    ),
    "cpu-with-part-of-a-milli-core": Case(
        KVIBE,
        "cpu: 400m",
        "cpu: 100u",
        "cpu: 1000u",
        f"{KVIBE}: resources.requests.cpu = 100u is no whole number of milli-cores; "
        "write 1m, which is a little more",
    ),
    "cpu-beyond-counting": Case(
        KVIBE,
        "cpu: 800m",
        'cpu: "1e99"',
        "cpu: 9223372036854775807m",
        f"{KVIBE}: resources.limits.cpu = 1e99 is more than Kubernetes can count; "
        "write at most 9223372036854775807 milli-cores",
    ),
    "volume-with-part-of-a-byte": Case(
        KREACH,
        "size: 20Gi",
        "size: 20.3Ki",
        "size: 20.5Ki",
        f"{KREACH}: components.api.volumes.models.size = 20.3Ki is no whole number of bytes; "
        "write 20788, which is a little more",
    ),
    "percentage-as-number": Case(
        KVIBE,
        "75%",
        "75",
        "74%",
        f"{KVIBE}: autoscaling.cpu = 75 is no whole percentage from 1% to 100%; write it like 70%",
    ),
    "percentage-of-nothing": Case(
        KVIBE,
        "75%",
        "0%",
        "1%",
        f"{KVIBE}: autoscaling.cpu = 0% is no whole percentage from 1% to 100%; write it like 70%",
    ),
    "percentage-above-all": Case(
        KVIBE,
        "75%",
        "101%",
        "100%",
        f"{KVIBE}: autoscaling.cpu = 101% is no whole percentage from 1% to 100%; write it like 70%",
    ),
    "availability": Case(
        NEXIA,
        "99.9%",
        "99.9",
        "99.95%",
        f"{NEXIA}: components.claude-code.sla = 99.9 is no percentage above 0% and up to 100%; "
        "write it like 99.9%",
    ),
    "duration": Case(
        NEXIA,
        "escalate_after: 5m",
        "escalate_after: 5 minutes",
        "escalate_after: 300s",
        f"{NEXIA}: escalate_after = 5 minutes is no duration; write it like 30s, 5m or 24h",
    ),
    "clock": Case(
        KVIBE,
        '"21:00"',
        "9 pm",
        "21:00",
        f'{KVIBE}: slot.end = 9 pm is no time of day; write it like "09:00", from "00:00" to "23:59"',
    ),
    "clock-after-midnight": Case(
        KVIBE,
        '"21:00"',
        '"24:00"',
        '"23:59"',
        f'{KVIBE}: slot.end = 24:00 is no time of day; write it like "09:00", from "00:00" to "23:59"',
    ),
    "choice": Case(
        KVIBE,
        "cpu: 75%}",
        "cpu: 75%, pace: slow}",
        "cpu: 75%, pace: conservative}",
        f"{KVIBE}: autoscaling.pace = slow is not one of the choices; write 'normal' or 'conservative'",
    ),
    "list": Case(
        PLATFORM,
        "then: [high]",
        "then: high",
        "then: [p0]",
        f"{PLATFORM}: alerts.service-down.then = high is no list; write a list, like [a, b]",
    ),
    "empty-list": Case(
        PLATFORM,
        "then: [high]",
        "then: []",
        "then: [high, p0]",
        f"{PLATFORM}: alerts.service-down.then has 0 entries; write at least 1",
    ),
    "mapping": Case(
        KVIBE,
        "{min: 2, max: 10, cpu: 75%}",
        "2-10",
        "{min: 10, max: 10, cpu: 75%}",
        f"{KVIBE}: autoscaling = 2-10 is no mapping; write keys below it, one a line",
    ),
    "time-zone": Case(
        PLATFORM,
        "Europe/Paris",
        "Europe/Lutetia",
        "Europe/Berlin",
        f"{PLATFORM}: timezone = Europe/Lutetia is no time zone; use an IANA name like Europe/Paris",
    ),
    "path": Case(
        KVIBE,
        "path: /api",
        "path: api/",
        "path: /api/v1",
        f"{KVIBE}: components.backend.path = api/ is no URL path; "
        "start with / and end without one, like /api",
    ),
    "host": Case(
        KVIBE,
        "data:",
        "hosts: {prod: k_vibe}\ndata:",
        "hosts: {prod: k-vibe}\ndata:",
        f"{KVIBE}: hosts.prod = k_vibe is no DNS name; "
        "use lower-case labels of letters, digits and dashes, joined by dots",
    ),
    "service-host": Case(
        PLATFORM,
        "prometheus.monitoring.svc.cluster.local",
        "http://bob:hunter2@prometheus",
        "prometheus",
        f"{PLATFORM}: services.prometheus.host = http://***@prometheus is no DNS name; "
        "use lower-case labels of letters, digits and dashes, joined by dots",
    ),
    "phrase-with-a-blank-too-many": Case(
        KVIBE,
        "DEPLOY KVIBE PROD",
        '"DEPLOY KVIBE PROD "',
        '"DEPLOY  KVIBE PROD"',
        f"{KVIBE}: phrase = DEPLOY KVIBE PROD  begins or ends with a blank; "
        "remove it, nobody sees it when typing",
    ),
    "phrase-empty": Case(
        KVIBE,
        "DEPLOY KVIBE PROD",
        '"  "',
        "K",
        f"{KVIBE}: phrase =    is empty; write the words that a person has to type",
    ),
    "phrase-decomposed": Case(
        KVIBE,
        "DEPLOY KVIBE PROD",
        "DEPLOY KVIBE\u0301 PROD",
        "DEPLOY KVIB\u00c9 PROD",
        f"{KVIBE}: phrase = DEPLOY KVIBE\u0301 PROD holds decomposed letters; "
        "write each accented letter as one character (NFC)",
    ),
    "phrase-with-a-zero-width-space": Case(
        KVIBE,
        "DEPLOY KVIBE PROD",
        "DEPLOY\u200b KVIBE PROD",
        "DEPLOY - KVIBE PROD",
        f"{KVIBE}: phrase = DEPLOY\\u200b KVIBE PROD holds an invisible or control character; "
        "type the phrase anew on one line",
    ),
    # one app: parts that contradict each other
    "requests-above-limits-cpu": Case(
        KVIBE,
        "cpu: 400m",
        "cpu: 801m",
        'cpu: "0.8"',
        f"{KVIBE}: resources.requests.cpu = 801m is above its limit 800m; "
        "ask for at most 800m, or raise the limit",
    ),
    "requests-above-limits-memory": Case(
        KVIBE,
        "memory: 512Mi",
        "memory: 1025Mi",
        "memory: 1024Mi",
        f"{KVIBE}: resources.requests.memory = 1025Mi is above its limit 1Gi; "
        "ask for at most 1Gi, or raise the limit",
    ),
    "requests-above-limits-component": Case(
        NEXIA,
        "cpu: 250m",
        "cpu: 501m",
        "cpu: 500m",
        f"{NEXIA}: components.voice.resources.requests.cpu = 501m is above its limit 500m; "
        "ask for at most 500m, or raise the limit",
    ),
    "requests-above-limits-dev": Case(
        PLATFORM,
        "cpu: 100m",
        "cpu: 201m",
        "cpu: 200m",
        f"{PLATFORM}: environments.dev.resources.requests.cpu = 201m is above its limit 200m; "
        "ask for at most 200m, or raise the limit",
    ),
    "requests-above-limits-staging": Case(
        PLATFORM,
        "cpu: 800m",
        "cpu: 1604m",
        "cpu: 1600m",
        f"{PLATFORM}: environments.staging.total.requests.cpu = 1604m is above its limit 1600m; "
        "ask for at most 1600m, or raise the limit",
    ),
    "staging-indivisible": Case(
        PLATFORM,
        "cpu: 800m",
        "cpu: 801m",
        "cpu: 804m",
        f"{PLATFORM}: environments.staging.total cannot be shared by 4 pods: "
        "0.20025 cores is no whole number of milli-cores; choose totals that divide evenly",
    ),
    "min-above-max": Case(
        KVIBE,
        "min: 2",
        "min: 11",
        "min: 10",
        f"{KVIBE}: autoscaling.min = 11 is above max, which is 10; let min be at most max",
    ),
    "min-above-max-component": Case(
        NEXIA,
        "min: 1, max: 2",
        "min: 3, max: 2",
        "min: 2, max: 2",
        f"{NEXIA}: components.voice.autoscaling.min = 3 is above max, which is 2; let min be at most max",
    ),
    "min-above-max-staging": Case(
        PLATFORM,
        "min_pods: 2",
        "min_pods: 5",
        "min_pods: 4",
        f"{PLATFORM}: environments.staging.min_pods = 5 is above max_pods, which is 4; "
        "let min_pods be at most max_pods",
    ),
    "no-autoscaling": Case(
        KVIBE,
        "autoscaling: {min: 2, max: 10, cpu: 75%}\n",
        "",
        "autoscaling: {min: 1, max: 1, cpu: 75%}\n",
        f"{KVIBE}: components.frontend has no autoscaling for production; "
        "add autoscaling to the component or to the app\n"
        f"{KVIBE}: components.backend has no autoscaling for production; "
        "add autoscaling to the component or to the app",
    ),
    "volume-for-one-node": Case(
        KREACH,
        "20Gi, access: ReadWriteMany",
        "20Gi",
        "30Gi, access: ReadWriteMany",
        f"{KREACH}: components.api.volumes.models can be mounted on one node only, "
        "but api has up to 8 pods; write access: ReadWriteMany",
    ),
    "volume-named-as-the-platforms": Case(
        KREACH,
        "      models: {",
        "      tmp: {",
        "      temp: {",
        f"{KREACH}: components.api.volumes.tmp is the name of a volume of the platform; choose another",
    ),
    "volume-within-the-platforms": Case(
        KREACH,
        "mount: /var/lib/kreach/models",
        "mount: /tmp/models",
        "mount: /tmpmodels",
        f"{KREACH}: components.api.volumes.models.mount = /tmp/models "
        "lies where the platform's tmp is mounted; choose a directory of its own",
    ),
    "volume-in-the-place-of-the-token": Case(
        KREACH,
        "mount: /var/lib/kreach/models",
        "mount: /var/run/secrets/kubernetes.io/serviceaccount",
        "mount: /var/run/secrets/kubernetes.io",
        f"{KREACH}: components.api.volumes.models.mount = /var/run/secrets/kubernetes.io/serviceaccount "
        "lies where the platform's api-access is mounted; choose a directory of its own",
    ),
    "mount-with-dots": Case(
        KREACH,
        "mount: /var/lib/kreach/models",
        "mount: /var/lib/../../tmp",
        "mount: /var/lib/..kreach/.models",
        f"{KREACH}: components.api.volumes.models.mount = /var/lib/../../tmp "
        "is no absolute directory without . and ..; write it like /var/lib/app/models",
    ),
    "volume-on-another": Case(
        KREACH,
        "mount: /var/lib/kreach/pipeline",
        "mount: /var/lib/kreach/models",
        "mount: /var/lib/kreach/models/pipeline",
        f"{KREACH}: components.api.volumes.pipeline.mount = /var/lib/kreach/models "
        "lies where models is mounted; choose a directory of its own",
    ),
    "setting-that-says-who-it-is": Case(
        KVIBE,
        "path: /api",
        "path: /api\n    settings: {BLUEOCEAN_ENVIRONMENT: hunter2}",
        "path: /api\n    settings: {ENVIRONMENT_OF_BLUEOCEAN: x}",
        f"{KVIBE}: components.backend.settings BLUEOCEAN_ENVIRONMENT is set by the platform, "
        "which would ignore this one; remove or rename it",
    ),
    "setting-of-the-database": Case(
        KVIBE,
        "path: /api",
        "path: /api\n    settings: {PGHOST: hunter2}",
        "path: /api\n    settings: {PGAPPNAME: kvibe}",
        f"{KVIBE}: components.backend.settings PGHOST is set by the platform, "
        "which would ignore this one; remove or rename it",
    ),
    "setting-of-the-cache": Case(
        KVIBE,
        "path: /api",
        "path: /api\n    settings: {REDIS_PREFIX: hunter2}",
        "path: /api\n    settings: {REDIS_PREFIXES: x}",
        f"{KVIBE}: components.backend.settings REDIS_PREFIX is set by the platform, "
        "which would ignore this one; remove or rename it",
    ),
    "slot-reversed": Case(
        KVIBE,
        '"21:00"',
        '"17:00"',
        '"18:01"',
        f"{KVIBE}: slot 18:00-17:00 ends before it has begun; let start come before end",
    ),
    "slot-empty": Case(
        KVIBE,
        '"21:00"',
        '"18:00"',
        '"18:01"',
        f"{KVIBE}: slot 18:00-18:00 ends before it has begun; let start come before end",
    ),
    "critical-without-phrase": Case(
        KVIBE,
        "phrase: DEPLOY KVIBE PROD # D-1: by analogy\n",
        "",
        "phrase: KVIBE\n",
        f"{KVIBE}: phrase is missing, but the app is critical; add its phrase",
    ),
    "critical-without-slot": Case(
        KVIBE,
        'slot: {start: "18:00", end: "21:00"}\n',
        "",
        'slot: {start: "21:00", end: "22:00"}\n',
        f"{KVIBE}: slot is missing, but the app is critical; add its slot",
    ),
    "app-independent": Case(
        KVIBE,
        "tier: critical",
        "tier: independent",
        "tier: 'critical'",
        f"{KVIBE}: tier = independent is no tier for an app; "
        "write critical or standard; only NEXIA stands apart",
    ),
    "nexia-critical": Case(
        NEXIA,
        "tier: independent",
        "tier: standard",
        "tier: 'independent'",
        f"{NEXIA}: tier = standard is no tier for NEXIA; "
        "write independent; NEXIA never rides the apps' triggers",
    ),
    "rollback-of-nothing": Case(
        KVIBE,
        "kvibe-frontend-prod",
        "kvibe-fronted-prod",
        '"kvibe-frontend-prod"',
        f"{KVIBE}: rollback.deployments[0] = kvibe-fronted-prod is a Deployment that no component produces; "
        "did you mean kvibe-frontend-prod?",
    ),
    "rollback-forgets": Case(
        KVIBE,
        "[kvibe-frontend-prod, kvibe-backend-prod]",
        "[kvibe-frontend-prod]",
        "[kvibe-backend-prod, kvibe-frontend-prod]",
        f"{KVIBE}: rollback.deployments forgets kvibe-backend-prod; add it to the list",
    ),
    "rollback-twice": Case(
        KVIBE,
        "[kvibe-frontend-prod, kvibe-backend-prod]",
        "[kvibe-frontend-prod, kvibe-frontend-prod, kvibe-backend-prod]",
        "[kvibe-backend-prod, kvibe-frontend-prod]",
        f"{KVIBE}: rollback.deployments[1] = kvibe-frontend-prod is listed twice; keep one of the two",
    ),
    "database-of-nobody": Case(
        NEXIA,
        "database: nexia_directus",
        "database: nexia_direktus",
        "database: nexia_supervisor",
        f"{NEXIA}: components.directus.database = nexia_direktus is none of data.databases; "
        "did you mean nexia_directus?",
    ),
    "database-unused": Case(
        NEXIA,
        "database: nexia_directus",
        "database: nexia_directus\n    uses: [cache]",
        "database: nexia_directus\n    uses: [database]",
        f"{NEXIA}: components.directus.database = nexia_directus is named, but `uses` lacks database; "
        "remove one of the two",
    ),
    "alert-without-component": Case(
        NEXIA,
        "component: supervisor\n",
        "component: supervisr\n",
        "component: api\n",
        f"{NEXIA}: alerts.supervisor-down.component = supervisr is no component of the app; "
        "did you mean supervisor?",
    ),
    "alert-without-reaction": Case(
        KREACH,
        "then: [data-team]",
        "then: [datateam]",
        "then: [ai-team, data-team]",
        f"{KREACH}: alerts.data-pipeline-failures.then[0] = datateam is no reaction of "
        "catalogue/platform.yaml; did you mean data-team?",
    ),
    "notify-nobody": Case(
        KVIBE,
        "rollback:\n",
        "rollback:\n  notify: [sales]\n",
        "rollback:\n  notify: [business, management]\n",
        f"{KVIBE}: rollback.notify[0] = sales is no reaction of catalogue/platform.yaml; "
        "known here: ai-team, autoscaling, business, business-impact, continuity-risk, coordination, "
        "cross-ecosystem, data-integrity, data-team, degraded-service, development, high, human-approval, "
        "human-supervisor, immediate, infrastructure, management, multi-app-assessment, p0, security, "
        "tools-unavailable, user-experience",
    ),
    "alert-without-threshold": Case(
        PLATFORM,
        "    above: 3%\n",
        "",
        "    above: 4%\n",
        f"{PLATFORM}: alerts.error-rate signal error-rate has no threshold; add `above`, like above: 10%",
    ),
    "alert-with-a-threshold-of-nothing": Case(
        PLATFORM,
        "    lasting: 3m\n",
        "    lasting: 3m\n    above: 3%\n",
        "    lasting: 4m\n",
        f"{PLATFORM}: alerts.service-down signal down knows no threshold; remove `above`",
    ),
    "path-twice": Case(
        KVIBE,
        "path: /api",
        "path: /",
        "path: /backend",
        f"{KVIBE}: components.backend.path = / is already the path of frontend; "
        "give each component its own path",
    ),
    "setting-secret": Case(
        KVIBE,
        "path: /api",
        "path: /api\n    settings: {API_TOKEN: hunter2}",
        "path: /api\n    settings: {LOG_LEVEL: info}",
        f"{KVIBE}: components.backend.settings API_TOKEN looks like a secret; "
        "remove it; secrets come from a Secret",
    ),
    "name-of-another-file": Case(
        KVIBE,
        "name: kvibe\n",
        "name: k-vibe\n",
        "name: 'kvibe'\n",
        f"{KVIBE}: name = k-vibe is not the name of its file kvibe.yaml; "
        "rename the file to k-vibe.yaml, or the app to kvibe",
    ),
    # between files
    "dev-port-of-another-app": Case(
        KVIBE,
        "7006",
        "8001",
        "8002",
        f"{KVIBE}: components.backend.dev_port = 8001 claims the dev port 8001 of kreach ({KREACH}); "
        "give one of them another dev port",
    ),
    "dev-port-of-a-sibling": Case(
        KVIBE,
        "7006",
        "7005",
        "7007",
        f"{KVIBE}: components.backend.dev_port = 7005 claims the dev port 7005 of kvibe ({KVIBE}); "
        "give one of them another dev port",
    ),
    "dev-port-of-nexia": Case(
        NEXIA,
        "7010",
        "7020",
        "7021",
        f"{NEXIA}: components.supervisor.dev_port = 7020 claims the dev port 7020 of nextstep ({NEXTSTEP}); "
        "give one of them another dev port",
    ),
    "host-of-another-app": Case(
        KVIBE,
        "data:",
        "hosts: {prod: nextstep}\ndata:",
        "hosts: {prod: kvibe}\ndata:",
        f"{KVIBE}: hosts.prod = nextstep claims the host nextstep of nextstep ({NEXTSTEP}); "
        "give one of them another host",
    ),
    "host-of-another-environment": Case(
        KVIBE,
        "data:",
        "hosts: {staging: nexia.dev.localhost}\ndata:",
        "hosts: {staging: nexia.staging-shared.local}\ndata:",
        f"{KVIBE}: hosts.staging = nexia.dev.localhost claims the host nexia.dev.localhost "
        f"of nexia ({NEXIA}); "
        "give one of them another host",
    ),
    "host-of-the-shared-staging": Case(
        KVIBE,
        "data:",
        "hosts: {prod: staging-shared.blueocean}\ndata:",
        "hosts: {prod: kvibe}\ndata:",
        f"{KVIBE}: hosts.prod = staging-shared.blueocean claims the host staging-shared.blueocean "
        f"of the platform ({PLATFORM}); give one of them another host",
    ),
    "host-of-two-environments": Case(
        PLATFORM,
        '"{app}.staging-shared.local"',
        '"{app}.dev.localhost"',
        '"{app}.staging.localhost"',
        f"{PLATFORM}: environments.staging.host = {{app}}.dev.localhost gives apps the host "
        "that they have in dev already; let the two templates differ",
    ),
    "database-of-two-environments": Case(
        PLATFORM,
        'database: "{stem}_production"',
        'database: "{stem}_dev"',
        'database: "{stem}_prod"',
        f"{PLATFORM}: environments.prod.database = {{stem}}_dev gives apps the database "
        "that they have in dev already; let the two templates differ",
    ),
    "database-of-the-shared-staging": Case(
        PLATFORM,
        "database: blueocean_staging_shared",
        "database: kreach_dev",
        "database: kreach",
        f"{KREACH}: data.databases[0] = kreach claims the database kreach_dev of the platform ({PLATFORM}); "
        "give one of them another database",
    ),
    "role-of-two-environments": Case(
        PLATFORM,
        'role: "{stem}_staging"',
        'role: "{stem}_dev"',
        'role: "{stem}_shared"',
        f"{PLATFORM}: environments.staging.role = {{stem}}_dev gives apps the role "
        "that they have in dev already; let the two templates differ",
    ),
    "role-of-an-owner": Case(
        PLATFORM,
        'role: "{stem}_staging"',
        'role: "{stem}_dev_owner"',
        'role: "{stem}_owner"',
        f"{PLATFORM}: environments.staging.role = {{stem}}_dev_owner gives apps the role "
        "that they have in dev already; let the two templates differ",
    ),
    "namespace-of-two-environments": Case(
        PLATFORM,
        "blueocean-{app}-prod",
        "blueocean-{app}-dev",
        "blueocean-{app}-production",
        f"{PLATFORM}: environments.prod.namespace = blueocean-{{app}}-dev gives apps the namespace "
        "that they have in dev already; let the two templates differ",
    ),
    "namespace-of-the-shared-staging": Case(
        NEXIA,
        "dev: nexia-supervisor-dev",
        "dev: blueocean-staging-shared",
        "dev: blueocean-staging",
        f"{NEXIA}: namespaces.dev = blueocean-staging-shared claims the namespace blueocean-staging-shared "
        f"of the platform ({PLATFORM}); give one of them another namespace",
    ),
    "namespace-of-the-builds": Case(
        NEXIA,
        "dev: nexia-supervisor-dev",
        "dev: blueocean-build",
        "dev: blueocean-builds",
        f"{NEXIA}: namespaces.dev = blueocean-build claims the namespace blueocean-build "
        f"of the platform ({PLATFORM}); give one of them another namespace",
    ),
    "namespace-of-the-servers": Case(
        NEXIA,
        "namespace: nexia-claude-code-prod",
        "namespace: monitoring",
        "namespace: nexia-supervisor-prod",
        f"{NEXIA}: components.claude-code.namespace = monitoring claims the namespace monitoring "
        f"of the platform ({PLATFORM}); give one of them another namespace",
    ),
    "namespace-of-a-component": Case(
        KVIBE,
        "dev_port: 7006",
        "dev_port: 7006\n    namespace: blueocean-kvibe-dev",
        "dev_port: 7006\n    namespace: blueocean-kvibe-prod",
        f"{KVIBE}: components.backend.namespace = blueocean-kvibe-dev claims the namespace "
        f"blueocean-kvibe-dev of kvibe ({KVIBE}); give one of them another namespace",
    ),
    "namespace-of-staging-by-template": Case(
        PLATFORM,
        "namespace: blueocean-staging-shared",
        'namespace: "blueocean-{app}-staging"',
        "namespace: blueocean-staging",
        f"{PLATFORM}: environments.staging.namespace = blueocean-{{app}}-staging is no DNS label; "
        "use lower-case letters, digits and dashes, starting with a letter",
    ),
    "host-template-for-all": Case(
        PLATFORM,
        '"{app}.dev.localhost"',
        '"dev.localhost"',
        '"{app}.localhost"',
        f"{PLATFORM}: environments.dev.host = dev.localhost lacks {{app}}, so that all apps would get "
        "the same host; put {app} into it",
    ),
    "host-template-broken": Case(
        PLATFORM,
        '"{app}.dev.localhost"',
        '"{app}..localhost"',
        '"{app}.d.localhost"',
        f"{PLATFORM}: environments.dev.host = {{app}}..localhost gives kreach the host kreach..localhost, "
        "which is no DNS name; use letters, digits and dashes, 63 between dots",
    ),
    "namespace-template-too-long": Case(
        PLATFORM,
        "blueocean-{app}-dev",
        f"{'b' * 57}-{{app}}",
        f"{'b' * 54}-{{app}}",
        f"{PLATFORM}: environments.dev.namespace = {'b' * 57}-{{a… gives kreach the namespace "
        f"{'b' * 57}-kreach, which is no DNS label; use letters, digits and dashes, 63 between dots",
    ),
    "database-template-broken": Case(
        PLATFORM,
        'database: "{stem}_dev"',
        'database: "{stem}-dev"',
        'database: "_{stem}_0"',
        f"{PLATFORM}: environments.dev.database = {{stem}}-dev gives kreach the database kreach-dev, "
        "which is no SQL identifier; use lower-case letters, digits and underscores, at most 63, "
        "and no name of Postgres' own",
    ),
    "role-template-broken": Case(
        PLATFORM,
        'role: "{stem}_dev"',
        'role: "dev.{stem}"',
        'role: "dev_{stem}"',
        f"{PLATFORM}: environments.dev.role = dev.{{stem}} gives kreach the role dev.kreach_owner, "
        "which is no SQL identifier; use lower-case letters, digits and underscores, at most 63, "
        "and no name of Postgres' own",
    ),
    "role-template-of-postgres": Case(
        PLATFORM,
        'role: "{stem}_dev"',
        'role: "pg_{stem}"',
        'role: "pg{stem}"',
        f"{PLATFORM}: environments.dev.role = pg_{{stem}} gives kreach the role pg_kreach_owner, "
        "which is no SQL identifier; use lower-case letters, digits and underscores, at most 63, "
        "and no name of Postgres' own",
    ),
    "database-of-postgres": Case(
        KVIBE,
        "databases: [kvibe]",
        "databases: [public]",
        "databases: [publicity]",
        f"{KVIBE}: data.databases[0] = public is no database stem; use lower-case letters, digits and "
        "underscores, starting with a letter, and no name of Postgres' own",
    ),
    "role-template-too-long-for-its-owner": Case(
        PLATFORM,
        'role: "{stem}_production"',
        f'role: "{{stem}}_{"b" * 42}"',
        f'role: "{{stem}}_{"b" * 40}"',
        f"{PLATFORM}: environments.prod.role = {{stem}}_{'b' * 42} gives nexia the role "
        f"nexia_supervisor_{'b' * 42}_owner, "
        "which is no SQL identifier; use lower-case letters, digits and underscores, at most 63, "
        "and no name of Postgres' own",
    ),
    "template-with-an-unknown-name": Case(
        PLATFORM,
        "blueocean-{app}-dev",
        "blueocean-{application}-dev",
        "b-{app}-dev",
        f"{PLATFORM}: environments.dev.namespace = blueocean-{{application}}-dev is no name template; "
        "use lower-case text with {app} or {stem} where they belong",
    ),
    "domain-suffix": Case(
        PLATFORM,
        'domain_suffix: ""',
        "domain_suffix: .example.com",
        "domain_suffix: example.com",
        f"{PLATFORM}: domain_suffix = .example.com is no domain; "
        "write it like example.com, or leave it empty",
    ),
    "key-prefix-of-another-app": Case(
        KVIBE,
        "key_prefix: kvibe",
        "key_prefix: kreach",
        "key_prefix: kreach2",
        f"{KVIBE}: data.key_prefix = kreach claims the key prefix kreach of kreach ({KREACH}); "
        "give one of them another key prefix",
    ),
    "key-prefix-of-the-same-cache-user": Case(
        KVIBE,
        "key_prefix: kvibe",
        "key_prefix: nexia:supervisor",
        "key_prefix: nexia:supervision",
        f"{NEXIA}: data.key_prefix = nexia-supervisor claims the key prefix nexia-supervisor of kvibe "
        f"({KVIBE}); give one of them another key prefix",
    ),
    "key-prefix-within-anothers": Case(
        KVIBE,
        "key_prefix: kvibe",
        "key_prefix: kreach:dev",
        "key_prefix: kreach-dev",
        f"{KVIBE}: data.key_prefix = kreach:dev lies within the keys of kreach, whose prefix is kreach; "
        "start it with another word",
    ),
    "database-of-another-app": Case(
        KVIBE,
        "databases: [kvibe]",
        "databases: [kreach]",
        "databases: [kvibe2]",
        f"{KVIBE}: data.databases[0] = kreach claims the database kreach_dev of kreach ({KREACH}); "
        "give one of them another database",
    ),
    "database-of-nexia": Case(
        NEXIA,
        "databases: [nexia_supervisor, nexia_directus]",
        "databases: [nexia_supervisor, nexia_directus, kreach]",
        "databases: [nexia_supervisor, nexia_directus, nexia_other]",
        f"{NEXIA}: data.databases[2] = kreach claims the database kreach_dev of kreach ({KREACH}); "
        "give one of them another database",
    ),
    "namespace-of-another-app": Case(
        NEXIA,
        "prod: nexia-supervisor-prod}",
        "prod: blueocean-kvibe-prod}",
        "prod: nexia-prod}",
        f"{NEXIA}: namespaces.prod = blueocean-kvibe-prod claims the namespace blueocean-kvibe-prod "
        f"of kvibe ({KVIBE}); give one of them another namespace",
    ),
    "phrase-of-another-app": Case(
        KVIBE,
        "DEPLOY KVIBE PROD",
        "DEPLOY KREACH PROD",
        "DEPLOY KVIBE  PROD",
        f"{KVIBE}: phrase = DEPLOY KREACH PROD claims the phrase DEPLOY KREACH PROD of kreach ({KREACH}); "
        "give one of them another phrase",
    ),
    "slots-overlap": Case(
        KVIBE,
        '"18:00"',
        '"17:59"',
        '"18:01"',
        f"{KVIBE}: slot 17:59-21:00 overlaps 15:00-18:00, the slot of kreach ({KREACH}); "
        "move one of them; slots may touch but not overlap",
    ),
    "ladder-level": Case(
        PLATFORM,
        "abort: 20%",
        "abort: 30%",
        "abort: 29%",
        f"{PLATFORM}: ladder.rollback = 30% is not above abort, which is 30%; "
        "choose more than 30%, or lower abort",
    ),
    "ladder-reversed": Case(
        PLATFORM,
        "abort: 20%, rollback: 30%",
        "abort: 30%, rollback: 20%",
        "abort: 30%, rollback: 40%",
        f"{PLATFORM}: ladder.rollback = 20% is not above abort, which is 30%; "
        "choose more than 30%, or lower abort",
    ),
    "alert-beside-the-ladder": Case(
        PLATFORM,
        "above: 15%",
        "above: 16%",
        "above: 20%",
        f"{PLATFORM}: alerts.performance-down.above = 16% is no step of the platform's ladder; "
        "choose one of 10%, 15%, 20%, 30%, or change the ladder",
    ),
    "app-alert-beside-the-ladder": Case(
        "catalogue/apps/nextgen.yaml",
        "above: 10%",
        "above: 11%",
        "above: 15%",
        "catalogue/apps/nextgen.yaml: alerts.performance-down.above = 11% "
        "is no step of the platform's ladder; "
        "choose one of 10%, 15%, 20%, 30%, or change the ladder",
    ),
    "error-alert-after-the-rollback": Case(
        PLATFORM,
        "above: 3%",
        "above: 10%",
        "above: 9%",
        f"{PLATFORM}: alerts.error-rate.above = 10% comes no earlier than the automatic rollback at 10%; "
        "choose less than 10%",
    ),
    # YAML itself
    "broken": Case(
        KVIBE,
        "components:",
        "components: ]",
        "components:  ",
        f"{KVIBE}: is no valid YAML: did not find expected node content (column 13); "
        "check quotes, colons and indents",
    ),
    "key-twice": Case(
        KVIBE,
        "components:",
        "title: hunter2\ncomponents:",
        "# title\ncomponents:",
        f"{KVIBE}: title is given twice; keep one of the two",
    ),
    "component-twice": Case(
        KVIBE,
        "  backend:",
        "  frontend:",
        '  "backend":',
        f"{KVIBE}: components.frontend is given twice; keep one of the two\n"
        f"{KVIBE}: rollback.deployments[0] = kvibe-frontend-prod is a Deployment that no component produces; "
        "did you mean kvibe-backend-prod?",
    ),
    "tag": Case(
        KVIBE,
        "title: Viral",
        "title: !!python/name:os.system Viral",
        "title: ! Viral",
        f"{KVIBE}: title carries a YAML tag; remove the tag, plain values are enough\n"
        f'{KVIBE}: title is no text; put it in quotes, with its unit where it has one, like "500m"',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, edit: Edit, complaints: Complaints) -> None:
    case = CASES[name]
    edit(case.file, case.old, case.bad)
    assert [without_line(line) for line in complaints()] == case.says.split("\n")


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_valid_twin_passes(name: str, edit: Edit, complaints: Complaints) -> None:
    case = CASES[name]
    edit(case.file, case.old, case.good)
    assert complaints() == []


@pytest.mark.parametrize(
    "key",
    [
        "TOKEN",
        "GITHUB_TOKEN_OLD",
        "DB_PASS",
        "PASS_PHRASE",
        "DB_PASSWD",
        "DBPASSWORD",
        "ADMIN_PASSWORDS",
        "KEY_PASSPHRASE",
        "CLIENT_SECRETS",
        "CREDENTIALS",
        "API_KEY",
        "APIKEY_V2",
        "PRIVATE_KEY",
        "SIGNING_KEYS",
        "ACCESS_KEY_ID",
        "SENTRY_DSN",
    ],
)
def test_a_setting_called_like_a_secret(key: str, edit: Edit, complaints: Complaints) -> None:
    edit(KVIBE, "path: /api", f"path: /api\n    settings: {{{key}: hunter2}}")
    (line,) = complaints()
    assert f"{key} looks like a secret" in line


@pytest.mark.parametrize(
    "key",
    [
        "MAX_TOKENS",
        "TOKENIZER",
        "COMPASS_URL",
        "PASSENGERS",
        "BYPASS",
        "PASSWORDLESS",
        "SECRETARY",
        "API_KEYBOARD",
        "MONKEY",
        "DSNAME",
    ],
)
def test_a_setting_called_like_nearly_a_secret(key: str, edit: Edit, complaints: Complaints) -> None:
    edit(KVIBE, "path: /api", f"path: /api\n    settings: {{{key}: x}}")
    assert complaints() == []


CURE_OF_SLOT = "remove the slot, or make the app critical"
CURE_OF_PHRASE = "remove the phrase, or make the app critical"
CROWDED = (
    "catalogue/apps/nextgen.yaml: components has 4 entries, but staging has room for 3 pods; "
    "join components, or raise staging's max_pods"
)


def without_line(complaint: str) -> str:
    """Line numbers have a test of their own; here they would only tie the cases to comments in the files."""
    return re.sub(r"(\.yaml):\d+", r"\1", complaint)


def test_a_standard_app_needs_and_knows_neither_slot_nor_phrase(edit: Edit, complaints: Complaints) -> None:
    edit(KVIBE, "tier: critical", "tier: standard")
    assert [without_line(line) for line in complaints()] == [
        f"{KVIBE}: slot is given, but the tier standard knows none; {CURE_OF_SLOT}",
        f"{KVIBE}: phrase = DEPLOY KVIBE PROD is given, but the tier standard knows none; {CURE_OF_PHRASE}",
    ]
    edit(KVIBE, 'slot: {start: "18:00", end: "21:00"}\n', "")
    edit(KVIBE, "phrase: DEPLOY KVIBE PROD # D-1: by analogy\n", "")
    assert complaints() == []


def test_a_critical_app_has_to_fit_in_staging(edit: Edit, complaints: Complaints) -> None:
    edit(PLATFORM, "max_pods: 4 #", "max_pods: 3 #")
    edit(PLATFORM, "requests: {memory: 1Gi, cpu: 800m}", "requests: {memory: 768Mi, cpu: 600m}")
    edit(PLATFORM, "limits: {memory: 2Gi, cpu: 1600m}", "limits: {memory: 1536Mi, cpu: 1200m}")
    assert [without_line(line) for line in complaints()] == [CROWDED]


def test_the_same_image_twice_is_two_faults(edit: Edit, complaints: Complaints) -> None:
    edit(KVIBE, "image: kvibe-backend", "image: kvibe-frontend")
    found = [without_line(line) for line in complaints()]
    assert len(found) == 2
    assert "claims the image kvibe-frontend of kvibe" in found[0]
    assert "rollback.deployments[1] = kvibe-backend-prod is a Deployment that no component" in found[1]
