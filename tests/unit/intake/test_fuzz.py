"""Messages broken at random are read or refused with a reason, in time, and hold nothing that does harm.

`make fuzz` does the same for as long as it is told, with other seeds.
"""

import time

from mutate import mutated

from intake.describe import as_json
from intake.parse import parse
from intake.wire import frame_of, parsed_of
from models.errors import UnreadableMessage
from models.message import ParsedMessage

COUNT = 2_500
SECONDS = 2.0


def test_broken_messages_are_read_or_refused() -> None:
    """Any bytes in, a parsed message or a named reason out."""
    refused = sum(not survives(raw) for raw in mutated(COUNT, seed=2026))
    assert refused < COUNT / 4, "most broken messages can be read all the same"


def survives(raw: bytes) -> bool:
    """Parse a message and check what comes of it; False where it is refused with a reason."""
    begun = time.process_time()
    try:
        parsed = parse(raw)
    except UnreadableMessage:
        return False
    finally:
        assert time.process_time() - begun < SECONDS
    assert_storable(parsed)
    return True


def assert_storable(parsed: ParsedMessage) -> None:
    """Hold that both databases and the reading process take what was read."""
    written = repr(as_json(parsed))
    assert "\\x00" not in written
    parsed.text.encode()
    parsed.subject.encode()
    assert parsed_of(frame_of(parsed)).text == parsed.text
