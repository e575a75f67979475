"""Every error that Heard raises.

HeardError
+-- TryAgainLater            the world is away; nothing is lost, the next run tries again
|    +-- MailboxUnavailable  a mailbox cannot be reached or read
|    +-- SenderUnavailable   the mail server cannot be reached or says "not now"
|    +-- RecordUnavailable   the database cannot be reached or stays locked
|    +-- StoreUnavailable    a file cannot be written: disk full, permissions
|    +-- SignInRefused       no token to sign in with: the service that gives them refuses or is away
+-- PersonMustLook           trying again changes nothing
+-- SettingsInvalid     heard.toml, with every fault in it
+-- UnreadableMessage   a message over a limit or beyond parsing
+-- LetterRefused       the mail server refuses this letter for good
+-- LetterIncomplete    a template lacks what a Code asks of it
+-- PdfUnavailable      letters cannot be made into PDF on this machine
+-- ArtefactRefused     a damaged or mismatched artefact
+-- EncoderUnavailable  the sentence encoder's files are missing or damaged
+-- CorpusInvalid       labelled messages with faults in them
+-- UnknownReference    no case has this reference
+-- InputInvalid        what was handed to a command cannot be used
+-- AlreadyRunning      another Heard works on this data directory
"""


class HeardError(Exception):
    """Anything foreseeable that keeps Heard from going on; its text is meant for people."""


class TryAgainLater(HeardError):
    """The world is away for now."""


class MailboxUnavailable(TryAgainLater):
    """A mailbox cannot be reached, refuses the sign-in or breaks off."""


class SenderUnavailable(TryAgainLater):
    """The mail server cannot be reached or answers with a temporary refusal (RFC 5321, 4yz)."""


class RecordUnavailable(TryAgainLater):
    """The database cannot be reached, stays locked or has no room."""


class StoreUnavailable(TryAgainLater):
    """A file or folder cannot be read or written."""


class SignInRefused(TryAgainLater):
    """The service that hands out tokens refuses one or is away; another day or secret may mend it."""


class PersonMustLook(HeardError):
    """Trying again changes nothing; somebody has to act."""


class SettingsInvalid(PersonMustLook):
    """The settings have faults; `faults` names each with its place and remedy."""

    def __init__(self, place: str, faults: list[str]) -> None:
        self.place = place
        self.faults = faults
        super().__init__(f"{place}: " + "; ".join(faults))


class UnreadableMessage(PersonMustLook):
    """A message is over a limit or cannot be parsed; `reason` is a short code for it."""

    def __init__(self, reason: str, explanation: str) -> None:
        self.reason = reason
        super().__init__(explanation)


class LetterRefused(PersonMustLook):
    """The mail server refuses this letter for good (RFC 5321, 5yz)."""


class LetterIncomplete(PersonMustLook):
    """A letter lacks an element that a Code asks of it."""


class PdfUnavailable(PersonMustLook):
    """The library that makes PDF cannot be loaded."""


class ArtefactRefused(PersonMustLook):
    """An artefact is damaged, or was made by other versions or another corpus."""


class EncoderUnavailable(PersonMustLook):
    """The sentence encoder cannot be loaded."""


class CorpusInvalid(PersonMustLook):
    """Labelled messages hold codes, dates or keys that cannot be."""


class UnknownReference(PersonMustLook):
    """No case has this reference."""


class InputInvalid(PersonMustLook):
    """What was handed to a command cannot be used; the text says which and why."""


class AlreadyRunning(PersonMustLook):
    """Another Heard already works on this data directory."""
