"""The ledger row has one outcome, and what was read is copied as officers see it."""

import pytest
from builders import ANN, NOW, make_message, make_parsed

from models.codes import Outcome
from models.message import Attachment, Complainant, Person


def attachment(text: str) -> Attachment:
    """Return an attached file with a text."""
    return Attachment(filename="a.pdf", content_type="a/pdf", content=b"12345", sha256="0", text=text)


@pytest.mark.parametrize("first", sorted(set(Outcome) - {Outcome.QUARANTINE}))
@pytest.mark.parametrize("second", Outcome)
def test_an_outcome_is_never_overwritten(first: Outcome, second: Outcome) -> None:
    """A message ends once, and a second end is refused and changes nothing."""
    message = make_message()
    message.settle(first, reason="first", now=NOW)
    with pytest.raises(ValueError, match=f"already ended as {first}"):
        message.settle(second, reason="second", now=NOW)
    assert (message.outcome, message.reason, message.settled_at) == (first, "first", NOW)


@pytest.mark.parametrize("second", Outcome)
def test_a_quarantined_message_may_still_end_well(second: Outcome) -> None:
    """What was quarantined can be tried again and get its outcome."""
    message = make_message()
    message.settle(Outcome.QUARANTINE, reason="nesting", now=NOW)
    message.settle(second, reason="read after all", now=NOW)
    assert (message.outcome, message.reason) == (second, "read after all")


def test_the_row_shows_what_was_read() -> None:
    """Subject, text and Message-ID are copied to the row."""
    message = make_message(message_id=None)
    message.describe(make_parsed(subject="Bins", text="All of it", reply_text="The top"))
    assert (message.subject, message.text, message.reply_text) == ("Bins", "All of it", "The top")
    assert message.message_id == "<first@example.org>"


def test_the_row_shows_the_complainant_where_one_was_found() -> None:
    """The person behind a form is shown, not the form."""
    message = make_message()
    message.describe(make_parsed(complainant=Complainant(Person("Bob", "bob@example.org"), "form")))
    assert (message.sender_name, message.sender_address) == ("Bob", "bob@example.org")


def test_the_row_shows_the_sender_where_no_complainant_was_found() -> None:
    """Without a complainant From is shown, and without From nobody."""
    message = make_message()
    message.describe(make_parsed(complainant=Complainant()))
    assert message.sender_address == ANN.address
    message.describe(make_parsed(complainant=Complainant(), sender=None))
    assert (message.sender_name, message.sender_address) == ("", "")


def test_thread_ids_begin_with_the_nearest() -> None:
    """In-Reply-To comes first, then the references from the last to the first (RFC 5322, 3.6.4)."""
    parsed = make_parsed(in_reply_to="<c>", references=("<a>", "<b>", "<c>"))
    assert parsed.thread_ids == ("<c>", "<b>", "<a>")
    assert make_parsed().thread_ids == ()


def test_a_message_that_points_at_its_attachment_is_read_there() -> None:
    """A few words over a letter in an attachment are triaged together with the letter (LGSCO 5.8)."""
    parsed = make_parsed(text="Please see attached.", attachments=(attachment("The roof leaks."),))
    assert parsed.words_to_triage == "Please see attached.\n\nThe roof leaks."


def test_a_message_with_enough_words_is_read_by_itself() -> None:
    """Where the sender says it in the message, an attachment does not drown it."""
    text = "word " * 19 + "word"
    assert make_parsed(text=text, attachments=(attachment("Long"),)).words_to_triage == text


def test_an_attachment_without_text_adds_nothing() -> None:
    """A photograph leaves the short message as it is."""
    parsed = make_parsed(text="Look at this.", attachments=(attachment("  \n"),))
    assert parsed.words_to_triage == "Look at this."
    assert attachment("").size == 5


@pytest.mark.parametrize(
    ("person", "written"),
    [
        (Person("Ann Lee", "ann@example.org"), "Ann Lee <ann@example.org>"),
        (Person("", "ann@example.org"), "ann@example.org"),
        (Person("Ann Lee", ""), "Ann Lee"),
        (Person("", ""), ""),
    ],
)
def test_a_person_is_written_as_mail_does(person: Person, written: str) -> None:
    """What is missing leaves no brackets behind."""
    assert str(person) == written
