"""A walk over the tree of parts: what is text, what is attached, what reports say, what is packed inside."""

import re
from dataclasses import replace
from email.errors import MissingHeaderBodySeparatorDefect

from intake.armour import without_armour
from intake.charsets import decode_text
from intake.contents import MOST_LEVELS, Contents, joined, says
from intake.filenames import filename_of, made_up_name
from intake.headers import Headers
from intake.invitation import typed_words
from intake.msg_file import MARK as MSG_MARK
from intake.msg_file import SIGNATURE as MSG_SIGNATURE
from intake.packed import LEFT_PACKED, add_enclosed, add_msg, add_plain_file, add_tnef
from intake.part_text import READ_AS_TEXT, PartText, flat_text, read_text
from intake.repair import DEEPEST_NESTING, boundary_in_use, repair
from intake.smime import open_sealed
from intake.tnef import SIGNATURE as TNEF_SIGNATURE
from intake.tree import Part, children, content_of, disposition_of, full_type_of, tree_of, type_of, written
from intake.unpacked import File, guessed_type, richer
from models.errors import UnreadableMessage

_REPORTS = {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_LOCKED_KINDS = {"application/x-microsoft-rpmsg-message"}
_LOCKED_SEALS = {"enveloped-data", "authenveloped-data"}
_NAMES_OF_A_SEAL = {"", "smime.p7m"}
_IS_MIME = re.compile(rb"\s{0,20}[A-Za-z][A-Za-z0-9-]{1,60}:")
_ONLY_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_NESTING_OF_A_SEAL = 10
_MOST_VERSIONS = 5
_ELSEWHERE = "the file is not in the message but kept elsewhere, and nothing is fetched from there"
_LOCKED = "it is encrypted and cannot be read here"


def gather(part: Part, into: Contents, *, depth: int = 0) -> None:
    """Sort one part, and those inside it, into texts, attachments and reports."""
    # RFC 6532 names some types anew where addresses go beyond ASCII.
    kind = type_of(part).replace("message/global-", "message/")
    into.types.append(full_type_of(part).replace("message/global-", "message/"))
    if kind in _REPORTS or kind == "text/rfc822-headers":
        into.reports.append(flat_text(part))
    elif kind == "message/partial" and children(part):
        _gather_partial(part, into, depth=depth)
    elif kind == "message/external-body":
        _list_external(part, into)
    elif kind.startswith("message/") and children(part):
        _enclose_mail(part, into)
    elif kind == "multipart/alternative" and children(part):
        into.texts.append(_richest(part, into, depth=depth + 1))
    elif children(part):
        if kind == "multipart/encrypted":
            into.defects.append("encrypted")
        for child in children(part):
            gather(child, into, depth=depth + 1)
    elif kind.startswith("multipart/"):
        _gather_unbounded(part, into, depth=depth)
    else:
        _gather_leaf(part, into, depth=depth)


def _gather_leaf(part: Part, into: Contents, *, depth: int) -> None:
    kind, name, disposition = type_of(part), filename_of(part), disposition_of(part)
    is_root = depth == 0
    if kind in _SEALED or _ends(name, ".p7m"):
        _gather_sealed(part, name, into, depth=depth)
        return
    if kind == "text/calendar":
        _gather_invitation(part, name, into)
        return
    is_text = kind in READ_AS_TEXT or (is_root and kind.startswith("text/"))
    is_body = is_text and (disposition != "attachment" or (is_root and not name))
    if is_body:
        into.texts.append(_keep(read_text(part), into))
    if not is_body or (name and not is_root) or disposition == "attachment":
        _attach(part, name, into)


def _keep(read: PartText, into: Contents) -> str:
    """Note what reading a text gave beside the text, and return the text."""
    text, is_locked = without_armour(read.text)
    into.cids |= read.cids
    if is_locked:
        into.defects.append("encrypted")
    if read.is_mislabelled:
        into.defects.append("wrong_charset")
    for name, content in read.files:
        add_plain_file(File(name, guessed_type(name), content), into)
    return text


def _attach(part: Part, name: str, into: Contents) -> None:
    """List a leaf as a file; what is packed inside it is unpacked beside it."""
    kind, content = type_of(part), content_of(part)
    file = File(name or made_up_name(part), kind, content, content_id=str(part.get("content-id", "")))
    if content.startswith(TNEF_SIGNATURE):
        add_tnef(file, into)
    elif content.startswith(MSG_SIGNATURE) and (MSG_MARK in content or _ends(file.name, ".msg")):
        add_msg(file, into)
    elif _ends(file.name, ".eml") and kind not in READ_AS_TEXT:
        _enclose_saved_mail(file, into)
    elif kind in READ_AS_TEXT:
        into.add_file(file, text=read_text(part).text)
    elif kind in _SIGNATURES:
        into.add_file(file)
    elif kind in _LOCKED_KINDS:
        into.defects.append("encrypted")
        into.add_file(file, fault=_LOCKED)
    else:
        add_plain_file(file, into)


def _ends(name: str, ending: str) -> bool:
    return name.lower().endswith(ending)


def _gather_unbounded(part: Part, into: Contents, *, depth: int) -> None:
    """Read a multipart whose declared boundary never appears: split at the line really used."""
    into.defects.append("boundary_missing")
    payload = written(part)
    boundary = boundary_in_use(payload, part.get_boundary() or "")
    if boundary is not None and depth < DEEPEST_NESTING:
        mended = re.sub(rf"(?m)^--{re.escape(boundary)}(--)?[^\n]*$", r"--heard-mended\1", payload)
        head = b'Content-Type: multipart/mixed; boundary="heard-mended"\n\n'
        again = tree_of(head + mended.encode("utf-8", "surrogateescape"))
        if children(again):
            gather(again, into, depth=depth + 1)
            return
    into.texts.append(decode_text(payload.encode("utf-8", "surrogateescape")).strip())


def _richest(part: Part, into: Contents, *, depth: int) -> str:
    """Return the fuller of the plain and the formatted versions; what else is inside is gathered."""
    plain, others = [], []
    for child in children(part):
        if type_of(child) == "text/plain" and disposition_of(child) != "attachment":
            into.types.append(full_type_of(child))
            plain.append(_keep(read_text(child), into))
        else:
            before = len(into.texts)
            gather(child, into, depth=depth)
            others.append(joined(into.texts[before:]))
            del into.texts[before:]
    return richer(joined(plain), joined(_different(others)))


def _different(versions: list[str]) -> list[str]:
    """Return the versions of a text without those that only repeat another."""
    kept: list[str] = []
    for version in versions:
        if len(kept) >= _MOST_VERSIONS:
            kept.append(version)
        elif not any(says(each, version) for each in kept):
            kept = [*(each for each in kept if not says(version, each)), version]
    return kept


def _gather_partial(part: Part, into: Contents, *, depth: int) -> None:
    """Read one piece of a mail that was cut into several (RFC 2046, 5.2.2)."""
    into.defects.append("partial")
    piece = children(part)[0]
    if str(part.get_param("number") or "") == "1":
        gather(piece, into, depth=depth + 1)
        return
    text = decode_text(_as_it_came(piece)).strip()
    if not _ONLY_BASE64.fullmatch(text):
        into.texts.append(text)


def _list_external(part: Part, into: Contents) -> None:
    """List a file that the message only points at (RFC 2046, 5.2.3)."""
    where = str(part.get("content-type", "")).encode("utf-8", "surrogateescape")
    inner = next(iter(children(part)), part)
    name = filename_of(part) or filename_of(inner) or made_up_name(inner)
    into.add_file(File(name, "message/external-body", where), fault=_ELSEWHERE)


def _gather_invitation(part: Part, name: str, into: Contents) -> None:
    """List an invitation; the words that somebody typed into it are read as theirs."""
    typed = typed_words(read_text(part).text)
    into.beside.append(typed.comment)
    into.last_resort.append(typed.description)
    into.add_file(File(name or "invitation.ics", "text/calendar", content_of(part)))


def _gather_sealed(part: Part, name: str, into: Contents, *, depth: int) -> None:
    """Read what S/MIME has signed as if it stood there in the open; list what is encrypted or broken."""
    content = content_of(part)
    opened = open_sealed(content)
    deeper = depth + _NESTING_OF_A_SEAL
    says_so = str(part.get_param("smime-type") or "").lower() in _LOCKED_SEALS
    if opened.is_encrypted or (opened.fault and says_so):
        into.defects.append("encrypted")
    elif not opened.fault and deeper <= DEEPEST_NESTING and into.room.take(opened.content):
        try:
            _gather_opened(opened.content, name, into, depth=deeper)
        except UnreadableMessage:
            into.defects.append("broken_smime")
        else:
            return
    else:
        into.defects.append("broken_smime")
    into.add_file(File(name or "smime.p7m", type_of(part), content), fault=opened.fault or LEFT_PACKED)


def _gather_opened(content: bytes, name: str, into: Contents, *, depth: int) -> None:
    if not _IS_MIME.match(content) and name.lower() not in _NAMES_OF_A_SEAL:
        # A document that was signed as a file, not a message.
        inner = name[: -len(".p7m")]
        add_plain_file(File(inner, guessed_type(inner), content), into)
        return
    root = tree_of(repair(content)[0])
    # Header protection wraps the whole message once more (RFC 8551, 3.1): that is no forward.
    is_wrapped = type_of(root) == "message/rfc822" and children(root)
    gather(children(root)[0] if is_wrapped else root, into, depth=depth)


def _enclose_mail(part: Part, into: Contents) -> None:
    """Read the messages inside a part as messages of their own."""
    name, kind = filename_of(part), type_of(part)
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        # A program wrote the message in base64, which RFC 2046, 5.2.1 forbids (fact 38).
        shell = Part()
        shell["content-transfer-encoding"] = "base64"
        shell.set_payload("".join(written(child) for child in children(part)))
        _enclose_saved_mail(File(name, kind, content_of(shell)), into)
        return
    for message in children(part):
        _enclose(File(name, kind, _bytes_of(message)), message, into)


def _enclose_saved_mail(file: File, into: Contents) -> None:
    """Read a mail that came as a file, whatever type the program gave it."""
    try:
        message = tree_of(repair(file.content)[0])
    except UnreadableMessage:
        into.defects.append("not_unpacked")
        into.add_file(file, fault=LEFT_PACKED)
        return
    _enclose(file, message, into)


def _enclose(file: File, message: Part, into: Contents) -> None:
    headers, inner = Headers(message.raw_items()), into.inside()
    file = replace(file, name=file.name or f"{headers.text('subject')[:80] or 'message'}.eml")
    if inner.level > MOST_LEVELS or (into.level and not into.room.take(file.content)):
        into.defects.append("not_unpacked")
        into.add_file(file, fault=LEFT_PACKED)
        return
    gather(message, inner)
    add_enclosed(file, headers, inner, into)


def _as_it_came(piece: Part) -> bytes:
    """Return a piece of a text whose first lines may have been taken for header fields."""
    fields = "".join(f"{name}: {value}\n" for name, value in piece.raw_items())
    is_cut = any(isinstance(each, MissingHeaderBodySeparatorDefect) for each in piece.defects)
    gap = "" if is_cut or not fields else "\n"
    return f"{fields}{gap}{written(piece)}".encode("utf-8", "surrogateescape")


def _bytes_of(part: Part) -> bytes:
    try:
        return part.as_bytes()
    except Exception:  # noqa: BLE001  # The generator raises whatever odd headers make it raise.
        return flat_text(part).encode("utf-8", "surrogateescape")
