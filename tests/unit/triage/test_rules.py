"""The table of rules: each row finds its passage, and none decides a status."""

from datetime import date

import pytest

from models.codes import Exclusion, Flag, Status
from triage.ages import ages_in
from triage.language import read_texts
from triage.rules import MATCHERS, Finding, Matcher, findings, reason_for, settled_status

RECEIVED = date(2026, 3, 3)

PASSAGES = {
    "claim_number": "The number is K12YJ345.",
    "court_filed": "The county court has issued my claim form.",
    "considered_before": "The Ombudsman has decided this already.",
    "penalty_notice": "I was given a penalty charge notice on Elm Walk.",
    "planning_refusal": "The refusal of planning permission is wrong.",
    "homeless_decision": "You say that I am intentionally homeless.",
    "school_place": "She was not given a place at any school.",
    "benefit_decision": "My housing benefit was stopped.",
    "banding": "We are in the wrong band.",
    "badge_refusal": "My blue badge was refused.",
    "look_again": "Please reconsider your decision.",
    "policy": "The garden waste charge is a scandal.",
    "social_care": "The social worker never came.",
    "school_running": "The headteacher will not stop the bullying.",
    "councillor": "The councillor shouted at me.",
    "other_body": "The county council mends this road.",
    "other_blamed": "My neighbour keeps cockerels.",
    "information": "My subject access request is late.",
    "damages": "The pothole burst my tyre and I want compensation for it.",
    "employment": "My line manager refused my overtime.",
    "for_somebody": "I write on behalf of an old lady.",
    "elected": "I am the MP for this seat.",
    "age": "She is 84 and alone.",
    "vulnerable": "I use a wheelchair.",
    "adjustment": "Please answer in large print.",
    "hazard": "There is a smell of gas in the hall.",
    "safeguarding": "He hits her, we hear it.",
    "court_threat": "This is a letter before action.",
    "abuse_of_staff": "You are scum.",
}


def found_in(text: str) -> list[Finding]:
    """Return what the table finds in a text."""
    (reading,) = read_texts([text])
    return findings(reading, ages_in(text, RECEIVED))


def test_every_row_has_an_example() -> None:
    """A row that is added is tested, and names are not used twice."""
    assert [matcher.name for matcher in MATCHERS] == list(PASSAGES)


@pytest.mark.parametrize("row", MATCHERS, ids=lambda row: row.name)
def test_each_row_finds_its_passage_and_says_why(row: Matcher) -> None:
    """The suggestion quotes the sentence and gives the reason (LGSCO 2.1 to 2.5)."""
    passage = PASSAGES[row.name]
    text = f"Good morning to you all. {passage} That is all for today."
    found = [each for each in found_in(text) if each.rule == row.name]
    assert [(each.code, each.span.text, each.reason) for each in found] == [(row.code, passage, row.reason)]
    assert text[found[0].span.start : found[0].span.end] == passage


def test_an_ordinary_message_is_found_nothing() -> None:
    """A missed bin brings no exclusion and no flag."""
    assert found_in("The brown bin was missed again on Tuesday.") == []


def test_the_sentence_with_the_most_cues_is_quoted() -> None:
    """Of several passages the fullest is shown, of equals the first."""
    text = "I use a wheelchair. My son has asthma and epilepsy. My dad is deaf."
    (found,) = [each for each in found_in(text) if each.rule == "vulnerable"]
    assert found.span.text == "My son has asthma and epilepsy."
    (found,) = [each for each in found_in("He is deaf. She is blind.") if each.rule == "vulnerable"]
    assert found.span.text == "He is deaf."


def test_a_threat_is_not_suggested_where_a_claim_has_begun() -> None:
    """Once proceedings have begun, `pre_action` is past (HO 2.2)."""
    codes = {each.code for each in found_in("My solicitor has issued proceedings, see the claim form.")}
    assert Exclusion.LEGAL_PROCEEDINGS in codes
    assert Flag.PRE_ACTION not in codes


@pytest.mark.parametrize("text", ["I will take legal action.", "I am seeking legal advice.", "I shall sue."])
def test_a_threat_to_sue_is_no_legal_proceedings(text: str) -> None:
    """Only an issued claim is proceedings; a threat is a flag (HO 2.2)."""
    codes = {each.code for each in found_in(text)}
    assert Flag.PRE_ACTION in codes
    assert Exclusion.LEGAL_PROCEEDINGS not in codes


def is_over_12_months(text: str) -> bool:
    """Say whether the table suggests that a matter is too old."""
    return Exclusion.OVER_12_MONTHS in {each.code for each in found_in(text)}


def test_old_events_suggest_over_12_months_with_their_passage() -> None:
    """Events that ended over twelve months ago are pointed at, with the date quoted (LGSCO 2.2, HO 2.3)."""
    (found,) = [each for each in found_in("You felled my tree in May 2023.") if "12" in each.rule]
    assert found.span.text == "May 2023"
    assert "34 months" in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "You felled my tree in May 2025.",
        "It began in May 2023 and happened again in January 2026.",
        "It began in May 2023 and is still going on.",
        "The leak has come every week since May 2023.",
        "It was in May 2023 but I only found out last week.",
        "It was in May 2023, then I was in hospital.",
        "It was in May 2023; my wife passed away.",
        "You felled my tree.",
    ],
)
def test_what_goes_on_or_could_not_be_known_is_not_too_old(text: str) -> None:
    """Going on still, learnt of lately, illness and bereavement speak against it (LGSCO 2.2, HO 2.3)."""
    assert not is_over_12_months(text)


@pytest.mark.parametrize("code", [*Exclusion, *Flag])
def test_every_code_has_a_reason_in_words(code: Exclusion | Flag) -> None:
    """A suggestion without a passage still says why (LGSCO 2.4)."""
    assert len(reason_for(code).split()) >= 4


@pytest.mark.parametrize("text", [" ", "\n\n", "?", "\N{PILE OF POO}", "a" * 30_000])
def test_any_text_can_be_read(text: str) -> None:
    """Nothing, nonsense and novels are read without a finding."""
    assert found_in(text) == []


def test_no_text_at_all_can_be_read() -> None:
    """An empty text is one empty sentence, as `_sentences` promises."""
    assert found_in("") == []


def test_the_office_of_a_member_is_known_by_its_address() -> None:
    """Where the sender is a councillor or an MP's office the flag is certain, whatever the words."""
    (reading,) = read_texts(["The bins of Elm Walk were left again."])
    for sender in ("Cllr Jo Dray <jo@example.org>", "office@dray.parliament.example"):
        (found,) = findings(reading, [], sender=sender)
        assert (found.code, found.is_certain) == (Flag.ELECTED_MEMBER, True)
    assert findings(reading, [], sender="Jo Amprey <jo@example.org>") == []


def test_the_number_of_a_claim_is_certain_and_talk_of_a_court_is_not() -> None:
    """Proceedings have begun where a number was issued (HO 2.2)."""
    number, talk = found_in("The claim is 123MC456."), found_in("The county court wrote about my claim.")
    assert [each.is_certain for each in number if each.rule == "claim_number"] == [True]
    assert not any(each.is_certain for each in talk)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("I have your answer to my complaint. Please take it to stage 2.", Status.ESCALATION),
        ("Your stage 1 response misses the point; I ask for stage two.", Status.ESCALATION),
        ("My complaint was never answered, so I ask for stage 2.", None),
        ("If your answer to my complaint is poor, I will ask for stage 2.", None),
        ("Stage 2 of the roadworks begins on Monday, says your letter.", None),
        ("Please escalate the mending of this lamp.", None),
    ],
)
def test_asking_for_stage_2_after_an_answer_settles_the_status(text: str, status: Status | None) -> None:
    """Without doubt or negation, who was answered and asks for the next stage escalates (LGSCO 6.10)."""
    (reading,) = read_texts([text])
    assert settled_status(reading) is status
