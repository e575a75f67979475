"""The reading age: syllables as counted by hand, the formula, and letters that people of twelve can read."""

import pytest
from builders import LETTERHEAD

from letters.check_letters import OLDEST_READER, check_letters
from letters.reading_age import reading_age, syllables
from models.codes import LetterKind

COUNTED = {
    1: "the a we you your our them with when who been have made times days weeks years asked missed helped"
    " rang reached passed named called used once two there here need hears hour tied crew whole gave"
    " voice large print phone speak rules names please these choice law court reads wrong goes does"
    " don't can't",
    2: "council complaint answer letters message after people service reply something sometimes treating"
    " questions between contact website number region section special mission social being going trying"
    " saying player trouble table tables handled matches boxes changes houses prices ages mended ended"
    " wanted needed treated agreed reason public careful useful likely statement movement homeless"
    " safety elsewhere whether notice promised within receive believe problem council's didn't wasn't"
    " issue tenant refund power emptied evening business meanwhile upheld deadline reviewed",
    3: "ombudsman officer telephone somebody anything everything everyone agreement completely entirely"
    " important another government together remember organise procedure properly policy decision"
    " adjustment advocate period audio video media various previous serious obvious usual department"
    " apartment attorney beginning continue however quality example tribunal easier earlier employer"
    " anyone photograph opinion area decided languages different visited satisfied",
    4: "information actually society automatic reconsider application certificate january february"
    " security investigate community apology independent everybody accessible experience material",
    5: "organisation individual disability immediately",
    6: "responsibility automatically",
}  # fmt: skip


@pytest.mark.parametrize(("count", "words"), COUNTED.items())
def test_syllables_are_counted_as_by_hand(count: int, words: str) -> None:
    """Words of letters, each counted by saying it aloud."""
    wrong = {word: syllables(word) for word in words.split() if syllables(word) != count}
    assert wrong == {}


@pytest.mark.parametrize("word", ["2026", "C-4827", "01632", "é", "HM1"])
def test_what_is_no_word_counts_at_least_one(word: str) -> None:
    """Numbers, references and names from elsewhere never break the count."""
    assert syllables(word) == 1


def test_the_formula_is_flesch_and_kincaid_s() -> None:
    """Ten words of one syllable in two sentences: 0.39 x 5 + 11.8 - 15.59 + 5, which is below the least."""
    assert reading_age("The cat sat down here. We gave them all tea.") == 5.0
    # 12 words with 24 syllables in one sentence: 0.39 x 12 + 11.8 x 2 - 15.59 + 5.
    long = "council council council council council council council council council council council council."
    assert reading_age(long) == pytest.approx(17.7, abs=0.05)


def test_only_sentences_count() -> None:
    """Headings, addresses, telephone numbers and the sender's own words say nothing of our wording."""
    plain = "We gave you a date. You can ring us."
    more = (
        "An extraordinarily incomprehensible heading\n-----\n\n"
        f"{plain}\n\n- Telephone: 0300 061 0614\n- Post: Constabulary Administration Directorate\n\n"
        "    1. Notwithstanding the aforementioned administrative considerations.\n\n"
        "Complaints Team\nMunicipal Administration\n"
    )
    assert reading_age(more) == reading_age(plain)


def test_the_items_of_a_list_are_sentences_of_their_own() -> None:
    """A list of short items is short, however many there are, and folded lines belong to their item."""
    listed = "- We gave you a date for this.\n- You can ring us\n  at once.\n\n1. We will write soon."
    apart = "We gave you a date for this. You can ring us at once. We will write soon."
    assert reading_age(listed) == reading_age(apart)


def test_a_text_without_a_sentence_asks_for_nothing() -> None:
    """Nothing is to be read."""
    assert reading_age("") == 5.0
    assert reading_age("Complaints Team\n") == 5.0


def test_people_of_twelve_can_read_every_letter() -> None:
    """No template asks for more than a reading age of 12 (LGSCO 3.1, HO 3.1)."""
    checked = check_letters(LETTERHEAD)
    assert [each.kind for each in checked] == list(LetterKind)
    assert {each.kind: each.reading_age for each in checked if not each.is_plain} == {}
    assert all(5 < each.reading_age <= OLDEST_READER and each.words > 50 for each in checked)
