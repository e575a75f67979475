"""Messages to predictions and decisions: the classifier, the rules and the policy put together."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from models.codes import Ombudsman
from models.deadlines import received_on
from models.decision import Decision, FurtherMatter, Prediction, Span
from triage.ages import Age, ages_in
from triage.artefact import Artefact
from triage.classifier import STATUSES
from triage.corpus import TriageInput
from triage.decide import FoundCode, decide
from triage.encoder.read import Encoder
from triage.features import masked, pragmatic, text_to_triage
from triage.language import read_texts
from triage.matters import Matter, main_first, matters_in
from triage.reading import Reading
from triage.rules import OwnExclusion, findings, reason_for, settled_status
from triage.weigh import weighed

Numbers = NDArray[np.float64]

LoudestFor = dict[str, int]

_BATCH = 64
_MOST_EVIDENCE = 3
_WORDS_IN_EVIDENCE = 3


class Triager:
    """Triages messages with one artefact; the same artefact always gives the same answer.

    `own_exclusions` are the council's own: one that the artefact has not learnt yet is suggested where the
    words of the settings stand in a message.
    """

    def __init__(self, artefact: Artefact, *, own_exclusions: Sequence[OwnExclusion] = ()) -> None:
        self.artefact = artefact
        self.own_exclusions = own_exclusions

    def triage(self, messages: Iterable[TriageInput]) -> Iterator[tuple[Prediction, Decision]]:
        """Yield a prediction and a decision for each message, in order, in constant memory."""
        remaining = iter(messages)
        while batch := list(islice(remaining, _BATCH)):
            yield from self._triage_batch(batch)

    def _triage_batch(self, batch: Sequence[TriageInput]) -> Iterator[tuple[Prediction, Decision]]:
        readings = list(read_texts(text_to_triage(message) for message in batch))
        ages = [
            ages_in(reading.text, received_on(message.received_at))
            for reading, message in zip(readings, batch, strict=True)
        ]
        senders = [message.sender for message in batch]
        predictions = self._predict(readings, ages, senders)
        for message, reading, times, (prediction, loudest) in zip(
            batch, readings, ages, predictions, strict=True
        ):
            decision = decide(
                prediction,
                _found_codes(reading, times, prediction, loudest, self.own_exclusions, sender=message.sender),
                thresholds=self.artefact.thresholds,
                text_is_empty=not reading.text.strip(),
                settled=settled_status(reading),
            )
            yield prediction, in_places_of(message, decision)

    def _predict(
        self, readings: Sequence[Reading], ages: Sequence[list[Age]], senders: Sequence[str]
    ) -> Iterator[tuple[Prediction, LoudestFor]]:
        """Yield the prediction of each message, and where its words speak loudest for each code."""
        artefact, how = self.artefact, self.artefact.calibrations
        said = zip(readings, ages, senders, strict=True)
        numbers = np.array([pragmatic(reading, times, sender=sender) for reading, times, sender in said])
        texts = [masked(reading.text) for reading in readings]
        encoded = list(artefact.encoder.read(texts)) if artefact.encoder else []
        margins = artefact.heads.margins(artefact.vectoriser.transform(texts, numbers))
        if artefact.encoder and artefact.weights:
            logits = np.stack([each.logits for each in encoded]).astype(np.float64)
            margins = weighed(
                margins, logits, artefact.weights,
                outputs=artefact.encoder.outputs, labels=artefact.labels,
            )  # fmt: skip
        dissatisfaction = how.dissatisfaction.probabilities(margins.dissatisfaction)
        status = how.status.probabilities(margins.status)
        category = how.category.probabilities(margins.category)
        housing = how.is_housing.probabilities(margins.is_housing)
        codes = np.stack(
            [curve.probabilities(margins.codes[:, at]) for at, curve in enumerate(how.codes)], axis=1
        )
        by_sentence = [
            encoded[row].of_passages(reading.sentences).astype(np.float64)
            for row, reading in enumerate(readings)
            if encoded
        ]
        grievance = [each[:, 0] for each in by_sentence] or self._sentence_scores(readings)
        limit = artefact.thresholds.dissatisfaction
        main = [artefact.labels.categories[best] for best in category.argmax(axis=1)]
        further = matters_in(readings, artefact, category, main)
        for row, reading in enumerate(readings):
            chances, also = _matters(
                dict(zip(artefact.labels.categories, map(float, category[row]), strict=True)),
                main[row],
                further[row],
            )
            prediction = Prediction(
                dissatisfaction=float(dissatisfaction[row]),
                status=dict(zip(STATUSES, map(float, status[row]), strict=True)),
                category=chances,
                ombudsman=Ombudsman.HOUSING if housing[row] >= 0.5 else Ombudsman.LGSCO,  # noqa: PLR2004
                codes=dict(zip(artefact.labels.codes, map(float, codes[row]), strict=True)),
                evidence=_evidence(reading, grievance[row], is_grievance=dissatisfaction[row] >= limit),
                artefact=artefact.name,
                also=also,
            )
            yield prediction, _loudest(by_sentence[row] if by_sentence else None, artefact.encoder)

    def _sentence_scores(self, readings: Sequence[Reading]) -> list[Numbers]:
        """Return how much the words of each sentence speak for dissatisfaction."""
        vectoriser = self.artefact.vectoriser
        weights = self.artefact.heads.grievance_weights(vectoriser.word_columns)
        sentences = [masked(span.text) for reading in readings for span in reading.sentences]
        scores = vectoriser.words_.transform(sentences) @ weights
        ends = np.cumsum([len(reading.sentences) for reading in readings])
        return np.split(scores, ends[:-1])


def in_places_of(message: TriageInput, decision: Decision) -> Decision:
    """Return the decision with its passages counted in the message's own body or subject."""
    return replace(
        decision,
        evidence=tuple(_located(span, message) for span in decision.evidence),
        also=tuple(replace(each, span=_located(each.span, message)) for each in decision.also),
        exclusions=tuple(replace(each, span=_located(each.span, message)) for each in decision.exclusions),
        flags=tuple(replace(each, span=_located(each.span, message)) for each in decision.flags),
    )


def _located(span: Span, message: TriageInput) -> Span:
    """Find a passage of the text that was read in the message itself.

    The text read leaves out quoted lines and white space, so a passage may stand at another place; words
    are looked for with any white space between them.
    """
    for field, text in (("body", message.body), ("subject", message.subject)):
        start = text.find(span.text)
        if start >= 0 and span.text:
            return Span(start, start + len(span.text), span.text, field)
        found = re.search(r"\s+".join(map(re.escape, span.text.split())), text) if span.text else None
        if found:
            return Span(found.start(), found.end(), found[0], field)
    return span


def _evidence(reading: Reading, scores: Numbers, *, is_grievance: bool) -> tuple[Span, ...]:
    """Return the sentences that speak loudest for the verdict, in the order of the text."""
    towards = scores if is_grievance else -scores
    strongest = [
        int(place)
        for place in np.argsort(-towards, kind="stable")
        if len(reading.sentences[place].text.split()) >= _WORDS_IN_EVIDENCE and towards[place] > 0
    ][:_MOST_EVIDENCE]
    if not strongest:
        strongest = [int(np.argmax(towards))]
    loudest = max(towards[strongest[0]], 0.0)
    kept = [place for place in strongest if towards[place] >= loudest / 2 or len(strongest) == 1]
    return tuple(reading.sentences[place] for place in sorted(kept))


def _matters(
    chances: dict[str, float], main: str, found: Sequence[Matter]
) -> tuple[dict[str, float], tuple[FurtherMatter, ...]]:
    """Return the chances of the categories and the further matters; what stands first is the main one."""
    first, others = main_first(main, found)
    also = tuple(FurtherMatter(each.category, each.confidence, each.span) for each in others)
    return chances | {main: chances[first], first: chances[main]}, also


def _loudest(by_sentence: Numbers | None, encoder: Encoder | None) -> LoudestFor:
    """Return the sentence that contributed most to each code; nothing without the encoder."""
    if by_sentence is None or encoder is None:
        return {}
    places = by_sentence.argmax(axis=0)
    return {
        output.removeprefix("code:"): int(place)
        for output, place in zip(encoder.outputs, places, strict=True)
        if output.startswith("code:")
    }


def _found_codes(
    reading: Reading,
    ages: list[Age],
    prediction: Prediction,
    loudest: LoudestFor,
    own: Sequence[OwnExclusion],
    *,
    sender: str,
) -> Iterator[FoundCode]:
    """Yield every code with its probability and the passage that speaks for it.

    That is the passage that a rule found, else the sentence that contributed most to the code, else what
    led to the verdict on the message.
    """
    first_by_code = {each.code: each for each in reversed(findings(reading, ages, own, sender=sender))}
    not_learnt = {code: 1.0 for code in first_by_code if code not in prediction.codes}
    for code, probability in (prediction.codes | not_learnt).items():
        finding = first_by_code.get(code)
        yield FoundCode(
            code=code,
            probability=1.0 if finding and finding.is_certain else probability,
            rule=finding.rule if finding else "",
            span=finding.span if finding else _passage_without_rule(code, reading, prediction, loudest),
            reason=finding.reason if finding else _reason_without_passage(code, own),
        )


def _passage_without_rule(code: str, reading: Reading, prediction: Prediction, loudest: LoudestFor) -> Span:
    if code in loudest:
        return reading.sentences[loudest[code]]
    return prediction.evidence[0] if prediction.evidence else reading.sentences[0]


def _reason_without_passage(code: str, own: Sequence[OwnExclusion]) -> str:
    return f"{reason_for(code, own)}; the words as a whole suggest it"
