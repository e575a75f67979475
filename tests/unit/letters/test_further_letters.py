"""The letters that officers decide hold what the Codes ask, and nobody's words change their shape."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from builders import LETTERHEAD, NOW, REFERENCE, TODAY, make_case
from fakes import FakeUnitOfWork
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import HOSTILE, RESPONSES, TO_PEOPLE, flat, rendered

from casework.policy import Policy
from casework.write_letter import write_letter
from letters.details import (
    ClarificationDetails,
    ConsentDetails,
    CorrectionDetails,
    DigestDetails,
    DigestRow,
    ExtensionDetails,
    KnownIssueDetails,
    PointAnswer,
    ProgressDetails,
    PromisedAction,
    RefusalDetails,
    ResponseDetails,
)
from letters.letterhead import DEFAULT_OMBUDSMEN
from letters.required import AUTOMATIC, INTERNAL
from letters.samples import sample_details
from letters.tame import tamed_text
from models.codes import LetterKind, Ombudsman, PointOutcome
from models.errors import LetterIncomplete

DUE = "Tuesday 17 March 2026"
SIGNED = "Pat Okoro"
BY_OFFICERS = [kind for kind in TO_PEOPLE if kind not in AUTOMATIC]


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_needs_its_own_details(kind: LetterKind) -> None:
    """The details of another letter are refused, not rendered half."""
    wrong: Any = (
        ConsentDetails("Bo Lee", SIGNED)
        if kind is not LetterKind.CONSENT_REQUEST
        else ProgressDetails((), SIGNED)
    )
    if sample_details(kind) is None:
        return
    with pytest.raises(LetterIncomplete, match=rf"{kind} needs"):
        rendered(kind, details=wrong)


@pytest.mark.parametrize("ombudsman", Ombudsman)
def test_an_extension_says_why_until_when_and_whom_to_ask(ombudsman: Ombudsman) -> None:
    """Reason, new date and the Ombudsman's details (LGSCO 6.4, 6.5, 6.16, 6.17; HO 6.4, 6.5, 6.15, 6.16)."""
    details = ExtensionDetails(2, "The surveyor is ill.", date(2026, 3, 17), date(2026, 3, 31), SIGNED)
    text = flat(rendered(LetterKind.EXTENSION, details=details, ombudsman=ombudsman).text)
    contact = DEFAULT_OMBUDSMEN[ombudsman]
    for wanted in ("The surveyor is ill.", "at stage 2", "Tuesday 17 March 2026", "Tuesday 31 March 2026",
                   contact.name, contact.telephone, contact.website, contact.address):  # fmt: skip
        assert wanted in text


def test_an_extension_without_a_reason_cannot_be_written() -> None:
    """More time without a reason is none (LGSCO 6.4, HO 6.4)."""
    details = ExtensionDetails(1, " ", date(2026, 3, 17), date(2026, 3, 31), SIGNED)
    with pytest.raises(LetterIncomplete, match="the reason for more time"):
        rendered(LetterKind.EXTENSION, details=details)


@pytest.mark.parametrize("ombudsman", Ombudsman)
def test_a_refusal_says_why_where_to_go_and_how_to_contest_it(ombudsman: Ombudsman) -> None:
    """It holds ground, individual reasons, the other route, and the Ombudsman (LGSCO 2.4, HO 2.4)."""
    details = RefusalDetails("it is for a court", "You sued us in May.", "The court has your claim.", SIGNED,
                             "We looked at your illness.")  # fmt: skip
    text = flat(rendered(LetterKind.NOT_ACCEPTED, details=details, ombudsman=ombudsman).text)
    contact = DEFAULT_OMBUDSMEN[ombudsman]
    for wanted in ("It is for a court.", "You sued us in May.", "The court has your claim.",
                   "We looked at your illness.", f"You can take this decision to the {contact.name}",
                   contact.telephone, contact.address, "An officer made this decision"):  # fmt: skip
        assert wanted in text
    bare = flat(rendered(LetterKind.NOT_ACCEPTED, details=replace(details, discretion="")).text)
    assert "exception" not in bare


@pytest.mark.parametrize("field", ["ground", "reasons", "elsewhere"])
def test_a_refusal_without_its_parts_cannot_be_written(field: str) -> None:
    """Nobody is refused without a ground, reasons of their own and another way (LGSCO 2.4, HO 2.4)."""
    details: Any = sample_details(LetterKind.NOT_ACCEPTED)
    with pytest.raises(LetterIncomplete, match=r"LGSCO 2\.4, HO 2\.4"):
        rendered(LetterKind.NOT_ACCEPTED, details=replace(details, **{field: ""}))


def test_a_consent_request_says_that_nothing_waits_for_it() -> None:
    """The clock keeps running, and what is enough is named (LGSCO 1.5, 3.6)."""
    letter = rendered(LetterKind.CONSENT_REQUEST, details=ConsentDetails("Bo Lee", SIGNED))
    assert f"the date for our answer stays as it is, {DUE}." in flat(letter.text)
    assert "for Bo Lee." in flat(letter.text)
    without = flat(rendered(LetterKind.CONSENT_REQUEST, respond_by=None).text)
    assert "the date for our answer stays as it is." in without


@pytest.mark.parametrize("evil", ["www.evil.example", "Bo <b>Lee</b>", "a" * 100, "bo@evil.example"])
def test_a_represented_name_that_is_none_is_not_repeated(evil: str) -> None:
    """What a stranger gave as a name never becomes a link or markup of ours."""
    letter = rendered(LetterKind.CONSENT_REQUEST, details=ConsentDetails(evil, SIGNED))
    assert evil not in letter.html
    assert "for somebody else." in flat(letter.text)


def test_a_correction_says_that_it_is_no_complaint_and_how_to_complain_all_the_same() -> None:
    """Nobody waits for an answer that does not come, and nobody's complaint is lost (LGSCO 1.7, HO 1.5)."""
    text = flat(rendered(LetterKind.CORRECTION).text)
    for words in (
        "we no longer treat it as a complaint", "The date that we gave you for an answer to a complaint",
        'Reply with the words "treat it as a complaint"', "Robin Carter",
    ):  # fmt: skip
        assert words in text


def test_a_clarification_numbers_its_questions_and_lets_the_clock_run() -> None:
    """The questions are numbered, and the date stays (LGSCO 6.2, HO 5.6)."""
    details = ClarificationDetails(("Which boiler?", "Since when?"), SIGNED)
    letter = rendered(LetterKind.CLARIFICATION, details=details)
    assert "1. Which boiler?\n2. Since when?\n" in letter.text
    assert f"the date for our answer stays as it is, {DUE}." in flat(letter.text)
    with pytest.raises(LetterIncomplete, match="the questions"):
        rendered(LetterKind.CLARIFICATION, details=ClarificationDetails((), SIGNED))


POINTS = (
    PointAnswer(1, "The heating failed.", PointOutcome.UPHELD,
                "We came late.\n\nOur policy says one day.", "We pay £50."),
    PointAnswer(3, "Nobody rang.", PointOutcome.NOT_UPHELD, "We rang on 3 March."),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "stage"), list(zip(RESPONSES, (1, 2), strict=True)))
def test_a_full_answer_holds_what_the_codes_ask(kind: LetterKind, stage: int) -> None:
    """Stage, definition, points, decisions, reasons, remedy, actions.

    (LGSCO 1.4, 6.7, 6.8, 6.18; HO 1.2, 6.9, 6.19).
    """
    actions = (PromisedAction("Fit a new boiler", date(2026, 4, 3)),)
    details = ResponseDetails(stage, POINTS, signed_by="Pat Okoro", summary="We were late.", actions=actions)
    letter = rendered(kind, details=details)
    text = flat(letter.text)
    wanted = [
        f"at stage {stage}", "A complaint is when somebody", "1. The heating failed. 3. Nobody rang.",
        "We agree with you on this point (upheld).", "We do not agree with this point (not upheld).",
        "We came late. Our policy says one day.", "We rang on 3 March.", "To put this right: We pay £50.",
        "Fit a new boiler. We will do this by Friday 3 April 2026.", "Pat Okoro", "We were late.",
    ]  # fmt: skip
    assert [each for each in wanted if each not in text] == []
    assert '<li value="1">The heating failed.</li>\n<li value="3">Nobody rang.</li>' in letter.html
    assert "<p>We came late.</p>\n<p>Our policy says one day.</p>" in letter.html
    assert "Nothing is left for us to do." not in text


def test_a_stage_1_answer_shows_the_way_to_stage_2() -> None:
    """One line is enough, no reason is asked, somebody else looks (LGSCO 6.8, 6.13, 6.14; HO 6.9, 6.13)."""
    text = flat(rendered(LetterKind.STAGE_1_RESPONSE).text)
    assert 'Reply with the words "take it to stage 2".' in text
    assert "You do not have to give a reason." in text
    assert "within 20 working days" in text


@pytest.mark.parametrize("ombudsman", Ombudsman)
def test_a_stage_2_answer_is_final_and_shows_the_way_to_the_ombudsman(ombudsman: Ombudsman) -> None:
    """It is our last word, and says who comes after us (LGSCO 6.18, HO 6.19)."""
    text = flat(rendered(LetterKind.STAGE_2_RESPONSE, ombudsman=ombudsman).text)
    contact = DEFAULT_OMBUDSMEN[ombudsman]
    assert "It is our final answer." in text
    assert f"You can now take your complaint to the {contact.name}." in text
    assert contact.telephone in text
    assert "take it to stage 2" not in text


@pytest.mark.parametrize("kind", RESPONSES)
def test_an_answer_without_reasons_or_points_cannot_be_written(kind: LetterKind) -> None:
    """Every decision has its reasons, save of a point that was taken back (LGSCO 6.7, HO 6.7)."""
    whole: Any = sample_details(kind)
    silent = replace(POINTS[1], finding="")
    with pytest.raises(LetterIncomplete, match="the reasons for every decision"):
        rendered(kind, details=replace(whole, points=(silent,)))
    with pytest.raises(LetterIncomplete, match="every point of the complaint"):
        rendered(kind, details=replace(whole, points=()))
    with pytest.raises(LetterIncomplete, match="the officer who signs"):
        rendered(kind, details=replace(whole, signed_by=""))
    withdrawn = replace(silent, outcome=PointOutcome.WITHDRAWN)
    assert "(withdrawn)" in rendered(kind, details=replace(whole, points=(withdrawn,))).text


@pytest.mark.parametrize("kind", BY_OFFICERS)
def test_what_an_officer_decides_is_signed_and_says_how_to_reach_the_team(kind: LetterKind) -> None:
    """By name, never as a machine; text and page end alike (LGSCO 6.2, HO 6.2)."""
    usual: Any = sample_details(kind)
    letter = rendered(kind, details=replace(usual, signed_by=SIGNED))
    end = letter.text[letter.text.index(f"\n{SIGNED}\n") :]
    for wanted in (LETTERHEAD.team, LETTERHEAD.organisation, LETTERHEAD.telephone, LETTERHEAD.email):
        assert wanted in end
    assert letter.html.count(SIGNED) == 1
    assert "automatic" not in letter.text
    with pytest.raises(LetterIncomplete, match="the name of the officer who signs"):
        rendered(kind, details=replace(usual, signed_by=" "))


@pytest.mark.parametrize("kind", sorted(AUTOMATIC))
def test_no_machine_signs_and_each_of_its_letters_says_what_becomes_of_a_reply(kind: LetterKind) -> None:
    """The team reads what people reply; our own people are asked not to."""
    text = flat(rendered(kind).text)
    assert "sent automatically" in text
    assert ("Please do not reply" in text) is (kind in INTERNAL)
    assert (f"The {LETTERHEAD.team} will read yours." in text) is (kind not in INTERNAL)
    assert SIGNED not in text


def test_an_officer_may_write_of_what_is_automatic() -> None:
    """The words of an answer are the officer's: an automatic gate is no fault of the template."""
    whole: Any = sample_details(LetterKind.STAGE_1_RESPONSE)
    point = replace(
        POINTS[0], finding="The automatic gate sent automatically a fault. An em dash \N{EM DASH} too."
    )
    assert (
        "automatic gate"
        in rendered(LetterKind.STAGE_1_RESPONSE, details=replace(whole, points=(point,))).text
    )


def test_an_answer_without_actions_says_that_nothing_is_left() -> None:
    """Outstanding actions are named, and where there are none that is said (LGSCO 6.8, HO 6.9)."""
    whole: Any = sample_details(LetterKind.STAGE_1_RESPONSE)
    text = rendered(LetterKind.STAGE_1_RESPONSE, details=replace(whole, actions=())).text
    assert "Nothing is left for us to do." in text


def test_progress_tells_what_is_done_and_what_is_not() -> None:
    """Each promise with its day, done or due (LGSCO 6.6, HO 6.6)."""
    details = ProgressDetails(
        (
            PromisedAction("Fit a boiler", date(2026, 4, 3)),
            PromisedAction("Pay £50", date(2026, 3, 9), date(2026, 3, 6)),
        ),
        SIGNED,
    )
    text = flat(rendered(LetterKind.PROGRESS, details=details).text)
    assert "Fit a boiler. We will do this by Friday 3 April 2026." in text
    assert "Pay £50. We did this on Friday 6 March 2026." in text


def test_a_known_issue_is_told_and_bars_nobody_from_complaining() -> None:
    """It says what is known, and how to complain or reach stage 2 all the same (LGSCO 5.3, 6.8; HO 6.9)."""
    details = KnownIssueDetails(
        "no heating in Mill Court", "The boiler is replaced on Friday.", date(2026, 3, 6)
    )
    text = flat(rendered(LetterKind.KNOWN_ISSUE, details=details).text)
    wanted = [
        "No heating in Mill Court.", "The boiler is replaced on Friday.", "by Friday 6 March 2026",
        'Reply with the words "treat it as a complaint"', 'reply with the words "take it to stage 2"',
    ]  # fmt: skip
    assert [each for each in wanted if each not in text] == []


def test_a_digest_names_no_person_and_puts_the_overdue_on_top() -> None:
    """It is for officers: references and dates alone, the late ones first."""
    late, soon = (
        DigestRow("C-9999-0000-11", "answer", date(2026, 2, 27), -1),
        DigestRow(REFERENCE, "first letter", date(2026, 3, 3), 0),
    )
    details = DigestDetails(date(2026, 3, 3), overdue=(late,), due=(soon,), notes=("Two letters are held.",))
    letter = rendered(LetterKind.DIGEST, details=details)
    text = flat(letter.text)
    assert letter.subject == "Your cases on Tuesday 3 March 2026: 1 overdue, 1 due"
    assert text.index("C-9999-0000-11") < text.index(REFERENCE)
    assert "1 working day ago" in text
    assert "today" in text
    assert "Ann" not in text + letter.subject
    assert "bin" not in text
    empty = flat(rendered(LetterKind.DIGEST, details=DigestDetails(date(2026, 3, 3))).text)
    assert "Nothing is overdue." in empty


@pytest.mark.parametrize(
    "evil", [*HOSTILE, "x\n\n# Refund\n\n- pay", "1. mine", "#", "1.", "\u202egnp.exe", "\x00\x1b[31m"]
)
@pytest.mark.parametrize("kind", [kind for kind in TO_PEOPLE if sample_details(kind) is not None])
def test_what_somebody_wrote_never_changes_the_shape_of_a_letter(kind: LetterKind, evil: str) -> None:
    """Whatever stands in the details keeps its words, and starts no heading, list, link or tag."""
    tame, letter = rendered(kind, details=_filled(kind, "words")), rendered(kind, details=_filled(kind, evil))
    for tag in ("<h1>", "<h2>", "<h3>", "<li", "<ol>", "<ul>", "<script", "<img", "<blockquote>"):
        assert letter.html.count(tag) == tame.html.count(tag), tag
    assert not set(letter.text) & set("\u202e\x00\x1b")


@settings(max_examples=100, deadline=None)
@given(words=st.text(min_size=1, max_size=200))
def test_whatever_an_officer_wrote_it_stands_in_the_answer(words: str) -> None:
    """Any text with a visible character makes an answer; one without is none (LGSCO 6.7, HO 6.7)."""
    kind = LetterKind.STAGE_1_RESPONSE
    if tamed_text(words):
        assert rendered(kind, details=_filled(kind, words)).text
    else:
        with pytest.raises(LetterIncomplete):
            rendered(kind, details=_filled(kind, words))


def _filled(kind: LetterKind, words: str) -> Any:
    """Return the details of a letter with the same words in every text."""
    point = PointAnswer(1, words, PointOutcome.UPHELD, words, words)
    actions = (PromisedAction(words, date(2026, 4, 3)),)
    day = date(2026, 3, 17)
    return {
        LetterKind.EXTENSION: ExtensionDetails(1, words, day, day, words),
        LetterKind.NOT_ACCEPTED: RefusalDetails(words, words, words, words, words),
        LetterKind.CORRECTION: CorrectionDetails(words),
        LetterKind.CONSENT_REQUEST: ConsentDetails("Bo Lee", SIGNED),
        LetterKind.CLARIFICATION: ClarificationDetails((words,), words),
        LetterKind.STAGE_1_RESPONSE: ResponseDetails(1, (point,), words, words, actions),
        LetterKind.STAGE_2_RESPONSE: ResponseDetails(2, (point,), words, words, actions),
        LetterKind.PROGRESS: ProgressDetails(actions, words, words),
        LetterKind.KNOWN_ISSUE: KnownIssueDetails(words, words),
    }[kind]


def test_no_letter_leaks_another_person_s_data() -> None:
    """Two cases, every letter of each: nothing of one person stands in a letter to the other."""
    bo = make_case(
        reference="C-1111-2222-48", complainant_name="Bo Quist", complainant_address="bo@example.net",
        reply_address="bo@example.net", own_words=["My purple roof leaks."],
    )  # fmt: skip
    ann = make_case(own_words=["The bin was missed."])
    secrets = {ann.reference: ("Quist", "bo@example.net", "purple", "C-1111-2222-48"),
               bo.reference: ("Ann Lee", "ann@example.org", "The bin was missed", ann.reference)}  # fmt: skip
    for _ in range(2):
        for case in (ann, bo):
            for kind in LetterKind:
                written = FakeUnitOfWork(ann, bo)
                letter = write_letter(
                    written, case, kind, policy=Policy(reference_key=b"k"), letterhead=LETTERHEAD, now=NOW,
                    details=_of(kind), respond_by=TODAY,
                )  # fmt: skip
                whole = letter.subject + letter.text + letter.html + letter.recipient + letter.message_id
                assert not [each for each in secrets[case.reference] if each in whole], kind


def _of(kind: LetterKind) -> Any:
    """Return details without the sample's own name and reference."""
    if kind is LetterKind.DIGEST:
        return DigestDetails(TODAY)
    if kind in RESPONSES:
        return ResponseDetails(1, POINTS, "Pat Okoro")
    return sample_details(kind) if kind is not LetterKind.CONSENT_REQUEST else ConsentDetails("", SIGNED)


def test_no_template_has_jargon_blame_or_dashes() -> None:
    """Plain words only, nothing that accuses, no em dash (LGSCO 3.1)."""
    unwanted = re.compile(
        r"\N{EM DASH}|\b(pursuant|herewith|aforementioned|furthermore|forthwith|liais|in respect of|"
        r"regarding|"
        r"complainant|escalat|adjudicat|commence|utilis|you failed|your fault|you must|you should have|"
        r"unfortunately|triage|ticket|customer|user)",
        re.IGNORECASE,
    )
    for kind in TO_PEOPLE:
        letter = rendered(kind)
        assert unwanted.findall(letter.text + letter.subject) == [], kind
