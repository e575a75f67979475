"""What reading a text gives: its sentences and the cues in them, each with its place."""

from dataclasses import dataclass

from models.decision import Span

READING = 2
"""The way of reading; raised whenever `language.py` reads the same text otherwise."""


@dataclass(frozen=True)
class Hit:
    """A cue found in a text, and the number of the sentence that holds it."""

    cue: str
    span: Span
    sentence: int


@dataclass(frozen=True)
class Reading:
    """What was read in a text; spans count characters of `text`."""

    text: str
    sentences: tuple[Span, ...]
    hits: tuple[Hit, ...]
    counts: dict[str, int]
    word_count: int

    def has(self, *cues: str) -> bool:
        """Say whether any of the cues was found."""
        return any(hit.cue in cues for hit in self.hits)
