"""A small client for the API server: requests, watches, and a store that a watch keeps current.

Standard library only, so that the processes which watch all day stay small.
"""

import http.client
import json
import ssl
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from sandbox.layout import Layout
from sandbox.settings import Credentials, Settings, credentials_path, settings_path

Object = dict[str, Any]


class KubeError(Exception):
    """An answer other than success; `status` is the HTTP status (0 when there was no answer)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class KubeClient:
    """Requests to one API server as one user. Safe to share between threads: a connection per request."""

    def __init__(self, port: int, token: str, authority: Path) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._tls = ssl.create_default_context(cafile=str(authority))

    @classmethod
    def of(cls, layout: Layout, user: str = "blueocean:admin") -> Self:
        """Make a client for a sandbox from what it remembers."""
        ports = Settings.load(settings_path(layout)).ports
        token = Credentials.load(credentials_path(layout)).tokens[user]
        return cls(ports["kube-apiserver"], token, layout.pki / "ca.crt")

    def _connect(self, timeout: float) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self._port, timeout=timeout, context=self._tls)

    def raw(self, path: str, timeout: float = 5.0) -> tuple[int, bytes]:
        """GET a path and return status and body as they are. Raises OSError when nobody answers."""
        connection = self._connect(timeout)
        try:
            connection.request("GET", path, headers=self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def request(
        self, method: str, path: str, body: Object | None = None, kind: str = "application/json"
    ) -> Object:
        """Send one request (body as JSON, `kind` its content type), return the decoded answer.

        Raises KubeError for any status of 400 and above, and when the server cannot be reached.
        """
        connection = self._connect(10.0)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {**self._headers, "Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise KubeError(0, f"the API server does not answer: {error}") from None
        finally:
            connection.close()
        document: Object = json.loads(text) if text.startswith(b"{") else {"message": text.decode()}
        if answer.status >= http.client.BAD_REQUEST:
            raise KubeError(answer.status, str(document.get("message", answer.reason)))
        return document

    def apply(self, path: str, body: Object) -> Object:
        """Server-side apply an object as `blueocean-sandbox`, by force: it is the sandbox's own."""
        query = urllib.parse.urlencode({"fieldManager": "blueocean-sandbox", "force": "true"})
        return self.request("PATCH", f"{path}?{query}", body, "application/apply-patch+yaml")

    def watch(self, path: str, version: str, stop: threading.Event) -> Iterator[Object]:
        """Yield watch events after `version` until the server ends the watch or `stop` is set.

        Raises KubeError for any status of 400 and above: a server that has just started lists objects before
        it lets anybody follow them.
        """
        query = urllib.parse.urlencode(
            {"watch": "1", "resourceVersion": version, "timeoutSeconds": "240", "allowWatchBookmarks": "true"}
        )
        connection = self._connect(300.0)
        try:
            connection.request("GET", f"{path}?{query}", headers=self._headers)
            answer = connection.getresponse()
            if answer.status >= http.client.BAD_REQUEST:
                raise KubeError(answer.status, answer.read().decode(errors="replace"))
            while not stop.is_set() and (line := answer.readline()):
                yield json.loads(line)
        finally:
            connection.close()


def key_of(item: Object) -> tuple[str, str]:
    """Return (namespace, name) of an object."""
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


class Store:
    """The current objects of one collection, kept by list and watch in a daemon thread."""

    def __init__(
        self, client: KubeClient, path: str, changed: Callable[[str, Object], None] | None = None
    ) -> None:
        """Follow `path`; `changed(type, object)` is told ADDED, MODIFIED or DELETED in order."""
        self.items: dict[tuple[str, str], Object] = {}
        self.synced = threading.Event()
        self._client, self._path, self._changed = client, path, changed or (lambda _kind, _item: None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name=f"watch {path}", daemon=True)

    def start(self) -> None:
        """Begin to follow the collection."""
        self._thread.start()

    def values(self) -> list[Object]:
        """Return the objects of this moment."""
        return list(self.items.values())

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                version = self._list()
                for event in self._client.watch(self._path, version, self._stop):
                    if event["type"] == "ERROR":
                        break  # too old a version: list again
                    if event["type"] != "BOOKMARK":
                        self._take(event["type"], event["object"])
            except (KubeError, OSError, http.client.HTTPException, ValueError):
                time.sleep(0.5)  # the API server is away; the next list says what was missed

    def _list(self) -> str:
        answer = self._client.request("GET", self._path)
        present = {key_of(item): item for item in answer["items"]}
        for gone in set(self.items) - set(present):
            self._take("DELETED", self.items[gone])
        for item in present.values():
            self._take("ADDED" if key_of(item) not in self.items else "MODIFIED", item)
        self.synced.set()
        version: str = answer["metadata"]["resourceVersion"]
        return version

    def _take(self, kind: str, item: Object) -> None:
        if kind == "DELETED":
            self.items.pop(key_of(item), None)
        else:
            self.items[key_of(item)] = item
        self._changed(kind, item)
