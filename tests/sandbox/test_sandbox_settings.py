import json
from pathlib import Path

from sandbox.settings import USERS, Credentials


def test_credentials_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    made = Credentials.load(path)
    made.save(path)
    assert Credentials.load(path) == made
    assert len({made.postgres, made.valkey, *made.tokens.values()}) == 2 + len(USERS)


def test_a_user_that_an_older_version_did_not_know_gets_a_token(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    made = Credentials()
    fewer = {user: token for user, token in made.tokens.items() if user != "blueocean:kwok"}
    path.write_text(json.dumps({**made.model_dump(), "tokens": fewer}), encoding="utf-8")
    loaded = Credentials.load(path)
    assert loaded.tokens["blueocean:kwok"]
    assert {**loaded.tokens, "blueocean:kwok": ""} == {**made.tokens, "blueocean:kwok": ""}
