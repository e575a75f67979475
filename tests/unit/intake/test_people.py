"""Who is who: the person behind a form or a forward, and nobody's invention."""

import pytest

from intake.headers import Headers
from intake.people import find_complainant
from models.message import Complainant, Person

FORM = "Your name: Bob Hall\nEmail address: Bob@Example.org\nMessage: the bin\n"
FORMS = frozenset({"forms@council.example"})


def complainant(
    sender: str,
    text: str = "",
    *,
    subject: str = "",
    reply_to: str = "",
    to: str = "complaints@council.example",
) -> Complainant:
    """Find the complainant of a message."""
    headers = Headers([("From", sender), ("To", to), ("Reply-To", reply_to)])
    return find_complainant(headers, subject, text, form_senders=FORMS)


def test_an_ordinary_sender_is_the_complainant() -> None:
    """Most mail is from whom it says, whatever it quotes."""
    found = complainant("Ann <ann@example.org>", "From: Bob <bob@example.org>", subject="Fwd: x")
    assert found == Complainant(Person("Ann", "ann@example.org"), "from")


@pytest.mark.parametrize(
    "sender", ["noreply@forms.example", "do-not-reply@x.example", "Forms@council.example"]
)
def test_the_person_of_a_form_is_in_its_body(sender: str) -> None:
    """A form's sender is a machine; name and address stand in the text (fact 23)."""
    assert complainant(sender, FORM) == Complainant(Person("Bob Hall", "Bob@example.org"), "form")


def test_a_form_may_name_its_person_in_reply_to() -> None:
    """Where the body has no such lines, Reply-To is the person's."""
    found = complainant("noreply@forms.example", "the bin", reply_to="Bob <bob@example.org>")
    assert found == Complainant(Person("Bob", "bob@example.org"), "reply_to")


def test_a_stranger_s_form_lines_are_only_text() -> None:
    """Who writes name and address into a mail does not become that person."""
    assert complainant("Ann <ann@example.org>", FORM).found_in == "from"


@pytest.mark.parametrize("domain", ["council.example", "members.council.example"])
def test_what_a_colleague_forwards_is_from_whoever_wrote_it(domain: str) -> None:
    """A councillor's or an officer's forward is their constituent's matter (fact 25)."""
    found = complainant(
        f"Cllr Fox <fox@{domain}>", "Please see below.\n\nFrom: Bob Hall <bob@example.org>\nSent: today",
        subject="Fw: Bins",
    )  # fmt: skip
    assert found == Complainant(Person("Bob Hall", "bob@example.org"), "forward")


@pytest.mark.parametrize("domain", ["evilcouncil.example", "council.example.org", "example"])
def test_a_look_alike_domain_is_no_colleague(domain: str) -> None:
    """Only the very domain, or one below it, is ours."""
    found = complainant(f"fox@{domain}", "From: Bob <bob@example.org>", subject="Fw: Bins")
    assert found.found_in == "from"


def test_without_anybody_nobody_is_invented() -> None:
    """A message without a sender has no complainant."""
    assert complainant("") == Complainant()
