"""More time for a response: within its limit, with a reason, and told to the complainant."""

from datetime import date, datetime, timedelta

from casework.common import open_for_change, require_words, send_letter, signing_officer
from casework.policy import Policy
from letters.details import ExtensionDetails
from letters.letterhead import Letterhead
from models.case import AuditRow, Case, Extension
from models.codes import LetterKind
from models.deadlines import EXTEND_BY, received_on
from models.errors import InputInvalid
from models.ports import UnitOfWork


def extend(
    uow: UnitOfWork,
    reference: str,
    *,
    to: date,
    reason: str,
    officer: str,
    seen: int | None = None,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Put a response off and write the letter that says so; return what was done.

    Once or several times, up to the limit in all: 10 working days at stage 1, 20 at stage 2 (LGSCO 6.4, 6.16;
    HO 6.4, 6.15). After the date that was promised it is recorded as late.
    """
    why = require_words(reason, what="an extension needs its reason, for the letter too", option="--reason")
    signing = signing_officer(uow, officer)
    case = open_for_change(uow, reference, seen=seen)
    promised, limit = _promised(case), extendable_to(case, policy=policy)
    today = received_on(now)
    _check_day(case, to, promised=promised, limit=limit, today=today)
    _check_is_worked(to, policy=policy)
    case.extensions.append(
        Extension(
            stage=case.stage, reason=why, officer=signing.name, decided_at=now, respond_by=promised,
            extended_to=to,
        )
    )  # fmt: skip
    case.extended_to = to
    details = ExtensionDetails(
        stage=case.stage, reason=why, promised=promised, extended_to=to, signed_by=signing.full_name
    )
    done = send_letter(
        uow, case, LetterKind.EXTENSION, details, policy=policy, letterhead=letterhead, now=now
    )
    is_late = today > promised
    uow.audit.add(
        AuditRow(
            at=now, actor=signing.name, action="response_extended", case_reference=case.reference,
            detail={"stage": case.stage, "reason": why, "promised": promised.isoformat(),
                    "extended_to": to.isoformat(), "late": is_late, "letter": done},
        )
    )  # fmt: skip
    late = f"; LATE: the answer had been promised for {promised}" if is_late else ""
    return f"the stage {case.stage} answer of case {case.reference} is due on {to}; {done}{late}"


def extendable_to(case: Case, *, policy: Policy) -> date:
    """Return the last day to which the response of a case may be put off; raises InputInvalid without one."""
    if case.answered_on is not None:
        raise InputInvalid(f"case {case.reference} has had its stage {case.stage} answer; nothing is put off")
    if case.stage not in EXTEND_BY or case.respond_by is None:
        raise InputInvalid(
            f"no answer of case {case.reference} is promised yet; "
            "an extension follows the formal acknowledgement"
        )
    return policy.working_days.extendable_to(case.respond_by, stage=case.stage)


def _promised(case: Case) -> date:
    return case.extended_to or case.respond_by or case.acknowledge_by


def _check_day(case: Case, to: date, *, promised: date, limit: date, today: date) -> None:
    if to > limit:
        raise InputInvalid(
            f"the stage {case.stage} answer of case {case.reference} can be put off to {limit} at the "
            f"latest: {EXTEND_BY[case.stage]} working days beyond {case.respond_by} "
            "(LGSCO 6.4, 6.16; HO 6.4, 6.15)"
        )
    if to <= promised:
        raise InputInvalid(
            f"{to} is no later than the day already promised, {promised}; the last possible is {limit}"
        )
    if to < today:
        raise InputInvalid(f"{to} has passed; name a day from {today} on, {limit} at the latest")


def _check_is_worked(to: date, *, policy: Policy) -> None:
    """Raise InputInvalid where nobody works on the day, so that nobody could keep what is promised for it."""
    days = policy.working_days
    if days.is_working_day(to):
        return
    before = to - timedelta(days=1)
    while not days.is_working_day(before):
        before -= timedelta(days=1)
    raise InputInvalid(
        f"{to} is no working day; name the one before it, {before}, or the one after it, {days.after(to, 1)}"
    )
