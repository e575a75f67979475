"""What the heading of a forwarded mail says: who wrote it and when, in the ways of many programs."""

import time
from datetime import UTC, datetime

import pytest

from intake.forwards import Forwarded, forwarded_mails, has_forward_mark, start_of_forward
from intake.written_dates import read_written_instant
from models.message import Person

BOB = Person("Bob Hall", "bob@example.org")
IN_WINTER = datetime(2026, 3, 3, 14, 22, tzinfo=UTC)
WROTE = Forwarded(BOB, IN_WINTER)

BOB_SENT = "Bob Hall <bob@example.org>"
FROM = f"From: {BOB_SENT}"
HEADINGS = {
    "outlook": f"{FROM}\nSent: 03 March 2026 14:22\nTo: Dean\nSubject: Bins",
    "outlook in bold": f"*From:* {BOB_SENT}\n*Sent:* 03 March 2026 14:22\n*To:* Dean",
    "outlook of old": "From: Bob Hall [mailto:bob@example.org]\nSent: Tuesday, March 3, 2026 2:22 PM\nTo: D",
    "address twice": "From: Bob Hall <bob@example.org<mailto:bob@example.org>>\nSent: 3 March 2026 14:22",
    "gmail": f"---------- Forwarded message ---------\n{FROM}\nDate: Tue, 3 Mar 2026 at 14:22",
    "apple": f"Begin forwarded message:\n\n{FROM}\nSubject: Bins\nDate: 3 March 2026 at 14:22:00 GMT",
    "iphone": f"> {FROM}\n> Date: 3 March 2026 at 14:22:00 GMT\n> To: Dean",
    "thunderbird": f"Subject: \tBins\nDate: \tTue, 3 Mar 2026 14:22:00 +0000\nFrom: \t{BOB_SENT}\nTo: \tDean",
    "samsung": f"{FROM}\nDate: 03/03/2026  14:22  (GMT+00:00)\nTo: Dean",
    "recipients folded": f"{FROM}\nTo: a <a@h.example>;\n b <b@h.example>\nSent: 3 March 2026 14:22",
    "a line free": f"{FROM}\n\nSent: 03 March 2026 14:22\n\nTo: Dean",
    "german": f"Von: {BOB_SENT}\nGesendet: Dienstag, 3. März 2026 14:22\nAn: Dean\nBetreff: x",
    "french": f"De\xa0: {BOB_SENT}\nEnvoyé\xa0: mardi 3 mars 2026 14:22\nÀ\xa0: Dean",
    "spanish": f"De: {BOB_SENT}\nEnviado el: martes, 3 de marzo de 2026 14:22\nPara: Dean",
    "polish": f"Od: {BOB_SENT}\nWysłano: wtorek, 3 marca 2026 14:22\nDo: Dean",
    "welsh": f"Oddi wrth: {BOB_SENT}\nAnfonwyd: Dydd Mawrth, 3 Mawrth 2026 14:22\nAt: Dean",
    "introduction only": f"On Tue, 3 Mar 2026 at 14:22, {BOB_SENT} wrote:\n> words",
    "introduction wrapped": "On 3 Mar 2026, at 14:22, Bob Hall\n<bob@example.org> wrote:",
}


@pytest.mark.parametrize("program", HEADINGS)
def test_the_heading_of_a_forward_names_its_writer_and_its_time(program: str) -> None:
    """Whatever program forwarded it, and in whatever language."""
    assert forwarded_mails(f"Please log.\n\n{HEADINGS[program]}\n\nThe bin was missed.")[0] == WROTE


def test_a_chain_is_read_from_the_top() -> None:
    """Each heading is one mail."""
    older = "From: Ann <ann@example.org>\nSent: yesterday\nTo: Bob\n\nwords"
    text = f"{HEADINGS['outlook']}\n\nsee below\n\n{older}"
    assert [each.writer.name for each in forwarded_mails(text)] == ["Bob Hall", "Ann"]
    assert forwarded_mails(text)[1].sent_at is None


@pytest.mark.parametrize(
    "text",
    ["From: the start it was wrong\nI rang.", "No heading at all.", "", "Sent: 3 March 2026\nTo: Dean"],
)
def test_without_a_heading_nothing_is_forwarded(text: str) -> None:
    """One labelled line is no heading."""
    assert forwarded_mails(text) == []


def test_the_covering_words_stand_above_the_first_heading() -> None:
    """A marker or a From line is where the forwarded mail begins."""
    for heading in ("gmail", "outlook", "apple"):
        assert start_of_forward(f"Please log.\n\n{HEADINGS[heading]}") == 13
    assert start_of_forward("no heading") == 10
    assert has_forward_mark(HEADINGS["gmail"])
    assert not has_forward_mark(HEADINGS["outlook"])


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Tuesday, 3 June 2026 at 2:22 pm", "2026-06-03T13:22:00+00:00"),
        ("3 June 2026 14:22:10 BST", "2026-06-03T13:22:10+00:00"),
        ("Wed, Mar 4, 2026 at 12:05 AM", "2026-03-04T00:05:00+00:00"),
        ("Wed, Mar 4, 2026 at 12:05 p.m.", "2026-03-04T12:05:00+00:00"),
        ("Tue, 3 Mar 2026 14:22:10 -0500 (EST)", "2026-03-03T19:22:10+00:00"),
        ("Di., 3. März 2026 um 14:22 Uhr", "2026-03-03T14:22:00+00:00"),
        ("3 mars 2026 à 14h22", "2026-03-03T14:22:00+00:00"),
        ("12.03.2026 um 9:05", "2026-03-12T09:05:00+00:00"),
        ("2026-03-03 14:22 GMT+02:00", "2026-03-03T12:22:00+00:00"),
        ("03/06/2026 14:22", "2026-06-03T13:22:00+00:00"),
        ("4/13/2026 2:05 PM", "2026-04-13T13:05:00+00:00"),
        ("3rd of March 2026", "2026-03-03T12:00:00+00:00"),
        ("Ar ddydd Mawrth, 3 Mawrth 2026 am 14:22", "2026-03-03T14:22:00+00:00"),
        ("29 March 2026 01:30", "2026-03-29T01:30:00+00:00"),
        ("31 February 2026 10:00", None),
        ("99/99/2026", None),
        ("1 January 0001 00:00 GMT+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_people_read_it(written: str, instant: str | None) -> None:
    """Day before month, London's time where no zone is named, noon where no time is."""
    read = read_written_instant(written)
    assert (read.isoformat() if read else None) == instant


def test_hostile_headings_take_no_time() -> None:
    """A text of nothing but labels is passed over once."""
    begun = time.perf_counter()
    for text in (
        "From: a\n" * 50_000,
        "From: a@b\nTo: c\n" * 30_000,
        "On 1 <a@b " * 30_000,
        "From:" + " " * 300_000,
        "On " + "x " * 100_000,
        "From: <" + "a<" * 100_000,
        "1 " * 100_000,
    ):
        forwarded_mails(text)
        start_of_forward(text)
        has_forward_mark(text)
        read_written_instant(text)
    assert time.perf_counter() - begun < 4
