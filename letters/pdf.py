"""A letter for the post: its HTML as a tagged PDF on A4, with the address where the envelope shows it.

Tagged as PDF/UA (ISO 14289-1), so that a screen reader reads it as it reads the email (LGSCO 5.6, HO 5.10).
WeasyPrint needs the library Pango, which is no Python package.
"""

import html
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from letters.load_templates import long_date
from models.codes import LetterKind
from models.errors import PdfUnavailable

_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title>[^<]*</title>", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w .-]+")
_MOST_LINES, _USUAL_LINES = 8, 6

_STYLE = """
@page { size: A4; margin: 20mm 20mm 24mm; }
@page { @bottom-left { content: string(title); font: 9pt sans-serif; color: #0b0c0c; } }
@page { @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 9pt sans-serif; } }
@page large { @bottom-left { font-size: 14pt; } @bottom-right { font-size: 14pt; } }
html { font-size: 12pt !important; }
body { font-size: 12pt !important; line-height: 1.4 !important; }
body.large { font-size: 20pt !important; page: large; }
main { max-width: none !important; padding: 0 !important; margin: 0 !important; }
h1 { string-set: title content(); }
h1, h2, h3 { break-after: avoid; }
p, li { orphans: 2; widows: 2; }
a { color: inherit !important; text-decoration: none !important; }
.window { margin: 0 0 8mm; padding-top: 25mm; }
.window address { width: 85mm; min-height: 32mm; font-style: normal; font-size: 11pt;
  line-height: 1.25; margin: 0; }
.window address.long { font-size: 9pt; }
.window .day { text-align: right; margin: 0; }
"""


def as_pdf(page: str, *, title: str, recipient: Sequence[str] = (), day: date | None = None) -> bytes:
    """Return the HTML of a letter as a tagged PDF; large print where the page is in large print.

    `recipient` are the name and the lines of the address, which stand where an envelope has its window.
    Raises PdfUnavailable where Pango is missing.
    """
    weasyprint = _weasyprint()
    window = _window(recipient, day)
    whole = _BODY.sub(lambda found: found[0] + window, page, count=1)
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


def _window(recipient: Sequence[str], day: date | None) -> str:
    """Return the first lines of a letter on paper, empty where it goes to no address."""
    lines = [line.strip() for each in recipient for line in each.splitlines() if line.strip()][:_MOST_LINES]
    if not lines:
        return ""
    shape = ' class="long"' if len(lines) > _USUAL_LINES else ""
    address = "<br>".join(html.escape(line) for line in lines)
    dated = f'<p class="day">{long_date(day)}</p>' if day else ""
    return f'<div class="window"><address{shape}>{address}</address>{dated}</div>'


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
