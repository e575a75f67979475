"""Header fields are read tolerantly: no field, however odd, spoils a message."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.headers import Headers, decode_field, read_instant, read_people, tidy_address
from models.message import Person


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?=", "café"),
        ("=?iso-8859-1?q?caf=E9_au_lait?=", "café au lait"),
        ("=?utf-8*en?q?caf=C3=A9?=", "café"),
        ("=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?no-such?q?caf=C3=A9?=", "café"),
        ("=?utf-8?b?Y2Fmw6k?=", "café"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("a\x00b", "ab"),
        ("caf\udcc3\udca9", "café"),
        ("caf\udce9", "café"),
    ],
)
def test_a_field_is_read_as_a_person_reads_it(raw: str, text: str) -> None:
    """Encoded words, split characters and raw bytes become one clean line (RFC 2047)."""
    assert decode_field(raw) == text


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("Ann Lee <ann@example.org>", [Person("Ann Lee", "ann@example.org")]),
        ("ann@example.org", [Person("", "ann@example.org")]),
        ("<Ann@Example.ORG>", [Person("", "Ann@example.org")]),
        ("Lee, Ann <ann@example.org>", [Person("Lee, Ann", "ann@example.org")]),
        ('"Lee, Ann" <ann@example.org>', [Person("Lee, Ann", "ann@example.org")]),
        ("A <a@x.org>, B <b@x.org>", [Person("A", "a@x.org"), Person("B", "b@x.org")]),
        ("=?utf-8?q?Si=C3=A2n?= <sian@x.org>", [Person("Siân", "sian@x.org")]),
        ("undisclosed-recipients:;", []),
        ("nobody", []),
        ("", []),
        ("'", []),
        ("(" * 3000, []),
    ],
)
def test_people_are_read_from_an_address_field(raw: str, people: list[Person]) -> None:
    """Names with commas stay whole, and a field without an address names nobody (facts 23, 24)."""
    assert list(read_people(raw)) == people


def test_a_person_whose_name_is_their_address_is_one_person() -> None:
    """Many programs write the address as the name too, and that is no second sender."""
    assert read_people("ann@example.org <ann@example.org>") == (Person("", "ann@example.org"),)


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("Tue, 3 Mar 2026 10:00:00 +0000", datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 10:00:00 +0100", datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
        ("3 Mar 2026 10:00", datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        ("Tue, 3 Mar 2026 10:00:00 GMT (Greenwich)", datetime(2026, 3, 3, 10, 0, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("Tue, 99 Mar 2026 10:00:00 +0000", None), ("Tue, 3 Mar 99999 10:00:00 +0000", None),
        ("Tue, 3 Mar 2026 10:00:00 +9999999999", None), ("Thu, 1 Jan 1960 00:00:00 +0000", None),
    ],
)  # fmt: skip
def test_a_date_is_an_instant_or_none(raw: str, instant: datetime | None) -> None:
    """Junk and absurd dates are none, the rest is UTC (RFC 5322, 3.3)."""
    assert read_instant(raw) == instant


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        ("<a@x>", ("<a@x>",)),
        ("<a@x> <b@x>\n <a@x>", ("<a@x>", "<b@x>")),
        ("=?utf-8?q?=3Ca=40x=3E?=", ("<a@x>",)),
        ("no brackets", ()),
        ("", ()),
    ],
)
def test_message_ids_are_read_once_each(raw: str, ids: tuple[str, ...]) -> None:
    """Ids are found folded, repeated or encoded (fact 32)."""
    assert Headers([("References", raw)]).ids("references") == ids


def test_the_first_of_repeated_fields_counts() -> None:
    """A second Subject does not replace the first, and both are counted."""
    headers = Headers([("Subject", "one"), ("SUBJECT", "two")])
    assert (headers.text("subject"), headers.count("subject"), headers.count("to")) == ("one", 2, 0)
    assert "Subject" in headers
    assert "to" not in headers


def test_an_address_is_tidied() -> None:
    """Brackets and dots around an address go, its domain is in lower case, its local part as it was."""
    assert tidy_address("<Ann.Lee@Example.ORG>;") == "Ann.Lee@example.org"


@settings(max_examples=200, deadline=None)
@given(value=st.binary(max_size=120).map(lambda raw: raw.decode("ascii", "surrogateescape")))
def test_no_field_breaks_the_reading(value: str) -> None:
    """Whatever a field holds, every way of reading it gives an answer in one clean line."""
    headers = Headers([("From", value)])
    assert "\n" not in headers.text("from")
    headers.text("from").encode("utf-8")
    assert all("\n" not in str(person) for person in headers.people("from"))
    instant = headers.instant("from")
    assert instant is None or instant.tzinfo is UTC
