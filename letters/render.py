"""A letter's template and its context to subject, plain text and HTML of the same content.

A template is a subject and a body, and the body is made of blocks (`letters/blocks.py`): both versions come
from them. What people wrote is made harmless first (`letters/tame.py`). A letter that lacks what a Code asks
of it (`letters/required.py`) is not rendered.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from letters.accessible import faults_of
from letters.acknowledgement import AcknowledgementContext, salutation_name
from letters.blocks import Block, BlockKind, as_html, as_text, blocks_of
from letters.details import DETAILS, Details
from letters.elements import Said, missing_from
from letters.letterhead import Letterhead
from letters.load_templates import TEMPLATES, file_of, long_date, run_template
from letters.required import REQUIRED
from letters.tame import tamed, tamed_text
from models.codes import LetterKind
from models.errors import LetterIncomplete

__all__ = ["REQUIRED", "TEMPLATES", "RenderedLetter", "long_date", "render", "render_with_note"]


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
    text = as_text(blocks)
    _check(kind, text, said)
    if note:
        blocks.insert(0, Block(BlockKind.PARAGRAPH, (tamed_text(note),)))
        text = as_text(blocks)
    page = _page(own, subject, as_html(blocks), is_large=is_large)
    return RenderedLetter(subject=subject, text=text, html=page)


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


def _page(own: Path | None, subject: str, body: str, *, is_large: bool) -> str:
    """Return the HTML version; raises LetterIncomplete where not everybody could read it."""
    page = run_template(own, "layout.html", {"title": subject, "body": body, "is_large": is_large})
    faults = faults_of(page)
    if body not in page:
        faults.insert(0, "the body of the letter, {{ body|safe }}")
    if faults:
        raise LetterIncomplete(
            f"{file_of(own, 'layout.html')} leaves out: {', '.join(faults)} (LGSCO 3.1, 5.6; HO 3.1, 5.10)"
        )
    return page
