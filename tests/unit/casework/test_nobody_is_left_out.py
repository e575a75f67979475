"""No path ends with neither a letter nor a task: every way into a case, and every fate of its letters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Any

import pytest
from builders import ANN, LETTERHEAD, NOW, TODAY, make_case, make_decision, make_message, make_parsed
from fakes import FakeClock, FakeSender, FakeUnitOfWork, always
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.deliver_letters import GIVE_UP_AFTER, deliver_one, mark_undelivered
from casework.guard import guard_case
from casework.join_case import join_case
from casework.open_case import open_case
from casework.policy import Caps, Policy
from models.case import Case, Letter, Task
from models.codes import (
    AcknowledgementMode,
    ArrangementKind,
    ContactWay,
    DeliveryMode,
    Flag,
    LetterKind,
    LetterState,
    Status,
    TaskKind,
)
from models.errors import LetterRefused, SenderUnavailable
from models.message import Complainant, ParsedMessage, Person
from models.people import Arrangement

OWN, FORM = "complaints@council.example", "forms@council.example"
NOBODY = Person(name="", address="")


def from_address(address: str) -> dict[str, Any]:
    """Return what reading a message from an address gives."""
    person = Person(name="", address=address)
    return {"sender": person, "complainant": Complainant(person, "from" if address else "")}


SENDERS: dict[str, dict[str, Any]] = {
    "a person": {},
    "a person in capitals": from_address("ANN@Example.ORG"),
    "nobody": from_address(""),
    "no sender at all": {"sender": None, "complainant": Complainant()},
    "no address": from_address("undisclosed"),
    "an address beyond ASCII": from_address("zoë@example.org"),
    "a no-reply address": from_address("no-reply@shop.example"),
    "a daemon": from_address("mailer-daemon@example.org"),
    "ourselves": from_address(OWN),
    "ourselves with a case": from_address("complaints+C-4827-1930-70@council.example"),
    "a list": {"is_list": True},
    "a null sender": {"is_null_sender": True},
    "a colleague's forward": {"complainant": Complainant(ANN, "forward")},
    "a form that is not proven": {"complainant": Complainant(ANN, "form_unverified")},
    "a form": {"sender": Person("", FORM), "complainant": Complainant(ANN, "form")},
    "a stranger's form": {"complainant": Complainant(Person("", "bo@example.net"), "form")},
    "a Reply-To": {"reply_to": (Person("", "home@example.net"),)},
    "a Reply-To of ours": {"reply_to": (Person("", OWN),)},
    "a Reply-To of nobody's": {"reply_to": (Person("", "noreply@example.net"), NOBODY)},
}
CAPS = {
    "none reached": Caps(),
    "the address's": Caps(per_address_a_day=0),
    "the domain's": Caps(per_domain_an_hour=0),
    "all together": Caps(in_all_an_hour=0),
}
WAYS: tuple[ContactWay | None, ...] = (None, *ContactWay)
FLAGS: tuple[tuple[Flag, ...], ...] = ((), *((flag,) for flag in Flag), (Flag.ABUSIVE, Flag.SAFEGUARDING))


@dataclass(frozen=True)
class Path:
    """One way into a case."""

    mode: AcknowledgementMode = AcknowledgementMode.AT_ONCE
    delivery: DeliveryMode = DeliveryMode.SEND
    status: Status = Status.COMPLAINT
    is_unsure: bool = False
    flags: tuple[Flag, ...] = ()
    sender: str = "a person"
    cap: str = "none reached"
    way: ContactWay | None = None
    quotes_another_case: bool = False

    @property
    def policy(self) -> Policy:
        """The settings on this path."""
        return Policy(
            mode=self.mode, delivery=self.delivery, caps=CAPS[self.cap], duty_address="duty@council.example",
            own_addresses=frozenset({OWN}), form_senders=frozenset({FORM}), reference_key=b"key",
        )  # fmt: skip

    @property
    def parsed(self) -> ParsedMessage:
        """The message on this path."""
        return make_parsed(**SENDERS[self.sender])

    @property
    def office(self) -> FakeUnitOfWork:
        """A record with what was agreed with Ann."""
        uow = FakeUnitOfWork()
        if self.way is not None:
            value = "carer@example.net" if self.way is ContactWay.OTHER_ADDRESS else "1 Mill Lane"
            uow.people.add(
                Arrangement(
                    address=ANN.address, kind=ArrangementKind.ADJUSTMENT, what="as asked", reason="eyesight",
                    officer="Sam Officer", agreed_on=TODAY, way=self.way, value=value,
                )
            )  # fmt: skip
        return uow

    def open(self, uow: FakeUnitOfWork) -> Case:
        """Open the case."""
        other = make_case(reference="C-0000-0001-95") if self.quotes_another_case else None
        decision = make_decision(self.status, is_unsure=self.is_unsure, flags=self.flags)
        case = open_case(
            uow, make_message(), self.parsed, decision, policy=self.policy, letterhead=LETTERHEAD,
            may_belong_to=other, now=NOW,
        )  # fmt: skip
        uow.flush()
        return case


def to_the_person(case: Case) -> list[Letter]:
    """Return the letters that are not for our own people."""
    return [letter for letter in case.letters if letter.kind is not LetterKind.DUTY_ALERT]


def assert_somebody_acts(case: Case) -> None:
    """Assert that the person has a letter on its way, or that an officer has a task with a date.

    An alert to the duty officer tells the person nothing, and so does not count. What is held or goes by hand
    is before an officer.
    """
    live = {LetterState.QUEUED, LetterState.SENT, LetterState.HELD, LetterState.BY_HAND}
    letters = [letter for letter in to_the_person(case) if letter.state in live]
    owed = [
        task
        for task in case.tasks
        if task.closed_at is None and task.due_by is not None and task.kind is not TaskKind.DUTY_ALERT
    ]
    assert letters or owed
    held = [letter for letter in letters if letter.state is LetterState.HELD]
    assert sum(task.kind is TaskKind.RELEASE_LETTER for task in owed) == len(held)
    assert case.awaits_officer or not held
    if any(letter.state is LetterState.BY_HAND for letter in letters):
        assert {task.kind for task in owed} & {TaskKind.PRINT_LETTER, TaskKind.TELL_BY_TELEPHONE}


def core() -> Iterator[Path]:
    """Yield every combination of what decides about the first letter, delivered in the usual way."""
    for mode, status, is_unsure, flags, sender in product(
        AcknowledgementMode, Status, (False, True), ((), (Flag.SAFEGUARDING,), (Flag.ABUSIVE,)), SENDERS
    ):
        yield Path(mode=mode, status=status, is_unsure=is_unsure, flags=flags, sender=sender)


def ways_out() -> Iterator[Path]:
    """Yield every combination of what decides where a letter goes, for the messages that get one."""
    for delivery, cap, way, mode, quotes in product(
        DeliveryMode, CAPS, WAYS, AcknowledgementMode, (False, True)
    ):
        yield Path(delivery=delivery, cap=cap, way=way, mode=mode, quotes_another_case=quotes)


paths = st.builds(
    Path,
    mode=st.sampled_from(AcknowledgementMode), delivery=st.sampled_from(DeliveryMode),
    status=st.sampled_from(Status), is_unsure=st.booleans(), flags=st.sampled_from(FLAGS),
    sender=st.sampled_from(list(SENDERS)), cap=st.sampled_from(list(CAPS)), way=st.sampled_from(WAYS),
    quotes_another_case=st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize("every", [core, ways_out])
def test_every_message_from_a_person_has_a_letter_or_a_dated_task(
    every: Callable[[], Iterator[Path]],
) -> None:
    """Whatever the settings, the sender and triage say, somebody acts (LGSCO 6.2, HO 6.2)."""
    for path in every():
        try:
            assert_somebody_acts(path.open(path.office))
        except AssertionError as error:
            error.add_note(str(path))
            raise


@settings(max_examples=1000)
@given(path=paths)
def test_every_other_combination_ends_as_well(path: Path) -> None:
    """All settings, flags, caps, ways of writing, senders and certainties at once (LGSCO 6.2, HO 6.2)."""
    assert_somebody_acts(path.open(path.office))


class Fate(StrEnum):
    """What can become of a letter on its way."""

    ARRIVES = "arrives"
    IS_REFUSED = "is refused"
    FINDS_NOBODY_FOR_DAYS = "finds nobody for days"
    BOUNCES = "bounces"
    BOUNCES_TWICE = "bounces twice"


def deliver_all(uow: FakeUnitOfWork, fate: Fate) -> None:
    """Let every letter that is due meet a fate, and go on until none is due any more."""
    fault: Exception | None = None
    if fate is Fate.IS_REFUSED:
        fault = LetterRefused("the mail server answers 550")
    elif fate is Fate.FINDS_NOBODY_FOR_DAYS:
        fault = SenderUnavailable("the mail server does not answer")
    clock = FakeClock(NOW)
    for _ in range(3):
        while deliver_one(
            uow, FakeSender(fault), always(b"mail"), policy=Policy(), letterhead=LETTERHEAD, clock=clock
        ):
            pass
        clock.move(GIVE_UP_AFTER)
    for letter in [each for each in uow.letters.all if each.state is LetterState.SENT]:
        for _ in range({Fate.BOUNCES: 1, Fate.BOUNCES_TWICE: 2}.get(fate, 0)):
            mark_undelivered(uow, letter, uow.letters.case_of(letter), why="no such person", now=clock())


@settings(max_examples=500)
@given(path=paths, fate=st.sampled_from(Fate), by_guard=st.booleans(), chooses=st.booleans())
def test_whatever_becomes_of_the_letters_somebody_acts(
    path: Path, fate: Fate, *, by_guard: bool, chooses: bool
) -> None:
    """A letter that fails or comes back leaves a task, the guard's and a reply's too (LGSCO 6.2, HO 6.2)."""
    uow = path.office
    case = path.open(uow)
    deliver_all(uow, fate)
    assert_somebody_acts(case)
    if chooses:
        message = make_message(id=2, message_id="<second@example.org>")
        text = "Please treat it as a complaint."
        parsed = replace(path.parsed, message_id="<second@example.org>", text=text, reply_text=text)
        join_case(
            uow, case, message, parsed, make_decision(flags=path.flags), how="it answers a letter of ours",
            policy=path.policy, letterhead=LETTERHEAD, now=NOW,
        )  # fmt: skip
        assert_somebody_acts(case)
    if by_guard and case.guard_at is not None:
        guard_case(uow, case, policy=path.policy, letterhead=LETTERHEAD, now=case.guard_at)
        assert_somebody_acts(case)
    uow.flush()
    deliver_all(uow, fate)
    assert_somebody_acts(case)
    assert len(undelivered(case)) <= len(case.letters)


def undelivered(case: Case) -> list[Task]:
    """Return the tasks to reach somebody another way."""
    return [task for task in case.tasks if task.kind is TaskKind.LETTER_UNDELIVERED]


@settings(max_examples=300)
@given(path=paths)
def test_nobody_is_written_to_who_must_not_be(path: Path) -> None:
    """Not ourselves, no list, no machine and nobody behind a null sender (RFC 3834, 2)."""
    case = path.open(path.office)
    # What a person posts is no mail.
    letters = [each for each in to_the_person(case) if each.state is not LetterState.BY_HAND]
    assert not [each for each in letters if each.recipient.endswith("@council.example")]
    if path.sender not in ANSWERABLE or path.cap != "none reached":
        assert letters == []


ANSWERABLE = {
    "a person", "a person in capitals", "a form", "a stranger's form",
    "a Reply-To", "a Reply-To of ours", "a Reply-To of nobody's",
}  # fmt: skip


def test_what_is_held_is_not_sent_and_the_alert_to_our_own_people_is() -> None:
    """The delivery knows no modes: what was held stays held when the settings go over to send."""
    path = Path(delivery=DeliveryMode.HOLD, flags=(Flag.SAFEGUARDING,))
    uow = path.office
    case = path.open(uow)
    deliver_all(uow, Fate.ARRIVES)
    states = {letter.kind: letter.state for letter in case.letters}
    assert states == {LetterKind.RECEIPT: LetterState.HELD, LetterKind.DUTY_ALERT: LetterState.SENT}
