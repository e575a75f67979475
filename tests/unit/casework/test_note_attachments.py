"""An officer is told of a document that could not be read, or not surely, where its text matters."""

from typing import Any

import pytest
from builders import NOW, make_case, make_parsed

from casework.note_attachments import note_attachments
from models.codes import TaskKind
from models.message import Attachment

LONG = "The boiler in my flat has been broken for three weeks and nobody came although I rang you so often."


def noted(body: str, **about: Any) -> list[str]:
    """Return the notes about a message with one attachment."""
    case = make_case()
    attached = Attachment("letter.pdf", "application/pdf", b"%PDF", "0" * 64, **about)
    note_attachments(case, make_parsed(text=body, attachments=(attached,)), message_id=1, now=NOW)
    return [task.note for task in case.tasks if task.kind is TaskKind.READ_ATTACHMENT]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"fault": "the document is protected by a password"}, "protected by a password"),
        ({"text": "Dear Sir", "confidence": 0.55}, "55% confidence only"),
    ],
)
def test_a_document_that_was_not_read_surely_opens_a_task(about: dict[str, Any], said: str) -> None:
    """The message itself only points at it."""
    (note,) = noted("Please see attached.", **about)
    assert said in note


def test_a_message_that_says_enough_by_itself_opens_none() -> None:
    """The attachment's fault still shows with the attachment."""
    assert noted(LONG, fault="the document is protected by a password") == []


def test_a_document_that_was_read_opens_none() -> None:
    """With a text layer there is nothing to be unsure of."""
    assert noted("See attached.", text="Dear Sir, the boiler is broken.") == []
    assert noted("See attached.", text="Dear Sir, the boiler is broken.", confidence=0.93) == []
