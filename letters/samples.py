"""Invented cases and details: what templates are checked with, and what a preview fills in."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from letters.acknowledgement import AcknowledgementContext
from letters.details import (
    ClarificationDetails,
    ConsentDetails,
    CorrectionDetails,
    Details,
    DigestDetails,
    DigestRow,
    ExtensionDetails,
    KnownIssueDetails,
    PointAnswer,
    ProgressDetails,
    PromisedAction,
    RefusalDetails,
    ResponseDetails,
)
from letters.not_ours import not_ours
from models.codes import Exclusion, LetterKind, Ombudsman, PointOutcome

REFERENCE = "C-4827-1930-70"
_DAY = date(2026, 11, 16)
_OFFICER = "Robin Carter"

_ACTIONS = (
    PromisedAction("A crew will collect your bins each Tuesday", _DAY + timedelta(days=14)),
    PromisedAction("We gave the crew a new map", _DAY + timedelta(days=2), done_on=_DAY + timedelta(days=1)),
)
_POINTS = (
    PointAnswer(1, "The bin was missed three times.", PointOutcome.UPHELD,
                "Our records show that the crew did not come down your road on 2, 9 and 16 November. "
                "Our waste policy says that each bin is emptied every week.",
                "We emptied your bin today."),
    PointAnswer(2, "Nobody rang back.", PointOutcome.PARTLY_UPHELD,
                "We rang once, on 10 November. We should have tried again."),
    PointAnswer(3, "The lorry broke the kerb.", PointOutcome.NOT_UPHELD,
                "The kerb was mended a year ago and is whole."),
    PointAnswer(4, "The crew was rude.", PointOutcome.WITHDRAWN, ""),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """An invented letter, and what is special about it in words."""

    shape: str
    context: AcknowledgementContext
    details: Details | None


def sample_context(ombudsman: Ombudsman, *, day: date = _DAY) -> AcknowledgementContext:
    """Return an ordinary case, received on a day."""
    return AcknowledgementContext(
        reference=REFERENCE, name="Ann Lee", received_on=day, read_by=day + timedelta(days=7),
        ombudsman=ombudsman, own_words=("The bin was missed three times.", "Nobody rang back."),
        respond_by=day + timedelta(days=21), is_dissatisfied=True, reply_mark=f"{REFERENCE}/abcd2345",
    )  # fmt: skip


def sample_details(kind: LetterKind, *, day: date = _DAY) -> Details | None:
    """Return invented details for a kind of letter, None where it needs none."""
    return _ORDINARY.get(kind) if day == _DAY else _moved(_ORDINARY.get(kind), day - _DAY)


def samples(kind: LetterKind, ombudsman: Ombudsman) -> list[Sample]:
    """Return a letter in every shape that its template tells apart."""
    usual = sample_context(ombudsman)
    contexts = {
        "ordinary": usual,
        "with nothing in their own words": replace(usual, own_words=(), name="", reply_mark=""),
        "with one passage": replace(usual, own_words=usual.own_words[:1], is_dissatisfied=False),
        "for somebody else": replace(usual, for_somebody_else=True),
        "with something for others": replace(usual, not_ours=not_ours(Exclusion)),
    }
    return [
        Sample(f"{shape}{more}", context, details)
        for shape, context in contexts.items()
        for more, details in _shapes_of(kind)
    ]


def _shapes_of(kind: LetterKind) -> list[tuple[str, Details | None]]:
    """Return the details of a kind: ordinary ones, and those with what may be left out left out."""
    usual = _ORDINARY.get(kind)
    bare = _bare(usual)
    return [("", usual)] if bare is None else [("", usual), (", with little to say", bare)]


def _bare(usual: Details | None) -> Details | None:  # noqa: PLR0911  # one for each kind
    match usual:
        case RefusalDetails():
            return replace(usual, discretion="")
        case ConsentDetails():
            return replace(usual, represented="")
        case ResponseDetails():
            return replace(usual, points=usual.points[2:3], actions=(), summary="")
        case ProgressDetails():
            return replace(usual, note="")
        case KnownIssueDetails():
            return replace(usual, ends_on=None)
        case DigestDetails():
            return DigestDetails(usual.day)
        case _:
            return None


def _moved(usual: Details | None, by: timedelta) -> Details | None:
    """Return details with the dates that stand in the letter's first lines moved."""
    match usual:
        case ExtensionDetails():
            return replace(usual, promised=usual.promised + by, extended_to=usual.extended_to + by)
        case ResponseDetails() | ProgressDetails():
            return replace(usual, actions=tuple(_later(each, by) for each in usual.actions))
        case KnownIssueDetails(ends_on=date() as ends_on):
            return replace(usual, ends_on=ends_on + by)
        case DigestDetails():
            return replace(usual, day=usual.day + by)
        case _:
            return usual


def _later(action: PromisedAction, by: timedelta) -> PromisedAction:
    done_on = action.done_on + by if action.done_on else None
    return replace(action, due_by=action.due_by + by, done_on=done_on)


def _response(stage: int) -> ResponseDetails:
    return ResponseDetails(
        stage=stage, points=_POINTS, signed_by=_OFFICER, actions=_ACTIONS,
        summary="We missed your bin, and we are sorry. We have put it right.",
    )  # fmt: skip


_ORDINARY: dict[LetterKind, Details] = {
    LetterKind.EXTENSION: ExtensionDetails(
        stage=1, reason="We have to ask the crew, who are away until next week.",
        promised=_DAY + timedelta(days=21), extended_to=_DAY + timedelta(days=35), signed_by=_OFFICER,
    ),
    LetterKind.NOT_ACCEPTED: RefusalDetails(
        ground="there is a right of appeal",
        reasons="You want a parking fine taken back. A tribunal decides on that, and you can still go there.",
        elsewhere="You can appeal to the parking tribunal. The form came with the notice that we sent you.",
        signed_by=_OFFICER,
        discretion="We asked whether anything keeps you from appealing. You told us that nothing does. "
        "So we see no reason for an exception.",
    ),
    LetterKind.CORRECTION: CorrectionDetails(signed_by=_OFFICER),
    LetterKind.CONSENT_REQUEST: ConsentDetails(represented="Bo Lee", signed_by=_OFFICER),
    LetterKind.CLARIFICATION: ClarificationDetails(
        questions=("On which days was the bin missed?", "What would you like us to do to put it right?"),
        signed_by=_OFFICER,
    ),
    LetterKind.STAGE_1_RESPONSE: _response(1),
    LetterKind.STAGE_2_RESPONSE: _response(2),
    LetterKind.PROGRESS: ProgressDetails(
        actions=_ACTIONS, signed_by=_OFFICER, note="The crew has a new leader, who knows your road."
    ),
    LetterKind.KNOWN_ISSUE: KnownIssueDetails(
        title="no bins were emptied in the north of the town",
        known="Two lorries broke down on Monday. Both are being mended. Please leave your bin out.",
        ends_on=_DAY + timedelta(days=4),
    ),
    LetterKind.DIGEST: DigestDetails(
        day=_DAY,
        overdue=(DigestRow(REFERENCE, "answer at stage 1", _DAY - timedelta(days=3), -3),),
        due=(
            DigestRow("C-1111-2222-48", "first letter", _DAY, 0),
            DigestRow("C-3333-4444-60", "answer at stage 2", _DAY + timedelta(days=1), 1),
        ),
        notes=("Two letters are held back and wait for your release.",),
    ),
}  # fmt: skip
