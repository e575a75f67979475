"""How the reading process and the service talk: frames of JSON and bytes, never pickles.

The reading process handles whatever strangers send, so what comes back from it is checked like any other
input: JSON against the types of `models/message.py`, bytes by their length and hashed anew. One frame is the
length of the JSON, the JSON, and one run of bytes for each length that the JSON's `blobs` names.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.message import Attachment, ParsedMessage

_LENGTH = struct.Struct(">Q")
_LONGEST_JSON = 64_000_000

_PARSED = TypeAdapter(ParsedMessage)

Receive = Callable[[int], bytes]


class FrameBroken(Exception):
    """What came is no frame: the other side broke off, or is not to be trusted."""


@dataclass(frozen=True)
class Frame:
    """One message between the two: a few values, and bytes beside them."""

    values: dict[str, Any]
    blobs: tuple[bytes, ...] = ()


def pack(frame: Frame) -> bytes:
    """Return a frame as it goes over the pipe."""
    head = json.dumps({**frame.values, "blobs": [len(blob) for blob in frame.blobs]}).encode()
    return b"".join((_LENGTH.pack(len(head)), head, *frame.blobs))


def unpack(receive: Receive, *, most_bytes: int) -> Frame:
    """Read one frame of at most `most_bytes` beside its JSON; `receive(n)` returns exactly n bytes.

    Raises FrameBroken where what comes is none.
    """
    (length,) = _LENGTH.unpack(receive(_LENGTH.size))
    if length > _LONGEST_JSON:
        raise FrameBroken("the frame is longer than any frame can be")
    try:
        values = json.loads(receive(length))
        sizes = [int(size) for size in values.pop("blobs")]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise FrameBroken("the frame is not made of JSON") from error
    if min(sizes, default=0) < 0 or sum(sizes) > most_bytes:
        raise FrameBroken("the frame announces more bytes than there can be")
    return Frame(values, tuple(receive(size) for size in sizes))


def frame_of(parsed: ParsedMessage) -> Frame:
    """Return a parsed message as a frame; the contents of its attachments are the blobs."""
    bare = replace(parsed, attachments=tuple(replace(each, content=b"") for each in parsed.attachments))
    values = _PARSED.dump_python(bare, mode="json")
    return Frame({"parsed": values}, tuple(each.content for each in parsed.attachments))


def parsed_of(frame: Frame) -> ParsedMessage:
    """Return the parsed message of a frame. Raises FrameBroken where it holds none."""
    try:
        bare = _PARSED.validate_python(_strictly(frame.values["parsed"]))
    except (KeyError, ValidationError) as error:
        raise FrameBroken("the frame holds no parsed message") from error
    return replace(bare, attachments=_filled(bare.attachments, frame.blobs))


def _strictly(values: Any) -> Any:
    if not isinstance(values, dict):
        raise FrameBroken("the frame holds no parsed message")
    return values


def _filled(bare: Sequence[Attachment], blobs: Sequence[bytes]) -> tuple[Attachment, ...]:
    if len(bare) != len(blobs):
        raise FrameBroken("the frame has not as many contents as attachments")
    return tuple(
        replace(each, content=blob, sha256=hashlib.sha256(blob).hexdigest())
        for each, blob in zip(bare, blobs, strict=True)
    )
