"""Whether the person for whom somebody writes agrees to it (LGSCO 1.5, 3.6; HO 5.6).

It is kept with what is agreed with the representative, by the case. The clock runs on whatever is asked.
"""

from datetime import datetime

from casework.common import open_for_change, require_words, send_letter, signing_officer
from casework.policy import Policy
from casework.ways import key_of, known_as
from letters.details import ConsentDetails
from letters.letterhead import Letterhead
from models.case import AuditRow, Case
from models.codes import ArrangementKind, LetterKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.people import Arrangement
from models.ports import UnitOfWork

KINDS = frozenset({ArrangementKind.CONSENT, ArrangementKind.NO_CONSENT})


def record_consent(
    uow: UnitOfWork,
    reference: str,
    *,
    kind: ArrangementKind,
    by: str,
    evidence: str,
    officer: str,
    now: datetime,
    seen: int | None = None,
) -> str:
    """Record that somebody agrees, or does not, that another acts for them; return what was done.

    `kind` is CONSENT or NO_CONSENT. It takes the place of what was on record for the case before.
    Raises InputInvalid without the name of who said so and how that is known.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is no word on consent")
    officer = require_words(officer, what="say who records it", option="--officer")
    by = require_words(by, what="say who gave or refused consent", option="--by")
    evidence = require_words(evidence, what="say how that is known", option="--evidence")
    case = open_for_change(uow, reference, seen=seen)
    today = received_on(now)
    for earlier in consent_on_record(uow, case):
        earlier.ended_on = today
    case.represented_name = case.represented_name or by
    uow.people.add(
        Arrangement(
            address=case.complainant_address or key_of(reference), kind=kind, what=case.represented_name,
            reason=f"by {by}: {evidence}", officer=officer, agreed_on=today, case_reference=reference,
        )
    )  # fmt: skip
    uow.audit.add(
        AuditRow(
            at=now, actor=officer, action="consent_recorded", case_reference=reference,
            detail={"kind": kind.value, "evidence": evidence},
        )
    )  # fmt: skip
    if kind is ArrangementKind.CONSENT:
        return f"{by} agrees: whoever writes for them may be told"
    return f"{by} does not agree: no answer goes to whoever writes for them"


def ask_consent(
    uow: UnitOfWork,
    reference: str,
    *,
    officer: str,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
    represented: str = "",
    seen: int | None = None,
) -> str:
    """Ask a representative for their authority; every clock runs on meanwhile (LGSCO 1.5, 3.6).

    `represented` names for whom they write, where the case does not say. Return what was done.
    """
    signing = signing_officer(uow, officer)
    case = open_for_change(uow, reference, seen=seen)
    case.represented_name = represented.strip() or case.represented_name
    if not case.represented_name:
        raise InputInvalid(f"case {reference} does not say for whom the writer acts; name them (--by)")
    details = ConsentDetails(represented=case.represented_name, signed_by=signing.full_name)
    done = send_letter(
        uow, case, LetterKind.CONSENT_REQUEST, details, policy=policy, letterhead=letterhead, now=now
    )
    uow.audit.add(
        AuditRow(
            at=now, actor=signing.name, action="consent_asked", case_reference=reference,
            detail={"letter": done},
        )
    )  # fmt: skip
    return f"{done}; the clock runs on"


def may_be_told(uow: UnitOfWork, case: Case) -> str:
    """Say why the writer of a case may not be told what was found, empty where they may.

    Without a word on record they may: consent is asked for, and its absence is what an officer records.
    """
    for said in consent_on_record(uow, case):
        if said.kind is ArrangementKind.NO_CONSENT:
            return (
                f"{said.what or 'the person concerned'} does not agree that it is told to whoever writes for "
                "them; answer the person themselves, or record their consent: "
                f"heard case consent {case.reference} --given"
            )
    return ""


def consent_on_record(uow: UnitOfWork, case: Case) -> list[Arrangement]:
    """Return what is on record of consent for a case and holds now, oldest first."""
    agreed = uow.people.of(known_as(case))
    return [each for each in agreed if each.kind in KINDS and each.case_reference == case.reference]
