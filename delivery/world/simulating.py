"""Writes simulated evidence below the checkout. The private keys are never written."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # no __all__ there

from delivery.simulation.evidence import holders, stamps, trust
from policies.evidence import PASSPORTS, SIMULATED, TRUST
from promotion.envelope import seal
from promotion.question import Question
from promotion.statement import Statement


def forget(root: Path) -> None:
    """Remove what was simulated before, also what cannot be read."""
    shutil.rmtree(root / SIMULATED, ignore_errors=True)


def simulate(questions: Mapping[str, tuple[str, Question]], authority: str, root: Path) -> Path:
    """Write a passport for each app (→ version, question), and whom to trust; return the folder.

    Raises OSError.
    """
    folder = root / SIMULATED
    signers = {who: CryptoSigner.generate_ed25519() for who in holders()}
    for app, (version, question) in questions.items():
        images = {name: one.rpartition("@sha256:")[2] for name, one in question.images.items()}
        envelopes = [
            seal(Statement(images=images, stamp=stamp), signers[who])
            for who, stamp in stamps(question, version)
        ]
        passport = {"app": app, "version": version, "stamps": envelopes}
        _write(folder / PASSPORTS / app / f"{version}.json", passport)
    now = min(question.now for _, question in questions.values())
    keys = {who: str(signer.public_key.keyval["public"]) for who, signer in signers.items()}
    _write(folder / TRUST, trust(keys, authority, now).model_dump(mode="json"))
    return folder


def _write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
