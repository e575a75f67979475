"""What the rules about machine mail look at: the outside of a message, and its own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from intake.contents import Contents, joined
from intake.headers import Headers
from intake.machine_words import fold
from intake.people import NO_REPLY
from triage.reply_text import is_forward, is_reply, new_part

OUR_ID = re.compile(
    r"(?:[0-9a-f]{32}\.c-\d{4}-\d{4}-\d{2}|duty\.c-\d{4}-\d{4}-\d{2}\.\d{1,30})@[a-z0-9.-]{1,200}",
    re.IGNORECASE,
)
"""A Message-ID as our letters bear it, see casework/acknowledge.py; also where it lost its brackets."""

_NULL_PATH = re.compile(r"<\s*>|<?mailer-daemon(?:@[^\s<>]*)?>?", re.IGNORECASE)
_DAEMON = re.compile(
    r"(?:mailer|mail|smtp|bounce)[-_.]?daemon|mail[-_.]?delivery(?:[-_.]?(?:sub)?system)?|mdaemon|mta|"
    r"microsoftexchange[0-9a-f]{6,}",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"(?:internet )?mail delivery (?:sub)?(?:system|service)|mailer[- ]daemon|mail delivery", re.IGNORECASE
)
_OFFICE = re.compile(
    r"postmaster|mail(?:[-_.](?:server|gateway|gw|scanner|filter|system)|scanner|marshal|sweeper)|mimecast|"
    r".{0,40}quarantine|anti-?(?:spam|virus)|spam\w{0,20}|content[-_.]?filter|"
    r"list-?serv|majordomo|mailman|sympa|"
    r".{1,80}-(?:bounces?|owner|request|help|confirm|return)(?:[+-].{0,80})?",
    re.IGNORECASE,
)
_TELLER = re.compile(r"(?:.{0,40}[-_.])?(?:alerts?|notifications?)", re.IGNORECASE)
_RETURNED = re.compile(r"^[> \t]*(?:return-path|received|mime-version)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MARKED_BELOW = re.compile(
    r"^[> \t]*-{2,}[ \t]*"
    r"(?:original|below this line|this is a copy|message header|returned|unsent|the header)"
    r"[^\n]{0,120}$",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"[> \t]*[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:|[ \t]+\S")
_LOOKED_AT = 6_000

FORM_LINE = re.compile(
    r"^[ \t]*(?:your |full |first |last |contact )?"
    r"(?:name|surname|e-?mail(?: address)?|tele?phone|phone|address|postcode|"
    r"message|comments?|complaint|details|enquiry)[ \t]*[:=]",
    re.IGNORECASE | re.MULTILINE,
)
"""A line as web forms write what somebody filled in."""


@dataclass(frozen=True)
class Mail:
    """A message as the rules see it; `text` is its own, without attached mail.

    `has_files` is true where more is attached than other mail and the pictures shown in the text.
    """

    headers: Headers
    types: Sequence[str] = ()
    reports: Sequence[str] = ()
    text: str = ""
    enclosed: Sequence[Headers] = ()
    has_files: bool = False

    @classmethod
    def of(cls, headers: Headers, contents: Contents) -> Self:
        """Return what the rules see of a message that was taken apart."""
        files = [each for each in contents.files() if not each.is_inline]
        return cls(
            headers=headers,
            types=tuple(contents.types),
            reports=tuple(contents.reports),
            text=joined([*contents.texts, *contents.beside]),
            enclosed=tuple(each.headers for each in contents.enclosed),
            has_files=any(not each.content_type.startswith(_NO_FILE) for each in files),
        )

    def has_type(self, start: str) -> bool:
        """Say whether a part is of a type that begins so."""
        return any(each.startswith(start) for each in self.types)

    def has_field(self, *names: str) -> bool:
        """Say whether one of these fields is there and does not say no."""
        values = [self.headers.raw(name).lower() for name in names if name in self.headers]
        return any(value not in _SAYS_NO for value in values)

    @cached_property
    def subject(self) -> str:
        """The subject, folded."""
        return fold(self.headers.text("subject")[:_LONGEST_SUBJECT])

    @cached_property
    def own_words(self) -> str:
        """The beginning of the text, without a letter that it brings back."""
        text = self.text[:_LOOKED_AT]
        marks = [found.start() for found in (_MARKED_BELOW.search(text), _RETURNED.search(text)) if found]
        return text[: _start_of_fields(text, min(marks))] if marks else text

    @cached_property
    def said(self) -> str:
        """The own words, folded."""
        return fold(self.own_words)

    @cached_property
    def new(self) -> str:
        """The own words above anything quoted, folded."""
        return fold(new_part(self.own_words, is_answer=True))

    @cached_property
    def length(self) -> int:
        """How many words those are."""
        return len(self.new.split())

    @cached_property
    def auto_submitted(self) -> str:
        """How the message says that it was sent by itself (RFC 3834, 5), empty where it does not."""
        value = self.headers.raw("auto-submitted").lower()
        return "" if value.startswith("no") else value

    @property
    def is_auto_generated(self) -> bool:
        """Whether a program says that it sent the message, though not as a reply (RFC 3834, 5)."""
        return self.auto_submitted.startswith("auto-generated")

    @property
    def is_from_null(self) -> bool:
        """Whether the message came from the null sender, which people never use (RFC 5321, 4.5.5)."""
        return bool(_NULL_PATH.fullmatch(self.headers.raw("return-path")))

    @cached_property
    def locals(self) -> tuple[str, ...]:
        """What stands before the @ in From."""
        return tuple(each.address.rpartition("@")[0] for each in self.headers.people("from"))

    @cached_property
    def is_from_daemon(self) -> bool:
        """Whether a mail system wrote, under a name that no person has."""
        if not self.locals:
            return bool(_DAEMON.search(self.headers.text("from")))
        names = (each.name.strip() for each in self.headers.people("from"))
        return any(map(_DAEMON.fullmatch, self.locals)) or any(map(_DAEMON_NAME.fullmatch, names))

    @cached_property
    def is_from_office(self) -> bool:
        """Whether the sender may be a mail system, a filter or a list."""
        return any(_OFFICE.fullmatch(each) for each in self.locals)

    @cached_property
    def is_from_postmaster(self) -> bool:
        """Whether the sender is called postmaster, as mail systems are, and some people."""
        return any(each.lower() == "postmaster" for each in self.locals)

    @property
    def is_from_system(self) -> bool:
        """Whether a mail system wrote: by its name, or by the null sender beside no name or such a name."""
        return self.is_from_daemon or (self.is_from_null and (self.is_from_office or not self.locals))

    @cached_property
    def is_from_nobody(self) -> bool:
        """Whether the sender's address says that it is not to be answered."""
        return any(NO_REPLY.match(each.address) for each in self.headers.people("from"))

    @cached_property
    def is_from_teller(self) -> bool:
        """Whether a program may have written that tells things, or passes on what people fill in."""
        return self.is_from_nobody or any(map(_TELLER.fullmatch, self.locals))

    @property
    def is_forwarded(self) -> bool:
        """Whether somebody or their rule passed the message on (fact 26)."""
        return any(name in self.headers for name in _RESENT) or is_forward(self.headers.text("subject"))

    @property
    def is_answer(self) -> bool:
        """Whether the subject is that of an answer."""
        return is_reply(self.headers.text("subject"))

    @cached_property
    def answered_ids(self) -> tuple[str, ...]:
        """The Message-IDs that the message answers."""
        return (*self.headers.ids("in-reply-to"), *self.headers.ids("references"))

    @cached_property
    def own_addresses(self) -> frozenset[str]:
        """Our addresses, as far as the message names them as where it went."""
        fields = ("to", "cc", "delivered-to", "envelope-to", "x-original-to")
        return frozenset(each.address.casefold() for name in fields for each in self.headers.people(name))


_SAYS_NO = {"no", "none", "false", "0", "off"}
_NO_FILE = (
    "message/",
    "text/calendar",
    "application/ics",
    "application/ms-tnef",
    "application/pgp-signature",
)
_RESENT = ("resent-from", "resent-to", "x-forwarded-for", "x-forwarded-to")
_LONGEST_SUBJECT = 998


def _start_of_fields(text: str, place: int) -> int:
    """Return where the run of header fields begins that a place is in."""
    start = text.rfind("\n", 0, place) + 1
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        if not _FIELD.match(text[before : start - 1]):
            break
        start = before
    return start
