"""The sandbox's certificates, before the strictest client that there is."""

import ssl
from pathlib import Path

import pytest

from sandbox import lifecycle, pki
from sandbox.layout import Layout
from sandbox.processes.table import specs


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


def test_an_older_versions_certificates_are_made_anew_and_its_tokens_stay_good(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.create()
    pki.ensure(layout.pki)
    whole = {file.name: file.read_bytes() for file in layout.pki.iterdir()}
    before = [spec.fingerprint for spec in specs(lifecycle.context_of(layout))]
    pki.ensure(layout.pki)
    assert {file.name: file.read_bytes() for file in layout.pki.iterdir()} == whole
    (layout.pki / "complete").write_text("")  # as the first version left it
    pki.ensure(layout.pki)
    changed = {file.name for file in layout.pki.iterdir() if file.read_bytes() != whole[file.name]}
    assert changed == {f"{name}.{kind}" for name in ("server", "client") for kind in ("crt", "key")} | {
        "ca.crt"
    }
    after = [spec.fingerprint for spec in specs(lifecycle.context_of(layout))]
    assert all(one != other for one, other in zip(before, after, strict=True))
