"""The day by which a letter has to go, by the clocks of its case."""

from datetime import date
from typing import Protocol

from models.codes import LetterKind

_FIRST = frozenset({
    LetterKind.STAGE_1_ACKNOWLEDGEMENT, LetterKind.STAGE_2_ACKNOWLEDGEMENT,
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT, LetterKind.RECEIPT, LetterKind.KNOWN_ISSUE,
})  # fmt: skip
_ANSWERS = frozenset({LetterKind.STAGE_1_RESPONSE, LetterKind.STAGE_2_RESPONSE})


class Clocks(Protocol):
    """The dates of a case: the case itself, or a row of the record."""

    @property
    def acknowledge_by(self) -> date:
        """The last day of the acknowledgement."""
        ...

    @property
    def acknowledged_on(self) -> date | None:
        """When it went."""
        ...

    @property
    def respond_by(self) -> date | None:
        """The date promised for the answer."""
        ...

    @property
    def extended_to(self) -> date | None:
        """The date in its place."""
        ...


def must_go_by(
    kind: LetterKind, clocks: Clocks, *, written_on: date, extended_from: date | None = None
) -> date:
    """Return the last day on which a letter goes in time; what no clock waits for goes when it is written.

    | letter                                            | day                                             |
    | acknowledgement, receipt, known issue             | the last of the acknowledgement                 |
    | answer                                            | the one promised, or the one in its place       |
    | extension                                         | the one promised before it, `extended_from`     |
    | not accepted                                      | as an acknowledgement where there was none      |
    | question, request for consent, progress           | that of writing: the clock does not wait        |
    """
    if kind in _FIRST or (kind is LetterKind.NOT_ACCEPTED and clocks.acknowledged_on is None):
        return clocks.acknowledge_by
    if kind in _ANSWERS:
        return clocks.extended_to or clocks.respond_by or written_on
    if kind is LetterKind.EXTENSION:
        return extended_from or written_on
    return written_on
