"""What a job of the service last came to and when: one small file of JSON, replaced as a whole."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any


def read_dated(file: Path) -> dict[str, Any] | None:
    """Return what was written last, with its instant under `at`; None where there is nothing to read."""
    try:
        said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        said["at"] = datetime.fromisoformat(said["at"])
    except (OSError, ValueError, KeyError):
        return None
    return said


def write_dated(file: Path, said: dict[str, Any], *, at: datetime) -> None:
    """Write what came of a job, all of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps({"at": at.isoformat(), **said}) + "\n", encoding="utf-8")
    unfinished.replace(file)
