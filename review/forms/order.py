"""The forms that put cases in order: split, merge, close and open again."""

from casework.close import close, reopen
from casework.convert import close_request
from casework.merge import merge
from casework.possible_reply import confirm_reply
from casework.split import split
from models.case_page_rows import Row
from models.codes import Status, TaskKind
from models.errors import InputInvalid
from models.reference import message_name, read_reference, references_in
from review.forms.fields import Field, Kind, Option
from review.forms.ruling import STATUS_HINTS
from review.forms.table import About, CaseForm, Doing, is_open, options
from review.show.names import STATUSES
from review.show.text import one_line
from review.show.words import moment


def _reason(hint: str = "") -> Field:
    return Field("reason", "Why?", Kind.TEXT, rows=2, needed="Say why, in a sentence", hint=hint)


def _split_fields(about: About) -> tuple[Field, ...]:
    points = {
        str(row["number"]): one_line(row["text"]) for row in about.rows.points if row["outcome"] is None
    }
    later = sorted(about.rows.messages, key=lambda row: row["id"])[1:]
    messages = {
        str(row["id"]): f"{message_name(row['id'])}, {moment(row['received_at'])}: "
        f"{one_line(row['subject'] or row['reply_text'], longest=60)}"
        for row in later
    }
    statuses = tuple(
        Option(each.value, name, STATUS_HINTS[each])
        for each, name in STATUSES.items()
        if each is not Status.ESCALATION
    )
    fields = [
        Field("points", "Which points leave?", Kind.SEVERAL, options=options(points),
              hint="They keep their dates and promises."),
        Field("message", "Or which message?", Kind.LIST, options=(Option("", "None"), *options(messages)),
              hint="A later message that raised a matter of its own; it is as old as itself."),
        Field("status", "What is the new case?", Kind.ONE, options=statuses, value=Status.COMPLAINT.value,
              needed="Choose what it is"),
        Field("category", "Its category", Kind.LIST, options=options(dict(about.desk.categories)),
              value=about.case["category"], needed="Choose its category"),
        _reason(),
    ]  # fmt: skip
    empty = {name for name, known in (("points", points), ("message", messages)) if not known}
    return tuple(each for each in fields if each.name not in empty)


def _split(doing: Doing) -> str:
    said = doing.said
    opened, done = split(
        doing.uow, doing.reference, points=[int(each) for each in said.get("points", ())],
        message=int(said["message"]) if said.get("message") else None, status=Status(said["status"]),
        category=said["category"], reason=said["reason"], **doing.writes,
    )  # fmt: skip
    return f"case {opened} came out of {doing.reference}; {done}"


def _split_intro(about: About) -> tuple[str, ...]:
    lines = ["The new case has the same person and its own acknowledgement; no clock begins again."]
    if not any(row["outcome"] is None for row in about.rows.points):
        lines.append("To split off part of a message, add its matters as points first.")
    return tuple(lines)


def _other_case(doing: Doing) -> str:
    into = read_reference(doing.said["into"])
    if into is None:
        raise InputInvalid("enter a reference such as C-4827-1930-70 (--into)")
    doing.may_see(into)
    return into


def _merge(doing: Doing) -> str:
    return merge(
        doing.uow, doing.reference, _other_case(doing), reason=doing.said["reason"],
        policy=doing.desk.policy, **doing.decides,
    )  # fmt: skip


def _join_fields(about: About) -> tuple[Field, ...]:
    asked = (
        row["note"] for row in about.rows.tasks
        if row["kind"] is TaskKind.POSSIBLE_REPLY and row["closed_at"] is None
    )  # fmt: skip
    quoted = next((each for note in asked for each in references_in(note)), "")
    return (
        Field("into", "To which case does it belong?", needed="Enter the reference of the case",
              hint="Such as C-4827-1930-70.", autocomplete="off", value=quoted),
        _reason("Such as: her son writes for her, from his own address."),
    )  # fmt: skip


def _join(doing: Doing) -> str:
    return confirm_reply(
        doing.uow, doing.reference, _other_case(doing), reason=doing.said["reason"],
        working_days=doing.desk.working_days, **doing.decides,
    )  # fmt: skip


def _close(doing: Doing) -> str:
    said = doing.said
    return close(
        doing.uow, doing.reference, reason=said["reason"], is_withdrawn=said["withdrawn"], **doing.decides
    )


def _close_request(doing: Doing) -> str:
    return close_request(doing.uow, doing.reference, reason=doing.said["reason"], **doing.decides)


def _reopen(doing: Doing) -> str:
    return reopen(doing.uow, doing.reference, reason=doing.said["reason"], **doing.decides)


def _has_open_request(case: Row) -> bool:
    is_beside = case["request_opened_on"] is not None or case["status"] is Status.SERVICE_REQUEST
    return is_open(case) and is_beside and case["request_closed_on"] is None


SPLIT = CaseForm(
    "split", "Split into several matters", "Split it off", _split_fields, _split, intro=_split_intro,
    link="Split", previews=True,
)  # fmt: skip
MERGE = CaseForm(
    "merge", "Merge into another case", "Merge",
    lambda _about: (
        Field("into", "Which case goes on?", needed="Enter the reference of the case that goes on",
              hint="Such as C-4827-1930-70.", autocomplete="off"),
        _reason(),
    ),
    _merge, link="Merge", beside=lambda doing: (_other_case(doing),), ends_the_work=True,
    intro=lambda _about: (
        "Only two cases of one person. Messages, letters, points and tasks move, and the earlier dates win.",
    ),
)  # fmt: skip
JOIN = CaseForm(
    "join", "Join it to the case that it answers", "Join", _join_fields, _join, link="It is a reply",
    beside=lambda doing: (_other_case(doing),), ends_the_work=True,
    intro=lambda _about: (
        "For what came as a case of its own and belongs to another, whoever wrote it. Its messages move.",
        "Nobody is told anything by it.",
    ),
)  # fmt: skip
CLOSE = CaseForm(
    "close", "Close the case", "Close it",
    lambda _about: (
        _reason("It is kept with the case."),
        Field("withdrawn", "They took it back", Kind.TICK, hint="Then no answer is owed to them."),
    ),
    _close, link="Close", ends_the_work=True,
    intro=lambda _about: ("It opens again by itself when they write.",),
)  # fmt: skip
CLOSE_REQUEST = CaseForm(
    "close-request", "Close the service request", "Close it",
    lambda _about: (_reason("Such as: the bin was emptied on Friday."),), _close_request,
    fits=_has_open_request, intro=lambda _about: ("A complaint about it goes on.",),
)  # fmt: skip
REOPEN = CaseForm(
    "reopen", "Open the case again", "Open it", lambda _about: (_reason(),), _reopen, link="Open again",
    fits=lambda case: case["closed_on"] is not None and not case["merged_into"],
)  # fmt: skip
