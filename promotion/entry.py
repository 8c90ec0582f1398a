"""May a release enter production? All gates are asked; all have to say yes."""

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module

from catalogue.models.base import Model
from promotion import gates
from promotion.question import Question
from promotion.verdict import Verdict, refuse


class Gate(Model):
    """A gate as it was found: `place` orders the answers, it decides nothing."""

    name: str
    place: int
    judge: Callable[[Question], Verdict]


@cache
def all_gates() -> tuple[Gate, ...]:
    """The gates in the folder, in the order of their places."""
    names = [one.name for one in pkgutil.iter_modules(gates.__path__)]
    modules = [(name, import_module(f"{gates.__name__}.{name}")) for name in names]
    found = [Gate(name=name, place=module.PLACE, judge=module.judge) for name, module in modules]
    return tuple(sorted(found, key=lambda gate: (gate.place, gate.name)))


def may_enter_prod(question: Question, asked: tuple[Gate, ...] | None = None) -> tuple[Verdict, ...]:
    """The verdict of every gate, in order; entry is allowed when all are ok (see `admits`).

    `asked` replaces the gates of the folder, for tests. A gate that raises refuses: `gate-broken`.
    """
    return tuple(_answer(gate, question) for gate in (all_gates() if asked is None else asked))


def admits(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether all said yes; nobody asked is a no."""
    return bool(verdicts) and all(one.ok for one in verdicts)


def _answer(gate: Gate, question: Question) -> Verdict:
    try:
        verdict = gate.judge(question)
    except Exception as error:  # noqa: BLE001 - whatever breaks in a gate, the door stays shut
        text = f"the gate {gate.name} failed with {type(error).__name__}; report it"
        verdict = refuse("gate-broken", text)
    return verdict.model_copy(update={"gate": gate.name})
