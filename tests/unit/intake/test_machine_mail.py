"""Which messages machines sent, and which only look like it."""

import pytest

from intake.headers import Headers
from intake.machine_mail import bounced_addresses, is_auto_reply, is_bounce, is_list, machine_reason

REPORT = "Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1"


def reason(*fields: tuple[str, str], types: tuple[str, ...] = ("text/plain",), text: str = "") -> str:
    """Return why a message with these headers is a machine's."""
    return machine_reason(Headers(fields), types, text)


@pytest.mark.parametrize(
    ("fields", "types", "text"),
    [
        ([], ("multipart/report; report-type=delivery-status",), ""),
        ([("X-Failed-Recipients", "bob@example.org")], ("text/plain",), ""),
        ([], ("text/plain",), "Hi. This is the qmail-send program at mx."),
        (
            [("Subject", "Undeliverable: Bins"), ("Return-Path", "<>"), ("From", "a@x.org")],
            ("text/plain",),
            "",
        ),
        ([("Subject", "Mail delivery failed"), ("From", "MAILER-DAEMON@mx.org")], ("text/plain",), ""),
        ([("Subject", "Unzustellbar: Bins"), ("From", "postmaster@mx.de")], ("text/plain",), ""),
    ],
)
def test_a_bounce_is_known(fields: list[tuple[str, str]], types: tuple[str, ...], text: str) -> None:
    """Reports by the standard and by older programs are bounces (RFC 3464)."""
    assert is_bounce(Headers(fields), types, [REPORT] if "report" in types[0] else [], text)


@pytest.mark.parametrize(
    "fields",
    [
        [("Subject", "Undelivered bins"), ("From", "ann@example.org")],
        [("Subject", "Your mail delivery failed to reach my mother"), ("From", "ann@example.org")],
        [("Subject", "Bins"), ("From", "postmaster@smallfirm.org")],
        [("Subject", "Bins"), ("Return-Path", "<>"), ("From", "ann@example.org")],
    ],
)
def test_a_person_who_writes_of_delivery_is_no_bounce(fields: list[tuple[str, str]]) -> None:
    """One sign alone makes nobody's mail a bounce."""
    assert not is_bounce(Headers(fields), ("text/plain",), [], "It was not delivered.")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_anything_but_failure_is_no_bounce(action: str) -> None:
    """A letter that is only late has not come back, and the report is still nobody's own words."""
    types = ("multipart/report; report-type=delivery-status", "message/delivery-status")
    report = REPORT.replace("failed", action)
    assert not is_bounce(Headers([]), types, [report], "")
    assert machine_reason(Headers([]), types, "") == "a notice on the delivery of a letter"


def test_the_addresses_that_failed_are_named() -> None:
    """Of several recipients only those that were not reached are named, once."""
    report = f"{REPORT}\n\nFinal-Recipient: rfc822;cat@example.org\nAction: delayed"
    assert bounced_addresses(Headers([]), [report, REPORT], "") == ("bob@example.org",)
    old = "Could not be delivered to:\n\n<bob@Example.org>:\nno such user"
    assert bounced_addresses(Headers([]), [], old) == ("bob@example.org",)
    failed = Headers([("X-Failed-Recipients", "dan@example.org")])
    assert bounced_addresses(failed, [], "") == ("dan@example.org",)


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ([("Auto-Submitted", "auto-replied")], "Bins"),
        ([("Auto-Submitted", "Auto-Replied (vacation)")], "Bins"),
        ([("X-Autoreply", "yes")], "Bins"),
        ([("Precedence", "auto_reply")], "Bins"),
        ([], "Automatic reply: Bins"),
        ([], "Out of Office: Bins"),
        ([], "Out of office"),
        ([], "Abwesenheitsnotiz"),
        ([], "Réponse automatique : Bins"),
        ([], "Ymateb awtomatig: Bins"),
    ],
)
def test_an_automatic_reply_is_known(fields: list[tuple[str, str]], subject: str) -> None:
    """By its fields or by its subject, in the languages of England's mail (RFC 3834)."""
    assert is_auto_reply(Headers(fields), subject)


@pytest.mark.parametrize(
    ("fields", "subject"),
    [
        ([], "Out of office hours nobody answers your telephone"),
        ([], "Automatic gate broken again"),
        ([], "Re: Automatic reply: Bins"),
        ([("Auto-Submitted", "no")], "Bins"),
        ([("Precedence", "bulk")], "Bins"),
        ([], "On leave from work because of your damp"),
    ],
)
def test_a_person_who_writes_such_words_is_no_machine(fields: list[tuple[str, str]], subject: str) -> None:
    """A complaint about the hours of an office is a complaint."""
    assert not is_auto_reply(Headers(fields), subject)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (reason(("X-Heard-Letter", "receipt")), ""),
        (reason(types=("message/disposition-notification",)), "a read receipt"),
        (reason(types=("multipart/report; report-type=disposition-notification",)), "a read receipt"),
        (reason(types=("message/feedback-report",)), "a feedback report of a mail provider"),
        (reason(types=("text/calendar; method=request",)), "a calendar invitation"),
        (reason(("Auto-Submitted", "auto-generated"), ("From", "noreply@x.org")), "an automatic notice"),
        (reason(("Auto-Submitted", "auto-generated"), ("List-Id", "<n.x.org>")), "an automatic notice"),
        (reason(("Auto-Submitted", "auto-generated"), ("Precedence", "bulk")), "an automatic notice"),
    ],
)
def test_every_row_of_the_table_names_its_reason(said: str, why: str) -> None:
    """What is nobody's own words is filed with why."""
    assert said == why


@pytest.mark.parametrize(
    "said",
    [
        reason(),
        reason(("Auto-Submitted", "auto-generated"), ("From", "ann@example.org")),
        reason(("Auto-Submitted", "auto-generated"), ("From", "noreply@x.org"), ("Resent-From", "a@x.org")),
        reason(
            ("Auto-Submitted", "auto-generated"), ("From", "noreply@x.org"), text="Name: Ann\nEmail: a@x.org"
        ),
        reason(("List-Unsubscribe", "<mailto:x>")),
        reason(("Precedence", "bulk")),
        reason(types=("text/calendar",)),
    ],
)
def test_what_a_person_may_have_sent_is_no_machine_mail(said: str) -> None:
    """Forms, forwards and lists may carry a person's words, so one header is never enough (fact 39)."""
    assert said == ""


@pytest.mark.parametrize("field", ["List-Id", "List-Unsubscribe", "List-Post"])
def test_a_mailing_list_is_known(field: str) -> None:
    """Any field of a list says that it came by one (RFC 2919, RFC 2369)."""
    assert is_list(Headers([(field, "<x>")]))
    assert not is_list(Headers([("Subject", "list")]))
