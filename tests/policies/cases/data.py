"""Secrets, and who may read whose."""

from tests.policies.policy_cases import Case, change
from tests.policies.policy_objects import world

ENV = "spec/template/spec/containers/0/env"
KEY = "-----BEGIN PRIVATE KEY-----"  # no key follows
CASES = [
    change(
        "secrets-not-in-environment",
        "by its name",
        "deployment",
        f"{ENV}/0",
        {"name": "DB_PASSWORD", "value": "x"},
        "container api has a secret as the value of DB_PASSWORD",
    ),
    change(
        "secrets-not-in-environment",
        "by its form",
        "deployment",
        f"{ENV}/0",
        {"name": "URL", "value": "postgres://a:b@host/db"},
        "container api has a secret as the value of URL",
    ),
    change(
        "secrets-not-in-environment",
        "a private key",
        "deployment",
        f"{ENV}/0",
        {"name": "EXTRA", "value": KEY},
        "container api has a secret as the value of EXTRA",
    ),
    change(
        "secrets-not-in-environment",
        "a path to one",
        "deployment",
        f"{ENV}/0",
        {"name": "TOKEN_FILE", "value": "/run/token"},
        None,
    ),
    change(
        "secrets-not-in-environment",
        "a reference in a URL",
        "deployment",
        f"{ENV}/0",
        {"name": "URL", "value": "postgres://a:$(PGPASSWORD)@host/db"},
        None,
    ),
    change(
        "secrets-not-in-config-maps",
        "by its key",
        "config",
        "data/api_key",
        "x",
        "its entry api_key holds a secret",
    ),
    change(
        "secrets-not-in-config-maps",
        "by its form",
        "config",
        "data/app.ini",
        f"key = {KEY}",
        "its entry app.ini holds a secret",
    ),
    change(
        "secrets-not-in-config-maps",
        "a word in a text",
        "config",
        "data/app.ini",
        "the token is elsewhere",
        None,
    ),
    Case(
        "data-is-protected", "a volume", "prod", "the stack does not protect it", world("prod"), protect=False
    ),
    Case("data-is-protected", "dev's may go", "dev", None, world("dev"), protect=False),
    change(
        "data-access-is-own",
        "another app's Secret",
        "deployment",
        f"{ENV}/0",
        {"name": "PGUSER", "valueFrom": {"secretKeyRef": {"name": "kreach-postgres", "key": "PGUSER"}}},
        "it reads the Secret kreach-postgres, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "one that begins alike",
        "deployment",
        f"{ENV}/0",
        {"name": "PGUSER", "valueFrom": {"secretKeyRef": {"name": "nextgenx-postgres", "key": "PGUSER"}}},
        "it reads the Secret nextgenx-postgres, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "all of it",
        "deployment",
        "spec/template/spec/containers/0/envFrom",
        [{"secretRef": {"name": "platform-admin"}}],
        "it reads the Secret platform-admin, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "as a volume",
        "deployment",
        "spec/template/spec/volumes",
        [{"name": "x", "secret": {"secretName": "kvibe-redis"}}],
        "it reads the Secret kvibe-redis, which is not nextgen's",
    ),
    change(
        "data-access-is-own",
        "as a projected volume",
        "deployment",
        "spec/template/spec/volumes",
        [{"name": "x", "projected": {"sources": [{"secret": {"name": "kvibe-redis"}}]}}],
        "it reads the Secret kvibe-redis, which is not nextgen's",
    ),
]
