"""`heard triage`: JSON lines in, JSON lines out, in order, as they come, on every processor.

A batch is what can be read without waiting, so that a program that sends one line and waits for its answer
gets it, and a file of a million lines is read a few batches ahead and no further.
"""

import json
import os
import select
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from models.decision import Decision
from triage.corpus import TriageInput, triage_input
from triage.triager import Triager

_BATCH = 64
_PARALLEL_FROM = 4 * _BATCH
_READ = 1 << 16

Answer = tuple[str, bool]


def triage_lines(triager: Triager, descriptor: int, *, workers: int) -> Iterator[Answer]:
    """Yield, for each line read from a file descriptor, its answer and whether the line was faulty."""
    global _triager  # noqa: PLW0603  # What a worker process inherits when it is forked.
    _triager = triager
    seen = 0
    pool: ProcessPoolExecutor | None = None
    pending: deque[Future[list[Answer]]] = deque()
    try:
        for batch in _batches(descriptor):
            seen += len(batch)
            if not batch:  # Nothing more can be read at once: hand over what is done.
                while pending:
                    yield from pending.popleft().result()
                continue
            if workers == 1 or (pool is None and seen < _PARALLEL_FROM):
                yield from _answers(batch)
                continue
            if pool is None:
                pool = ProcessPoolExecutor(workers, mp_context=get_context("fork"))
            pending.append(pool.submit(_answers, batch))
            if len(pending) > 2 * workers:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


_triager: Triager | None = None


def _answers(lines: Sequence[bytes]) -> list[Answer]:
    """Triage a batch; a line that cannot be read gets an answer that says why, in its place."""
    if _triager is None:
        raise ValueError("the batch was handed over before its triager")
    read = [_input(line) for line in lines]
    good = [each for each in read if isinstance(each, TriageInput)]
    decisions = iter(_decided(_triager, good))
    answers = []
    for each in read:
        if isinstance(each, TriageInput):
            decision = next(decisions)
            if decision is None:
                answers.append((json.dumps({"id": each.id, "error": "triage failed on it"}), True))
                continue
            answers.append((json.dumps({"id": each.id, **decision.as_json()}, ensure_ascii=False), False))
        else:
            answers.append((json.dumps(each, ensure_ascii=False), True))
    return answers


def _decided(triager: Triager, messages: Sequence[TriageInput]) -> list[Decision | None]:
    """Return the decisions; where the batch fails, one message at a time, None for the one that fails it."""
    try:
        return [decision for _, decision in triager.triage(messages)]
    except Exception:  # noqa: BLE001  # One message must never take the answers of the others with it.
        return [_decided_alone(triager, each) for each in messages]


def _decided_alone(triager: Triager, message: TriageInput) -> Decision | None:
    try:
        ((_, decision),) = triager.triage([message])
    except Exception:  # noqa: BLE001  # Its line says that it failed.
        return None
    return decision


def _input(line: bytes) -> TriageInput | dict[str, Any]:
    row: Any = None
    try:
        row = json.loads(line)
        return triage_input(row if isinstance(row, dict) else {})
    except KeyError as error:
        fault = f"the key {error} is missing"
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        fault = str(error)
    name = row.get("id") if isinstance(row, dict) else None
    return {"id": name, "error": fault}


def _batches(descriptor: int) -> Iterator[list[bytes]]:
    """Yield lines in batches; an empty batch says that reading on would have to wait."""
    rest = b""
    while True:
        if not _is_ready(descriptor):
            yield []
        read = os.read(descriptor, _READ)
        if not read:
            break
        *lines, rest = (rest + read).split(b"\n")
        yield from _in_pieces(lines)
    yield from _in_pieces([rest])


def _in_pieces(lines: list[bytes]) -> Iterator[list[bytes]]:
    filled = [line for line in lines if line.strip()]
    for start in range(0, len(filled), _BATCH):
        yield filled[start : start + _BATCH]


def _is_ready(descriptor: int) -> bool:
    ready, _, _ = select.select([descriptor], [], [], 0)
    return bool(ready)
