"""Which tools there are: one Go module each, because their dependency graphs conflict."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath

_HERE = Path(__file__).resolve().parent
GO_MINIMUM = (1, 26)
# Sizes measured on linux/amd64: what a first build leaves in Go's caches and in ours, rounded up.
_GIB = 1024**3


@dataclass(frozen=True)
class Tool:
    """One tool: a folder with go.mod and go.sum, its programs' packages, and how to build them."""

    name: str
    version: str
    packages: tuple[str, ...]
    ldflags: str = "-s -w"
    environment: dict[str, str] = field(default_factory=dict)
    disk: int = 2 * _GIB
    # (module, path inside it): a file taken as it is from the module cache
    extra: tuple[tuple[str, str], ...] = ()
    # Go names a program after the last part of its package that is no version
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def module(self) -> Path:
        """The folder with go.mod and go.sum."""
        return _HERE / self.name

    @property
    def flags(self) -> tuple[str, ...]:
        """Arguments of `go build`; a repeated build with the same ones finds everything in Go's cache."""
        return ("-mod=readonly", "-trimpath", "-buildvcs=false", f"-ldflags={self.ldflags}")

    @property
    def programs(self) -> tuple[str, ...]:
        """File names in the finished folder."""
        built = tuple(PurePath(re.sub(r"/v\d+$", "", package)).name for package in self.packages)
        return tuple(self.renamed.get(name, name) for name in built) + tuple(
            Path(path).name for _, path in self.extra
        )

    def key(self, go_version: str) -> str:
        """Return the folder name: version, and a hash over everything that decides what comes out."""
        digest = hashlib.sha256()
        for part in (
            (self.module / "go.mod").read_bytes(),
            (self.module / "go.sum").read_bytes(),
            repr((self.packages, self.flags, sorted(self.environment.items()), self.extra)).encode(),
            go_version.encode(),
        ):
            digest.update(hashlib.sha256(part).digest())
        return f"{self.name}-{self.version}-{digest.hexdigest()[:12]}"


def _kubernetes_version(version: str) -> str:
    major, minor, _ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    homes = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(f"-X {home}.{name}={value}" for home in homes for name, value in values.items())


_ENGINE = "v3.259.0"
_KUBERNETES = "v1.36.3"
_SDK = "github.com/pulumi/pulumi/sdk/v3"

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool("etcd", "v3.6.13", ("go.etcd.io/etcd/server/v3",), renamed={"server": "etcd"}),
        Tool("kwok", "v0.7.0", ("sigs.k8s.io/kwok/cmd/kwok",)),
        Tool(
            "pulumi",
            _ENGINE,
            ("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",),
            ldflags=f"-s -w -X {_SDK}/go/common/version.Version={_ENGINE}",
            disk=3 * _GIB,
            extra=((_SDK, "python/cmd/pulumi-language-python-exec"),),
        ),
        Tool(
            "kubernetes",
            _KUBERNETES,
            tuple(
                f"k8s.io/kubernetes/cmd/{program}"
                for program in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
            ),
            ldflags=f"-s -w {_kubernetes_version(_KUBERNETES)}",
            environment={"CGO_ENABLED": "0"},
            disk=4 * _GIB,
        ),
    )
}
