"""The hash that chains one row of the audit to the row before it (Haber and Stornetta, 1991)."""

import hashlib
import json
from datetime import UTC
from typing import Any

FIRST = "0" * 64
"""What the first row follows."""


def hash_of(previous: str, row: dict[str, Any]) -> str:
    """Return the hash of a row that follows the one with the hash `previous`.

    `row` holds at (aware), actor, action, message_id, case_reference and detail.
    """
    said = {
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        **{name: row[name] for name in ("actor", "action", "message_id", "case_reference", "detail")},
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
