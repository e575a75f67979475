"""What a letter of a case was made of, as the record has it: so that an edited one can be held against it."""

from collections.abc import Mapping
from dataclasses import replace

from casework.grounds import ground_of
from casework.policy import Policy
from casework.write_letter import context_of
from letters.blocks import Block, BlockKind
from letters.details import (
    DETAILS,
    ClarificationDetails,
    ConsentDetails,
    CorrectionDetails,
    Details,
    ExtensionDetails,
    KnownIssueDetails,
    PointAnswer,
    ProgressDetails,
    PromisedAction,
    RefusalDetails,
    ResponseDetails,
)
from letters.elements import Said
from letters.letterhead import Letterhead
from letters.load_templates import long_date
from letters.markup import blocks_in
from letters.not_ours import not_ours
from models.case import Case, Letter
from models.codes import Exclusion, Status
from models.ports import UnitOfWork

_HEADINGS = frozenset({BlockKind.HEADING, BlockKind.SUBHEADING})


def said_in(
    uow: UnitOfWork,
    case: Case,
    letter: Letter,
    *,
    own_grounds: Mapping[str, str],
    policy: Policy,
    letterhead: Letterhead,
) -> Said:
    """Return what a letter that is on record says, by the record of its case.

    What only the letter itself holds, such as the questions that it asks, is read out of it as it stands.
    """
    text = _flat(letter.text)
    context = context_of(case, policy=policy)
    context = replace(
        context,
        own_words=tuple(each for each in context.own_words if _flat(each) in text),
        not_ours=tuple(each for each in not_ours(Exclusion) if _flat(each) in text),
    )
    return Said(context, letterhead, _details(uow, case, letter, own_grounds))


def _details(  # noqa: PLR0911  # one for each kind
    uow: UnitOfWork, case: Case, letter: Letter, own_grounds: Mapping[str, str]
) -> Details | None:
    """Return the details of which a letter of its kind is made, None where it has none."""
    wanted, signed_by = DETAILS.get(letter.kind), _signed_by(uow, letter)
    blocks = blocks_in(letter.html)
    if wanted is ExtensionDetails:
        return _extension(case, letter, signed_by)
    if wanted is RefusalDetails:
        return _refusal(case, blocks, own_grounds, signed_by)
    if wanted is ConsentDetails:
        return ConsentDetails(case.represented_name, signed_by)
    if wanted is ClarificationDetails:
        return ClarificationDetails(_questions(blocks), signed_by)
    if wanted is CorrectionDetails:
        return CorrectionDetails(signed_by, is_request=case.status is Status.SERVICE_REQUEST)
    if wanted is ResponseDetails:
        return _response(case, signed_by)
    if wanted is ProgressDetails:
        return ProgressDetails(_promised(case, is_done_too=True), signed_by)
    if wanted is KnownIssueDetails and letter.known_issue is not None:
        issue = uow.known_issues.get(letter.known_issue)
        return KnownIssueDetails(issue.title, issue.known, issue.ends_on)
    return None


def _signed_by(uow: UnitOfWork, letter: Letter) -> str:
    """Return the name of the officer who signed it: the last one of ours that it names."""
    text = _flat(letter.text)
    names = [
        each.full_name for each in uow.officers.all() if each.full_name and _flat(each.full_name) in text
    ]
    return max(names, key=lambda name: text.rfind(_flat(name)), default="")


def _extension(case: Case, letter: Letter, signed_by: str) -> ExtensionDetails:
    text = _flat(letter.text)
    told = [each for each in case.extensions if _flat(long_date(each.extended_to)) in text]
    last = (told or case.extensions)[-1]
    return ExtensionDetails(last.stage, last.reason, last.respond_by, last.extended_to, signed_by)


def _refusal(
    case: Case, blocks: list[Block], own_grounds: Mapping[str, str], signed_by: str
) -> RefusalDetails:
    last = case.refusals[-1]
    ground = ground_of(last.ground, own=own_grounds)
    elsewhere = _after(blocks, last.discretion or last.reasons) or ground.elsewhere
    return RefusalDetails(ground.words, last.reasons, elsewhere, signed_by, last.discretion)


def _after(blocks: list[Block], said: str) -> str:
    """Return what stands under the heading that follows certain words: where else the matter can go."""
    flat = [_flat(" ".join(block.lines)) for block in blocks]
    last = max((place for place, words in enumerate(flat) if words and words in _flat(said)), default=None)
    if last is None:
        return ""
    heads = [place for place, block in enumerate(blocks) if block.kind in _HEADINGS and place > last]
    if not heads:
        return ""
    end = heads[1] if len(heads) > 1 else len(blocks)
    return " ".join(line for block in blocks[heads[0] + 1 : end] for line in block.lines)


def _questions(blocks: list[Block]) -> tuple[str, ...]:
    """Return what is asked: the first list of the letter with numbers, or else the first list."""
    for kind in (BlockKind.NUMBERED, BlockKind.LIST):
        for block in blocks:
            if block.kind is kind:
                return block.lines
    return ()


def _response(case: Case, signed_by: str) -> ResponseDetails:
    points = tuple(
        PointAnswer(each.number, each.text, each.outcome, each.finding, each.remedy)
        for each in case.points
        if each.outcome is not None
    )
    return ResponseDetails(case.stage, points, signed_by, actions=_promised(case, is_done_too=False))


def _promised(case: Case, *, is_done_too: bool) -> tuple[PromisedAction, ...]:
    return tuple(
        PromisedAction(each.what, each.due_by, each.done_on)
        for each in case.actions
        if is_done_too or each.done_on is None
    )


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()
