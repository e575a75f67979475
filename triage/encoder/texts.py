"""The text that the encoder reads, and the key under which a reading of it is kept."""

import hashlib

from triage.corpus import TriageInput
from triage.features import masked, text_to_triage


def text_to_encode(message: TriageInput) -> str:
    """Return the subject and the new part of the body, the family of "complain" masked."""
    return masked(text_to_triage(message))


def key_of(text: str) -> str:
    """Return the key of a text: the beginning of the SHA-256 of its words."""
    words = " ".join(text.split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]
