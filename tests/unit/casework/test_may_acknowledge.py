"""Every reason not to answer by machine, and whom an answer goes to."""

import pytest
from builders import ANN, NOW, make_case, make_letter, make_parsed
from fakes import FakeUnitOfWork

from casework.may_acknowledge import reasons_against, reasons_against_address, reply_address
from casework.policy import Caps, Policy
from models.message import Complainant, ParsedMessage, Person

POLICY = Policy(
    own_addresses=frozenset({"complaints@council.example"}), form_senders=frozenset({"forms@council.example"})
)


def reasons(parsed: ParsedMessage, address: str = ANN.address, policy: Policy = POLICY) -> tuple[str, ...]:
    """Return the reasons against answering, with nothing sent so far."""
    return reasons_against(parsed, address, letters=FakeUnitOfWork().letters, policy=policy, now=NOW)


def test_a_form_that_is_not_proven_is_answered_by_an_officer_only() -> None:
    """Who could forge a form's mail must not have letters sent to whom they like."""
    bob = Complainant(Person("Bob", "bob@example.org"), "form_unverified")
    parsed = make_parsed(sender=Person("", "forms@council.example"), complainant=bob)
    assert reply_address(parsed, POLICY) == ""
    (reason,) = reasons(parsed, reply_address(parsed, POLICY))
    assert reason.startswith("nothing proves that our web form sent it; it seems to be from Bob")


def test_an_ordinary_message_may_be_answered() -> None:
    """Nothing speaks against answering a person's mail."""
    assert reasons(make_parsed()) == ()


@pytest.mark.parametrize("address", ["", "not-an-address", "märy@example.org"])
def test_nobody_is_answered_without_a_usable_address(address: str) -> None:
    """What is no address, or cannot be written in plain mail, leaves the answer to an officer."""
    assert reasons(make_parsed(), address) == ("there is no address to answer to",)


@pytest.mark.parametrize(
    "address",
    [
        "noreply@shop.example", "no-reply@shop.example", "no_reply.12@shop.example", "No.Reply@shop.example",
        "donotreply@gov.example", "do-not-reply@gov.example", "mailer-daemon@mx.example",
        "MAILERDAEMON@mx.example", "postmaster@mx.example", "bounce@news.example", "bounces+9@news.example",
        "owner-talk@list.example", "talk-request@list.example", "talk-bounces@list.example",
        "listserv@list.example", "majordomo@list.example", "root@host.example", "nobody@host.example",
    ],
)  # fmt: skip
def test_a_machine_s_address_is_not_answered(address: str) -> None:
    """No-reply addresses, daemons and list programs are never written to (RFC 3834, 2)."""
    assert reasons(make_parsed(), address) == ("the address belongs to a machine",)


@pytest.mark.parametrize(
    "address",
    ["norah.eply@example.org", "n.oreply@example.org", "nobody.special@example.org", "rooth@example.org",
     "jo.owner-smith@example.org"],
)  # fmt: skip
def test_a_person_s_address_that_looks_a_little_like_a_machine_s_is_answered(address: str) -> None:
    """A name is not mistaken for a machine's."""
    assert reasons_against_address(address, POLICY) == []


@pytest.mark.parametrize("address", ["bouncer.bob@example.org",
                                     "postmasters.lodge@example.org"])  # fmt: skip
def test_a_business_named_for_bouncing_is_answered(address: str) -> None:
    """Only the whole word is a machine's: a bouncer is a person."""
    assert reasons_against_address(address, POLICY) == []


def test_our_own_addresses_are_not_answered() -> None:
    """Two of our mailboxes never write to each other."""
    assert reasons(make_parsed(), "complaints@council.example") == ("the address is one of ours",)


@pytest.mark.parametrize("detail", ["C-4827-1930-70", "c-4827-1930-70", "web", ""])
def test_our_own_addresses_are_ours_with_a_plus_too(detail: str) -> None:
    """An address that carries a case reaches our own mailbox: we would write to ourselves."""
    address = f"complaints+{detail}@council.example"
    assert reasons(make_parsed(), address) == ("the address is one of ours",)
    assert reasons(make_parsed(), f"ann+{detail}@example.org") == ()


def test_a_null_sender_is_not_answered() -> None:
    """What came with an empty return path asks for no answer (RFC 3834, 2)."""
    assert reasons(make_parsed(is_null_sender=True)) == ("the message has a null sender",)


def test_a_mailing_list_is_not_answered() -> None:
    """A letter with a reference never goes out to a list."""
    assert reasons(make_parsed(is_list=True)) == ("the message came through a mailing list",)


def test_every_reason_is_named() -> None:
    """An officer sees all that speaks against answering, not the first of it."""
    said = reasons(make_parsed(is_list=True, is_null_sender=True), "noreply@shop.example")
    assert len(said) == 3


@pytest.mark.parametrize(
    ("caps", "recipients"),
    [
        (Caps(per_address_a_day=2), [ANN.address, ANN.address]),
        (Caps(per_domain_an_hour=2), ["bob@example.org", "cat@example.org"]),
        (Caps(in_all_an_hour=2), ["bob@example.com", "cat@example.net"]),
    ],
)
def test_a_cap_speaks_against_answering_once_it_is_reached(caps: Caps, recipients: list[str]) -> None:
    """Up to the cap letters go out; the next one does not."""
    letters = [make_letter(recipient=each) for each in recipients]
    for count, expected in ((1, 0), (2, 1)):
        uow = FakeUnitOfWork(make_case(letters=letters[:count]))
        said = reasons_against(
            make_parsed(), ANN.address, letters=uow.letters, policy=Policy(caps=caps), now=NOW
        )
        assert len(said) == expected


def test_an_answer_goes_to_the_sender() -> None:
    """Without anything else, From is answered, in lower case."""
    assert reply_address(make_parsed(sender=Person("Ann", "Ann@Example.org")), POLICY) == "ann@example.org"


def test_an_answer_goes_to_reply_to_where_there_is_one() -> None:
    """Who asks for answers elsewhere gets them there (RFC 5322, 3.6.2)."""
    parsed = make_parsed(reply_to=(Person("", "Home@Example.org"),))
    assert reply_address(parsed, POLICY) == "home@example.org"


@pytest.mark.parametrize("useless", ["noreply@example.org", "complaints@council.example", "nowhere"])
def test_a_useless_reply_to_is_passed_over(useless: str) -> None:
    """A Reply-To that is ours or nobody's does not keep the person from an answer (RFC 3834, 4)."""
    parsed = make_parsed(reply_to=(Person("", useless),))
    assert reply_address(parsed, POLICY) == ANN.address
    parsed = make_parsed(reply_to=(Person("", useless), Person("", "home@example.org")))
    assert reply_address(parsed, POLICY) == "home@example.org"


def test_a_form_s_person_is_answered_only_from_a_form_that_we_know() -> None:
    """Whoever imitates a form cannot have our letters sent to somebody else."""
    person = Complainant(person=Person("Bob", "Bob@example.org"), found_in="form")
    ours = make_parsed(sender=Person("", "Forms@council.example"), complainant=person)
    theirs = make_parsed(sender=Person("", "evil@example.net"), complainant=person)
    assert reply_address(ours, POLICY) == "bob@example.org"
    assert reply_address(theirs, POLICY) == "evil@example.net"


def test_without_a_sender_nobody_is_answered() -> None:
    """A message without From has no address, and says so."""
    assert reply_address(make_parsed(sender=None), POLICY) == ""


@pytest.mark.parametrize("address", ["ann@", "ann@[", "@example.org", "ann@exa mple.org", "änn@example.org"])
def test_what_cannot_be_written_as_an_address_is_never_written_to(address: str) -> None:
    """Such an address would stop the delivery job, or reach nobody."""
    assert reasons_against_address(address, Policy()) == ["there is no address to answer to"]
