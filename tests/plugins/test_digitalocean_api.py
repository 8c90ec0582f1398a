"""The API's stand-in: what it answers, what it refuses, and that it forgets nothing."""

import base64
import json
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.digitalocean.account import Account, BrokenStateError
from sandbox.digitalocean.exchange import Answer, RefusalError, Request
from sandbox.digitalocean.quota import Quota
from sandbox.digitalocean.routes import ROUTES, answer
from tests.plugins.digitalocean_project import Api, serving

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
REGISTRY = {"name": "blueocean", "subscription_tier_slug": "professional", "region": "fra1"}
DATABASE = {
    "name": "central",
    "engine": "pg",
    "version": "17",
    "region": "fra1",
    "size": "db-s-2vcpu-4gb",
    "num_nodes": 2,
}
CLUSTER = {
    "name": "blueocean",
    "region": "fra1",
    "version": "1.35.5-do.1",
    "node_pools": [{"name": "workers", "size": "s-2vcpu-4gb", "count": 3}],
}


class Desk:
    """The account without a network, at a time of the test's choice."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.account = Account(path)
        self.now = NOW

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Answer:  # noqa: ANN401 - JSON
        return answer(self.account, Request(method, path, self.now, query, body or {}))

    def refused(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str]:  # noqa: ANN401
        with pytest.raises(RefusalError) as caught:
            self.ask(method, path, body, **query)
        return caught.value.status, str(caught.value)

    def made(self, path: str, body: Any, key: str) -> str:  # noqa: ANN401 - JSON
        found = self.ask("POST", path, body).body
        assert found is not None
        return str(found[key]["id"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "state.json")


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with serving(tmp_path / "state.json") as found:
        yield found


def test_a_registry_is_made_shown_and_deleted(desk: Desk) -> None:
    made = desk.ask("POST", "/v2/registry", REGISTRY)
    assert (made.status, made.body and made.body["registry"]["region"]) == (201, "fra1")
    shown = desk.ask("GET", "/v2/registry").body
    assert shown is not None
    assert shown["registry"]["name"] == "blueocean"
    assert shown["registry"]["subscription"]["tier"]["monthly_price_in_cents"] == 2000
    assert desk.ask("DELETE", "/v2/registries/blueocean") == Answer(204)
    assert desk.refused("GET", "/v2/registry") == (404, "registry not found")
    assert desk.refused("GET", "/v2/registry/subscription")[0] == 404


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"name": "Blue"}, 422, "invalid name"),
        ({"name": "b" * 64}, 422, "invalid name"),
        ({"name": "example"}, 409, "name already exists"),
        ({"region": "nyc1"}, 422, "invalid region 'nyc1'"),
        ({"subscription_tier_slug": "gold"}, 422, "starter, basic, professional"),
        ({"subscription_tier_slug": None}, 422, "subscription_tier_slug is required"),
    ],
)
def test_a_bad_registry_is_refused(desk: Desk, change: dict[str, Any], status: int, words: str) -> None:
    found = desk.refused("POST", "/v2/registry", {**REGISTRY, **change})
    assert found[0] == status
    assert words in found[1]
    assert desk.ask("GET", "/v2/registries").body == {"registries": []}


@pytest.mark.parametrize(("tier", "allowed"), [("starter", 1), ("basic", 1), ("professional", 10)])
def test_a_tier_holds_only_so_many_registries(desk: Desk, tier: str, allowed: int) -> None:
    for number in range(allowed):
        desk.ask("POST", "/v2/registries", {**REGISTRY, "name": f"r{number}", "subscription_tier_slug": tier})
    more = {**REGISTRY, "name": "more", "subscription_tier_slug": tier}
    assert desk.refused("POST", "/v2/registries", more) == (422, "user already has a registry")


def test_with_several_registries_each_has_to_be_named(desk: Desk) -> None:
    for name in ("one", "two"):
        desk.ask("POST", "/v2/registries", {**REGISTRY, "name": name})
    for method, path in (("GET", "/v2/registry"), ("DELETE", "/v2/registry")):
        status, words = desk.refused(method, path)
        assert (status, "created multiple registries" in words) == (412, True)
    assert desk.refused("POST", "/v2/registry/subscription", {"tier_slug": "basic"})[0] == 412


def test_credentials_are_a_docker_configuration_whose_token_is_not_kept(desk: Desk) -> None:
    desk.ask("POST", "/v2/registry", REGISTRY)
    query = {"read_write": "true", "expiry_seconds": "3600"}
    found = desk.ask("GET", "/v2/registries/blueocean/docker-credentials", **query).body
    assert found is not None
    auth = found["auths"]["registry.digitalocean.com"]["auth"]
    user, _, token = base64.b64decode(auth).decode().partition(":")
    assert user == token
    assert token not in desk.path.read_text()
    (kept,) = json.loads(desk.path.read_text())["tokens"].values()
    assert kept == {"registry": "blueocean", "read_write": True, "expires_at": "2026-11-23T13:00:00Z"}
    assert desk.ask("POST", "/v1/oauth/revoke", {"token": token}).status == 200
    assert desk.refused("POST", "/v1/oauth/revoke", {"token": token})[0] == 404


@pytest.mark.parametrize("life", ["-1", "1576800001", "soon"])
def test_credentials_live_at_most_fifty_years(desk: Desk, life: str) -> None:
    desk.ask("POST", "/v2/registry", REGISTRY)
    path = "/v2/registries/blueocean/docker-credentials"
    assert desk.refused("GET", path, expiry_seconds=life)[0] == 422


def test_a_database_takes_a_while_and_refuses_changes_meanwhile(desk: Desk) -> None:
    path = f"/v2/databases/{desk.made('/v2/databases', DATABASE, 'database')}"
    resize = {"size": "db-s-4vcpu-8gb", "num_nodes": 2}
    assert desk.refused("PUT", f"{path}/resize", resize)[0] == 412
    desk.now += timedelta(seconds=2)
    shown = desk.ask("GET", path).body
    assert shown is not None
    assert (shown["database"]["status"], shown["database"]["connection"]["port"]) == ("online", 25060)
    assert desk.ask("PUT", f"{path}/resize", resize).status == 202
    shown = desk.ask("GET", path).body
    assert shown is not None
    assert shown["database"]["status"] == "resizing"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"engine": "redis"}, "invalid engine 'redis': valid values are pg, valkey"),
        ({"version": "9.6"}, "invalid version"),
        ({"region": "mars1"}, "invalid region"),
        ({"size": "db-s-128vcpu"}, "invalid size"),
        ({"num_nodes": 4}, "num_nodes must be a number from 1 to 3"),
        ({"size": "db-s-1vcpu-1gb"}, "db-s-1vcpu-1gb does not come with 2 nodes"),
        ({"name": "Central"}, "3 to 63 lower-case"),
    ],
)
def test_a_bad_database_is_refused(desk: Desk, change: dict[str, Any], words: str) -> None:
    status, text = desk.refused("POST", "/v2/databases", {**DATABASE, **change})
    assert (status, words in text) == (422, True), text


def test_a_database_s_parts(desk: Desk) -> None:
    path = f"/v2/databases/{desk.made('/v2/databases', DATABASE, 'database')}"
    assert desk.ask("POST", f"{path}/dbs", {"name": "shop_production"}).status == 201
    assert desk.refused("POST", f"{path}/dbs", {"name": "shop_production"})[0] == 422
    user = desk.ask("POST", f"{path}/users", {"name": "shop"}).body
    assert user is not None
    assert user["user"]["password"]
    assert desk.refused("DELETE", f"{path}/users/doadmin")[0] == 422
    assert desk.refused("GET", f"{path}/users/nobody") == (404, "user not found")
    assert desk.ask("DELETE", f"{path}/dbs/shop_production") == Answer(204)
    assert desk.refused("PUT", f"{path}/eviction_policy", {"eviction_policy": "allkeys_lru"})[0] == 422


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "ip_addr", "value": "everywhere"},
        {"type": "k8s", "value": "00000000-0000-4000-8000-000000000000"},
        {"type": "host", "value": "192.0.2.1"},
        {"type": "ip_addr"},
    ],
)
def test_a_source_that_cannot_be_trusted_is_refused_and_the_old_ones_stay(
    desk: Desk, rule: dict[str, str]
) -> None:
    path = f"/v2/databases/{desk.made('/v2/databases', DATABASE, 'database')}/firewall"
    desk.ask("PUT", path, {"rules": [{"type": "ip_addr", "value": "192.0.2.1"}]})
    before = desk.ask("GET", path).body
    assert desk.refused("PUT", path, {"rules": [rule]})[0] == 422
    assert desk.ask("GET", path).body == before


def test_valkey_has_neither_named_databases_nor_managed_users(desk: Desk) -> None:
    cache = {**DATABASE, "engine": "valkey", "version": "8", "size": "db-s-1vcpu-1gb", "num_nodes": 1}
    path = f"/v2/databases/{desk.made('/v2/databases', cache, 'database')}"
    for part in ("dbs", "users"):
        assert desk.refused("POST", f"{path}/{part}", {"name": "shop"})[0] == 422
    assert desk.ask("PUT", f"{path}/eviction_policy", {"eviction_policy": "allkeys_lru"}) == Answer(204)


def test_a_cluster_only_grows_newer_and_keeps_its_availability(desk: Desk) -> None:
    identity = desk.made("/v2/kubernetes/clusters", CLUSTER, "kubernetes_cluster")
    path = f"/v2/kubernetes/clusters/{identity}"
    assert desk.refused("POST", f"{path}/upgrade", {"version": "1.36.3-do.0"})[0] == 412
    desk.now += timedelta(seconds=2)
    assert desk.refused("POST", f"{path}/upgrade", {"version": "1.34.8-do.1"})[0] == 422
    assert desk.ask("POST", f"{path}/upgrade", {"version": "1.36.3-do.0"}).status == 202
    assert desk.refused("PUT", path, {"name": "blueocean", "ha": False})[0] == 422
    uuids = {"cluster_uuids": [identity]}
    assert desk.refused("POST", "/v2/kubernetes/registry", uuids)[0] == 412
    desk.ask("POST", "/v2/registry", REGISTRY)
    assert desk.ask("POST", "/v2/kubernetes/registry", uuids) == Answer(204)


@pytest.mark.parametrize(
    "change",
    [
        {"version": "latest"},
        {"node_pools": []},
        {"node_pools": [{"name": "w", "size": "s-2vcpu-4gb", "count": 3}]},
        {"node_pools": [{"name": "workers", "size": "huge", "count": 3}]},
        {"node_pools": [{"name": "workers", "size": "c-4", "count": 1, "auto_scale": True, "min_nodes": 2}]},
    ],
)
def test_a_bad_cluster_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    assert desk.refused("POST", "/v2/kubernetes/clusters", {**CLUSTER, **change})[0] == 422


def test_lists_come_in_pages(desk: Desk) -> None:
    path = f"/v2/databases/{desk.made('/v2/databases', DATABASE, 'database')}/dbs"
    for number in range(24):
        desk.ask("POST", path, {"name": f"d{number:02}"})
    first, last = desk.ask("GET", path).body, desk.ask("GET", path, page="2").body
    assert first is not None
    assert last is not None
    assert (len(first["dbs"]), len(last["dbs"]), first["meta"]) == (20, 5, {"total": 25})
    assert first["links"]["pages"]["next"] == f"{path}?page=2&per_page=20"
    assert set(last["links"]["pages"]) == {"first", "prev"}
    assert desk.refused("GET", path, per_page="201")[0] == 422
    assert desk.refused("GET", path, page="x")[0] == 422


def test_everything_survives_a_restart_and_is_for_the_owner_s_eyes(desk: Desk) -> None:
    desk.ask("POST", "/v2/registry", REGISTRY)
    identity = desk.made("/v2/databases", DATABASE, "database")
    again = Desk(desk.path)
    for path in ("/v2/registry", f"/v2/databases/{identity}"):
        assert again.ask("GET", path) == desk.ask("GET", path)
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600


def test_a_full_disk_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sandbox.digitalocean.account.write_private", full)
    with pytest.raises(OSError, match="No space"):
        desk.ask("POST", "/v2/registry", REGISTRY)
    assert desk.ask("GET", "/v2/registries").body == {"registries": []}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"registries": {}}'])
def test_a_broken_state_is_named_with_its_cure(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(BrokenStateError, match=r"state\.json is not .* delete it to start afresh"):
        Account(path)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v2/droplets"), ("GET", "/"), ("GET", "/v2/registries/")]
)
def test_what_is_not_served_is_not_found(desk: Desk, method: str, path: str) -> None:
    if path == "/v2/registries/":
        assert desk.ask(method, path).status == 200
    else:
        assert desk.refused(method, path)[0] == 404


def test_a_wrong_method_is_said_so(desk: Desk) -> None:
    assert desk.refused("PUT", "/v2/registry")[0] == 405


def test_every_path_refuses_another_token_with_the_documented_body(api: Api) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{api.port}") as client:
        for method, pattern, _ in ROUTES:
            path = pattern.replace("{name}", "n").replace("{id}", "i").replace("{pool}", "p")
            for token in ("-", "wrong", "dop_v1_" + "a" * 64):
                found = client.request(method, path, headers={"Authorization": f"Bearer {token}"})
                assert found.status_code == 401, path
                body = found.json()
                assert body.keys() == {"id", "message", "request_id"}
                assert (body["id"], body["message"]) == ("unauthorized", "Unable to authenticate you")


def test_a_used_up_quota_is_told_and_comes_back(tmp_path: Path) -> None:
    quota = Quota(hourly=3, burst=2)
    taken = [quota.take(NOW + timedelta(seconds=second))[0] for second in (0, 1, 2, 61, 62, 3601)]
    assert taken == [True, True, False, True, False, True]
    with serving(tmp_path / "state.json", Quota(burst=1)) as api:
        first, second = api.call("GET", "/v2/registries"), api.call("GET", "/v2/registries")
    assert (first.status_code, first.headers["ratelimit-limit"]) == (200, "5000")
    assert first.headers["ratelimit-remaining"] == "4999"
    assert (second.status_code, second.json()["id"]) == (429, "too_many_requests")
    assert second.headers["retry-after"] == "1"


class Interrupted(datetime):
    """A moment that somebody comes upon while it is compared."""

    meanwhile: Callable[[], None]

    def __gt__(self, other: date) -> bool:
        assert isinstance(other, datetime)
        self.meanwhile()
        return super().__gt__(other)


def test_two_calls_at_once_are_counted_one_after_the_other() -> None:
    quota, moment = Quota(), Interrupted.combine(NOW.date(), NOW.timetz())
    second = threading.Thread(target=lambda: quota.take(NOW))

    def meanwhile() -> None:
        if second.ident is None:
            second.start()
            second.join(0.2)  # seconds: time enough to be counted, if nothing held it back

    moment.meanwhile = meanwhile
    quota.take(moment)
    _, headers = quota.take(NOW)
    assert headers["ratelimit-remaining"] == "4998"
    second.join(10)
    assert quota.take(NOW)[1]["ratelimit-remaining"] == "4996"


def test_a_body_that_is_no_object_is_refused(api: Api) -> None:
    assert api.call("POST", "/v2/registry", ["x"]).status_code == 400


def test_its_log_holds_no_token_and_no_query(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    api.call("GET", "/v2/registries?secret=planted-query", token="planted-token")
    written = "".join(capfd.readouterr())
    assert "GET /v2/registries" in written
    assert "planted" not in written


def test_it_listens_on_loopback_only(api: Api) -> None:
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.2:{api.port}/healthz", timeout=2)
