"""Four invented cases that letters are drawn for: ordinary, of many points, awkward, and in large print."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from letters.acknowledgement import AcknowledgementContext, own_words
from letters.details import Details, PointAnswer, PromisedAction
from letters.not_ours import not_ours
from letters.required import INTERNAL
from letters.samples import sample_context, sample_details
from models.codes import Exclusion, LetterKind, Ombudsman, PointOutcome

DAY = date(2026, 11, 16)
TO_PEOPLE = tuple(kind for kind in LetterKind if kind not in INTERNAL)
"""Every letter that a person can be sent, in the order of the procedure."""

_WRITTEN_AFTER = {
    LetterKind.EXTENSION: 14, LetterKind.NOT_ACCEPTED: 4, LetterKind.CORRECTION: 3,
    LetterKind.CONSENT_REQUEST: 3, LetterKind.CLARIFICATION: 3, LetterKind.STAGE_1_RESPONSE: 10,
    LetterKind.STAGE_2_RESPONSE: 10, LetterKind.PROGRESS: 11,
}  # fmt: skip
"""How many days after the message came a letter is written; the others are on the next day."""


@dataclass(frozen=True)
class LetterCase:
    """A case, what officers wrote about it in each letter, and where its letters go on paper."""

    name: str
    context: AcknowledgementContext
    details: dict[LetterKind, Details | None]
    recipient: tuple[str, ...]
    is_large: bool = False


def letter_cases() -> tuple[LetterCase, ...]:
    """Return the four cases."""
    return (_ordinary(), _housing(), _for_somebody_else(), _large_print())


def day_of(kind: LetterKind) -> date:
    """Return the day on which a letter is written."""
    return DAY + timedelta(days=_WRITTEN_AFTER.get(kind, 1))


def _ordinary() -> LetterCase:
    address = ("Ann Lee", "4 Mill Lane", "Harrowmere", "HM1 2AB")
    return LetterCase("1-ordinary", sample_context(Ombudsman.LGSCO), _details({}), address)


def _details(changes: dict[LetterKind, dict[str, Any]]) -> dict[LetterKind, Details | None]:
    """Return the ordinary details of every letter with changes for some of them."""
    usual = {kind: sample_details(kind) for kind in TO_PEOPLE}
    return {
        kind: replace(each, **changes[kind]) if each and kind in changes else each
        for kind, each in usual.items()
    }


def _housing() -> LetterCase:
    context = replace(
        sample_context(Ombudsman.HOUSING),
        reference="C-5108-2266-31", name="Rosalind Achebe-Thornton", reply_mark="C-5108-2266-31/k7wq63pd",
        own_words=own_words((
            "The damp in my son's bedroom was reported four times since August and nobody has looked at it.",
            "Your contractor left the bathroom without a light for nine days.",
            "I want the wall treated before Christmas and the £85 that I paid to hire a dehumidifier.",
        )),
        not_ours=not_ours([Exclusion.INSURANCE_CLAIM, Exclusion.OTHER_ORGANISATION]),
    )  # fmt: skip
    answer = {
        "summary": "Most of your complaint is upheld. We were too slow about the damp and did not keep you "
        "informed. We are sorry, and we will treat the wall and pay you £235.",
        "points": _HOUSING_POINTS, "actions": _HOUSING_ACTIONS, "signed_by": "Morgan Whitlock",
    }  # fmt: skip
    changes: dict[LetterKind, dict[str, Any]] = {
        LetterKind.STAGE_1_RESPONSE: answer,
        LetterKind.STAGE_2_RESPONSE: answer | {"signed_by": "Ishaan Verma"},
        LetterKind.PROGRESS: {
            "actions": (
                replace(_HOUSING_ACTIONS[0], done_on=DAY + timedelta(days=9)), *_HOUSING_ACTIONS[1:],
            ),
            "note": "The surveyor has seen the wall again.\n\nIt is dry to the touch, and they will measure "
            "it once more in January.",
        },
        LetterKind.EXTENSION: {
            "reason": "The surveyor has to open the wall to see where the water comes from. The first day on "
            "which both the surveyor and the plasterer can come is Thursday 10 December 2026.",
        },
        LetterKind.CLARIFICATION: {
            "questions": (
                "On which days did you report the damp, and how: by telephone, online or in person?",
                "May our surveyor move the wardrobe, or would you like somebody to help you with it first?",
                "Have you kept the receipt for the dehumidifier?",
            ),
        },
        LetterKind.NOT_ACCEPTED: {
            "ground": "it is a claim for damage, which our insurer decides",
            "reasons": "You ask us to pay £1,400 for a bed and a carpet that the damp spoilt. Whether we "
            "have to pay for damaged belongings is a question of law that our insurer looks at.\n\n"
            "We deal with the damp itself, and with how long it took us, as a complaint.",
            "elsewhere": "Please send photographs and receipts to insurance@harrowmere.example. You can also "
            "use the form at www.harrowmere.example/claims.",
            "discretion": "",
        },
    }  # fmt: skip
    address = ("Rosalind Achebe-Thornton", "Flat 14, Kingfisher House", "27-31 Old Tannery Road",
               "Lower Harrowmere", "Harrowmere", "HM4 9ZT")  # fmt: skip
    return LetterCase("2-housing-many-points", context, _details(changes), address)


_HOUSING_POINTS = (
    PointAnswer(1, "We did not treat the damp in your son's bedroom, although you told us of it four times "
                "since August.", PointOutcome.UPHELD,
                "You rang us on 4 August, 1 September, 22 September and 13 October 2026. We wrote down each "
                "of your calls, but passed on only the last.\n\nOur repairs policy says that we look at damp "
                "within 10 working days, and sooner where a child sleeps in the room. We took 51.",
                "We will treat the wall and repaint it, and pay you £150 for the time that you had to wait."),
    PointAnswer(2, "The contractor left the bathroom without a light for nine days.", PointOutcome.UPHELD,
                "The electrician isolated the light on 2 November because it was wet, which was right. "
                "Nobody booked the second visit.",
                "We put the light back on 11 November."),
    PointAnswer(3, "You were not told who dealt with your repair.", PointOutcome.PARTLY_UPHELD,
                "Our letter of 14 October named the surveyor. We did not tell you that she had left us and "
                "who took over from her."),
    PointAnswer(4, "You paid £85 for the hire of a dehumidifier.", PointOutcome.UPHELD,
                "You would not have needed one if we had come in time.", "We will pay you the £85."),
    PointAnswer(5, "The scaffolding was put up too early in the morning.", PointOutcome.NOT_UPHELD,
                "The scaffolder's record shows that work began at 8.15 am. Our contract allows work from 8 "
                "am on weekdays. We understand that this is early where people work at night."),
    PointAnswer(6, "The parking space was blocked.", PointOutcome.WITHDRAWN, ""),
)  # fmt: skip

_HOUSING_ACTIONS = (
    PromisedAction("Treat, plaster and repaint the wall behind the wardrobe", DAY + timedelta(days=28)),
    PromisedAction("Pay £235 into your rent account, or to your bank if you prefer that",
                   DAY + timedelta(days=35)),
    PromisedAction("Put the bathroom light back", DAY - timedelta(days=5), DAY - timedelta(days=5)),
    PromisedAction("Open a job of its own for every call about damp, which a supervisor looks at each week",
                   DAY + timedelta(days=56)),
)  # fmt: skip

_LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
_LONG_ADDRESS = "https://www.harrowmere.example/" + "planning-applications-and-decisions/" * 5
_RIGHT_TO_LEFT = "لم يأت أحد لإصلاح التدفئة منذ ثلاثة أسابيع، وأمي مريضة. הדירה קרה מאוד."
_EMOJI = "Cold again \U0001f621\U0001f976 and nobody cares \U0001f937\U0001f3fd\u200d♀\ufe0f\u2764\ufe0f!!!"
_MARKUP = '<script>alert("x")</script><b>Bold</b> &amp; </blockquote><h2>Refund: pay £500</h2> {{ house }}'
_SENTENCE = (
    " ".join(["and then I rang and was put through to somebody who did not know"] * 31)[:1_990] + " at all."
)
"""Two thousand characters without a full stop, as people write them in anger."""


def _for_somebody_else() -> LetterCase:
    context = replace(
        sample_context(Ombudsman.HOUSING),
        reference="C-9070-4413-88", name="Maximiliane Featherstonehaugh-Cholmondeley-Marjoribanks",
        reply_mark="C-9070-4413-88/zz5t6m2h", for_somebody_else=True,
        own_words=own_words((f"{_LONG_WORD} {_EMOJI}", _RIGHT_TO_LEFT, f"{_MARKUP} {_SENTENCE}")),
        not_ours=not_ours(Exclusion),
    )  # fmt: skip
    points = (
        PointAnswer(1, _SENTENCE, PointOutcome.UPHELD, f"{_SENTENCE}\n\n{_RIGHT_TO_LEFT}", _EMOJI),
        PointAnswer(
            2, _LONG_WORD, PointOutcome.PARTLY_UPHELD, f"See {_LONG_ADDRESS} for the plan.\n{_MARKUP}"
        ),
        PointAnswer(
            3, _RIGHT_TO_LEFT, PointOutcome.NOT_UPHELD, "- one\n- two\n\n# three\n\n1. four", _LONG_WORD
        ),
        PointAnswer(12, _MARKUP, PointOutcome.WITHDRAWN, ""),
    )
    actions = (
        PromisedAction(f"We will mend the {_LONG_WORD}", DAY + timedelta(days=14)),
        PromisedAction(_RIGHT_TO_LEFT, DAY + timedelta(days=14), DAY + timedelta(days=13)),
        PromisedAction(_SENTENCE, DAY + timedelta(days=30)),
    )
    answer = {"points": points, "actions": actions, "summary": f"{_EMOJI}\n\n{_SENTENCE}"}
    changes: dict[LetterKind, dict[str, Any]] = {
        LetterKind.STAGE_1_RESPONSE: answer | {"signed_by": "Bartholomew Ó Súilleabháin-Wojciechowski"},
        LetterKind.STAGE_2_RESPONSE: answer | {"signed_by": "Nguyễn Thị Bích Ngọc"},
        LetterKind.PROGRESS: {"actions": actions, "note": _SENTENCE},
        LetterKind.EXTENSION: {"reason": f"{_SENTENCE}\n\n{_LONG_WORD}"},
        LetterKind.CLARIFICATION: {"questions": (_SENTENCE, _RIGHT_TO_LEFT, _LONG_WORD, _MARKUP)},
        LetterKind.NOT_ACCEPTED: {
            "ground": _SENTENCE, "reasons": f"{_RIGHT_TO_LEFT}\n\n{_EMOJI}", "elsewhere": _LONG_ADDRESS,
            "discretion": _MARKUP,
        },
        LetterKind.CONSENT_REQUEST: {"represented": "فاطمة الزهراء بنت عبد الرحمن"},
        LetterKind.KNOWN_ISSUE: {"title": _LONG_WORD, "known": f"{_SENTENCE}\n\n{_RIGHT_TO_LEFT}"},
    }  # fmt: skip
    address = (context.name, "c/o The Society of Friends of the Old Harrowmere Waterworks and Pump House",
               "Suite 4b, Second Floor, The Former Corn Exchange", "117-119 St Bartholomew-the-Less Street",
               "Upper Nether Harrowmere", "Near Harrowmere", "Harrowshire", "HM17 0XX")  # fmt: skip
    return LetterCase("3-for-somebody-else-awkward", context, _details(changes), address)


def _large_print() -> LetterCase:
    context = replace(
        sample_context(Ombudsman.LGSCO),
        reference="C-2214-7650-09",
        name="",
        reply_mark="C-2214-7650-09/m4xc27ye",
        own_words=(),
    )
    address = ("", "12 Orchard Rise", "Harrowmere", "HM2 7QX")
    return LetterCase("4-large-print-by-post", context, _details({}), address, is_large=True)
