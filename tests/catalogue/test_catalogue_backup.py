"""When dumps are made: evenly over the day, from 04:00."""

import pytest

from catalogue import tenants
from catalogue.load import load
from catalogue.models.app import App
from catalogue.models.data import Backup

CATALOGUE = load()


def app(every: str) -> App:
    (nextgen,) = (one for one in CATALOGUE.apps if one.name == "nextgen")
    backup = Backup.model_validate({"every": every, "keep": 14, "size": "50Gi"})
    return nextgen.model_copy(update={"data": nextgen.data.model_copy(update={"backup": backup})})


@pytest.mark.parametrize(
    ("every", "schedule"),
    [
        ("24h", "0 4 * * *"),
        ("12h", "0 4,16 * * *"),
        ("8h", "0 4,12,20 * * *"),
        ("6h", "0 4,10,16,22 * * *"),
    ],
)
def test_the_hours_of_the_dumps(every: str, schedule: str) -> None:
    (tenant,) = tenants.postgres(CATALOGUE.platform, app(every), "prod")
    assert tenant.backup
    assert (tenant.backup.name, tenant.backup.schedule) == ("nextgen-prod-backup", schedule)
    assert (tenant.backup.timezone, tenant.backup.keep, tenant.backup.size) == ("Europe/Paris", 14, "50Gi")


def test_only_production_is_dumped_and_only_nextgen() -> None:
    found = {
        (one.name, environment)
        for one in (*CATALOGUE.apps, CATALOGUE.nexia)
        for environment in ("dev", "prod")
        if any(tenant.backup for tenant in tenants.postgres(CATALOGUE.platform, one, environment))
    }
    assert found == {("nextgen", "prod")}
