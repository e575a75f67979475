"""A .msg file that is the message itself: imported by hand, or found in a folder of scans (fact 38)."""

import base64
from collections.abc import Sequence

from intake.contents import Contents, Room
from intake.forms import FormProfile
from intake.headers import Headers
from intake.msg_file import unpack_msg
from intake.packed import add_unpacked_files
from intake.parse import assemble
from intake.parts import gather
from intake.repair import repair
from intake.tree import tree_of
from intake.unpacked import Unpacked
from models.errors import UnreadableMessage
from models.message import ParsedMessage

_ROOM = 20_000_000
_SEALED = "IPM.NOTE.SMIME"
_SEALED_HEAD = b"Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n"
_TYPES_OF_CLASSES = (
    # What machines send, under the content types that say so in mail ([MS-OXCMSG] 2.2.1.3).
    ("REPORT.", ".NDR", "multipart/report; report-type=delivery-status"),
    ("REPORT.", ".IPNRN", "multipart/report; report-type=disposition-notification"),
    ("IPM.SCHEDULE.MEETING.", "", "text/calendar; method=request"),
)


def parse_msg(
    content: bytes, *, form_senders: frozenset[str] = frozenset(), forms: Sequence[FormProfile] = ()
) -> ParsedMessage:
    """Parse an Outlook message; the header fields with which it travelled count, if the file holds them.

    Raises UnreadableMessage where the file is broken.
    """
    unpacked = unpack_msg(content)
    if unpacked == Unpacked(fault=unpacked.fault):
        raise UnreadableMessage("outlook", unpacked.fault or "its .msg file holds no message")
    contents = Contents(room=Room(bytes_left=_ROOM + len(content)))
    contents.texts.append(unpacked.text)
    contents.cids |= unpacked.content_ids
    kind = unpacked.kind.upper()
    contents.types.extend(
        name for start, end, name in _TYPES_OF_CLASSES if kind.startswith(start) and kind.endswith(end)
    )
    if unpacked.fault:
        contents.defects.append("broken_msg")
    try:
        if kind.startswith(_SEALED) and unpacked.files:
            gather(tree_of(_as_mime(unpacked.files[0].file.content)), contents)
        else:
            add_unpacked_files(unpacked, contents)
    except RecursionError as error:
        raise UnreadableMessage("nesting", "what is packed in it nests too deep to be read") from error
    return assemble(Headers(unpacked.fields), contents, form_senders=form_senders, forms=forms)


def _as_mime(content: bytes) -> bytes:
    """Return what Outlook keeps of a signed or encrypted mail as the part that it was."""
    if content.lstrip()[:8].lower() == b"content-":
        return repair(content)[0]
    return _SEALED_HEAD + base64.encodebytes(content)
