"""What is owed by a date: the acknowledgements, answers, tasks, actions and reviews of all cases."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DutyKind(StrEnum):
    """What somebody has to do, in the order of the figures."""

    ACKNOWLEDGEMENT = "acknowledgement"
    RESPONSE = "response"
    ACTION = "action"
    TASK = "task"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is owed by a date: about which case or item, and by whom.

    `what` names it without a word about the complainant. `officers` are the names of those who handle it,
    empty where nobody does.
    """

    kind: DutyKind
    what: str
    reference: str
    due_by: date
    officers: tuple[str, ...] = ()
