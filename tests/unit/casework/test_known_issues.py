"""Known issues: which messages match, and what whoever wrote them gets."""

from datetime import date, timedelta
from typing import Any

import pytest
from builders import ANN, GUARD_AT, LETTERHEAD, NOW, TODAY, make_case, make_decision, make_letter, make_parsed
from fakes import FakeUnitOfWork

from casework.acknowledge import acknowledge_new_case, with_known_issue
from casework.known_issues import declare_issue, end_issue, matching_issue
from casework.policy import Caps, Policy
from casework.record_ruling import record_ruling
from models.case import Case
from models.codes import (
    AcknowledgementMode,
    ArrangementKind,
    Category,
    ContactWay,
    Flag,
    LetterKind,
    LetterState,
    Status,
    TaskKind,
)
from models.errors import InputInvalid
from models.people import Arrangement, KnownIssue

STAGE_1, RECEIPT = LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.RECEIPT
REQUEST, KNOWN = LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.KNOWN_ISSUE


def declare(uow: FakeUnitOfWork, **changes: Any) -> KnownIssue:
    """Declare that bins are not collected."""
    usual: dict[str, Any] = {
        "title": "Missed collections in Dale", "category": Category.WASTE_AND_RECYCLING.value,
        "words": ["bin", "wheelie bins", "won't"], "known": "A lorry has broken down.",
        "ends_on": date(2026, 3, 6), "officer": "amir", "now": NOW,
    }  # fmt: skip
    return declare_issue(uow, **(usual | changes))


def matches(text: str, **changes: Any) -> bool:
    """Say whether a message about waste with this text is about the issue."""
    uow = FakeUnitOfWork()
    declare(uow, **changes)
    parsed = make_parsed(subject="", text=text)
    return matching_issue(uow, parsed, make_decision(), now=NOW) is not None


@pytest.mark.parametrize(
    "text",
    [
        "The bin again.",
        "MY BIN!",
        "bin",
        "bin-lorry",
        "our wheelie\n bins",
        "they won’t come",
    ],
)
def test_a_message_with_one_of_the_words_matches(text: str) -> None:
    """Whole words in any case, across line ends, with either apostrophe."""
    assert matches(text)


@pytest.mark.parametrize("text", ["", "The bins again.", "cabin", "bin_2", "wheelie red bins", "wont"])
def test_a_message_without_the_whole_word_does_not_match(text: str) -> None:
    """Part of a word is another word."""
    assert not matches(text)


def test_a_word_in_the_subject_matches() -> None:
    """Some people write all they have to say there."""
    uow = FakeUnitOfWork()
    declare(uow)
    assert matching_issue(uow, make_parsed(subject="Bin", text="As above."), make_decision(), now=NOW)


def test_a_word_that_is_a_pattern_is_only_a_word() -> None:
    """What officers type is looked for as it stands."""
    assert matches("where is flat 7 (b)?", words=["7 (b)"])
    assert not matches("bxn", words=["b.n"])


def test_another_category_does_not_match() -> None:
    """A bin in a park is another team's matter."""
    assert not matches("The bin again.", category=Category.PARKS_AND_GREEN_SPACES.value)


@pytest.mark.parametrize("ends_on", [TODAY, None])
def test_an_issue_lasts_to_the_end_of_its_last_day(ends_on: date | None) -> None:
    """Or until an officer ends it."""
    assert matches("The bin again.", ends_on=ends_on)


def test_an_issue_that_was_ended_is_told_no_longer() -> None:
    """From the moment on which an officer ends it."""
    uow = FakeUnitOfWork()
    issue = declare(uow)
    assert "has ended" in end_issue(uow, issue.id or 0, officer="may", now=NOW)
    assert matching_issue(uow, make_parsed(text="bin"), make_decision(), now=NOW) is None
    with pytest.raises(InputInvalid, match="ended on 2026-03-02 already"):
        end_issue(uow, issue.id or 0, officer="may", now=NOW)
    assert [row.action for row in uow.audit.rows] == ["known_issue_declared", "known_issue_ended"]


def test_the_newest_of_two_issues_is_told() -> None:
    """What was declared last is what is known now."""
    uow = FakeUnitOfWork()
    declare(uow)
    newer = declare(uow, title="Strike")
    assert matching_issue(uow, make_parsed(text="bin"), make_decision(), now=NOW) is newer


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": " "}, "--title"),
        ({"known": ""}, "--known"),
        ({"officer": ""}, "--officer"),
        ({"words": [" ", ""]}, "--words"),
        ({"words": ["x"]}, "'x' is no word"),
        ({"words": ["long" * 30]}, "is no word"),
        ({"words": [f"word{number}" for number in range(51)]}, "50 at most"),
        ({"ends_on": date(2026, 3, 2)}, "--until 2026-03-02 cannot be right; name a day from 2026-03-03"),
        ({"ends_on": date(2036, 3, 2)}, "--until"),
    ],
)
def test_an_issue_that_is_not_whole_is_refused(changes: dict[str, Any], fault: str) -> None:
    """The refusal names the option that mends it, and nothing is on record."""
    uow = FakeUnitOfWork()
    with pytest.raises(InputInvalid, match=fault):
        declare(uow, **changes)
    assert (uow.known_issues.all, uow.audit.rows) == ([], [])


def acknowledge(
    uow: FakeUnitOfWork, *, policy: Policy | None = None, **said: Any
) -> tuple[Case, list[LetterKind]]:
    """Take in a message about the bin; return its case and the letters that were written."""
    case = make_case(reference=f"C-{len(uow.cases.all)}", guard_at=GUARD_AT)
    uow.cases.add(case)
    acknowledge_new_case(
        uow, case, message=case.messages[0], parsed=make_parsed(), decision=make_decision(**said),
        policy=policy or Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    return case, [letter.kind for letter in case.letters]


def known(**changes: Any) -> FakeUnitOfWork:
    """Return a record that knows of the issue."""
    uow = FakeUnitOfWork()
    declare(uow, **changes)
    return uow


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({"status": Status.SERVICE_REQUEST}, [KNOWN]),
        ({"status": Status.ENQUIRY}, [KNOWN]),
        ({"status": Status.SERVICE_REQUEST, "is_unsure": True}, [KNOWN]),
        ({"status": Status.COMPLAINT, "is_unsure": True}, [KNOWN]),
        ({"status": Status.COMPLIMENT}, [RECEIPT]),
        ({"status": Status.COMPLAINT}, [STAGE_1, KNOWN]),
        ({"status": Status.ESCALATION}, [LetterKind.STAGE_2_ACKNOWLEDGEMENT, KNOWN]),
        ({"status": Status.SERVICE_REQUEST, "flags": [Flag.SAFEGUARDING]}, [RECEIPT]),
        ({"status": Status.COMPLAINT, "flags": [Flag.ABUSIVE]}, [RECEIPT]),
        ({"status": Status.OTHER}, []),
    ],
)
def test_who_reports_a_known_issue_is_told_what_is_known(
    said: dict[str, Any], kinds: list[LetterKind]
) -> None:
    """In place of a receipt; what is surely a complaint is acknowledged first (LGSCO 6.2, HO 6.2)."""
    assert acknowledge(known(), **said)[1] == kinds


def test_a_complaint_that_is_sure_keeps_its_own_letter_in_every_mode() -> None:
    """The receipt of a council that sends receipts first is not replaced either (LGSCO 6.2, HO 6.2)."""
    policy = Policy(mode=AcknowledgementMode.RECEIPT_FIRST)
    case, kinds = acknowledge(known(), policy=policy)
    assert kinds == [RECEIPT, KNOWN]
    assert case.guard_at == GUARD_AT


def test_a_likely_complaint_is_still_guarded() -> None:
    """What is known of a fault is no acknowledgement of a complaint (LGSCO 6.2, HO 6.2)."""
    case, kinds = acknowledge(known(), is_unsure=True)
    assert (case.guard_at, case.respond_by, kinds) == (GUARD_AT, None, [KNOWN])


def test_the_case_notes_the_issue_even_where_no_letter_goes_out() -> None:
    """The officer who reads the case sees which issue it seems to be about."""
    uow = known()
    case, kinds = acknowledge(uow, policy=Policy(mode=AcknowledgementMode.OFFICER))
    assert kinds == []
    notes = {task.kind: task.note for task in case.tasks}
    assert notes[TaskKind.KNOWN_ISSUE] == "matches known issue 1: Missed collections in Dale"
    assert [(row.action, row.case_reference) for row in uow.audit.rows[1:]] == [
        ("known_issue_matched", case.reference)
    ]


def test_the_letter_says_what_is_known_and_that_they_may_complain() -> None:
    """Nobody is kept from complaining by a fault being known (LGSCO 1.7, 5.3; HO 1.5)."""
    case, _ = acknowledge(known(), status=Status.SERVICE_REQUEST)
    text = " ".join(case.letters[0].text.split())
    assert "A lorry has broken down." in text
    assert '"treat it as a complaint"' in text
    assert case.letters[0].known_issue == 1


def test_nobody_is_told_of_one_issue_twice_in_two_weeks() -> None:
    """The second message gets the usual letter, so nobody is left without an answer."""
    uow = known()
    acknowledge(uow, status=Status.SERVICE_REQUEST)
    assert acknowledge(uow, status=Status.SERVICE_REQUEST)[1] == [REQUEST]
    assert acknowledge(uow)[1] == [STAGE_1]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"queued_at": NOW - timedelta(days=13)}, REQUEST),
        ({"queued_at": NOW - timedelta(days=15)}, KNOWN),
        ({"known_issue": 2}, KNOWN),
        ({"recipient": "bo@example.org"}, KNOWN),
        ({"state": LetterState.FAILED}, KNOWN),
        ({"state": LetterState.WITHDRAWN}, KNOWN),
        ({"state": LetterState.HELD}, REQUEST),
        ({"state": LetterState.SENT}, REQUEST),
    ],
)
def test_what_was_told_is_told_again_where_it_did_not_reach_them(
    changes: dict[str, Any], kind: LetterKind
) -> None:
    """Two weeks, one issue, one address, and a letter that was not lost."""
    letter = make_letter(KNOWN, **({"known_issue": 1, "queued_at": NOW} | changes))
    uow = FakeUnitOfWork(make_case(reference="C-earlier", letters=[letter]))
    declare(uow)
    assert acknowledge(uow, status=Status.SERVICE_REQUEST)[1] == [kind]


def test_another_address_that_was_agreed_counts_as_theirs() -> None:
    """Letters go to the address that was agreed, and there they are counted."""
    uow = known()
    uow.people.add(
        Arrangement(
            address=ANN.address, kind=ArrangementKind.ADJUSTMENT, what="other address", reason="asked",
            officer="amir", agreed_on=TODAY, way=ContactWay.OTHER_ADDRESS, value="Carer@example.org",
        )
    )  # fmt: skip
    assert acknowledge(uow, status=Status.SERVICE_REQUEST)[1] == [KNOWN]
    assert acknowledge(uow, status=Status.SERVICE_REQUEST)[1] == [REQUEST]


@pytest.mark.parametrize(
    ("caps", "kinds"),
    [(Caps(per_address_a_day=1), [STAGE_1]), (Caps(per_address_a_day=2), [STAGE_1, KNOWN])],
)
def test_the_second_letter_goes_out_only_where_the_caps_leave_room(
    caps: Caps, kinds: list[LetterKind]
) -> None:
    """The acknowledgement comes first; a cap stops what is merely helpful (LGSCO 6.2, HO 6.2)."""
    assert acknowledge(known(), policy=Policy(caps=caps))[1] == kinds


def test_a_message_about_nothing_known_gets_its_usual_letter() -> None:
    """Where no issue matches, nothing changes."""
    case, kinds = acknowledge(known(words=["boiler"]), status=Status.SERVICE_REQUEST)
    assert kinds == [REQUEST]
    assert case.tasks == []


@pytest.mark.parametrize("flag", [Flag.SAFEGUARDING, Flag.ABUSIVE])
@pytest.mark.parametrize("status", Status)
def test_safeguarding_and_abuse_get_no_letter_about_an_issue(status: Status, flag: Flag) -> None:
    """The plain receipt at most, whatever is known."""
    assert with_known_issue(RECEIPT, make_decision(status, flags=[flag])) == (RECEIPT,)


def test_a_ruling_that_it_is_a_request_sends_no_second_letter() -> None:
    """The letter about the issue stood in its place; a ruling that it is a complaint is acknowledged."""
    uow = known()
    case, _ = acknowledge(uow, status=Status.SERVICE_REQUEST)
    rule(uow, case, Status.SERVICE_REQUEST)
    assert [letter.kind for letter in case.letters] == [KNOWN]
    assert [task.kind for task in case.tasks if task.closed_at is None] == []
    rule(uow, case, Status.COMPLAINT)
    assert [letter.kind for letter in case.letters] == [KNOWN, STAGE_1]


def rule(uow: FakeUnitOfWork, case: Case, status: Status) -> None:
    """Record an officer's ruling."""
    record_ruling(
        uow, case.reference, status=status, category=None, ombudsman=None, reason="read it",
        officer="amir", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
