"""A letter's template and its context to subject, plain text and HTML of the same content.

A template is a subject and a body, and the body is made of blocks (`letters/blocks.py`): both versions come
from them. What people wrote is made harmless first (`letters/tame.py`). A letter that lacks what a Code asks
of it (`letters/required.py`) is not rendered.
"""

from dataclasses import dataclass, replace

from letters.accessible import faults_of
from letters.acknowledgement import AcknowledgementContext, salutation_name
from letters.blocks import Block, BlockKind, as_html, as_text, blocks_of, heading_as_html
from letters.details import DETAILS, Details
from letters.elements import Said, missing_from
from letters.letterhead import Letterhead
from letters.load_templates import TEMPLATES, file_of, long_date, run_template
from letters.required import REQUIRED
from letters.tame import tamed, tamed_text
from models.codes import LetterKind
from models.errors import LetterIncomplete

__all__ = [
    "REQUIRED", "TEMPLATES", "RenderedLetter", "enlarged", "long_date", "render", "render_with_note",
    "set_out",
]  # fmt: skip

_BODY = "\0"
"""Stands for the body where only the layout around it is wanted: no letter holds this character."""


@dataclass(frozen=True)
class RenderedLetter:
    """A letter ready to be queued."""

    subject: str
    text: str
    html: str


def render(
    kind: LetterKind,
    context: AcknowledgementContext,
    *,
    letterhead: Letterhead,
    details: Details | None = None,
    is_large: bool = False,
) -> RenderedLetter:
    """Render a letter; `is_large` makes its HTML large print.

    Raises LetterIncomplete where the result lacks what a Code asks of it, naming the provision.
    """
    return render_with_note(kind, context, letterhead=letterhead, details=details, is_large=is_large, note="")


def render_with_note(
    kind: LetterKind,
    context: AcknowledgementContext,
    *,
    letterhead: Letterhead,
    details: Details | None = None,
    is_large: bool = False,
    note: str,
) -> RenderedLetter:
    """Render a letter with a note of ours above it, such as that it is a sample."""
    said = Said(_without_empty_words(tamed(context)), letterhead, _fit(kind, details))
    values = {
        "case": said.case, "letter": said.letter, "house": letterhead, "ombudsman": said.ombudsman,
        "greeting": tamed_text(salutation_name(context.name)),
    }  # fmt: skip
    own = letterhead.own_templates
    subject = " ".join(run_template(own, f"{kind}/subject.txt", values).split())
    blocks = blocks_of(run_template(own, f"{kind}/body.txt", values))
    _check(kind, as_text(blocks), said)
    if note:
        blocks.insert(0, Block(BlockKind.PARAGRAPH, (tamed_text(note),)))
    return set_out(subject, blocks, letterhead=letterhead, is_large=is_large)


def set_out(
    subject: str, blocks: list[Block], *, letterhead: Letterhead, is_large: bool = False
) -> RenderedLetter:
    """Return a letter of these blocks, whoever wrote them: its plain text and its page.

    Raises LetterIncomplete where not everybody could read the page.
    """
    page = _page(letterhead, subject, as_html(blocks), is_large=is_large)
    return RenderedLetter(subject=subject, text=as_text(blocks), html=page)


def enlarged(page: str, *, subject: str, letterhead: Letterhead) -> str | None:
    """Return the HTML of a letter that was written in ordinary type in large print, its words unchanged.

    What is in large print stays as it is. None where the layout has changed since it was written.
    """
    ordinary, large = (_around(letterhead, subject, is_large=is_large) for is_large in (False, True))
    if _is_within(page, large):
        return page
    if not _is_within(page, ordinary):
        return None
    before, after = ordinary
    return large[0] + page[len(before) : len(page) - len(after)] + large[1]


def _around(letterhead: Letterhead, subject: str, *, is_large: bool) -> tuple[str, str]:
    """Return what the layout puts before the body of a letter and after it."""
    before, _, after = _laid_out(letterhead, subject, _BODY, is_large=is_large).partition(_BODY)
    return before, after


def _is_within(page: str, around: tuple[str, str]) -> bool:
    before, after = around
    fits = len(page) >= len(before) + len(after)
    return fits and page.startswith(before) and page.endswith(after)


def _without_empty_words(context: AcknowledgementContext) -> AcknowledgementContext:
    """Drop passages of which nothing is left: an empty quotation would keep the letter from being written."""
    return replace(context, own_words=tuple(each for each in context.own_words if each.split()))


def _fit(kind: LetterKind, details: Details | None) -> Details | None:
    """Return the details made harmless; raises LetterIncomplete where they are of another kind of letter."""
    wanted = DETAILS.get(kind)
    if wanted is not None and not isinstance(details, wanted):
        raise LetterIncomplete(f"a letter of the kind {kind} needs {wanted.__name__}, and was given none")
    return tamed(details)


def _check(kind: LetterKind, text: str, said: Said) -> None:
    missing = missing_from(text, REQUIRED[kind], said)
    if missing:
        file = file_of(said.house.own_templates, f"{kind}/body.txt")
        raise LetterIncomplete(
            f"the letter {kind} leaves out: {', '.join(missing)}; "
            f"put it back into {file}, or give it with the letter"
        )


def _page(house: Letterhead, subject: str, body: str, *, is_large: bool) -> str:
    """Return the HTML version; raises LetterIncomplete where not everybody could read it."""
    page = _laid_out(house, subject, body, is_large=is_large)
    faults = faults_of(page)
    if body not in page:
        faults.insert(0, "the body of the letter, {{ body|safe }}")
    if faults:
        file = file_of(house.own_templates, "layout.html")
        raise LetterIncomplete(f"{file} leaves out: {', '.join(faults)} (LGSCO 3.1, 5.6; HO 3.1, 5.10)")
    return page


def _laid_out(house: Letterhead, subject: str, body: str, *, is_large: bool) -> str:
    values = {
        "title": subject, "heading": heading_as_html(subject), "body": body, "is_large": is_large,
        "organisation": house.organisation,
    }  # fmt: skip
    return run_template(house.own_templates, "layout.html", values)
