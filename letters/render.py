"""A letter's template and its context to subject, plain text and HTML of the same content.

A template is a subject and a body. The body is made of blocks parted by empty lines: `# ` begins a heading,
`- ` a list, `> ` the sender's own words; anything else is a paragraph. Both versions come from the blocks.
"""

import html
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from letters.acknowledgement import AcknowledgementContext, salutation_name
from letters.details import Details
from letters.letterhead import Letterhead
from models.codes import LetterKind
from models.errors import LetterIncomplete

TEMPLATES = Path(__file__).parent / "templates"

_WIDTH = 76
_LINK = re.compile(r"\b(www\.[a-z0-9.-]+[a-z0-9])|\b([\w.+-]+@[\w-]+\.[\w.-]*\w)", re.IGNORECASE)


@dataclass(frozen=True)
class RenderedLetter:
    """A letter ready to be queued."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Element:
    """Something that a Code asks of a letter, and how to see whether it is there."""

    what: str
    provision: str
    wanted: Callable[[AcknowledgementContext, Letterhead], str]


def render(
    kind: LetterKind,
    context: AcknowledgementContext,
    *,
    letterhead: Letterhead,
    details: Details | None = None,
    is_large: bool = False,
    templates: Path = TEMPLATES,
) -> RenderedLetter:
    """Render a letter; `is_large` makes its HTML large print.

    Raises LetterIncomplete where the result lacks what a Code asks of it, naming the provision.
    """
    environment = _environment(templates)
    values = {
        "case": replace(context, own_words=tuple(" ".join(each.split()) for each in context.own_words)),
        "letter": details,
        "house": letterhead,
        "ombudsman": letterhead.ombudsmen[context.ombudsman],
        "greeting": salutation_name(context.name),
    }
    subject = " ".join(environment.get_template(f"{kind}/subject.txt").render(values).split())
    blocks = _blocks(environment.get_template(f"{kind}/body.txt").render(values))
    letter = RenderedLetter(
        subject=subject, text=_as_text(blocks), html=_as_html(subject, blocks, environment, is_large=is_large)
    )
    _check(kind, letter, context, letterhead)
    return letter


def check_templates(letterhead: Letterhead, *, templates: Path = TEMPLATES) -> None:
    """Render every letter under each Ombudsman for an invented case.

    Raises LetterIncomplete where one leaves out what a Code asks of it, before anybody waits for it.
    """
    day = date(2026, 11, 16)
    for ombudsman in letterhead.ombudsmen:
        for kind in REQUIRED:
            sample = AcknowledgementContext(
                reference="C-4827-1930-70", name="", received_on=day, read_by=day, ombudsman=ombudsman,
                respond_by=day, is_dissatisfied=True, reply_mark="C-4827-1930-70/abcd2345",
            )  # fmt: skip
            render(kind, sample, letterhead=letterhead, templates=templates)


def long_date(day: date) -> str:
    """Write a date as people read it: Friday 3 April 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


@lru_cache(maxsize=4)
def _environment(templates: Path) -> Environment:
    # Bodies are plain text, and `_as_html` escapes every block; layout.html is HTML, and escapes.
    environment = Environment(  # as the comment above says
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        auto_reload=False,  # What was checked at start is what is sent.
        autoescape=lambda name: bool(name and name.endswith(".html")),  # noqa: S701  # as the comment says
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["long_date"] = long_date
    return environment


Block = tuple[str, list[str]]


def _blocks(body: str) -> list[Block]:
    """Part a rendered body into (kind, lines): heading, list, quote or paragraph."""
    found: list[Block] = []
    for piece in re.split(r"\n\s*\n", body.strip()):
        lines = [line.strip() for line in piece.strip().split("\n")]
        if lines[0].startswith("# "):
            found.append(("heading", [lines[0][2:]]))
        elif all(line.startswith("- ") for line in lines):
            found.append(("list", [line[2:] for line in lines]))
        elif all(line.startswith("> ") for line in lines):
            found.append(("quote", [line[2:] for line in lines]))
        elif lines[0]:
            found.append(("paragraph", lines))
    return found


def _as_text(blocks: list[Block]) -> str:
    return "\n\n".join(_block_as_text(kind, lines) for kind, lines in blocks) + "\n"


def _block_as_text(kind: str, lines: list[str]) -> str:
    if kind == "heading":
        return f"{lines[0]}\n{'-' * len(lines[0])}"
    before = {"list": ("- ", "  "), "quote": ("    ", "    ")}.get(kind, ("", ""))
    wrapped = [
        textwrap.fill(
            line, width=_WIDTH, initial_indent=before[0], subsequent_indent=before[1],
            break_long_words=False, break_on_hyphens=False,
        )
        for line in lines
    ]  # fmt: skip
    return "\n".join(wrapped)


def _as_html(subject: str, blocks: list[Block], environment: Environment, *, is_large: bool) -> str:
    body = "\n".join(_block_as_html(kind, lines) for kind, lines in blocks)
    return environment.get_template("layout.html").render(title=subject, body=body, is_large=is_large)


def _block_as_html(kind: str, lines: list[str]) -> str:
    safe = [html.escape(line) for line in lines]
    if kind != "quote":  # A stranger's words never become links in our letter.
        safe = [_with_links(line) for line in safe]
    if kind == "heading":
        return f"<h2>{safe[0]}</h2>"
    if kind == "list":
        return "<ul>\n" + "\n".join(f"<li>{line}</li>" for line in safe) + "\n</ul>"
    if kind == "quote":
        return "<blockquote>" + "\n".join(f"<p>{line}</p>" for line in safe) + "</blockquote>"
    return "<p>" + "<br>\n".join(safe) + "</p>"


def _with_links(escaped: str) -> str:
    def link(found: re.Match[str]) -> str:
        target = f"https://{found[1]}" if found[1] else f"mailto:{found[2]}"
        return f'<a href="{target}">{found[0]}</a>'

    return _LINK.sub(link, escaped)


def _check(
    kind: LetterKind, letter: RenderedLetter, context: AcknowledgementContext, letterhead: Letterhead
) -> None:
    flat = " ".join(letter.text.split())
    missing = [
        f"{element.what} ({element.provision})"
        for element in REQUIRED[kind]
        if element.wanted(context, letterhead) not in flat
    ]
    if missing:
        raise LetterIncomplete(
            f"the template of {kind} leaves out: {', '.join(missing)}; put it back into {kind}/body.txt"
        )


def _due(context: AcknowledgementContext, _: Letterhead) -> str:
    return long_date(context.respond_by) if context.respond_by else "the date is missing"


_REFERENCE = _Element("the case reference", "LGSCO 6.2, HO 6.2", lambda case, _: case.reference)
_RECEIVED = _Element("the date received", "LGSCO 6.2, HO 6.2", lambda case, _: long_date(case.received_on))
_DUE = _Element("the date of the full answer", "LGSCO 6.3, 6.15; HO 6.3, 6.14", _due)
_READ_BY = _Element(
    "the date by which a person reads it", "LGSCO 5.3", lambda case, _: long_date(case.read_by)
)
_OMBUDSMAN = _Element(
    "the Ombudsman's name", "LGSCO 3.7, HO 5.7", lambda case, house: house.ombudsmen[case.ombudsman].name
)
_OMBUDSMAN_TELEPHONE = _Element(
    "the Ombudsman's telephone number", "LGSCO 3.7, HO 5.7",
    lambda case, house: house.ombudsmen[case.ombudsman].telephone,
)  # fmt: skip
_ADJUSTMENT = _Element("how to ask for an adjustment", "LGSCO 5.6, HO 5.10", lambda *_: "large print")
_REPRESENTATIVE = _Element("that somebody may help", "LGSCO 3.6, HO 5.6", lambda *_: "somebody to help you")
_NOT_A_COMPLAINT = _Element("how to say it is no complaint", "LGSCO 6.2", lambda *_: '"not a complaint"')
_CHOICE = _Element("the choice to complain", "LGSCO 1.7, 5.3; HO 1.5", lambda *_: "treat it as a complaint")
_FORMAL = (_REFERENCE, _RECEIVED, _DUE, _OMBUDSMAN, _OMBUDSMAN_TELEPHONE, _ADJUSTMENT, _REPRESENTATIVE)


def _stage(number: int) -> _Element:
    return _Element(f"that it is stage {number}", "LGSCO 6.2, HO 6.2", lambda *_: f"stage {number}")


REQUIRED: dict[LetterKind, tuple[_Element, ...]] = {
    LetterKind.STAGE_1_ACKNOWLEDGEMENT: (*_FORMAL, _stage(1), _NOT_A_COMPLAINT),
    LetterKind.STAGE_2_ACKNOWLEDGEMENT: (*_FORMAL, _stage(2)),
    LetterKind.SERVICE_REQUEST_ACKNOWLEDGEMENT: (_REFERENCE, _RECEIVED, _CHOICE, _ADJUSTMENT),
    LetterKind.RECEIPT: (_REFERENCE, _READ_BY, _OMBUDSMAN, _OMBUDSMAN_TELEPHONE, _CHOICE),
    LetterKind.DUTY_ALERT: (_REFERENCE,),
}
"""What each letter must hold, with the provision (docs/letters.md)."""
