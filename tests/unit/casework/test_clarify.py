"""Questions to the complainant: asked in a letter, and no date moves."""

import pytest
from builders import make_case
from hands import WRITES, acknowledged, office

from casework.clarify import clarify
from models.codes import LetterKind
from models.errors import InputInvalid

QUESTION = "Which of the two flats is damp?"


def test_what_is_unclear_is_asked_and_every_date_stays() -> None:
    """The letter holds the questions, the audit too, and the clock runs on (LGSCO 6.2, HO 5.6)."""
    case = acknowledged()
    before = (case.acknowledge_by, case.respond_by, case.guard_at, case.awaits_officer)
    uow = office(case)
    done = clarify(uow, case.reference, questions=[QUESTION, "Since when?"], **WRITES)
    assert case.letters[-1].kind is LetterKind.CLARIFICATION
    assert QUESTION in " ".join(case.letters[-1].text.split())
    assert (case.acknowledge_by, case.respond_by, case.guard_at, case.awaits_officer) == before
    (row,) = uow.audit.rows
    assert (row.action, row.detail["questions"]) == ("clarification_asked", [QUESTION, "Since when?"])
    assert "every date stays" in done


@pytest.mark.parametrize("questions", [[], ["  "], ["Since when?"] * 11], ids=["none", "blank", "too many"])
def test_a_letter_without_sensible_questions_is_refused(questions: list[str]) -> None:
    """Nothing is written and nothing recorded."""
    case = make_case()
    uow = office(case)
    with pytest.raises(InputInvalid):
        clarify(uow, case.reference, questions=questions, **WRITES)
    assert (case.letters, uow.audit.rows) == ([], [])
