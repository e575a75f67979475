"""What a change alters in the cases that it touches: taken down before and after, compared, and put back.

All of it is JSON: fields by their names, rows by their numbers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum
from typing import Any, get_args

from casework.ways import known_as
from models.case import Case
from models.people import Arrangement
from models.ports import UnitOfWork

ROWS = ("messages", "letters", "rulings", "tasks", "points", "actions", "extensions", "refusals")
"""What belongs to a case and may move to another."""

_OF_A_MESSAGE = ("outcome", "reason", "settled_at")
"""What an officer's change alters of a message; what it says, nothing does."""

_NOT_ALTERED = frozenset({"id", "version", *ROWS})

Values = dict[str, Any]


@dataclass(frozen=True)
class TakenDown:
    """Some cases at one moment: their fields, rows with the case of each, and what is agreed with people."""

    cases: dict[str, Values] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    rows: dict[str, dict[str, tuple[str, Values]]] = field(default_factory=dict)
    people: dict[str, Values] = field(default_factory=dict)


def agreed_on(uow: UnitOfWork, cases: Iterable[Case]) -> list[Arrangement]:
    """Return what is agreed with the people of some cases, each once."""
    found = (each for case in cases for each in uow.people.of(known_as(case)))
    return list(dict.fromkeys(found))


def take_down(cases: Iterable[Case], agreed: Iterable[Arrangement]) -> TakenDown:
    """Take down cases and arrangements as they are."""
    taken = TakenDown(rows={name: {} for name in ROWS})
    for case in cases:
        taken.cases[case.reference], taken.versions[case.reference] = values_of(case), case.version
        for name in ROWS:
            rows = getattr(case, name)
            taken.rows[name] |= {str(row.id): (case.reference, _values_of_row(name, row)) for row in rows}
    taken.people.update({str(each.id): values_of(each) for each in agreed})
    return taken


def what_changed(before: TakenDown, after: TakenDown) -> dict[str, Any]:
    """Return what differs, as it was before, with the numbers of what is new.

    `cases` has each case that was there, with the version that it came to; `opened` those that were not;
    `rows` what was altered, with its case where it moved; `people` what is agreed, as it was and as it is.
    """
    return {
        "cases": {
            reference: {"version": after.versions[reference], "was": _differing(was, after.cases[reference])}
            for reference, was in before.cases.items()
        },
        "opened": {each: after.versions[each] for each in after.cases if each not in before.cases},
        "rows": {name: dict(_altered_rows(before.rows[name], after.rows[name])) for name in ROWS},
        "new": {
            name: [int(number) for number in after.rows[name] if number not in before.rows[name]]
            for name in ROWS
        },
        "people": {
            number: {"was": before.people.get(number), "is": values}
            for number, values in after.people.items()
            if before.people.get(number) != values
        },
    }


def values_of(entity: Any) -> Values:
    """Return the fields of an entity that a change may alter, as JSON holds them."""
    named = (each.name for each in fields(entity) if each.name not in _NOT_ALTERED)
    return {name: _written(getattr(entity, name)) for name in named}


def put_back(entity: Any, values: Mapping[str, Any]) -> None:
    """Give an entity values that were taken down."""
    kinds = {each.name: each.type for each in fields(entity)}
    for name, value in values.items():
        setattr(entity, name, _read(kinds[name], value))


def _values_of_row(name: str, row: Any) -> Values:
    if name != "messages":
        return values_of(row)
    return {each: _written(getattr(row, each)) for each in _OF_A_MESSAGE}


def _altered_rows(
    before: Mapping[str, tuple[str, Values]], after: Mapping[str, tuple[str, Values]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, (reference, was) in before.items():
        if number in after:
            of, became = after[number]
            differing = _differing(was, became)
            if differing or of != reference:
                yield number, {"of": reference, "was": differing}


def _differing(before: Values, after: Values) -> Values:
    return {name: value for name, value in before.items() if value != after[name]}


def _written(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return [_written(each) for each in value] if isinstance(value, list) else value


def _read(kind: Any, value: Any) -> Any:
    """Return a value of a field as its annotation has it: `date | None`, a code, a list of codes."""
    if value is None:
        return None
    for each in get_args(kind) or (kind,):
        if isinstance(value, list):
            return [_read(each, one) for one in value]
        if issubclass(each, date):
            return each.fromisoformat(value)
        if issubclass(each, Enum):
            return each(value)
    return value
