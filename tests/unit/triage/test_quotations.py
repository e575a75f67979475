"""Replies as programs write them: what is new is kept word for word, what is quoted is not taken for new."""

import re
import time

import pytest

from triage.headings import heading_of
from triage.quotations import introductions, start_of_history
from triage.reply_text import is_forward, is_reply, new_part

TEAM = "Harrowmere Complaints <complaints@harrowmere.example>"
OURS = "Dear Ms Oakes,\n\nWe have received your complaint HM-20417.\n\nYours sincerely,\nDean Hollis"
MARKED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))
NEW = "Thank you, but nobody has come.\n\nI would like a date."
RULER = "_" * 32


def block(*labels: str, date: str = "03 March 2026 14:22", between: str = "\n") -> str:
    """Return the labelled lines above a quoted letter, in the language of the labels."""
    values = (TEAM, date, "Brenda Oakes <brenda.oakes@example.org>", "Re: Missed bin")
    return (
        between.join(f"{label} {value}" for label, value in zip(labels, values, strict=True)) + f"\n\n{OURS}"
    )


ENGLISH = ("From:", "Sent:", "To:", "Subject:")
BELOW_THE_NEW_WORDS = {
    "outlook for windows": block(*ENGLISH),
    "outlook, dates as in america": block(*ENGLISH, date="Tuesday, March 3, 2026 2:22 PM"),
    "outlook on the web": f"{RULER}\n{block(*ENGLISH)}",
    "outlook on the web, a line free": f"\n{RULER}\n\n{block(*ENGLISH)}",
    "outlook for ios": f"Get Outlook for iOS<https://aka.example/o0ukef>\n{RULER}\n{block(*ENGLISH)}",
    "outlook for android": f"Get Outlook for Android\n{RULER}\n{block(*ENGLISH)}",
    "outlook in bold": block("*From:*", "*Sent:*", "*To:*", "*Subject:*"),
    "outlook, each field a paragraph": block(*ENGLISH, between="\n\n"),
    "outlook of old": f"-----Original Message-----\n{block(*ENGLISH)}",
    "outlook, recipients folded": block(
        "From:", "Sent:", "To: Dean <dean.hollis@harrowmere.example>;\n <a@harrowmere.example>;", "Subject:"
    ),
    "mail for windows": f"Sent from Mail for Windows\n\n{block(*ENGLISH)}",
    "samsung": f"Sent from my Galaxy\n\n-------- Original message --------\n"
    f"{block('From:', 'Date:', 'To:', 'Subject:', date='03/03/2026  14:22  (GMT+00:00)')}",
    "samsung in one line": f"-------- Original message --------From: {TEAM} Date: 03/03/2026 14:22\n{OURS}",
    "blackberry": f"Sent from my BlackBerry\n  Original Message  \n{block(*ENGLISH)}",
    "gmx, date first": f"Gesendet: Dienstag, 3. März 2026 um 14:22 Uhr\nVon: {TEAM}\nAn: b\n\n{OURS}",
    "zimbra": f"----- Original Message -----\n{block('From:', 'To:', 'Sent:', 'Subject:')}",
    "em client": f"------ Original Message ------\n{block('From:', 'To:', 'Sent:', 'Subject:')}",
    "lotus notes": f'-----"Harrowmere Complaints" <complaints@harrowmere.example> wrote: -----\n'
    f"{block('To:', 'From:', 'Date:', 'Subject:')}",
    "gmail": f"On Tue, 3 Mar 2026 at 14:22, {TEAM} wrote:\n\n{MARKED}",
    "gmail, wrapped": f"On Tue, 3 Mar 2026 at 14:22, Complaints <\nc@harrowmere.example> wrote:\n\n{MARKED}",
    "gmail on a phone": f"On Tue, 3 Mar 2026, 14:22 Complaints, <c@harrowmere.example> wrote:\n\n{MARKED}",
    "gmail, all of it wrapped": "On Tuesday, 3 March 2026 at 14:22, Harrowmere\n"
    f"Complaints Team 2 <complaints@harrowmere.example>\nwrote:\n\n{MARKED}",
    "apple mail": f"> On 3 Mar 2026, at 14:22, {TEAM} wrote:\n>\n{MARKED}",
    "apple mail, not marked": f"On 3 Mar 2026, at 14:22, {TEAM} wrote:\n\n\ufeff{OURS}",
    "iphone": f"Sent from my iPhone\n\n> On 3 Mar 2026, at 14:22, {TEAM} wrote:\n>\n{MARKED}",
    "thunderbird": f"On 03/03/2026 14:22, Harrowmere Complaints wrote:\n{MARKED}",
    "yahoo": f"    On Tuesday, 3 March 2026 at 14:22:00 GMT, {TEAM} wrote:  \n \n {OURS}",
    "yahoo on a phone": f"Sent from Yahoo Mail\n \n  On Tue, 3 Mar 2026 at 14:22, {TEAM}\nwrote:   {OURS}",
    "proton": f"-------- Original Message --------\nOn Tuesday, 03/03/26 at 14:22 {TEAM} wrote:\n\n{MARKED}",
    "fastmail": f"On Tue, 3 Mar 2026, at 2:22 PM, Harrowmere Complaints wrote:\n{MARKED}",
    "mutt": f"On Tue, Mar 03, 2026 at 02:22:11PM +0000, Harrowmere Complaints wrote:\n{MARKED}",
    "without an introduction": MARKED,
    "name first": f"{TEAM} wrote on 03/03/2026 14:22:\n{MARKED}",
    "german outlook": block("Von:", "Gesendet:", "An:", "Betreff:", date="Dienstag, 3. März 2026 14:22"),
    "german": f"Am 03.03.2026 um 14:22 schrieb {TEAM}:\n{MARKED}",
    "german gmail": f"Am Di., 3. März 2026 um 14:22 Uhr schrieb {TEAM}:\n\n{MARKED}",
    "german original": f"-----Ursprüngliche Nachricht-----\n{block('Von:', 'Gesendet:', 'An:', 'Betreff:')}",
    "french outlook": block("De\xa0:", "Envoyé\xa0:", "À\xa0:", "Objet\xa0:", date="mardi 3 mars 2026 14:22"),
    "french gmail": f"Le mar. 3 mars 2026 à 14:22, {TEAM} a\nécrit\xa0:\n\n{MARKED}",
    "french apple": f"Le 3 mars 2026 à 14:22, {TEAM} a écrit :\n\n{OURS}",
    "polish outlook": block("Od:", "Wysłano:", "Do:", "Temat:", date="wtorek, 3 marca 2026 14:22"),
    "polish gmail": f"wt., 3 mar 2026 o 14:22 {TEAM} napisał(a):\n\n{MARKED}",
    "polish thunderbird": f"W dniu 3.03.2026 o 14:22, Harrowmere Complaints pisze:\n{MARKED}",
    "polish apple": f"Wiadomość napisana przez {TEAM} w dniu 3 mar 2026, o godz. 14:22:\n\n{MARKED}",
    "spanish": f"El mar, 3 mar 2026 a las 14:22, Team (<c@harrowmere.example>) escribió:\n\n{MARKED}",
    "italian": f"Il giorno mar 3 mar 2026 alle ore 14:22 {TEAM} ha scritto:\n\n{MARKED}",
    "dutch": f"Op di 3 mrt 2026 om 14:22 schreef {TEAM}:\n\n{MARKED}",
    "portuguese": f"Em ter., 3 de mar. de 2026 às 14:22, {TEAM} escreveu:\n\n{MARKED}",
    "portuguese outlook": block("De:", "Enviado:", "Para:", "Assunto:"),
    "romanian": f"În mar., 3 mar. 2026 la 14:22, {TEAM} a scris:\n\n{MARKED}",
    "swedish": f"Den tis 3 mars 2026 kl 14:22 skrev {TEAM}:\n\n{MARKED}",
    "welsh": f"Ar Maw, 3 Maw 2026, am 14:22 ysgrifennodd {TEAM}:\n\n{MARKED}",
    "welsh outlook": block("Oddi wrth:", "Anfonwyd:", "At:", "Pwnc:", date="03 Mawrth 2026 14:22"),
    "lithuanian": f"2026-03-03, an, 14:22 {TEAM} rašė:\n\n{MARKED}",
    "ukrainian": f"вт, 3 бер. 2026 р. о 14:22 {TEAM} пише:\n\n{MARKED}",  # noqa: RUF001  # Cyrillic
    "bare date": f"2026-03-03 14:22 GMT+00:00, {TEAM}:\n{MARKED}",
}  # fmt: skip


@pytest.mark.parametrize("program", BELOW_THE_NEW_WORDS)
def test_what_stands_above_the_earlier_mail_is_the_new_part(program: str) -> None:
    """The complaint goes on in the sender's words; none of ours are read as theirs."""
    new = new_part(f"{NEW}\n\n{BELOW_THE_NEW_WORDS[program]}", is_answer=True)
    assert new.startswith(NEW)
    assert "HM-20417" not in new
    assert re.fullmatch(r"(?:Sent from .*|Get Outlook for .*)?", new.removeprefix(NEW).strip())


@pytest.mark.parametrize("program", BELOW_THE_NEW_WORDS)
def test_of_a_first_contact_nothing_is_cut(program: str) -> None:
    """Whatever it quotes, a first message is read whole."""
    text = f"{NEW}\n\n{BELOW_THE_NEW_WORDS[program]}"
    assert new_part(text, is_answer=False) == text


INTERLEAVED = f"""\
On Tue, 3 Mar 2026 at 14:22, {TEAM} wrote:

> Which day was it missed?

Tuesday, as every week.

> Has anybody been hurt?

Yes: my mother broke her wrist.

> Yours sincerely,
> Dean Hollis

She wants an apology.
Brenda"""

ON_TUESDAY = f"On Tue, 3 Mar 2026 at 14:22, {TEAM} wrote:"
ON_MONDAY = ">> On 02/03/2026 10:00, Brenda Oakes wrote:\n>> It was missed."

BETWEEN_OR_BELOW = {
    "between the questions": (INTERLEAVED, ["Tuesday, as", "my mother broke her wrist.", "She wants an"]),
    "below": (f"{ON_TUESDAY}\n{MARKED}\n\n{NEW}", [NEW]),
    "below, without an introduction": (f"{MARKED}\n\n{NEW}", [NEW]),
    "above and below": (f"Hello Dean\n\n{ON_TUESDAY}\n{MARKED}\n\n{NEW}", ["Hello Dean", NEW]),
    "below two letters": (f"{ON_TUESDAY}\n{ON_MONDAY}\n{MARKED}\n{NEW}", [NEW]),
    "in red, which no text shows": (
        f"Please see my answers in red below.\n\n{block(*ENGLISH)}\n\nTuesday. My mother broke her wrist.",
        ["Tuesday. My mother broke her wrist."],
    ),
    "announced above a block": (
        f"I have replied under each point below.\n\n{block(*ENGLISH)}\n\nNo, nobody came.",
        ["No, nobody came."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BETWEEN_OR_BELOW)
def test_words_between_and_below_the_quoted_lines_are_kept(case: str) -> None:
    """Who answers point by point, or below, is heard on every point."""
    text, wanted = BETWEEN_OR_BELOW[case]
    new = new_part(text, is_answer=True)
    assert [words for words in wanted if words in new] == wanted


def test_the_introduction_of_quoted_lines_is_no_new_word() -> None:
    """Between answers no line of the program is left."""
    assert "wrote" not in new_part(INTERLEAVED, is_answer=True)
    assert "Has anybody" not in new_part(INTERLEAVED, is_answer=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "On 3 March you wrote:\nwe will call on Friday.\nNobody called.",
        "On 3 March 2026 Mr Hollis wrote:\n'a crew will come'\nNo crew came.",
        "My question is:\nwho decides?",
        "From: the depot\nTo: Elm Walk\nit is a mile, and no lorry finds it.",
        "As your officer wrote to me:\nthe bin was not out.\nIt was.",
        "Date: 3 March\nI waited in.",
        "-- and another thing --\nthe lid is broken.",
    ],
)
def test_a_sentence_that_resembles_a_quotation_is_kept_in_a_reply_too(sentence: str) -> None:
    """People quote us in their own words; only what programs write is taken for a quotation."""
    text = f"{NEW}\n\n{sentence}"
    assert new_part(text, is_answer=True) == text


def test_words_below_an_answer_to_a_sentence_are_not_swallowed() -> None:
    """An introduction begins where it begins: the line above it is the sender's."""
    text = f"On the bin: still nothing.\nOn Tue, 3 Mar 2026 at 14:22, {TEAM} wrote:\n{MARKED}"
    assert new_part(text, is_answer=True) == "On the bin: still nothing."


@pytest.mark.parametrize(
    "text", [MARKED, f"{RULER}\n{block(*ENGLISH)}", f"On 03/03/2026 14:22, X wrote:\n{MARKED}"]
)
def test_a_reply_that_is_all_quotation_is_read_whole(text: str) -> None:
    """Where nothing would be left, everything counts."""
    assert new_part(text, is_answer=True) == text


@pytest.mark.parametrize(
    ("subject", "reply", "forward"),
    [
        ("[EXTERNAL] RE: Missed bin", True, False),
        ("[EXTERNAL] FW: Missed bin", False, True),
        ("EXTERNAL: Fwd: Missed bin", False, True),
        ("Atb: Bin", True, False),
        ("Re(2): Bin", True, False),
        ("[Bin round 4] no Re: here", False, False),
    ],
)
def test_a_gateway_s_tag_does_not_hide_the_prefix(subject: str, *, reply: bool, forward: bool) -> None:
    """Mail from outside is tagged in front of its Re: or Fw:."""
    assert (is_reply(subject), is_forward(subject)) == (reply, forward)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("From: Ann", "from"),
        ("> *Gesendet:* heute", "date"),
        ("  Oddi wrth : Ann", "from"),
        ("Objet\xa0: poubelle", "other"),
        ("Time: 10:00", None),
        ("nothing of the kind", None),
        (":", None),
    ],
)
def test_a_labelled_line_is_known_in_every_language(line: str, kind: str | None) -> None:
    """From, Sent, To and Subject have many names."""
    heading = heading_of(line)
    assert (heading.kind if heading else None) == kind


def test_hostile_texts_take_no_time() -> None:
    """What would make a search run again and again is passed over once."""
    begun = time.perf_counter()
    for text in (
        "x wrote:\n" * 50_000,
        "1:11 a@b wrote:\n" * 50_000,
        "> q\n1:11 a@b wrote:\n" * 30_000,
        "-" * 300_000,
        "--- " * 70_000 + "wrote",
        "From: a\n" * 50_000,
        "From: a\n\n" * 50_000,
        f"{'1 ' * 190}<a@b> wrote:\n" * 2_000,
        "my answer " * 40_000,
    ):
        new_part(text, is_answer=True)
        start_of_history(text)
        introductions(text.split("\n"))
    assert time.perf_counter() - begun < 5
