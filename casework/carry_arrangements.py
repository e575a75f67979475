"""What was agreed on a case goes with its person, where an officer says that it is another than was thought.

For one person at another address all of it holds on. Of somebody else's, only what tells nobody anything and
harms nobody is copied, such as large print: a postal address, a number or a restriction may be the other's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.consent import KINDS
from casework.ways import BY_HAND, key_of, ways_of
from models.case import Case
from models.codes import ArrangementKind, ContactWay
from models.deadlines import received_on
from models.people import Arrangement
from models.ports import UnitOfWork

_INSTEAD_OF_EMAIL = BY_HAND | {ContactWay.OTHER_ADDRESS}


@dataclass(frozen=True)
class Carried:
    """The numbers of the arrangements that hold for the person now, and of those that were the other's."""

    held: tuple[int | None, ...] = ()
    left: tuple[int | None, ...] = ()
    consent_left: tuple[int | None, ...] = ()

    def in_words(self) -> str:
        """Say it to the officer, empty where nothing was agreed."""
        said = [f"arrangement {_listed(self.held)} holds for them"] if self.held else []
        if self.left:
            said.append(
                f"arrangement {_listed(self.left)} was agreed with somebody else and is not used for them; "
                "if it is theirs, agree on it again (heard case arrange)"
            )
        return "; ".join(said)

    def for_audit(self) -> dict[str, object]:
        """Return the numbers for the audit, nothing where there are none."""
        found = {"arrangements": [*self.held], "arrangements_left": [*self.left, *self.consent_left]}
        return {what: numbers for what, numbers in found.items() if numbers}


def carry_arrangements(
    uow: UnitOfWork,
    case: Case,
    keys: Sequence[str],
    *,
    to: str,
    is_same: bool,
    speaks_alone: bool,
    now: datetime,
) -> Carried:
    """Let what was agreed on a case under the keys of before hold under another; return what became of it.

    A word on consent is about whoever wrote: it goes with one who still writes for somebody, and consent only
    with the same one. Who `speaks_alone` was represented until now, and needs none (LGSCO 1.5, 3.6).
    """
    agreed = [each for each in uow.people.of(keys) if each.case_reference == case.reference]
    held: list[int | None] = []
    left: list[Arrangement] = []
    for each in agreed:
        if each.address == to:
            continue  # It is kept by the case, and so is whoever has it now.
        if _goes_along(each, is_same=is_same, speaks_alone=speaks_alone):
            _move(uow, case, each, to, today=received_on(now))
            held.append(each.id)
        elif not is_same and _is_harmless(each):
            _copy(uow, case, each, to)
            held.append(each.id)
        else:
            _leave(case, each, today=received_on(now))
            left.append(each)
        uow.flush()  # The next one, and the letters after it, are to see it.
    return Carried(
        tuple(held),
        tuple(each.id for each in left if each.kind not in KINDS),
        tuple(each.id for each in left if each.kind in KINDS),
    )


def _goes_along(agreed: Arrangement, *, is_same: bool, speaks_alone: bool) -> bool:
    if agreed.kind is ArrangementKind.NO_CONSENT:
        return not speaks_alone
    return is_same


def _is_harmless(agreed: Arrangement) -> bool:
    """Say whether an arrangement names no way to anybody, and nothing that somebody did or said."""
    is_about_them = agreed.kind is ArrangementKind.RESTRICTION or agreed.kind in KINDS
    return not is_about_them and not agreed.value and agreed.way not in _INSTEAD_OF_EMAIL


def _move(uow: UnitOfWork, case: Case, agreed: Arrangement, to: str, *, today: date) -> None:
    """Keep it under the new key; where another way to them is agreed there, that one stays alone."""
    known = [way for way, each in ways_of(uow, case).items() if each is not agreed and each.address == to]
    rivals = _INSTEAD_OF_EMAIL if agreed.way in _INSTEAD_OF_EMAIL else {agreed.way}
    if agreed.way is not None and not rivals.isdisjoint(known):
        agreed.ended_on = today
    agreed.address = to


def _copy(uow: UnitOfWork, case: Case, agreed: Arrangement, to: str) -> None:
    """Let it hold for the person as well; by the case it holds anyway, and what they have stays alone."""
    if agreed.address == key_of(case.reference) or agreed.way in ways_of(uow, case):
        return
    uow.people.add(
        Arrangement(
            address=to, kind=agreed.kind, what=agreed.what, reason=agreed.reason, officer=agreed.officer,
            agreed_on=agreed.agreed_on, way=agreed.way, value=agreed.value, review_on=agreed.review_on,
            case_reference=case.reference,
        )
    )  # fmt: skip


def _leave(case: Case, agreed: Arrangement, *, today: date) -> None:
    """Leave it with whom it was agreed; what was kept by the case would hold for whoever has the case."""
    if agreed.address == key_of(case.reference):
        agreed.ended_on = today


def _listed(numbers: Sequence[int | None]) -> str:
    return ", ".join(map(str, numbers))
