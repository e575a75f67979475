"""Every page that can be looked at, over one record: how it is reached, and what its title begins with."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from demonstration import references
from kept_case import SECOND as WITH_HTML
from kept_case import keep
from pages import Pages
from sqlalchemy import select
from worked_cases import answered, asked, begun, put

from models import orm
from models.codes import ArrangementKind, LetterKind, LetterState, Outcome, Role
from models.people import Arrangement, KnownIssue
from models.reference import reference_of
from models.unit_of_work import SqlUnitOfWork
from review.show.actions import FORMS, LISTS

NO_PAGES = frozenset({
    "queue.home", "case.attachment", "case.raw", "items.raw", "letters.pdf", "second_factor.square",
    "provider.begin", "provider.finish", "own_account.awake",
})  # fmt: skip
"""What is asked for and shows no page: redirects and downloads."""

IN_A_SANDBOX = frozenset({"case.html", "letters.page"})
"""Documents of their own, which a page of ours holds in a frame."""

_OPEN, _ANSWERED, _REQUEST, _CLOSED = (reference_of(number) for number in (901, 902, 903, 904))
_OF_A_ROW = {"decide": 2, "promise-kept": 1, "arrangement-keep": 1, "arrangement-end": 1}
_ON = {"stage-2": _ANSWERED, "complaint": _REQUEST, "close-request": _REQUEST, "reopen": _CLOSED}


@dataclass(frozen=True)
class Stop:
    """One page: the role that looks at it, the endpoint, the address, what its title begins with.

    `presses` is the button pressed there, for the page that comes then.
    """

    role: Role | None
    endpoint: str
    address: str
    name: str
    presses: str = ""
    fills: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @property
    def says(self) -> str:
        """How it is named where something is wrong."""
        return f"{self.address}{f', {self.presses}' if self.presses else ''}"


def furnish(pages: Pages) -> None:
    """Put on record what the demonstration's inbox has not: every kind of case, arrangement and letter."""
    put(pages, _OPEN, **begun())
    put(pages, _ANSWERED, **answered(letters=[]))
    put(pages, _REQUEST, **asked(letters=[]))
    put(pages, _CLOSED, **begun(letters=[], closed_on=date(2026, 11, 20), closed_why="Done."))
    keep(pages.engine, WITH_HTML, messages=3)
    with SqlUnitOfWork(pages.engine) as uow:
        uow.people.add(
            Arrangement(
                address="ann@example.org", kind=ArrangementKind.ADJUSTMENT, what="Write, do not ring.",
                reason="", officer="officer", agreed_on=date(2026, 11, 20), case_reference=_OPEN,
            )
        )  # fmt: skip
        uow.known_issues.add(
            KnownIssue(
                title="no heating in Ashby House", category="housing_repairs", words=["heating"],
                known="A pump has failed.", declared_by="officer", declared_at=pages.now,
            )
        )  # fmt: skip
        held = uow.cases.get(references(pages)["02"])
        held.letters[-1].state = LetterState.HELD
        uow.commit()


def stops(pages: Pages) -> list[Stop]:
    """Return every page, with a real case, message, letter and officer."""
    letter, quarantined = _numbers(pages)
    known = references(pages)
    heating, bins = known["01"], known["02"]
    by_role: dict[Role | None, list[tuple[Any, ...]]] = {
        None: [
            ("account.sign_in", "/sign-in", "Sign in"),
            ("account.sign_in", "/sign-in", "Error: Sign in", "Sign in"),
            ("account.set_password", "/set-password", "Set your password"),
            ("account.set_password", "/set-password", "Error: Set your password", "Set password"),
        ],
        Role.TEAM_MANAGER: [
            ("queue.show", "/queue", "Queue"),
            ("queue.show", "/queue?show=overdue&ombudsman=housing", "Queue: Overdue"),
            ("queue.show", "/queue?show=quarantine", "Queue: Quarantine"),
            ("queue.show", "/queue?show=mine", "Queue: Mine"),
            ("queue.show", "/queue?q=heating", "Search"),
            ("queue.show", "/queue?q=nothing-of-the-kind", "Search"),
            ("queue.show", "/queue?show=overdue", "Error: Queue", "Save"),
            ("case.show", f"/cases/{heating}", "27 Cobblers Row - heating"),
            ("case.show", f"/cases/{_OPEN}", "Missed bin"),
            ("case.show", f"/cases/{_CLOSED}", "Missed bin"),
            ("case.message", f"/cases/{heating}/messages/1", "M-1"),
            ("case.html", f"/cases/{heating}/messages/1/html", "M-1 as it was sent"),
            ("case.html", f"/cases/{bins}/messages/2/html", "M-2 as it was sent"),
            *(("ruling.show_list", f"/cases/{_OPEN}/{name}", words) for name, words in LISTS.items()),
            ("ruling.show_list", f"/cases/{heating}/points", "Points"),
            *(_form(name) for name in FORMS),
            ("ruling.show_form", f"/cases/{_ANSWERED}/answer", "Error: Answer"),
            ("ruling.show_form", f"/cases/{heating}/exclude", "Error: Do not accept", "See the letter"),
            ("ruling.show_form", f"/cases/{_OPEN}/question", "Check the letter", "See the letter",
             (("What do you need to know?", "Which of the two bins?"),)),
            ("letters.show_waiting", "/letters", "Letters that wait"),
            ("letters.show_waiting", "/letters?state=by_hand", "Letters that wait"),
            ("letters.show", f"/letters/{letter}", "Stage 1 acknowledgement"),
            ("letters.show", f"/letters/{letter}", "Error: Stage 1 ack", "Take it back"),
            ("letters.page", f"/letters/{letter}/page", ""),
            ("letter_words.edit", f"/letters/{letter}/edit", "Change the stage 1"),
            ("letter_words.edit", f"/letters/{letter}/edit", "Change the stage 1", "See how it reads"),
            ("letter_words.edit", f"/letters/{letter}/edit", "Error: Change the", "Keep these words",
             (("Letter", "Nothing that a Code asks for."),)),
            ("new_case.show", "/new-case", "New case"),
            ("new_case.show", "/new-case", "Error: New case", "Open the case"),
            ("items.show", f"/messages/{quarantined}", f"Message M-{quarantined}"),
            ("items.show", f"/messages/{quarantined}", "Error: Message", "Open a case"),
            ("office.issues", "/known-issues", "Known issues"),
            ("office.issues", "/known-issues", "Error: Known issues", "Declare it"),
            ("overview.show", "/overview", "Overview"),
            ("classifier.show", "/classifier", "The classifier"),
            ("office.show", "/settings", "Settings"),
            ("own_account.show", "/account", "Your account"),
            ("own_account.show", "/account", "Error: Your account", "Change password"),
            ("", "/people", "You may not see this page"),
            ("", "/nowhere", "Page not found"),
        ],
        Role.ADMINISTRATOR: [
            ("people.show", "/people", "People"),
            ("people.one", "/people/officer", "Ola Birch"),
            ("people.one", "/people/officer", "One-time code", "Give a new code"),
            ("people.one", "/people/administrator", "Error: Ade Cole", "Disable"),
            ("people.new", "/new-officer", "Add an officer"),
            ("people.new", "/new-officer", "Error: Add an officer", "Add officer"),
        ],
        Role.AUDITOR: [
            ("case.show", f"/cases/{heating}", "27 Cobblers Row - heating"),
            ("letters.show", f"/letters/{letter}", "Stage 1 acknowledgement"),
            ("items.show", f"/messages/{quarantined}", f"Message M-{quarantined}"),
        ],
    }  # fmt: skip
    return [Stop(role, *row) for role, rows in by_role.items() for row in rows]


def _form(name: str) -> tuple[str, str, str]:
    number = f"?number={_OF_A_ROW[name]}" if name in _OF_A_ROW else ""
    address = f"/cases/{_ON.get(name, _OPEN)}/{name}{number}"
    return "ruling.show_form", address, FORMS[name].title


def _numbers(pages: Pages) -> tuple[int, int]:
    """Return the number of a letter that is held, and of a message that could not be read."""
    with pages.engine.connect() as connection:
        letter = connection.scalar(
            select(orm.letters.c.id).where(
                orm.letters.c.state == LetterState.HELD,
                orm.letters.c.kind == LetterKind.STAGE_1_ACKNOWLEDGEMENT,
            )
        )
        quarantined = connection.scalar(
            select(orm.messages.c.id).where(orm.messages.c.outcome == Outcome.QUARANTINE)
        )
    assert letter
    assert quarantined
    return letter, quarantined
