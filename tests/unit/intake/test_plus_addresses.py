"""A message to a case's own address joins it from those whom the case knows; others an officer judges."""

import pytest
from builders import REFERENCE, make_case, make_letter, make_message, make_parsed
from fakes import FakeUnitOfWork

from intake.sort import Road, Sorted, sort_message
from models.message import ParsedMessage, Person

OWN = Person(name="", address=f"complaints+{REFERENCE}@harrowmere.example")
STRANGER = Person(name="", address="stranger@example.net")


def sorted_as(**changes: object) -> Sorted:
    """Sort a message that says nothing of a case but in its addresses."""
    usual: dict[str, object] = {"message_id": "<new@example.org>", "to": (OWN,)}
    parsed: ParsedMessage = make_parsed(**(usual | changes))
    message = make_message(id=7, message_id="<new@example.org>", sha256="7" * 64)
    return sort_message(FakeUnitOfWork(make_case()), message, parsed, reference_key=b"key")


@pytest.mark.parametrize("field", ["to", "cc"])
def test_one_whom_the_case_knows_joins_it(field: str) -> None:
    """The address says which case, the sender that they belong to it."""
    road = sorted_as(**{"to": (), field: (Person("", "office@example.com"), OWN)})
    assert road.road is Road.REPLY
    assert road.case is not None
    assert road.case.reference == REFERENCE


def test_a_stranger_joins_nothing_and_learns_nothing() -> None:
    """An officer says whether the message belongs there; no letter goes out before."""
    road = sorted_as(sender=STRANGER)
    assert (road.road, road.case) == (Road.NEW_CASE, None)
    assert road.quoted is not None
    assert road.quoted.reference == REFERENCE


def test_an_address_of_no_case_is_a_new_matter() -> None:
    """A reference that was never given out belongs to nobody."""
    road = sorted_as(to=(Person("", "complaints+C-0000-0001-95@harrowmere.example"),))
    assert (road.road, road.quoted) == (Road.NEW_CASE, None)


def test_an_answer_to_our_letter_needs_no_address() -> None:
    """Whoever answers a letter has seen it, whatever address they write from, and to."""
    letter = make_letter(message_id="<ours@heard.invalid>")
    case = make_case(letters=[letter])
    parsed = make_parsed(message_id="<new@example.org>", sender=STRANGER, in_reply_to=letter.message_id)
    message = make_message(id=7, message_id="<new@example.org>", sha256="7" * 64)
    road = sort_message(FakeUnitOfWork(case), message, parsed, reference_key=b"key")
    assert (road.road, road.case) == (Road.REPLY, case)
