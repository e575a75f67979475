"""Entities that a database can take as they are: without numbers, raw bytes or relations made up."""

from typing import Any

from builders import make_case, make_letter, make_message

from models.case import Case, Letter
from models.message import Message


def new_message(**changes: Any) -> Message:
    """Return a ledger row that is not on record yet."""
    return make_message(**({"id": None, "sha256": None, "case_id": None, "account": "box"} | changes))


def new_case(**changes: Any) -> Case:
    """Return a case that is not on record yet."""
    return make_case(messages=[], **({"id": None, "letters": []} | changes))


def new_letter(**changes: Any) -> Letter:
    """Return a letter that is not on record yet."""
    return make_letter(**({"id": None, "case_id": None} | changes))
