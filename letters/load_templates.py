"""Loads and runs the templates: ours, or the council's own in their place; a fault names file and line.

A template is text from outside the program. It runs in a sandbox: it can call nothing but macros, cannot
reach into Python, and says no more than a letter can hold.
"""

import traceback
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from letters.acknowledgement import salutation_name
from models.codes import LetterKind, PointOutcome
from models.errors import LetterIncomplete

TEMPLATES = Path(__file__).parent / "templates"

_LARGEST_FILE = 100_000
_LONGEST_LETTER = 300_000
_KEPT_FILTERS = {"capitalize", "default", "escape", "first", "join", "last", "length", "lower", "safe",
                 "title", "trim", "upper"}  # fmt: skip
_FILES = {"subject.txt", "body.txt"}

_DECISIONS = {
    PointOutcome.UPHELD: "We agree with you on this point (upheld).",
    PointOutcome.PARTLY_UPHELD: "We agree with part of this point (partly upheld).",
    PointOutcome.NOT_UPHELD: "We do not agree with this point (not upheld).",
    PointOutcome.WITHDRAWN: "You have taken this point back (withdrawn).",
}


def long_date(day: date) -> str:
    """Write a date as people read it: Friday 3 April 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def decision_in_words(outcome: PointOutcome) -> str:
    """Say what was decided on a point, in a sentence."""
    return _DECISIONS[outcome]


def as_sentence(words: str) -> str:
    """Return words that begin with a capital and end with a full stop."""
    ended = words if words.rstrip().endswith((".", "!", "?")) else f"{words.rstrip()}."
    first = ended[:1]
    # A few letters of other alphabets become another one in capitals, and the words would not be the same.
    is_same = first.upper().casefold() == first.casefold()
    return (first.upper() if is_same else first) + ended[1:]


def days_away(working_days: int) -> str:
    """Say how far a day is away, ago where the number is negative."""
    count = f"{abs(working_days)} working day{'' if abs(working_days) == 1 else 's'}"
    if working_days == 0:
        return "today"
    return f"{count} ago" if working_days < 0 else f"in {count}"


def run_template(own: Path | None, name: str, values: Mapping[str, Any]) -> str:
    """Return what a template says. Raises LetterIncomplete that names the file and line of a fault."""
    environment = environment_of(own)
    try:
        return "".join(_within_limit(environment.get_template(name).generate(**values)))
    except TemplateSyntaxError as error:
        raise LetterIncomplete(
            f"{error.filename or error.name}, line {error.lineno}: {error.message}"
        ) from error
    except TemplateNotFound as error:
        raise LetterIncomplete(f"{name}: there is no template {error.message}") from error
    except (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError,
            RecursionError) as error:  # fmt: skip
        raise LetterIncomplete(f"{_place_in(error, environment, name)}: {_said(error)}") from error


def file_of(own: Path | None, name: str) -> str:
    """Return where a template stands: the council's own folder or ours."""
    return str(next((folder / name for folder in _folders(own) if (folder / name).is_file()), name))


def stray_files(own: Path | None) -> list[str]:
    """Return what stands in the council's own folder and takes the place of no template: a misspelt name."""
    if own is None:
        return []
    if not own.is_dir():
        return [f"the folder of letter templates {own} is not there; see [letters] templates"]
    folders = [each for each in sorted(own.iterdir()) if each.is_dir() and not each.name.startswith(".")]
    strange = [each for each in folders if each.name not in set(LetterKind)]
    files = [file for each in folders if each not in strange for file in sorted(each.glob("*.txt"))]
    strange += [file for file in files if file.name not in _FILES]
    return [
        f"{each}: there is no letter or part of that name; look for a spelling mistake" for each in strange
    ]


@lru_cache(maxsize=8)
def environment_of(own: Path | None) -> Environment:
    """Return the templates of ours, those of the council's own folder in the place of ours."""
    environment = _Sandbox(
        loader=ChoiceLoader([_Folder(folder) for folder in _folders(own)]),
        undefined=StrictUndefined,
        # What was checked at start is what is sent.
        auto_reload=False,
        # Bodies are plain text, whose blocks `letters/blocks.py` escapes; layout.html is HTML, and escapes.
        autoescape=lambda name: bool(name and name.endswith(".html")),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    for name in set(environment.filters) - _KEPT_FILTERS:
        del environment.filters[name]
    environment.filters["long_date"] = long_date
    environment.filters["decision_in_words"] = decision_in_words
    environment.filters["as_sentence"] = as_sentence
    environment.filters["as_name"] = salutation_name
    environment.filters["days_away"] = days_away
    return environment


class _Sandbox(ImmutableSandboxedEnvironment):
    """Lets a template read values and call macros, nothing more."""

    intercepted_binops = frozenset({"**", "*", "%"})

    def is_safe_callable(self, obj: Any) -> bool:
        """Say whether a template may call something: its own macros."""
        return isinstance(obj, Macro)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse the operators with which a short template makes a huge text."""
        del context, left, right
        raise TypeError(f"the operator {operator} is not for letters")


class _Folder(FileSystemLoader):
    """Reads templates from a folder; one that is no text, or too long to be a letter, is refused."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text, its file and whether it is still the same."""
        try:
            text, file, is_same = super().get_source(environment, template)
        except (OSError, UnicodeDecodeError) as error:
            if isinstance(error, TemplateNotFound):
                raise
            raise LetterIncomplete(f"{self.searchpath[0]}/{template} cannot be read: {error}") from error
        if len(text) > _LARGEST_FILE:
            raise LetterIncomplete(f"{file}: {len(text):,} characters are no template; shorten it")
        return text, file, is_same


def _folders(own: Path | None) -> list[Path]:
    return [TEMPLATES] if own is None else [own, TEMPLATES]


def _within_limit(pieces: Any) -> Any:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > _LONGEST_LETTER:
            raise ValueError(f"the letter grows beyond {_LONGEST_LETTER:,} characters")
        yield piece


def _place_in(error: BaseException, environment: Environment, name: str) -> str:
    """Return file and line in a template at which something went wrong; Jinja puts them into the trace."""
    folders = tuple(str(each.searchpath[0]) for each in getattr(environment.loader, "loaders", ()))
    frames = traceback.extract_tb(error.__traceback__)
    found = [
        each for each in frames if each.filename.startswith(folders) and not each.filename.endswith(".py")
    ]
    return f"{found[-1].filename}, line {found[-1].lineno}" if found else name


def _said(error: BaseException) -> str:
    return "the macros call each other without end" if isinstance(error, RecursionError) else str(error)
