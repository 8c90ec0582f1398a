"""The sandbox's certificates, before the strictest client that there is."""

import ssl
from pathlib import Path

import pytest

from sandbox import pki


def context(keys: Path, name: str, purpose: ssl.Purpose) -> ssl.SSLContext:
    """One end that shows `name`'s certificate and wants a good one; strict as RFC 5280, as Python 3.13 is."""
    made = ssl.create_default_context(purpose, cafile=str(keys / "ca.crt"))
    made.load_cert_chain(keys / f"{name}.crt", keys / f"{name}.key")
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    made.verify_mode = ssl.CERT_REQUIRED
    return made


@pytest.mark.parametrize("address", ["127.0.0.1", "10.96.0.1", "localhost", "kubernetes.default.svc"])
@pytest.mark.parametrize("name", ["client", "server"])  # etcd shows the server's to its peers
def test_both_ends_take_each_others_certificate(tmp_path: Path, name: str, address: str) -> None:
    pki.ensure(tmp_path)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    serving, asking = (
        context(tmp_path, one, purpose)
        for one, purpose in (("server", ssl.Purpose.CLIENT_AUTH), (name, ssl.Purpose.SERVER_AUTH))
    )
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    client = asking.wrap_bio(to_client, to_server, server_hostname=address)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert client.getpeercert()
    assert server.getpeercert()
