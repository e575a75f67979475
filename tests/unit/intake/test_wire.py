"""What goes between the service and its reading process comes back the same, or is refused."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import ANN, make_parsed

from intake.wire import Frame, FrameBroken, frame_of, pack, parsed_of, unpack
from models.message import Attachment, Complainant

PARSED = make_parsed(
    date=datetime(2026, 3, 3, 10, 0, tzinfo=UTC),
    to=(ANN,),
    represented=Complainant(ANN, "text"),
    attachments=(
        Attachment(
            filename="a.pdf", content_type="application/pdf", content=b"%PDF\x00\xff", text="Dear Sir",
            sha256="c7f50d4ae6f4b0eb4ed62ba7b4abdb4d0ba4fdba0bdf1a86e8ea4e2f1f1dcf1f", confidence=0.5,
        ),
    ),
)  # fmt: skip


def sent(frame: Frame) -> Frame:
    """Return a frame as it comes out at the other end."""
    return unpack(io.BytesIO(pack(frame)).read, most_bytes=1000)


def test_a_parsed_message_comes_back_the_same() -> None:
    """Every field, with the hash of a content made anew from its bytes."""
    back = parsed_of(sent(frame_of(PARSED)))
    (attached,) = back.attachments
    assert attached.sha256 != PARSED.attachments[0].sha256
    honest = replace(PARSED.attachments[0], sha256=attached.sha256)
    assert back == replace(PARSED, attachments=(honest,))


@pytest.mark.parametrize(
    "frame",
    [
        Frame({"parsed": {"subject": 5, "attachments": "no"}}),
        Frame({"parsed": "text"}),
        Frame({}),
        Frame(frame_of(PARSED).values, blobs=()),
    ],
    ids=["wrong types", "no object", "nothing", "contents missing"],
)
def test_a_frame_that_holds_no_message_is_refused(frame: Frame) -> None:
    """The other side reads what strangers send, and is not believed."""
    with pytest.raises(FrameBroken):
        parsed_of(sent(frame))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff" * 16,
        b"\x00" * 7 + b"\x02{}",
        b"\x00" * 7 + b"\x0e" + b'{"blobs":[-1]}',
        b"\x00" * 7 + b"\x10" + b'{"blobs":[9999]}',
        b"\x00" * 7 + b"\x04abcd",
    ],
    ids=["endless", "no sizes", "negative", "too much", "no JSON"],
)
def test_what_is_no_frame_is_refused(content: bytes) -> None:
    """Lengths and sizes are checked before anything is taken for them."""
    with pytest.raises(FrameBroken):
        unpack(io.BytesIO(content).read, most_bytes=1000)
