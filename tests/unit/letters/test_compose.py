"""The bytes that leave the house: whole Message-IDs, no injected fields, the same bytes every time."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from builders import REFERENCE, make_letter
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.compose import compose, one_line
from models.case import Letter
from models.codes import LetterKind

LONG_ID = f"<{'a' * 90}@heard.invalid>"
OTHER_ID = f"<{'b' * 200}@x.example>"
SENT_BY = {
    LetterKind.STAGE_1_ACKNOWLEDGEMENT: "answers",
    LetterKind.STAGE_2_ACKNOWLEDGEMENT: "answers",
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT: "answers",
    LetterKind.RECEIPT: "answers",
    LetterKind.KNOWN_ISSUE: "answers",
    LetterKind.DUTY_ALERT: "notices",
    LetterKind.DIGEST: "notices",
    LetterKind.EXTENSION: "officers",
    LetterKind.NOT_ACCEPTED: "officers",
    LetterKind.CORRECTION: "officers",
    LetterKind.CONSENT_REQUEST: "officers",
    LetterKind.CLARIFICATION: "officers",
    LetterKind.STAGE_1_RESPONSE: "officers",
    LetterKind.STAGE_2_RESPONSE: "officers",
    LetterKind.PROGRESS: "officers",
}
FIELDS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Heard-Letter", "MIME-Version", "Content-Type",
]  # fmt: skip


def composed(letter: Letter, **choices: Any) -> bytes:
    """Return the letter as mail of the council's."""
    return compose(
        letter, sender_name="Harrowmere Council", sender_address="complaints@harrowmere.example", **choices
    )


def read(letter: Letter, **choices: Any) -> EmailMessage:
    """Return the letter as its receiver's program reads it."""
    return message_from_bytes(composed(letter, **choices), policy=policy.default)


@pytest.mark.parametrize("length", [50, 76, 77, 78, 79, 80, 81, 120, 200, 900, 980])
def test_a_message_id_stays_whole(length: int) -> None:
    """Ids of any length stand on one line, unfolded and unencoded (RFC 5322, 3.6.4)."""
    own = f"<{'a' * (length - 16)}@heard.invalid>"
    raw = composed(make_letter(message_id=own, in_reply_to=own, references=own))
    for name in ("Message-ID", "In-Reply-To", "References"):
        assert f"\r\n{name}: {own}\r\n".encode() in raw


def test_long_references_are_folded_between_ids_only() -> None:
    """Each id of a long list is whole, on a line of its own."""
    raw = composed(make_letter(references=f"{LONG_ID} {OTHER_ID}"))
    assert f"References: {LONG_ID}\r\n {OTHER_ID}\r\n".encode() in raw


@settings(max_examples=100, deadline=None)
@given(sizes=st.lists(st.integers(min_value=20, max_value=980), min_size=1, max_size=25))
def test_every_id_of_a_thread_stands_whole_on_the_wire(sizes: list[int]) -> None:
    """Outlook threads by these bytes: no id is folded inside, encoded or cut (fact 32)."""
    ids = [f"<{number}.{'m' * (size - 15)}@x.example>" for number, size in enumerate(sizes, start=10)]
    raw = composed(make_letter(message_id=ids[0], in_reply_to=ids[-1], references=" ".join(ids)))
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"\r\nMessage-ID: {ids[0]}\r\n" in head
    assert f"\r\nIn-Reply-To: {ids[-1]}\r\n" in head
    assert f"\r\nReferences: {(chr(13) + chr(10) + ' ').join(ids[-20:])}\r\n" in head


def test_an_id_that_no_line_can_hold_is_left_out() -> None:
    """A line has at most 998 characters (RFC 5322, 2.1.1); such an id would break the letter."""
    too_long = f"<{'a' * 1000}@x.example>"
    message = read(make_letter(in_reply_to=too_long, references=f"{too_long} <b@x.example>"))
    assert (message["In-Reply-To"], message["References"]) == (None, "<b@x.example>")


def test_at_most_twenty_references_are_given() -> None:
    """A thread of a hundred letters keeps its nearest ids."""
    raw = read(make_letter(references=" ".join(f"<{n}@x.example>" for n in range(100))))
    assert str(raw["References"]).split() == [f"<{n}@x.example>" for n in range(80, 100)]


@pytest.mark.parametrize("kind", LetterKind)
def test_what_a_machine_sends_says_so_and_what_an_officer_writes_does_not(kind: LetterKind) -> None:
    """No holiday reply comes back to the first; the second is a person's mail (RFC 3834, 2 and 5)."""
    message = read(make_letter(kind))
    marks = {"answers": "auto-replied", "notices": "auto-generated", "officers": None}
    assert message["Auto-Submitted"] == marks[SENT_BY[kind]]
    assert message["X-Auto-Response-Suppress"] == (None if SENT_BY[kind] == "officers" else "All")
    assert message["X-Heard-Letter"] == kind.value
    assert message["Precedence"] is None


def test_replies_come_to_the_address_of_the_case() -> None:
    """Where the server takes such addresses in; the mail is still from the council's one address."""
    message = read(make_letter(), has_plus_addresses=True)
    assert message["Reply-To"] == f"complaints+{REFERENCE}@harrowmere.example"
    assert message["From"].addresses[0].addr_spec == "complaints@harrowmere.example"
    assert read(make_letter())["Reply-To"] is None


@pytest.mark.parametrize("kind", [LetterKind.DUTY_ALERT, LetterKind.DIGEST])
def test_our_own_people_answer_to_the_usual_address(kind: LetterKind) -> None:
    """What a colleague answers is not the complainant's."""
    assert read(make_letter(kind), has_plus_addresses=True)["Reply-To"] is None


def test_a_letter_that_names_no_case_is_answered_to_the_usual_address() -> None:
    """There is no case to carry."""
    letter = make_letter(message_id="<0a1b@heard.invalid>")
    assert read(letter, has_plus_addresses=True)["Reply-To"] is None


def test_a_redirected_letter_says_for_whom_it_was() -> None:
    """To whom it goes, in the subject and in a field of its own; the person is in no address field."""
    message = read(make_letter(subject="About your bin"), redirect_to="tester@harrowmere.example")
    assert message["To"] == "tester@harrowmere.example"
    assert message["Subject"] == "[for ann@example.org] About your bin"
    assert message["X-Heard-Redirected"] == "ann@example.org"
    fields = ("To", "Cc", "Bcc", "Reply-To", "From", "Sender", "Return-Path")
    assert not [name for name in fields if "ann@" in str(message[name])]


def test_the_same_letter_gives_the_same_bytes() -> None:
    """A letter that is sent twice can be folded by whoever receives it."""
    assert composed(make_letter()) == composed(make_letter())
    assert composed(make_letter()) != composed(make_letter(text="Other words\n"))


def test_both_versions_arrive_as_they_were_written() -> None:
    """Plain text and HTML survive the way, accents, long lines and all (LGSCO 3.1)."""
    text, html = f"Dear Zoë,\n\n{'long ' * 300}\n", "<p>Dear Zoë £5 …</p>\n"
    message = read(make_letter(text=text, html=html))
    plain, rich = message.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == text
    assert rich.get_content().replace("\r\n", "\n") == html
    assert [plain.get_content_type(), rich.get_content_type()] == ["text/plain", "text/html"]


def test_lines_end_as_mail_asks_and_are_short_enough() -> None:
    """Every line ends in CR LF and has at most 998 characters (RFC 5322, 2.1.1)."""
    raw = composed(make_letter(text="word" * 1000 + "\n", references=" ".join([OTHER_ID] * 30)))
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("field", ["recipient", "subject", "in_reply_to"])
@pytest.mark.parametrize(
    "evil", ["\r\nBcc: evil@example.net", "\nBcc: evil@example.net", "\rBcc: x@y.example",
             "\x0bBcc: x@y.example",
             "\N{LINE SEPARATOR}Bcc: x@y.example", "\x00\nBcc: x@y.example", "\r\n\r\n<b>body</b>"],
)  # fmt: skip
def test_no_value_can_add_a_field(field: str, evil: str) -> None:
    """What somebody wrote in their mail stays inside its field of ours (fact 34)."""
    value = {"recipient": "ann@example.org", "subject": "Hello", "in_reply_to": "<a@x.example>"}[field] + evil
    changes: dict[str, Any] = {field: value}
    names = read(make_letter(**changes)).keys()
    expected = FIELDS + (["In-Reply-To"] if field == "in_reply_to" else [])
    assert sorted(names) == sorted(expected)


@settings(max_examples=50, deadline=None)
@given(subject=st.text(max_size=300))
def test_any_subject_makes_a_letter(subject: str) -> None:
    """Whatever the subject, the fields are the same and the letter's words arrive."""
    message = read(make_letter(subject=subject.encode("utf-8", "replace").decode()))
    assert sorted(message.keys()) == sorted(FIELDS)
    assert next(message.iter_parts()).get_content().split() == ["Dear", "Ann", "Lee,"]


@settings(max_examples=200, deadline=None)
@given(value=st.text())
def test_one_line_is_one_line(value: str) -> None:
    """No control character and no line break of any script is left."""
    line = one_line(value)
    assert all(character.isprintable() for character in line)
    assert len(line.splitlines()) <= 1


def test_a_comma_in_the_sender_s_name_names_one_sender() -> None:
    """The council's name is quoted where it has to be."""
    raw = compose(make_letter(), sender_name="Harrowmere, Council of", sender_address="c@h.example")
    sender = message_from_bytes(raw, policy=policy.default)["From"]
    assert [each.addr_spec for each in sender.addresses] == ["c@h.example"]


def test_a_message_id_beyond_ascii_can_be_answered() -> None:
    """A broken program's Message-ID does not keep its user from a letter."""
    assert b"Message-ID: " in composed(
        make_letter(in_reply_to="<ü@example.org>", references="<ü@example.org>")
    )
