"""The machine mail in tests/machine_mail/ counted by halves, and residents' mail that must stay theirs.

Of the half called `held_out` only totals may ever be looked at (tests/machine_mail/README.md).
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from intake.parse import parse
from models.message import ParsedMessage

MAIL = Path(__file__).parent / "machine_mail"
CORPUS = Path(__file__).parents[1] / "triage" / "corpus" / "training"
HALVES = ("development", "held_out")
PEOPLE = "persons taken for machines"

_REPLIES = {"auto_reply", "challenge"}
_OTHERS = {"delay", "delivered", "other_machine"}
_AROUND: tuple[dict[str, str], ...] = (
    {},
    {"X-Mailer": "Microsoft Outlook 16.0", "X-Auto-Response-Suppress": "OOF, AutoReply"},
    {"X-Mailer": "iPhone Mail (22C161)", "X-Spam-Status": "No, score=-0.4"},
    {"Precedence": "bulk", "X-MS-Exchange-Organization-SCL": "1"},
    {"List-Unsubscribe": "<https://speakup.example/stop>", "Sender": "campaigns@speakup.example",
     "Return-Path": "<bounce+7@speakup.example>"},
    {"List-Id": "Residents <residents.lists.example.org>", "Precedence": "list",
     "Return-Path": "<residents-bounces@lists.example.org>"},
    {"Auto-Submitted": "no", "User-Agent": "KMail/5.24"},
    {"Auto-Submitted": "auto-generated", "Resent-From": "<repairs@harrowmere.example>",
     "X-MS-Exchange-Generated-Message-Source": "Mailbox Rules Agent"},
    {"Auto-Submitted": "auto-generated", "X-MS-Exchange-Inbox-Rules-Loop": "repairs@harrowmere.example"},
    {"Auto-Submitted": "auto-generated", "From": "Harrowmere website <noreply@harrowmere.example>"},
    {"Disposition-Notification-To": "ann@example.org", "X-Priority": "1"},
)  # fmt: skip
_OUR_LETTER = "<0c8ad2bc07a2aae8d176afe7b0c570b3.c-1471-8047-43@harrowmere.example>"
_BEGUN = datetime(2026, 1, 5, 8, tzinfo=UTC)


def counted() -> dict[str, Counter[str]]:
    """Return for each half how many of each kind there are and how many were told rightly; nothing else."""
    totals: dict[str, Counter[str]] = {half: Counter() for half in HALVES}
    for line in (MAIL / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        wanted = json.loads(line)
        _count(totals[wanted["half"]], wanted, parse((MAIL / wanted["file"]).read_bytes()))
    return totals


def peoples_mail(*, count: int, seed: int = 26) -> Iterator[bytes]:
    """Yield what residents write in the training corpus, as programs, forms, lists and rules send it."""
    drawn = random.Random(seed)  # noqa: S311  # a mix, not a secret
    rows = [row for row in _corpus() if row["status"] != "other"]
    for number, row in enumerate(drawn.sample(rows, count)):
        message = EmailMessage()
        is_answer = number % 4 == 3
        around = _AROUND[number % len(_AROUND)]
        message["From"] = around.get("From", row["from"])
        message["To"] = "Harrowmere Complaints <complaints@harrowmere.example>"
        message["Subject"] = ("Re: " if is_answer else "") + " ".join(row["subject"].split())
        message["Date"] = format_datetime(_BEGUN + timedelta(minutes=number))
        message["Message-ID"] = f"<people.{number}@example.org>"
        if is_answer:
            message["In-Reply-To"] = _OUR_LETTER
        for name, value in around.items():
            if name != "From":
                message[name] = value
        message.set_content(row["body"])
        yield message.as_bytes()


def is_taken_for_machine(parsed: ParsedMessage) -> bool:
    """Say whether a message would not be triaged."""
    return bool(parsed.is_bounce or parsed.is_auto_reply or parsed.machine_reason)


def _corpus() -> list[dict[str, Any]]:
    files = sorted(CORPUS.glob("*.jsonl"))
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line
    ]


def _count(totals: Counter[str], wanted: dict[str, Any], parsed: ParsedMessage) -> None:
    kind = wanted["kind"]
    totals[kind] += 1
    if kind == "person":
        totals[PEOPLE] += is_taken_for_machine(parsed)
    elif kind == "bounce":
        _count_bounce(totals, wanted, parsed)
    elif kind in _REPLIES:
        totals["automatic replies"] += 1
        totals["automatic replies found"] += parsed.is_auto_reply
    if kind in _OTHERS:
        totals["other machine mail"] += 1
        totals["other machine mail found"] += bool(parsed.machine_reason)
    if kind in {"delay", "delivered"}:
        totals["notices"] += 1
        totals["notices taken for bounces"] += parsed.is_bounce


def _count_bounce(totals: Counter[str], wanted: dict[str, Any], parsed: ParsedMessage) -> None:
    recipients = {address.casefold() for address in wanted["recipients"]}
    letters = set(wanted["letter_ids"])
    is_returned = letters <= set(parsed.letters_named) and set(parsed.returned_ids) <= letters
    totals["bounces found"] += parsed.is_bounce
    totals["bounced addresses right"] += recipients == {each.casefold() for each in parsed.bounced_addresses}
    totals["returned letter ids right"] += parsed.is_bounce and is_returned
