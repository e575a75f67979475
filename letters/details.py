"""What the letters that officers decide say beyond the case itself: one class for each kind of letter.

`signed_by` is the full name of the officer who decided, and who signs.
"""

from dataclasses import dataclass, field
from datetime import date

from models.codes import LetterKind, PointOutcome


@dataclass(frozen=True)
class ExtensionDetails:
    """More time for a response (LGSCO 6.4, 6.16; HO 6.4, 6.15)."""

    stage: int
    reason: str
    promised: date
    extended_to: date
    signed_by: str


@dataclass(frozen=True)
class RefusalDetails:
    """A complaint that is not accepted, and where to take it instead (LGSCO 2.4, HO 2.4).

    `ground` is the ground in words, `reasons` why it fits this one case.
    """

    ground: str
    reasons: str
    elsewhere: str
    signed_by: str
    discretion: str = ""


@dataclass(frozen=True)
class CorrectionDetails:
    """What was acknowledged as a complaint is none, and the choice to complain stays (LGSCO 1.7, HO 1.5).

    `is_request` says that it goes on as a service request.
    """

    signed_by: str
    is_request: bool = False


@dataclass(frozen=True)
class ConsentDetails:
    """A representative whose authority is not on file is asked for it (LGSCO 1.5, 3.6)."""

    represented: str
    signed_by: str


@dataclass(frozen=True)
class ClarificationDetails:
    """What the complainant is asked, so that their complaint is understood (LGSCO 6.2, HO 5.6)."""

    questions: tuple[str, ...]
    signed_by: str


@dataclass(frozen=True)
class PointAnswer:
    """One point of a complaint and what was found on it."""

    number: int
    text: str
    outcome: PointOutcome
    finding: str
    remedy: str = ""


@dataclass(frozen=True)
class PromisedAction:
    """Something that was promised: by when, and when it was done if it is."""

    what: str
    due_by: date
    done_on: date | None = None


@dataclass(frozen=True)
class ResponseDetails:
    """A full answer at stage 1 or 2 (LGSCO 6.8, 6.18; HO 6.9, 6.19)."""

    stage: int
    points: tuple[PointAnswer, ...]
    signed_by: str
    summary: str = ""
    actions: tuple[PromisedAction, ...] = ()


@dataclass(frozen=True)
class ProgressDetails:
    """How far the promised actions have come (LGSCO 6.6, HO 6.6)."""

    actions: tuple[PromisedAction, ...]
    signed_by: str
    note: str = ""


@dataclass(frozen=True)
class KnownIssueDetails:
    """A fault that is known already, and what is known of it."""

    title: str
    known: str
    ends_on: date | None = None


@dataclass(frozen=True)
class DigestRow:
    """One case in the daily digest for an officer: no personal data beyond the reference."""

    reference: str
    what: str
    due_by: date
    working_days_left: int


@dataclass(frozen=True)
class DigestDetails:
    """What is overdue, due and coming, for one officer or manager."""

    day: date
    overdue: tuple[DigestRow, ...] = ()
    due: tuple[DigestRow, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)


Details = (
    ExtensionDetails
    | RefusalDetails
    | CorrectionDetails
    | ConsentDetails
    | ClarificationDetails
    | ResponseDetails
    | ProgressDetails
    | KnownIssueDetails
    | DigestDetails
)

DETAILS: dict[LetterKind, type[Details]] = {
    LetterKind.EXTENSION: ExtensionDetails,
    LetterKind.NOT_ACCEPTED: RefusalDetails,
    LetterKind.CORRECTION: CorrectionDetails,
    LetterKind.CONSENT_REQUEST: ConsentDetails,
    LetterKind.CLARIFICATION: ClarificationDetails,
    LetterKind.STAGE_1_RESPONSE: ResponseDetails,
    LetterKind.STAGE_2_RESPONSE: ResponseDetails,
    LetterKind.PROGRESS: ProgressDetails,
    LetterKind.KNOWN_ISSUE: KnownIssueDetails,
    LetterKind.DIGEST: DigestDetails,
}
"""The details that a letter of each kind needs; a kind that is not here needs none."""
