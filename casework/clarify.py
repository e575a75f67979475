"""Questions to the complainant, so that their complaint is understood; no clock waits for the answer."""

from collections.abc import Sequence
from datetime import datetime

from casework.common import open_for_change, require_words, send_letter, signing_officer
from casework.policy import Policy
from letters.details import ClarificationDetails
from letters.letterhead import Letterhead
from models.case import AuditRow
from models.codes import LetterKind
from models.errors import InputInvalid
from models.ports import UnitOfWork

_MOST_QUESTIONS = 10


def clarify(
    uow: UnitOfWork,
    reference: str,
    *,
    questions: Sequence[str],
    officer: str,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Ask what is unclear and return what was done (LGSCO 6.2, HO 5.6); every clock runs on."""
    asked = tuple(
        require_words(each, what="a question needs its words", option="--question") for each in questions
    )
    if not asked:
        raise InputInvalid("there is nothing to ask; give at least one question (--question)")
    if len(asked) > _MOST_QUESTIONS:
        raise InputInvalid(
            f"{len(asked)} questions are too many for one letter; ask {_MOST_QUESTIONS} at most"
        )
    signing = signing_officer(uow, officer)
    case = open_for_change(uow, reference, seen=seen)
    details = ClarificationDetails(questions=asked, signed_by=signing.full_name)
    done = send_letter(
        uow, case, LetterKind.CLARIFICATION, details, policy=policy, letterhead=letterhead, now=now
    )
    uow.audit.add(
        AuditRow(
            at=now, actor=signing.name, action="clarification_asked", case_reference=case.reference,
            detail={"questions": list(asked), "letter": done},
        )
    )  # fmt: skip
    return f"the complainant of case {case.reference} is asked; {done}; every date stays as it is"
