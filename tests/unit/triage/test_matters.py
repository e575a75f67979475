"""Further matters: what is found beside the main matter, and what is left alone."""

import time
from collections.abc import Sequence

import numpy as np
import pytest
from builders import make_input

from models.codes import Category
from models.decision import Span
from triage.artefact import Artefact
from triage.classifier import CATEGORIES
from triage.features import text_to_triage
from triage.language import read_texts
from triage.matters import (
    LIKELY_ENOUGH,
    Chances,
    Evidence,
    Matter,
    Segment,
    Turn,
    chances_of,
    further_matters,
    main_first,
    matters_in,
    segments_of,
)
from triage.reading import Reading

WASTE, ROADS = Category.WASTE_AND_RECYCLING, Category.ROADS_PAVEMENTS_AND_STREETLIGHTS
TREES, OTHER = Category.TREES_AND_VERGES, Category.OTHER

BIN = "Nobody has replied about the brown bin and it is still not mended."
KERB = "could you please mend the kerb on our road?"
PASSAGE = Span(40, 60, "the lamp is out")
BEFORE = Span(7, 30, "the bins were missed")


def read(body: str, *, subject: str = "Hello") -> Reading:
    """Return the reading of a message."""
    (reading,) = read_texts([text_to_triage(make_input(body, subject=subject))])
    return reading


def turns(body: str) -> list[Turn]:
    """Return how the passages of a message turn to something else."""
    return [each.turn for each in segments_of(read(body))]


def matters_of(artefact: Artefact, body: str, *, main: str = WASTE) -> tuple[Matter, ...]:
    """Return the further matters of one message whose main category is settled."""
    whole = chances({main: 0.6, ROADS: 0.1, TREES: 0.1})[None, :]
    (found,) = matters_in([read(body)], artefact, whole, [main])
    return found


def chances(said: dict[str, float]) -> np.ndarray:
    """Return chances of all categories, of which only some are likely."""
    row = np.full(len(CATEGORIES), 1e-4)
    for code, chance in said.items():
        row[CATEGORIES.index(Category(code))] = chance
    return row


def further(
    passages: Sequence[dict[str, float]],
    before: dict[str, float],
    *,
    main: str = WASTE,
    turn: Turn = Turn.CLEAR,
) -> tuple[Matter, ...]:
    """Return the further matters of a message whose passages speak for these categories."""
    segment = Segment(turn, "the lamp is out", "the bins were missed", PASSAGE, BEFORE)
    said = Chances(
        np.stack([chances(each) for each in passages]), np.stack([chances(before)] * len(passages))
    )
    whole = chances({main: 0.6, ROADS: 0.2, TREES: 0.2})[None, :]
    (found,) = further_matters([[segment] * len(passages)], [said], whole, [main], CATEGORIES)
    return found


def test_two_clear_matters_are_both_found(artefact: Artefact) -> None:
    """The second is named with its category and its own passage."""
    body = f"{BIN}\n\nWhile I am writing, {KERB}"
    (matter,) = matters_of(artefact, body)
    assert matter.category == ROADS
    assert matter.span.text == f"While I am writing, {KERB}"
    assert not matter.is_first
    assert LIKELY_ENOUGH <= matter.confidence <= 1


def test_the_passage_stands_where_the_span_says(artefact: Artefact) -> None:
    """Spans count characters of the text that was read."""
    body = f"{BIN}\n\nAnother thing: {KERB}"
    (matter,) = matters_of(artefact, body)
    text = read(body).text
    assert text[matter.span.start : matter.span.end] == matter.span.text
    assert text[matter.main_span.start : matter.main_span.end] == matter.main_span.text == BIN


def test_a_matter_before_the_main_one_is_found(artefact: Artefact) -> None:
    """Where the classifier took the request at the end for the main matter, the story before it is named."""
    (matter,) = matters_of(artefact, f"{BIN}\n\nWhile I am writing, {KERB}", main=ROADS)
    assert (matter.category, matter.is_first) == (WASTE, True)
    assert matter.span.text == BIN


def test_a_mention_is_no_matter(artefact: Artefact) -> None:
    """The kerb is where the bin stands; nobody wants it mended."""
    assert matters_of(artefact, f"{BIN} It stands by the kerb near the oak tree, as it always has.") == ()


def test_a_turn_within_the_same_matter_is_none(artefact: Artefact) -> None:
    """Another thing about the bin is not another matter."""
    assert matters_of(artefact, f"{BIN}\n\nAnother thing: the brown bin is still not mended.") == ()


def test_one_long_matter_is_one(artefact: Artefact) -> None:
    """Length and paragraphs alone make no second matter."""
    assert matters_of(artefact, "\n\n".join([BIN] * 30)) == ()


@pytest.mark.parametrize("body", ["", "Bin.", BIN, f"While I am writing, {KERB}", "PS", "\n\n\n", "2."])
def test_a_message_of_one_line_holds_one_matter(artefact: Artefact, body: str) -> None:
    """Before a turn something has to be said."""
    assert matters_of(artefact, body) == ()


def test_a_batch_without_any_turn_is_answered(artefact: Artefact) -> None:
    """Neither no message nor messages with one matter trouble the category head."""
    assert chances_of([], artefact) == []
    assert matters_in([], artefact, np.zeros((0, len(CATEGORIES))), []) == []
    readings = [read(BIN), read("")]
    whole = np.stack([chances({WASTE: 0.9})] * 2)
    assert matters_in(readings, artefact, whole, [WASTE, WASTE]) == [(), ()]


def test_each_message_of_a_batch_gets_its_own_matters(artefact: Artefact) -> None:
    """A message is judged as it would be alone."""
    bodies = [
        BIN,
        f"{BIN}\n\nWhile I am writing, {KERB}",
        "",
        f"{BIN}\n\nSecondly, {KERB}\n\nThirdly, {KERB}",
    ]
    whole = np.stack([chances({WASTE: 0.6, ROADS: 0.1, TREES: 0.1})] * len(bodies))
    together = matters_in([read(body) for body in bodies], artefact, whole, [WASTE] * len(bodies))
    assert together == [matters_of(artefact, body) for body in bodies]
    assert [len(each) for each in together] == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "said",
    [
        "While I've got you, the lamp outside is out.",
        "n while im on the lamp outside is out",
        "Since I have your attention: the lamp outside is out.",
        "One more separate thing. The lamp outside is out.",
        "T'other job is the lamp outside, which is out.",
        "On a different note, the lamp outside is out.",
        "I would also like to report another problem, the lamp outside.",
        "Also, for the lighting people: the lamp outside is out.",
        "The lamp outside is out, which has nothing to do with it.",
        "There is a lamp out as well, this is seperate to the bins.",
    ],
)
def test_a_turn_to_something_else_is_clear(said: str) -> None:
    """However it is put or spelt."""
    assert turns(f"The bins were missed again today.\n\n{said}") == [Turn.CLEAR]


@pytest.mark.parametrize(
    ("said", "turn"),
    [
        ("2. The lamp outside is out.", Turn.POINT),
        ("(b) the lamp outside is out.", Turn.POINT),
        ("Second, the lamp outside is out.", Turn.POINT),
        ("Also the lamp outside is out.", Turn.ALSO),
        ("PS the lamp outside is out.", Turn.ALSO),
        ("oh and the lamp outside is out.", Turn.ALSO),
    ],
)
def test_a_point_or_an_also_is_less_clear(said: str, turn: Turn) -> None:
    """It may as well go on with the same."""
    assert turns(f"The bins were missed again today.\n{said}") == [turn]


@pytest.mark.parametrize(
    "said",
    [
        "While I appreciate that you are busy, nobody came.",
        "Since I am disabled I cannot carry it.",
        "The next thing I knew the lorry was gone.",
        "I was told on 2.5.2026 that somebody would come.",
        "Nobody came on the other side of the road either.",
    ],
)
def test_words_that_only_look_like_a_turn_are_none(said: str) -> None:
    """A concession, a reason and a story go on with the same."""
    assert turns(f"The bins were missed again today.\n\n{said}") == []


def test_a_turn_is_seen_where_full_stops_are_missing() -> None:
    """Messages dictated to a telephone have none."""
    (segment,) = segments_of(read("nobody emptied the bins today also the lamp outside is out"))
    assert segment.text == "also the lamp outside is out"


def test_a_short_announcement_takes_the_paragraph_behind_it() -> None:
    """What the other thing is, the next paragraph says."""
    (segment,) = segments_of(read("The bins were missed.\n\nAnother thing.\n\nThe lamp is out.\n\nAnn Lee"))
    assert segment.text == "Another thing.\n\nThe lamp is out.\n\nAnn Lee"
    assert segment.before == "Hello\n\nThe bins were missed.\n\n"


def test_paragraphs_count_where_two_things_are_announced() -> None:
    """Otherwise a paragraph is no turn."""
    body = "the bins were missed again\n\nthe lamp outside number four has gone out"
    assert turns(body) == []
    assert turns(f"two things. {body}") == [Turn.PARAGRAPH]


def test_the_main_matter_is_never_repeated() -> None:
    """Both sides of a turn may speak for the main category; then there is one matter."""
    assert further([{WASTE: 0.9}], {WASTE: 0.9}) == ()
    assert all(each.category != WASTE for each in further([{ROADS: 0.9}, {WASTE: 0.9}], {TREES: 0.9}))


def test_other_is_no_further_matter() -> None:
    """A farewell or a signature may look like it."""
    assert all(each.category != OTHER for each in further([{OTHER: 0.9}], {WASTE: 0.9}))


def test_a_category_is_named_once_and_the_likeliest_first() -> None:
    """An officer reads each further matter once."""
    found = further([{TREES: 0.5, ROADS: 0.3}, {ROADS: 0.9}, {ROADS: 0.8}], {WASTE: 0.9})
    assert [each.category for each in found] == [ROADS, TREES]
    assert found[0].confidence > found[1].confidence


def test_a_clear_turn_makes_a_further_matter_likelier() -> None:
    """Chances alone leave it open."""
    (clear,) = further([{ROADS: 0.7}], {WASTE: 0.9})
    (point,) = further([{ROADS: 0.7}], {WASTE: 0.9}, turn=Turn.POINT)
    assert clear.confidence > point.confidence


def test_an_unclear_passage_is_no_matter() -> None:
    """Where every category is as unlikely as the next, nothing is named."""
    assert further([{}], {WASTE: 0.9}, turn=Turn.ALSO) == ()


def test_more_evidence_is_never_less_likely() -> None:
    """Each number speaks for a further matter."""
    least = Evidence(is_clear=0, passage=-2, contrast=0, whole=-3).probability
    for more in (
        Evidence(1, -2, 0, -3),
        Evidence(0, -1, 0, -3),
        Evidence(0, -2, 1, -3),
        Evidence(0, -2, 0, 0),
    ):
        assert more.probability > least


def test_what_stands_first_becomes_the_main_matter() -> None:
    """The two change places with their passages."""
    matter = Matter(WASTE, BEFORE, 0.8, is_first=True, main_span=PASSAGE)
    main, (swapped,) = main_first(ROADS, (matter,))
    assert (main, swapped.category, swapped.span) == (WASTE, ROADS, PASSAGE)
    assert main_first(main, (swapped,)) == (WASTE, (swapped,))
    assert main_first(ROADS, ()) == (ROADS, ())


def test_a_thousand_sentences_are_read_quickly(artefact: Artefact) -> None:
    """Even if each of them turns to something else."""
    for sentence in (
        "The lamp is out. ",
        "Also the lamp is out. ",
        "2. And another thing, oh and\n",
        "and\n",
    ):
        reading = read(sentence * 1000)
        whole = chances({WASTE: 0.9})[None, :]
        begun = time.process_time()
        matters_in([reading], artefact, whole, [WASTE])
        assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    "piece",
    ["and ", "also ", "the other ", "very small ", "p.", "nothing to do w", "i would also like to ", "\n"],
)
def test_no_text_makes_the_patterns_slow(piece: str) -> None:
    """Their time grows with the text and no faster."""
    reading = read(piece * (20_000 // len(piece)))
    begun = time.process_time()
    segments_of(reading)
    assert time.process_time() - begun < 0.5
