"""Letters to look at: as they were written, or a sample that says so; looking changes nothing."""

from datetime import date

import pytest
from builders import ANN, LETTERHEAD, NOW, REFERENCE, TODAY, make_case, make_letter
from fakes import FakeUnitOfWork

from casework.policy import Policy
from casework.show_letter import ShownLetter, show_letter, show_sample
from models.case import Case
from models.codes import ArrangementKind, ContactWay, LetterKind, LetterState, Ombudsman
from models.errors import UnknownReference
from models.people import Arrangement

STAGE_1 = LetterKind.STAGE_1_ACKNOWLEDGEMENT
_NOT_COMPARED = {"messages", "_sa_instance_state"}


def shown(case: Case, kind: LetterKind, *arrangements: Arrangement) -> ShownLetter:
    """Return a letter of a case."""
    uow = FakeUnitOfWork(case)
    for each in arrangements:
        uow.people.add(each)
    return show_letter(uow, case.reference, kind, policy=Policy(), letterhead=LETTERHEAD, now=NOW)


def held_by(case: Case) -> dict[str, str]:
    """Return what a case holds, beside its messages and what the mapping keeps with it."""
    return {name: str(getattr(case, name)) for name in sorted(case.__dict__) if name not in _NOT_COMPARED}


def agreed(way: ContactWay, value: str = "") -> Arrangement:
    """Return what was agreed with Ann."""
    return Arrangement(
        address=ANN.address, kind=ArrangementKind.ADJUSTMENT, what="agreed", reason="asked", officer="pat",
        agreed_on=TODAY, way=way, value=value,
    )  # fmt: skip


@pytest.mark.parametrize(
    "state", [LetterState.QUEUED, LetterState.HELD, LetterState.BY_HAND, LetterState.SENT, LetterState.FAILED]
)
def test_a_letter_that_was_written_is_shown_as_it_is(state: LetterState) -> None:
    """Not rendered anew: the template may have changed since."""
    case = make_case(letters=[make_letter(state=state)])
    found = shown(case, STAGE_1)
    assert (found.rendered.text, found.state) == ("Dear Ann Lee,\n", state)


def test_a_withdrawn_letter_gives_way_to_a_sample() -> None:
    """Nobody was sent it, so it is not what would go now."""
    found = shown(make_case(letters=[make_letter(state=LetterState.WITHDRAWN)]), STAGE_1)
    assert found.state is None


def test_the_newest_of_two_is_shown() -> None:
    """Of two extensions the later one counts."""
    old, new = make_letter(LetterKind.EXTENSION), make_letter(LetterKind.EXTENSION, text="newer\n")
    old.queued_at = NOW.replace(day=2)
    assert shown(make_case(letters=[new, old]), LetterKind.EXTENSION).rendered.text == "newer\n"


@pytest.mark.parametrize("ombudsman", Ombudsman)
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_can_be_sampled_for_a_case_and_says_so(kind: LetterKind, ombudsman: Ombudsman) -> None:
    """A sample is marked at its head in both versions, and nothing is queued."""
    case = make_case(ombudsman=ombudsman, own_words=["The bin was missed."])
    before = held_by(case)
    found = shown(case, kind)
    assert found.rendered.text.startswith("This is a sample. Nobody has been sent it")
    body = found.rendered.html.partition("</h1>")[2].strip()
    assert body.startswith("<p>This is a sample. Nobody has been sent it")
    assert (found.state, found.reference) == (None, REFERENCE)
    assert case.letters == []
    assert held_by(case) == before


def test_a_sample_uses_what_the_case_says() -> None:
    """Name, dates and own words are the case's; an acknowledgement promises what it would promise now."""
    case = make_case(own_words=["The purple bin was missed."])
    text = " ".join(shown(case, STAGE_1).rendered.text.split())
    assert "Dear Ann Lee," in text
    assert "The purple bin was missed." in text
    assert "You will have a full answer by Tuesday 17 March 2026." in text
    kept = " ".join(shown(make_case(respond_by=date(2026, 3, 12)), STAGE_1).rendered.text.split())
    assert "You will have a full answer by Thursday 12 March 2026." in kept


def test_a_sample_is_as_the_person_gets_it() -> None:
    """Large print and the postal address are those that were agreed (LGSCO 5.6, HO 5.10)."""
    found = shown(make_case(), LetterKind.RECEIPT, agreed(ContactWay.LARGE_PRINT),
                  agreed(ContactWay.POST, "4 Mill Lane, Harrowmere"))  # fmt: skip
    assert '<body class="large">' in found.rendered.html
    assert found.recipient == ("Ann Lee", "4 Mill Lane, Harrowmere")
    assert shown(make_case(), LetterKind.RECEIPT).recipient == ()


def test_an_invented_case_serves_where_none_is_named() -> None:
    """Whoever edits a template needs no case to see it."""
    for kind in LetterKind:
        found = show_sample(kind, letterhead=LETTERHEAD, now=NOW)
        assert "everything in it is invented" in " ".join(found.rendered.text.split())


def test_an_unknown_case_is_named() -> None:
    """A wrong reference shows nobody's letter."""
    with pytest.raises(UnknownReference):
        show_letter(
            FakeUnitOfWork(), "C-0000-0001-95", STAGE_1, policy=Policy(), letterhead=LETTERHEAD, now=NOW
        )
