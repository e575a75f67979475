"""A letter for the post: its HTML as a tagged PDF on A4, with the address where the envelope shows it.

Tagged as PDF/UA (ISO 14289-1), so that a screen reader reads it as it reads the email (LGSCO 5.6, HO 5.10).
WeasyPrint needs the library Pango, which is no Python package.
"""

import html
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from letters.letterhead import Letterhead
from letters.load_templates import long_date
from models.codes import LetterKind
from models.errors import PdfUnavailable

_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<]*</title>", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w .-]+")
_MOST_LINES, _USUAL_LINES, _FEW_LINES = 8, 6, 5
"""What a window of 32 mm shows: in 9 point, in 11, and in the 16 of large print."""

_NUMBER = re.compile(r'<li value="(\d{1,4})"')
_COUNTED = "counter-increment: list-item 0; counter-set: list-item {}"
_REPLY_MARK = re.compile(r"<p>[^<]{0,400}C-\d{4}-\d{4}-\d{2}/[a-z2-7]{8}</p>")

_STYLE = """
@page { size: A4; margin: 20mm 20mm 24mm; }
@page { @bottom-left { content: string(title); width: 140mm; font: 9pt sans-serif; color: #0b0c0c;
  overflow-wrap: anywhere; } }
@page { @bottom-right { content: "Page " counter(page) " of " counter(pages); width: 30mm;
  text-align: right; white-space: nowrap; font: 9pt sans-serif; color: #0b0c0c; } }
@page large { @bottom-left { width: 115mm; font-size: 16pt; } }
@page large { @bottom-right { width: 55mm; font-size: 16pt; } }
html { font-size: 12pt !important; }
body { font-size: 12pt !important; line-height: 1.4 !important; overflow-wrap: anywhere; }
body.large { font-size: 20pt !important; page: large; }
main { max-width: none !important; padding: 0 !important; margin: 0 !important; }
h1 { string-set: title content(); }
h1, h2, h3, h3 + p { break-after: avoid; }
p, li { orphans: 3; widows: 3; }
p + ul, p + ol, p + blockquote, p + ul > li:nth-last-child(-n+3) { break-before: avoid; }
p + ul > li:first-child { break-after: avoid; }
.lines { break-before: avoid; break-inside: avoid; }
p:has(+ .lines) { break-before: avoid; }
[dir=rtl] { direction: rtl; text-align: right; }
a { color: inherit !important; text-decoration: none !important; }
.window { margin: 0 0 8mm; padding-top: 25mm; }
.window.headed { padding-top: 0; }
.window address { width: 85mm; min-height: 32mm; font-style: normal; font-size: 11pt;
  line-height: 1.25; margin: 0; }
.window address.long { font-size: 9pt; line-height: 1.1; }
.window .day { text-align: right; margin: 0; }
.sender { height: 25mm; font-size: 0; }
.sender p { display: inline-block; vertical-align: top; width: 85mm; margin: 0; line-height: 1.25; }
.sender .name { font-size: 16pt; font-weight: bold; }
.sender .ways { font-size: 9pt; text-align: right; }
.headed + main .house { display: none; }
.large .window address.short, .large .sender .ways { font-size: 16pt; line-height: 1.15; }
.large .sender .name { font-size: 20pt; }
"""


def as_pdf(
    page: str,
    *,
    title: str,
    recipient: Sequence[str] = (),
    day: date | None = None,
    letterhead: Letterhead | None = None,
) -> bytes:
    """Return the HTML of a letter as a tagged PDF; large print where the page is in large print.

    `recipient` are the name and the lines of the address, which stand where an envelope has its window; the
    letterhead stands above and beside it. Raises PdfUnavailable where Pango is missing.
    """
    weasyprint = _weasyprint()
    window = _window(recipient, day, letterhead)
    whole = _BODY.sub(lambda found: found[0] + window, _for_paper(page), count=1)
    whole = _TITLE.sub(lambda _: f"<title>{html.escape(title)}</title>", whole, count=1)
    document = weasyprint.HTML(string=whole, url_fetcher=_refusing_fetcher(weasyprint), base_url=None)
    styles = [weasyprint.CSS(string=_STYLE)]
    written: bytes = document.write_pdf(stylesheets=styles, pdf_variant="pdf/ua-1")
    return written


def pdf_name(reference: str, kind: LetterKind, day: date) -> str:
    """Return a file name that says what the letter is: `C-4827-1930-70 receipt 2026-11-22.pdf`."""
    name = f"{reference} {kind.value.replace('_', ' ')} {day.isoformat()}"
    return f"{_UNFIT.sub(' ', name).strip(' .')[:120]}.pdf"


def address_lines(written: str) -> tuple[str, ...]:
    """Return the lines of a postal address, which may have been written in one line with commas."""
    lines = written.splitlines() if "\n" in written.strip() else written.split(",")
    return tuple(line.strip() for line in lines if line.strip())


def _for_paper(page: str) -> str:
    """Return a page with the numbers of its points as WeasyPrint counts, without what only an email needs."""
    counted = _NUMBER.sub(lambda found: f'<li style="{_COUNTED.format(found[1])}"', page)
    # The line by which a reply is known has no use on paper, and nobody could leave it in.
    last = max(0, counted.rfind("<p"))
    return counted[:last] + _REPLY_MARK.sub("", counted[last:], count=1)


def _window(recipient: Sequence[str], day: date | None, letterhead: Letterhead | None) -> str:
    """Return the first lines of a letter on paper, empty where it goes to no address."""
    lines = [line.strip() for each in recipient for line in each.splitlines() if line.strip()]
    if not lines:
        return ""
    if len(lines) > _MOST_LINES:
        # Without its postcode, the last line, a letter does not arrive.
        lines = [*lines[: _MOST_LINES - 1], lines[-1]]
    shape = "long" if len(lines) > _USUAL_LINES else "short" if len(lines) <= _FEW_LINES else "usual"
    dated = f'<p class="day">{long_date(day)}</p>' if day else ""
    return (
        f'<div class="window{" headed" if letterhead else ""}">{_sender(letterhead)}'
        f'<address class="{shape}">{_in_lines(lines)}</address>{dated}</div>'
    )


def _sender(letterhead: Letterhead | None) -> str:
    """Return who writes, as it stands at the top of a letter."""
    if letterhead is None:
        return ""
    ways = [letterhead.team, *address_lines(letterhead.address), letterhead.telephone, letterhead.website]
    name = html.escape(letterhead.organisation)
    return f'<div class="sender"><p class="name">{name}</p><p class="ways">{_in_lines(ways)}</p></div>'


def _in_lines(lines: Sequence[str]) -> str:
    return "<br>".join(html.escape(line) for line in lines if line)


def _weasyprint() -> Any:
    """Load WeasyPrint only where a PDF is wanted: it is slow to load, and needs what may be missing."""
    try:
        import weasyprint  # noqa: PLC0415  # as the docstring says
        from PIL import ImageFile  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            "letters cannot be made into PDF, since Pango is missing; on Debian and Ubuntu run "
            "`apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core` "
            f"({type(error).__name__})"
        ) from error
    # It lets Pillow open pictures that are cut off, for the whole process; what we are sent stays checked.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def _refusing_fetcher(weasyprint: Any) -> Any:
    """Return what fetches nothing: no letter looks at the network or at our files to be printed."""
    return weasyprint.urls.URLFetcher(allowed_protocols=())
