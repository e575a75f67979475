"""What makes a password good enough: length and what cannot be guessed, nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.access.passwords import fault_in, hash_password, is_password, needs_new_hash

ABOUT = ("pat.okoro", "Pat Okoro", "pat.okoro@harrowmere.example", "Harrowmere Council")


@pytest.mark.parametrize(
    "password",
    [
        "kettle lorry window",
        "kettle lorry",
        "purple-monday-teapot-42",
        "839204758102",
        "may the bins be with you",
        "Zwölf Boxkämpfer jagen",
        "ключ от старой двери",
        "x7#Qp!9vLm2$",
        "correct horse 🐎 staple",
    ],
)
def test_long_and_not_to_be_guessed_is_good(password: str) -> None:
    """Nothing has to be mixed in (NIST SP 800-63B, 3.1.1.2)."""
    assert fault_in(password, about=ABOUT) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("short", "at least 12"),
        ("kettlelorry", "at least 12"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaa", "repeats itself"),
        ("abcabcabcabc", "repeats itself"),
        ("123456789012", "repeats itself"),
        ("098765432109", "repeats itself"),
        ("qwertyuiopas", "repeats itself"),
        ("ABCDEFGHIJKL", "repeats itself"),
        ("Password12345", "too little"),
        ("P4ssw0rd!P4ssw0rd!", "too little"),
        ("adm1n1strat0r", "too little"),
        ("HarrowmereCouncil2026!", "too little"),
        ("Pat.Okoro.Heard1", "too little"),
        ("complaints team", "too little"),
        ("Summer2026Winter", "too little"),
        ("monday tuesday wednesday", "too little"),
    ],
)
def test_what_is_short_or_guessed_first_is_refused_with_the_reason(password: str, why: str) -> None:
    """The council's own words and the officer's names are guessed first."""
    assert why in fault_in(password, about=ABOUT)


def test_a_password_is_known_by_its_hash_alone() -> None:
    """Argon2id, each time with another salt, and right on every keyboard (NFKC)."""
    made = hash_password("kettle ﬁsh window")
    assert made.startswith("$argon2id$")
    assert made != hash_password("kettle ﬁsh window")
    assert is_password("kettle fish window", made)
    assert not is_password("kettle fish windows", made)
    assert not needs_new_hash(made)


@pytest.mark.parametrize("kept", ["", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$broken"])
def test_where_nothing_is_kept_no_password_is_right(kept: str) -> None:
    """Not even the one against which those are held who have none."""
    assert not is_password("nobody has this password", kept)


def test_a_hash_of_weaker_parameters_is_made_anew() -> None:
    """The next time the officer signs in."""
    assert needs_new_hash("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$" + "A" * 43)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_good_or_refused_in_words(text: str) -> None:
    """Whatever a keyboard or a program sends."""
    assert isinstance(fault_in(text, about=ABOUT), str)
