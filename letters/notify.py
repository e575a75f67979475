"""GOV.UK Notify as a sender: the one file that knows its client.

A letter goes out as the two fields `subject` and `body` of one template of the council's. Its Message-ID is
the reference, by which a letter that was handed over before is found again.
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from letters.notify_text import as_notify_text
from models.errors import LetterRefused, SenderUnavailable

ADDRESS = "https://api.notifications.service.gov.uk"
"""Where GOV.UK Notify is."""

_TIMEOUT_S = 30
_LETTER_IS_WRONG = "ValidationError"
_REFUSES_ONE = 400
_TOO_LARGE = 413
_KEY_LENGTH = 73
"""Two UUIDs and a dash; the name of the key before them may be anything."""

_GAVE_UP = {"permanent-failure", "temporary-failure"}
_NEVER_LEFT = "technical-failure"
_WHY = {
    "permanent-failure": "GOV.UK Notify says that there is no such address",
    "temporary-failure": "GOV.UK Notify could not deliver it: the inbox may be full, or refuses it as spam",
    "technical-failure": "GOV.UK Notify says that it was not sent, for a technical reason",
}

# The client logs what it was asked and answered; nothing of that is for our log.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class NotifyService:
    """The council's service at GOV.UK Notify; `reply_to_id` names one of its addresses for replies."""

    api_key: str
    template_id: str
    reply_to_id: str = ""
    address: str = ADDRESS


class NotifySender:
    """Hands letters to GOV.UK Notify."""

    def __init__(self, service: NotifyService) -> None:
        self._service = service
        self._client: Any = None
        self.is_away = False

    def send(self, letter_bytes: bytes, *, recipient: str, message_id: str) -> None:
        """Hand a letter over, unless it was handed over before."""
        with self._faults_as_ours():
            if self._was_taken(message_id):
                return
            self._connected().send_email_notification(
                email_address=recipient,
                template_id=self._service.template_id,
                personalisation=_fields(letter_bytes),
                reference=message_id,
                email_reply_to_id=self._service.reply_to_id or None,
            )

    def undelivered(self) -> Iterator[tuple[str, str]]:
        """Yield the Message-IDs of letters that lately did not arrive, each with why, the newest first.

        Bounces go to GOV.UK Notify, so nobody else would hear of them. Raises SenderUnavailable.
        """
        for page in self._failures():
            for each in page:
                if each.get("reference"):
                    yield each["reference"], _WHY.get(each.get("status", ""), "it did not arrive")

    def _failures(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the failures of the last seven days, which is as long as the service remembers, by pages."""
        older_than = None
        while True:
            with self._faults_as_ours():
                found = self._connected().get_all_notifications(
                    template_type="email", status=sorted(_WHY), older_than=older_than
                )
            page = found.get("notifications", [])
            if not page:
                return
            yield page
            older_than = page[-1]["id"]

    def check(self) -> str:
        """Ask for the template and return what was found.

        Raises SenderUnavailable where the key does not open it, or it lacks a field.
        """
        with self._faults_as_ours():
            template = self._connected().get_template(self._service.template_id)
        fields = template.get("personalisation") or {}
        lacking = sorted({"subject", "body"} - set(fields))
        if lacking:
            raise SenderUnavailable(
                f"the template of GOV.UK Notify has no field (({')) and (('.join(lacking)})); put it in"
            )
        if template.get("type") != "email":
            raise SenderUnavailable("the template of GOV.UK Notify is not one for emails; name one that is")
        return f"GOV.UK Notify at {self._service.address}, template {template.get('name', '')}"

    def close(self) -> None:
        """Let the connection go."""
        if self._client is not None:
            self._client.request_session.close()
            self._client = None

    def _was_taken(self, message_id: str) -> bool:
        """Say whether a letter of this Message-ID was taken before; raises LetterRefused where in vain."""
        known = self._connected().get_all_notifications(reference=message_id).get("notifications", [])
        states = {each.get("status", "") for each in known} - {_NEVER_LEFT}
        if states and states <= _GAVE_UP:
            raise LetterRefused(_WHY[min(states)])
        return bool(states)

    def _connected(self) -> Any:
        if len(self._service.api_key) < _KEY_LENGTH:
            raise SenderUnavailable("the key of GOV.UK Notify is too short; copy it whole into its place")
        if self._client is None:
            self._client = NotificationsAPIClient(
                self._service.api_key, base_url=self._service.address, timeout=_TIMEOUT_S
            )
        return self._client

    @contextlib.contextmanager
    def _faults_as_ours(self) -> Iterator[None]:
        self.is_away = True
        try:
            yield
            self.is_away = False
        except LetterRefused:
            self.is_away = False
            raise
        except SenderUnavailable:
            raise
        except APIError as error:
            fault = _fault(error)
            self.is_away = isinstance(fault, SenderUnavailable) and error.status_code != _REFUSES_ONE
            raise fault from error
        except (OSError, ValueError) as error:
            self.close()
            raise SenderUnavailable(f"GOV.UK Notify cannot be reached ({type(error).__name__})") from error


def _fields(letter_bytes: bytes) -> dict[str, str]:
    message = message_from_bytes(letter_bytes, policy=default)
    plain = message.get_body(("plain",))
    if plain is None:
        raise LetterRefused("the letter has no plain text")
    return {"subject": str(message["Subject"]), "body": as_notify_text(plain.get_content())}


def _fault(error: APIError) -> LetterRefused | SenderUnavailable:
    """Turn an answer into ours by its code and kind, as the service asks its callers to do.

    400 with ValidationError is the address; any other 400 is about our service (a key for the team only, no
    such template), which can be put right. 403 is the key or this machine's clock, 429 a limit.
    """
    errors = _errors(error)
    said = "; ".join(f"{each.get('error', '')}: {each.get('message', '')}" for each in errors)
    text = f"GOV.UK Notify answers {error.status_code} {_readable(said)}".rstrip()
    is_the_letter = error.status_code == _REFUSES_ONE and any(
        each.get("error") == _LETTER_IS_WRONG for each in errors
    )
    if is_the_letter or error.status_code == _TOO_LARGE:
        return LetterRefused(text)
    return SenderUnavailable(text)


def _errors(error: APIError) -> list[Mapping[str, Any]]:
    found = error.message
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _readable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
