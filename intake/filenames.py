"""The names of attached files as sent; they are shown, never used as paths (fact 40)."""

import re

from intake.headers import Headers, decode_field
from intake.tree import Part, type_of

_NAME = re.compile(r"\b(?:file)?name\*?[\d*]*\s*=\s*\"?([^\";\n]+)", re.IGNORECASE)
_LONGEST = 255


def filename_of(part: Part) -> str:
    """Return the file's name, decoded, empty where the part has none."""
    fields = _written_fields(part)
    in_order = (_rfc2231_name, _plain_name) if fields.isascii() else (_plain_name, _rfc2231_name)
    for read in in_order:
        name = read(part)
        if name:
            return decode_field(name)[:_LONGEST]
    return ""


def made_up_name(part: Part) -> str:
    """Return a name for a part that has none, by its type."""
    return f"attachment.{type_of(part).rpartition('/')[2][:20] or 'bin'}"


def _rfc2231_name(part: Part) -> str:
    try:
        return str(part.get_filename() or "")
    except (ValueError, LookupError, IndexError, TypeError):
        return ""


def _plain_name(part: Part) -> str:
    found = _NAME.search(_written_fields(part))
    return found[1].strip() if found else ""


def _written_fields(part: Part) -> str:
    fields = Headers(part.raw_items())
    return f"{fields.raw('content-disposition')};{fields.raw('content-type')}"
