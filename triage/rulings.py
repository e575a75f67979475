"""Officers' rulings as labels: which count, how much, and what they leave open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.codes import Ombudsman, Status
from models.decision import FORMAL_STATUSES
from models.message import words_to_triage
from models.ruled import RuledMessage
from triage.corpus import LabelledMessage, TriageInput

WEIGHT = 2.0
"""How much a fresh ruling counts beside a message of the corpus: it is this council's own practice."""

HALVES_IN_DAYS = 365
"""After so many days a ruling counts half as much: practice changes."""

ENOUGH_TO_LEARN = 30
"""Rulings that a category of the council's own needs before it is suggested."""


@dataclass(frozen=True)
class Rulings:
    """What can be learnt from officers.

    `messages` are labelled, the oldest ruling first. `disputed` counts messages left out because officers
    ruled differently on them. `missing` says for each of the council's own categories how many rulings it
    still lacks before it is learnt; until then such messages count as `other`.
    """

    messages: tuple[LabelledMessage, ...]
    disputed: int
    learnt_categories: tuple[str, ...]
    missing: dict[str, int]


def labels_of(ruled: Iterable[RuledMessage], *, own_categories: Sequence[str], now: datetime) -> Rulings:
    """Turn rulings into labelled messages.

    An officer's last word on a message counts; where two officers said different things it is disputed and
    teaches nothing. A ruling names status, category and Ombudsman. Dissatisfaction follows where the status
    settles it; exclusions and flags stay open.
    """
    by_message: dict[int, list[RuledMessage]] = defaultdict(list)
    for each in ruled:
        by_message[each.message_id].append(each)
    last_words = [_last_words(rulings) for rulings in by_message.values()]
    settled = sorted((words[0] for words in last_words if len(words) == 1), key=lambda each: each.ruled_at)
    counts = {code: sum(each.category == code for each in settled) for code in own_categories}
    return Rulings(
        messages=tuple(_labelled(each, now=now) for each in settled),
        disputed=sum(len(words) > 1 for words in last_words),
        learnt_categories=tuple(code for code in own_categories if counts[code] >= ENOUGH_TO_LEARN),
        missing={code: ENOUGH_TO_LEARN - count for code, count in counts.items() if count < ENOUGH_TO_LEARN},
    )


def _last_words(rulings: Sequence[RuledMessage]) -> list[RuledMessage]:
    """Return the last ruling, and the last of each other officer who said something else."""
    by_officer = {each.officer: each for each in sorted(rulings, key=lambda each: each.ruled_at)}
    last = max(by_officer.values(), key=lambda each: each.ruled_at)
    others = [each for each in by_officer.values() if _label(each) != _label(last)]
    return [last, *others]


def _label(ruling: RuledMessage) -> tuple[str, str, str]:
    return ruling.status, ruling.category, ruling.ombudsman


def _labelled(ruling: RuledMessage, *, now: datetime) -> LabelledMessage:
    status = Status(ruling.status)
    age = max(0.0, (now - ruling.ruled_at).total_seconds() / 86_400)
    return LabelledMessage(
        message=TriageInput(
            id=f"ruled-{ruling.message_id}",
            subject=ruling.subject,
            body=words_to_triage(ruling.reply_text, ruling.attached),
            received_at=ruling.received_at,
            sender=ruling.sender,
        ),
        brief=f"case {ruling.reference}",
        is_dissatisfied=status in FORMAL_STATUSES,
        status=status,
        category=ruling.category,
        ombudsman=Ombudsman(ruling.ombudsman),
        exclusions=frozenset(),
        flags=frozenset(),
        weight=WEIGHT * 0.5 ** (age / HALVES_IN_DAYS),
        knows_dissatisfaction=status not in (Status.SERVICE_REQUEST, Status.ENQUIRY),
        knows_codes=False,
        ruled_at=ruling.ruled_at.astimezone(UTC),
    )
