"""How the page of a case names what the record has in codes: services, grounds, people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.codes import Flag, LetterKind, Ombudsman, Status
from review.show.text import one_line

STATUSES = {
    Status.COMPLAINT: "Complaint",
    Status.SERVICE_REQUEST: "Service request",
    Status.ESCALATION: "Escalation",
    Status.COMPLIMENT: "Compliment",
    Status.ENQUIRY: "Enquiry",
    Status.OTHER: "Other",
}
FLAGS = {
    Flag.THIRD_PARTY: "For somebody else",
    Flag.ELECTED_MEMBER: "Elected member",
    Flag.VULNERABLE: "Vulnerable",
    Flag.REASONABLE_ADJUSTMENT: "Adjustment",
    Flag.SAFETY_HAZARD: "Safety hazard",
    Flag.SAFEGUARDING: "Safeguarding",
    Flag.PRE_ACTION: "Legal action announced",
    Flag.ABUSIVE: "Abuse of staff",
}
OMBUDSMEN = {
    Ombudsman.LGSCO: "Local Government and Social Care Ombudsman",
    Ombudsman.HOUSING: "Housing Ombudsman",
}
_LETTERS = {
    LetterKind.DUTY_ALERT: "alert to the duty officer",
    LetterKind.NOT_ACCEPTED: "decision not to accept the complaint",
    LetterKind.CONSENT_REQUEST: "request for consent",
    LetterKind.CLARIFICATION: "question to the complainant",
    LetterKind.PROGRESS: "progress letter",
    LetterKind.KNOWN_ISSUE: "letter about a known issue",
    LetterKind.EXTENSION: "extension letter",
}
_ITSELF = {"heard": "Heard", "guard": "Heard (the guard)", "": "Heard"}


def letter_name(kind: str) -> str:
    """Name a kind of letter within a sentence: "stage 1 acknowledgement"."""
    known = {each.value: words for each, words in _LETTERS.items()}
    return known.get(kind, kind.replace("_", " "))


def in_words(code: object) -> str:
    """Say a code that nobody named otherwise."""
    return one_line(str(getattr(code, "value", code) or "").replace("_", " "))


@dataclass(frozen=True)
class Names:
    """The names in force here; `officers` are full names by the name in Heard."""

    categories: Mapping[str, str] = field(default_factory=dict)
    exclusions: Mapping[str, str] = field(default_factory=dict)
    officers: Mapping[str, str] = field(default_factory=dict)

    def category(self, code: object) -> str:
        """Name a category."""
        return self.categories.get(_value(code)) or in_words(code).capitalize()

    def exclusion(self, code: object) -> str:
        """Name a ground of exclusion."""
        return self.exclusions.get(_value(code)) or in_words(code).capitalize()

    def status(self, code: object) -> str:
        """Name a status."""
        return {each.value: name for each, name in STATUSES.items()}.get(_value(code)) or in_words(code)

    def flag(self, code: object) -> str:
        """Name a flag."""
        return {each.value: name for each, name in FLAGS.items()}.get(_value(code)) or in_words(code)

    def ombudsman(self, code: object) -> str:
        """Name an Ombudsman."""
        return {each.value: name for each, name in OMBUDSMEN.items()}.get(_value(code)) or in_words(code)

    def any_code(self, code: object) -> str:
        """Name a flag, an exclusion or a category, whichever it is."""
        value = _value(code)
        if value in set(Flag):
            return self.flag(value)
        return self.exclusions.get(value) or self.category(value)

    def officer(self, name: str) -> str:
        """Name who did something: an officer in full, or Heard itself."""
        return _ITSELF.get(name) or one_line(self.officers.get(name) or name)


def _value(code: object) -> str:
    return str(getattr(code, "value", code) or "")
