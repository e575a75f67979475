"""Whether everybody can read a page: its language, its title, its headings in order, no mute picture.

(LGSCO 3.1, 5.6; HO 3.1, 5.10)
"""

import itertools
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

_HEADING = re.compile(r"h([1-6])")


def faults_of(page: str) -> list[str]:
    """Return what a page lacks so that a screen reader can read it out, each in words."""
    root = LexborHTMLParser(page).root
    nodes = list(root.traverse()) if root is not None else []
    named = [found for node in nodes if (found := _HEADING.fullmatch(node.tag or ""))]
    levels = [int(each[1]) for each in named]
    fetched = [source for node in nodes if (source := _fetched_by(node))]
    faults = []
    if not any(node.tag == "html" and node.attributes.get("lang") for node in nodes):
        faults.append('the language, <html lang="en-GB">')
    if not any(node.tag == "title" and node.text().strip() for node in nodes):
        faults.append("the title")
    if levels.count(1) != 1 or levels[:1] != [1]:
        faults.append("one heading h1, before the others")
    if any(after > before + 1 for before, after in itertools.pairwise(levels)):
        faults.append("a level of headings: none may be skipped")
    if any(node.tag == "img" and node.attributes.get("alt", None) is None for node in nodes):
        faults.append("words for a picture, <img alt>")
    if fetched:
        faults.append(f"a page that fetches nothing: {fetched[0]} would tell others who reads it")
    return faults


def _fetched_by(node: LexborNode) -> str:
    """Return what a browser would fetch for an element, empty for nothing."""
    source = node.attributes.get("src") or (node.attributes.get("href") if node.tag == "link" else None)
    return source if source and not source.startswith("data:") else ""
