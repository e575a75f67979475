"""What replies, absences, newsletters and bounces of the simulated year say, and after how long."""

from enum import StrEnum


class Says(StrEnum):
    """What a reply says."""

    CHOICE = "treat it as a complaint"
    NOT_A_COMPLAINT = "not a complaint"
    CHASE = "when will I hear"
    THANKS = "thanks"
    MORE = "more of the same"
    NEXT_STAGE = "asks for stage 2"


AFTER_FORMAL = {
    Says.NEXT_STAGE: 30,
    Says.CHASE: 25,
    Says.MORE: 20,
    Says.THANKS: 15,
    Says.NOT_A_COMPLAINT: 10,
}
AFTER_ANOTHER = {Says.CHOICE: 45, Says.CHASE: 20, Says.MORE: 20, Says.THANKS: 15}
AFTER_HOURS = {
    Says.CHOICE: (1, 140), Says.NOT_A_COMPLAINT: (1, 70), Says.CHASE: (24, 220), Says.THANKS: (1, 48),
    Says.MORE: (12, 240), Says.NEXT_STAGE: (400, 1100),
}  # fmt: skip
SHORT = {
    Says.CHOICE: (
        "Please treat it as a complaint.",
        "Treat it as a complaint",
        "Thank you. I would like you to treat it as a complaint please.",
        "Yes, treat this as a formal complaint. I have waited long enough.",
    ),
    Says.NOT_A_COMPLAINT: (
        "Not a complaint.",
        "Sorry, this is not a complaint. I only wanted it mended.",
    ),
    Says.CHASE: (
        "Has anybody looked at this yet? I have heard nothing since your letter.",
        "Any news on this?",
        "I am still waiting. When will somebody get back to me?",
    ),
    Says.THANKS: ("Thank you for letting me know.", "Thanks, noted.", "Many thanks for the quick reply."),
}  # fmt: skip
ABSENT = "Thank you for your email. I am away until Monday week and will read your message when I am back."
NEWS = """Benches, bollards and bunting: this week everything for the high street is a tenth off.

Our new catalogue is out. Ask your dealer for a sample of our weatherproof paint.

You receive this newsletter because your organisation is on our list."""
BOUNCE = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@{server}>
To: {ours}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {message_id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

This is the mail system at host {server}.

Your message could not be delivered to one or more recipients. It is attached below.

<{address}>: mailbox disabled

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; {server}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.2.1
Diagnostic-Code: smtp; 550 5.2.1 mailbox disabled

--part
Content-Type: text/rfc822-headers

From: {ours}
To: {address}
Message-ID: {letter}

--part--
"""
