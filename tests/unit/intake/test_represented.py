"""For whom somebody writes: found where they say so, and never made up."""

import json
import time

import pytest

from intake.people import find_represented
from intake.represented import represented_in_subject, represented_in_text
from models.message import Complainant, Person
from triage.corpus import TRAINING

SAID = [
    ("I am writing on behalf of my mother, Mrs Edna Hallam, who is 84.", "Mrs Edna Hallam"),
    ("I am writing for my neighbour Mr Yates about his bins", "Mr Yates"),
    ("Please see below from my constituent, Ms Zara Patel of 4 Elm Road.", "Ms Zara Patel"),
    ("We act for our client Mr A B Cole in this matter.", "Mr A B Cole"),
    ("Our client, Mrs P. O'Brien, has waited since May", "Mrs P. O'Brien"),
    ("I'm contacting you on behalf of Edna Hallam.", "Edna Hallam"),
    ("I write on behalf of Mr and Mrs Hallam of Rose Court", "Mr and Mrs Hallam"),
    ("I am writing to complain on behalf of my 84-year-old mum Jean.", "Jean"),
    ("I would like to make a complaint on behalf of my brother-in-law Tom Pike", "Tom Pike"),
    ("This complaint is made on behalf of Miss Dawn Ives.", "Miss Dawn Ives"),
    ("Complaint on behalf of Mr John Tully", "Mr John Tully"),
    ("I am emailing as carer for my aunt, Winifred Moss.", "Winifred Moss"),
    ("I am acting as attorney for my mother, Edna Hallam", "Edna Hallam"),
    ("I write on behalf of my mother. She is ill. My mother is Mrs Edna Hallam, 84", "Mrs Edna Hallam"),
    ("I am writing on behalf of my father. His name is George Ellis.", "George Ellis"),
    ("A constituent of mine, Mrs Gale, wrote to me", "Mrs Gale"),
    ("I am writing on behalf of the late Mr Harold Pym", "Mr Harold Pym"),
    ("I am writing to you today on\nbehalf of my father Mr George Ellis of Mill Lane.", "Mr George Ellis"),
    ("I write with Mr Fitch's consent.", "Mr Fitch"),
    ("I write with the permission of Mr Hirsi Awale, 86.", "Mr Hirsi Awale"),
    ("Dear Sirs\n\nWe are instructed by Mrs Duxbury in respect of her injuries.", "Mrs Duxbury"),
]  # fmt: skip
NOT_SAID = [
    "I am writing on behalf of Harrowmere Borough Council.",
    "I am writing on behalf of the residents of Elm Court",
    "I write on behalf of Elm Court Residents Association",
    "We are writing on behalf of all Tenants",
    "I am writing on behalf of Citizens Advice",
    "I write on behalf of St Mary School",
    "I am writing on behalf of Cllr Tull",
    "The driver spoke on behalf of Mr Jones",
    "Your officer replied on behalf of Mr Jones",
    "I spoke to a lady who answered on behalf of Mrs Clarke",
    "My neighbour Mr Yates plays loud music",
    "I am writing on behalf of my mother",
    "I am writing on behalf of Mrs Hallam's family",
    "Thank you on behalf of everybody in Rose Court",
    "Please apologise on behalf of Harrowmere Homes",
    "I am writing for my own peace of mind",
    "I am writing for my landlord",
    "I asked for my father Mr Hall to be moved",
    "I paid for my son Tom to swim",
    "I have been waiting for my blue badge. Mr Smith said no.",
    "I am writing to ask for my bin to be emptied. Mr Hall came.",
    "my client list",
    "",
]


@pytest.mark.parametrize(("text", "name"), SAID)
def test_who_is_written_for_is_found_where_it_is_said(text: str, name: str) -> None:
    """A relation, a constituent, a client, with the name as it stands there."""
    assert find_represented("Bins", text) == Complainant(Person(name, ""), "text")


@pytest.mark.parametrize("text", NOT_SAID)
def test_nobody_is_made_up(text: str) -> None:
    """No council, no group, nobody who is complained about, and no name where none is given."""
    assert find_represented("Bins", text) == Complainant()


@pytest.mark.parametrize(
    ("subject", "by_profession", "name"),
    [
        ("Re: Mr A B Cole, 14 Some Street", True, "Mr A B Cole"),
        ("Re: Mr A B Cole, 14 Some Street", False, ""),
        ("Mrs E Hallam - missed calls", True, "Mrs E Hallam"),
        ("Mrs E Hallam - missed calls", False, ""),
        ("HL/24/3317: Mr K Adeyemi-Holt, 48 Bracken Rise", True, "Mr K Adeyemi-Holt"),
        ("Our client: Mrs E Hallam", False, "Mrs E Hallam"),
        ("Complaint on behalf of Mrs Edna Hallam", False, "Mrs Edna Hallam"),
        ("RE: Repairs at Mr Street", True, ""),
        ("Bins", True, ""),
    ],
)
def test_only_who_writes_for_others_by_profession_puts_a_bare_name_in_the_subject(
    subject: str, name: str, *, by_profession: bool
) -> None:
    """Solicitors and members do; a resident's subject may name anybody."""
    assert represented_in_subject(subject, by_profession=by_profession) == name


def test_in_the_training_corpus_only_those_who_write_for_others_are_found() -> None:
    """All who are found carry the flag for a third party, which people have set."""
    found, flagged = 0, 0
    for file in sorted(TRAINING.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if represented_in_text(row["body"], by_profession=False):
                found += 1
                flagged += "third_party" in row["flags"]
    assert found >= 40
    assert flagged == found


def test_hostile_texts_take_no_time() -> None:
    """However often somebody says that they write, it is looked at a few times."""
    begun = time.perf_counter()
    for text in (
        "on behalf of my mother " * 10_000,
        "I write " * 50_000 + "on behalf of Mr X",
        "I am writing for my mother Mrs " * 9_000,
        "Mr A " * 60_000,
        "my constituent " * 30_000,
    ):
        represented_in_text(text, by_profession=True)
        represented_in_subject(text, by_profession=True)
    assert time.perf_counter() - begun < 3
