"""Letters hold what the Codes ask, in plain text and HTML of the same words, whatever people are called."""

import html
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from builders import LETTERHEAD, REFERENCE, make_context
from jinja2 import UndefinedError

from letters.acknowledgement import own_words
from letters.letterhead import DEFAULT_OMBUDSMEN
from letters.render import REQUIRED, TEMPLATES, RenderedLetter, long_date, render
from models.codes import LetterKind, Ombudsman
from models.errors import LetterIncomplete

STAGE_1, STAGE_2 = LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_2_ACKNOWLEDGEMENT
REQUEST, RECEIPT, ALERT = (
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT,
    LetterKind.RECEIPT,
    LetterKind.DUTY_ALERT,
)
TO_PEOPLE = [STAGE_1, STAGE_2, REQUEST, RECEIPT]
DUE, RECEIVED, READ_BY = "Tuesday 17 March 2026", "Tuesday 3 March 2026", "Tuesday 10 March 2026"

HOSTILE = [
    "<script>alert(1)</script>",
    "</blockquote><h2>Refunds</h2>",
    '"><img src=x onerror=alert(1)>',
    "{{ house.telephone }} {% raw %}",
    "&lt;b&gt; & <b>",
    "# A heading of my own",
    "- an item of my own",
    "> a quote of my own",
]


def rendered(kind: LetterKind, *, templates: Path = TEMPLATES, **changes: object) -> RenderedLetter:
    """Render a letter of the council's."""
    return render(kind, make_context(**changes), letterhead=LETTERHEAD, templates=templates)


def flat(text: str) -> str:
    """Return a text's words on one line."""
    return " ".join(text.split())


def words_of_html(page: str) -> list[str]:
    """Return the words in the body of a page, below its title."""
    body = page.partition("</h1>")[2]
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).split()


def words_of_text(text: str) -> list[str]:
    """Return the words of a plain letter, without what marks headings and lists."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"-+", line)]
    return " ".join(re.sub(r"^- ", "", line) for line in lines).split()


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
        "what you would like us to do", "for another organisation, we will say so",
        "will give you their name", "large print", "somebody to help you or to speak for you",
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
    assert ("You may be unhappy" in text) is is_dissatisfied
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
    assert set(re.findall(r"<h(\d)", letter.html)) <= {"1", "2"}
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
    assert html.escape(evil) in letter.html
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
    """Copy the templates and change one passage of one body, or of a part that all share."""
    copied = folder / "templates"
    shutil.copytree(TEMPLATES, copied)
    changed = 0
    for file in (copied / kind / "body.txt", copied / "_parts.txt"):
        text = file.read_text(encoding="utf-8")
        changed += text.count(old)
        file.write_text(text.replace(old, new), encoding="utf-8")
    assert changed, f"{old} is not in the template"
    return copied


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
    ],
)
def test_a_template_that_leaves_something_out_is_refused(
    tmp_path: Path, kind: LetterKind, old: str, provision: str
) -> None:
    """What a Code asks of a letter cannot be edited away: the fault names provision and file."""
    templates = templates_with(tmp_path, kind, old, "")
    with pytest.raises(LetterIncomplete, match=rf"{provision}.*{kind}/body\.txt"):
        rendered(kind, templates=templates)


def test_a_letter_without_the_way_out_is_refused(tmp_path: Path) -> None:
    """The words to reply with are what is asked, not a heading that resembles them (LGSCO 6.2)."""
    templates = templates_with(tmp_path, STAGE_1, '"not a complaint"', "")
    with pytest.raises(LetterIncomplete, match="how to say it is no complaint"):
        rendered(STAGE_1, templates=templates)


@pytest.mark.parametrize("old", ["stage 2", "stage 1"])
def test_the_letters_of_both_stages_are_told_apart(tmp_path: Path, old: str) -> None:
    """A stage 2 letter that nowhere says stage 2 is refused (LGSCO 6.12, HO 6.11)."""
    templates = templates_with(tmp_path, STAGE_2, old, "the stage")
    if old == "stage 2":
        with pytest.raises(LetterIncomplete, match="that it is stage 2"):
            rendered(STAGE_2, templates=templates)
    else:
        assert DUE in flat(rendered(STAGE_2, templates=templates).text)


@pytest.mark.parametrize("kind", [STAGE_1, STAGE_2])
def test_a_formal_letter_without_a_date_cannot_be_written(kind: LetterKind) -> None:
    """An acknowledgement that promises no date is not one (LGSCO 6.3, HO 6.3)."""
    with pytest.raises((LetterIncomplete, UndefinedError, TypeError, ValueError)):
        rendered(kind, respond_by=None)


@pytest.mark.parametrize("name", ["{{ case.unheard_of }}", "{{ unheard_of }}", "{{ house.fax }}"])
def test_an_undefined_name_is_an_error(tmp_path: Path, name: str) -> None:
    """A misspelt name never becomes a hole in a letter."""
    templates = templates_with(tmp_path, STAGE_1, "# What happens next", f"# {name}")
    with pytest.raises(UndefinedError):
        rendered(STAGE_1, templates=templates)


def test_every_letter_has_its_list_of_what_it_must_hold() -> None:
    """No letter was added without saying what it must hold, and each has a folder."""
    assert set(REQUIRED) == set(LetterKind)
    assert all((TEMPLATES / kind / "subject.txt").is_file() for kind in LetterKind)


@pytest.mark.parametrize("kind", LetterKind)
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
