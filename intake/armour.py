"""PGP blocks within a text (RFC 9580, 6 and 7): signed words are read, encrypted ones are not made up."""

_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n"
_END_OF_SIGNATURE = "-----END PGP SIGNATURE-----"
_ENCRYPTED = "-----BEGIN PGP MESSAGE-----\n"
_END_OF_ENCRYPTED = "-----END PGP MESSAGE-----"


def without_armour(text: str) -> tuple[str, bool]:
    """Return the text without PGP's own lines, and whether a part of it is encrypted."""
    if "-----BEGIN PGP " not in text:
        return text, False
    text, is_encrypted = _without_blocks(f"{text}\n", _ENCRYPTED, _END_OF_ENCRYPTED)
    start = _at_line(text, _SIGNED)
    if start >= 0:
        text = text[:start] + _signed_words(text[start + len(_SIGNED) :])
    return text.strip(), is_encrypted


def _without_blocks(text: str, begin: str, end: str) -> tuple[str, bool]:
    """Take blocks out; one without its end goes on to the end of the text."""
    kept, place, found = [], 0, False
    while (start := _at_line(text, begin, place)) >= 0:
        found = True
        kept.append(text[place:start])
        close = text.find(end, start)
        place = len(text) if close < 0 else close + len(end)
    return "".join([*kept, text[place:]]), found


def _at_line(text: str, begin: str, place: int = 0) -> int:
    """Return where a block begins at the start of a line, -1 where none does."""
    if text.startswith(begin, place) and (place == 0 or text[place - 1] == "\n"):
        return place
    found = text.find(f"\n{begin}", place)
    return found + 1 if found >= 0 else -1


def _signed_words(after: str) -> str:
    """Return the signed words and what follows: no Hash fields, no signature, no dashes put before dashes."""
    words = after.partition("\n\n")[2] if after.startswith("Hash:") else after
    signed, _, rest = words.partition(_SIGNATURE)
    _, _, behind = rest.partition(_END_OF_SIGNATURE)
    lines = [line.removeprefix("- ") if line.startswith("- -") else line for line in signed.split("\n")]
    return "\n".join(lines) + behind
