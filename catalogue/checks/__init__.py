"""What no single file can say of itself: each module checks one thing over the files that could be read."""

from catalogue.checks.addresses import check_addresses
from catalogue.checks.containers import check_containers
from catalogue.checks.files import check_files
from catalogue.checks.limits import check_limits
from catalogue.checks.prefixes import check_prefixes
from catalogue.checks.references import check_references
from catalogue.checks.scaling import check_scaling
from catalogue.checks.settings import check_settings
from catalogue.checks.slots import check_slots
from catalogue.checks.thresholds import check_thresholds
from catalogue.checks.tiers import check_tiers
from catalogue.checks.unique import check_unique
from catalogue.problem import Problem
from catalogue.source import Sources

_CHECKS = (
    check_addresses,
    check_containers,
    check_files,
    check_limits,
    check_prefixes,
    check_references,
    check_scaling,
    check_settings,
    check_slots,
    check_thresholds,
    check_tiers,
    check_unique,
)


def check(sources: Sources) -> list[Problem]:
    """Every problem that any check finds."""
    return [problem for one in _CHECKS for problem in one(sources)]
