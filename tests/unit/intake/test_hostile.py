"""Messages made to keep the reader busy are read in the time that any other message takes."""

import time

import pytest

from intake.headers import read_people
from intake.html_text import html_to_text
from intake.parse import parse
from models.errors import UnreadableMessage
from models.reference import references_in
from triage.corpus import triage_input
from triage.features import text_to_triage
from triage.language import read_texts
from triage.reply_text import classifier_copy, new_part

SECONDS = 2.0
"""Far more than is needed, far less than what a quadratic search takes."""


def text(body: str) -> bytes:
    """Return a plain message."""
    return b"From: a@example.org\nSubject: Re: x\n\n" + body.encode()


HOSTILE = {
    "spaces after a C": text("C" + " " * 200_000 + "x"),
    "underscores": text("_" * 200_000 + "\nFrom: a\nSent: b\nTo: c\n"),
    "many introductions": text("On Monday 3 May 2026 Ann wrote:\n> x\n" * 5_000),
    "ats in From": b"From: " + b"@" * 19_000 + b"\n\nhello",
    "one long name in From": b"From: " + b"a" * 19_000 + b"\n\nhello",
    "many boundaries": b'Content-Type: multipart/mixed; boundary="q"\n\n'
    + b"".join(b"--x%d\n" % number for number in range(20_000)),
    "breaks": b"Content-Type: text/html\n\n" + b"<br>" * 50_000,
    "white space": b"Content-Type: text/html\n\n<pre>" + b" \n" * 50_000,
    "nested blocks": b"Content-Type: text/html\n\n" + b"<div>" * 50_000 + b"hello",
    "random bytes": bytes(range(256)) * 20_000,
    "angle brackets": text(">" * 100_000 + " " * 100_000),
    "one soft line after another": b"Content-Type: text/plain; format=flowed\n\n" + b"words \n" * 400_000,
    "many versions": b"Content-Type: multipart/alternative; boundary=x\n\n"
    + b"--x\nContent-Type: text/html\n\n<p>some words of a letter</p>\n" * 900,
    "many cids": b"Content-Type: text/html\n\n" + b"cid:a cid:" * 60_000,
    "an invitation": b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nCOMMENT" + b';"' * 100_000 + b":x\n",
    "many commands": b"Content-Type: text/enriched\n\n" + b"<param>" * 40_000 + b"<<" * 40_000,
    "on behalf of many": text("I am writing on behalf of my mother, Mrs " * 5_000),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_is_parsed_and_prepared_in_time(raw: bytes) -> None:
    """Parsed, its quotes found, its references looked for, its words read."""
    begun = time.perf_counter()
    try:
        parsed = parse(raw)
    except UnreadableMessage:
        pass
    else:
        references_in(parsed.text[:50_000])
        list(read_texts([classifier_copy(parsed.subject, parsed.text)]))
    assert time.perf_counter() - begun < SECONDS


def test_pieces_of_it_are_quick_too() -> None:
    """The functions that the message passes through, on the worst that was found for each."""
    begun = time.perf_counter()
    assert references_in("C" + " " * 300_000) == ()
    assert read_people("<" + "@" * 100_000) == ()
    assert html_to_text("<br>" * 100_000).strip() == ""
    assert new_part("_" * 300_000, is_answer=True)
    assert time.perf_counter() - begun < SECONDS


@pytest.mark.parametrize("received", ["0001-01-01", "9999-12-31T23:59:59+00:00", "2026-02-30", "", "None"])
def test_a_date_that_cannot_be_is_a_fault_of_its_line(received: str) -> None:
    """It is said there, and stops nothing behind it."""
    with pytest.raises(ValueError, match=r".+"):
        triage_input({"id": "1", "subject": "", "body": "x", "received": received})


def test_a_lone_surrogate_in_json_is_read_over() -> None:
    """It is legal JSON and no text."""
    message = triage_input(
        {"id": "1", "subject": "", "body": "missed \ud800 again", "received": "2026-01-01"}
    )
    assert text_to_triage(message).strip() == "missed  again"


@pytest.mark.parametrize(
    "subject",
    [
        "Automated response from your team is unacceptable",
        "Auto reply is all I ever get",
        "Out of office again, is anybody there",
    ],
)
def test_a_person_who_writes_about_automatic_replies_is_not_one(subject: str) -> None:
    """After a program's phrase comes nothing or a colon; people go on in words."""
    assert not parse(f"From: a@example.org\nSubject: {subject}\n\nNobody answers.".encode()).is_auto_reply
