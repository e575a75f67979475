"""Letters hold what the Codes ask, in plain text and HTML of the same words, whatever people are called."""

import html
import re
from datetime import date
from pathlib import Path

import pytest
from builders import LETTERHEAD, REFERENCE, make_context
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import HOSTILE, RESPONSES, TO_PEOPLE, flat, rendered

from letters.acknowledgement import own_words
from letters.letterhead import DEFAULT_OMBUDSMEN
from letters.not_ours import not_ours
from letters.render import REQUIRED, TEMPLATES, RenderedLetter, long_date, render
from letters.required import AUTOMATIC, INTERNAL
from models.codes import Exclusion, LetterKind, Ombudsman
from models.errors import LetterIncomplete

STAGE_1, STAGE_2 = LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_2_ACKNOWLEDGEMENT
REQUEST, RECEIPT, ALERT = (
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT,
    LetterKind.RECEIPT,
    LetterKind.DUTY_ALERT,
)
DUE, RECEIVED, READ_BY = "Tuesday 17 March 2026", "Tuesday 3 March 2026", "Tuesday 10 March 2026"


def html_of(letter: RenderedLetter) -> str:
    """Return a page on one line, spaces of every kind as plain ones."""
    return " ".join(letter.html.split())


def words_of_html(page: str) -> list[str]:
    """Return the words in the body of a page, below its title."""
    body = re.sub(r"</?span[^>]*>", "", page.partition("</h1>")[2])
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).split()


def words_of_text(text: str) -> list[str]:
    """Return the words of a plain letter, without what marks headings and lists."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"-+", line)]
    return " ".join(re.sub(r"^ {0,4}(?:- |\d+\. )", "", line) for line in lines).split()


@pytest.mark.parametrize("ombudsman", Ombudsman)
@pytest.mark.parametrize(
    ("kind", "stage", "provision"),
    [(STAGE_1, "stage 1", "LGSCO 6.2, HO 6.2"), (STAGE_2, "stage 2", "LGSCO 6.12, HO 6.11")],
)
def test_a_formal_acknowledgement_holds_what_the_codes_ask(
    kind: LetterKind, stage: str, provision: str, ombudsman: Ombudsman
) -> None:
    """It holds every element of LGSCO 6.2, 3.6, 3.7, 5.4, 5.6, 6.12 and HO 5.6, 5.7, 6.2, 6.11."""
    text = flat(rendered(kind, ombudsman=ombudsman).text)
    contact = DEFAULT_OMBUDSMEN[ombudsman]
    wanted = [
        REFERENCE, RECEIVED, stage, DUE, "The bin was missed again this week.",
        "what you would like us to do", "may be for another organisation. If so, we will tell you",
        "They will give you their name", "large print", "somebody to help you or to speak for you",
        contact.name, contact.telephone, contact.website, contact.address, contact.email,
        "at any time", LETTERHEAD.telephone, LETTERHEAD.organisation,
    ]  # fmt: skip
    assert [each for each in wanted if each not in text] == [], provision


def test_a_stage_1_letter_says_how_to_say_that_it_is_no_complaint() -> None:
    """The choice is the person's in both directions (LGSCO 6.2, 1.7)."""
    assert 'reply with the words "not a complaint"' in flat(rendered(STAGE_1).text)


def test_a_stage_2_letter_promises_somebody_else_and_asks_no_reason() -> None:
    """Stage 2 is reviewed by a different person, and no reason need be given (LGSCO 6.13, 6.14; HO 6.13)."""
    text = flat(rendered(STAGE_2).text)
    assert "Somebody who did not deal with stage 1" in text
    assert "You do not have to give a reason" in text


def test_a_stage_1_letter_asks_where_nothing_is_understood_yet() -> None:
    """Where no passage was found, the letter asks for the outcome sought (LGSCO 6.2)."""
    text = flat(rendered(STAGE_1, own_words=()).text)
    assert "Please reply and tell us what you would like us to do" in text
    assert "In your own words" not in text


@pytest.mark.parametrize("ombudsman", Ombudsman)
@pytest.mark.parametrize("is_dissatisfied", [True, False])
def test_a_service_request_letter_offers_the_choice(ombudsman: Ombudsman, *, is_dissatisfied: bool) -> None:
    """It says that the request is passed on, and how to complain in one line (LGSCO 1.7, 5.3; HO 1.5)."""
    text = flat(rendered(REQUEST, ombudsman=ombudsman, is_dissatisfied=is_dissatisfied, respond_by=None).text)
    assert REFERENCE in text
    assert "passing it to the team" in text
    assert 'reply with the words "treat it as a complaint"' in text
    assert ("If you would like to complain" in text) is is_dissatisfied
    assert DEFAULT_OMBUDSMEN[ombudsman].name in text


@pytest.mark.parametrize("ombudsman", Ombudsman)
def test_a_receipt_names_both_routes_and_a_date(ombudsman: Ombudsman) -> None:
    """A person reads it by a date inside five working days; both routes are named (LGSCO 5.3)."""
    text = flat(rendered(RECEIPT, ombudsman=ombudsman, respond_by=None).text)
    contact = DEFAULT_OMBUDSMEN[ombudsman]
    for wanted in (REFERENCE, READ_BY, "asking for a service", "it is a complaint", contact.name,
                   contact.telephone, contact.website, "large print"):  # fmt: skip
        assert wanted in text
    assert DUE not in text


def test_a_receipt_repeats_nothing_of_what_was_written() -> None:
    """The plain receipt says no more than that the message has arrived."""
    letter = rendered(RECEIPT, own_words=("something private",), respond_by=None)
    assert "private" not in letter.text + letter.html + letter.subject


def test_a_letter_names_the_ombudsman_that_has_the_case_and_not_the_other() -> None:
    """A tenant is sent to the Housing Ombudsman, everybody else to the other (LGSCO 3.7, HO 5.7)."""
    for kind in TO_PEOPLE:
        for ombudsman, other in ((Ombudsman.LGSCO, Ombudsman.HOUSING), (Ombudsman.HOUSING, Ombudsman.LGSCO)):
            text = flat(rendered(kind, ombudsman=ombudsman).text)
            assert DEFAULT_OMBUDSMEN[ombudsman].telephone in text
            assert DEFAULT_OMBUDSMEN[other].telephone not in text


@pytest.mark.parametrize("ombudsman", Ombudsman)
@pytest.mark.parametrize("for_somebody_else", [True, False])
@pytest.mark.parametrize("kind", LetterKind)
def test_text_and_html_have_the_same_words(
    kind: LetterKind, ombudsman: Ombudsman, *, for_somebody_else: bool
) -> None:
    """Whoever reads one version reads all that is in the other (LGSCO 3.1, 5.6)."""
    letter = rendered(kind, ombudsman=ombudsman, for_somebody_else=for_somebody_else, own_words=HOSTILE)
    assert words_of_html(letter.html) == words_of_text(letter.text)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_fit_for_a_screen_reader(kind: LetterKind) -> None:
    """The page names its language and title, and its headings come in order (LGSCO 3.1, 5.6)."""
    letter = rendered(kind)
    assert '<html lang="en-GB">' in letter.html
    assert f"<title>{letter.subject}</title>" in letter.html
    assert re.findall(r"<h(\d)", letter.html)[0] == "1"
    assert set(re.findall(r"<h(\d)", letter.html)) <= {"1", "2", "3"}
    assert "<img" not in letter.html


@pytest.mark.parametrize("kind", LetterKind)
def test_no_line_of_a_letter_is_long(kind: LetterKind) -> None:
    """Plain text is wrapped for every screen."""
    assert max(map(len, rendered(kind).text.splitlines())) <= 76


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_hostile_passage_is_shown_and_does_nothing(evil: str) -> None:
    """What somebody wrote is quoted word for word, escaped, and starts no block of its own."""
    tame, letter = rendered(STAGE_1, own_words=("harmless",)), rendered(STAGE_1, own_words=(evil,))
    assert evil in flat(letter.text)
    assert html.escape(evil) in html_of(letter)
    for tag in ("<h2>", "<li>", "<script", "<img", "<blockquote>", "<p>"):
        assert letter.html.count(tag) == tame.html.count(tag)


@pytest.mark.parametrize(
    "evil", ["one\n\n# Heading", "one\n\n- item", "one\n# Heading\n- item", "\n\n\n", "one\r\n\r\n# Heading"]
)
def test_a_passage_of_several_lines_cannot_start_a_block(evil: str) -> None:
    """A passage that brings line breaks of its own does not reach into the letter's shape."""
    tame, letter = rendered(STAGE_1), rendered(STAGE_1, own_words=own_words([evil]))
    for tag in ("<h2>", "<li>"):
        assert letter.html.count(tag) == tame.html.count(tag)
    assert flat(evil) in flat(letter.text)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.text(max_size=120), max_size=3), name=st.text(max_size=40))
def test_whatever_somebody_wrote_they_get_their_letter(words: list[str], name: str) -> None:
    """No passage and no name keeps an acknowledgement from being written (LGSCO 6.2, HO 6.2)."""
    letter = rendered(STAGE_1, own_words=own_words(words), name=name)
    assert REFERENCE in letter.text
    assert rendered(STAGE_1, own_words=tuple(words), name=name).text


@pytest.mark.parametrize("evil", [*HOSTILE, "Ann\n\n# Your refund", "Ann\r\n\r\n- call 0900", "a" * 500])
@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_a_hostile_name_cannot_change_a_letter(kind: LetterKind, evil: str) -> None:
    """A name that is none is greeted as nobody, and starts no heading, list or tag."""
    tame, letter = rendered(kind), rendered(kind, name=evil)
    for tag in ("<h2>", "<li>", "<script", "<img", "<blockquote>", "<p>"):
        assert letter.html.count(tag) == tame.html.count(tag)
    assert "<script" not in letter.html


def test_addresses_and_sites_become_links() -> None:
    """A site and an address can be followed in the HTML version."""
    page = rendered(STAGE_1, ombudsman=Ombudsman.HOUSING).html
    assert '<a href="https://www.housing-ombudsman.org.uk">www.housing-ombudsman.org.uk</a>' in page
    assert '<a href="mailto:info@housing-ombudsman.org.uk">' in page


def test_a_date_is_written_in_full() -> None:
    """People read Friday 3 April 2026, not 03/04/26 (LGSCO 3.1)."""
    assert long_date(date(2026, 4, 3)) == "Friday 3 April 2026"


def templates_with(folder: Path, kind: LetterKind, old: str, new: str) -> Path:
    """Return a council's own folder with one letter and the shared parts, one passage of them changed."""
    changed = 0
    for name in (f"{kind}/body.txt", "_parts.txt"):
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        changed += text.count(old)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    assert changed, f"{old} is not in the template"
    return folder


FURTHER = [
    (STAGE_1, "{{ case.own_words|first }}", "LGSCO 6.2, HO 5.6"),
    (STAGE_1, "what you would like us to do", "LGSCO 6.2, HO 5.6"),
    (STAGE_1, "for another organisation", "LGSCO 5.4, HO 5.7"),
    (STAGE_1, "give you their name", "LGSCO 6.2, HO 6.2"),
    (STAGE_1, "at any time", "LGSCO 3.7, HO 5.7"),
    (STAGE_1, "will read", "a rule of our own"),
    (STAGE_1, "sent automatically", "a rule of our own"),
    (STAGE_2, "who did not deal with stage 1", "LGSCO 6.14, HO 6.13"),
    (STAGE_2, "{{ ombudsman.website }}", "LGSCO 3.7"),
    (STAGE_2, "{{ ombudsman.address }}", "LGSCO 3.7"),
    (REQUEST, "to the team that can", "LGSCO 1.7, HO 1.5"),
    (RECEIPT, "asking for a service", "LGSCO 5.3"),
    (LetterKind.EXTENSION, "{{ letter.reason }}", "LGSCO 6.4, 6.16; HO 6.4, 6.15"),
    (LetterKind.EXTENSION, "{{ letter.extended_to|long_date }}", "LGSCO 6.4, 6.16; HO 6.4, 6.15"),
    (LetterKind.EXTENSION, "{{ ombudsman.name }}", "LGSCO 3.7"),
    (LetterKind.EXTENSION, "that we need more time", "LGSCO 6.5, 6.17; HO 6.5, 6.16"),
    (LetterKind.NOT_ACCEPTED, "{{ letter.ground|as_sentence }}", "LGSCO 2.4, HO 2.4"),
    (LetterKind.NOT_ACCEPTED, "{{ letter.reasons }}", "LGSCO 2.4, HO 2.4"),
    (LetterKind.NOT_ACCEPTED, "{{ letter.elsewhere }}", "LGSCO 2.4, HO 2.4"),
    (LetterKind.NOT_ACCEPTED, "You can take this decision to the", "LGSCO 2.4, HO 2.4"),
    (LetterKind.NOT_ACCEPTED, "{{ ombudsman.telephone }}", "LGSCO 3.7"),
    (LetterKind.NOT_ACCEPTED, "{{ letter.discretion }}", "LGSCO 2.2, HO 2.3"),
    (LetterKind.NOT_ACCEPTED, "An officer made this decision", "LGSCO 2.1, 2.5"),
    (LetterKind.CONSENT_REQUEST, "stays as it is", "LGSCO 1.5, 3.6"),
    (LetterKind.CONSENT_REQUEST, "that you may act for them", "LGSCO 1.5, 3.6"),
    (LetterKind.CLARIFICATION, "stays as it is", "LGSCO 6.2, 6.3; HO 6.2, 6.3"),
    (LetterKind.CLARIFICATION, "{{ question }}", "LGSCO 6.2, HO 5.6"),
    *((kind, old, provision) for kind, provision in (
        (LetterKind.STAGE_1_RESPONSE, "LGSCO 6.7, 6.8; HO 6.9"),
        (LetterKind.STAGE_2_RESPONSE, "LGSCO 6.18, HO 6.19"),
    ) for old in (
        "{{ point.text }}", "{{ point.outcome|decision_in_words }}", "{{ point.finding }}",
        "{{ point.remedy }}", "{{ action.what|as_sentence }}", "{{ action.due_by|long_date }}",
    )),
    *((kind, "A complaint is when", "LGSCO 1.4, HO 1.2") for kind in RESPONSES),
    *((kind, "{{ name }}", "a rule of our own") for kind in RESPONSES),
    (LetterKind.STAGE_1_RESPONSE, "at stage 1 of", "LGSCO 6.7, 6.8; HO 6.9"),
    (LetterKind.STAGE_1_RESPONSE, '"take it to stage 2"', "LGSCO 6.8, HO 6.9"),
    (LetterKind.STAGE_1_RESPONSE, "You do not have to give a reason", "LGSCO 6.13, HO 6.13"),
    (LetterKind.STAGE_2_RESPONSE, "our final answer", "LGSCO 6.18, HO 6.19"),
    (LetterKind.STAGE_2_RESPONSE, "You can now take your complaint to the", "LGSCO 6.18, HO 6.19"),
    (LetterKind.STAGE_2_RESPONSE, "{{ ombudsman.telephone }}", "LGSCO 3.7, HO 5.7"),
    (LetterKind.PROGRESS, "{{ action.done_on|long_date }}", "LGSCO 6.6, HO 6.6"),
    (LetterKind.KNOWN_ISSUE, "{{ letter.known }}", "LGSCO 5.3"),
    (LetterKind.KNOWN_ISSUE, '"treat it as a complaint"', "LGSCO 1.7, 5.3; HO 1.5"),
    (LetterKind.KNOWN_ISSUE, '"take it to stage 2"', "LGSCO 6.8, HO 6.9"),
    (LetterKind.DIGEST, "{{ row.reference }}", "a rule of our own"),
]  # fmt: skip
"""A passage of a template, and the provision that a letter without it breaks."""


@pytest.mark.parametrize(
    ("kind", "old", "provision"),
    [
        (STAGE_1, "{{ case.reference }}", "LGSCO 6.2"),
        (STAGE_1, "{{ case.received_on|long_date }}", "LGSCO 6.2"),
        (STAGE_1, "{{ case.respond_by|long_date }}", "LGSCO 6.3"),
        (STAGE_1, "at stage 1", "LGSCO 6.2"),
        (STAGE_1, "{{ ombudsman.name }}", "LGSCO 3.7"),
        (STAGE_1, "{{ ombudsman.telephone }}", "LGSCO 3.7"),
        (STAGE_1, "large print", "LGSCO 5.6"),
        (STAGE_1, "somebody to help you", "LGSCO 3.6"),
        (STAGE_2, "{{ case.respond_by|long_date }}", "LGSCO 6.3, 6.15"),
        (STAGE_2, "{{ ombudsman.telephone }}", "HO 5.7"),
        (REQUEST, '"treat it as a complaint"', "LGSCO 1.7"),
        (REQUEST, "{{ case.reference }}", "HO 6.2"),
        (REQUEST, "large print", "HO 5.10"),
        (RECEIPT, "{{ case.read_by|long_date }}", "LGSCO 5.3"),
        (RECEIPT, '"treat it as a complaint"', "HO 1.5"),
        (RECEIPT, "{{ ombudsman.name }}", "HO 5.7"),
        (ALERT, "{{ case.reference }}", "LGSCO 6.2"),
        *FURTHER,
    ],
)
def test_a_template_that_leaves_something_out_is_refused(
    tmp_path: Path, kind: LetterKind, old: str, provision: str
) -> None:
    """What a Code asks of a letter cannot be edited away; the file is named (LGSCO 6.2, HO 6.2)."""
    templates = templates_with(tmp_path, kind, old, "")
    with pytest.raises(LetterIncomplete, match=rf"{provision}.*{kind}/body\.txt"):
        rendered(kind, templates=templates)


def test_a_letter_without_the_way_out_is_refused(tmp_path: Path) -> None:
    """The words to reply with are what is asked, not a heading that resembles them (LGSCO 6.2)."""
    templates = templates_with(tmp_path, STAGE_1, '"not a complaint"', "")
    with pytest.raises(LetterIncomplete, match="how to say it is no complaint"):
        rendered(STAGE_1, templates=templates)


def test_the_letters_of_both_stages_are_told_apart(tmp_path: Path) -> None:
    """A stage 2 letter that nowhere says stage 2 is refused (LGSCO 6.12, HO 6.11)."""
    templates = templates_with(tmp_path, STAGE_2, "stage 2", "the stage")
    with pytest.raises(LetterIncomplete, match="that it is stage 2"):
        rendered(STAGE_2, templates=templates)


@pytest.mark.parametrize("kind", [STAGE_1, STAGE_2])
def test_a_formal_letter_without_a_date_cannot_be_written(kind: LetterKind) -> None:
    """An acknowledgement that promises no date is not one (LGSCO 6.3, HO 6.3)."""
    with pytest.raises(LetterIncomplete):
        rendered(kind, respond_by=None)


@pytest.mark.parametrize("name", ["{{ case.unheard_of }}", "{{ unheard_of }}", "{{ house.fax }}"])
def test_an_undefined_name_is_an_error(tmp_path: Path, name: str) -> None:
    """A misspelt name never becomes a hole in a letter."""
    templates = templates_with(tmp_path, STAGE_1, "# What happens next", f"# {name}")
    with pytest.raises(
        LetterIncomplete, match=rf"{STAGE_1}/body\.txt, line 10: .*undefined|has no attribute"
    ):
        rendered(STAGE_1, templates=templates)


def test_a_council_s_folder_takes_the_place_of_single_files(tmp_path: Path) -> None:
    """What stands in the council's own folder is used, and ours for all the rest."""
    own = templates_with(tmp_path, STAGE_1, "Thank you for getting in touch.", "Good morning from us all.")
    assert "Good morning from us all." in flat(rendered(STAGE_1, templates=own).text)
    assert "Good morning" not in flat(rendered(STAGE_1).text)
    assert rendered(RECEIPT, templates=own) == rendered(RECEIPT)


def test_several_points_of_the_sender_s_become_a_numbered_list() -> None:
    """Each point can be told by its number, in both versions (LGSCO 6.2, HO 5.6)."""
    letter = rendered(STAGE_1, own_words=("The bin was missed.", "See www.evil.example now."))
    assert "    1. The bin was missed.\n    2. See www.evil.example now.\n" in letter.text
    assert (
        "<blockquote>\n<ol>\n<li>The bin was missed.</li>\n<li>See www.evil.example now.</li>" in letter.html
    )
    assert "main points, in your own words" in flat(letter.text)


def test_what_may_be_for_others_is_said_and_nothing_refused() -> None:
    """Where triage sees it, the letter says what may not be for us, and is checked (LGSCO 5.4, HO 5.7)."""
    sentences = not_ours([Exclusion.OTHER_ORGANISATION, Exclusion.APPEAL_ROUTE, Exclusion.OVER_12_MONTHS])
    assert len(sentences) == 2
    text = flat(rendered(STAGE_1, not_ours=sentences).text)
    assert all(each in text for each in sentences)
    assert "An officer will check this" in text
    assert "for another organisation" not in text
    for code in Exclusion:
        assert not any(
            word in " ".join(not_ours([code])) for word in ("cannot", "refuse", "reject", "will not")
        )


@pytest.mark.parametrize("kind", LetterKind)
def test_no_machine_signs_as_a_person_and_no_person_as_a_machine(kind: LetterKind) -> None:
    """What is sent by itself says so and names the team that reads; what an officer decides never does."""
    text = flat(rendered(kind).text)
    assert ("sent automatically" in text) is (kind in AUTOMATIC)
    if kind in AUTOMATIC - INTERNAL:
        assert f"The {LETTERHEAD.team} will read yours." in text
    assert ("Robin Carter" in text) is (kind not in AUTOMATIC)


def test_every_letter_has_its_list_of_what_it_must_hold() -> None:
    """No letter was added without saying what it must hold, and each has a folder."""
    assert set(REQUIRED) == set(LetterKind)
    assert all((TEMPLATES / kind / "subject.txt").is_file() for kind in LetterKind)


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if kind is not LetterKind.DIGEST])
def test_the_subject_is_one_line_with_the_reference(kind: LetterKind) -> None:
    """A reply brings the reference back in its subject (LGSCO 6.2)."""
    subject = rendered(kind).subject
    assert REFERENCE in subject
    assert "\n" not in subject


def test_the_letterhead_is_the_council_s_own() -> None:
    """Another council's letters bear another council's name."""
    other = LETTERHEAD.__class__(
        organisation="Dale & Fell Council", team="Feedback", address="1 Dale St", telephone="01632 960200",
        email="hello@dale.example", website="", ombudsmen=DEFAULT_OMBUDSMEN,
    )  # fmt: skip
    letter = render(RECEIPT, make_context(), letterhead=other)
    assert "Dale & Fell Council" in letter.text
    assert "Dale &amp; Fell Council" in letter.html
    assert LETTERHEAD.organisation not in letter.text
