"""Web forms: whose form it is, whether its mail is proven, and what was filled in (fact 24)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from intake.headers import Headers

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(dkim|spf)\s*=\s*pass\b", re.IGNORECASE)
_DOMAIN_OF = {
    "dkim": re.compile(r"\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s;@\"]*@)?([^\s;@\"]+)", re.IGNORECASE),
    "spf": re.compile(r"\bsmtp\.mailfrom\s*=\s*\"?(?:[^\s;@\"]*@)?([^\s;@\"]+)", re.IGNORECASE),
}
_SEPARATOR = r"[ \t*]*(?:[:=]|\t| {2,}|$)[ \t*]*"
_LINES_SEARCHED = 5_000


@dataclass(frozen=True)
class FormProfile:
    """How one of the council's web forms writes: from which addresses, and under which labels.

    Where `authenticated_by` names a mail server, the form's mail counts as the form's only if that server
    found DKIM or SPF to pass for the sender's domain (RFC 8601).
    """

    name: str
    senders: Sequence[str] = ()
    authenticated_by: str = ""
    name_labels: Sequence[str] = ()
    email_labels: Sequence[str] = ()
    telephone_labels: Sequence[str] = ()
    reference_labels: Sequence[str] = ()
    message_labels: Sequence[str] = ()


@dataclass(frozen=True)
class FormAnswers:
    """What was filled in, each empty where the form does not say."""

    name: str = ""
    email: str = ""
    telephone: str = ""
    reference: str = ""
    message: str = ""


def profile_of(headers: Headers, profiles: Iterable[FormProfile]) -> FormProfile | None:
    """Return the profile of the form that the sender's address belongs to."""
    senders = {person.address.casefold() for person in headers.people("from")[:1]}
    return next((each for each in profiles if senders & {sender.casefold() for sender in each.senders}), None)


def is_authentic(headers: Headers, profile: FormProfile) -> bool:
    """Say whether the mail is proven to come from the form's domain, as far as the profile asks for that.

    Only the topmost field of the named server counts: those below it may have come with the mail.
    """
    if not profile.authenticated_by:
        return True
    wanted = profile.authenticated_by.casefold()
    for written in headers.all("authentication-results"):
        server, _, results = _without_comments(written).partition(";")
        if server.split()[:1] and server.split()[0].casefold() == wanted:
            domain = headers.people("from")[0].address.rpartition("@")[2]
            return any(_passes_for(result, domain) for result in results.split(";"))
    return False


def read_form(profile: FormProfile, text: str) -> FormAnswers:
    """Return what stands under the labels: a value to the end of its line, the message to the next label.

    A label counts once, so that what somebody writes in the message does not end it or replace an answer.
    """
    lines = text.split("\n")[:_LINES_SEARCHED]
    answers: dict[str, str] = {}
    message: list[str] = []
    current = ""
    for line in lines:
        kind, value = _label_of(profile, line)
        if kind and kind not in answers:
            current = kind
            answers[kind] = value
        elif current == "message":
            message.append(line)
        elif current and not answers[current]:
            # Some forms write the answer below its label.
            answers[current] = line.strip()
    if "message" in answers:
        answers["message"] = "\n".join([answers["message"], *message]).strip()
    return FormAnswers(**answers)


def _without_comments(value: str) -> str:
    return _COMMENT.sub(" ", value)


def _passes_for(result: str, domain: str) -> bool:
    """Say whether one result passes for a domain, or for one above it that speaks for it."""
    passed = _RESULT.match(result)
    if passed is None:
        return False
    proven = [found.casefold().rstrip(".") for found in _DOMAIN_OF[passed[1].lower()].findall(result)]
    return any(each == domain or ("." in each and domain.endswith(f".{each}")) for each in proven)


def _label_of(profile: FormProfile, line: str) -> tuple[str, str]:
    """Return which answer a line begins, and what of it stands there; the longest label that fits."""
    best, kind, value = -1, "", ""
    start = line.lstrip(" \t>*-").casefold()
    for each in fields(FormAnswers):
        for label in getattr(profile, f"{each.name}_labels"):
            if len(label) > best and start.startswith(label.casefold()):
                found = _after_label(line, label)
                if found is not None:
                    best, kind, value = len(label), each.name, found
    return kind, value


def _after_label(line: str, label: str) -> str | None:
    """Return what stands behind a label; a colon, an equals sign, a wide gap or nothing has to follow it."""
    found = re.match(rf"[ \t>*-]*{re.escape(label)}{_SEPARATOR}", line, re.IGNORECASE)
    return line[found.end() :].strip(" \t*") if found else None
