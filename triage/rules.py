"""What rules say of a message: one visible table of matchers for exclusions and flags.

A row names a code, the cues that show it, the cues that speak against it, and the reason in words. Rules
find the passage and the reason; how likely the code is, the classifier says, unless the row is certain: then
the code is suggested whatever the classifier says. One rule settles a status, that of an escalation, which no
complaint can be hidden by.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.codes import Exclusion, Flag, Status
from models.decision import Span
from triage.ages import Age, oldest, only_old
from triage.cues import SENDERS
from triage.reading import Hit, Reading

Code = Exclusion | Flag | str


@dataclass(frozen=True)
class Matcher:
    """One row of the table."""

    code: Code
    name: str
    cues: tuple[str, ...]
    reason: str
    unless: tuple[str, ...] = ()
    is_certain: bool = False


@dataclass(frozen=True)
class Finding:
    """What a row found in one message."""

    code: Code
    rule: str
    span: Span
    reason: str
    is_certain: bool = False


@dataclass(frozen=True)
class OwnExclusion:
    """An exclusion of the council's own, from its settings; any of `words` in a message suggests it."""

    code: str
    reason: str
    words: tuple[str, ...] = ()


MATCHERS: tuple[Matcher, ...] = (
    Matcher(
        Exclusion.LEGAL_PROCEEDINGS, "claim_number", ("claim_number",),
        "gives the number of a court claim; proceedings seem to have begun (HO 2.2)", is_certain=True,
    ),
    Matcher(
        Exclusion.LEGAL_PROCEEDINGS, "court_filed", ("court_filed",),
        "speaks of a court or tribunal claim, summons or hearing (HO 2.2)",
    ),
    Matcher(
        Exclusion.ALREADY_CONSIDERED, "considered_before", ("considered_before",),
        "says that the matter has been through the procedure or decided by an Ombudsman, court or tribunal",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "penalty_notice", ("penalty_notice",),
        "a penalty charge notice has its own appeal",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "planning_refusal", ("planning_refusal",),
        "a refused planning application is appealed to the Planning Inspectorate",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "homeless_decision", ("homeless_decision",),
        "a homelessness decision has its own review",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "school_place", ("school_place",),
        "school places, transport and education plans have appeals of their own",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "benefit_decision", ("benefit_decision",),
        "a benefit or council tax support decision has its own appeal",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "banding", ("banding",),
        "a council tax band or liability has its own appeal to the tribunal",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "badge_refusal", ("badge_refusal",),
        "a refused badge or pass has its own review",
    ),
    Matcher(
        Exclusion.APPEAL_ROUTE, "look_again", ("look_again",),
        "asks for a decision to be looked at again or overturned",
    ),
    Matcher(
        Exclusion.POLICY_OR_BUDGET, "policy", ("policy",),
        "disagrees with an adopted policy, charge or closure as such",
    ),
    Matcher(
        Exclusion.SOCIAL_CARE_PROCEDURE, "social_care", ("social_care",),
        "adult and children's social care have statutory procedures of their own",
    ),
    Matcher(
        Exclusion.SCHOOL_MATTER, "school_running", ("school_running",),
        "concerns the running of a school, which answers to its governors",
    ),
    Matcher(
        Exclusion.COUNCILLOR_CONDUCT, "councillor", ("councillor",),
        "concerns the behaviour of an elected member, which the Monitoring Officer looks into",
    ),
    Matcher(
        Exclusion.OTHER_ORGANISATION, "other_body", ("other_body",),
        "another body seems to decide or provide this",
    ),
    Matcher(
        Exclusion.OTHER_ORGANISATION, "other_blamed", ("other_blamed",),
        "somebody other than the council seems to be answerable for this",
    ),
    Matcher(
        Exclusion.INFORMATION_RIGHTS, "information", ("information",),
        "concerns information rights, on which the Information Commissioner decides",
    ),
    Matcher(
        Exclusion.INSURANCE_CLAIM, "damages", ("damages", "money"),
        "asks to be compensated for injury or damage, which insurers deal with",
    ),
    Matcher(
        Exclusion.EMPLOYMENT_MATTER, "employment", ("employment",),
        "concerns employment by the council, which has procedures of its own",
    ),
    Matcher(
        Flag.THIRD_PARTY, "for_somebody", ("for_somebody",),
        "writes for somebody else, whose consent is needed (LGSCO 1.5, 3.6)",
    ),
    Matcher(
        Flag.ELECTED_MEMBER, "elected", ("elected",), "comes from a councillor or MP, or their office",
    ),
    Matcher(
        Flag.VULNERABLE, "age", ("age",), "names an age at which people may be vulnerable (LGSCO 6.1)",
    ),
    Matcher(
        Flag.VULNERABLE, "vulnerable", ("vulnerable",),
        "mentions illness, disability, a small child, bereavement or the like (LGSCO 6.1)",
    ),
    Matcher(
        Flag.REASONABLE_ADJUSTMENT, "adjustment", ("adjustment",),
        "asks for, or plainly needs, another way of dealing (LGSCO 5.6)",
    ),
    Matcher(
        Flag.SAFETY_HAZARD, "hazard", ("hazard",), "describes a danger to health or life now",
    ),
    Matcher(
        Flag.SAFEGUARDING, "safeguarding", ("safeguarding",),
        "hints at abuse, neglect, exploitation or self-harm",
    ),
    Matcher(
        Flag.PRE_ACTION, "court_threat", ("court_threat",),
        "is a letter of claim or says that proceedings are meant", unless=("court_filed",),
    ),
    Matcher(Flag.ABUSIVE, "abuse_of_staff", ("abuse_of_staff",), "threatens or insults staff"),
)  # fmt: skip
"""The rows in the order in which the first that matches speaks for its code."""

_REASONS: dict[str, str] = {matcher.code: matcher.reason for matcher in reversed(MATCHERS)}
_REASONS[Exclusion.OVER_12_MONTHS] = "speaks of events that ended more than twelve months ago (LGSCO 2.2)"

OWN_WORDS = "own_words"
"""The name of the rule that the words in the council's settings make."""

_ANSWER_TO_A_COMPLAINT = re.compile(
    r"\b(?:your|the|stage (?:1|one)) (?:stage (?:1|one) )?"
    r"(?:response|reply|answer|decision|letter|findings?|outcome)\b[^.!?]{0,60}\bcomplaint\b"
    r"|\bcomplaint\b[^.!?]{0,60}\b(?:response|reply|answer|decision|findings?|outcome)\b"
    r"|stage (?:1|one) (?:response|reply|answer|decision|letter|findings?|outcome|complaint)",
    re.IGNORECASE,
)
_IN_DOUBT = re.compile(
    r"\b(?:no|not|never|\w+n[’']t|without|if|unless|still wait\w*|until|yet)\b", re.IGNORECASE
)

_STILL_OPEN = ("still_going_on", "good_reason_late")


def findings(
    reading: Reading, ages: list[Age], own: Sequence[OwnExclusion] = (), *, sender: str = ""
) -> list[Finding]:
    """Return what the table finds in a message, in its order, and then what the council's own words find."""
    return [
        *_from_a_member(reading, sender), *_matched(reading), *_over_12_months(reading, ages),
        *_own(reading, own),
    ]  # fmt: skip


def settled_status(reading: Reading) -> Status | None:
    """Return the status that the words settle, None where the classifier has to say.

    Who speaks of the answer to a complaint and asks for stage 2, and negates nothing, escalates (LGSCO 6.10,
    HO 6.10). Doubt leaves it to the classifier.
    """
    asks = reading.has("next_stage") and _ANSWER_TO_A_COMPLAINT.search(reading.text)
    return Status.ESCALATION if asks and not _IN_DOUBT.search(reading.text) else None


def reason_for(code: Code, own: Sequence[OwnExclusion] = ()) -> str:
    """Return the reason that goes with a code where no row found a passage."""
    return _REASONS.get(code) or next(
        (each.reason for each in own if each.code == code), "a ground of the council's own"
    )


def _matched(reading: Reading) -> Iterator[Finding]:
    for matcher in MATCHERS:
        hits = [hit for hit in reading.hits if hit.cue in matcher.cues]
        if hits and not reading.has(*matcher.unless):
            yield Finding(
                code=matcher.code,
                rule=matcher.name,
                span=_passage(reading, hits),
                reason=matcher.reason,
                is_certain=matcher.is_certain,
            )


def _from_a_member(reading: Reading, sender: str) -> Iterator[Finding]:
    """Find the office of a councillor or MP in the sender's name and address."""
    if SENDERS["elected"].search(sender):
        yield Finding(
            code=Flag.ELECTED_MEMBER,
            rule="members_office",
            span=reading.sentences[0],
            reason=reason_for(Flag.ELECTED_MEMBER),
            is_certain=True,
        )


def _own(reading: Reading, own: Sequence[OwnExclusion]) -> Iterator[Finding]:
    for each in own:
        found = [match for words in each.words if (match := _pattern_of(words).search(reading.text))]
        if found:
            start = min(match.start() for match in found)
            before = [span for span in reading.sentences if span.start <= start]
            passage = before[-1] if before else reading.sentences[0]
            yield Finding(each.code, OWN_WORDS, passage, each.reason)


def _pattern_of(words: str) -> re.Pattern[str]:
    """Return what finds the words as whole words, in whatever case and with whatever space between."""
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def _over_12_months(reading: Reading, ages: list[Age]) -> Iterator[Finding]:
    age = oldest(ages)
    if age is not None and only_old(ages) and not reading.has(*_STILL_OPEN):
        yield Finding(
            code=Exclusion.OVER_12_MONTHS,
            rule="dates_over_12_months",
            span=age.span,
            reason=f"the times it names lie {age.months} months back or nearly so (LGSCO 2.2)",
        )


def _passage(reading: Reading, hits: list[Hit]) -> Span:
    """Return the sentence with the most of the hits, the first of equals."""
    by_sentence: dict[int, int] = {}
    for hit in hits:
        by_sentence[hit.sentence] = by_sentence.get(hit.sentence, 0) + 1
    return reading.sentences[max(by_sentence, key=lambda number: (by_sentence[number], -number))]
