"""Whose case it is, on an officer's word: who is answered from now on, and hears what went to somebody else.

An acknowledgement in the wrong hands acknowledges nothing: the person gets one of their own within the same
clock (LGSCO 6.2, 6.12; HO 6.2, 6.11). One that went to a representative with the person's consent stays good
(LGSCO 1.5, 3.6; HO 5.6). Nothing that one of them wrote goes to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.acknowledge import FORMAL, STAGE, owe
from casework.carry_arrangements import Carried, carry_arrangements
from casework.common import next_stage_was_refused, still_here, was_refused, withdraw_unsent
from casework.consent import consent_on_record
from casework.given_answer import is_answer_of
from casework.letter_tasks import name_of
from casework.letters_by_hand import withdraw
from casework.may_acknowledge import reasons_against_address
from casework.policy import Policy
from casework.priority import weigh
from casework.ways import key_of, known_as, reasons_against_reaching, recipient_of, ways_of
from casework.write_letter import write_letter
from letters.letterhead import Letterhead
from letters.required import INTERNAL
from models.case import Case, Letter, Task
from models.codes import ArrangementKind, Flag, LetterKind, LetterState, Outcome, Status, TaskKind
from models.deadlines import received_on
from models.errors import InputInvalid
from models.message import Message, Person
from models.ports import UnitOfWork

_FIRST = (*STAGE, LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT)
"""The letters that the ruling itself writes again where they have not gone."""

_FORMAL_OF_STAGE = {stage: kind for kind, stage in STAGE.items()}


@dataclass(frozen=True)
class Confirmed:
    """Who was confirmed: whether that is somebody else than who was answered, and whether they knew of it.

    `is_known_to` says that the letters so far went to a representative with the person's consent.
    """

    is_new_address: bool = False
    is_somebody_else: bool = False
    is_known_to: bool = False
    carried: Carried = field(default_factory=Carried)

    def in_words(self) -> str:
        """Say what became of what was agreed, empty where nothing was."""
        return self.carried.in_words()

    def for_audit(self) -> dict[str, object]:
        """Return what the audit keeps: no name and no address."""
        found = "another address" if self.is_new_address else "confirmed"
        return {
            "complainant": "somebody else" if self.is_somebody_else else found,
            **self.carried.for_audit(),
        }


def confirm_complainant(
    uow: UnitOfWork, case: Case, person: Person, *, reason: str, officer: str, policy: Policy, now: datetime
) -> Confirmed:
    """Take an officer's word for whose case it is, and answer that person from now on.

    A letter to somebody else that has not gone yet never goes. What was agreed on the case goes with them as
    far as it is theirs. Raises InputInvalid where nobody can be answered there.
    """
    address = person.address.casefold()
    against = reasons_against_address(address, policy) if address else []
    if against:
        raise InputInvalid(f"{person.address} cannot be answered: {'; '.join(against)}")
    is_same = is_one_person(case, person)
    confirmed = Confirmed(
        is_new_address=address not in {case.complainant_address, case.reply_address},
        is_somebody_else=not is_same,
        is_known_to=_has_consented(uow, case, person),
    )
    if address != case.reply_address:
        _withdraw(uow, case, reason=reason, officer=officer, is_same=is_same, now=now)
    keys = known_as(case)
    speaks_alone = not is_same and is_represented(uow, case, person)
    case.complainant_name, case.complainant_address = person.name, address
    case.complainant_found_in, case.reply_address = "officer", address
    if speaks_alone:
        case.represented_name = ""
        weigh(case, flags={*case.flags} - {Flag.THIRD_PARTY})
    if not is_same and not _wrote_first(case, address):
        case.own_words = []
    carried = carry_arrangements(
        uow,
        case,
        keys,
        to=address or key_of(case.reference),
        is_same=is_same,
        speaks_alone=speaks_alone,
        now=now,
    )
    return replace(confirmed, carried=carried)


def acknowledge_in_own_right(
    uow: UnitOfWork,
    case: Case,
    confirmed: Confirmed,
    *,
    policy: Policy,
    letterhead: Letterhead,
    now: datetime,
) -> str:
    """Write to whose case it is what only somebody else was told; say what was done, empty for nothing.

    The acknowledgement promises the answer for the day on which it is due already: no clock begins again.
    What was decided meanwhile, a person tells them.
    """
    if not confirmed.is_new_address or case.is_historic:
        return ""
    if news := _news_elsewhere(uow, case, confirmed):
        return _have_them_told(case, news, now=now)
    kind = _kind_owed(case)
    if kind is None:
        return _owe_any(uow, case, confirmed, now=now)
    instead = [LetterKind.KNOWN_ISSUE, LetterKind.CORRECTION] if kind not in STAGE else []
    if not _went_elsewhere(uow, case, [kind, *instead], confirmed):
        return ""
    if confirmed.is_known_to:
        return f"the {name_of(kind)} went to who wrote for them, with their consent: no second one"
    return _acknowledge(uow, case, kind, policy=policy, letterhead=letterhead, now=now)


def is_one_person(case: Case, person: Person) -> bool:
    """Say whether somebody is who a case has as its complainant: by the address, else by the name."""
    if not case.complainant_name and not case.complainant_address:
        return True
    if person.address and person.address.casefold() in {case.complainant_address, case.reply_address}:
        return True
    return bool(person.name.strip()) and _flat(person.name) == _flat(case.complainant_name)


def is_represented(uow: UnitOfWork, case: Case, person: Person) -> bool:
    """Say whether somebody is the one for whom the complainant of a case writes."""
    name = _flat(person.name)
    said = [each.reason for each in consent_on_record(uow, case)]
    is_named = name == _flat(case.represented_name) or any(
        _flat(each).startswith(f"by {name}:") for each in said
    )
    return bool(name) and is_named


def _has_consented(uow: UnitOfWork, case: Case, person: Person) -> bool:
    said = consent_on_record(uow, case)
    is_given = bool(said) and all(each.kind is ArrangementKind.CONSENT for each in said)
    return is_given and is_represented(uow, case, person)


def _withdraw(
    uow: UnitOfWork, case: Case, *, reason: str, officer: str, is_same: bool, now: datetime
) -> None:
    """Take back what is still here for the old address; one person's other letters go to the new one."""
    withdraw_unsent(uow, case, *_FIRST, now=now)
    if is_same:
        return
    others = [kind for kind in LetterKind if kind not in INTERNAL]
    for letter in still_here(uow, case, *others):
        if letter.id is not None:
            withdraw(uow, letter.id, reason=f"it is somebody else's case: {reason}", officer=officer, now=now)


def _wrote_first(case: Case, address: str) -> bool:
    """Say whether the words that letters repeat are those of an address: they come from the first message."""
    return bool(address) and bool(case.messages) and case.messages[0].sender_address.casefold() == address


def _kind_owed(case: Case) -> LetterKind | None:
    """Return the first letter that the person of a case has to have as matters stand."""
    if case.stage > 0 and case.status in FORMAL:
        return _FORMAL_OF_STAGE[case.stage] if case.answered_on is None else None
    if case.stage == 0 and case.status is Status.SERVICE_REQUEST:
        return LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT
    return None


def _went_elsewhere(
    uow: UnitOfWork, case: Case, kinds: Sequence[LetterKind], confirmed: Confirmed
) -> list[Letter]:
    """Return the letters of these kinds that went to another address, where none is for the person's own.

    A letter without an address was posted or read out; it reached them if they are the same person.
    """
    letters = [each for each in case.letters if each.kind in kinds and each.state in _COMING]
    theirs = {recipient_of(case, ways_of(uow, case))} | (set() if confirmed.is_somebody_else else {""})
    return [] if any(each.recipient in theirs for each in letters) else letters


_COMING = frozenset({LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND, LetterState.SENT})


def _news_elsewhere(uow: UnitOfWork, case: Case, confirmed: Confirmed) -> list[Letter]:
    """Return the decisions of which only somebody else was told: the answer, or that it is not accepted."""
    kinds = [each.kind for each in case.letters if is_answer_of(case, each) and case.answered_on is not None]
    if was_refused(case) or next_stage_was_refused(case):
        kinds.append(LetterKind.NOT_ACCEPTED)
    return [] if confirmed.is_known_to else _went_elsewhere(uow, case, kinds, confirmed)


def _have_them_told(case: Case, letters: Sequence[Letter], *, now: datetime) -> str:
    names = " and the ".join(dict.fromkeys(name_of(each.kind) for each in letters))
    case.awaits_officer = True
    case.tasks.append(
        Task(
            kind=TaskKind.LETTER_UNDELIVERED, opened_at=now, due_by=received_on(now),
            note=f"the {names} went to somebody else, and the person has not been told",
        )
    )  # fmt: skip
    return f"the {names} went to somebody else: please tell them, see the tasks"


def _owe_any(uow: UnitOfWork, case: Case, confirmed: Confirmed, *, now: datetime) -> str:
    """Have an officer write to who asked or praised, where only somebody else had a letter from us."""
    is_due = case.status not in {*FORMAL, Status.OTHER} and not was_refused(case)
    to_people = [kind for kind in LetterKind if kind not in INTERNAL]
    if not is_due or confirmed.is_known_to or not _went_elsewhere(uow, case, to_people, confirmed):
        return ""
    case.awaits_officer = True
    owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "they have had no letter from us at all", now=now)
    return "they have had no letter from us at all: please answer them"


def _acknowledge(
    uow: UnitOfWork, case: Case, kind: LetterKind, *, policy: Policy, letterhead: Letterhead, now: datetime
) -> str:
    """Write the acknowledgement, or open the task in its place; what went elsewhere acknowledged nothing."""
    today, due_by = received_on(now), None
    against = reasons_against_reaching(uow, case, policy)
    if kind in STAGE:
        case.acknowledged_on = None
        due_by = case.extended_to or case.respond_by
        if due_by is not None and due_by < today:
            against = [f"the answer was promised for {due_by} and is overdue; please tell them yourself"]
    if against:
        case.awaits_officer = True
        owe(case, TaskKind.ACKNOWLEDGEMENT_OWED, "; ".join(against), now=now)
        return "an acknowledgement of their own is owed: " + "; ".join(against)
    if kind in STAGE and due_by is None:
        due_by = policy.working_days.respond_by(today, stage=STAGE[kind])
        case.promise_answer(due_by)
    write_letter(
        uow, case, kind, answered=_last_of_theirs(case), respond_by=due_by,
        policy=policy, letterhead=letterhead, now=now,
    )  # fmt: skip
    case.guard_at = None
    case.close_tasks(TaskKind.ACKNOWLEDGEMENT_OWED, now=now)
    return f"letter queued for them, since the first went to somebody else: {kind}"


def _last_of_theirs(case: Case) -> Message | None:
    """Return the newest message that the person wrote; nothing of another's is answered to them."""
    theirs = [
        each
        for each in case.messages
        if each.sender_address.casefold() == case.complainant_address and each.outcome is not Outcome.MACHINE
    ]
    return theirs[-1] if theirs else None


def _flat(name: str) -> str:
    return " ".join(name.casefold().split())
