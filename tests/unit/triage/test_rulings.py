"""Officers' rulings as labels: the last word counts, a dispute does not, and the newest counts most."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW

from models.codes import Flag, Ombudsman, Status
from models.ruled import RuledMessage
from triage.classifier import CATEGORIES, CODES, PROJECT_LABELS
from triage.rulings import ENOUGH_TO_LEARN, HALVES_IN_DAYS, WEIGHT, labels_of

RULED = RuledMessage(
    message_id=7, reference="C-1", subject="Plot 12", reply_text="The water has been off for a month.",
    attached=(), sender="Ann <ann@example.org>", received_at=NOW, officer="Bea", ruled_at=NOW,
    status="complaint", category="allotments", ombudsman="lgsco", exclusions=None, flags=None,
    said_status="enquiry", said_category="parks_and_green_spaces", was_unsure=True,
)  # fmt: skip


def test_a_ruling_is_a_label() -> None:
    """Text, date, sender and what the officer said become a message to learn from."""
    (one,) = labels_of([RULED], own_categories=["allotments"], now=NOW).messages
    assert one.message.body == "The water has been off for a month."
    assert (one.status, one.category, one.ombudsman) == (Status.COMPLAINT, "allotments", Ombudsman.LGSCO)
    assert (one.is_dissatisfied, one.weight, one.ruled_at) == (True, WEIGHT, NOW)


def test_what_a_ruling_does_not_say_stays_open() -> None:
    """Exclusions and flags were not named, and of a request nobody said whether it was dissatisfied."""
    request = replace(RULED, message_id=8, status="service_request")
    complaint, asked = labels_of([RULED, request], now=NOW).messages
    assert (complaint.knows_exclusions, complaint.knows_flags) == (False, False)
    assert complaint.knows_dissatisfaction
    assert asked.knows_dissatisfaction is False


def test_an_officer_who_names_exclusions_teaches_them() -> None:
    """The ones named are labels, and so is that none applies; the flags stay open."""
    named = replace(RULED, exclusions=("insurance_claim", "market_charter"))
    none = replace(RULED, message_id=8, exclusions=(), flags=("vulnerable",))
    one, other = labels_of([named, none], now=NOW).messages
    assert (one.exclusions, one.knows_exclusions, one.knows_flags) == (
        {"insurance_claim", "market_charter"}, True, False,
    )  # fmt: skip
    assert (other.exclusions, other.flags) == (frozenset(), {Flag.VULNERABLE})
    assert (other.knows_exclusions, other.knows_flags) == (True, True)


def test_an_officers_last_word_counts() -> None:
    """Who rules again corrects."""
    corrected = replace(RULED, status="enquiry", ruled_at=NOW + timedelta(hours=1))
    (one,) = labels_of([corrected, RULED], now=NOW).messages
    assert one.status is Status.ENQUIRY


def test_officers_who_differ_teach_nothing() -> None:
    """A disputed message is left out and counted; two of one mind are no dispute."""
    other = replace(RULED, officer="Cem", status="enquiry")
    found = labels_of([RULED, other], now=NOW)
    assert (found.messages, found.disputed) == ((), 1)
    agreed = labels_of([RULED, replace(RULED, officer="Cem")], now=NOW)
    assert (len(agreed.messages), agreed.disputed) == (1, 0)


def test_an_old_ruling_counts_half() -> None:
    """After a year a ruling has lost half its weight."""
    (one,) = labels_of([RULED], now=NOW + timedelta(days=HALVES_IN_DAYS)).messages
    assert one.weight == pytest.approx(WEIGHT / 2)


def test_a_category_of_its_own_needs_enough_rulings() -> None:
    """One short of enough says so; enough is learnt."""
    ruled = [replace(RULED, message_id=number) for number in range(ENOUGH_TO_LEARN)]
    few = labels_of(ruled[1:], own_categories=["allotments"], now=NOW)
    assert (few.labels, few.missing) == (PROJECT_LABELS, {"allotments": 1})
    enough = labels_of(ruled, own_categories=["allotments"], now=NOW)
    assert (enough.labels.categories, enough.missing) == ((*CATEGORIES, "allotments"), {})


def test_an_exclusion_of_its_own_needs_enough_rulings() -> None:
    """So many rulings have to name it; those that name others do not count."""
    named = [
        replace(RULED, message_id=number, exclusions=("market_charter",)) for number in range(ENOUGH_TO_LEARN)
    ]
    others = [replace(RULED, message_id=number, exclusions=()) for number in range(100, 200)]
    few = labels_of([*named[1:], *others], own_exclusions=["market_charter"], now=NOW)
    assert (few.labels, few.missing) == (PROJECT_LABELS, {"market_charter": 1})
    enough = labels_of(named, own_exclusions=["market_charter"], now=NOW)
    assert (enough.labels.codes, enough.missing) == ((*CODES, "market_charter"), {})


def test_the_words_are_those_that_were_triaged() -> None:
    """Where the message only points at its attachment, the attachment's text is learnt from too."""
    short = replace(RULED, reply_text="See attached.", attached=("The water has been off.", " "))
    (one,) = labels_of([short], now=NOW).messages
    assert one.message.body == "See attached.\n\nThe water has been off."


def test_no_rulings_teach_nothing() -> None:
    """A new installation has none."""
    assert labels_of([], now=NOW).messages == ()
