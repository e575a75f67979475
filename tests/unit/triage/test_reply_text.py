"""The new part on top: found under every mail program's quoting, and never cut from a first contact."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.reply_text import classifier_copy, is_forward, is_reply, new_part

NEW = "Thank you, but nobody has come."
QUOTED = "> We have received your message.\n> Reference C-4827-1930-70"
TEAM = "Complaints Team <c@h.example>"
BLOCK = f"From: {TEAM}\nSent: 03 March 2026 10:00\nTo: Ann\nSubject: Re: Bins\n\nWe have received it."

QUOTINGS = {
    "gmail": f"On Tue, 3 Mar 2026 at 10:00, {TEAM} wrote:\n\n{QUOTED}",
    "gmail_wrapped": f"On Tue, 3 Mar 2026 at 10:00, Complaints Team <\nc@h.example> wrote:\n\n{QUOTED}",
    "apple_mail": f"> On 3 Mar 2026, at 10:00, {TEAM} wrote:\n> \n{QUOTED}",
    "thunderbird": f"On 03/03/2026 10:00, Complaints Team wrote:\n{QUOTED}",
    "yahoo": f"    On Tuesday, 3 March 2026 at 10:00:00 GMT, {TEAM} wrote:  \n \n We have received it.",
    "outlook": BLOCK,
    "outlook_on_the_web": f"________________________________\n{BLOCK}",
    "outlook_bold": BLOCK.replace("From:", "*From:*").replace("Sent:", "*Sent:*"),
    "outlook_of_old": f"-----Original Message-----\n{BLOCK}",
    "forwarded_by_gmail": f"---------- Forwarded message ---------\n{BLOCK}",
    "german": f"Am 03.03.2026 um 10:00 schrieb {TEAM}:\n{QUOTED}",
    "french": f"Le mar. 3 mars 2026 à 10:00, {TEAM} a écrit :\n{QUOTED}",
    "spanish": f"El mar, 3 mar 2026 a las 10:00, Team (<c@h.example>) escribió:\n{QUOTED}",
    "italian": f"Il giorno mar 3 mar 2026 alle ore 10:00 {TEAM} ha scritto:\n{QUOTED}",
    "dutch": f"Op di 3 mrt 2026 om 10:00 schreef {TEAM}:\n{QUOTED}",
    "polish": f"W dniu 3.03.2026 o 10:00, Complaints Team pisze:\n{QUOTED}",
    "bare_date": f"2026-03-03 10:00 GMT+00:00, {TEAM}:\n{QUOTED}",
    "marks_only": QUOTED,
}


@pytest.mark.parametrize("program", QUOTINGS)
def test_the_earlier_mail_is_cut_from_a_reply(program: str) -> None:
    """Whatever program quoted it, only what the sender says now is left."""
    assert new_part(f"{NEW}\n\n{QUOTINGS[program]}", is_answer=True) == NEW


@pytest.mark.parametrize("program", QUOTINGS)
def test_a_first_contact_is_never_cut(program: str) -> None:
    """A first message may look like a quotation, and all of it counts (fact 35)."""
    text = f"{NEW}\n\n{QUOTINGS[program]}"
    assert new_part(text, is_answer=False) == text


@pytest.mark.parametrize("program", sorted(set(QUOTINGS) - {"marks_only"}))
def test_the_classifier_reads_a_reply_s_new_words_only(program: str) -> None:
    """An angry mail quoted below a polite answer does not colour it (docs/triage.md)."""
    assert classifier_copy("Re: Bins", f"{NEW}\n\n{QUOTINGS[program]}") == NEW


def test_answers_between_the_quoted_lines_are_kept() -> None:
    """Who answers point by point is heard on every point."""
    text = f"On 3 Mar 2026, {TEAM} wrote:\n> When was it missed?\nOn Tuesday.\n> Which street?\nElm Walk."
    assert new_part(text, is_answer=True).endswith("On Tuesday.\nElm Walk.")
    assert "Which street" not in new_part(text, is_answer=True)


@pytest.mark.parametrize("text", [QUOTED, f"On 3 Mar 2026, {TEAM} wrote:\n{QUOTED}", "", "   "])
def test_where_nothing_is_left_everything_counts(text: str) -> None:
    """A reply that is all quotation is not read as empty."""
    assert new_part(text, is_answer=True) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "On the 3rd of March I wrote: please come.\nNobody came.",
        "From: the start this was wrong\nI rang twice.",
        "On page 2 you wrote: we will call.\nYou did not.",
    ],
)
def test_a_sentence_that_resembles_a_quotation_does_not_empty_a_first_contact(sentence: str) -> None:
    """What people write about earlier letters stays in what the classifier reads."""
    assert classifier_copy("My bins", sentence) == sentence


@pytest.mark.parametrize("subject", ["Re: Bins", "RE: Bins", "re : x", "AW: x", "SV: x", "Re[2]: x", "Vs: x"])
def test_replies_are_known_by_their_subject(subject: str) -> None:
    """Programs of many languages mark an answer."""
    assert is_reply(subject)
    assert not is_forward(subject)


@pytest.mark.parametrize("subject", ["Fw: Bins", "FWD: Bins", "WG: x", "TR: x"])
def test_forwards_are_known_by_their_subject(subject: str) -> None:
    """A forward is no answer."""
    assert is_forward(subject)
    assert not is_reply(subject)


@pytest.mark.parametrize("subject", ["", "Bins", "Repairs: none", "Reference: 12", "Forward plan", "Really?"])
def test_other_subjects_are_neither(subject: str) -> None:
    """A word that begins with Re is not a reply."""
    assert not is_reply(subject)
    assert not is_forward(subject)


def test_a_forward_with_a_short_cover_note_is_read_whole() -> None:
    """The forwarded text is what counts where the cover note says little."""
    body = f"Please deal with this one for me.\n\n{BLOCK}"
    assert "We have received it." in classifier_copy("Fwd: Bins", body)


@pytest.mark.parametrize(
    "tail",
    ["-- \nAnn Lee\nElm Walk", "Sent from my iPhone", "Get Outlook for Android",
     "This email is confidential and intended for the addressee", "Disclaimer: the sender alone is liable"],
)  # fmt: skip
def test_signatures_and_disclaimers_are_left_out(tail: str) -> None:
    """What a program adds says nothing about the matter."""
    assert classifier_copy("Bins", f"{NEW}\n\n{tail}") == NEW


def test_a_tail_without_a_message_stays() -> None:
    """Where there are hardly words above it, the signature is read rather than nothing."""
    assert "iPhone" in classifier_copy("Bins", "Sent from my iPhone")


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(st.sampled_from("ab >\n:-_On wrote3Fm.@<"), max_size=120),
    subject=st.sampled_from(["Re: x", "x", "Fw: x"]),
)
def test_no_text_is_read_as_nothing(text: str, subject: str) -> None:
    """Whatever is cut, a message with words keeps some, and a first contact keeps all its lines."""
    copy = classifier_copy(subject, text)
    assert bool(copy.strip()) == bool(text.strip())
    assert new_part(text, is_answer=False) == text
