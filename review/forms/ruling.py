"""The forms by which an officer decides what a case is: correct, convert, refuse, stage 2, whose it is."""

from collections.abc import Sequence

from casework.convert import convert_to_complaint, convert_to_request
from casework.escalate import escalate
from casework.exclude import WORDS_OF_THEIR_OWN, exclude
from casework.grounds import GROUNDS, ground_of
from casework.record_ruling import record_ruling
from models.case_page_rows import Row
from models.codes import Flag, Ombudsman, Status
from models.message import Person
from review.forms.fields import Field, Kind, Option
from review.forms.table import FORMAL, About, CaseForm, Doing, is_open, is_unanswered, options
from review.show.names import FLAGS, OMBUDSMEN, STATUSES
from review.show.words import day

STATUS_HINTS = {
    Status.COMPLAINT: "Unhappy with what the council did or did not do, and more than a first asking.",
    Status.SERVICE_REQUEST: "Asks for something to be done, apparently for the first time.",
    Status.ESCALATION: "Not content with the answer to a complaint, or asks for stage 2.",
    Status.COMPLIMENT: "Thanks or praise, and nothing to put right.",
    Status.ENQUIRY: "A question, comment or suggestion without a grievance.",
    Status.OTHER: "Nothing for a complaints team: advertising, notices, mail meant for others.",
}
"""What each status means, in a line (docs/triage.md)."""

_FLAG_HINTS = {
    Flag.THIRD_PARTY: "Somebody writes for another; consent is needed.",
    Flag.ELECTED_MEMBER: "A councillor or MP, or their office, writes.",
    Flag.VULNERABLE: "Age, illness, disability, pregnancy, a baby, bereavement, mental health.",
    Flag.REASONABLE_ADJUSTMENT: "They need to be dealt with in another way.",
    Flag.SAFETY_HAZARD: "Danger to life or health now.",
    Flag.SAFEGUARDING: "Signs of abuse, neglect, exploitation or self-harm.",
    Flag.PRE_ACTION: "A letter of claim, or proceedings announced.",
    Flag.ABUSIVE: "Threats or abuse towards staff.",
}
AS_IT_IS = ""
"""The choice that leaves the status as it is."""


def _rule_fields(about: About) -> tuple[Field, ...]:
    case = about.case
    fields = [
        Field(
            "status", "What is it?", Kind.ONE, options=_statuses(case), needed="Choose what it is",
            value=_status_in_force(case),
        ),
        Field("category", "Category", Kind.LIST, options=_categories(about), value=case["category"],
              needed="Choose a category"),
        Field("ombudsman", "Ombudsman", Kind.ONE, options=options({k.value: v for k, v in OMBUDSMEN.items()}),
              needed="Choose an Ombudsman", value=case["ombudsman"].value,
              hint="The Housing Ombudsman where the council acts as their landlord."),
        Field("flags", "What else is to be known", Kind.SEVERAL, options=tuple(
              Option(flag.value, FLAGS[flag], _FLAG_HINTS[flag]) for flag in Flag),
              value=tuple(str(flag) for flag in case["flags"])),
        Field("exclusions", "Grounds that may apply", Kind.SEVERAL,
              options=options(dict(about.desk.exclusions)), value=_suggested_exclusions(about),
              hint="For learning alone: this refuses nobody. To refuse, use “Do not accept”."),
        Field("reason", "Why?", Kind.TEXT, needed="Say in a sentence why", rows=2,
              hint="It is kept with the case and not sent."),
        Field("correction", "They never complained", Kind.TICK, hint=_CORRECTION),
        Field("disputed", "Do not learn from this: officers see it differently", Kind.TICK),
    ]  # fmt: skip
    return tuple(each for each in fields if each.name != "correction" or is_unanswered(case))


_CORRECTION = (
    "Only where they were told that they have a complaint and it never was one: they are told so, "
    "and how to complain all the same."
)


def _statuses(case: Row) -> tuple[Option, ...]:
    """Return what it can be; where more than the status hangs on it, leaving it is a choice of its own."""
    stays = [Option(AS_IT_IS, "Leave as it is", _what_stays(case))] if _what_stays(case) else []
    each_of = [Option(each.value, name, STATUS_HINTS[each]) for each, name in STATUSES.items()]
    return (*stays, *each_of)


def _what_stays(case: Row) -> str:
    """Say what a ruling that names no status leaves as it is, empty where a name changes nothing more."""
    if case["escalation_received_on"] is not None:
        return f"Stage 2 was asked for on {day(case['escalation_received_on'])} and waits to begin."
    if case["stage"] == 0 and case["status"] in FORMAL:
        return "The complaint was not accepted; naming it a complaint accepts it after all."
    if case["answered_on"] is not None:
        return f"Answered on {day(case['answered_on'])}; settle what came since."
    return ""


def _status_in_force(case: Row) -> str:
    return AS_IT_IS if _what_stays(case) else str(case["status"].value)


def _categories(about: About) -> tuple[Option, ...]:
    known = dict(about.desk.categories)
    known.setdefault(about.case["category"], about.case["category"].replace("_", " ").capitalize())
    return options(dict(sorted(known.items(), key=lambda pair: (pair[0] == "other", pair[1]))))


def _suggested_exclusions(about: About) -> tuple[str, ...]:
    rulings = [
        row for row in about.rows.rulings if row["undone_at"] is None and row["exclusions"] is not None
    ]
    if rulings:
        return tuple(rulings[-1]["exclusions"])
    found = about.rows.decisions[0]["document"].get("exclusions", []) if about.rows.decisions else []
    return tuple(str(each["code"]) for each in found)


def _rule(doing: Doing) -> str:
    said = doing.said
    done = record_ruling(
        doing.uow, doing.reference, status=_changed_status(doing), category=said["category"],
        ombudsman=Ombudsman(said["ombudsman"]), reason=said["reason"], flags=_flags(said["flags"]),
        exclusions=said["exclusions"], is_correction=said.get("correction", False),
        is_disputed=said["disputed"], **doing.writes,
    )  # fmt: skip
    case = doing.uow.cases.get(doing.reference)
    category = doing.desk.categories.get(case.category, case.category)
    return f"ruled: {STATUSES[case.status]}, {category}; {done}"


def _flags(said: Sequence[str] | None) -> list[Flag] | None:
    """Return the flags that apply; None where nobody was asked."""
    return None if said is None else [Flag(each) for each in said]


def _changed_status(doing: Doing) -> Status | None:
    """Return the status that was chosen; None where it is left as it is, which settles nothing more."""
    return Status(doing.said["status"]) if doing.said["status"] else None


def _exclude_fields(about: About) -> tuple[Field, ...]:
    suggested = _suggested_exclusions(about)
    known = [*GROUNDS, *about.desk.own_grounds]
    grounds = tuple(_ground(code, about) for code in known)
    return (
        Field("ground", "On which ground?", Kind.ONE, options=grounds, needed="Choose a ground",
              value=suggested[0] if len(suggested) == 1 and suggested[0] in known else ""),
        Field("reasons", "Why does it apply to this complaint?", Kind.TEXT, rows=6,
              needed="Say why the ground applies to this one complaint",
              hint=f"Stands in the letter. At least {WORDS_OF_THEIR_OWN} words of your own, to them."),
        Field("discretion", "If it is late: what did you consider before refusing?", Kind.TEXT, rows=3,
              hint="Needed for “over 12 months”. Stands in the letter (LGSCO 2.2, HO 2.3)."),
        Field("elsewhere", "Where else can they take it?", Kind.TEXT, rows=3,
              hint="Leave empty for the text under the ground. Needed for a ground of the council’s own."),
        Field("evidence", "What shows that the ground applies?", Kind.TEXT, rows=3,
              needed="Say what shows that the ground applies", hint="Kept with the case, not sent."),
    )  # fmt: skip


def _ground(code: str, about: About) -> Option:
    named = ground_of(code, own=dict(about.desk.own_grounds))
    name = about.desk.exclusions.get(code) or code.replace("_", " ").capitalize()
    return Option(code, name, f"{named.words} {named.elsewhere}".strip())


def _exclude(doing: Doing) -> str:
    said = doing.said
    return exclude(
        doing.uow, doing.reference, ground=said["ground"], evidence=said["evidence"],
        reasons=said["reasons"], discretion=said["discretion"], elsewhere=said["elsewhere"],
        own_grounds=dict(doing.desk.own_grounds), **doing.writes,
    )  # fmt: skip


def _reason_and_day(label: str) -> tuple[Field, ...]:
    return (
        Field("reason", "Why?", Kind.TEXT, needed="Say in a sentence why", rows=2),
        Field("received", label, Kind.DAY, hint="Leave empty for the day of their newest message."),
    )


def _to_complaint(doing: Doing) -> str:
    return convert_to_complaint(
        doing.uow, doing.reference, reason=doing.said["reason"], received=doing.said["received"],
        **doing.writes,
    )  # fmt: skip


def _to_request(doing: Doing) -> str:
    return convert_to_request(doing.uow, doing.reference, reason=doing.said["reason"], **doing.writes)


def _escalate_fields(about: About) -> tuple[Field, ...]:
    """Ask for the day, which is today unless they say another or one is on record."""
    on_record = about.case["escalation_received_on"]
    return (
        Field("received", "When did they ask for it?", Kind.DAY,
              value="" if on_record else about.today.isoformat(),
              hint=f"Leave empty for the day on record, {day(on_record)}." if on_record else ""),
        Field("note", "How did they ask?", hint="Such as by telephone. They need not say why."),
    )  # fmt: skip


def _escalate(doing: Doing) -> str:
    return escalate(
        doing.uow, doing.reference, received=doing.said["received"], note=doing.said["note"], **doing.writes
    )


def _complainant_fields(about: About) -> tuple[Field, ...]:
    case = about.case
    return (
        Field("name", "Their name", value=case["complainant_name"], autocomplete="off"),
        Field("email", "Their email address", value=case["complainant_address"], autocomplete="off",
              option="complainant", hint="Leave empty where they have none."),
        Field("reason", "How do you know?", Kind.TEXT, needed="Say how you know", rows=2),
    )  # fmt: skip


def _complainant(doing: Doing) -> str:
    said = doing.said
    return record_ruling(
        doing.uow, doing.reference, status=None, category=None, ombudsman=None, reason=said["reason"],
        complainant=Person(name=said["name"], address=said["email"].casefold()), **doing.writes,
    )  # fmt: skip


def _can_be_refused(case: Row) -> bool:
    return is_open(case) and (case["answered_on"] is None or case["escalation_received_on"] is not None)


RULE = CaseForm(
    "rule", "Correct", "Continue", _rule_fields, _rule, previews=True, ends_the_work=True,
)  # fmt: skip
EXCLUDE = CaseForm(
    "exclude", "Do not accept this complaint", "See the letter", _exclude_fields, _exclude,
    fits=_can_be_refused, link="Do not accept", previews=True, ends_the_work=True,
    intro=lambda _about: (
        "Only an officer does this, for reasons that fit this one case (LGSCO 2.1 to 2.5, HO 2.1 to 2.5).",
        "They are told that the Ombudsman can look at the decision. You see the letter before it goes.",
    ),
)  # fmt: skip
TO_COMPLAINT = CaseForm(
    "complaint", "Treat as a complaint", "Continue",
    lambda _about: _reason_and_day("When did their dissatisfaction reach us?"), _to_complaint,
    fits=lambda case: is_open(case) and not (case["stage"] and case["status"] in FORMAL), previews=True,
    ends_the_work=True,
    intro=lambda _about: ("Stage 1 begins. A service request stays open beside its complaint.",),
)  # fmt: skip
TO_REQUEST = CaseForm(
    "request", "Treat as a service request", "Continue",
    lambda _about: _reason_and_day("")[:1], _to_request, previews=True, ends_the_work=True,
    fits=lambda case: is_unanswered(case) and case["stage"] == 1,
    intro=lambda _about: ("Stage and clocks end; the audit keeps their dates.",),
)  # fmt: skip
ESCALATE = CaseForm(
    "stage-2", "Begin stage 2", "Continue", _escalate_fields, _escalate, previews=True, ends_the_work=True,
    fits=lambda case: is_open(case) and case["stage"] == 1 and case["answered_on"] is not None,
    intro=lambda _about: ("Whoever handled stage 1 gives the case up; somebody else takes it.",),
)  # fmt: skip
COMPLAINANT = CaseForm(
    "complainant", "Say who complains", "Continue", _complainant_fields, _complainant, previews=True,
    link="Who complains",
    intro=lambda _about: (
        "For a forwarded message, a web form or a wrong address: letters go to this person from now on.",
    ),
)  # fmt: skip
