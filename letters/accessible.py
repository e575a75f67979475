"""Whether everybody can read a page: its language, its title, its headings in order, no mute picture.

(LGSCO 3.1, 5.6; HO 3.1, 5.10)
"""

import re
from html.parser import HTMLParser

_HEADING = re.compile(r"h([1-6])")


def faults_of(page: str) -> list[str]:
    """Return what a page lacks so that a screen reader can read it out, each in words."""
    seen = _Seen()
    seen.feed(page)
    seen.close()
    faults = []
    if not seen.language:
        faults.append('the language, <html lang="en-GB">')
    if not seen.title.strip():
        faults.append("the title")
    if seen.headings.count(1) != 1 or seen.headings[:1] != [1]:
        faults.append("one heading h1, before the others")
    if any(after > before + 1 for before, after in zip(seen.headings, seen.headings[1:], strict=False)):
        faults.append("a level of headings: none may be skipped")
    if seen.is_picture_mute:
        faults.append("words for a picture, <img alt>")
    if seen.fetched:
        faults.append(f"a page that fetches nothing: {seen.fetched[0]} would tell others who reads it")
    return faults


class _Seen(HTMLParser):
    """Notes what matters while a page is read."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.headings: list[int] = []
        self.is_picture_mute = False
        self.fetched: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that begins."""
        said = dict(attrs)
        self._in_title = tag == "title"
        if tag == "html":
            self.language = said.get("lang") or ""
        if found := _HEADING.fullmatch(tag):
            self.headings.append(int(found[1]))
        if tag == "img" and said.get("alt") is None:
            self.is_picture_mute = True
        source = said.get("src") or (said.get("href") if tag == "link" else None)
        if source and not source.startswith("data:"):
            self.fetched.append(source)

    def handle_endtag(self, tag: str) -> None:
        """Note a tag that ends."""
        del tag
        self._in_title = False

    def handle_data(self, data: str) -> None:
        """Note what stands in the title."""
        if self._in_title:
            self.title += data
