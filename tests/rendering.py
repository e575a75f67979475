"""What the tests of letters share: a letter of the council's, its words, and passages that mean harm."""

import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from builders import LETTERHEAD, make_context

from letters.render import RenderedLetter, render
from letters.required import INTERNAL
from letters.samples import sample_details
from models.codes import LetterKind

TO_PEOPLE = [kind for kind in LetterKind if kind not in INTERNAL]
RESPONSES = [LetterKind.STAGE_1_RESPONSE, LetterKind.STAGE_2_RESPONSE]

HOSTILE = [
    "<script>alert(1)</script>",
    "</blockquote><h2>Refunds</h2>",
    '"><img src=x onerror=alert(1)>',
    "{{ house.telephone }} {% raw %}",
    "&lt;b&gt; & <b>",
    "# A heading of my own",
    "- an item of my own",
    "> a quote of my own",
]


def rendered(
    kind: LetterKind,
    *,
    templates: Path | None = None,
    details: Any = None,
    is_large: bool = False,
    **changes: object,
) -> RenderedLetter:
    """Render a letter of the council's, with ordinary details unless told others."""
    return render(
        kind, make_context(**changes), letterhead=replace(LETTERHEAD, own_templates=templates),
        details=details or sample_details(kind), is_large=is_large,
    )  # fmt: skip


def flat(text: str) -> str:
    """Return a text's words on one line."""
    return " ".join(text.split())


def objects_of(pdf: bytes) -> bytes:
    """Return the objects of a PDF, those in compressed streams too."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = (zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")
    return pdf + b"\n".join(opened)
