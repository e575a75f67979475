"""The bytes that leave the house: whole Message-IDs, no injected fields, the same bytes every time."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from builders import make_letter
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.compose import compose, one_line
from models.case import Letter
from models.codes import LetterKind

LONG_ID = f"<{'a' * 90}@heard.invalid>"
OTHER_ID = f"<{'b' * 200}@x.example>"
FIELDS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Heard-Letter", "MIME-Version", "Content-Type",
]  # fmt: skip


def composed(letter: Letter) -> bytes:
    """Return the letter as mail of the council's."""
    return compose(letter, sender_name="Harrowmere Council", sender_address="complaints@harrowmere.example")


def read(letter: Letter) -> EmailMessage:
    """Return the letter as its receiver's program reads it."""
    return message_from_bytes(composed(letter), policy=policy.default)


@pytest.mark.parametrize("length", [50, 78, 79, 80, 200, 900])
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


def test_at_most_twenty_references_are_given() -> None:
    """A thread of a hundred letters keeps its nearest ids."""
    raw = read(make_letter(references=" ".join(f"<{n}@x.example>" for n in range(100))))
    assert str(raw["References"]).split() == [f"<{n}@x.example>" for n in range(80, 100)]


def test_a_letter_says_that_it_is_automatic() -> None:
    """No holiday reply comes back to a letter of ours (RFC 3834, 5)."""
    message = read(make_letter(LetterKind.RECEIPT))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Heard-Letter"] == "receipt"


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
