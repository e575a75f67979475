"""The forms of the work on a complaint: its points, what was promised, questions, more time, the answer."""

from casework.actions import add_action, finish_action, write_progress
from casework.answer import answer
from casework.answered_elsewhere import answered_elsewhere
from casework.clarify import clarify
from casework.extend import extend
from casework.points import add_point, decide_point
from casework.record_ruling import record_ruling
from models.case_page_rows import Row
from models.codes import PointOutcome
from models.deadlines import EXTEND_BY
from models.errors import InputInvalid
from review.forms.fields import Field, Kind, Option
from review.forms.table import (
    About,
    CaseForm,
    Doing,
    goes_on_here,
    is_complaint,
    is_open,
    is_unanswered,
    options,
)
from review.show.text import one_line
from review.show.words import code, day

_FINAL_STAGE = 2
_QUESTIONS = 3
_OUTCOMES = {
    PointOutcome.UPHELD: "Upheld: they are right on this point",
    PointOutcome.PARTLY_UPHELD: "Partly upheld",
    PointOutcome.NOT_UPHELD: "Not upheld",
    PointOutcome.WITHDRAWN: "Withdrawn: they have taken it back",
}


def _extend_fields(about: About) -> tuple[Field, ...]:
    case, days = about.case, about.desk.working_days
    promised = case["extended_to"] or case["respond_by"]
    limit = days.extendable_to(case["respond_by"], stage=case["stage"])
    five = min(days.after(promised, 5), limit)
    return (
        Field("to", "Until when?", Kind.DAY, needed="Enter the new date", value=five.isoformat(),
              hint=f"Promised for {day(promised)}. At the latest {day(limit)}."),
        Field("reason", "Why is more time needed?", Kind.TEXT, needed="Say why more time is needed", rows=3,
              hint="Stands in the letter."),
    )  # fmt: skip


def _can_be_extended(case: Row) -> bool:
    return is_unanswered(case) and case["respond_by"] is not None and case["stage"] in EXTEND_BY


def _extend(doing: Doing) -> str:
    return extend(
        doing.uow, doing.reference, to=doing.said["to"], reason=doing.said["reason"], **doing.writes
    )


def _answer_intro(about: About) -> tuple[str, ...]:
    """Say of each point how far it is; the answer is made of them."""
    if not about.rows.points:
        return ("The answer is made of the points of the complaint. None is on record yet: add them first.",)
    return tuple(
        f"Point {row['number']}, {_found(row)}: {one_line(row['text'], longest=160)}"
        for row in about.rows.points
    )


def _found(row: Row) -> str:
    return code(row["outcome"]) if row["outcome"] else "no outcome yet"


def _answer(doing: Doing) -> str:
    return answer(doing.uow, doing.reference, summary=doing.said["summary"], **doing.writes)


def _answered_fields(about: About) -> tuple[Field, ...]:
    stages = {"1": "Stage 1", "2": "Stage 2"} if about.case["stage"] == _FINAL_STAGE else {"1": "Stage 1"}
    return (
        Field("stage", "Which answer?", Kind.ONE, options=options(stages), needed="Choose the stage",
              value=str(about.case["stage"])),
        Field("on", "When did it go? (stage 1)", Kind.DAY),
        Field("by", "Who gave it? (stage 1)", hint="An officer’s name, or anybody’s who answered before.",
              autocomplete="off"),
        Field("reason", "How is that known?", Kind.TEXT, rows=2, needed="Say how it is known"),
    )  # fmt: skip


def _answered(doing: Doing) -> str:
    said = doing.said
    if said["stage"] == str(_FINAL_STAGE):
        return record_ruling(
            doing.uow, doing.reference, status=None, category=None, ombudsman=None, is_answered=True,
            reason=said["reason"], **doing.writes,
        )  # fmt: skip
    if said["on"] is None:
        raise InputInvalid("enter the day on which stage 1 was answered (--on)")
    return answered_elsewhere(
        doing.uow, doing.reference, on=said["on"], by=said["by"], reason=said["reason"], **doing.decides
    )


def _question_fields(_about: About) -> tuple[Field, ...]:
    first = Field("question_1", "What do you need to know?", Kind.TEXT, rows=2, needed="Enter a question",
                  option="question", hint="Written to them, as it will stand in the letter.")  # fmt: skip
    more = (
        Field(f"question_{number}", f"Question {number} (if there is one)", Kind.TEXT, rows=2)
        for number in range(2, _QUESTIONS + 2)
    )
    return (first, *more)


def _ask(doing: Doing) -> str:
    asked = [said for name, said in doing.said.items() if name.startswith("question_") and said]
    return clarify(doing.uow, doing.reference, questions=asked, **doing.writes)


def _point_fields(about: About) -> tuple[Field, ...]:
    categories = {"": "The same as the case’s", **about.desk.categories}
    return (
        Field("text", "What is the point?", Kind.TEXT, needed="Enter the point", option="add", rows=3,
              hint="In a sentence or two, as it will stand in the answer."),
        Field("raised", "When was it raised?", Kind.DAY,
              hint="Leave empty for the day of their newest message."),
        Field("category", "Category", Kind.LIST, options=options(categories)),
    )  # fmt: skip


def _add_point(doing: Doing) -> str:
    said = doing.said
    return add_point(
        doing.uow, doing.reference, said["text"], raised_on=said["raised"], category=said["category"],
        **doing.decides,
    )  # fmt: skip


def _decide_fields(about: About) -> tuple[Field, ...]:
    point = next((row for row in about.rows.points if row["number"] == about.number), None)
    if point is None:
        return ()
    return (
        Field("outcome", "What did you find?", Kind.ONE, needed="Choose what you found",
              options=options({code.value: words for code, words in _OUTCOMES.items()}),
              value=point["outcome"].value if point["outcome"] else ""),
        Field("finding", "Why?", Kind.TEXT, rows=6, value=point["finding"],
              hint="What was found and how you know. Stands in the answer (LGSCO 6.6, HO 6.6)."),
        Field("remedy", "What puts it right?", Kind.TEXT, rows=3, value=point["remedy"],
              hint="Stands in the answer. What is still to be done is a promised action."),
    )  # fmt: skip


def _decide(doing: Doing) -> str:
    said = doing.said
    return decide_point(
        doing.uow, doing.reference, doing.number or 0, outcome=PointOutcome(said["outcome"]),
        finding=said["finding"], remedy=said["remedy"], **doing.decides,
    )  # fmt: skip


def _point_in_words(about: About) -> tuple[str, ...]:
    return tuple(row["text"] for row in about.rows.points if row["number"] == about.number)


def _promise_fields(about: About) -> tuple[Field, ...]:
    points = {str(row["number"]): one_line(row["text"], longest=80) for row in about.rows.points}
    fields = (
        Field("what", "What was promised?", Kind.TEXT, rows=2, needed="Say what was promised", option="add",
              hint="As it will stand in the answer, such as: Deliver a new bin."),
        Field("owner", "Who sees to it?", needed="Say who sees to it", hint="A person or a team."),
        Field("due", "By when?", Kind.DAY, needed="Enter the day by which it will be done"),
        Field("point", "Which point does it put right?", Kind.LIST,
              options=(Option("", "None in particular"), *options(points))),
    )  # fmt: skip
    return fields if points else fields[:-1]


def _promise(doing: Doing) -> str:
    said = doing.said
    return add_action(
        doing.uow, doing.reference, said["what"], owner=said["owner"], due_by=said["due"],
        point=int(said["point"]) if said.get("point") else None, **doing.decides,
    )  # fmt: skip


def _kept_fields(about: About) -> tuple[Field, ...]:
    return (
        Field("done", "When was it done?", Kind.DAY, value=about.today.isoformat(), needed="Enter the day"),
        Field("note", "What was done, or how do you know?", Kind.TEXT, rows=2, needed="Say what was done"),
    )


def _kept(doing: Doing) -> str:
    return finish_action(
        doing.uow,
        doing.reference,
        doing.number or 0,
        done_on=doing.said["done"],
        note=doing.said["note"],
        **doing.decides,
    )


def _promise_in_words(about: About) -> tuple[str, ...]:
    return tuple(
        f"{row['what']} ({row['owner']}, by {day(row['due_by'])})"
        for row in about.rows.actions
        if row["number"] == about.number
    )


def _tell(doing: Doing) -> str:
    return write_progress(doing.uow, doing.reference, note=doing.said["note"], **doing.writes)


EXTEND = CaseForm(
    "extend", "More time for the answer", "See the letter", _extend_fields, _extend, fits=_can_be_extended,
    link="More time", previews=True,
)  # fmt: skip
ANSWER = CaseForm(
    "answer", "Answer the complaint", "See the letter",
    lambda _about: (
        Field("summary", "The answer in short", Kind.TEXT, rows=4,
              hint="A sentence or two before the points, such as an apology. It may stay empty."),
    ),
    _answer, fits=is_unanswered, intro=_answer_intro, previews=True, ends_the_work=True,
)  # fmt: skip
ANSWERED = CaseForm(
    "answered", "Record an answer given elsewhere", "Record it", _answered_fields, _answered,
    fits=is_complaint, link="Answered elsewhere",
)  # fmt: skip
QUESTION = CaseForm(
    "question", "Ask a question", "See the letter", _question_fields, _ask, previews=True,
    intro=lambda _about: ("Every date stays as it is: no clock waits for the answer.",),
)  # fmt: skip
ADD_POINT = CaseForm(
    "point", "Add a point", "Add it", _point_fields, _add_point, fits=is_open, back_to="points",
)  # fmt: skip
DECIDE_POINT = CaseForm(
    "decide", "What was found on a point", "Record it", _decide_fields, _decide, intro=_point_in_words,
    has_number=True, back_to="points",
)  # fmt: skip
PROMISE = CaseForm(
    "promise", "Record a promise", "Record it", _promise_fields, _promise, back_to="promises",
)  # fmt: skip
PROMISE_KEPT = CaseForm(
    "promise-kept", "A promise was kept", "Record it", _kept_fields, _kept, fits=goes_on_here,
    intro=_promise_in_words, has_number=True, back_to="promises",
)  # fmt: skip
PROGRESS = CaseForm(
    "progress", "Tell them how far the promises are", "See the letter",
    lambda _about: (Field("note", "Anything to add?", Kind.TEXT, rows=3, hint="Stands in the letter."),),
    _tell, fits=goes_on_here, link="Progress letter", previews=True,
)  # fmt: skip
