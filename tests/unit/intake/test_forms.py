"""Web forms: whose they are, whether that is proven, and what was filled in."""

import time

import pytest

from intake.forms import FormAnswers, FormProfile, is_authentic, profile_of, read_form
from intake.headers import Headers
from intake.parse import parse

SERVER = "mx1.harrowmere.example"
PROFILE = FormProfile(
    name="report-it",
    senders=("reports@forms.harrowmere.example",),
    authenticated_by=SERVER,
    name_labels=("Your name", "Name"),
    email_labels=("Email", "Email address"),
    telephone_labels=("Telephone",),
    reference_labels=("Reference",),
    message_labels=("What happened?",),
)
SENDER = ("From", "Report it <Reports@forms.harrowmere.example>")


def fields(*results: str) -> Headers:
    """Return the fields of a form's mail with these results of authentication, from the top."""
    return Headers([SENDER, *(("Authentication-Results", each) for each in results)])


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        ([f"{SERVER}; dkim=pass header.d=forms.harrowmere.example"], True),
        ([f"{SERVER}; dkim=pass header.d=harrowmere.example"], True),
        ([f"{SERVER}; dkim=pass (good; honest) header.i=@harrowmere.example header.s=a"], True),
        ([f"{SERVER} 1; spf=pass smtp.mailfrom=bounce@forms.harrowmere.example"], True),
        ([f"{SERVER.upper()}; spf=none; DKIM=PASS header.d=HARROWMERE.example"], True),
        (["other.example; none", f"{SERVER}; dkim=pass header.d=harrowmere.example"], True),
        ([f"{SERVER}; dkim=fail header.d=harrowmere.example"], False),
        ([f"{SERVER}; dkim=pass header.d=elsewhere.example"], False),
        ([f"{SERVER}; dkim=pass header.d=evilforms.harrowmere.example"], False),
        ([f"{SERVER}; dkim=pass header.d=example"], False),
        ([f"{SERVER}; dkim=pass"], False),
        ([f"{SERVER}; dmarc=pass header.from=harrowmere.example"], False),
        ([f"{SERVER}; none", f"{SERVER}; dkim=pass header.d=harrowmere.example"], False),
        (["evil.example; dkim=pass header.d=harrowmere.example"], False),
        ([f"evil.example; x={SERVER}; dkim=pass header.d=harrowmere.example"], False),
        ([""], False),
        ([], False),
    ],
)
def test_a_form_is_proven_by_the_named_server_s_topmost_field_only(
    results: list[str], *, proven: bool
) -> None:
    """A pass for the sender's domain, or one above it; what came with the mail proves nothing (RFC 8601)."""
    assert is_authentic(fields(*results), PROFILE) is proven


def test_a_profile_that_asks_for_no_proof_needs_none() -> None:
    """Where mail cannot be forged on its way, the council may say so."""
    assert is_authentic(fields(), FormProfile(name="x", senders=("a@b.example",)))


def test_a_profile_belongs_to_its_senders() -> None:
    """Whatever the capitals of the address."""
    assert profile_of(fields(), [FormProfile(name="other"), PROFILE]) is PROFILE
    assert profile_of(Headers([("From", "ann@example.org")]), [PROFILE]) is None


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Name: Bob\nEmail: bob@x.example\nWhat happened?: The bin.\nTwice.\nTelephone: 1",
         FormAnswers("Bob", "bob@x.example", "1", "", "The bin.\nTwice.")),
        ("Your name\tBob\nEmail address\tbob@x.example\nWhat happened?\tThe bin.",
         FormAnswers("Bob", "bob@x.example", "", "", "The bin.")),
        ("Name\nBob\n\nEmail\n\nbob@x.example\nWhat happened?\n\nThe bin.\n\nTwice.",
         FormAnswers("Bob", "bob@x.example", "", "", "The bin.\n\nTwice.")),
        ("*Name:* Bob\n> Reference = 4\n- What happened?: x", FormAnswers("Bob", "", "", "4", "x")),
        ("Name: Bob\nWhat happened?: Email: I gave it.\nName: twice.\nGone.",
         FormAnswers("Bob", "", "", "", "Email: I gave it.\nName: twice.\nGone.")),
        ("Names: none\nName of the officer: Hollis\nEmail me", FormAnswers()),
        ("", FormAnswers()),
    ],
)  # fmt: skip
def test_what_was_filled_in_stands_under_its_labels(text: str, answers: FormAnswers) -> None:
    """Beside the label or below it; a label counts once, so that nobody's words end their own message."""
    assert read_form(PROFILE, text) == answers


def form(
    *, proven: bool, profiles: tuple[FormProfile, ...] = (PROFILE,), body: str | None = None
) -> tuple[str, str, str]:
    """Return where the person of a form's mail was found, who it is, and the words to triage."""
    result = "pass" if proven else "fail"
    written = body if body is not None else "Name: Bob\nEmail: bob@example.org\nWhat happened?: The bin."
    raw = (
        f"From: {SENDER[1]}\nReply-To: Bob <bob@reply.example>\nTo: c@harrowmere.example\n"
        f"Authentication-Results: {SERVER}; dkim={result} header.d=harrowmere.example\n\n{written}\n"
    )
    parsed = parse(raw.encode(), forms=profiles)
    return parsed.complainant.found_in, str(parsed.complainant.person), parsed.reply_text


def test_the_message_of_a_proven_form_is_what_is_triaged() -> None:
    """The form's own lines say nothing about the matter."""
    assert form(proven=True) == ("form", "Bob <bob@example.org>", "The bin.")


def test_of_an_unproven_form_everything_counts_and_an_officer_confirms() -> None:
    """Anybody can write such lines."""
    where, who, words = form(proven=False)
    assert (where, who) == ("form_unverified", "Bob <bob@example.org>")
    assert words.startswith("Name: Bob")


def test_a_form_without_a_person_is_its_reply_to_s() -> None:
    """Some forms put the person there only."""
    assert form(proven=True, body="What happened?: The bin.")[:2] == ("reply_to", "Bob <bob@reply.example>")


def test_without_a_profile_the_sender_is_anybody() -> None:
    """Lines with a name and an address make nobody else of a sender."""
    assert form(proven=True, profiles=())[0] == "from"


def test_a_profile_made_of_json_works_too() -> None:
    """The reading process is handed lists."""
    values = {"name": "x", "senders": ["Reports@forms.harrowmere.example"], "name_labels": ["Name"]}
    assert form(proven=False, profiles=(FormProfile(**values),))[:2] == ("form", "Bob")


def test_hostile_forms_take_no_time() -> None:
    """Labels without end, and results without end."""
    begun = time.perf_counter()
    read_form(PROFILE, "Name: x\n" * 100_000)
    read_form(PROFILE, "Name" + " " * 300_000 + "x")
    is_authentic(fields("(" * 19_000), PROFILE)
    is_authentic(fields(f"{SERVER};" + " dkim=pass header.d=a;" * 900), PROFILE)
    assert time.perf_counter() - begun < 2
