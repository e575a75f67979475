"""Every message in tests/mail/ is read as its sidecar says that a thoughtful person would read it."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intake.describe import as_json, describe_bytes
from intake.forms import FormProfile
from intake.parse import parse

MAIL = Path(__file__).parents[2] / "mail"
SIDECARS = sorted(MAIL.glob("*.json"))
INSTANTS = {"date", "received_at", "claimed_at"}


def test_there_are_at_least_280_odd_messages() -> None:
    """The folder was not lost on the way."""
    assert len(SIDECARS) >= 280


@pytest.mark.parametrize("sidecar", SIDECARS, ids=lambda path: path.stem)
def test_an_odd_message_is_read_as_its_sidecar_says(sidecar: Path) -> None:
    """The parser gives what the sidecar expects, or the named reason where it expects a refusal."""
    wanted = json.loads(sidecar.read_text(encoding="utf-8"))
    said = described(sidecar, wanted)
    if wanted["outcome"] == "refused":
        assert said.get("reason") == wanted["reason"], said.get("error", "it was read")
        return
    assert "error" not in said, said.get("error")
    faults = [
        fault for key, value in wanted.get("expect", {}).items() for fault in compare(key, value, said[key])
    ]
    assert not faults, f"{wanted['shows']}\n" + "\n".join(faults)


def described(sidecar: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what is read of a message: a mail or a .msg, with the form profiles that its sidecar names."""
    (file,) = [each for each in sidecar.parent.glob(f"{sidecar.stem}.*") if each != sidecar]
    raw = file.read_bytes()
    if "forms" in wanted:
        return as_json(parse(raw, forms=[FormProfile(**each) for each in wanted["forms"]]))
    return describe_bytes(raw, source=sidecar.stem)


def compare(key: str, wanted: Any, said: Any) -> list[str]:
    """Return in what the parser's answer differs from what is wanted; nothing where it does not."""
    if key in INSTANTS and isinstance(wanted, str):
        same = isinstance(said, str) and datetime.fromisoformat(said) == datetime.fromisoformat(wanted)
        return [] if same else [f"{key}: wanted {wanted}, got {said}"]
    if isinstance(wanted, dict) and isinstance(said, str):
        missing = [piece for piece in wanted.get("contains", []) if piece not in said]
        extra = [piece for piece in wanted.get("lacks", []) if piece in said]
        return [f"{key} lacks {piece!r} in {said[:500]!r}" for piece in missing] + [
            f"{key} should not hold {piece!r} in {said[:500]!r}" for piece in extra
        ]
    if isinstance(wanted, dict) and isinstance(said, dict):
        return [
            fault for name, value in wanted.items() for fault in compare(f"{key}.{name}", value, said[name])
        ]
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
        if len(wanted) != len(said):
            return [f"{key}: wanted {len(wanted)}, got {len(said)}: {said}"[:600]]
        return [
            fault
            for number, (one, other) in enumerate(zip(wanted, said, strict=True))
            for fault in compare(f"{key}[{number}]", one, other)
        ]
    return [] if wanted == said else [f"{key}: wanted {wanted!r}, got {said!r}"]
