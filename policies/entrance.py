"""The program's own door: nothing of production is registered before the gates of promotion said yes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pulumi

from catalogue.models.shape import AppShape
from policies.objects import Object, environment_of
from policies.wire import innermost_frames, mute, settle

if TYPE_CHECKING:
    from policies.evidence import Evidence

GUARDED = "prod"


def enter(make: Callable[[], object], apps: Sequence[AppShape], root: Path, now: datetime) -> None:
    """Do what `make` does: for production only once every rule that guards its door is content.

    `make` is rehearsed first, and what it would register is judged with the evidence below `root` at the
    moment `now`. Raises RunError with every refusal, in the words of pack and audit; then nothing was
    registered. Where `make` is being rehearsed anyway (a rendering), nobody is asked: nothing can be touched.
    """
    mute()
    with innermost_frames():
        if _guarded(apps):
            # Rehearsal, rules and gates cost a second that the other stacks do not pay.
            from policies.rehearsal import rehearsing  # noqa: PLC0415

            if not rehearsing() and (refused := refusals(make, root, now)):
                raise pulumi.RunError("\n".join(("Nothing was touched:", *refused)))
        make()
    settle()


def _guarded(apps: Sequence[AppShape]) -> bool:
    """Whether the stack is production's, by its name or by a namespace that it would write to."""
    spaces = {space.name for app in apps for space in app.namespaces}
    spaces |= {one.namespace for app in apps for one in app.workloads}
    return GUARDED in {pulumi.get_stack(), *map(environment_of, spaces)}


def refusals(make: Callable[[], object], root: Path, now: datetime) -> list[str]:
    """One line for each reason not to let in what `make` registers; none: it may enter."""
    from policies.rehearsal import RehearsalError, manifest, rehearse  # noqa: PLC0415 - see above
    from policies.resources import objects_of  # noqa: PLC0415

    try:
        items = [
            item
            for one in rehearse(make, pulumi.get_project(), pulumi.get_stack())
            for item in objects_of(one.token, manifest(one.inputs), one.urn, protect=one.protect)
        ]
    except RehearsalError as error:
        return [f"what the program makes cannot be judged: {error}"]
    return judged(items, root, now)


def judged(items: Sequence[Object], root: Path, now: datetime) -> list[str]:
    """The same for the objects of a whole stack."""
    from policies.judge import Judge  # noqa: PLC0415
    from policies.limits import load_limits  # noqa: PLC0415
    from policies.rule import Context, rules  # noqa: PLC0415
    from policies.waivers import Waivers  # noqa: PLC0415

    @cache
    def evidence() -> "Evidence":
        from policies.evidence import load_evidence  # noqa: PLC0415

        found = load_evidence(now, root)
        if found.simulated:
            pulumi.log.warn("The evidence is simulated; it counts on this machine's sandbox only.")
        return found

    try:
        # Nobody can waive a rule that guards the door, so no waivers are read.
        judge = Judge(rules(), Context(load_limits(), evidence), Waivers(), now.date())
    except (OSError, ValueError, TypeError) as error:
        return [f"the rules cannot be used, so nothing was judged: {error}"]
    return [finding.text for finding in judge.everything(items, "program")]
