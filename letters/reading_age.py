"""The reading age of a letter: how old somebody is who reads it with ease (LGSCO 3.1, HO 3.1).

It is the Flesch-Kincaid grade plus five, from the words in a sentence and the syllables in a word. Only
sentences count: headings, addresses, telephone numbers and the sender's own words are left out.
"""

import re

_ITEM = re.compile(r"(?:- |\d{1,4}\. )")
_SENTENCE_END = re.compile(r"[.!?:]+(?:[\"')]*)(?:\s+|$)")
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")

_SILENT_E = re.compile(r"(?:[^aeiouy]e|[^aeiouycgsxz]es|[^aeiouytd]ed)$")
_VOICED_END = re.compile(r"(?:[^aeiouyl]le[sd]?|[cs]hes)$")
"""The e of table, tables, handled and matches, which is heard; not that of called and reached."""

_INNER_SILENT_E = re.compile(r"[^aeiouyl]e(?:ly|ments?|ful|fully|less|ness)$")
_TWO_VOWELS = re.compile(
    r"i(?:a|o|u)(?<=[bdmnprv]i[aou])|[^gq]ua|i(?:er|est|et)(?:$|[lsy])|[rd]ienc"
    r"|[aeo]ye|(?<!^)y[aio]|[eou]ing|eo(?!pl)"
)
"""Vowels side by side that are heard apart: media, usual, earlier, audience, player, trying, going, video."""

_PREFIXES = {"every": 2, "some": 1, "there": 1, "where": 1, "else": 1, "home": 1, "safe": 1}
"""Parts of longer words whose last e is silent."""

_KNOWN = {
    "area": 3, "areas": 3, "evening": 2, "business": 2, "create": 2, "created": 3, "idea": 2, "ideas": 2,
    "element": 3, "rely": 2, "the": 1, "me": 1, "he": 1, "she": 1, "we": 1, "be": 1, "being": 2, "poem": 2,
    "million": 2, "opinion": 3, "union": 2, "people": 2, "maybe": 2, "recipe": 3, "apostrophe": 4,
    "agreed": 2, "one": 1, "once": 1, "give": 1, "science": 2, "real": 1, "really": 2, "our": 1,
    "implement": 3, "supplement": 3, "wednesday": 2, "chocolate": 2, "vegetable": 4, "client": 2,
    "reliance": 3, "theatre": 3, "museum": 3, "used": 1, "aged": 1, "naked": 2, "wanted": 2, "does": 1,
    "goes": 1, "shoes": 1, "tied": 1, "died": 1, "queue": 1, "tribunal": 3, "reason": 2,
}  # fmt: skip


def reading_age(text: str) -> float:
    """Return the reading age of a letter's plain text in years, 5.0 where it holds no sentence."""
    sentences = [words for sentence in _sentences(text) if (words := _WORD.findall(sentence))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 5.0
    grade = 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return max(5.0, round(grade + 5, 1))


def syllables(word: str) -> int:
    """Count the syllables of an English word; a number counts as one."""
    plain = word.casefold().replace("’", "'")
    if not plain.isascii() or any(character.isdigit() for character in plain):
        return max(1, len(_VOWELS.findall(plain)))
    stem, _, ending = plain.partition("'")
    if ending == "t" and stem.endswith(("dn", "sn")):
        return _count(stem[:-1]) + 1
    return _count(stem)


def _count(word: str) -> int:
    if word in _KNOWN:
        return _KNOWN[word]
    for prefix, heard in _PREFIXES.items():
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return heard + _count(word[len(prefix) :])
    count = len(_VOWELS.findall(word)) + len(_TWO_VOWELS.findall(word))
    if _SILENT_E.search(word) and not _VOICED_END.search(word):
        count -= 1
    if _INNER_SILENT_E.search(word):
        count -= 1
    return max(1, count)


def _sentences(text: str) -> list[str]:
    """Return the sentences of a letter: what ends as sentences do and stands in no quotation."""
    blocks = (item for block in re.split(r"\n\s*\n", text) for item in _items(block))
    ended = (block for block in blocks if block.endswith((".", "!", "?", '."', ".)")))
    return [sentence for block in ended for sentence in _SENTENCE_END.split(block) if sentence]


def _items(block: str) -> list[str]:
    """Return the items of a list, or the paragraph as one; nothing for a quotation."""
    items: list[str] = []
    for line in block.strip("\n").split("\n"):
        if line.startswith("    "):
            continue
        if _ITEM.match(line) or not items:
            items.append(_ITEM.sub("", line, count=1) if _ITEM.match(line) else line)
        else:
            items[-1] += f" {line.strip()}"
    return [item.strip() for item in items]
