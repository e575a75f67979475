"""An officer holds, changes and sends letters; what the Codes ask for stays in them."""

from datetime import date, timedelta

import pytest
from builders import LETTERHEAD, NOW, REFERENCE, make_letter
from fakes import FakeUnitOfWork
from hands import DECIDES, WRITES, acknowledged, make_action, make_officer, make_point, reviewed

from casework.actions import write_progress
from casework.answer import answer
from casework.clarify import clarify
from casework.consent import ask_consent
from casework.edit_letter import edit_letter, hold_letter, mark_of, missing_words, send_now, words_of
from casework.exclude import exclude
from casework.extend import extend
from casework.letters_by_hand import release
from casework.policy import Policy
from casework.record_ruling import record_ruling
from letters.required import REQUIRED
from letters.rewrite import REWORDED
from models.case import Case, Letter
from models.codes import LetterKind, LetterState, Status, TaskKind
from models.errors import InputInvalid, LetterIncomplete

HOUSE = {"own_grounds": {"flood": "Floods are the river authority's."}, "policy": Policy(),
         "letterhead": LETTERHEAD}  # fmt: skip
REASONS = "Your notice of 2 March can still be appealed to the tribunal until the end of the month."


def at_work(case: Case) -> FakeUnitOfWork:
    """Return a unit of work with a case and Pat."""
    uow = FakeUnitOfWork(case)
    uow.officers.add(make_officer("pat"))
    return uow


def written(kind: LetterKind) -> tuple[FakeUnitOfWork, Letter]:
    """Return the newest letter of a case in which an officer decided it, with its number."""
    case = acknowledged(points=[make_point()], actions=[make_action()])
    uow = at_work(case)
    match kind:
        case LetterKind.EXTENSION:
            extend(uow, REFERENCE, to=date(2026, 3, 20), reason="The surveyor is away until then.", **WRITES)
        case LetterKind.NOT_ACCEPTED:
            exclude(uow, REFERENCE, ground="flood", evidence="x", reasons=REASONS,
                    elsewhere="Write to the river authority at its own address, please.",
                    own_grounds=HOUSE["own_grounds"], **WRITES)  # fmt: skip
        case LetterKind.CLARIFICATION:
            clarify(uow, REFERENCE, questions=["Which of the two flats is the damp one?"], **WRITES)
        case LetterKind.CONSENT_REQUEST:
            ask_consent(uow, REFERENCE, represented="Mary Lee", **WRITES)
        case LetterKind.PROGRESS:
            write_progress(uow, REFERENCE, **WRITES)
        case LetterKind.CORRECTION:
            record_ruling(uow, REFERENCE, status=Status.ENQUIRY, category=None, ombudsman=None,
                          reason="She asks.", is_correction=True, **WRITES)  # fmt: skip
        case LetterKind.STAGE_1_RESPONSE:
            answer(uow, REFERENCE, summary="We are sorry.", **WRITES)
        case _:
            raise AssertionError(kind)
    uow.flush()
    letter = next(each for each in reversed(case.letters) if each.kind is kind)
    return uow, letter


DECIDED = [
    LetterKind.EXTENSION, LetterKind.NOT_ACCEPTED, LetterKind.CLARIFICATION, LetterKind.CONSENT_REQUEST,
    LetterKind.PROGRESS, LetterKind.CORRECTION, LetterKind.STAGE_1_RESPONSE,
]  # fmt: skip


@pytest.mark.parametrize("kind", DECIDED)
def test_a_letter_as_it_was_written_lacks_nothing(kind: LetterKind) -> None:
    """What it was made of is found again on record."""
    uow, letter = written(kind)
    assert missing_words(uow, letter.id or 0, words_of(letter), **HOUSE) == []


@pytest.mark.parametrize(
    ("kind", "words", "missing"),
    [
        (LetterKind.EXTENSION, "The surveyor is away until then.", "the reason for more time"),
        (LetterKind.EXTENSION, "Friday 20 March 2026", "the new date"),
        (LetterKind.NOT_ACCEPTED, REASONS, "the reasons for this one case"),
        (LetterKind.NOT_ACCEPTED, "Write to the river authority at its own address, please.",
         "where to take it instead"),
        (LetterKind.NOT_ACCEPTED, "You can take this decision to the", "the right to take the decision"),
        (LetterKind.CLARIFICATION, "Which of the two flats is the damp one?", "the questions"),
        (LetterKind.CONSENT_REQUEST, "Mary Lee", "for whom they write"),
        (LetterKind.PROGRESS, "A new bin", "every action"),
        (LetterKind.STAGE_1_RESPONSE, "The crew's record shows no visit on either day.",
         "the reasons for every decision"),
        (LetterKind.STAGE_1_RESPONSE, "(upheld)", "the decision on every point"),
        (LetterKind.STAGE_1_RESPONSE, "Pat Okoro", "the name of the officer who signs"),
    ],
)  # fmt: skip
def test_what_was_decided_and_is_left_out_is_named(kind: LetterKind, words: str, missing: str) -> None:
    """With its provision; nothing is changed, and the case not either."""
    uow, letter = written(kind)
    body = words_of(letter)
    assert words in body
    letter.state = LetterState.HELD
    before, version = letter.html, uow.cases.get(REFERENCE).version
    with pytest.raises(LetterIncomplete, match=missing):
        edit_letter(
            uow, letter.id or 0, subject=letter.subject, body=body.replace(words, ""), seen=mark_of(letter),
            **HOUSE, **DECIDES,
        )  # fmt: skip
    assert (letter.html, uow.cases.get(REFERENCE).version) == (before, version)


def test_what_may_be_put_into_other_words_is_known_by_its_name() -> None:
    """A name that no letter asks for any longer would let everything pass."""
    assert {element.what for elements in REQUIRED.values() for element in elements} >= REWORDED


def test_holding_an_answer_takes_back_that_it_was_given() -> None:
    """It counts from the day on which it is released (LGSCO 6.3, HO 6.3)."""
    uow, letter = written(LetterKind.STAGE_1_RESPONSE)
    case = uow.cases.get(REFERENCE)
    assert case.answered_on is not None
    hold_letter(uow, letter.id or 0, **DECIDES)
    assert (letter.state, case.answered_on) == (LetterState.HELD, None)
    (task,) = [each for each in case.tasks if each.kind is TaskKind.RELEASE_LETTER]
    release(uow, letter.id or 0, policy=Policy(), letterhead=LETTERHEAD, **DECIDES)
    assert task.closed_at == NOW
    assert case.answered_on == date(2026, 3, 3)


def test_sending_now_cuts_the_wait_short() -> None:
    """The delivery takes it at once."""
    uow, letter = written(LetterKind.EXTENSION)
    letter.due_at = NOW + timedelta(minutes=2)
    send_now(uow, letter.id or 0, **DECIDES)
    assert letter.due_at == NOW


def test_changed_words_stand_in_text_and_html_alike() -> None:
    """The audit keeps hashes of both, and none of the words."""
    uow, letter = written(LetterKind.EXTENSION)
    hold_letter(uow, letter.id or 0, **DECIDES)
    body = words_of(letter).replace("until then", "till then, we are sorry to say")
    edit_letter(uow, letter.id or 0, subject="More time", body=body, seen=mark_of(letter), **HOUSE, **DECIDES)
    assert "till then, we are sorry to say" in " ".join(letter.text.split())
    assert "till then, we are sorry to say" in letter.html
    row = uow.audit.rows[-1]
    assert row.action == "letter_edited"
    assert row.detail["before"] != row.detail["after"]
    assert "sorry" not in str(row.detail)


@pytest.mark.parametrize(
    "state", [LetterState.QUEUED, LetterState.SENT, LetterState.FAILED, LetterState.WITHDRAWN]
)
def test_only_what_is_held_back_is_changed(state: LetterState) -> None:
    """What would go by itself is held first; what has gone stays as it was."""
    uow, letter = written(LetterKind.EXTENSION)
    letter.state = state
    with pytest.raises(InputInvalid, match="only one that is held back"):
        edit_letter(
            uow, letter.id or 0, subject="x", body=words_of(letter), seen=mark_of(letter), **HOUSE, **DECIDES
        )


@pytest.mark.parametrize("act", [hold_letter, send_now])
def test_a_letter_on_its_way_is_not_held(act: object) -> None:
    """The delivery has it in hand."""
    uow, letter = written(LetterKind.EXTENSION)
    letter.claimed_until = NOW + timedelta(minutes=15)
    with pytest.raises(InputInvalid, match="on its way at this moment"):
        act(uow, letter.id or 0, **DECIDES)  # type: ignore[operator]  # one of two functions


def test_letters_to_our_own_people_are_nobodys_to_change() -> None:
    """Duty alerts go at once."""
    case = reviewed(letters=[make_letter(LetterKind.DUTY_ALERT)])
    uow = at_work(case)
    with pytest.raises(InputInvalid, match="our own people"):
        hold_letter(uow, 1, **DECIDES)
