"""The classifier learns by heart what it is shown, and says honestly what it was never shown."""

from dataclasses import replace

import numpy as np
import pytest
from builders import NOW, make_input

from models.codes import Flag, Ombudsman, Status
from models.errors import CorpusInvalid
from triage.artefact import Artefact
from triage.classifier import CODES, Heads, Vectoriser
from triage.corpus import LabelledMessage
from triage.evaluate import evaluate, truths_of
from triage.rules import OwnExclusion
from triage.train import train
from triage.triager import Triager


def test_what_was_learnt_by_heart_is_known(artefact: Artefact, learnt: list[LabelledMessage]) -> None:
    """Every sentence gets the status, category, Ombudsman and flag that it was taught with."""
    said = [decision for _, decision in Triager(artefact).triage(each.message for each in learnt)]
    assert [each.status for each in said] == [each.status for each in learnt]
    assert [each.category for each in said] == [each.category for each in learnt]
    assert [each.ombudsman for each in said] == [each.ombudsman for each in learnt]
    assert [each.is_dissatisfied for each in said] == [each.is_dissatisfied for each in learnt]
    assert [Flag.VULNERABLE in each.flag_codes for each in said] == [bool(each.flags) for each in learnt]


def test_chances_are_chances(artefact: Artefact, learnt: list[LabelledMessage]) -> None:
    """Probabilities lie between 0 and 1 and those of one of several labels add up to 1."""
    for prediction, _ in Triager(artefact).triage(each.message for each in learnt):
        assert sum(prediction.status.values()) == pytest.approx(1)
        assert sum(prediction.category.values()) == pytest.approx(1)
        every = [prediction.dissatisfaction, *prediction.status.values(), *prediction.codes.values()]
        assert all(0 <= chance <= 1 for chance in every)
        assert len(prediction.codes) == len(CODES)


def test_the_same_message_always_gets_the_same_answer(
    artefact: Artefact, learnt: list[LabelledMessage]
) -> None:
    """Neither order nor company changes what is said of a message."""
    triager = Triager(artefact)
    together = {
        message.message.id: said
        for message, (_, said) in zip(learnt, triager.triage(each.message for each in learnt), strict=True)
    }
    for each in reversed(learnt):
        ((_, alone),) = triager.triage([each.message])
        assert alone.status is together[each.message.id].status
        assert alone.dissatisfaction == pytest.approx(together[each.message.id].dissatisfaction)


def test_the_word_complain_changes_no_verdict(artefact: Artefact) -> None:
    """With one word of the family or another, a sentence is scored the same (LGSCO 1.5, HO 1.3)."""
    triager = Triager(artefact)
    ((one, _),) = triager.triage([make_input("I complain about the kerb.")])
    ((other, _),) = triager.triage([make_input("I complaint about the kerb.")])
    assert (one.dissatisfaction, one.status) == (other.dissatisfaction, other.status)


def test_evidence_stands_where_the_message_has_it(artefact: Artefact) -> None:
    """A passage is found again at its place in the body or subject as received."""
    body = "Hello.\n\nNobody has replied about the kerb\nand it is still not mended.\n\n> quoted line"
    message = make_input(body, subject="Re: Kerb")
    ((_, decision),) = Triager(artefact).triage([message])
    assert decision.evidence
    for span in (*decision.evidence, *(each.span for each in decision.flags)):
        text = {"body": body, "subject": message.subject}[span.field]
        assert text[span.start : span.end] == span.text
    assert all("quoted" not in span.text for span in decision.evidence)


@pytest.mark.parametrize("body", ["", "  \n", "\n\n\n"])
def test_a_message_without_words_is_an_officer_s(artefact: Artefact, body: str) -> None:
    """An empty body gets a status like any other, and an officer."""
    message = make_input(body, subject="")
    ((_, decision),) = Triager(artefact).triage([message])
    assert decision.status in Status
    assert "there is no text to read" in decision.reasons


def test_an_exclusion_of_the_council_s_own_is_suggested_by_its_words(artefact: Artefact) -> None:
    """Until it is learnt, the words in the settings suggest it, as whole words in any case."""
    own = OwnExclusion("market_charter", "the Market Court decides on pitches", ("market court",))
    triager = Triager(artefact, own_exclusions=[own])
    said = {
        body: decision.exclusions
        for body in ("The MARKET\nCourt took my pitch.", "The supermarket courtyard is dark.")
        for _, decision in triager.triage([make_input(body)])
    }
    (found,) = [each for each in said["The MARKET\nCourt took my pitch."] if each.code == "market_charter"]
    assert (found.rule, found.reason) == ("own_words", "the Market Court decides on pitches")
    assert found.as_json()["code"] == "market_charter"
    assert all(each.code != "market_charter" for each in said["The supermarket courtyard is dark."])


def test_no_messages_get_no_answers(artefact: Artefact) -> None:
    """Triage of nothing is nothing."""
    assert list(Triager(artefact).triage([])) == []


def test_more_messages_than_a_batch_keep_their_order(artefact: Artefact) -> None:
    """The hundredth answer is the hundredth message's."""
    texts = ["Could you please mend the kerb?", "Special offer, click here for a cheap kerb."]
    messages = [make_input(texts[number % 2], id=str(number)) for number in range(150)]
    said = [decision.status for _, decision in Triager(artefact).triage(messages)]
    assert said == [Status.SERVICE_REQUEST, Status.OTHER] * 75


def test_a_label_that_was_never_shown_is_unlikely(learnt: list[LabelledMessage]) -> None:
    """What training never saw gets a low margin, not a guess and not an error."""
    only = [replace(each, ombudsman=Ombudsman.LGSCO) for each in learnt if each.status is Status.COMPLAINT]
    texts = [each.message.body for each in only]
    vectoriser = Vectoriser(min_messages=1).fit(texts)
    rows = vectoriser.transform(texts, np.zeros((len(texts), 3)))
    margins = Heads().fit(rows, truths_of(only)).margins(rows)
    assert (margins.is_housing == -3).all()
    assert (margins.dissatisfaction == -3).all()
    assert margins.status.shape == (6, 6)
    assert margins.codes.shape == (6, len(CODES))


def test_figures_of_what_was_learnt_by_heart_are_perfect(
    artefact: Artefact, learnt: list[LabelledMessage]
) -> None:
    """Evaluation asks the triager and counts; here everything is right, with and without the word."""
    found = evaluate(Triager(artefact), learnt)
    assert found["status"]["accuracy"] == found["category"]["accuracy"] == 1.0
    assert found["dissatisfaction"]["recall"] == found["ombudsman"]["accuracy"] == 1.0
    assert found["without_the_word_complain"]["messages"] == len(learnt) == found["messages"]
    assert (found["artefact"], found["briefs"]) == ("by-heart", 3)


def test_messages_without_an_ombudsman_are_not_counted_for_it(
    artefact: Artefact, learnt: list[LabelledMessage]
) -> None:
    """A file that does not name the Ombudsman gets no figure for it."""
    unnamed = [replace(each, ombudsman=None) for each in learnt]
    assert "ombudsman" not in evaluate(Triager(artefact), unnamed)


def test_too_few_messages_or_writers_are_refused(
    learnt: list[LabelledMessage], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A classifier that learnt from a handful would only pretend."""
    steps: list[str] = []
    with pytest.raises(CorpusInvalid, match="36 messages by 3 writers are too few"):
        train(
            learnt, folder=tmp_path_factory.mktemp("few"), now=NOW,
            progress=lambda step, _done, _total: steps.append(step),
        )  # fmt: skip
    assert steps == []
