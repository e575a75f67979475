"""Everything that an officer can do and take back, for the tests of undoing: on fakes and on databases."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from builders import NOW, make_case, make_letter, make_message
from hands import DECIDES, RESPOND_BY, WRITES, make_action, make_point

from casework.actions import add_action, finish_action, write_progress
from casework.answer import answer
from casework.answered_elsewhere import answered_elsewhere
from casework.arrangements import arrange
from casework.assign import assign
from casework.clarify import clarify
from casework.close import close, reopen
from casework.consent import ask_consent, record_consent
from casework.convert import close_request, convert_to_complaint, convert_to_request
from casework.escalate import escalate
from casework.exclude import exclude
from casework.extend import extend
from casework.merge import merge
from casework.points import add_point, decide_point
from casework.policy import Policy
from casework.possible_reply import confirm_reply
from casework.record_ruling import record_ruling
from casework.split import split
from models.case import Case, Task
from models.codes import (
    ArrangementKind,
    ContactWay,
    LetterKind,
    LetterState,
    Ombudsman,
    Outcome,
    PointOutcome,
    Status,
    TaskKind,
)
from models.message import Person
from models.ports import UnitOfWork

WITHIN = timedelta(minutes=2)
OTHER = "C-1111-2222-83"
POLICY = Policy()
REASONS = "Your notice of 2 March can still be appealed to the tribunal until the end of the month."


@dataclass(frozen=True)
class Act:
    """A change, the case that it begins from, and whether a letter follows.

    `others` are the cases beside it: those that it changes too.
    """

    name: str
    begins: Callable[[], Case]
    change: Callable[[UnitOfWork, str], str]
    writes: bool = False
    others: Callable[[], tuple[Case, ...]] = tuple

    def cases(self) -> tuple[Case, ...]:
        """Return all that it begins from."""
        return (self.begins(), *self.others())


def unread(**changes: Any) -> Case:
    """Return a likely complaint that nobody has read, with its task and a formal letter that waits."""
    usual: dict[str, Any] = {
        "messages": [], "guard_at": NOW + timedelta(days=4), "respond_by": RESPOND_BY,
        "letters": [make_letter(message_id="<waits@heard.invalid>", due_at=NOW + timedelta(hours=1))],
        "tasks": [_task(TaskKind.READ_REPLY), _task(TaskKind.DUTY_ALERT)],
    }  # fmt: skip
    return make_case(**(usual | changes))


def begun(**changes: Any) -> Case:
    """Return a complaint whose acknowledgement went, with a point and a promise."""
    sent = make_letter(state=LetterState.SENT, message_id="<sent@heard.invalid>")
    usual: dict[str, Any] = {
        "messages": [], "letters": [sent], "acknowledged_on": date(2026, 3, 3), "respond_by": RESPOND_BY,
        "points": [make_point(1)], "actions": [make_action()], "assigned_to": "pat",
        "tasks": [_task(TaskKind.READ_REPLY)],
    }  # fmt: skip
    return make_case(**(usual | changes))


def answered(**changes: Any) -> Case:
    """Return a complaint that had its stage 1 answer."""
    return begun(**({"answered_on": date(2026, 3, 3), "stage_1_officer": "pat"} | changes))


def asked(**changes: Any) -> Case:
    """Return a service request whose acknowledgement went."""
    sent = make_letter(
        LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, state=LetterState.SENT, message_id="<sr@heard.invalid>"
    )
    usual: dict[str, Any] = {
        "messages": [], "letters": [sent], "status": Status.SERVICE_REQUEST, "stage": 0,
        "request_opened_on": date(2026, 3, 3),
    }  # fmt: skip
    return make_case(**(usual | changes))


def two_matters() -> Case:
    """Return a complaint about two things, the one with a promise and a reply that nobody has read."""
    points = [
        make_point(number, outcome=None, finding="", decided_by="", decided_on=None) for number in (1, 2)
    ]
    return begun(
        points=points, actions=[make_action(point=2)],
        messages=[
            make_message(sha256=None, id=101, outcome=Outcome.CASE, reason="it came", settled_at=NOW),
            make_message(
                sha256=None, id=102, uid="2", message_id="<reply@example.org>", outcome=Outcome.REPLY,
                reason="it answers", settled_at=NOW, subject="And my rent", received_at=NOW,
            ),
        ],
        tasks=[replace(_task(TaskKind.READ_REPLY), message_id=102), _task(TaskKind.CHECK_OTHER)],
    )  # fmt: skip


def likely_reply() -> Case:
    """Return what came as a case of its own, quotes another one, and waits for an officer."""
    message = make_message(sha256=None, id=101, outcome=Outcome.CASE, reason="it quotes", settled_at=NOW)
    return unread(messages=[message], tasks=[_task(TaskKind.POSSIBLE_REPLY)], points=[make_point(1)])


def the_other() -> tuple[Case]:
    """Return another complaint of the same person."""
    letter = make_letter(message_id="<other@heard.invalid>", state=LetterState.SENT)
    message = make_message(
        sha256=None, id=109, uid="9", message_id="<other@example.org>", outcome=Outcome.CASE, settled_at=NOW
    )
    return (
        make_case(
            reference=OTHER, messages=[message], letters=[letter], points=[make_point(1)],
            acknowledged_on=date(2026, 3, 3), respond_by=RESPOND_BY, received_on=date(2026, 2, 27),
            acknowledge_by=date(2026, 3, 6), tasks=[_task(TaskKind.READ_REPLY)],
        ),
    )  # fmt: skip


def _split_off(**said: Any) -> Callable[[UnitOfWork, str], str]:
    def change(uow: UnitOfWork, reference: str) -> str:
        opened, done = split(
            uow, reference, status=Status.COMPLAINT, category="housing_rent",
            reason="Rent is another matter.", **said, **WRITES,
        )  # fmt: skip
        return f"case {opened}: {done}"

    return change


def _task(kind: TaskKind) -> Task:
    return Task(kind=kind, opened_at=NOW, due_by=date(2026, 3, 10), note="please read it")


def _rule(status: Status | None, **more: Any) -> Callable[[UnitOfWork, str], str]:
    said: dict[str, Any] = {"category": None, "ombudsman": None, "reason": "It is."} | more
    return lambda uow, reference: record_ruling(uow, reference, status=status, **said, **WRITES)


ACTS = (
    Act("agree", unread, _rule(None)),
    Act("correct to complaint", asked, _rule(Status.COMPLAINT, ombudsman=Ombudsman.HOUSING), writes=True),
    Act("correct to request", unread, _rule(Status.SERVICE_REQUEST, category="housing_rent"), writes=True),
    Act("correct to enquiry", unread, _rule(Status.ENQUIRY, flags=["vulnerable"], exclusions=[])),
    Act("correction", begun, _rule(Status.ENQUIRY, is_correction=True), writes=True),
    Act(
        "exclude", begun,
        lambda uow, reference: exclude(
            uow, reference, ground="appeal_route", evidence="The notice.", reasons=REASONS, own_grounds={},
            **WRITES,
        ),
        writes=True,
    ),
    Act(
        "extend", begun,
        lambda uow, reference: extend(
            uow, reference, to=date(2026, 3, 20), reason="The surveyor is away until then.", **WRITES
        ),
        writes=True,
    ),
    Act(
        "answer", begun,
        lambda uow, reference: answer(uow, reference, summary="We are sorry.", **WRITES), writes=True,
    ),
    Act(
        "answered elsewhere", begun,
        lambda uow, reference: answered_elsewhere(
            uow, reference, on=date(2026, 3, 3), by="Bo Lee", **DECIDES
        ),
    ),
    Act(
        "escalate", answered, lambda uow, reference: escalate(uow, reference, note="He rang.", **WRITES),
        writes=True,
    ),
    Act(
        "convert to complaint", asked,
        lambda uow, reference: convert_to_complaint(uow, reference, reason="She rang.", **WRITES),
        writes=True,
    ),
    Act(
        "convert to request", unread,
        lambda uow, reference: convert_to_request(uow, reference, reason="He only asks.", **WRITES),
        writes=True,
    ),
    Act(
        "close request", asked,
        lambda uow, reference: close_request(uow, reference, reason="Done.", **DECIDES),
    ),
    Act("assign", unread, lambda uow, reference: assign(uow, reference, to="sam", **DECIDES)),
    Act(
        "close", lambda: answered(actions=[]),
        lambda uow, reference: close(uow, reference, reason="Answered.", **DECIDES),
    ),
    Act(
        "reopen", lambda: answered(closed_on=date(2026, 3, 3), closed_why="Answered.", awaits_officer=False),
        lambda uow, reference: reopen(uow, reference, reason="It broke again.", **DECIDES),
    ),
    Act(
        "clarify", begun,
        lambda uow, reference: clarify(uow, reference, questions=["Which flat is damp?"], **WRITES),
        writes=True,
    ),
    Act(
        "ask for consent", begun,
        lambda uow, reference: ask_consent(uow, reference, represented="Mary Lee", **WRITES), writes=True,
    ),
    Act(
        "tell of progress", begun, lambda uow, reference: write_progress(uow, reference, **WRITES),
        writes=True,
    ),
    Act("add a point", begun, lambda uow, reference: add_point(uow, reference, "The lid broke.", **DECIDES)),
    Act(
        "decide a point", begun,
        lambda uow, reference: decide_point(
            uow, reference, 1, outcome=PointOutcome.NOT_UPHELD, finding="It was emptied.", **DECIDES
        ),
    ),
    Act(
        "promise", begun,
        lambda uow, reference: add_action(
            uow, reference, "A new lid", owner="depot", due_by=date(2026, 3, 20), point=1, **DECIDES
        ),
    ),
    Act(
        "keep a promise", begun,
        lambda uow, reference: finish_action(
            uow, reference, 1, done_on=date(2026, 3, 3), note="Delivered.", **DECIDES
        ),
    ),
    Act(
        "arrange", begun,
        lambda uow, reference: arrange(
            uow, reference, kind=ArrangementKind.DISABILITY, what="He cannot see well.",
            way=ContactWay.LARGE_PRINT, review_on=date(2026, 9, 1), policy=POLICY, **DECIDES,
        ),
    ),
    Act(
        "consent", lambda: begun(represented_name="Mary Lee"),
        lambda uow, reference: record_consent(
            uow, reference, kind=ArrangementKind.NO_CONSENT, by="Mary Lee", evidence="She rang.", **DECIDES
        ),
    ),
    Act(
        "complainant", unread,
        _rule(None, complainant=Person(name="Mary Lee", address="mary@example.net")), writes=True,
    ),
    Act("split points", two_matters, _split_off(points=(2,)), writes=True),
    Act("split a message", two_matters, _split_off(message=102), writes=True),
    Act(
        "merge", likely_reply,
        lambda uow, reference: merge(
            uow, reference, OTHER, reason="The same bin.", policy=POLICY, **DECIDES
        ),
        others=the_other,
    ),
    Act(
        "join", likely_reply,
        lambda uow, reference: confirm_reply(
            uow, reference, OTHER, reason="He writes for her.", working_days=POLICY.working_days, **DECIDES
        ),
        others=the_other,
    ),
)  # fmt: skip
"""Each with the case that it begins from."""


def as_it_is(case: Case) -> dict[str, Any]:
    """Return all that a case says now; what was undone, withdrawn or closed after all says nothing.

    The version only counts, and letters keep the fate of their own.
    """
    rows = {
        "messages": [(each.id, each.outcome, each.reason, each.settled_at) for each in case.messages],
        "rulings": [_fields(each) for each in case.rulings if each.undone_at is None],
        "letters": [_fields(each) for each in case.letters if each.state is not LetterState.WITHDRAWN],
        "tasks": [_fields(each) for each in case.tasks if each.closed_at is None],
        "closed tasks": [],
    }
    for name in ("points", "actions", "extensions", "refusals"):
        rows[name] = [_fields(each) for each in getattr(case, name)]
    own = {"version", "messages", "letters", "rulings", "tasks", "points", "actions", "extensions",
           "refusals"}  # fmt: skip
    return rows | {each.name: getattr(case, each.name) for each in fields(case) if each.name not in own}


def _fields(entity: Any) -> dict[str, Any]:
    return {each.name: getattr(entity, each.name) for each in fields(entity)}
