"""`heard triage`: messages a second on 10,000 lines of 150 words, cold start, memory, order kept."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from corpus_mix import lines_of

HEARD = str(Path(sys.executable).parent / "heard")
DATA = Path(sys.prefix) / "bench-data"
COUNT = 10_000
WORDS = 150


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder) / "many.jsonl", Path(folder) / "one.jsonl"
        many.write_text("\n".join(lines_of(WORDS, count=COUNT)) + "\n", encoding="utf-8")
        one.write_text(next(lines_of(WORDS, count=1)) + "\n", encoding="utf-8")
        triage(one)  # The first use may train.
        cold = min(triage(one)[0] for _ in range(3))
        _, _, memory_of_tenth = triage(many, lines=COUNT // 10)
        seconds, ids, memory = triage(many)
    assert ids == [str(number) for number in range(COUNT)], "the order was not kept"
    print(f"heard triage, {WORDS} words, {os.cpu_count()} processors, in order: yes")
    print(f"  {COUNT:,} lines in {seconds:.1f} s: {COUNT / seconds:,.0f} messages/s with start-up")
    print(f"  after start-up: {COUNT / (seconds - cold):,.0f} messages/s; budget 500")
    print(f"  cold start with one message: {cold:.2f} s; budget 3")
    print(
        f"  memory of the largest process: {memory:,.0f} MB; a tenth of the lines: {memory_of_tenth:,.0f} MB"
    )


def triage(file: Path, *, lines: int | None = None) -> tuple[float, list[str], float]:
    """Return the seconds, the ids in the order of the answers, and the peak memory in MB."""
    given = file.read_bytes()
    if lines is not None:
        given = b"\n".join(given.split(b"\n")[:lines]) + b"\n"
    begun = time.perf_counter()
    process = subprocess.Popen(
        [HEARD, "--data", str(DATA), "triage", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    writer = threading.Thread(target=lambda stdin=process.stdin: (stdin.write(given), stdin.close()))
    writer.start()
    out = process.stdout.read()
    writer.join()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    assert os.waitstatus_to_exitcode(status) == 0, "heard triage failed"
    return seconds, [json.loads(line)["id"] for line in out.splitlines()], usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
