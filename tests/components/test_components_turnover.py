"""The hand-over of staging: what its Jobs wait for, who waits for them, and which names they take."""

from datetime import datetime

import pytest

from catalogue.load import CHECKOUT
from catalogue.models.shape import AppShape, StagingShape
from catalogue.stacks import stack_content
from components.staging import Staging
from components.turnover_keys import tenants_file
from components.turnover_sql import turnover_sql
from promotion.staging import staging_at
from tests.components.component_recording import Registered, around, record

CONTENT = stack_content(CHECKOUT, "blueocean", "staging")


def at(text: str) -> StagingShape:
    found = staging_at(CONTENT.platform, CONTENT.apps, datetime.fromisoformat(text))
    assert found
    return found


def made(text: str) -> dict[tuple[str, str], Registered]:
    found = record(lambda: Staging(at(text), around()))
    return {(one.type.rpartition(":")[2], one.name): one for one in found}


@pytest.fixture(scope="module")
def kreachs() -> dict[tuple[str, str], Registered]:
    return made("2026-11-23T16:00+01:00")


@pytest.mark.parametrize("kind", ["postgres", "redis"])
def test_a_turnover_waits_until_the_others_are_out(
    kreachs: dict[tuple[str, str], Registered], kind: str
) -> None:
    after = kreachs["Job", f"staging-turnover-{kind}"].after
    for app in ("nextstep", "nextgen", "kvibe"):
        assert {f"{app}-staging-postgres", f"{app}-staging-redis"} <= after
        assert any(name.startswith(f"{app}-") and name.endswith("-staging") for name in after)
    assert {"kreach-staging-postgres", "kreach-staging-redis"} <= after
    assert not {"kreach-web-staging", "kreach-api-staging"} & after


def test_the_owners_pods_wait_for_the_turnover(kreachs: dict[tuple[str, str], Registered]) -> None:
    jobs = {"staging-turnover-postgres", "staging-turnover-redis"}
    assert jobs <= kreachs["Deployment", "kreach-web-staging"].after
    assert jobs <= kreachs["Deployment", "kreach-api-staging"].after
    assert not jobs & kreachs["Deployment", "kvibe-backend-staging"].after


def test_at_night_it_is_turned_over_to_nobody() -> None:
    found = made("2026-11-23T23:00+01:00")
    template = found["Job", "staging-turnover-redis"].inputs["spec"]["template"]
    assert template["metadata"]["annotations"]["blueocean.io/slot-owner"] == "nobody"
    assert template["metadata"]["annotations"]["blueocean.io/slot-start"] == "2026-11-23T21:00:00+01:00"


def test_a_new_slot_of_the_same_app_is_a_new_turnover() -> None:
    notes = {
        day: made(f"{day}T16:00+01:00")["Job", "staging-turnover-postgres"].inputs["spec"]["template"]
        for day in ("2026-11-23", "2026-11-24")
    }
    assert notes["2026-11-23"] != notes["2026-11-24"]


def test_the_files_name_every_app() -> None:
    assert tenants_file(CONTENT.apps).splitlines() == [
        "kreach kreach-staging kreach:staging:",
        "kvibe kvibe-staging kvibe:staging:",
        "nextgen nextgen-staging nextgen:staging:",
        "nextstep nextstep-staging nextstep:staging:",
    ]
    sql = turnover_sql(CONTENT.apps, "kvibe", "2026-11-23T18:00:00+01:00")
    for app in ("kreach", "kvibe", "nextgen", "nextstep"):
        assert f"('{app}', '{app}', '{app}_staging', '{app}_staging_owner')" in sql


def renamed(**change: str) -> list[AppShape]:
    app = CONTENT.apps[0]
    assert app.redis
    return [
        app.model_copy(
            update={
                "postgres": tuple(one.model_copy(update=change) for one in app.postgres),
                "redis": app.redis.model_copy(update=change),
            }
        )
    ]


def test_names_that_mean_more_than_themselves_are_refused() -> None:
    start = "2026-11-23T18:00:00+01:00"
    with pytest.raises(ValueError, match="is no name"):
        turnover_sql(renamed(role="a' OR true"), "", start)
    with pytest.raises(ValueError, match="is no name"):
        turnover_sql(CONTENT.apps, "kvibe'; DROP", start)
    with pytest.raises(ValueError, match="is no moment"):
        turnover_sql(CONTENT.apps, "kvibe", "now()")
    with pytest.raises(ValueError, match="use lower-case letters"):
        tenants_file(renamed(prefix="*"))
