"""Members of a zip archive, read with a limit that counts what really comes out, whatever is declared."""

import zipfile

_PIECE = 1 << 20
_ENCRYPTED = 0x1


class Bomb(Exception):
    """An archive unpacks to more than it may."""


class Locked(Exception):
    """A member is protected by a password."""


def read_member(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    """Return a member's bytes. Raises Bomb where there are more than `most`, Locked where it is protected."""
    about = archive.getinfo(name)
    if about.flag_bits & _ENCRYPTED:
        raise Locked(name)
    content = bytearray()
    with archive.open(about) as opened:
        while piece := opened.read(_PIECE):
            content += piece
            if len(content) > most:
                raise Bomb(name)
    return bytes(content)
