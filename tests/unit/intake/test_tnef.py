"""winmail.dat: read as an independent reader reads it, bounded where that one is not, whole to its break."""

import random
import struct
import time

import pytest
from mail.make.tnef import (
    BINARY,
    BODY,
    CODE_PAGE,
    DATA,
    HTML,
    LONG,
    LONG_FILENAME,
    MESSAGE,
    OBJECT,
    RTF,
    STRING,
    SUBJECT,
    UNICODE,
    TnefFile,
    attribute,
    tnef,
)
from tnefparse import TNEF

from intake.tnef import unpack_tnef

FILES = [
    TnefFile("REPORT~1.PDF", b"%PDF-1.4\n\0\0\0", [(LONG_FILENAME, UNICODE, "Report £.pdf")]),
    TnefFile("photo.jpg", b"\xff\xd8\xff" + bytes(100)),
]
HEAD = struct.pack("<IH", 0x223E9F78, 1)


def test_what_is_written_is_what_an_independent_reader_finds() -> None:
    """The bytes that these tests make are TNEF to tnefparse too."""
    content = tnef(body=b"The lift is out.", properties=[(SUBJECT, UNICODE, "Lift")], files=FILES)
    other, ours = TNEF(content, do_checksum=True), unpack_tnef(content)
    assert all(each.good_checksum for each in other.objects)
    assert [each.long_filename() for each in other.attachments] == [each.file.name for each in ours.files]
    assert [each.data for each in other.attachments] == [each.file.content for each in ours.files]
    assert other.body.rstrip(b"\0").decode() == ours.text == "The lift is out."


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ([(BODY, UNICODE, "Łukasz’s bin")], "Łukasz’s bin"),
        ([(BODY, STRING, "caf\xe9")], "café"),
        ([(HTML, BINARY, b"<p>one</p><p>two \xa3</p>"), (CODE_PAGE, LONG, 1252)], "one\n\ntwo £"),
        ([(HTML, BINARY, "<p>Łukasz</p>".encode()), (CODE_PAGE, LONG, 65001)], "Łukasz"),
        ([(RTF, BINARY, b"no rich text at all")], ""),
        ([(0x8001, LONG, 1)], ""),
        ([], ""),
    ],
)
def test_the_body_is_found_in_whatever_form_it_came(
    properties: list[tuple[int, int, bytes | str | int]], text: str
) -> None:
    """Plain text, a page or Rich Text, in whatever charset."""
    assert unpack_tnef(tnef(properties=properties)).text == text


def test_the_last_zeros_of_a_file_are_part_of_it() -> None:
    """A Word file ends in zeros, and is broken without them."""
    content = b"PK\x05\x06" + bytes(18)
    (file,) = unpack_tnef(tnef(files=[TnefFile("a.docx", b"", [(DATA, BINARY, content)])])).files
    assert file.file.content == content


def test_a_message_inside_is_a_message() -> None:
    """What Outlook embeds is read like the mail around it."""
    inner = tnef(body=b"inner words", properties=[(SUBJECT, STRING, "Inner")])
    (file,) = unpack_tnef(tnef(files=[TnefFile("m", b"", [(DATA, OBJECT, MESSAGE + inner)])])).files
    assert file.message is not None
    assert (file.message.text, file.message.fields) == ("inner words", (("Subject", "Inner"),))


def test_named_and_multiple_properties_are_passed_over() -> None:
    """They stand between those that are wanted."""
    named = struct.pack("<HH16sII", LONG, 0x8005, bytes(16), 0, 7) + struct.pack("<I", 5)
    text_name = struct.pack("<HH16sII8sI", LONG, 0x8006, bytes(16), 1, 6, "abc".encode("utf-16-le"), 5)
    many = struct.pack("<HHI3H2x", 0x1002, 0x6001, 3, 1, 2, 3)
    body = struct.pack("<HHII4s", STRING, BODY, 1, 4, b"yes\0")
    block = struct.pack("<I", 4) + named + text_name + many + body
    assert unpack_tnef(HEAD + attribute(1, 0x9003, 6, block)).text == "yes"


HOSTILE = {
    "four thousand million properties": HEAD + attribute(1, 0x9003, 6, struct.pack("<IHH", 0xFFFFFFFF, 3, 1)),
    "four thousand million values": HEAD
    + attribute(1, 0x9003, 6, struct.pack("<IHHI", 1, 0x1002, 0x6001, 0xFFFFFFFF)),
    "four thousand million strings": HEAD
    + attribute(1, 0x9003, 6, struct.pack("<IHHI", 1, 0x001E, BODY, 0xFFFFFFFF)),
    "a file before its beginning": HEAD + attribute(2, 0x800F, 6, b"x"),
    "many attributes": HEAD + attribute(1, 0x8009, 6, b"") * 400_000,
    "many files": HEAD + attribute(2, 0x9002, 6, b"") * 200_000,
    "messages in messages": b"",
}
for _ in range(40):
    HOSTILE["messages in messages"] = tnef(
        files=[TnefFile("m", b"", [(DATA, OBJECT, MESSAGE + HOSTILE["messages in messages"])])]
    )


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_numbers_that_lie_take_no_time(content: bytes) -> None:
    """Every count is bounded by the bytes that are there."""
    begun = time.perf_counter()
    unpack_tnef(content)
    assert time.perf_counter() - begun < 1


def test_damaged_bytes_never_raise() -> None:
    """Whatever happens on the way, what can be read is read and the rest is said."""
    chance = random.Random(4827)  # noqa: S311  # damage, not a secret
    whole = tnef(body=b"words", properties=[(SUBJECT, UNICODE, "x"), (CODE_PAGE, LONG, 1252)], files=FILES)
    for _ in range(1500):
        damaged = bytearray(whole[: chance.randrange(len(whole)) + 1])
        for _ in range(chance.randrange(6)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        unpack_tnef(bytes(damaged))
    assert unpack_tnef(b"").fault
    assert unpack_tnef(whole[:-40]).text == "words"
