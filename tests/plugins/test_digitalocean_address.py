"""Where the plugin may talk to, and with which token."""

import pytest

from sandbox.plugins.digitalocean.address import Address, address_of, refusals

LOOPBACK = "http://127.0.0.1:7777"


@pytest.mark.parametrize(
    "endpoint", [LOOPBACK, "http://localhost:7777", "http://[::1]:7777", "http://127.9.9.9:1"]
)
def test_loopback_addresses_are_taken(endpoint: str) -> None:
    assert refusals({"apiEndpoint": endpoint, "token": "sandbox"}, {}) == {}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://api.digitalocean.com",
        "https://127.0.0.1:7777",
        "http://192.0.2.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://user:word@127.0.0.1:7777",
        "http://0.0.0.0:7777",
        "file:///etc/passwd",
        "http://127.0.0.1:99999",
        "127.0.0.1:7777",
        "http://127.0.0.1:0",
    ],
)
def test_every_other_address_is_refused(endpoint: str) -> None:
    assert set(refusals({"apiEndpoint": endpoint, "token": "sandbox"}, {})) == {"apiEndpoint"}


@pytest.mark.parametrize("prefix", ["dop_v1_", "doo_v1_", "dor_v1_"])
def test_a_real_token_is_refused_wherever_it_comes_from_and_never_repeated(prefix: str) -> None:
    token = prefix + "0123456789abcdef" * 4
    for config, environ in (
        ({"token": token}, {}),
        ({}, {"DIGITALOCEAN_TOKEN": token}),
        ({}, {"DIGITALOCEAN_ACCESS_TOKEN": token}),
    ):
        found = refusals({"apiEndpoint": LOOPBACK, **config}, environ)
        assert set(found) == {"token"}
        assert token[:12] not in found["token"]
        with pytest.raises(ValueError, match="refuses real DigitalOcean tokens"):
            address_of({"apiEndpoint": LOOPBACK, **config}, environ)


def test_without_settings_nothing_is_reached() -> None:
    assert set(refusals({}, {})) == {"token", "apiEndpoint"}


def test_the_environment_is_enough() -> None:
    environ = {"DIGITALOCEAN_API_URL": LOOPBACK, "DIGITALOCEAN_TOKEN": "sandbox"}
    assert address_of({}, environ) == Address("127.0.0.1", 7777, "sandbox")
