"""Drift: half of the training messages against the other half, and weeks that went wrong in known ways."""

import json
from collections import Counter
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import numpy as np
import pytest

from models.codes import Category, Status
from triage.calibration import Calibrations, Curve, Temperature
from triage.classifier import CATEGORIES, CODES, PROJECT_LABELS, STATUSES, Heads, Margins, Truths
from triage.corpus import LabelledMessage, read_training
from triage.decide import Thresholds
from triage.drift import Drift, Measure, Ruling, Sign, Window, compare, lines, reference_of
from triage.evaluate import said_of_margins, truths_of
from triage.features import masked, text_to_triage
from triage.learn import Latest, Learnt

BINS, PARKING = Category.WASTE_AND_RECYCLING, Category.PARKING_AND_PERMITS
CURVE = Curve(slope=1.0, offset=0.0)


def learnt_from(truths: Truths) -> Learnt:
    """Return what heads would leave behind that are right about six messages of seven."""
    chance, count = np.random.default_rng(7), len(truths.status)
    margins = Margins(
        dissatisfaction=np.where(truths.dissatisfaction, 1.5, -1.5) + chance.normal(size=count),
        status=4 * np.eye(len(STATUSES))[truths.status] + 1.5 * chance.normal(size=(count, len(STATUSES))),
        category=6 * np.eye(len(CATEGORIES))[truths.category]
        + 1.8 * chance.normal(size=(count, len(CATEGORIES))),
        is_housing=np.zeros(count),
        codes=np.zeros((count, len(CODES))),
    )
    how = Calibrations(CURVE, Temperature(1.0), Temperature(1.0), CURVE, (CURVE,) * len(CODES))
    return Learnt(
        heads=Heads(),
        calibrations=how,
        thresholds=Thresholds(),
        held_out=margins,
        latest=Latest(np.arange(count), margins),
    )


def texts_of(messages: list[LabelledMessage]) -> list[str]:
    """Return the texts as training reads them."""
    return [masked(text_to_triage(each.message)) for each in messages]


def window_of(messages: list[LabelledMessage]) -> Window:
    """Return the messages with what triage says of them, ruled as they are labelled."""
    truths = truths_of(messages)
    learnt = learnt_from(truths)
    said = said_of_margins(learnt.held_out, learnt.calibrations, learnt.thresholds)
    statuses = [STATUSES[place] for place in said.status]
    categories = [CATEGORIES[place] for place in said.category]
    rulings = [
        Ruling(status, each.status, category, each.category, officer_decides=bool(is_unsure))
        for status, category, is_unsure, each in zip(
            statuses, categories, said.officer_decides, messages, strict=True
        )
    ]
    return Window(
        texts=texts_of(messages),
        dissatisfaction=said.dissatisfaction_chance.tolist(),
        status_chances=said.status_chances.max(axis=1).tolist(),
        statuses=statuses,
        categories=categories,
        rulings=rulings,
    )


def every(messages: list[LabelledMessage], *, odd: bool) -> list[LabelledMessage]:
    """Return the messages of every second writer."""
    writers = sorted({each.brief for each in messages})
    return [each for each in messages if writers.index(each.brief) % 2 == odd]


def reference_from(messages: list[LabelledMessage]) -> dict[str, Any]:
    """Return the reference that training on the messages leaves."""
    truths = truths_of(messages)
    return reference_of(texts_of(messages), learnt_from(truths), truths, PROJECT_LABELS)


@pytest.fixture(scope="module")
def corpus() -> list[LabelledMessage]:
    """Return the project's own training messages."""
    return read_training()


@pytest.fixture(scope="module")
def reference(corpus: list[LabelledMessage]) -> dict[str, Any]:
    """Return the reference of one half of them."""
    return reference_from(every(corpus, odd=False))


@pytest.fixture(scope="module")
def window(corpus: list[LabelledMessage]) -> Window:
    """Return the other half, by other writers."""
    return window_of(every(corpus, odd=True))


def some(window: Window, count: int) -> Window:
    """Return some messages of a window, from all over it."""
    step = len(window.texts) // count
    return Window(
        window.texts[::step][:count],
        window.dissatisfaction[::step][:count],
        window.status_chances[::step][:count],
        window.statuses[::step][:count],
        window.categories[::step][:count],
        window.rulings[::step][:count],
    )


def sign(drift: Drift, measure: Measure, category: str = "") -> Sign:
    """Return one sign."""
    return next(each for each in drift.signs if (each.measure, each.category) == (measure, category))


def beyond(drift: Drift) -> set[tuple[Measure, str]]:
    """Return which signs are beyond their limits."""
    return {(each.measure, each.category) for each in drift.signs if each.is_beyond}


def with_rulings(*rulings: Ruling) -> Window:
    """Return a window of rulings alone."""
    return Window(rulings=rulings)


def ruled(count: int, *, changed: int, said: str = BINS, unsure: bool | None = False) -> list[Ruling]:
    """Return rulings on one category; officers changed the category and the status of the first ones."""
    right = Ruling(Status.COMPLAINT, Status.COMPLAINT, said, said, unsure)
    wrong = replace(right, ruled_status=Status.ENQUIRY, ruled_category=Category.OTHER)
    return [wrong] * changed + [right] * (count - changed)


def test_the_other_half_of_the_training_messages_raises_no_alarm(
    reference: dict[str, Any], window: Window
) -> None:
    """Eighteen hundred messages by sixty other writers differ by chance alone."""
    drift = compare(reference, window)
    assert not drift.is_alarm, "\n".join(lines(drift))
    assert {each.measure for each in drift.signs} == set(Measure) - {Measure.REFERENCE}


@pytest.mark.parametrize("count", [50, 120, 400])
def test_an_ordinary_week_raises_no_alarm(reference: dict[str, Any], window: Window, count: int) -> None:
    """Few messages differ more by chance, and the limits know it."""
    drift = compare(reference, some(window, count))
    assert not drift.is_alarm, "\n".join(lines(drift))


def test_a_flood_of_one_category_alarms(reference: dict[str, Any], window: Window) -> None:
    """A third of the week is about parking where a thirtieth was usual."""
    week = some(window, 120)
    flood = replace(week, categories=[PARKING] * 40 + list(week.categories[40:]))
    drift = compare(reference, flood)
    assert beyond(drift) == {(Measure.CATEGORIES, "")}
    assert "of 120 messages were taken for parking and permits" in sign(drift, Measure.CATEGORIES).sentence


def test_a_category_that_training_never_had_alarms_too(reference: dict[str, Any], window: Window) -> None:
    """A council's own category begins to fill."""
    week = some(window, 120)
    drift = compare(reference, replace(week, categories=["harbour"] * 40 + list(week.categories[40:])))
    assert beyond(drift) == {(Measure.CATEGORIES, "")}


def test_a_councils_own_mix_may_stand_in_the_reference(reference: dict[str, Any], window: Window) -> None:
    """A port writes about its harbour every week."""
    own = {"categories": {"harbour": 300, BINS.value: 100}}
    week = replace(some(window, 100), categories=["harbour"] * 74 + [BINS] * 26)
    assert compare(reference, week).is_alarm
    assert not compare(reference | own, week).is_alarm


def test_dissatisfaction_in_every_message_alarms(reference: dict[str, Any], window: Window) -> None:
    """The scores of a week crowd at one end."""
    week = replace(some(window, 100), dissatisfaction=[0.97] * 100)
    drift = compare(reference, week)
    assert beyond(drift) == {(Measure.DISSATISFACTION, "")}
    assert "100 messages were 97% likely" in sign(drift, Measure.DISSATISFACTION).sentence


def test_a_triage_that_became_unsure_alarms(reference: dict[str, Any], window: Window) -> None:
    """No status is likelier than one half."""
    drift = compare(reference, replace(some(window, 100), status_chances=[0.45] * 100))
    assert beyond(drift) == {(Measure.CONFIDENCE, "")}


def test_officers_who_change_every_third_category_alarm(reference: dict[str, Any], window: Window) -> None:
    """On top of what they usually change; the status stays as usual."""
    week = some(window, 150)
    rulings = [
        replace(each, ruled_category=Category.PEST_CONTROL) if place % 3 == 0 else each
        for place, each in enumerate(week.rulings)
    ]
    assert beyond(compare(reference, replace(week, rulings=rulings))) == {(Measure.CATEGORY_RULINGS, "")}


def test_officers_who_change_one_category_alarm_for_it(reference: dict[str, Any], window: Window) -> None:
    """Forty messages of four hundred are hidden in the total, not in their category."""
    rulings = [each for each in window.rulings if each.said_category != PARKING]
    drift = compare(reference, with_rulings(*rulings, *ruled(64, changed=40, said=PARKING)))
    assert beyond(drift) == {(Measure.RULINGS_ON_CATEGORY, PARKING)}
    sentence = sign(drift, Measure.RULINGS_ON_CATEGORY, PARKING).sentence
    assert sentence.startswith("Officers changed the category of 40 of 64 messages about parking and permits")


def test_a_few_changes_more_than_usual_are_no_alarm(reference: dict[str, Any]) -> None:
    """Five of twenty categories are twice as many as usual, and chance does that."""
    drift = compare(reference, with_rulings(*ruled(20, changed=5)))
    found = sign(drift, Measure.CATEGORY_RULINGS)
    assert found.figure == 0.25
    assert not found.is_beyond


def test_rulings_on_unsure_messages_are_held_against_unsure_ones(reference: dict[str, Any]) -> None:
    """Officers see what triage was unsure of, where it was wrong more often in training too."""
    reference = reference | {"status_changes": {"sure": [50, 1000], "unsure": [330, 1000], "": [380, 2000]}}
    usual = {
        unsure: sign(
            compare(reference, with_rulings(*ruled(60, changed=21, unsure=unsure))), Measure.STATUS_RULINGS
        )
        for unsure in (False, True, None)
    }
    assert [round(each.usual or 0, 2) for each in usual.values()] == [0.05, 0.33, 0.19]
    assert [each.is_beyond for each in usual.values()] == [True, False, False]


def test_a_category_that_training_hardly_held_is_judged_as_all_are(reference: dict[str, Any]) -> None:
    """None wrong of three is no promise."""
    reference = reference | {"category_changes": {"harbour": [0, 3], "": [200, 1000]}}
    drift = compare(reference, with_rulings(*ruled(30, changed=6, said="harbour")))
    assert sign(drift, Measure.RULINGS_ON_CATEGORY, "harbour").usual == pytest.approx(0.2, abs=0.01)


def test_few_messages_never_alarm(reference: dict[str, Any]) -> None:
    """Everything about 49 messages and 19 rulings is out of the way, and nothing is said of it."""
    week = Window(
        texts=[f"dzień dobry proszę pana śmieci {'a' * place}b" for place in range(49)],
        dissatisfaction=[0.99] * 49,
        status_chances=[0.2] * 49,
        statuses=[Status.COMPLIMENT] * 49,
        categories=[PARKING] * 49,
        rulings=ruled(19, changed=19),
    )
    drift = compare(reference, week)
    assert not drift.is_alarm
    assert not drift.words
    assert all(each.figure is None for each in drift.signs)
    assert all(each.sentence.startswith("Too few") for each in drift.signs)


def test_nothing_at_all_is_too_few(reference: dict[str, Any]) -> None:
    """A week without mail is judged without a fault."""
    assert not compare(reference, Window()).is_alarm


def test_training_on_too_few_words_is_said(reference: dict[str, Any], window: Window) -> None:
    """No word was shared by five messages, so none is new."""
    nothing = {"messages": 9, "held_by": {}, "unknown": {"mean": 1.0, "deviation": 0.0}}
    drift = compare(reference | {"words": nothing}, some(window, 60))
    assert sign(drift, Measure.NEW_WORDS).sentence.startswith("Training held too few different messages")
    assert not drift.is_alarm


def test_new_words_are_listed(reference: dict[str, Any], window: Window) -> None:
    """One word of the week is shown, the commonest first, and is no alarm."""
    week = some(window, 120)
    texts = [
        f"{text} About the turbines." if place % 4 == 0 else text for place, text in enumerate(week.texts)
    ]
    drift = compare(reference, replace(week, texts=texts))
    assert [(each.word, each.messages) for each in drift.words] == [("turbines", 30)]
    assert "    turbines: 30 messages, 25.0%" in "\n".join(lines(drift))
    assert not drift.is_alarm


def test_many_new_words_alarm_and_ten_are_listed(reference: dict[str, Any], window: Window) -> None:
    """More words than the list holds are another field of work."""
    week = some(window, 120)
    news = "moorings beside jetties where trawlers dredged kelp, cockles, whelks, eels, lobsters and limpets"
    texts = [f"{text} {news}" if place % 4 == 0 else text for place, text in enumerate(week.texts)]
    drift = compare(reference, replace(week, texts=texts))
    assert (Measure.NEW_WORDS, "") in beyond(drift)
    assert len(drift.words) == 10


def test_a_letter_that_comes_again_and_again_is_read_once(reference: dict[str, Any], window: Window) -> None:
    """One person's words are not the week's."""
    week = some(window, 120)
    drift = compare(reference, replace(week, texts=[*week.texts, *["About the turbines of ferrets."] * 60]))
    assert not drift.words


def test_mail_in_another_language_alarms(reference: dict[str, Any], window: Window) -> None:
    """A third of the week is in invented Polish."""
    week, polish = some(window, 90), "proszę przyjechać znowu nie zabrali śmieci spod mojego domu"
    texts = [
        f"{polish} {polish[:place]}" if place % 3 == 0 else text for place, text in enumerate(week.texts)
    ]
    assert (Measure.UNKNOWN_WORDS, "") in beyond(compare(reference, replace(week, texts=texts)))


def test_a_reference_survives_json_unchanged_and_is_small(corpus: list[LabelledMessage]) -> None:
    """It is stored in artefact.json."""
    reference = reference_from(corpus)
    written = json.dumps(reference)
    assert json.loads(written) == reference
    assert len(written) < 60_000


def test_drift_can_be_written_as_json(reference: dict[str, Any], window: Window) -> None:
    """With the verdict and all numbers as JSON's own kinds."""
    drift = compare(reference, window)
    said = json.loads(json.dumps(drift.as_json()))
    assert said["is_alarm"] is False
    assert said["messages"] == len(window.texts)
    first = said["signs"][0]
    assert set(first) == {"measure", "sentence", "figure", "usual", "limit", "category", "is_beyond"}
    assert first["figure"] < first["limit"]


def test_an_artefact_without_reference_is_not_comparable(window: Window) -> None:
    """It was made before there were references; nothing rings."""
    drift = compare({}, window)
    assert [each.measure for each in drift.signs] == [Measure.REFERENCE]
    assert drift.signs[0].sentence.startswith("Not comparable")
    assert not drift.is_alarm


def test_lines_mark_what_is_beyond(reference: dict[str, Any], window: Window) -> None:
    """The headline counts it, the line of the sign begins with a mark."""
    drift = compare(reference, replace(some(window, 100), dissatisfaction=[0.97] * 100))
    shown = list(lines(drift))
    assert shown[0].endswith("signs beyond the limit (100 messages, 100 rulings)")
    assert [line[:2] for line in shown[1:4]] == ["! ", "  ", "  "]


def test_only_words_that_five_messages_share_leave_a_message(corpus: list[LabelledMessage]) -> None:
    """Neither the reference nor the drift holds a name, an address, a number or a rare word."""
    secrets = [
        "I am Wilhelmina Quenby of Thrupplegate, zygomorphic.",
        "Write to quenby@thrupple.example or www.thrupple.example, folder/quenby, file quenby.pdf",
        "flat2b, k9quenby, SK-4417a, 01632 960123",
    ]
    labelled = every(corpus, odd=False)[:400]
    texts = texts_of(labelled)
    # All but the rare word stand in every message, the rare one in four.
    marked = [f"{text} {secrets[0].replace('zygomorphic', '')} {secrets[1]} {secrets[2]}" for text in texts]
    marked[:4] = [f"{text} {secrets[0]}" for text in texts[:4]]
    truths = truths_of(labelled)
    reference = reference_of(marked, learnt_from(truths), truths, PROJECT_LABELS)
    drift = compare(reference_from(labelled), Window(texts=marked))
    written = (json.dumps(reference) + json.dumps(drift.as_json()) + "\n".join(lines(drift))).lower()
    for secret in ("quenby", "wilhelmina", "thrupple", "zygomorphic", "4417", "01632", "flat2b"):
        assert secret not in written
    counts = Counter(word for text in marked for word in set(_plain_words(text)))
    kept = " ".join(reference["words"]["held_by"].values()).split()
    assert kept
    assert min(counts[word] for word in kept) >= 5


def _plain_words(text: str) -> list[str]:
    """Return every word of a text, found otherwise than the code finds it."""
    spaced = "".join(each if each.isalpha() or each in "'’" else " " for each in text)
    return [word.strip("'") for word in spaced.replace("’", "'").split()]


def test_hostile_texts_are_read_quickly(reference: dict[str, Any]) -> None:
    """Endless words, apostrophes and dots are cut short."""
    hostile = cycle(["a'" * 200_000, "a." * 200_000, "é" * 400_000, "@" * 400_000, "\x00 " * 200_000, ""])
    texts = [f"{text}{place}" for place, text in enumerate(islice(hostile, 60))]
    assert not compare(reference, Window(texts=texts)).words
