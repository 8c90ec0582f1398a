"""The rendered ACL on a real Valkey: what each tenant can and can't do, for all ordered pairs."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations
from typing import Any

import pytest
import redis

from catalogue.models.shape import RedisTenantShape
from components.tenant_acl import tenant_acl
from sandbox import resp
from sandbox.processes.spec import Context
from sandbox.settings import VALKEY_ADMIN
from tests.components.component_tenants import password_of, redis_tenants

Denied = (redis.exceptions.NoPermissionError, redis.exceptions.ResponseError)
TENANTS = redis_tenants()
BY_NAME = {one.name: one for one in TENANTS}
NEXTSTEP = BY_NAME["nextstep-dev-redis"]
# What the sweep finds allowed although it is given another tenant's key: none of it reads or writes a key.
HARMLESS = {
    "auth",
    "discard",
    "echo",
    "exec",
    "hello",
    "lolwut",
    "multi",
    "ping",
    "pubsub",
    "punsubscribe",
    "quit",
    "reset",
    "sunsubscribe",
    "unsubscribe",
    "unwatch",
}


def ask(connection: redis.Redis, *words: str) -> Any:  # noqa: ANN401  an answer has any type
    return connection.execute_command(*words)  # type: ignore[no-untyped-call]  # the client's own


# Arguments in the shapes that commands have: k is the key, a digit the number of keys or a plain number.
SHAPES = [
    line.split()
    for line in [
        "",
        "k",
        "k k",
        "k k k",
        "k k k k",
        "k k k k k",
        "1 k",
        "1 k LEFT",
        "0 1 k LEFT",
        "k 1 k",
        "k 1 k k",
        "1 k EX 1",
        "k k 1 k",
        "1 k v",
        "STREAMS k 0",
        "GROUP g c STREAMS k 0",
        "k 1 1 m",
        "s 1 k",
    ]
]


@contextmanager
def client(context: Context, user: str | None, password: str | None) -> Iterator[redis.Redis]:
    connection = redis.Redis(
        host="127.0.0.1",
        port=context.port("valkey"),
        username=user,
        password=password,
        decode_responses=True,
        protocol=2,
        driver_info=None,
    )
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def tenant_client(context: Context, tenant: RedisTenantShape) -> Iterator[redis.Redis]:
    with client(context, tenant.user, password_of(tenant.name)) as connection:
        yield connection


def apply(context: Context, tenant: RedisTenantShape, password: str | None = None) -> None:
    with client(context, VALKEY_ADMIN, context.credentials.valkey) as admin:
        hashed = hashlib.sha256((password or password_of(tenant.name)).encode()).hexdigest()
        ask(admin, "ACL", "SETUSER", *tenant_acl(tenant).split(), f"#{hashed}")


@pytest.fixture(scope="module")
def server(valkey_server: Context) -> Context:
    """All tenants, each with one key."""
    for tenant in TENANTS:
        apply(valkey_server, tenant)
        with tenant_client(valkey_server, tenant) as own:
            own.set(f"{tenant.prefix}secret", tenant.name)
    return valkey_server


@pytest.fixture
def nextstep(server: Context) -> Iterator[redis.Redis]:
    with tenant_client(server, NEXTSTEP) as connection:
        yield connection


@pytest.mark.sandbox
@pytest.mark.parametrize("tenant", TENANTS, ids=lambda one: one.name)
def test_own_work_succeeds(server: Context, tenant: RedisTenantShape) -> None:
    key = f"{tenant.prefix}work"
    with tenant_client(server, tenant) as own:
        assert own.ping()
        with own.pipeline(transaction=True) as pipeline:
            pipeline.set(key, "1")
            pipeline.incr(key)
            pipeline.expire(key, 60)
            pipeline.execute()
        assert own.get(key) == "2"
        assert own.hset(f"{key}:h", "field", "1") == 1
        assert own.xadd(f"{key}:s", {"a": "1"})
        assert own.delete(key, f"{key}:h", f"{key}:s") == 3
        with own.pubsub() as channel:  # type: ignore[no-untyped-call]  # the client's own
            channel.subscribe(f"{tenant.prefix}news")
            assert channel.get_message(timeout=5)
            assert own.publish(f"{tenant.prefix}news", "x") == 1


@pytest.mark.sandbox
def test_no_tenant_reaches_another(server: Context) -> None:
    for one, other in permutations(TENANTS, 2):
        key, mine = f"{other.prefix}secret", f"{one.prefix}mine"
        with tenant_client(server, one) as connection:
            for command in (
                ("GET", key),
                ("MGET", mine, key),
                ("EXISTS", key),
                ("TYPE", key),
                ("SET", key, "x"),
                ("DEL", key),
                ("COPY", key, mine),
                ("RENAME", key, mine),
                ("PUBLISH", f"{other.prefix}news", "x"),
                ("SUBSCRIBE", f"{other.prefix}news"),
                ("SSUBSCRIBE", f"{other.prefix}news"),
                ("KEYS", f"{other.prefix}*"),
                ("SCAN", "0", "MATCH", f"{other.prefix}*"),
                ("RANDOMKEY",),
                ("PUBSUB", "CHANNELS", f"{other.prefix}*"),
                ("FCALL", "f", "1", key),
                ("FUNCTION", "LIST"),
            ):
                with pytest.raises(Denied, match=r"(?i)no permissions"):
                    ask(connection, *command)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "command",
    [
        "SCAN 0",
        "KEYS *",
        "RANDOMKEY",
        "DBSIZE",
        "SELECT 1",
        "MOVE nextstep:dev:secret 1",
        "SWAPDB 0 1",
        "WAIT 0 1",
        "FLUSHALL",
        "FLUSHDB",
        "PUBSUB CHANNELS",
        "PSUBSCRIBE *",
        "FUNCTION LIST",
        "FUNCTION FLUSH",
        "SCRIPT FLUSH",
        "EVAL return(1) 0",
        "FCALL f 0",
        "CONFIG GET *",
        "ACL LIST",
        "ACL WHOAMI",
        "MONITOR",
        "CLIENT LIST",
        "CLIENT KILL TYPE normal",
        "INFO",
        "SAVE",
        "SHUTDOWN",
        "REPLICAOF no one",
        "SORT nextstep:dev:list BY nextgen:dev:*",
        "MIGRATE 127.0.0.1 1 nextstep:dev:secret 0 1",
        "OBJECT ENCODING nextgen:dev:secret",
        "GET nextstep:prod:secret",
        "GET nextstep:dev",
        "GET nextstep:development:x",
        "GET NEXTSTEP:dev:secret",
    ],
)
def test_nothing_that_looks_across(nextstep: redis.Redis, command: str) -> None:
    with pytest.raises(Denied, match=r"(?i)no permissions"):
        ask(nextstep, *command.split())


@pytest.mark.sandbox
@pytest.mark.parametrize("tenant", TENANTS, ids=lambda one: one.name)
def test_every_command_of_the_server_with_another_tenants_key(
    server: Context, tenant: RedisTenantShape
) -> None:
    """The server's own list and its own oracle: a command that a newer server adds shows up here."""
    other = next(one for one in TENANTS if one is not tenant)
    with client(server, VALKEY_ADMIN, server.credentials.valkey) as admin:
        known = ask(admin, "COMMAND LIST")
        key = f"{other.prefix}secret"
        found = {name: trial(admin, tenant.user, name, key) for name in known if "|" not in name}
    assert len(found) > 200
    assert not {name for name, leaks in found.items() if leaks == {"leak"}}
    keyless = {name for name, leaks in found.items() if "keyless" in leaks and "denied" not in leaks}
    assert keyless <= HARMLESS, keyless - HARMLESS


def trial(admin: redis.Redis, user: str, name: str, key: str) -> set[str]:
    """What the server says to a user's command with another's key, at each place where keys may stand."""
    found = set()
    for words in SHAPES:
        arguments = [key if word == "k" else word for word in words]
        try:
            answer = ask(admin, "ACL DRYRUN", user, name, *arguments)
        except redis.exceptions.ResponseError:
            continue  # not even the number of arguments fits
        if answer != "OK":
            found.add("denied")
            continue
        try:
            keys = ask(admin, "COMMAND GETKEYS", name, *arguments)
        except redis.exceptions.ResponseError:
            keys = []
        found.add("leak" if key in keys else "keyless")
    return found


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "login",
    [("AUTH", "default", ""), ("AUTH", ""), ("HELLO", "2", "AUTH", "default", "")],
    ids=["AUTH default", "AUTH", "HELLO"],
)
def test_default_is_off(server: Context, nextstep: redis.Redis, login: tuple[str, ...]) -> None:
    with pytest.raises(
        redis.exceptions.RedisError, match=r"(?i)invalid username-password|without any password|wrong"
    ):
        ask(nextstep, *login)
    with client(server, None, None) as anonymous, pytest.raises(redis.exceptions.AuthenticationError):
        anonymous.get("nextstep:dev:secret")


@pytest.mark.sandbox
def test_a_reset_connection_is_nobody(server: Context) -> None:
    with resp.Connection("127.0.0.1", server.port("valkey"), timeout=10.0) as connection:
        connection.login(NEXTSTEP.user, password_of(NEXTSTEP.name))
        assert connection.command("RESET") == "RESET"
        with pytest.raises(resp.ReplyError, match="NOAUTH"):
            connection.command("GET", "nextgen:dev:secret")


@pytest.mark.sandbox
def test_rotation_is_running_again(server: Context) -> None:
    tenant = BY_NAME["kvibe-dev-redis"]
    apply(server, tenant, "another")
    with tenant_client(server, tenant) as old, pytest.raises(redis.exceptions.AuthenticationError):
        old.ping()
    apply(server, tenant)
    with tenant_client(server, tenant) as again:
        assert again.get(f"{tenant.prefix}secret") == tenant.name


@pytest.mark.sandbox
def test_running_again_takes_back_what_was_granted_by_hand(server: Context) -> None:
    with client(server, VALKEY_ADMIN, server.credentials.valkey) as admin:
        ask(admin, "ACL SETUSER", NEXTSTEP.user, "~*", "&*", "+@all", "nopass")
    apply(server, NEXTSTEP)
    with tenant_client(server, NEXTSTEP) as own, pytest.raises(Denied, match=r"(?i)no permissions"):
        own.get("nextgen:dev:secret")
    with client(server, NEXTSTEP.user, "any") as own, pytest.raises(redis.exceptions.AuthenticationError):
        own.ping()


@pytest.mark.sandbox
def test_scripting_only_where_the_catalogue_says_so(server: Context) -> None:
    tenant = NEXTSTEP.model_copy(update={"user": "scripting", "scripting": True, "name": "scripting"})
    apply(server, tenant)
    with tenant_client(server, tenant) as own:
        assert own.eval("return redis.call('GET', KEYS[1])", 1, "nextstep:dev:secret") == NEXTSTEP.name
        with pytest.raises(Denied):
            own.eval("return redis.call('GET', KEYS[1])", 1, "nextgen:dev:secret")
        with pytest.raises(Denied):
            own.eval("return redis.call('GET', 'nextgen:dev:secret')", 0)


def test_what_a_tenant_may_do_is_said_without_a_password() -> None:
    text = tenant_acl(NEXTSTEP)
    assert text.startswith("nextstep-dev reset on ~nextstep:dev:* &nextstep:dev:* -@all ")
    assert "#" not in text
    assert ">" not in text


@pytest.mark.parametrize("prefix", ["*:", "a:*:", "a?:", "a[b]:", "nextstep", "a b:", "", ":", "a\\:", "é:"])
def test_a_prefix_that_could_be_a_pattern_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="is no key prefix"):
        tenant_acl(NEXTSTEP.model_copy(update={"prefix": prefix}))


@pytest.mark.parametrize("user", ["a b", "", "A", "a\n", "-a", "a:b"])
def test_a_user_that_could_be_more_than_a_name_is_refused(user: str) -> None:
    with pytest.raises(ValueError, match="is no user name"):
        tenant_acl(NEXTSTEP.model_copy(update={"user": user}))
