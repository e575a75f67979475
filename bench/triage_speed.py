"""`heard triage`, with the sentence encoder and without: messages a second, cold start, memory, order."""

import json
import os
import statistics
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
    """Measure and print both ways."""
    print(f"heard triage, messages of {WORDS} words, {os.cpu_count()} processors")
    for how, options, count, budget in (
        ("--fast", ["--fast"], COUNT, 500),
        ("with the encoder", [], COUNT // 5, 60),
    ):
        measure(how, options, count=count, budget=budget)
    print(f"  one message by itself, with the encoder: {1000 * alone():.0f} ms; budget 50")


def measure(how: str, options: list[str], *, count: int, budget: int) -> None:
    """Measure one way and print it."""
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder) / "many.jsonl", Path(folder) / "one.jsonl"
        many.write_text("\n".join(lines_of(WORDS, count=count)) + "\n", encoding="utf-8")
        one.write_text(next(lines_of(WORDS, count=1)) + "\n", encoding="utf-8")
        triage(one, options)  # The first use may train.
        cold = min(triage(one, options)[0] for _ in range(3))
        _, _, memory_of_tenth = triage(many, options, lines=count // 10)
        seconds, ids, memory = triage(many, options)
    assert ids == [str(number) for number in range(count)], "the order was not kept"
    print(f"{how}, in order: yes")
    print(f"  {count:,} lines in {seconds:.1f} s: {count / seconds:,.0f} messages/s with start-up")
    print(f"  after start-up: {count / (seconds - cold):,.0f} messages/s; budget {budget}")
    print(f"  cold start with one message: {cold:.2f} s; budget 3")
    print(
        f"  memory of the largest process: {memory:,.0f} MB; a tenth of the lines: {memory_of_tenth:,.0f} MB"
    )


def alone() -> float:
    """Return the median seconds from one line written to its answer read, the program being warm."""
    lines = [line.encode() + b"\n" for line in lines_of(WORDS, count=60)]
    process = subprocess.Popen(
        [HEARD, "--data", str(DATA), "triage", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    taken = []
    for line in lines:
        begun = time.perf_counter()
        process.stdin.write(line)
        process.stdin.flush()
        process.stdout.readline()
        taken.append(time.perf_counter() - begun)
    process.stdin.close()
    process.wait()
    return statistics.median(taken[10:])


def triage(file: Path, options: list[str], *, lines: int | None = None) -> tuple[float, list[str], float]:
    """Return the seconds, the ids in the order of the answers, and the peak memory in MB."""
    given = file.read_bytes()
    if lines is not None:
        given = b"\n".join(given.split(b"\n")[:lines]) + b"\n"
    begun = time.perf_counter()
    process = subprocess.Popen(
        [HEARD, "--data", str(DATA), "triage", *options, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
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
