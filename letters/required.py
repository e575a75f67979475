"""What each letter must hold, with the provision that asks for it (docs/letters.md has the same table)."""

from dataclasses import replace

from letters.acknowledgement import salutation_name
from letters.details import (
    ClarificationDetails,
    ConsentDetails,
    DigestDetails,
    ExtensionDetails,
    KnownIssueDetails,
    ProgressDetails,
    PromisedAction,
    RefusalDetails,
    ResponseDetails,
)
from letters.elements import Element, day, details, phrase, value
from letters.load_templates import decision_in_words
from models.codes import LetterKind, PointOutcome

OUR_RULE = "a rule of our own"
"""Where no Code asks for something, and no letter goes without it all the same."""

AUTOMATIC = frozenset({
    LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_2_ACKNOWLEDGEMENT,
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.RECEIPT, LetterKind.KNOWN_ISSUE,
    LetterKind.DUTY_ALERT, LetterKind.DIGEST,
})  # fmt: skip
"""The letters that no person writes; each says so."""

INTERNAL = frozenset({LetterKind.DUTY_ALERT, LetterKind.DIGEST})
"""The letters to our own officers."""

_MARKED_AUTOMATIC = phrase("that it was sent automatically", OUR_RULE, "sent automatically")
_READ_BY_TEAM = Element(
    "that a named team reads the message", OUR_RULE, lambda said: (said.house.team, "will read")
)

_REFERENCE = value("the case reference", "LGSCO 6.2, HO 6.2", lambda said: said.case.reference)
_RECEIVED = value("the date received", "LGSCO 6.2, HO 6.2", lambda said: day(said.case.received_on))
_DUE = value(
    "the date of the full answer", "LGSCO 6.3, 6.15; HO 6.3, 6.14", lambda said: day(said.case.respond_by)
)
_READ_BY = value("the date by which a person reads it", "LGSCO 5.3", lambda said: day(said.case.read_by))
_OWN_WORDS = Element(
    "what the person told us, in their words", "LGSCO 6.2, HO 5.6", lambda said: said.case.own_words
)
_ASKS = phrase("the question what would put it right", "LGSCO 6.2, HO 5.6", "what you would like us to do")
_NOT_OURS = Element(
    "what is not for us",
    "LGSCO 5.4, HO 5.7",
    lambda said: said.case.not_ours or ("for another organisation",),
)
_OFFICER = phrase("that an officer will give their name", "LGSCO 6.2, HO 6.2", "give you their name")
_OTHER_OFFICER = phrase("that somebody else reviews it", "LGSCO 6.14, HO 6.13", "did not deal with stage 1")
_OMBUDSMAN = (
    value("the Ombudsman's name", "LGSCO 3.7, HO 5.7", lambda said: said.ombudsman.name),
    value("the Ombudsman's telephone number", "LGSCO 3.7, HO 5.7", lambda said: said.ombudsman.telephone),
    value("the Ombudsman's website", "LGSCO 3.7, HO 5.7", lambda said: said.ombudsman.website),
    value("the Ombudsman's address", "LGSCO 3.7, HO 5.7", lambda said: said.ombudsman.address),
)
_ANY_TIME = phrase("that the Ombudsman advises at any time", "LGSCO 3.7, HO 5.7", "at any time")
_ADJUSTMENT = phrase("how to ask for an adjustment", "LGSCO 5.6, HO 5.10", "large print", "by post")
_REPRESENTATIVE = phrase("that somebody may help", "LGSCO 3.6, HO 5.6", "somebody to help you")
_NOT_A_COMPLAINT = phrase("how to say it is no complaint", "LGSCO 6.2", '"not a complaint"')
_PASSED_ON = phrase("that it goes to the service", "LGSCO 1.7, HO 1.5", "to the team that can")
_REQUEST_ROUTE = phrase("that it may be a request", "LGSCO 5.3", "asking for a service")
_CHOICE = phrase("the choice to complain", "LGSCO 1.7, 5.3; HO 1.5", '"treat it as a complaint"')
_STAGE_2_WAY = phrase("how to reach stage 2", "LGSCO 6.8, HO 6.9", '"take it to stage 2"')
_CLOCK_RUNS = phrase(
    "that the clock keeps running", "LGSCO 1.5, 3.6", "the date for our answer stays as it is"
)
_DEFINITION = phrase(
    "what a complaint is", "LGSCO 1.4, HO 1.2", "a complaint is when", "did or did not do", "our staff",
    "work for us", "affects you or other people",
)  # fmt: skip

_SIGNED = Element(
    "the name of the officer who signs", OUR_RULE, lambda said: (getattr(said.letter, "signed_by", ""),)
)
_REACHED = Element(
    "how the team is reached",
    OUR_RULE,
    lambda said: tuple(filter(None, (said.house.team, said.house.telephone, said.house.email))),
)
_NO_REPLY = phrase("that it is not to be replied to", OUR_RULE, "please do not reply")

_FOR_PEOPLE = (_REFERENCE, *_OMBUDSMAN, _ADJUSTMENT)
_FROM_AN_OFFICER = (*_FOR_PEOPLE, _SIGNED, _REACHED)
_SENT_BY_ITSELF = (*_FOR_PEOPLE, _MARKED_AUTOMATIC, _READ_BY_TEAM)
_FORMAL = (*_SENT_BY_ITSELF, _RECEIVED, _DUE, _OWN_WORDS, _ASKS, _NOT_OURS, _ANY_TIME, _REPRESENTATIVE)


def _stage(number: int, provision: str) -> Element:
    return phrase(f"that it is stage {number}", provision, f"at stage {number}")


def _actions(each: tuple[PromisedAction, ...]) -> tuple[str, ...]:
    return tuple(text for action in each for text in (action.what, day(action.done_on or action.due_by)))


def _remedies(letter: ResponseDetails) -> tuple[str, ...]:
    return tuple(point.remedy for point in letter.points if point.remedy)


def _reasons(letter: ResponseDetails) -> tuple[str, ...]:
    decided = (point for point in letter.points if point.outcome is not PointOutcome.WITHDRAWN)
    return tuple(point.finding for point in decided)


def _response(stage: int, provision: str) -> tuple[Element, ...]:
    """Return what a full answer holds at a stage."""
    return (
        *_FROM_AN_OFFICER,
        _RECEIVED,
        _stage(stage, provision),
        _DEFINITION,
        details(ResponseDetails, "every point of the complaint", provision,
                lambda letter: tuple(point.text for point in letter.points) or ("",)),
        details(ResponseDetails, "the decision on every point", provision,
                lambda letter: tuple(decision_in_words(point.outcome) for point in letter.points) or ("",)),
        details(ResponseDetails, "the reasons for every decision", provision, _reasons),
        details(ResponseDetails, "what puts it right", provision, _remedies),
        details(ResponseDetails, "what is still to be done, and by when", provision,
                lambda letter: _actions(letter.actions) or ("nothing is left for us to do",)),
    )  # fmt: skip


REQUIRED: dict[LetterKind, tuple[Element, ...]] = {
    LetterKind.STAGE_1_ACKNOWLEDGEMENT: (
        *_FORMAL, _stage(1, "LGSCO 6.2, HO 6.2"), _OFFICER, _NOT_A_COMPLAINT,
    ),
    LetterKind.STAGE_2_ACKNOWLEDGEMENT: (
        *_FORMAL, _stage(2, "LGSCO 6.12, HO 6.11"), _OFFICER, _OTHER_OFFICER,
    ),
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT: (*_SENT_BY_ITSELF, _RECEIVED, _PASSED_ON, _CHOICE),
    LetterKind.RECEIPT: (*_SENT_BY_ITSELF, _READ_BY, _REQUEST_ROUTE, _CHOICE),
    LetterKind.DUTY_ALERT: (_REFERENCE, _MARKED_AUTOMATIC, _NO_REPLY),
    LetterKind.EXTENSION: (
        *_FROM_AN_OFFICER,
        details(ExtensionDetails, "the reason for more time", "LGSCO 6.4, 6.16; HO 6.4, 6.15",
                lambda letter: (letter.reason,)),
        details(ExtensionDetails, "the date that was promised", "LGSCO 6.4, 6.16; HO 6.4, 6.15",
                lambda letter: (day(letter.promised),)),
        details(ExtensionDetails, "the new date", "LGSCO 6.4, 6.16; HO 6.4, 6.15",
                lambda letter: (day(letter.extended_to),)),
        phrase("that the Ombudsman can be asked about it", "LGSCO 6.5, 6.17; HO 6.5, 6.16",
               "if you are not happy that we need more time"),
    ),
    LetterKind.NOT_ACCEPTED: (
        *_FROM_AN_OFFICER,
        details(RefusalDetails, "the ground", "LGSCO 2.4, HO 2.4", lambda letter: (letter.ground,)),
        details(RefusalDetails, "the reasons for this one case", "LGSCO 2.4, HO 2.4",
                lambda letter: (letter.reasons,)),
        details(RefusalDetails, "what was considered of an exception", "LGSCO 2.2, HO 2.3",
                lambda letter: (letter.discretion,) if letter.discretion else ()),
        details(RefusalDetails, "where to take it instead", "LGSCO 2.4, HO 2.4",
                lambda letter: (letter.elsewhere,)),
        phrase("the right to take the decision to the Ombudsman", "LGSCO 2.4, HO 2.4",
               "you can take this decision to the"),
        phrase("that an officer decided", "LGSCO 2.1, 2.5", "an officer made this decision"),
    ),
    LetterKind.CORRECTION: (
        *_FROM_AN_OFFICER,
        _RECEIVED,
        phrase("that it is no longer a complaint", "LGSCO 1.7, HO 1.5", "no longer treat it as a complaint"),
        _CHOICE,
        _ANY_TIME,
    ),
    LetterKind.CONSENT_REQUEST: (
        *_FROM_AN_OFFICER,
        _CLOCK_RUNS,
        phrase("what shows that they agree", "LGSCO 1.5, 3.6", "that you may act for them"),
        details(ConsentDetails, "for whom they write", "LGSCO 1.5, 3.6",
                lambda letter: (salutation_name(letter.represented) or "somebody else",)),
    ),
    LetterKind.CLARIFICATION: (
        *_FROM_AN_OFFICER,
        replace(_CLOCK_RUNS, provision="LGSCO 6.2, 6.3; HO 6.2, 6.3"),
        details(ClarificationDetails, "the questions", "LGSCO 6.2, HO 5.6",
                lambda letter: letter.questions or ("",)),
    ),
    LetterKind.STAGE_1_RESPONSE: (
        *_response(1, "LGSCO 6.7, 6.8; HO 6.9"),
        _STAGE_2_WAY,
        phrase("that no reason need be given for stage 2", "LGSCO 6.13, HO 6.13",
               "do not have to give a reason"),
    ),
    LetterKind.STAGE_2_RESPONSE: (
        *_response(2, "LGSCO 6.18, HO 6.19"),
        phrase("that it is final", "LGSCO 6.18, HO 6.19", "our final answer"),
        phrase("the way to the Ombudsman", "LGSCO 6.18, HO 6.19", "you can now take your complaint to the"),
    ),
    LetterKind.PROGRESS: (
        *_FROM_AN_OFFICER,
        details(ProgressDetails, "every action, and when it was or will be done", "LGSCO 6.6, HO 6.6",
                lambda letter: _actions(letter.actions) or ("",)),
    ),
    LetterKind.KNOWN_ISSUE: (
        *_SENT_BY_ITSELF,
        _RECEIVED,
        _READ_BY,
        _PASSED_ON,
        _REQUEST_ROUTE,
        details(KnownIssueDetails, "what is known", "LGSCO 5.3", lambda letter: (letter.title, letter.known)),
        _CHOICE,
        _STAGE_2_WAY,
    ),
    LetterKind.DIGEST: (
        _MARKED_AUTOMATIC,
        _NO_REPLY,
        details(DigestDetails, "every case that is overdue or due", OUR_RULE,
                lambda letter: [row.reference for row in (*letter.overdue, *letter.due)]),
        details(DigestDetails, "the overdue on top", OUR_RULE,
                lambda letter: ("overdue",) if letter.overdue else ("nothing is overdue",)),
    ),
}  # fmt: skip
"""What each letter must hold."""

SAYS_AUTOMATIC = "automatic"
"""What no template of a letter says that an officer decides: a person wrote it, and a person is named."""
