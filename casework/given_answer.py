"""When a stage counts as answered: on the day on which its answer goes, not on that of writing it.

An answer that leaves at once counts from the day on which it is queued, and from the day on which it was
handed over once it was. One that is held, posted or read out counts from its release, its posting or its
reading (LGSCO 6.3, 6.15; HO 6.3, 6.14).
"""

from datetime import date

from models.case import Case, Letter
from models.codes import LetterKind, LetterState
from models.deadlines import received_on
from models.errors import InputInvalid

ANSWERED_STAGE = {LetterKind.STAGE_1_RESPONSE: 1, LetterKind.STAGE_2_RESPONSE: 2}
"""The letters that answer a stage in full."""

_WAITS = frozenset({LetterState.HELD, LetterState.BY_HAND})


def is_answer_of(case: Case, letter: Letter) -> bool:
    """Say whether a letter is the full answer of the stage that the case is at."""
    return ANSWERED_STAGE.get(letter.kind) == case.stage


def give_answer(case: Case, letter: Letter, *, on: date) -> bool:
    """Let the stage count as answered from the day on which its answer goes; say whether this letter is one.

    The day of queueing gives way to that of sending; an answer that was given in another way stays.
    """
    if not is_answer_of(case, letter):
        return False
    if case.answered_on in {None, received_on(letter.queued_at)}:
        case.answered_on = on
    return True


def take_back_answer(case: Case, letter: Letter) -> None:
    """Let the stage count as unanswered again: its answer did not reach the person, or does not go yet."""
    if is_answer_of(case, letter):
        case.answered_on = None


def waiting_answer(case: Case) -> Letter | None:
    """Return the answer of the stage that is written and that nobody has let go, posted or read out yet."""
    if case.answered_on is not None:
        return None
    return next((each for each in case.letters if each.state in _WAITS and is_answer_of(case, each)), None)


def refuse_while_answer_waits(case: Case) -> None:
    """Raise InputInvalid where the answer of the stage is written and has not gone: it says how matters are.

    What would change them waits until it has gone, or was taken back.
    """
    letter = waiting_answer(case)
    if letter is None:
        return
    how = "release it" if letter.state is LetterState.HELD else "record when it went (heard letters done)"
    raise InputInvalid(
        f"the stage {case.stage} answer of case {case.reference} is written and has not gone: letter "
        f"{letter.id} is {letter.state.value.replace('_', ' ')}; {how}, or take it back, first: "
        f"heard letters list {case.reference}"
    )
