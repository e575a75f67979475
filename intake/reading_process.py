"""The reading process: takes bytes from strangers, and gives back what they say.

It runs apart from the service, without its environment, its database or its secrets, may write no file, and
has limits on memory and processor time: whatever a message does to its reader, it does here.
`intake/reader.py` starts it, and starts another when it dies. Standard input and output carry the frames of
`intake/wire.py`.
"""

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import TypeAdapter

from intake.wire import Frame, FrameBroken, frame_of, pack, unpack
from models.errors import UnreadableMessage

if TYPE_CHECKING:
    from intake.forms import FormProfile

_MOST_FILES_OPEN = 64


@dataclass(frozen=True)
class Limits:
    """What one reading process may use: bytes of memory, and seconds of processor time for one message."""

    memory: int
    cpu_seconds: int


def serve(incoming: BinaryIO, outgoing: BinaryIO, limits: Limits) -> None:
    """Answer one frame after another until nothing more comes."""
    _bind(limits)
    _load_readers()
    while True:
        try:
            asked = unpack(lambda count: _exactly(incoming, count), most_bytes=limits.memory)
        except FrameBroken:
            return
        _allow_seconds(limits.cpu_seconds)
        outgoing.write(pack(_answer(asked)))
        outgoing.flush()


def _answer(asked: Frame) -> Frame:
    """Read what was sent; what cannot be read is an answer too."""
    try:
        return READERS[asked.values["what"]](asked.blobs[0], asked.values)
    except UnreadableMessage as error:
        return Frame({"refused": error.reason, "why": str(error)})
    except MemoryError:
        return Frame({"refused": "memory", "why": "it takes more memory to read than a message may take"})
    except RecursionError:
        return Frame({"refused": "nesting", "why": "its parts are nested too deep to be read"})
    except Exception as error:  # noqa: BLE001  # Whatever a message raises is said about that message.
        return Frame({"refused": "fault", "why": f"the reader failed on it ({type(error).__name__})"})


def _read_mail(raw: bytes, asked: dict[str, Any]) -> Frame:
    from intake.parse import parse  # noqa: PLC0415  # loaded by _load_readers

    forms = _profiles().validate_python(asked.get("forms", ()))
    return frame_of(parse(raw, form_senders=frozenset(asked.get("form_senders", ())), forms=forms))


@cache
def _profiles() -> "TypeAdapter[tuple[FormProfile, ...]]":
    from intake.forms import FormProfile  # noqa: PLC0415  # loaded by _load_readers

    return TypeAdapter(tuple[FormProfile, ...])


def _read_file(raw: bytes, asked: dict[str, Any]) -> Frame:
    from intake.paper import read_file  # noqa: PLC0415  # loads the readers of documents

    return frame_of(read_file(raw, filename=asked["filename"]))


def _read_document(content: bytes, asked: dict[str, Any]) -> Frame:
    from intake.documents.read import read_document  # noqa: PLC0415  # loads the readers of documents

    document = read_document(content, content_type=asked["content_type"], filename=asked["filename"])
    return Frame({"document": asdict(document)})


def _show_page(raw: bytes, _asked: dict[str, Any]) -> Frame:
    from intake.page import page_of  # noqa: PLC0415  # only where an officer asks for it

    return Frame({"page": asdict(page_of(raw))})


READERS: dict[str, Callable[[bytes, dict[str, Any]], Frame]] = {
    "mail": _read_mail,
    "file": _read_file,
    "document": _read_document,
    "page": _show_page,
}


def _bind(limits: Limits) -> None:
    """Give up what reading does not need, before anything is read."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MOST_FILES_OPEN),
    ):
        resource.setrlimit(kind, (most, most))


def _allow_seconds(seconds: int) -> None:
    """Let the kernel end this process (SIGXCPU) if the next message takes longer than it may."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def _load_readers() -> None:
    """Load what every message needs now, so that no message pays for it."""
    importlib.import_module("intake.parse")


def _exactly(stream: BinaryIO, count: int) -> bytes:
    content = stream.read(count)
    if len(content) < count:
        raise FrameBroken("the service has gone")
    return content


def main() -> None:
    """Serve with the limits that the first argument names."""
    os.chdir("/")
    outgoing = os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up between the frames.
    os.dup2(2, 1)
    serve(sys.stdin.buffer, outgoing, Limits(**json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
