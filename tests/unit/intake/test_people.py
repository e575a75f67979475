"""Who is who: the person behind a form or a forward, and nobody's invention."""

from datetime import UTC, datetime

import pytest

from intake.forwards import Forwarded
from intake.headers import Headers
from intake.people import find_complainant, find_people, speaks_for_others
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


BLOCK = (
    "From: Bob Hall <bob@example.org>\nSent: 03 March 2026 14:22\nTo: Fox\nSubject: Bins\n\nIt was missed."
)
AT = datetime(2026, 3, 3, 14, 22, tzinfo=UTC)
BOB = Person("Bob Hall", "bob@example.org")


def headers(sender: str, to: str = "complaints@council.example", cc: str = "") -> Headers:
    """Return the fields of a message."""
    return Headers([("From", sender), ("To", to), ("Cc", cc)])


@pytest.mark.parametrize("subject", ["FW: Bins", "Bins", "Missed bin of a resident"])
def test_a_colleague_s_forward_has_a_writer_and_a_date(subject: str) -> None:
    """Even where the subject was written anew (fact 25)."""
    found = find_people(headers("Cllr Fox <fox@council.example>"), subject, f"Please log.\n\n{BLOCK}")
    assert found.complainant == Complainant(BOB, "forward")
    assert found.claimed_at == AT


def test_a_colleague_s_reply_is_no_forward() -> None:
    """What a reply quotes is what it answers."""
    found = find_people(headers("fox@council.example"), "RE: Bins", f"Noted.\n\n{BLOCK}")
    assert (found.complainant.found_in, found.claimed_at) == ("from", None)


def test_a_member_from_elsewhere_speaks_for_who_wrote() -> None:
    """The member is the complainant, the writer is represented (LGSCO 1.5)."""
    found = find_people(
        headers("Dana Quill MP <dana@parliament.example>"), "Fwd: Bins", f"Please see.\n\n{BLOCK}"
    )
    assert str(found.complainant.person) == "Dana Quill MP <dana@parliament.example>"
    assert found.represented == Complainant(BOB, "forward")
    assert found.claimed_at == AT


def test_anybody_else_s_forward_is_their_own_matter() -> None:
    """A resident who sends on what somebody wrote represents nobody by that."""
    found = find_people(headers("Ann <ann@example.org>"), "Fwd: Bins", f"See this.\n\n{BLOCK}")
    assert (found.represented.found_in, found.claimed_at) == ("", None)


def test_an_attached_mail_has_the_date_of_its_own() -> None:
    """Where the heading is a header."""
    enclosed = Forwarded(BOB, AT)
    found = find_people(headers("fox@council.example"), "Bins", "Please log.", enclosed=enclosed)
    assert (found.complainant.person, found.claimed_at) == (BOB, AT)


def test_who_shares_a_public_mail_provider_is_no_colleague() -> None:
    """A copy to a friend at the same provider makes no council of it."""
    asked = headers("ann@gmail.com", cc="pat@gmail.com")
    assert find_people(asked, "Fwd: Bins", BLOCK).complainant.found_in == "from"


def test_nobody_represents_themselves() -> None:
    """A name in the text that is the sender's own is no other person."""
    found = find_people(headers("Edna Hallam <edna@example.org>"), "x", "I write on behalf of Edna Hallam.")
    assert found.represented == Complainant()


@pytest.mark.parametrize(
    ("sender", "speaks"),
    [
        ("Dana Quill MP <d@x.example>", True),
        ("Cllr Fox <fox@example.org>", True),
        ("Office <casework@x.example>", True),
        ("Pargeter Moss <mail@pargetermoss-solicitors.example>", True),
        ("x <a@mp.parliament.example>", True),
        ("Ann Lee <ann@example.org>", False),
        ("Mpho Lawson <mpho@example.org>", False),
    ],
)
def test_who_writes_for_others_by_profession_is_known(sender: str, *, speaks: bool) -> None:
    """Members, solicitors and advisers put the names of those they write for in their subjects."""
    assert speaks_for_others(headers(sender).people("from")[0]) is speaks
