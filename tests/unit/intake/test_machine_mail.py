"""Which messages machines sent, and which only look like it."""

import time

import pytest

from intake.auto_replies import is_auto_reply
from intake.bounces import Delivery, delivery_of
from intake.contents import Contents
from intake.headers import Headers
from intake.machine_mail import Judged, is_list, judge
from intake.signs import Mail
from intake.unpacked import File

REPORT = "Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1"
REPORT_TYPES = ("multipart/report; report-type=delivery-status", "message/delivery-status")
OURS = "0c8ad2bc07a2aae8d176afe7b0c570b3.c-1471-8047-43@harrowmere.example"
US = ("To", "complaints@harrowmere.example")
ANN = ("From", "ann@example.org")
NOBODY = ("From", "noreply@x.org")
NULL = ("Return-Path", "<>")
GENERATED = ("Auto-Submitted", "auto-generated")
ANSWERS = ("In-Reply-To", f"<{OURS}>")


def judged(
    *fields: tuple[str, str],
    types: tuple[str, ...] = ("text/plain",),
    reports: tuple[str, ...] = (),
    text: str = "",
) -> Judged:
    """Return what is said of a message with these fields and this text."""
    return judge(Headers(fields), Contents(texts=[text], types=list(types), reports=list(reports)))


def said_by_person(found: Judged) -> bool:
    """Say whether a message was left to people."""
    return not (found.is_bounce or found.is_auto_reply or found.reason)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([("X-Failed-Recipients", "bob@example.org")], ""),
        ([NULL, ("From", "MAILER-DAEMON@mx.org")], "Hi. This is the qmail-send program at mx."),
        ([NULL, ("Subject", "Undeliverable: Bins"), ("From", "a@x.org")], ""),
        ([("Subject", "Mail delivery failed"), ("From", "MAILER-DAEMON@mx.org")], ""),
        ([NULL, ("Subject", "Unzustellbar: Bins"), ("From", "postmaster@mx.de")], ""),
        ([NULL, ("Subject", "Zurück"), ("From", "mailer-daemon@mx.de")], "In keiner bekannten Sprache."),
        ([("Subject", "Nondeliverable mail"), ("From", "postmaster@mx.org")], "550 No such user"),
        ([("Subject", "Message rejected"), ("From", "postmaster@mx.org"), ("Return-Path", "<p@mx.org>"), US],
         "Subject: Your complaint C-4867-4668-33\nRule: no archives"),
        ([("Subject", "Your e-mail was blocked"), ("From", "alert@x.org"), ("Return-Path", "<a@x.org>"), US],
         "It was not passed on.\nFrom: complaints@harrowmere.example"),
        ([("Subject", "Request to mailing list Allotments rejected"), ("From", "allotments-bounces@x.org"),
          ("Return-Path", "<allotments-bounces@x.org>")], 'Your mail "C-4867-4668-33" was rejected.'),
        ([NULL, ("Subject", "Sorry"), ("From", "helper@x.org")],
         f"We could not deliver this.\n\nReceived: from a\nMessage-ID: <{OURS}>"),
    ],
)  # fmt: skip
def test_a_bounce_without_a_report_is_known(fields: list[tuple[str, str]], text: str) -> None:
    """Older programs, filters and lists say in words alone that a letter came back (fact 29)."""
    assert judged(*fields, text=text).is_bounce


def test_a_bounce_by_the_standard_is_known_whatever_it_is_called() -> None:
    """The report says it in its fields (RFC 3464), also where another program has put it inside a message."""
    assert judged(ANN, types=REPORT_TYPES, reports=(REPORT,)).is_bounce
    wrapped = judged(NULL, types=("multipart/mixed", *REPORT_TYPES), reports=(REPORT,))
    assert wrapped.is_bounce


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([("Subject", "Undelivered bins"), ANN], "It was not delivered."),
        ([("Subject", "Your mail delivery failed to reach my mother"), ANN], "It was not delivered."),
        ([("Subject", "Bins"), ("From", "postmaster@smallfirm.org")], "It was not delivered."),
        ([("Subject", "Bins"), NULL, ANN], "It was not delivered."),
        ([("Subject", "Returned mail: letters to my late husband"), ANN], "Returned four times."),
        ([("Subject", "Post box blocked"), ("From", "postmaster@stores.org"), ("Return-Path", "<p@s.org>")],
         "It was blocked by your contractor, and complaints@harrowmere.example does not answer."),
        ([("Subject", "Message blocked by drain"), NOBODY, US],
         "To: complaints@harrowmere.example\nName: Ann"),
        ([("Subject", "New message: drain blocked"), ("From", "notifications@x.org"), US],
         "To: complaints@harrowmere.example\nThe drain is blocked."),
        ([("Subject", "Fwd: failure notice"), ANN], "Hi. This is the qmail-send program at mx."),
        ([("Subject", "Delayed reply to C-4867-4668-33"), ("From", "postmaster@stores.org"),
          ("Return-Path", "<postmaster@stores.org>")], "You said ten days."),
        ([("Subject", "Skate park"), ("From", "mailer_daemon_666 <damo@x.org>"), NULL], "It is dark."),
    ],
)  # fmt: skip
def test_a_person_who_writes_of_delivery_is_no_bounce(fields: list[tuple[str, str]], text: str) -> None:
    """One sign alone makes nobody's mail a bounce."""
    assert said_by_person(judged(*fields, text=text))


def test_a_bounce_in_a_persons_mail_is_their_evidence() -> None:
    """A report that somebody attaches or forwards makes their own mail no bounce."""
    found = judged(ANN, ("Return-Path", "<ann@example.org>"), types=("multipart/mixed", *REPORT_TYPES))
    assert said_by_person(found)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_of_anything_but_failure_is_no_bounce(action: str) -> None:
    """A letter that is only late has not come back, and the report is still nobody's own words."""
    fields = [NULL, ("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients", "bob@example.org")]
    found = judged(*fields, types=REPORT_TYPES, reports=(REPORT.replace("failed", action),))
    assert found == Judged(reason="a notice on the delivery of a letter")


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        ("5.1.1", Delivery.FAILED),
        ("4.4.1", Delivery.NOTICE),
        ("2.0.0", Delivery.NOTICE),
        ("", Delivery.FAILED),
    ],
)
def test_a_report_without_an_action_is_read_by_its_status(status: str, delivery: Delivery) -> None:
    """Some programs leave the required field out (RFC 3464, 2.3.3)."""
    report = f"Final-Recipient: rfc822; bob@example.org\nStatus: {status}"
    assert delivery_of(Mail(Headers([]), types=REPORT_TYPES, reports=(report,))) is delivery


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("mailer-daemon@x.org", "Warning: could not send message for past 4 hours", "No need to resend."),
        ("mailer-daemon@x.org", "Delivery delayed: Your complaint", "We will keep trying."),
        ("mailer-daemon@x.org", "配信遅延のお知らせ", ""),
        ("postmaster@x.org", "Delivery Status Notification (Success)", ""),
        ("mailer-daemon@x.org", "Mail to bob", "bob@x.org: 421 4.7.0 we will keep at it until Sunday"),
    ],
)
def test_a_notice_in_words_is_no_bounce(sender: str, subject: str, text: str) -> None:
    """A letter that waits or has arrived is not marked as undelivered."""
    found = judged(NULL, ("From", sender), ("Subject", subject), text=text)
    assert found == Judged(reason="a notice on the delivery of a letter")


def test_the_addresses_that_failed_are_named() -> None:
    """Of several recipients only those that were not reached are named, once."""
    report = f"{REPORT}\n\nFinal-Recipient: rfc822;cat@example.org\nAction: delayed"
    found = judged(types=REPORT_TYPES, reports=(report, REPORT))
    assert found.bounced_addresses == ("bob@example.org",)
    both = REPORT.replace("Action", "Original-Recipient: rfc822; bob.old@example.org\nAction")
    found = judged(types=REPORT_TYPES, reports=(both,))
    assert found.bounced_addresses == ("bob@example.org", "bob.old@example.org")
    failed = judged(("X-Failed-Recipients", "dan@example.org"), text="Ask helpdesk@example.org.")
    assert failed.bounced_addresses == ("dan@example.org",)


@pytest.mark.parametrize(
    "text",
    [
        "Could not be delivered to:\n\n<bob@Example.org>:\nno such user",
        "Vous avez écrit à bob@example.org. Adresse inconnue, postmaster@example.org peut aider.",
        "Your mail\n\n  To: bob@example.org\n  Subject: Bins\n\nwas rejected.",
        "您寄給 bob@example.org 的信件無法送達。",
        f"No.\n\n--- Below this line is a copy.\n\nTo: Bob <bob@example.org>\nMessage-ID:\n <{OURS}>",
    ],
)  # fmt: skip
def test_the_address_that_failed_is_found_in_words(text: str) -> None:
    """Neither our own address, the mail system's, nor a Message-ID is taken for the one that failed."""
    fields = [("X-MS-Exchange-Message-Is-Ndr", ""), US, ("From", "postmaster@mx.org")]
    assert judged(*fields, text=text).bounced_addresses == ("bob@example.org",)


@pytest.mark.parametrize(
    ("text", "report"),
    [
        (f"Message-ID: <{OURS}>", ""),
        (f"> Message-ID:\n>  <{OURS}>".replace(">  <", " <"), ""),
        (f"Message-ID:{OURS}\nSubject:Bins", ""),
        (f"About your message <{OURS}>.", ""),
        (f"ref {OURS}", ""),
        ("", f"Original-Message-ID: <{OURS}>"),
        ("", f"X-Original-Message-ID: <{OURS}>"),
    ],
)
def test_the_letter_that_came_back_is_found(text: str, report: str) -> None:
    """Wherever a bounce names our letter, and even without its brackets."""
    fields = [("X-Failed-Recipients", "bob@example.org")]
    assert judged(*fields, text=text, reports=(report,)).returned_ids == (f"<{OURS}>",)


@pytest.mark.parametrize(
    ("status", "diagnostic", "text", "reason"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown", "", "the address does not exist (5.1.1)"),
        ("5.2.2", "", "", "the mailbox is full (5.2.2)"),
        ("5.0.0", "smtp; 552 Quota exceeded", "", "the mailbox is full (5.0.0)"),
        ("5.4.4", "X-Postfix; Host or domain name not found", "", "the domain does not exist (5.4.4)"),
        ("5.7.1", "", "", "the message was refused as spam or by policy (5.7.1)"),
        ("5.7.1", "smtp; 550 5.7.1 User unknown", "", "the address does not exist (5.7.1)"),
        ("5.3.4", "", "", "the message was too large (5.3.4)"),
        ("5.2.1", "", "", "the account is closed (5.2.1)"),
        ("4.4.1", "X-Postfix; connect to mx: Connection timed out", "",
         "it could not be delivered in time (4.4.1)"),
        ("", "", "Your message is too big for us.", "the message was too large"),
        ("", "", "#5.2.2 Boîte aux lettres pleine", "the mailbox is full (5.2.2)"),
        ("", "", "It went wrong.", "it came back as undeliverable"),
    ],
)  # fmt: skip
def test_a_bounce_says_why_in_plain_words(status: str, diagnostic: str, text: str, reason: str) -> None:
    """What the remote server said counts before the code, and the code before the rest (RFC 3463)."""
    report = f"Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: {status}\n"
    report += f"Diagnostic-Code: {diagnostic}" if diagnostic else ""
    found = judged(NULL, types=REPORT_TYPES, reports=(report,), text=text)
    assert found.bounce_reason == reason


@pytest.mark.parametrize(
    "fields",
    [
        [("Auto-Submitted", "auto-replied"), ("Subject", "Bins")],
        [("Auto-Submitted", "Auto-Replied (vacation)"), ("Subject", "Bins")],
        [ANSWERS, ("X-Autoreply", "yes"), ("Subject", "Re: Bins")],
        [ANSWERS, ("Precedence", "auto_reply"), ("Subject", "Bins")],
        [NULL, ("X-Autogenerated", "Reply")],
        [ANSWERS, ("Subject", "Out of office Re: Your complaint")],
        [NULL, ANSWERS, ("Precedence", "bulk"), ("Subject", "Re: Your complaint")],
        *([ANSWERS, ("Subject", f"{title}: Your complaint")] for title in (
            "Automatic reply", "Out of Office", "Abwesenheitsnotiz", "Réponse automatique ",
            "Ymateb awtomatig", "Odpowiedź automatyczna", "Automatikus válasz", "Automatická odpověď",
            "Otomatik Yanıt", "Αυτόματη απάντηση", "Автоматична відповідь",  # noqa: RUF001
            "Автоматический ответ", "תשובה אוטומטית", "رد تلقائي", "خودکار جواب", "স্বয়ংক্রিয় উত্তর",
            "ਆਟੋਮੈਟਿਕ ਜਵਾਬ", "自动答复", "自動返信", "자동 회신", "Trả lời tự động",
            "Automatsvar", "Automaattinen vastaus", "Risposta automatica", "Automatisch antwoord",
            "[Auto-Reply]", "Ateb awtomatig / Automatic reply",
        )),
    ],
)  # fmt: skip
def test_an_automatic_reply_is_known_by_its_outside(fields: list[tuple[str, str]]) -> None:
    """By its fields, or by the title that programs write in the languages of England's mail (RFC 3834)."""
    assert judged(ANN, *fields, text="Bob").is_auto_reply


@pytest.mark.parametrize(
    "fields",
    [
        [("X-Autoreply", "yes"), ("Subject", "Bins")],
        [("Precedence", "auto_reply"), ("Subject", "Bins")],
        [ANSWERS, ("Subject", "Automatic reply: Your complaint"), ("User-Agent", "Roundcube Webmail/1.6.9")],
    ],
)
def test_one_sign_alone_makes_no_person_a_machine(fields: list[tuple[str, str]]) -> None:
    """Programs leave fields on, and people answer automatic replies without changing the subject."""
    sender = ("From", "ann@example.org")
    said = judged(sender, *fields, text="I do not agree. It is a complaint, and the bins are full.")
    assert not said.is_auto_reply


@pytest.mark.parametrize(
    ("fields", "subject", "text"),
    [
        ([], "Out of Office: Your complaint", "I am away until Monday."),
        ([], "Bob is out of the office.", "I will be out of the office until Monday and read nothing."),
        ([], "Christmas closure", "Automatic message: we are closed until January."),
        ([], "Your letter", "Thank you.\n\nThis is an automated response - please do not reply."),
        ([ANSWERS], "Re: Your complaint", "*** AUTO REPLY ***\nThe showroom is shut."),
        ([], "Betriebsferien", "Diese Antwort wurde automatisch erstellt."),
        ([], "Risposta", "Messaggio automatico. Siamo chiusi."),
        ([GENERATED, ANSWERS], "INC 44 opened", "Your request has been logged as 44."),
        ([("X-ServiceNow-Generated", "true")], "INC 44 has been opened on your behalf", "Priority 4"),
        ([("From", "donotreply@x.org"), ANSWERS], "RE: Your complaint", "Replies to this address are lost."),
        ([ANSWERS], "Re: Your complaint (Verification required)", "Click here to prove you are a person."),
        ([NULL], "Sender verification", "Please click https://x.org/1 to have it delivered."),
    ],
)  # fmt: skip
def test_an_automatic_reply_is_known_by_its_words(
    fields: list[tuple[str, str]], subject: str, text: str
) -> None:
    """Many stripped their fields on the way, and filters ask who we are in words alone."""
    sender = [] if any(name == "From" for name, _ in fields) else [ANN]
    assert judged(*sender, *fields, ("Subject", subject), text=text).is_auto_reply


@pytest.mark.parametrize(
    ("fields", "subject", "text"),
    [
        ([], "Out of office hours nobody answers your telephone", ""),
        ([], "Automatic gate broken again", ""),
        ([], "Re: Automatic reply: Bins", "I want a person."),
        ([("Auto-Submitted", "no")], "Bins", ""),
        ([("Precedence", "bulk")], "Bins", ""),
        ([("X-Autoreply", "no")], "Bins", ""),
        ([], "On leave from work because of your damp", ""),
        ([], "Out of office", "That is all your planners ever send. Three of them since Easter."),
        ([], "Automatic reply", "Another one of those today. Four now."),
        ([], "Automatic reply: when will somebody read mine", "Four now. The lamp is out."),
        ([], "AUTOREPLY", "This is an automated response from a tired resident. The lamp is out."),
        ([], "Closed for three weeks", "The library is closed and nobody said why."),
        ([], "Library", 'Third week. "This is an automated message, please do not reply" is all one hears.'),
        ([], "Bins", "All one gets is an automated message. The bin is full."),
        ([], "Bins", "Rang. Automated message. Rang again. Nothing."),
        ([], "Bins", "This is an automated reply, right? The lamp is out."),
        ([GENERATED], "Bins", "Thank you for your letter. The lamp is still out."),
        ([GENERATED, ANSWERS], "Lamp", "You have received your rent twice, and I want it back."),
        ([GENERATED, NULL, ("X-MS-Exchange-Inbox-Rules-Loop", "a@x.org")], "Lamp", "We are closed in by it."),
        ([GENERATED, ("Resent-From", "a@x.org")], "Automatic reply: Lamp", "The lamp is out."),
        ([ANSWERS], "Re: Your complaint", "Please confirm that you got these: https://x.org/photographs"),
        ([], "Vacation", "The house next door is a vacation rental."),
        ([ANSWERS], "Re: Bins", "آپ کا خودکار جواب ملا، شکریہ، مگر چھت اب بھی ٹپک رہی ہے"),
    ],
)
def test_a_person_who_writes_such_words_is_no_machine(
    fields: list[tuple[str, str]], subject: str, text: str
) -> None:
    """A complaint about the hours of an office is a complaint, and so is one about automatic replies."""
    assert said_by_person(judged(ANN, *fields, ("Subject", subject), text=text))


def test_files_are_never_filed_with_an_automatic_reply_that_only_words_show() -> None:
    """Whoever attaches something has sent something."""
    contents = Contents(texts=["This is an automated message."], types=["multipart/mixed"])
    assert is_auto_reply(Mail.of(Headers([ANN]), contents))
    contents.add_file(File("letter.pdf", "application/pdf", b"%PDF-1.4"))
    assert not is_auto_reply(Mail.of(Headers([ANN]), contents))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (judged(("X-Heard-Letter", "receipt")), ""),
        (judged(types=("message/disposition-notification",)), "a read receipt"),
        (
            judged(types=("multipart/report; report-type=disposition-notification",), text="Gelesen."),
            "a read receipt",
        ),
        (judged(types=("message/feedback-report",)), "a feedback report of a mail provider"),
        (
            judged(("Subject", "Report domain: x.org Submitter: y.org Report-ID: 1")),
            "a report on the council's mail domain",
        ),
        (judged(types=("text/calendar; method=request",)), "a calendar invitation"),
        (
            judged(("Subject", "VIRUS (Eicar) in mail from you"), ("From", "postmaster@x.org")),
            "a notice about a virus",
        ),
        (
            judged(
                ("Subject", "Missed call from 01632 960871"), NOBODY, text="Caller did not leave a message."
            ),
            "a notice about a missed call",
        ),
        (
            judged(("Subject", "** PROBLEM Service Alert: IMAP **"), ("From", "nagios@x.org")),
            "a notice of a computer system",
        ),
        (judged(("Subject", "Your password expires in 5 days"), NOBODY), "a notice of a computer system"),
        (
            judged(("List-Unsubscribe", "<x>"), ("From", "news@x.org"), text="Read on. Unsubscribe here."),
            "a newsletter",
        ),
        (judged(GENERATED, NOBODY, text="Log in to change your search."), "an automatic notice"),
        (judged(GENERATED, ("List-Id", "<x>"), text="Unsubscribe here."), "an automatic notice"),
        (judged(GENERATED, ("From", "planning.alerts@x.org")), "an automatic notice"),
        (
            judged(GENERATED, ("List-Id", "<x>"), ("From", "digest@x.org"), text="1. Feedback from tenants"),
            "an automatic notice",
        ),
    ],
)
def test_every_row_of_the_table_names_its_reason(found: Judged, why: str) -> None:
    """What is nobody's own words is filed with why."""
    assert found == Judged(reason=why)


@pytest.mark.parametrize(
    "found",
    [
        judged(),
        judged(GENERATED, ANN),
        judged(GENERATED, NOBODY, text="The lamp is out."),
        judged(GENERATED, NOBODY, ("Resent-From", "a@x.org"), text="Click here."),
        judged(GENERATED, NOBODY, ("Reply-To", "ann@example.org"), text="Log in to see."),
        judged(GENERATED, NOBODY, text="Name: Ann\nEmail: a@x.org\nLog in to reply."),
        judged(GENERATED, NOBODY, ("Subject", "Voicemail from 01632 960871"), text="Log in to hear it."),
        judged(GENERATED, NOBODY, text="My bin is full. Do not reply."),
        judged(("List-Unsubscribe", "<mailto:x>")),
        judged(("List-Unsubscribe", "<x>"), ("From", "news@x.org"), text="My complaint. Unsubscribe here."),
        judged(("Precedence", "bulk")),
        judged(("Subject", "Missed call from me again"), ANN, text="I did not leave a message."),
        judged(("Subject", "Virus found in the mail room"), ANN),
        judged(types=("text/calendar",)),
        judged(ANN, types=("text/calendar; method=reply",), text="Will your inspector bring the key?"),
        judged(
            ANN, types=("message/disposition-notification",), text="Read. Nobody has mended the lamp yet."
        ),
        judged(ANN, types=("message/feedback-report",), text="I have never asked for this."),
    ],
)
def test_what_a_person_may_have_sent_is_no_machine_mail(found: Judged) -> None:
    """Forms, forwards, lists, receipts and invitations may carry a person's words (fact 39)."""
    assert said_by_person(found)


def test_a_receipt_that_says_rejected_is_a_bounce() -> None:
    """Sieve refuses a letter by the kind of report that says whether one was read (RFC 5429, 2.1)."""
    report = f"Final-Recipient: rfc822; bob@example.org\nOriginal-Message-ID: <{OURS}>"
    types = ("multipart/report; report-type=disposition-notification", "message/disposition-notification")
    fields = [NULL, ("Auto-Submitted", "auto-replied (rejected)"), ("Subject", "Automatically rejected mail")]
    found = judged(*fields, types=types, reports=(report,), text="I do not discuss the railings.")
    assert (found.is_bounce, found.returned_ids) == (True, (f"<{OURS}>",))
    assert found.bounced_addresses == ("bob@example.org",)


@pytest.mark.parametrize("field", ["List-Id", "List-Unsubscribe", "List-Post"])
def test_a_mailing_list_is_known(field: str) -> None:
    """Any field of a list says that it came by one (RFC 2919, RFC 2369)."""
    assert is_list(Headers([(field, "<x>")]))
    assert not is_list(Headers([("Subject", "list")]))


@pytest.mark.parametrize(
    "piece",
    ["a", " ", "\n", "@", "a@", "a.", "<", "-", "From: ", "message-id: ", "5.1.", "not ", "auto ", "é", "> "],
)  # fmt: skip
def test_no_text_keeps_the_rules_busy(piece: str) -> None:
    """Whatever strangers repeat, the rules answer at once."""
    text = (piece * 300_000)[:300_000]
    begun = time.process_time()
    judged(NULL, US, ("From", "mailer-daemon@x.org"), ("Subject", text[:900]), text=text, reports=(text,))
    judged(ANN, ("Subject", text[:900]), text=text)
    assert time.process_time() - begun < 2
