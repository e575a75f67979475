"""Officers' rulings as labels: which count, how much, and what they leave open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.codes import Flag, Ombudsman, Status
from models.decision import FORMAL_STATUSES
from models.message import words_to_triage
from models.ruled import RuledMessage
from triage.classifier import CATEGORIES, CODES, LabelSet
from triage.corpus import LabelledMessage, TriageInput

WEIGHT = 2.0
"""How much a fresh ruling counts beside a message of the corpus: it is this council's own practice."""

HALVES_IN_DAYS = 365
"""After so many days a ruling counts half as much: practice changes."""

ENOUGH_TO_LEARN = 30
"""Rulings that a category or exclusion of the council's own needs before it is learnt."""


@dataclass(frozen=True)
class Rulings:
    """What can be learnt from officers.

    `messages` are labelled, the oldest ruling first. `disputed` counts messages left out because officers
    ruled differently on them. `labels` are those to learn: the project's, and of the council's own those with
    enough rulings. `missing` says of each other one how many rulings it still lacks; until then messages of
    such a category count as `other`, and such an exclusion is suggested by the words in the settings alone.
    """

    messages: tuple[LabelledMessage, ...]
    disputed: int
    labels: LabelSet
    missing: dict[str, int]


def labels_of(
    ruled: Iterable[RuledMessage],
    *,
    own_categories: Sequence[str] = (),
    own_exclusions: Sequence[str] = (),
    now: datetime,
) -> Rulings:
    """Turn rulings into labelled messages.

    An officer's last word on a message counts; where two officers said different things it is disputed and
    teaches nothing. A ruling names status, category and Ombudsman. Dissatisfaction follows where the status
    settles it; exclusions and flags stay open unless the officer named them.
    """
    by_message: dict[int, list[RuledMessage]] = defaultdict(list)
    for each in ruled:
        by_message[each.message_id].append(each)
    last_words = [_last_words(rulings) for rulings in by_message.values()]
    settled = sorted((words[0] for words in last_words if len(words) == 1), key=lambda each: each.ruled_at)
    counts = {code: sum(each.category == code for each in settled) for code in own_categories}
    counts |= {code: sum(code in (each.exclusions or ()) for each in settled) for code in own_exclusions}
    enough = {code for code, count in counts.items() if count >= ENOUGH_TO_LEARN}
    return Rulings(
        messages=tuple(_labelled(each, now=now) for each in settled),
        disputed=sum(len(words) > 1 for words in last_words),
        labels=LabelSet(
            categories=(*CATEGORIES, *(code for code in own_categories if code in enough)),
            codes=(*CODES, *(code for code in own_exclusions if code in enough)),
        ),
        missing={code: ENOUGH_TO_LEARN - count for code, count in counts.items() if code not in enough},
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
        exclusions=frozenset(ruling.exclusions or ()),
        flags=frozenset(map(Flag, ruling.flags or ())),
        weight=WEIGHT * 0.5 ** (age / HALVES_IN_DAYS),
        knows_dissatisfaction=status not in (Status.SERVICE_REQUEST, Status.ENQUIRY),
        knows_exclusions=ruling.exclusions is not None,
        knows_flags=ruling.flags is not None,
        ruled_at=ruling.ruled_at.astimezone(UTC),
    )
