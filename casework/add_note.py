"""An officer notes something with a case, for whoever works it next; nobody outside is told."""

from datetime import datetime

from casework.common import open_or_closed, require_words
from models.case import AuditRow
from models.errors import InputInvalid
from models.ports import UnitOfWork

_MOST_CHARACTERS = 10_000


def add_note(
    uow: UnitOfWork, reference: str, text: str, *, officer: str, now: datetime, seen: int | None = None
) -> str:
    """Keep a note in the trail of a case, which may be closed; return what was done.

    It counts as a change: whoever decides at the same moment reads it first.
    """
    officer = require_words(officer, what="say whose note it is", option="--officer")
    note = require_words(text, what="the note is empty", option="--note")
    if len(note) > _MOST_CHARACTERS:
        raise InputInvalid(f"a note has {_MOST_CHARACTERS:,} characters at most; say what matters (--note)")
    open_or_closed(uow, reference, seen=seen)
    uow.audit.add(
        AuditRow(at=now, actor=officer, action="note_added", case_reference=reference, detail={"note": note})
    )
    return f"note added to case {reference}"
