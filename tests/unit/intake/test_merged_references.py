"""What names a case that was merged finds the one in which it goes on."""

from builders import ANN, REFERENCE, make_case, make_message, make_parsed
from fakes import FakeUnitOfWork

from intake.sort import Road, Sorted, sort_message
from models.message import Complainant, ParsedMessage, Person
from models.reference import reply_mark

KEY = b"k" * 32
OTHER = "C-1111-2222-83"
BO = Person("Bo", "bo@example.org")


def sorted_beside(parsed: ParsedMessage) -> Sorted:
    """Sort a message where Ann's first case was merged into another; she answered from a second address."""
    gone = make_case(merged_into=OTHER, messages=[], reply_address="ann@example.net")
    goes_on = make_case(reference=OTHER, messages=[])
    message = make_message(id=9, uid="9", message_id="<new@example.org>")
    return sort_message(FakeUnitOfWork(gone, goes_on), message, parsed, reference_key=KEY)


def test_the_mark_of_a_merged_case_joins_the_one_that_goes_on() -> None:
    """From every address that either knows."""
    for sender in (ANN, Person("Ann", "ann@example.net")):
        parsed = make_parsed(message_id="<new@example.org>", text=reply_mark(REFERENCE, KEY), sender=sender)
        found = sorted_beside(parsed)
        assert (found.road, found.case and found.case.reference) == (Road.REPLY, OTHER)


def test_quoting_a_merged_case_asks_an_officer_about_the_one_that_goes_on() -> None:
    """Without proof nothing is joined, as ever."""
    parsed = make_parsed(
        message_id="<new@example.org>", text=f"About {REFERENCE}.", sender=BO,
        complainant=Complainant(BO, "from"),
    )  # fmt: skip
    found = sorted_beside(parsed)
    assert (found.road, found.quoted and found.quoted.reference) == (Road.NEW_CASE, OTHER)
