"""Health over HTTP, as the control plane's programs offer it."""

import http.client
import ssl
from collections.abc import Callable
from pathlib import Path

_TIMEOUT = 2.0


def http_ok(port: int, path: str, authority: Path | None = None) -> Callable[[], str | None]:
    """Return a check that GETs 127.0.0.1:port/path, over TLS when an authority is given, and wants a 200."""

    def check() -> str | None:
        connection: http.client.HTTPConnection
        if authority is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        else:
            tls = ssl.create_default_context(cafile=str(authority))
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=_TIMEOUT, context=tls)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read(300).decode(errors="replace").strip()
        except http.client.HTTPException as error:
            return repr(error)
        finally:
            connection.close()
        return None if answer.status == http.client.OK else f"{path} says {answer.status}: {text}"

    return check
