"""The person of a case: who wrote, for whom, what was agreed, their other cases; and who else looks at it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.codes import ArrangementKind, ContactWay
from review.show.names import Names
from review.show.text import one_line
from review.show.words import day as in_full

_FOUND_IN = {
    "reply_to": "by the address for replies",
    "form": "in the web form",
    "form_unverified": "in a web form whose sender could not be proven",
    "forward": "in the forwarded mail",
    "subject": "in the subject",
    "text": "in the text",
    "officer": "named by an officer",
}
_KINDS = {
    ArrangementKind.ADJUSTMENT: "Adjustment",
    ArrangementKind.DISABILITY: "Disability",
    ArrangementKind.VULNERABILITY: "Vulnerable",
    ArrangementKind.RESTRICTION: "Restriction",
    ArrangementKind.CONTACT: "Contact",
    ArrangementKind.CONSENT: "Consent given",
    ArrangementKind.NO_CONSENT: "No consent",
}
_WAYS = {
    ContactWay.LARGE_PRINT: "letters in large print",
    ContactWay.POST: "letters by post",
    ContactWay.TELEPHONE_ONLY: "by telephone only",
    ContactWay.OTHER_ADDRESS: "letters to another email address",
}
_OF_CONSENT = frozenset({ArrangementKind.CONSENT, ArrangementKind.NO_CONSENT})
_PRESSING = frozenset({
    ArrangementKind.RESTRICTION, ArrangementKind.NO_CONSENT, ArrangementKind.ADJUSTMENT,
    ArrangementKind.VULNERABILITY, ArrangementKind.DISABILITY,
})  # fmt: skip
_ROLES = {
    "sender": "Sent by",
    "complainant": "Complainant",
    "represented": "On behalf of",
    "reply_to": "Replies to",
}
_UNKNOWN = "Unknown sender"
_A_MINUTE = 60


@dataclass(frozen=True)
class Agreed:
    """Something agreed with a person or known of them; `is_pressing` is to be known before anybody acts."""

    number: int
    kind: str
    code: str
    what: str
    how: str
    since: str
    review: str = ""
    is_review_due: bool = False
    is_pressing: bool = False


@dataclass(frozen=True)
class OtherCase:
    """Another case of the same person."""

    reference: str
    subject: str
    stands: str


@dataclass(frozen=True)
class SomebodyElse:
    """Another officer who was shown the case lately."""

    name: str
    ago: str


def agreed_with(
    rows: Iterable[Mapping[str, Any]], case: Mapping[str, Any], names: Names, *, today: date
) -> tuple[Agreed, ...]:
    """Return what holds for the person of a case; what is to be known first stands first.

    A word on consent holds for its own case alone.
    """
    here = case["reference"]
    shown = [row for row in rows if row["kind"] not in _OF_CONSENT or row["case_reference"] == here]
    found = [_agreed(row, names, today) for row in shown]
    return tuple(sorted(found, key=lambda each: (not each.is_pressing, each.number)))


def other_cases_of(rows: Iterable[Mapping[str, Any]], names: Names) -> tuple[OtherCase, ...]:
    """Return the other cases of a person in words, the newest first."""
    return tuple(
        OtherCase(row["reference"], one_line(row["subject"], longest=80) or "no subject", _stands(row, names))
        for row in rows
    )


def somebody_else(
    lookers: Mapping[str, datetime], names: Names, *, me: str, now: datetime
) -> tuple[SomebodyElse, ...]:
    """Return the other officers who were shown the case, whoever was last first."""
    last_first = sorted(lookers.items(), key=lambda each: each[1], reverse=True)
    return tuple(SomebodyElse(names.officer(name), _ago(at, now)) for name, at in last_first if name != me)


def people_of(people: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return who is who in a message, each once, with where they were found."""
    return tuple(_people(people))


def found_in_words(found_in: str, person: str) -> str:
    """Say where a person was found, empty where it is the sender, or where nobody was found at all."""
    return _FOUND_IN.get(found_in, "") if person != _UNKNOWN else ""


def person_in_words(name: str, address: str) -> str:
    """Write a person: "Ann Lee, ann@example.org"."""
    known = (one_line(name, longest=100), one_line(address, longest=120))
    return ", ".join(filter(None, known)) or _UNKNOWN


def _people(people: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    seen = set()
    for role, words in _ROLES.items():
        who = people.get(role)
        if not who:
            continue
        person = person_in_words(who.get("name", ""), who.get("address", ""))
        is_repeat = role != "represented" and person in seen
        seen.add(person)
        if not is_repeat:
            where = found_in_words(who.get("found_in", ""), person)
            yield words, f"{person} ({where})" if where and role != "reply_to" else person


def _agreed(row: Mapping[str, Any], names: Names, today: date) -> Agreed:
    review, kind = row["review_on"], row["kind"]
    return Agreed(
        number=row["id"],
        kind=_KINDS[kind],
        code=kind.value,
        what=one_line(row["what"], longest=300),
        how=_how(row),
        since=f"since {in_full(row['agreed_on'])}, recorded by {names.officer(row['officer'])}",
        review=f"to be reviewed on {in_full(review)}" if review else "",
        is_review_due=review is not None and review <= today,
        is_pressing=kind in _PRESSING or row["way"] is not None,
    )


def _how(row: Mapping[str, Any]) -> str:
    way = _WAYS[row["way"]] if row["way"] is not None else ""
    value, reason = one_line(row["value"], longest=200), one_line(row["reason"], longest=300)
    return "; ".join(filter(None, (f"{way}: {value}" if way and value else way or value, reason)))


def _stands(row: Mapping[str, Any], names: Names) -> str:
    stage = f", stage {row['stage']}" if row["stage"] else ""
    if row["merged_into"]:
        how = f"goes on as {row['merged_into']}"
    elif row["closed_on"]:
        how = f"closed {in_full(row['closed_on'])}"
    elif row["answered_on"]:
        how = f"answered {in_full(row['answered_on'])}"
    else:
        how = "open"
    what = f"{names.status(row['status'])}{stage}, {names.category(row['category'])}"
    return f"{what}; received {in_full(row['received_on'])}, {how}"


def _ago(at: datetime, now: datetime) -> str:
    minutes = int((now - at).total_seconds() // _A_MINUTE)
    if minutes < 1:
        return "just now"
    return f"{minutes} minute{'s' if minutes != 1 else ''} ago"
