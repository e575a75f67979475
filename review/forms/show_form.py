"""A form as GOV.UK's macros want it: the parameters of each field, with what was typed and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from review.forms.fields import Field, Kind, Option, Typed, names_of

_PARTS = (("day", 2), ("month", 2), ("year", 4))
_MANY = 7
"""From so many choices on they stand in columns where there is room."""


@dataclass(frozen=True)
class ShownField:
    """One field: the macro that shows it and the parameters that it takes."""

    kind: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field, and where the summary's link leads."""

    text: str
    href: str


def shown_fields(fields: Sequence[Field], typed: Typed) -> tuple[ShownField, ...]:
    """Return every field ready for its macro."""
    return tuple(ShownField(each.kind.value, _params(each, typed)) for each in fields)


def shown_faults(fields: Sequence[Field], typed: Typed) -> tuple[Fault, ...]:
    """Return what is wrong, in the order of the fields; what is about no field comes first."""
    known = {each.name: each for each in fields}
    loose = [Fault(text, "#form") for name, text in typed.faults.items() if name not in known]
    return (
        *loose,
        *(
            Fault(typed.faults[name], f"#{_first_id(each)}")
            for name, each in known.items()
            if name in typed.faults
        ),
    )


def hidden(fields: Sequence[Field], typed: Typed) -> tuple[tuple[str, str], ...]:
    """Return what was typed as it is carried along on a page between: name and value, as often as given."""
    names = (name for each in fields for name in names_of(each))
    return tuple((name, value) for name in names for value in typed.texts.get(name, ()))


def _params(each: Field, typed: Typed) -> dict[str, Any]:
    given, fault = typed.texts.get(each.name, ()), typed.faults.get(each.name)
    text = given[0] if given else ""
    usual: dict[str, Any] = {"name": each.name, "hint": {"text": each.hint} if each.hint else None,
                             "errorMessage": {"text": fault} if fault else None}  # fmt: skip
    if each.kind in {Kind.LINE, Kind.TEXT}:
        more = {"rows": each.rows} if each.kind is Kind.TEXT else {"autocomplete": each.autocomplete or None}
        return usual | more | {"id": each.name, "label": _label(each), "value": text}
    if each.kind is Kind.LIST:
        items = [{"value": o.value, "text": o.text, "selected": o.value == text} for o in each.options]
        if each.needed and not text:
            items.insert(0, {"value": "", "text": "Choose one", "selected": True})
        return usual | {"id": each.name, "label": _label(each), "items": items}
    if each.kind is Kind.TICK:
        # A single box says by itself what it is for; the hint stands with it.
        item = {"value": "yes", "text": each.label, "checked": bool(given), "hint": usual["hint"]}
        return {
            "idPrefix": each.name,
            "name": each.name,
            "items": [item],
            "errorMessage": usual["errorMessage"],
        }
    if each.kind is Kind.DAY:
        return usual | {"id": each.name, "namePrefix": each.name, "fieldset": _legend(each),
                        "items": [_part(each, part, width, typed) for part, width in _PARTS]}  # fmt: skip
    if each.kind is Kind.HIDDEN:
        return {"name": each.name, "value": text}
    items = [_choice(each, place, o, given) for place, o in enumerate(each.options, start=1)]
    is_plain = each.kind is Kind.SEVERAL or not any(option.hint for option in each.options)
    columns = " heard-columns" if len(items) >= _MANY and is_plain else ""
    small = {"classes": f"govuk-radios--small govuk-checkboxes--small{columns}"}
    return usual | small | {"idPrefix": each.name, "fieldset": _legend(each), "items": items}


def _choice(each: Field, place: int, option: Option, given: Sequence[str]) -> dict[str, Any]:
    text = f"{option.text} ({option.key})" if option.key else option.text
    return {
        "value": option.value, "text": text, "checked": option.value in given,
        "id": each.name if place == 1 else f"{each.name}-{place}",
        "hint": {"text": option.hint} if option.hint else None,
        "attributes": {"data-key": option.key} if option.key else {},
    }  # fmt: skip


def _part(each: Field, part: str, width: int, typed: Typed) -> dict[str, Any]:
    name = f"{each.name}-{part}"
    wrong = " govuk-input--error" if each.name in typed.faults else ""
    return {
        "id": name, "name": part, "label": part.capitalize(), "classes": f"govuk-input--width-{width}{wrong}",
        "value": next(iter(typed.texts.get(name, ())), ""),
    }  # fmt: skip


def _label(each: Field) -> dict[str, str]:
    return {"text": each.label, "classes": "govuk-label--s"}


def _legend(each: Field) -> dict[str, Any]:
    return {"legend": {"text": each.label, "classes": "govuk-fieldset__legend--s"}}


def _first_id(each: Field) -> str:
    return f"{each.name}-day" if each.kind is Kind.DAY else each.name
