"""Files that hold more than themselves: winmail.dat, .msg, and messages inside messages.

Each is listed as it came, and what was in it is listed beside it, as far as there is room.
"""

from dataclasses import replace

from intake.charsets import decode_text
from intake.contents import MOST_LEVELS, Contents, Enclosed, text_of_enclosed
from intake.headers import Headers
from intake.html_text import html_to_text
from intake.msg_file import unpack_msg
from intake.tnef import unpack_tnef
from intake.unpacked import File, Unpacked

LEFT_PACKED = "not all that is packed in it was unpacked: it nests too deep or holds too much"

_LARGEST_TEXT = 5_000_000
_DEFECTS_OF_INSIDES = {"broken_tnef", "broken_msg", "not_unpacked"}


def add_plain_file(file: File, into: Contents) -> None:
    """List a file, with its text where it is nothing but text; documents are read later (attached.py)."""
    into.add_file(file, text=_plain_text(file))


def _plain_text(file: File) -> str:
    kind = file.kind.lower()
    if not kind.startswith("text/") or kind == "text/calendar" or len(file.content) > _LARGEST_TEXT:
        return ""
    if kind == "text/html":
        return html_to_text(decode_text(file.content, is_html=True))
    return decode_text(file.content)


def add_tnef(file: File, into: Contents) -> None:
    """List a winmail.dat and the files in it; its text is text of the message."""
    unpacked = unpack_tnef(file.content)
    if unpacked.fault:
        into.defects.append("broken_tnef")
    into.add_file(file, fault=unpacked.fault)
    into.beside.append(unpacked.text)
    into.cids |= unpacked.content_ids
    add_unpacked_files(unpacked, into)


def add_msg(file: File, into: Contents) -> None:
    """List an Outlook message that was attached as a file, and the files in it."""
    unpacked = unpack_msg(file.content)
    if unpacked.fault:
        into.defects.append("broken_msg")
    if unpacked == Unpacked(fault=unpacked.fault):
        into.add_file(file, fault=unpacked.fault)
    else:
        _add_unpacked(file, unpacked, into)


def add_enclosed(file: File, headers: Headers, inner: Contents, into: Contents, *, fault: str = "") -> None:
    """List a message inside the message, and the files that came with it.

    What a bounce brings back is our own letter, whose files nobody needs.
    """
    text = text_of_enclosed(headers, inner)
    into.enclosed.append(Enclosed(headers, text))
    into.add_file(file, text=text, fault=fault)
    into.defects.extend(each for each in inner.defects if each in _DEFECTS_OF_INSIDES)
    if not any(each.startswith("multipart/report") for each in into.types):
        into.attachments.extend(inner.files())


def add_unpacked_files(unpacked: Unpacked, into: Contents) -> None:
    """List the files that were packed in a container, as far as there is room."""
    for each in unpacked.files:
        file = replace(each.file, name=each.file.name or "attachment")
        if into.level >= MOST_LEVELS or not into.room.take(file.content):
            into.defects.append("not_unpacked")
            return
        if each.message is None:
            add_plain_file(file, into)
        else:
            name = file.name if "." in file.name else f"{file.name}.eml"
            _add_unpacked(File(name, "message/rfc822", _as_mail(each.message)), each.message, into)


def _add_unpacked(file: File, unpacked: Unpacked, into: Contents) -> None:
    inner = into.inside()
    inner.texts.append(unpacked.text)
    inner.cids |= unpacked.content_ids
    add_unpacked_files(unpacked, inner)
    add_enclosed(file, Headers(unpacked.fields), inner, into, fault=unpacked.fault)


def _as_mail(message: Unpacked) -> bytes:
    """Write a message that cannot be taken out of its container as it is, so that it can be opened at all."""
    text = text_of_enclosed(Headers(message.fields), Contents(texts=[message.text]))
    return text.encode("utf-8", "replace")
