"""How far up the queue a case stands: by its flags, each once, and a little by how complex it is."""

from collections.abc import Sequence
from datetime import timedelta

from builders import LETTERHEAD, NOW, make_case, make_decision, make_message, make_parsed
from fakes import FakeUnitOfWork
from hands import DECIDES, WRITES, acknowledged, make_point
from hypothesis import given
from hypothesis import strategies as st

from casework.arrangements import arrange
from casework.join_case import join_case
from casework.open_case import open_case
from casework.points import add_point
from casework.policy import Policy
from casework.possible_reply import confirm_reply
from casework.priority import is_complex, raise_flags, weigh
from casework.record_ruling import record_ruling
from models.case import Case
from models.codes import ArrangementKind, Category, Flag
from models.deadlines import WorkingDays
from models.decision import Decision, FurtherMatter, Span

FLAGS = st.lists(st.sampled_from(Flag), max_size=12)
SECOND_MATTER = (FurtherMatter(Category.HOUSING_RENT, 0.8, Span(0, 8, "The rent", "body")),)


def replied(case: Case, *flags: Flag) -> Case:
    """File a reply with these flags on a case."""
    join_case(
        FakeUnitOfWork(case), case, make_message(id=2, uid="2"), make_parsed(), make_decision(flags=flags),
        how="it answers a letter of ours", policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip
    return case


def opened(decision: Decision) -> Case:
    """Open a case for a message."""
    return open_case(
        FakeUnitOfWork(), make_message(), make_parsed(), decision,
        policy=Policy(), letterhead=LETTERHEAD, now=NOW,
    )  # fmt: skip


def ruled(uow: FakeUnitOfWork, case: Case, flags: Sequence[Flag] | None) -> Case:
    """Rule that these flags apply."""
    record_ruling(
        uow, case.reference, status=None, category=None, ombudsman=None, reason="Read.", flags=flags, **WRITES
    )
    return case


def test_what_a_reply_tells_puts_the_case_higher_in_the_queue() -> None:
    """Danger that shows later is no less danger (LGSCO 6.1, HO 6.1)."""
    case = replied(acknowledged(), Flag.SAFETY_HAZARD, Flag.VULNERABLE)
    assert (case.flags, case.priority) == ([Flag.SAFETY_HAZARD, Flag.VULNERABLE], 10)


def test_what_every_reply_repeats_counts_once() -> None:
    """Ten letters about one danger are one danger (LGSCO 6.1, HO 6.1)."""
    case = opened(make_decision(flags=[Flag.SAFEGUARDING]))
    for _ in range(10):
        replied(case, Flag.SAFEGUARDING)
    assert case.priority == opened(make_decision(flags=[Flag.SAFEGUARDING])).priority


def test_an_officers_flags_are_those_that_count() -> None:
    """What they add raises the case, what they take back lowers it (LGSCO 6.1, HO 6.1)."""
    case = acknowledged(flags=[Flag.ABUSIVE], priority=4)
    uow = FakeUnitOfWork(case)
    assert ruled(uow, case, None).priority == 4
    assert ruled(uow, case, [Flag.SAFEGUARDING]).priority == 8
    assert ruled(uow, case, []).priority == 0


def test_a_ruling_does_not_forget_what_is_known_of_the_person() -> None:
    """Vulnerability is recorded with them, and is no matter of one message (LGSCO 6.1, HO 6.1)."""
    case = acknowledged()
    uow = FakeUnitOfWork(case)
    arrange(
        uow, case.reference, kind=ArrangementKind.VULNERABILITY, what="Bereaved.", policy=Policy(), **DECIDES
    )
    assert ruled(uow, case, [Flag.PRE_ACTION]).flags == [Flag.PRE_ACTION, Flag.VULNERABLE]
    assert case.priority == 3


def test_what_an_officer_joins_brings_its_flags() -> None:
    """The message was read as a case of its own first (LGSCO 6.1, HO 6.1)."""
    case = acknowledged(reference="C-1111-2222-83", flags=[Flag.SAFEGUARDING], priority=8, respond_by=None)
    other = acknowledged()
    confirm_reply(
        FakeUnitOfWork(case, other), case.reference, other.reference, reason="Same.", officer="pat",
        working_days=WorkingDays(), now=NOW + timedelta(minutes=1),
    )  # fmt: skip
    assert (other.flags, other.priority) == ([Flag.SAFEGUARDING], 8)


def test_a_case_of_several_matters_stands_a_little_higher() -> None:
    """And below a person at risk (LGSCO 6.1, HO 6.1)."""
    simple, complicated, vulnerable = (
        opened(make_decision()).priority,
        opened(make_decision(also=SECOND_MATTER)).priority,
        opened(make_decision(flags=[Flag.VULNERABLE])).priority,
    )
    assert simple < complicated < vulnerable


def test_a_second_point_makes_a_case_complex_and_a_third_no_more_so() -> None:
    """Points count as triage's matters do, once (LGSCO 6.1, HO 6.1)."""
    case = acknowledged(points=[make_point()])
    uow = FakeUnitOfWork(case)
    assert not is_complex(case)
    for _ in range(2):
        add_point(uow, case.reference, "The lid is broken.", **DECIDES)
        assert case.priority == 1


@given(before=FLAGS, after=FLAGS, matters=st.integers(0, 5))
def test_priority_follows_from_flags_and_complexity_whatever_came_before(
    before: list[Flag], after: list[Flag], matters: int
) -> None:
    """Weighed again, nothing changes; a flag that came and went leaves nothing behind (LGSCO 6.1)."""
    case, fresh = make_case(), make_case()
    weigh(case, flags=before, matters=matters)
    raise_flags(case, *before, *before)
    weigh(case, flags=after)
    weigh(fresh, flags=after, matters=matters)
    assert (case.flags, case.priority) == (fresh.flags, fresh.priority)
    assert case.flags == sorted(set(after))
