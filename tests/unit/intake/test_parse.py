"""Any bytes parse or raise our error, within limits, and leave text that any database keeps."""

import base64
import time
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.contents import Contents, Room
from intake.parse import parse
from intake.parts import gather
from intake.repair import repair
from intake.tree import tree_of
from models.errors import UnreadableMessage
from models.message import Attachment, ParsedMessage

NAMES = [
    "From", "To", "Subject", "Date", "Content-Type", "Content-Transfer-Encoding", "Reply-To", "References",
    "Content-Disposition", "In-Reply-To", "Received", "Return-Path", "Auto-Submitted", "X-Odd",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([
        b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=x", b"message/rfc822", b"text/html",
        b"text/plain; charset=utf-8; format=flowed", b"base64", b"quoted-printable", b"x-uuencode",
        b"text/plain; charset=\x00", b"multipart/report; report-type=delivery-status; boundary=x",
        b'attachment; filename="a\x00.pdf"', b"=?utf-8?q?caf=C3=A9?=", b"Ann <ann@example.org>", b"<>",
        b"application/pdf; name*=utf-8''%ff", b"text/calendar; method=REQUEST", b"message/delivery-status",
        b"application/ms-tnef; name=winmail.dat", b"application/pkcs7-mime; smime-type=signed-data",
        b"application/vnd.ms-outlook; name=a.msg", b"message/partial; number=2", b"message/external-body",
        b"text/enriched", b"text/richtext", b"application/rtf", b"multipart/encrypted; boundary=x",
        b"multipart/digest; boundary=x", b"application/octet-stream; name=a.eml", b"Fwd: x",
        b"Cllr <a@b.example>",
    ]),
    st.binary(max_size=40),
)  # fmt: skip
BODIES = st.lists(
    st.one_of(
        st.sampled_from([
            b"--x", b"--x--", b"", b"Content-Type: text/html", b"Content-Type: multipart/mixed; boundary=x",
            b"Content-Type: message/rfc822", b"<p>Hello</p></html>after", b"> quoted", b"AAAA", b"%PDF-1.4",
            b"begin 644 a", b"Content-Transfer-Encoding: base64", b"\x1b$B", b"Action: failed",
            b"eJ8+IgEAAQaQCAAEAAAAAAABAAEAAQiABwAYAAAA", b"\x78\x9f\x3e\x22", b"0M8R4KGxGuEAAAAA",
            b"MIAGCSqGSIb3DQEH", b"-----BEGIN PGP MESSAGE-----", b"-----BEGIN PGP SIGNED MESSAGE-----",
            b"=ybegin line=1 name=a", b"=yend", b"BEGIN:VEVENT", b"COMMENT:x",
            b"From: Bob <bob@x.example>", b"Sent: 3 March 2026 14:22", b"To: c", b"<param>red</param><nl>",
            b"{\\rtf1 x}", b"On behalf of my mother, Mrs Hall", b"On 1:11 a@b wrote:",
        ]),
        st.binary(max_size=40),
    ),
    max_size=12,
)  # fmt: skip


def texts_of(parsed: ParsedMessage) -> list[str]:
    """Return every text that a parsed message holds, at whatever depth."""
    found: list[str] = []
    waiting: list[object] = [getattr(parsed, each.name) for each in fields(parsed)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, tuple):
            waiting.extend(value)
        elif isinstance(value, Attachment):
            waiting.extend([value.filename, value.content_type, value.text, value.fault])
        elif hasattr(value, "__dataclass_fields__"):
            waiting.extend(getattr(value, name) for name in value.__dataclass_fields__)
    return found


def check(raw: bytes) -> None:
    """Parse bytes and look at everything that comes of it."""
    try:
        parsed = parse(raw)
    except UnreadableMessage as error:
        refused_for = error.reason
    else:
        look_at(parsed)
        return
    assert refused_for in {"headers", "parts", "nesting"}


def look_at(parsed: ParsedMessage) -> None:
    """Look at everything that parsing gave."""
    for text in texts_of(parsed):
        text.encode("utf-8")
        assert not [c for c in text if c == "\x7f" or (c < " " and c not in "\n\t")], repr(text)
    assert "\n" not in parsed.subject
    assert len(parsed.text) <= 1_000_000
    assert parsed.content_hash
    for instant in (parsed.date, parsed.received_at, parsed.claimed_at):
        assert instant is None or instant.tzinfo is not None


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=400))
def test_any_bytes_parse_or_are_refused(raw: bytes) -> None:
    """Noise never raises anything but our own error."""
    check(raw)


@settings(max_examples=250, deadline=None)
@given(headers=st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8), body=BODIES)
def test_any_mail_like_bytes_parse_or_are_refused(
    headers: list[tuple[str, bytes]], body: list[bytes]
) -> None:
    """Mail with odd fields, parts and encodings is read whole or refused by name."""
    head = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers)
    check(head + b"\n" + b"\n".join(body))


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_what_somebody_wrote_is_what_is_read(text: str) -> None:
    """A plain message in UTF-8 keeps every word."""
    raw = b"From: ann@example.org\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode()
    assert parse(raw).text.split() == text.split()


@pytest.mark.parametrize("value", [b"\x80", b"a\x00b"])
def test_a_message_id_without_brackets_is_clean_too(value: bytes) -> None:
    """A nonsensical Message-ID can be kept in any database."""
    message_id = parse(b"From: a@x.org\nMessage-ID: " + value + b"\n\nHello").message_id or ""
    assert "\x00" not in message_id
    assert message_id.encode("utf-8", "replace").decode() == message_id


def nested(depth: int) -> bytes:
    """Return a message in a message, and so on."""
    return b"From: a@x.org\n" + b"Content-Type: message/rfc822\n\n" * depth + b"Subject: in\n\ninside"


@pytest.mark.parametrize("raw", [nested(200), nested(999), nested(5000)])
def test_deep_nesting_is_refused_in_no_time(raw: bytes) -> None:
    """A message made to exhaust its reader costs nothing."""
    started = time.perf_counter()
    with pytest.raises(UnreadableMessage) as raised:
        parse(raw)
    assert raised.value.reason == "nesting"
    assert time.perf_counter() - started < 5


def test_the_same_content_by_another_road_has_the_same_hash() -> None:
    """Headers of the way do not change what a message says; its words do (fact 3)."""
    one = parse(b"From: a@x.org\nSubject: Bins\n\nHello there")
    other = parse(
        b"Received: by mx; Tue, 3 Mar 2026 10:00:00 +0000\nFrom: a@x.org\nSubject: Bins\n\nHello  there\n"
    )
    changed = parse(b"From: a@x.org\nSubject: Bins\n\nHello where")
    assert one.content_hash == other.content_hash != changed.content_hash


def test_a_form_is_a_form_only_from_a_sender_in_the_settings() -> None:
    """The council names the addresses from which its own forms come."""
    raw = b"From: web@council.example\nTo: c@council.example\n\nName: Bob\nEmail: bob@example.org\n"
    assert parse(raw).complainant.found_in == "from"
    assert parse(raw, form_senders=frozenset({"web@council.example"})).complainant.found_in == "form"


MAIL = Path(__file__).parents[2] / "mail"


def read_file(start: str) -> ParsedMessage:
    """Read the message in tests/mail whose name starts so."""
    (file,) = MAIL.glob(f"{start}-*.eml")
    return parse(file.read_bytes())


@pytest.mark.parametrize(("one", "other", "same"), [("0186", "0187", False), ("0188", "0189", True)])
def test_one_message_id_is_one_message_only_with_the_same_words(one: str, other: str, *, same: bool) -> None:
    """A copier gives every scan one id; a mail to two mailboxes comes twice (facts 3 and 4)."""
    first, second = read_file(one), read_file(other)
    assert first.message_id == second.message_id
    assert (first.content_hash == second.content_hash) is same


def chained(levels: int, size: int) -> bytes:
    """Return a message in a message and so on, each in base64, with a file of so many bytes at its heart."""
    inner = b"Subject: heart\nContent-Type: application/pdf\n\n%PDF" + b"x" * size
    for _ in range(levels):
        inner = (
            b"Subject: shell\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
            + base64.encodebytes(inner)
        )
    return b"From: a@example.org\n" + inner


def test_messages_in_messages_are_unpacked_so_far_and_no_further() -> None:
    """Some levels are listed; what lies deeper stays in its shell, and the mail says so."""
    parsed = parse(chained(14, 10))
    assert parsed.defects[0] == "not_unpacked"
    assert len(parsed.attachments) == 11
    assert parsed.attachments[-1].fault.startswith("not all that is packed in it was unpacked")
    assert "heart" in parse(chained(4, 10)).text


def test_what_is_unpacked_has_an_end() -> None:
    """A large file in many shells is not multiplied without end: all share one room."""
    contents = Contents(room=Room(bytes_left=150_000))
    gather(tree_of(repair(chained(9, 20_000))[0]), contents)
    assert "not_unpacked" in contents.defects
    first, *others = contents.files()
    assert sum(each.size for each in others) < 150_000 + first.size


def test_a_small_picture_of_a_signature_can_be_told_from_a_photograph_beside_the_text() -> None:
    """What the page shows in its place is marked, and its size says the rest."""
    pictures = {each.filename: (each.is_inline, each.size < 5_000) for each in read_file("0244").attachments}
    assert pictures == {"wall.jpg": (True, True), "image001.png": (True, True), "plan.png": (False, True)}
