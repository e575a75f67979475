"""The forms about people: who handles a case, notes, what is agreed with the complainant, consent."""

from datetime import timedelta

from casework.add_note import add_note
from casework.arrangements import arrange, end_arrangement, keep_arrangement
from casework.assign import assign
from casework.consent import ask_consent, record_consent
from models.codes import ArrangementKind, ContactWay
from review.access.may import ROLES, May
from review.forms.fields import Field, Kind, Option
from review.forms.table import About, CaseForm, Doing, goes_on_here, options
from review.show.text import one_line
from review.show.words import day

_YEAR = timedelta(days=365)
_KINDS = {
    ArrangementKind.ADJUSTMENT: "Adjustment: they need to be dealt with in another way",
    ArrangementKind.DISABILITY: "Disability that we know of",
    ArrangementKind.VULNERABILITY: "Vulnerability: their cases stand higher in the queue",
    ArrangementKind.CONTACT: "Way of contact: no adjustment, only how they are reached",
    ArrangementKind.RESTRICTION: "Restriction: contact is limited, for reasons given to them",
}
_WAYS = {
    "": "As usual, by email",
    ContactWay.LARGE_PRINT.value: "In large print",
    ContactWay.POST.value: "By post",
    ContactWay.TELEPHONE_ONLY.value: "By telephone only",
    ContactWay.OTHER_ADDRESS.value: "To another email address",
}


def _assign_fields(about: About) -> tuple[Field, ...]:
    able = [each for each in about.people if not each.is_disabled and May.WORK_CASES in ROLES[each.role]]
    if not about.officer.may(May.ASSIGN):
        able = [each for each in able if each.name == about.officer.name]
    others = tuple(
        Option(each.name, each.full_name, "Away today" if each.is_away(about.today) else "")
        for each in able
        if each.name != about.case["assigned_to"]
    )
    return (
        Field("to", "Who takes it?", Kind.ONE, options=others, needed="Choose who takes it",
              value=others[0].value if len(others) == 1 else ""),
        Field("away", "Although they are away", Kind.TICK, option="even-if-away"),
        Field("reason", "Why?", hint="If there is something to say."),
    )  # fmt: skip


def _assign(doing: Doing) -> str:
    said = doing.said
    return assign(
        doing.uow, doing.reference, to=said["to"], reason=said["reason"], is_even_if_away=said["away"],
        **doing.decides,
    )  # fmt: skip


def _note(doing: Doing) -> str:
    return add_note(doing.uow, doing.reference, doing.said["note"], **doing.decides)


def _arrange_fields(about: About) -> tuple[Field, ...]:
    return (
        Field("kind", "What is it?", Kind.ONE, options=options({k.value: v for k, v in _KINDS.items()}),
              needed="Choose what it is"),
        Field("what", "What is agreed or known?", Kind.TEXT, rows=2, needed="Say what is agreed or known"),
        Field("way", "How do letters reach them?", Kind.ONE, options=options(_WAYS), value=""),
        Field("value", "Address or number", Kind.TEXT, rows=2, autocomplete="off",
              hint="The postal address, telephone number or email address that this way needs."),
        Field("reason", "Why?", Kind.TEXT, rows=2, hint="A restriction needs its reasons."),
        Field("review", "When is it looked at again?", Kind.DAY, value=(about.today + _YEAR).isoformat(),
              hint="Adjustments, disabilities and restrictions need a day."),
    )  # fmt: skip


def _arrange(doing: Doing) -> str:
    said = doing.said
    return arrange(
        doing.uow, doing.reference, kind=ArrangementKind(said["kind"]), what=said["what"],
        way=ContactWay(said["way"]) if said["way"] else None, value=said["value"], reason=said["reason"],
        review_on=said["review"], policy=doing.desk.policy, **doing.decides,
    )  # fmt: skip


def _keep(doing: Doing) -> str:
    return keep_arrangement(
        doing.uow, doing.reference, doing.number or 0, review_on=doing.said["review"],
        reason=doing.said["reason"], **doing.decides,
    )  # fmt: skip


def _end(doing: Doing) -> str:
    return end_arrangement(
        doing.uow, doing.reference, doing.number or 0, reason=doing.said["reason"], **doing.decides
    )


def _agreed_in_words(about: About) -> tuple[str, ...]:
    return tuple(
        f"{row['kind'].value.capitalize()}: {one_line(row['what'], longest=300)}, "
        f"since {day(row['agreed_on'])}"
        for row in about.rows.arrangements
        if row["id"] == about.number
    )


def _reason(label: str) -> Field:
    return Field("reason", label, Kind.TEXT, rows=2, needed="Say why, in a sentence")


def _consent_fields(about: About) -> tuple[Field, ...]:
    said = {
        ArrangementKind.CONSENT.value: "They agree",
        ArrangementKind.NO_CONSENT.value: "They do not agree",
    }
    return (
        Field("kind", "What did the person concerned say?", Kind.ONE, options=options(said),
              needed="Choose what they said"),
        Field("by", "Who said so?", needed="Enter who said so", value=about.case["represented_name"],
              autocomplete="off"),
        Field("evidence", "How is that known?", Kind.TEXT, rows=2, needed="Say how that is known"),
    )  # fmt: skip


def _consent(doing: Doing) -> str:
    said = doing.said
    return record_consent(
        doing.uow, doing.reference, kind=ArrangementKind(said["kind"]), by=said["by"],
        evidence=said["evidence"], **doing.decides,
    )  # fmt: skip


def _ask_consent(doing: Doing) -> str:
    return ask_consent(doing.uow, doing.reference, represented=doing.said["represented"], **doing.writes)


ASSIGN = CaseForm("assign", "Give the case to somebody", "Assign", _assign_fields, _assign, link="Assign")
NOTE = CaseForm(
    "note", "Add a note", "Add it",
    lambda _about: (
        Field("note", "Your note", Kind.TEXT, rows=5, needed="Enter the note",
              hint="For whoever works the case next. Nobody outside is told."),
    ),
    _note, fits=goes_on_here, can_be_undone=False,
)  # fmt: skip
ARRANGE = CaseForm(
    "arrange", "Agree on something with them", "Record it", _arrange_fields, _arrange, fits=goes_on_here,
    back_to="agreed",
    intro=lambda _about: ("It holds for the person: for all their cases, and for every later letter.",),
)  # fmt: skip
KEEP = CaseForm(
    "arrangement-keep", "Reviewed: it goes on", "Record it",
    lambda about: (
        Field("review", "When is it looked at again?", Kind.DAY, needed="Enter a day",
              value=(about.today + _YEAR).isoformat()),
        _reason("Why does it go on?"),
    ),
    _keep, fits=goes_on_here, intro=_agreed_in_words, can_be_undone=False, has_number=True, back_to="agreed",
)  # fmt: skip
END = CaseForm(
    "arrangement-end", "End what was agreed", "End it", lambda _about: (_reason("Why does it end?"),), _end,
    fits=goes_on_here, intro=_agreed_in_words, can_be_undone=False, has_number=True, back_to="agreed",
)  # fmt: skip
CONSENT = CaseForm(
    "consent", "Record consent", "Record it", _consent_fields, _consent,
    back_to="agreed",
    intro=lambda _about: (
        "Whether the person for whom somebody writes agrees to it. Every date stays as it is.",
    ),
)  # fmt: skip
ASK_CONSENT = CaseForm(
    "consent-ask", "Ask for consent", "See the letter",
    lambda about: (
        Field("represented", "For whom do they write?", value=about.case["represented_name"], option="by",
              needed="Enter for whom they write", autocomplete="off"),
    ),
    _ask_consent, previews=True,
    intro=lambda _about: ("We write to whoever writes for them. Every date stays as it is.",),
)  # fmt: skip
