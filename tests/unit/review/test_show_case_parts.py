"""The parts of a case's page: messages, letters, tasks, the person, the trail, and what officers decided."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, TODAY, make_decision

from models.codes import (
    ArrangementKind,
    ContactWay,
    Exclusion,
    LetterKind,
    LetterState,
    Outcome,
    Status,
    TaskKind,
)
from models.deadlines import WorkingDays
from review.show.complainant import (
    agreed_with,
    found_in_words,
    other_cases_of,
    people_of,
    person_in_words,
    somebody_else,
)
from review.show.letters import letters_of
from review.show.messages import NEWEST_SHOWN, OTHERS_SHOWN, ShownMessage, messages_of, size_in_words
from review.show.names import Names
from review.show.suggestion import suggestion_of
from review.show.tasks import TITLES, note_in_words, to_do
from review.show.trail import SENTENCES, Step, trail_of
from review.show.words import sentence

NAMES = Names(
    categories={"waste_and_recycling": "Waste and recycling", "own": "Our own"},
    exclusions={"appeal_route": "Appeal route"},
    officers={"pat": "Pat Okoro"},
)
ROOT = Path(__file__).parents[3]


def message(**changes: Any) -> dict[str, Any]:
    """Return a message's row as the page asks for it."""
    usual: dict[str, Any] = {
        "id": 3, "sender_name": "Ann Lee", "sender_address": "ann@example.org", "received_at": NOW,
        "subject": "Missed bin", "reply_text": "The bin was missed again this week.",
        "reason": "a new matter", "people": {}, "outcome": Outcome.CASE, "filename": "", "sha256": "0" * 64,
    }  # fmt: skip
    row = usual | changes
    row.setdefault("text", row["reply_text"])
    return {"reply_length": len(row["reply_text"]), "text_length": len(row["text"])} | row


def shown(*rows: dict[str, Any], **more: Any) -> tuple[ShownMessage, ...]:
    """Return messages as they are shown."""
    usual: dict[str, Any] = {"attachments": (), "decisions": (), "copies": ()}
    return messages_of(rows, names=NAMES, **(usual | more))


def test_quoted_mail_stands_apart_from_the_new_words() -> None:
    """Above or below them, and however it is wrapped."""
    (one,) = shown(message(text="The bin was missed\nagain this week.\n\nOn Monday we wrote:\n> Dear Ann"))
    assert one.quoted == "On Monday we wrote:\n> Dear Ann"
    assert [each.text for each in one.words] == ["The bin was missed again this week."]


def test_a_new_part_that_is_not_in_the_text_leaves_the_whole_text_to_read() -> None:
    """A web form's message is put together from its fields."""
    (one,) = shown(message(text="Name: Ann\nMessage:\nsomething else"))
    assert one.quoted == "Name: Ann\nMessage:\nsomething else"


def test_a_message_without_quoted_mail_has_none() -> None:
    """White space around the text is nothing that was quoted."""
    (one,) = shown(message(text="\nThe bin was missed again this week.\n "))
    assert one.quoted == ""


def test_long_messages_are_cut_the_newest_least_and_a_whole_one_not_at_all() -> None:
    """How much is left out is said."""
    long = message(reply_text="a" * 50_000)
    newest, other = shown(long, long)
    assert (newest.left_out, other.left_out) == (50_000 - NEWEST_SHOWN, 50_000 - OTHERS_SHOWN)
    (whole,) = shown(long, is_whole=True)
    assert whole.left_out == 0


def test_what_the_database_cut_counts_as_left_out() -> None:
    """The page has the lengths of the whole texts."""
    (one,) = shown(message(reply_text="a" * 100, reply_length=1_000))
    assert one.left_out == 900


def test_words_that_the_database_cut_are_not_taken_for_quoted_mail() -> None:
    """What comes after the cut is still the sender's own."""
    (one,) = shown(message(reply_text="a" * 100, reply_length=1_000, text="a" * 900))
    assert (one.quoted, one.quoted_left_out) == ("", 0)


def test_a_passage_is_marked_in_the_words_and_in_what_is_attached() -> None:
    """Triage reads attachments where the words only point at them."""
    decision = {"message_id": 3, "decided_at": NOW, "document": make_decision().as_json()}
    file = {
        "id": 9, "message_id": 3, "filename": "letter.txt", "content_type": "text/plain", "size": 2_048,
        "text": "Sir. The bin was missed again this week.", "text_length": 40, "confidence": 0.834,
        "fault": "",
    }  # fmt: skip
    (in_words,) = shown(message(), decisions=[decision])
    assert [each.is_marked for each in in_words.words] == [True]
    (in_file,) = shown(message(reply_text="See attached."), attachments=[file], decisions=[decision])
    assert [(each.text, each.is_marked) for each in in_file.attachments[0].pieces] == [
        ("Sir. ", False), ("The bin was missed again this week.", True),
    ]  # fmt: skip
    assert in_file.attachments[0].read == "recognised in a picture, 83% sure"
    assert in_file.attachments[0].size == "2 KB"
    assert in_file.why.passages[0].where == "in letter.txt"


@pytest.mark.parametrize(("size", "words"), [(12, "12 bytes"), (5_000, "5 KB"), (3_500_000, "3.3 MB")])
def test_a_size_is_said_for_people(size: int, words: str) -> None:
    """In bytes only where they are few."""
    assert size_in_words(size) == words


def test_a_suggestion_names_the_likeliest_first_and_what_a_rule_settled_before_them() -> None:
    """A rule may settle a status that the classifier thinks less likely."""
    document = make_decision(Status.COMPLAINT, probability=0.3, second=Status.ENQUIRY).as_json()
    found = suggestion_of({"message_id": 3, "decided_at": NOW, "document": document}, NAMES)
    assert [(each.name, each.probability) for each in found.statuses] == [
        ("Complaint", 0.3),
        ("Enquiry", 0.7),
    ]
    assert (found.sureness, found.category.name) == ("a guess", "Waste and recycling")


def test_an_unsure_suggestion_says_that_the_officer_decides_and_why() -> None:
    """In the words of triage."""
    document = make_decision(is_unsure=True).as_json()
    found = suggestion_of({"message_id": 3, "decided_at": NOW, "document": document}, NAMES)
    assert (found.sureness, found.doubts) == ("you decide", ("the status is unsure",))


def letter(**changes: Any) -> dict[str, Any]:
    """Return a letter's row."""
    usual: dict[str, Any] = {
        "id": 5, "kind": LetterKind.STAGE_1_ACKNOWLEDGEMENT, "state": LetterState.SENT, "attempts": 1,
        "recipient": "ann@example.org", "subject": "We have it", "text": "Dear Ann", "queued_at": NOW,
        "due_at": NOW, "sent_at": NOW, "last_fault": "",
    }  # fmt: skip
    return usual | changes


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, "Sent Tue 3 Mar 2026, 10:00"),
        ({"state": LetterState.QUEUED, "sent_at": None}, "On its way since Tue 3 Mar 2026, 10:00"),
        ({"state": LetterState.QUEUED, "sent_at": None, "due_at": datetime(2026, 3, 3, 10, 2, tzinfo=UTC)},
         "Goes out by itself, not before Tue 3 Mar 2026, 10:02"),
        ({"state": LetterState.HELD, "sent_at": None},
         "Held since Tue 3 Mar 2026, 10:00 until an officer lets it go"),
        ({"state": LetterState.BY_HAND, "sent_at": None},
         "Written Tue 3 Mar 2026, 10:00, for a person to post or read out"),
        ({"state": LetterState.FAILED, "sent_at": None}, "Written Tue 3 Mar 2026, 10:00, and did not arrive"),
        ({"state": LetterState.WITHDRAWN, "sent_at": None},
         "Written Tue 3 Mar 2026, 10:00, and taken back before it went"),
    ],
)  # fmt: skip
def test_a_letter_says_where_it_is_on_its_way(changes: dict[str, Any], stands: str) -> None:
    """In words with the time."""
    assert letters_of([letter(**changes)])[0].stands == stands


def test_a_letter_that_failed_says_why_and_how_often_it_was_tried() -> None:
    """What was last in its way is not lost."""
    (line,) = letters_of([letter(state=LetterState.FAILED, attempts=6, last_fault="550 no such person")])
    assert line.fault == "It was tried 6 times. 550 no such person"
    assert line.waits_for_somebody


def test_letters_to_us_and_those_taken_back_are_no_part_of_the_conversation() -> None:
    """The person never saw them."""
    rows = [letter(), letter(kind=LetterKind.DUTY_ALERT), letter(state=LetterState.WITHDRAWN)]
    assert [each.is_part_of_conversation for each in letters_of(rows)] == [True, False, False]


def task(**changes: Any) -> dict[str, Any]:
    """Return a task's row."""
    usual: dict[str, Any] = {
        "id": 1, "kind": TaskKind.READ_REPLY, "due_by": date(2026, 3, 10), "note": "please read it",
        "closed_at": None, "message_id": 3,
    }  # fmt: skip
    return usual | changes


def test_open_tasks_are_to_do_the_soonest_first() -> None:
    """What is closed is done."""
    rows = [task(), task(id=2, message_id=4, due_by=date(2026, 3, 2)), task(id=3, closed_at=NOW)]
    found = to_do(rows, reference="C-4827-1930-70", today=TODAY, working_days=WorkingDays())
    assert [(each.number, each.due, each.is_overdue) for each in found] == [
        (2, "Mon 2 Mar, 1 working day overdue", True), (1, "Tue 10 Mar, in 5 working days", False),
    ]  # fmt: skip


def test_a_task_that_stands_there_twice_is_shown_once() -> None:
    """Of two alerts what the later one says, with the earlier day; two letters to print are two tasks."""
    alert, letter = {"kind": TaskKind.DUTY_ALERT}, {"kind": TaskKind.PRINT_LETTER}
    rows = [
        task(id=1, note="he will jump", due_by=date(2026, 3, 3), **alert),
        task(id=2, note="he is at home", message_id=4, due_by=date(2026, 3, 4), **alert),
        task(id=3, note="please print", **letter), task(id=4, note="please print", **letter),
        task(id=5, note="please print the other", **letter),
    ]  # fmt: skip
    found = to_do(rows, reference="C-4827-1930-70", today=TODAY, working_days=WorkingDays())
    assert [(each.note, each.due.partition(",")[0]) for each in found] == [
        ("He is at home.", "Tue 3 Mar"), ("Please print.", "Tue 10 Mar"),
        ("Please print the other.", "Tue 10 Mar"),
    ]  # fmt: skip


def test_nobody_was_found_where_nobody_is_known() -> None:
    """A call without a name says nothing of who named them."""
    assert found_in_words("officer", "Ann Lee") == "named by an officer"
    assert found_in_words("officer", person_in_words("", "")) == ""
    nobody = {"name": "", "address": "", "found_in": "officer"}
    assert people_of({"complainant": nobody}) == (("Complainant", "Unknown sender"),)


@pytest.mark.parametrize(
    ("state", "is_to_come"),
    [(LetterState.QUEUED, True), (LetterState.HELD, True), (LetterState.BY_HAND, True),
     (LetterState.SENT, False), (LetterState.FAILED, False)],
)  # fmt: skip
def test_a_letter_that_waits_was_not_written_to_anybody_yet(state: LetterState, *, is_to_come: bool) -> None:
    """The conversation says what is to come."""
    assert letters_of([letter(state=state)])[0].is_to_come is is_to_come


@pytest.mark.parametrize(
    ("text", "says"),
    [("which bin?. letter queued", "Which bin? letter queued."), ("do they agree?.", "Do they agree?"),
     ("no. yes", "No. yes."), ("what?...", "What?...")],
)  # fmt: skip
def test_no_full_stop_follows_the_mark_of_a_question(text: str, says: str) -> None:
    """Nor any other that ends a sentence."""
    assert sentence(text) == says


def test_every_kind_of_task_has_a_title() -> None:
    """A new kind is named here too."""
    assert set(TITLES) == set(TaskKind)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("quotes C-4827-1930-70; confirm with `--joins C-4827-1930-70`, or rule on it",
         "Quotes C-4827-1930-70."),
        ("the receipt is held: please look at it and let it go, or take it back (heard letters list --held)",
         "The receipt is held: please look at it and let it go, or take it back."),
        ("new points? after the answer that is a case of its own: heard case split --message",
         "New points? after the answer that is a case of its own."),
        ("please read what is attached", "Please read what is attached."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_note_says_nothing_of_commands(note: str, words: str) -> None:
    """An officer of the pages has buttons."""
    assert note_in_words(note) == words


def test_a_task_names_the_other_case_that_it_is_about() -> None:
    """So that the page can lead there; its own reference is no other."""
    (found,) = to_do(
        [task(note="quotes C-0000-0001-95, see C-4827-1930-70")], reference="C-4827-1930-70", today=TODAY,
        working_days=WorkingDays(),
    )  # fmt: skip
    assert found.cases == ("C-0000-0001-95",)


def arrangement(**changes: Any) -> dict[str, Any]:
    """Return an arrangement's row."""
    usual: dict[str, Any] = {
        "id": 1, "kind": ArrangementKind.CONTACT, "what": "by email", "way": None, "value": "", "reason": "",
        "officer": "pat", "agreed_on": TODAY, "review_on": None, "case_reference": "C-4827-1930-70",
    }  # fmt: skip
    return usual | changes


def test_what_is_to_be_known_before_anybody_acts_stands_first() -> None:
    """Restrictions, adjustments, another way of contact; and a review that is due says so."""
    rows = [
        arrangement(),
        arrangement(id=2, kind=ArrangementKind.RESTRICTION, what="Letters only", reason="Calls at night",
                    review_on=TODAY),
        arrangement(id=3, way=ContactWay.POST, value="1 High Street", what="by post"),
    ]  # fmt: skip
    found = agreed_with(rows, {"reference": "C-4827-1930-70"}, NAMES, today=TODAY)
    assert [(each.number, each.is_pressing) for each in found] == [(2, True), (3, True), (1, False)]
    assert found[0].is_review_due
    assert found[1].how == "letters by post: 1 High Street"
    assert found[0].since == "since Tuesday 3 March 2026, recorded by Pat Okoro"


def test_consent_holds_for_its_own_case_alone() -> None:
    """Another case of the same representative has its own."""
    here = arrangement(kind=ArrangementKind.NO_CONSENT, what="Mary Lee")
    there = arrangement(id=2, kind=ArrangementKind.CONSENT, case_reference="C-0000-0001-95")
    found = agreed_with([here, there], {"reference": "C-4827-1930-70"}, NAMES, today=TODAY)
    assert [each.kind for each in found] == ["No consent"]


def test_other_officers_who_look_are_named_with_how_long_ago() -> None:
    """Whoever looks themselves is not."""
    lookers = {
        "pat": datetime(2026, 3, 3, 9, 58, tzinfo=UTC), "sam": datetime(2026, 3, 3, 9, 59, 50, tzinfo=UTC),
        "jo": NOW,
    }  # fmt: skip
    found = somebody_else(lookers, NAMES, me="jo", now=NOW)
    assert [(each.name, each.ago) for each in found] == [("sam", "just now"), ("Pat Okoro", "2 minutes ago")]


def test_people_are_told_once_with_where_they_were_found() -> None:
    """The complainant of a forward is not its sender."""
    ann = {"name": "Ann Lee", "address": "ann@example.org", "found_in": "forward"}
    staff = {"name": "Desk", "address": "desk@harrowmere.example", "found_in": "from"}
    told = people_of({"sender": staff, "complainant": ann, "reply_to": staff})
    assert told == (
        ("Sent by", "Desk, desk@harrowmere.example"),
        ("Complainant", "Ann Lee, ann@example.org (in the forwarded mail)"),
    )
    assert person_in_words("", "") == "Unknown sender"


def test_other_cases_say_how_they_stand() -> None:
    """Open, answered, closed or gone on in another."""
    usual: dict[str, Any] = {
        "reference": "C-0000-0001-95", "subject": "Bin", "status": Status.COMPLAINT, "stage": 1,
        "category": "own", "received_on": TODAY, "closed_on": None, "answered_on": None, "merged_into": "",
    }  # fmt: skip
    rows = [
        usual,
        usual | {"answered_on": TODAY},
        usual | {"closed_on": TODAY},
        usual | {"merged_into": "C-2"},
    ]
    ends = [each.stands.rpartition(", ")[2] for each in other_cases_of(rows, NAMES)]
    assert ends == ["open", "answered Tuesday 3 March 2026", "closed Tuesday 3 March 2026", "goes on as C-2"]


def step(action: str, actor: str = "heard", **detail: Any) -> Step:
    """Return one row of the trail in words."""
    row = {"at": NOW, "actor": actor, "action": action, "message_id": 3, "detail": detail}
    return trail_of([row], NAMES)[0]


@pytest.mark.parametrize(
    ("found", "who", "what"),
    [
        (step("message_sorted", road="new_case", reason="a new matter", defects=[]), "Heard",
         "Made a new case: a new matter."),
        (step("case_opened", status="complaint", letter="letter queued: stage_1_acknowledgement"), "Heard",
         "Opened this case, suggesting: complaint. Letter queued: stage 1 acknowledgement."),
        (step("guarded", "guard", done="letter queued: receipt"), "Heard (the guard)",
         "The acknowledgement was missing, so the guard acted: letter queued: receipt."),
        (step("ruling_recorded", "pat", after={"status": "enquiry", "category": "own"}, reason="only asks",
              letter=""), "Pat Okoro", "Ruled: Enquiry, Our own. Only asks."),
        (step("case_assigned", "sam", before="pat", after="jo", reason="she is away"), "sam",
         "Gave the case to jo, before with Pat Okoro. She is away."),
        (step("response_extended", "pat", promised="2026-03-17", extended_to="2026-03-24", reason="ill"),
         "Pat Okoro",
         "Put the answer off from Tuesday 17 March 2026 to Tuesday 24 March 2026. Ill."),
        (step("complaint_not_accepted", "pat", ground=Exclusion.APPEAL_ROUTE.value, reasons="It has one"),
         "Pat Okoro", "Did not accept the complaint: Appeal route. It has one."),
    ],
)  # fmt: skip
def test_the_trail_is_told_in_sentences(found: Step, who: str, what: str) -> None:
    """Who did what, and why; codes, days and names in words."""
    assert (found.who, found.what, found.about) == (who, what, "M-3")


def test_an_action_that_nobody_has_put_into_words_is_told_with_its_detail() -> None:
    """Nothing of the audit is hidden."""
    found = step("some_new_thing", "pat", some_value=[1, "a_code"], on="2026-03-03", empty="")
    assert found.what == "Some new thing."
    assert found.details == (("Some value", "1, a code"), ("On", "Tuesday 3 March 2026"))


def test_braces_in_what_somebody_wrote_are_only_braces() -> None:
    """The sentence is filled in once."""
    found = step("case_closed", "pat", reason="{who} {0.__class__} {{7*7}}")
    assert found.what == "Closed the case. {who} {0.__class__} {{7*7}}."


def test_every_action_that_casework_and_intake_record_on_a_case_has_a_sentence() -> None:
    """Read off the sources: a new action is put into words here."""
    told = re.compile(r'action="([a-z_0-9]+)"|_record\([^"]{0,80}"([a-z_0-9]+)"')
    of_people = (
        "officer", "sign_in", "known_issue_declared", "known_issue_ended", "digest", "code_", "identity",
        "password", "second_factor", "account",
    )  # fmt: skip
    files = [*(ROOT / "casework").glob("*.py"), ROOT / "intake" / "receive.py"]
    actions = {one or two for file in files for one, two in told.findall(file.read_text(encoding="utf-8"))}
    assert {each for each in actions if not each.startswith(of_people)} - set(SENTENCES) == set()
