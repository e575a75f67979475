"""How far up the queue a case stands, by what is known of the person and the matter (LGSCO 6.1, HO 6.1)."""

from collections.abc import Iterable

from models.case import Case
from models.codes import Flag

_POINTS = {
    Flag.SAFEGUARDING: 8,
    Flag.SAFETY_HAZARD: 8,
    Flag.ABUSIVE: 4,
    Flag.VULNERABLE: 2,
    Flag.PRE_ACTION: 1,
    Flag.ELECTED_MEMBER: 1,
}
_COMPLEX = 1
"""For a case of several matters or points: it weighs a little, and less than a person at risk."""


def weigh(case: Case, *, flags: Iterable[Flag], matters: int = 1) -> None:
    """Give a case these flags and the priority that follows; it alone does, so no flag counts twice.

    `matters` are the separate matters or points that are seen now. A case that was complex stays complex:
    what its priority holds beyond its flags says so.
    """
    was_complex = is_complex(case)
    case.flags = sorted({*flags})
    case.priority = _priority_of(case.flags) + (_COMPLEX if was_complex or matters > 1 else 0)


def raise_flags(case: Case, *flags: Flag) -> None:
    """Add flags to a case, and put it as much higher in the queue."""
    weigh(case, flags=[*case.flags, *flags])


def is_complex(case: Case) -> bool:
    """Say whether a case was seen to be about several matters or points."""
    return case.priority > _priority_of(case.flags)


def _priority_of(flags: Iterable[Flag]) -> int:
    return sum(_POINTS.get(flag, 0) for flag in set(flags))
