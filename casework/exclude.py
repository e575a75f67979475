"""An officer does not accept a complaint: on a ground, with evidence, for reasons that fit this one case."""

import re
from collections.abc import Mapping
from datetime import datetime

from casework.acknowledge import FORMAL, STAGE
from casework.begin_stage import keep_request_open
from casework.common import (
    SETTLED_BY_READING,
    open_for_change,
    require_words,
    send_letter,
    signing_officer,
    was_refused,
    withdraw_unsent,
)
from casework.consent import may_be_told
from casework.end_stage import clocks_of, end_stage
from casework.given_answer import refuse_while_answer_waits
from casework.grounds import Ground, ground_of
from casework.policy import Policy
from letters.details import RefusalDetails
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Refusal
from models.codes import Exclusion, LetterKind, Status, TaskKind
from models.errors import InputInvalid
from models.ports import UnitOfWork

WORDS_OF_THEIR_OWN = 8
"""So many words beyond those of the ground make reasons individual (LGSCO 2.4, HO 2.4)."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def exclude(
    uow: UnitOfWork,
    reference: str,
    *,
    ground: str,
    evidence: str,
    reasons: str,
    discretion: str = "",
    elsewhere: str = "",
    own_grounds: Mapping[str, str],
    officer: str,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Record that a complaint is not accepted, write the letter, end its clocks; return what was done.

    The case stays open where a service request goes on (LGSCO 1.7). Raises InputInvalid without evidence or
    without reasons of its own, and for lateness without what was considered in the discretion (LGSCO 2.1 to
    2.5, HO 2.1 to 2.5).
    """
    named = ground_of(ground, own=own_grounds)
    shown = require_words(evidence, what="a refusal needs its evidence", option="--evidence")
    why = _individual(reasons, named)
    weighed = _discretion(ground, discretion)
    instead = elsewhere.strip() or named.elsewhere
    if not instead:
        raise InputInvalid(
            f"ground {ground} has no standard place to turn to; say where it can go (--elsewhere)"
        )
    signing = signing_officer(uow, officer)
    case = open_for_change(uow, reference, seen=seen)
    _check_runs(case)
    if why_not := may_be_told(uow, case):
        raise InputInvalid(why_not)
    detail = {"ground": ground, "evidence": shown, "reasons": why, "discretion": weighed,
              "clocks": clocks_of(case)}  # fmt: skip
    case.refusals.append(
        Refusal(
            ground=ground, evidence=shown, reasons=why, discretion=weighed, officer=signing.name,
            decided_at=now,
        )
    )  # fmt: skip
    _end(uow, case, now=now)
    details = RefusalDetails(
        ground=named.words, reasons=why, elsewhere=instead, discretion=weighed, signed_by=signing.full_name
    )
    done = send_letter(
        uow, case, LetterKind.NOT_ACCEPTED, details, policy=policy, letterhead=letterhead, now=now
    )
    uow.audit.add(
        AuditRow(
            at=now, actor=signing.name, action="complaint_not_accepted", case_reference=case.reference,
            detail={**detail, "letter": done},
        )
    )  # fmt: skip
    goes_on = case.request_opened_on is not None and case.request_closed_on is None
    return f"case {case.reference} is not accepted as a complaint; {done}" + (
        "; it stays open for the service request" if goes_on else ""
    )


def _individual(reasons: str, ground: Ground) -> str:
    """Return reasons that say more than the ground itself does; raises InputInvalid."""
    why = require_words(reasons, what="a refusal needs reasons that fit this one case", option="--reasons")
    said = f" {_flat(why)} "
    for formula in (ground.words, ground.elsewhere):
        said = said.replace(f" {_flat(formula)} ", " ")
    if len(said.split()) < WORDS_OF_THEIR_OWN:
        raise InputInvalid(
            "these reasons would fit anybody's complaint; say in a sentence of your own why the ground "
            f"applies to this one, in {WORDS_OF_THEIR_OWN} words or more (--reasons; LGSCO 2.4, HO 2.4)"
        )
    return why


def _discretion(ground: str, discretion: str) -> str:
    """Return what was considered in the discretion; where the ground is lateness it has to be there."""
    if ground != Exclusion.OVER_12_MONTHS:
        return discretion.strip()
    return require_words(
        discretion,
        what="a late complaint may still be accepted for a good reason (LGSCO 2.2, HO 2.3)",
        option="--discretion: what you considered, and why it does not apply",
    )


def _check_runs(case: Case) -> None:
    """Refuse where no complaint or escalation waits to be accepted."""
    if case.answered_on is not None and case.escalation_received_on is None:
        raise InputInvalid(
            f"case {case.reference} has had its stage {case.stage} answer; there is nothing to refuse"
        )
    refuse_while_answer_waits(case)
    if was_refused(case):
        raise InputInvalid(f"case {case.reference} was refused already; see heard queue {case.reference}")


def _end(uow: UnitOfWork, case: Case, *, now: datetime) -> None:
    """End the clocks of what is refused: the complaint, or the next stage where the last had its answer."""
    if case.status not in FORMAL:
        keep_request_open(case)
        case.status = Status.COMPLAINT
    if case.answered_on is None:
        end_stage(case)
    case.guard_at = case.escalation_received_on = None
    case.awaits_officer = False
    case.close_tasks(*SETTLED_BY_READING, TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    withdraw_unsent(uow, case, *STAGE, now=now)


def _flat(text: str) -> str:
    """Return the words of a text alone, in lower case."""
    return " ".join(_WORD.findall(text.casefold()))
