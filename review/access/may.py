"""What each role may do on the pages, as one table; every route names what it needs."""

from dataclasses import dataclass
from enum import StrEnum

from models.codes import Role


class May(StrEnum):
    """Something that a role may do or not."""

    SEE_CASES = "see cases"
    WORK_CASES = "rule on cases and change them"
    ASSIGN = "assign cases to others"
    SEE_FIGURES = "see the overview"
    SEE_CLASSIFIER = "see the classifier"
    CHANGE_CLASSIFIER = "promote, roll back and retrain the classifier"
    SEE_SETTINGS = "see the settings"
    CHANGE_ISSUES = "declare known issues"
    MANAGE_PEOPLE = "manage officers and their accounts"
    OWN_ACCOUNT = "manage one's own account"


_WORKS = frozenset({May.SEE_CASES, May.WORK_CASES, May.OWN_ACCOUNT})

ROLES: dict[Role, frozenset[May]] = {
    Role.OFFICER: _WORKS | {May.CHANGE_ISSUES},
    Role.SERVICE_MANAGER: _WORKS,
    Role.TEAM_MANAGER: _WORKS | {
        May.ASSIGN, May.SEE_FIGURES, May.SEE_CLASSIFIER, May.CHANGE_CLASSIFIER, May.SEE_SETTINGS,
        May.CHANGE_ISSUES,
    },
    Role.ADMINISTRATOR: frozenset({
        May.SEE_CLASSIFIER, May.CHANGE_CLASSIFIER, May.SEE_SETTINGS, May.MANAGE_PEOPLE, May.OWN_ACCOUNT,
    }),
    Role.AUDITOR: frozenset({
        May.SEE_CASES, May.SEE_FIGURES, May.SEE_CLASSIFIER, May.SEE_SETTINGS, May.OWN_ACCOUNT,
    }),
}  # fmt: skip
"""An administrator sees no case content; an auditor reads everything and changes nothing."""


@dataclass(frozen=True)
class SignedIn:
    """The officer who is signed in, and what they may do.

    `only_own` keeps them to the cases that are assigned to them.
    """

    name: str
    full_name: str
    role: Role
    only_own: bool
    uses_keys: bool = True

    def may(self, what: May) -> bool:
        """Say whether they may do something."""
        return what in ROLES[self.role]


def sees_only_own(role: Role, *, officers_see: str) -> bool:
    """Say whether a role is kept to the cases assigned to them; for officers the settings say so."""
    return role is Role.SERVICE_MANAGER or (role is Role.OFFICER and officers_see == "assigned")
