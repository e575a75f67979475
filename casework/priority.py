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


def priority_of(flags: Iterable[Flag]) -> int:
    """Return the priority of a case with these flags."""
    return sum(_POINTS.get(flag, 0) for flag in set(flags))


def raise_flag(case: Case, flag: Flag) -> None:
    """Put a flag on a case and the case as much higher in the queue, once."""
    if flag not in case.flags:
        case.flags = sorted({*case.flags, flag})
        case.priority += priority_of([flag])
