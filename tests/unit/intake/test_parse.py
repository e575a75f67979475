"""Any bytes parse or raise our error, within limits, and leave text that any database keeps."""

import time
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.parse import parse
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
    ]),
    st.binary(max_size=40),
)  # fmt: skip
BODIES = st.lists(
    st.one_of(
        st.sampled_from([
            b"--x", b"--x--", b"", b"Content-Type: text/html", b"Content-Type: multipart/mixed; boundary=x",
            b"Content-Type: message/rfc822", b"<p>Hello</p></html>after", b"> quoted", b"AAAA", b"%PDF-1.4",
            b"begin 644 a", b"Content-Transfer-Encoding: base64", b"\x1b$B", b"Action: failed",
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
            waiting.extend([value.filename, value.content_type, value.text])
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
    for instant in (parsed.date, parsed.received_at):
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
