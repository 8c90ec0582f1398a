"""Scratch projects for the real engine, the plugin on its own, and a look at the live objects."""

# The messages of the protocol are untyped.
# ruff: noqa: ANN401

import base64
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.plugins.kubernetes.client import ApiError, Client
from sandbox.plugins.values import from_struct, to_struct
from tests.commands import write_program
from tests.conftest import without_automatic_log

CHECKOUT = Path(__file__).resolve().parents[2]
LIMIT = 120  # seconds for any one command
PREAMBLE = """
import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions as Options

provider = k8s.Provider("k8s", enable_config_map_mutable=True, enable_secret_mutable=True)
with_provider = Options(provider=provider)


def config_map(name, data, opts=None, annotations=None, live=None):
    meta = k8s.meta.v1.ObjectMetaArgs(name=live or name, namespace=SPACE, annotations=annotations)
    return k8s.core.v1.ConfigMap(name, metadata=meta, data=data, opts=Options.merge(with_provider, opts))


def deployment(name, spec=None, annotations=None, replicas=1):
    labels = {"app": name}
    meta = k8s.meta.v1.ObjectMetaArgs(name=name, namespace=SPACE, annotations=annotations)
    pod = {"containers": [{"name": "main", "image": "example/app:1"}], **(spec or {})}
    return k8s.apps.v1.Deployment(name, metadata=meta, opts=with_provider, spec={
        "replicas": replicas,
        "selector": {"match_labels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    })
"""


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    code: int
    text: str


@dataclass
class Project:
    """A scratch project and its stack `dev`; each test has a namespace of its own."""

    folder: Path
    env: dict[str, str]
    live: "Live"
    name: str = "scratch"

    def __post_init__(self) -> None:
        state = self.folder / "state"
        state.mkdir(parents=True)
        self.env = {
            **self.env,
            "PULUMI_BACKEND_URL": f"file://{state}?metadata=skip",
            "PULUMI_HOME": str(self.folder / "home"),
            "NO_COLOR": "1",
        }
        without_automatic_log(self.folder / "home")
        options = {"toolchain": "uv", "virtualenv": str(CHECKOUT / ".venv")}
        project = {"name": self.name, "runtime": {"name": "python", "options": options}}
        (self.folder / "Pulumi.yaml").write_text(json.dumps(project))
        self.run("stack", "init", "dev")

    @property
    def space(self) -> str:
        return self.live.space

    def write(self, program: str) -> None:
        write_program(self.folder / "__main__.py", f"SPACE = {self.space!r}\n{PREAMBLE}{program}")

    def start(self, *args: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        command = ["pulumi", *args, "--non-interactive"]
        both = {**self.env, **(env or {})}
        return subprocess.Popen(
            command, cwd=self.folder, env=both, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, *args: str, env: dict[str, str] | None = None) -> Ran:
        process = self.start(*args, env=env)
        try:
            text, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Ran(process.returncode, text)

    def ok(self, *args: str, env: dict[str, str] | None = None) -> str:
        ran = self.run(*args, env=env)
        assert ran.code == 0, ran.text
        return ran.text

    def up(self, program: str | None = None, *args: str) -> str:
        if program is not None:
            self.write(program)
        return self.ok("up", "--yes", "--skip-preview", *args)

    def failed_up(self, program: str | None = None, **env: str) -> str:
        if program is not None:
            self.write(program)
        ran = self.run("up", "--yes", "--skip-preview", env=env)
        assert ran.code != 0, ran.text
        return ran.text

    def state(self) -> dict[str, dict[str, Any]]:
        """The stack's resources by name."""
        file = self.folder / "state" / ".pulumi" / "stacks" / self.name / "dev.json"
        resources = json.loads(file.read_text())["checkpoint"]["latest"].get("resources", [])
        return {item["urn"].rpartition("::")[2]: item for item in resources}

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:dev::{self.name}::kubernetes:{kind}::{name}"

    def files(self) -> Iterator[tuple[Path, bytes]]:
        for path in self.folder.rglob("*"):
            if path.is_file():
                yield path, path.read_bytes()


class Live:
    """The namespace as the API server shows it, written to as somebody else would."""

    def __init__(self, client: Client, space: str) -> None:
        self.client = client
        self.space = space

    def path(self, resource: str, name: str = "") -> str:
        roots = {
            "deployments": "/apis/apps/v1",
            "ingresses": "/apis/networking.k8s.io/v1",
            "jobs": "/apis/batch/v1",
        }
        root = roots.get(resource, "/api/v1")
        return f"{root}/namespaces/{self.space}/{resource}" + (f"/{name}" if name else "")

    def get(self, resource: str, name: str) -> dict[str, Any]:
        return self.client.get(self.path(resource, name)).body

    def exists(self, resource: str, name: str) -> bool:
        try:
            self.get(resource, name)
        except ApiError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def uid(self, resource: str, name: str) -> str:
        return str(self.get(resource, name)["metadata"]["uid"])

    def create(self, resource: str, manifest: dict[str, Any]) -> dict[str, Any]:
        return self.client.send("POST", self.path(resource), body=manifest).body

    def patch(self, resource: str, name: str, change: dict[str, Any], sub: str = "") -> dict[str, Any]:
        headers = {"Content-Type": "application/merge-patch+json"}
        path = self.path(resource, name) + sub
        query = {"fieldManager": "somebody"}
        return self.client.send("PATCH", path, body=change, headers=headers, query=query).body

    def delete(self, resource: str, name: str) -> None:
        self.client.send("DELETE", self.path(resource, name))


def eventually(check: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


@contextmanager
def namespace(client: Client) -> Iterator[str]:
    """A namespace of the test's own, gone afterwards."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    client.send("POST", "/api/v1/namespaces", body=manifest)
    try:
        yield name
    finally:
        client.send("DELETE", f"/api/v1/namespaces/{name}")


class Partial(Exception):  # noqa: N818 - the engine's word for it
    """The provider wrote the object, but it is not ready."""

    def __init__(self, detail: provider_pb2.ErrorResourceInitFailed) -> None:
        self.id = detail.id
        self.outputs = from_struct(detail.properties)
        self.reasons = list(detail.reasons)
        super().__init__("; ".join(self.reasons))


class Plugin:
    """A plugin process, spoken to as the engine does."""

    def __init__(self, module: str, env: dict[str, str], config: dict[str, Any] | None = None) -> None:
        command = [sys.executable, "-m", f"sandbox.plugins.{module}"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=env, cwd=CHECKOUT, stdin=pipe, stdout=pipe)
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self.stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(config or {})))

    def close(self) -> int:
        """Close our end of its stdin, as the engine's death would; gives the exit code."""
        self.channel.close()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return self.process.wait(LIMIT)

    def check(self, token: str, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        request = provider_pb2.CheckRequest(urn=urn_of(token), type=token, news=to_struct(inputs))
        response = self.stub.Check(request)
        return from_struct(response.inputs), {item.property: item.reason for item in response.failures}

    def diff(
        self, token: str, old: dict[str, Any], new: dict[str, Any], identity: str = "x"
    ) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            id=identity, urn=urn_of(token), type=token, old_inputs=to_struct(old), news=to_struct(new)
        )
        response: provider_pb2.DiffResponse = self.stub.Diff(request)
        return response

    def create(self, token: str, inputs: dict[str, Any], *, preview: bool = False, timeout: float = 0) -> Any:
        request = provider_pb2.CreateRequest(
            urn=urn_of(token), type=token, properties=to_struct(inputs), preview=preview, timeout=timeout
        )
        return _call(self.stub.Create, request)

    def update(
        self,
        token: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *,
        preview: bool = False,
        timeout: float = 0,
    ) -> Any:
        request = provider_pb2.UpdateRequest(
            id="x",
            urn=urn_of(token),
            type=token,
            olds=to_struct(old),
            news=to_struct(new),
            preview=preview,
            timeout=timeout,
        )
        return _call(self.stub.Update, request)

    def read(
        self,
        token: str,
        identity: str,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
    ) -> Any:
        request = provider_pb2.ReadRequest(id=identity, urn=urn_of(token), type=token)
        if inputs is not None:
            request.inputs.CopyFrom(to_struct(inputs))
            request.properties.CopyFrom(to_struct(outputs or inputs))
        return _call(self.stub.Read, request)

    def delete(
        self,
        token: str,
        identity: str,
        inputs: dict[str, Any],
        outputs: dict[str, Any] | None = None,
        timeout: float = 0,
    ) -> None:
        request = provider_pb2.DeleteRequest(
            id=identity,
            urn=urn_of(token),
            type=token,
            old_inputs=to_struct(inputs),
            properties=to_struct(outputs or inputs),
            timeout=timeout,
        )
        _call(self.stub.Delete, request)

    def cancel(self) -> None:
        self.stub.Cancel(Empty())


def urn_of(token: str, name: str = "x", stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::scratch::{token}::{name}"


def _call(method: Any, request: object) -> Any:
    try:
        return method(request, timeout=LIMIT)
    except grpc.RpcError as error:
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = status_pb2.Status.FromString(value)
                detail = provider_pb2.ErrorResourceInitFailed()
                status.details[0].Unpack(detail)
                raise Partial(detail) from error
        raise AssertionError(f"{error.code().name}: {error.details()}") from error


def interrupt(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C once; gives what the command has said until its end."""
    os.kill(process.pid, signal.SIGINT)
    text, _ = process.communicate(timeout=LIMIT)
    return text


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
