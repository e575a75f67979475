"""Reads messages in processes of their own, bounded in memory and time, and restarted when they die.

There are two: one for mail, where a message takes milliseconds, and one for documents, where recognising a
scanned page takes seconds. Neither is started before it is needed. What strangers send is opened there only.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from intake.attached import with_documents
from intake.documents.text import DocumentText
from intake.forms import FormProfile
from intake.reading_process import Limits
from intake.wire import Frame, FrameBroken, pack, parsed_of, unpack
from models.errors import StoreUnavailable, UnreadableMessage
from models.mail_page import MailPage
from models.message import Attachment, ParsedMessage

_MAIL = Limits(memory=2_000_000_000, cpu_seconds=4)
_DOCUMENTS = Limits(memory=3_000_000_000, cpu_seconds=240)
_MAIL_WAIT_S = 60.0
_DOCUMENT_WAIT_S = 400.0
_LAST_BREATH_S = 0.5
_ROOM = 64_000_000
_CHUNK = 1 << 20
_DOCUMENT = TypeAdapter(DocumentText)
_PAGE = TypeAdapter(MailPage)

_PASSED_ON = ("PATH", "TESSDATA_PREFIX", "TZ")


class Reads(Protocol):
    """Whatever reads the bytes of a message or of a file."""

    def read(self, raw: bytes, *, filename: str = "") -> ParsedMessage:
        """Return what the bytes say; a file has a name, mail has none.

        Raises UnreadableMessage, with a short reason, where nothing can be made of them.
        """
        ...

    def close(self) -> None:
        """Let go of what was started."""
        ...


class IsolatedReader:
    """Reads in processes of their own; one caller at a time, others wait."""

    def __init__(
        self, *, form_senders: frozenset[str] = frozenset(), forms: Sequence[FormProfile] = ()
    ) -> None:
        self._asks = {"form_senders": sorted(form_senders), "forms": [asdict(each) for each in forms]}
        self._mail = Lane(_MAIL, wait_s=_MAIL_WAIT_S)
        self._documents = Lane(_DOCUMENTS, wait_s=_DOCUMENT_WAIT_S)

    def read(self, raw: bytes, *, filename: str = "") -> ParsedMessage:
        """Return what the bytes say, with the text of attached documents."""
        if filename:
            answer = self._documents.ask(Frame({"what": "file", "filename": filename}, (raw,)))
        else:
            answer = self._mail.ask(Frame({"what": "mail", **self._asks}, (raw,)))
        try:
            parsed = parsed_of(answer)
        except FrameBroken as error:
            raise UnreadableMessage("crashed", "its reader gave back what is no message") from error
        return with_documents(parsed, self._document)

    def page(self, raw: bytes) -> MailPage:
        """Return a message as it was sent, for an officer's eyes; raises UnreadableMessage."""
        answer = self._mail.ask(Frame({"what": "page"}, (raw,)))
        try:
            return _PAGE.validate_python(answer.values.get("page"))
        except ValidationError as error:
            raise UnreadableMessage("crashed", "its reader gave back what is no page") from error

    def close(self) -> None:
        """End the processes."""
        self._mail.close()
        self._documents.close()

    def _document(self, attachment: Attachment) -> DocumentText:
        """Read an attached document; what cannot be read leaves the message whole and says why."""
        about = {"content_type": attachment.content_type, "filename": attachment.filename}
        try:
            answer = self._documents.ask(Frame({"what": "document", **about}, (attachment.content,)))
            return _DOCUMENT.validate_python(answer.values.get("document"))
        except UnreadableMessage as error:
            return DocumentText(text="", confidence=None, fault=str(error), pages=0)
        except ValidationError:
            return DocumentText(text="", confidence=None, fault="its reader gave back no document", pages=0)


class _Died(Exception):
    """A reading process ended, or had to be ended, before it answered."""

    def __init__(self, reason: str, why: str) -> None:
        self.reason, self.why = reason, why
        super().__init__(why)


class Lane:
    """One reading process, started when needed and replaced when it has died."""

    def __init__(
        self, limits: Limits, *, wait_s: float, program: Sequence[str] = ("-m", "intake.reading_process")
    ) -> None:
        self._limits = limits
        self._wait_s = wait_s
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, frame: Frame) -> Frame:
        """Return the answer to a frame.

        A process that dies for no reason of its own is given a second chance, since the kernel ends processes
        where memory is short. Raises UnreadableMessage where the answer is that nothing can be read.
        """
        with self._lock:
            try:
                answer = self._exchange(frame)
            except _Died as died:
                answer = self._once_more(frame, died)
        if "refused" in answer.values:
            raise UnreadableMessage(str(answer.values["refused"]), str(answer.values.get("why", "")))
        return answer

    @property
    def process_id(self) -> int | None:
        """The number of the process, None where none runs."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end(breath_s=0)

    def _once_more(self, frame: Frame, died: _Died) -> Frame:
        if died.reason == "crashed":
            try:
                return self._exchange(frame)
            except _Died as again:
                died = again
        raise UnreadableMessage(died.reason, died.why) from died

    def _exchange(self, frame: Frame) -> Frame:
        process = self._running()
        deadline = time.monotonic() + self._wait_s
        most_bytes = 4 * sum(map(len, frame.blobs)) + _ROOM
        try:
            _send(process, pack(frame), deadline)
            return unpack(lambda count: _receive(process, count, deadline), most_bytes=most_bytes)
        except TimeoutError as error:
            self._end()
            raise _Died("time", "reading it takes longer than a message may take") from error
        except (OSError, FrameBroken) as error:
            ended_by = self._end()
            if ended_by == -signal.SIGXCPU:
                raise _Died("time", "reading it takes longer than a message may take") from error
            raise _Died("crashed", "its reader broke down on it") from error

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _start(self._limits, self._program)
        return self._process

    def _end(self, *, breath_s: float = _LAST_BREATH_S) -> int | None:
        """End the process and what it started; return how it ended if it had by itself."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            code: int | None = process.wait(timeout=breath_s)
        except subprocess.TimeoutExpired:
            code = None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return code


def _start(limits: Limits, program: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a reading process with nothing of our environment that it does not need."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        process = subprocess.Popen(  # noqa: S603  # our own program, without anything from a message
            [sys.executable, "-I", "-B", *program, json.dumps(asdict(limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**passed_on, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
            bufsize=0,
        )
    except OSError as error:
        raise StoreUnavailable(f"the reading process cannot be started: {error}") from error
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
    return process


def _send(process: subprocess.Popen[bytes], content: bytes, deadline: float) -> None:
    """Write everything, or raise TimeoutError; BrokenPipeError says that the reader has gone."""
    pipe = process.stdin
    if pipe is None:
        raise FrameBroken("the reader takes nothing")
    rest = memoryview(content)
    while rest:
        _wait(deadline, writes=pipe.fileno())
        rest = rest[os.write(pipe.fileno(), rest[:_CHUNK]) :]


def _receive(process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
    """Read exactly so many bytes, or raise TimeoutError; FrameBroken says that the reader has gone."""
    pipe = process.stdout
    if pipe is None:
        raise FrameBroken("the reader gives nothing")
    pieces = bytearray()
    while len(pieces) < count:
        _wait(deadline, reads=pipe.fileno())
        piece = os.read(pipe.fileno(), min(_CHUNK, count - len(pieces)))
        if not piece:
            raise FrameBroken("the reader has gone")
        pieces += piece
    return bytes(pieces)


def _wait(deadline: float, *, reads: int | None = None, writes: int | None = None) -> None:
    poll = select.poll()
    if reads is not None:
        poll.register(reads, select.POLLIN)
    if writes is not None:
        poll.register(writes, select.POLLOUT)
    if not poll.poll(max(deadline - time.monotonic(), 0.0) * 1000):
        raise TimeoutError("the reading process does not answer")
