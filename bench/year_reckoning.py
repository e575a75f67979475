"""What became of everybody who wrote: reckoned from the SMTP server's letters and the tables.

Nothing that casework notes of its own punctuality is asked, neither its dates nor its calendar: receipt is
when the message arrived, an acknowledgement is a letter that the SMTP server took, working days are counted
by `year_days.py`. Of triage's decisions the record is believed, since what triage makes of a message is what
starts a clock; what it failed to recognise is reckoned from the labels of the corpus.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Engine
from year_days import CLOCK_CHANGES, after, day_of, days_of, is_closed, working_day_of
from year_mail import DUTY, MACHINES, TEAM, Arrival, Kind, Scenario, Sent
from year_record import ACKNOWLEDGE_WITHIN, FORMAL, RESPOND_WITHIN, STAGE_OF, Filed, Matter, Record

from models.codes import LetterState, Outcome, TaskKind


@dataclass(frozen=True)
class Line:
    """One line of the table; `holds` says of what must be whether it is, None where nothing must be."""

    section: str
    what: str
    said: str
    holds: bool | None = None


@dataclass
class Reckoning:
    """The lines of the table, and what the plot shows."""

    arrived: Sequence[Arrival]
    lines: list[Line] = field(default_factory=list)
    weeks: dict[date, Counter[str]] = field(default_factory=dict)
    days: Counter[int] = field(default_factory=Counter)

    @property
    def is_well(self) -> bool:
        """Whether everything is as it must be."""
        return all(line.holds is not False for line in self.lines)

    def count(self, section: str, what: str, count: int, *, of: int | None = None) -> None:
        """Add a line that nothing hangs on."""
        share = f"{count:,} ({count / of:.1%})" if of else f"{count:,}"
        self.lines.append(Line(section, what, share))

    def none(self, section: str, what: str, found: Iterable[object]) -> None:
        """Add a line of what must not be; the first few are named where it is."""
        each = [str(one) for one in found]
        named = f": {', '.join(each[:5])}" if each else ""
        self.lines.append(Line(section, what, f"{len(each):,}{named}", holds=not each))


def reckon(
    engine: Engine,
    arrived: Sequence[Arrival],
    taken: Sequence[Sent],
    *,
    refusing: set[str],
    scenario: Scenario,
) -> Reckoning:
    """Return what became of everybody who wrote."""
    record, made = Record(engine, arrived, taken), Reckoning(arrived)
    matters = record.matters()
    _messages(made, record)
    _punctuality(made, record, matters, refusing=refusing, scenario=scenario)
    _letters(made, record)
    _digests(made, record, ends_on=scenario.last)
    _people(made, record)
    _by_label(made, record, matters, refusing=refusing)
    for letter in taken:
        monday = day_of(letter.at) - timedelta(days=day_of(letter.at).weekday())
        made.weeks.setdefault(monday, Counter())[letter.kind] += 1
    return made


def _messages(made: Reckoning, record: Record) -> None:
    section = "messages"
    kinds = Counter(each.kind for each in made.arrived)
    for kind in Kind:
        made.count(section, kind.value, kinds[kind])
    closed = sum(is_closed(day_of(each.at)) for each in made.arrived)
    made.count(
        section, "arrived at weekends, on bank holidays or in the closure", closed, of=len(made.arrived)
    )
    made.none(section, "lost: arrived, and not in the ledger", (each.message_id for each in record.lost))
    unsettled = (row["id"] for row in record.rows if row["outcome"] is None)
    made.none(section, "without an outcome", unsettled)
    wrong = (each for each in record.filed if each.row["received_at"] != each.arrival.at)
    made.none(section, "with a wrong instant of receipt", wrong)
    copies = (each for each in record.filed if each.arrival.kind is Kind.COPY)
    anew = (each for each in copies if each.row["outcome"] is not Outcome.DUPLICATE)
    made.none(section, "copies taken for something new", anew)
    machines = (each for each in record.people if each.row["outcome"] is Outcome.MACHINE)
    made.none(section, "people taken for machines", machines)
    quarantined = sum(row["outcome"] is Outcome.QUARANTINE for row in record.rows)
    made.count(section, "in quarantine", quarantined)


def _punctuality(
    made: Reckoning, record: Record, matters: Sequence[Matter], *, refusing: set[str], scenario: Scenario
) -> None:
    """Reckon how late the formal acknowledgements are of what is a complaint by our record."""
    section = "complaints and escalations by our record (LGSCO 6.2, 6.12; HO 6.2, 6.11)"
    refused = [each for each in matters if each.letter is None and each.begun_by.arrival.sender in refusing]
    others = [each for each in matters if each not in refused]
    made.count(section, "in all", len(matters))
    made.count(section, "their address refuses every letter: left to a person", len(refused))
    alone = (each.begun_by for each in refused if not record.timely_tasks(each.begun_by))
    made.none(section, "left to a person without an open task due within 5 working days", alone)
    made.count(section, "the others", len(others))
    days = [day for each in others if (day := each.working_day) is not None]
    in_time = sum(day <= ACKNOWLEDGE_WITHIN for day in days)
    share = f"{in_time / len(others):.2%}" if others else "none"
    made.lines.append(
        Line(section, "of these, acknowledged within 5 working days", share, in_time == len(others))
    )
    late = [each for each in others if each.working_day is None or each.working_day > ACKNOWLEDGE_WITHIN]
    made.none(section, "late or never", (f"{each.begun_by} day {each.working_day}" for each in late))
    made.count(section, "the latest working day", max(days, default=0))
    made.days = Counter(days)
    for day, count in sorted(made.days.items()):
        made.count(section, f"by working day {day}", count, of=len(days))
    for stage in (1, 2):
        at_stage = sum(each.letter is not None and STAGE_OF[each.letter.kind] == stage for each in others)
        made.count(section, f"acknowledged at stage {stage}", at_stage)
    _spells(made, record, section, others, scenario=scenario)


def _spells(
    made: Reckoning, record: Record, section: str, matters: Sequence[Matter], *, scenario: Scenario
) -> None:
    """Add what is hard: the mailbox away, the closure over Christmas, the clocks changed, safety at stake."""
    christmas = days_of(date(2026, 12, 23), date(2027, 1, 3))
    spells: dict[str, Callable[[Filed], bool]] = {
        "received while Dovecot was away": lambda each: each.day in days_of(*scenario.outage),
        "received from 23 December to 3 January": lambda each: each.day in christmas,
        "received on the days on which the clocks change": lambda each: each.day in CLOCK_CHANGES,
        "with a sign of safeguarding or abuse": record.is_delicate,
    }
    for what, is_hard in spells.items():
        found = [each for each in matters if is_hard(each.begun_by)]
        latest = max((each.working_day or 0 for each in found), default=0)
        made.lines.append(Line(section, what, f"{len(found):,}, the latest by working day {latest}"))


def _letters(made: Reckoning, record: Record) -> None:
    section = "letters, as the SMTP server took them"
    made.count(section, "in all", len(record.taken))
    for kind, count in Counter(letter.kind for letter in record.taken).most_common():
        made.count(section, kind.replace("_", " "), count)
    to_people = [letter for letter in record.taken if letter.recipient not in {DUTY, TEAM}]
    same = Counter((letter.recipient, letter.reference, letter.kind) for letter in to_people)
    doubled = (reference for (_, reference, _), count in same.items() if count > 1)
    made.none(section, "doubled: same person, case, kind and stage", doubled)
    machines = [each.arrival for each in record.filed if each.arrival.kind in MACHINES]
    writers = {each.arrival.sender for each in record.filed if each.arrival.kind not in MACHINES}
    ids, addresses = {each.message_id for each in machines}, {each.sender for each in machines} - writers
    wrong = (each.reference for each in to_people if each.answers in ids or each.recipient in addresses)
    made.none(section, "to machines", wrong)
    strangers = (each.reference for each in to_people if each.recipient not in writers | addresses)
    made.none(section, "to anybody who never wrote", strangers)
    made.none(section, "with a wrong date", (each.reference for each in _wrong_dates(record)))
    taken = {letter.message_id for letter in record.taken}
    states = {row["message_id"]: row["state"] for row in record.letters}
    sent = {each for each, state in states.items() if state is LetterState.SENT}
    made.none(section, "recorded as sent, and never taken", sent - taken)
    made.none(section, "taken, and not on record", taken - set(states))
    waiting = (each for each, state in states.items() if state is LetterState.QUEUED)
    made.none(section, "still waiting at the end", waiting)


def _digests(made: Reckoning, record: Record, *, ends_on: date) -> None:
    """Reckon whether the team was told every working day of what nobody does, and once a day at most."""
    section = "digests to the team, which nobody reads"
    days = Counter(day_of(letter.written_at) for letter in record.taken if letter.recipient == TEAM)
    made.count(section, "in all", days.total())
    made.none(section, "two on one day", (day for day, count in days.items() if count > 1))
    made.none(section, "on a closed day", (day for day in days if is_closed(day)))
    begun = min(days, default=ends_on)
    lacking = (day for day in days_of(begun, ends_on) if not is_closed(day) and day not in days)
    made.none(section, "working days without one, from the first on", lacking)


def _wrong_dates(record: Record) -> Iterable[Sent]:
    """Yield the letters that do not name the day on which their reader may expect what they promise."""
    arrived = {each.arrival.message_id: each for each in record.people}
    for letter in record.taken:
        wanted = None
        if letter.kind in STAGE_OF:
            wanted = after(day_of(letter.written_at), RESPOND_WITHIN[STAGE_OF[letter.kind]])
        elif letter.kind == "receipt" and letter.answers in arrived:
            wanted = after(arrived[letter.answers].day, ACKNOWLEDGE_WITHIN)
        if wanted and f"{wanted:%A} {wanted.day} {wanted:%B %Y}" not in " ".join(letter.text.split()):
            yield letter


def _people(made: Reckoning, record: Record) -> None:
    """Reckon who was left without a letter and without anybody told to look."""
    section, people = "people", record.people
    others = [each for each in people if record.answer_to(each) is None]
    made.count(section, "messages by people", len(people))
    made.count(section, "followed by a letter", len(people) - len(others), of=len(people))
    made.count(section, "by an open dated task instead", len(others), of=len(people))
    unanswered = [each for each in others if not record.open_tasks(each)]
    made.none(section, "unanswered: no letter and no open dated task", unanswered)
    late = (each for each in others if each not in unanswered and not record.timely_tasks(each))
    made.none(section, "with a task alone that is due after working day 5", late)
    firsts = [each for each in people if each.arrival.kind is Kind.FIRST]
    days = Counter(
        working_day_of(each.day, day_of(answer.at)) for each in firsts if (answer := record.answer_to(each))
    )
    for day, count in sorted(days.items()):
        made.count(section, f"first letter to a first message by working day {day}", count)
    bounces = (each for each in record.filed if each.arrival.kind is Kind.BOUNCE)
    made.none(
        section, "whose letter bounced, and nobody is told", (b for b in bounces if not _is_told(record, b))
    )


def _is_told(record: Record, bounce: Filed) -> bool:
    """Say whether a bounce brought about a task, on the case of its letter or by itself."""
    kinds = {task["kind"] for task in record.open_tasks(bounce)}
    return bool(kinds & {TaskKind.LETTER_UNDELIVERED, TaskKind.UNMATCHED_BOUNCE})


def _by_label(made: Reckoning, record: Record, matters: Sequence[Matter], *, refusing: set[str]) -> None:
    """Reckon what the writers of complaints got, by what they meant and not by what triage made of it."""
    section = "complaints and escalations by the label of the corpus"
    began = {each.begun_by.row["id"]: each for each in matters}
    meant = [each for each in record.people if each.arrival.label in FORMAL]
    found = Counter(_what_they_got(record, each, began, refusing) for each in meant)
    made.count(section, "in all", len(meant))
    for what, count in found.most_common():
        made.count(section, what, count, of=len(meant))
    section = "what the corpus labels otherwise"
    others = [each for each in record.people if each.arrival.label not in {*FORMAL, None}]
    formal = sum(each.row["id"] in began for each in others)
    made.count(section, "taken for a complaint or guarded as a likely one", formal, of=len(others))
    notices = [each for each in record.filed if each.arrival.kind is Kind.NOTICE]
    sent = sum(record.answer_to(each) is not None for each in notices)
    made.count(section, "spam, notices and automatic replies that got a letter", sent, of=len(notices))
    filed = sum(each.row["outcome"] is Outcome.MACHINE for each in notices)
    made.count(section, "of these, filed as machine mail", filed)
    neither = (each for each in notices if not (each.row["outcome"] is Outcome.MACHINE
               or record.answer_to(each) or record.open_tasks(each)))  # fmt: skip
    made.none(section, "neither letter, nor task, nor filed as machine mail", neither)
    section = "tasks open at the end, since nobody worked any"
    for kind, count in Counter(task["kind"].value for task in record.tasks).most_common():
        made.count(section, kind.replace("_", " "), count)


def _what_they_got(record: Record, filed: Filed, began: dict[int, Matter], refusing: set[str]) -> str:
    kinds, matter = {letter.kind for letter in record.letters_to(filed)}, began.get(filed.row["id"])
    said = (
        (matter is not None and matter.letter is not None, "recognised, and acknowledged formally"),
        (bool(kinds & set(STAGE_OF)), "on a case acknowledged formally for another message of theirs"),
        (filed.arrival.sender in refusing, "their address refuses every letter; a task says so"),
        (filed.is_likely, "recognised, and NOT acknowledged"),
        ("receipt" in kinds, "not recognised: sent the receipt, which names both routes"),
        (
            "service_request_acknowledgement" in kinds,
            "not recognised: sent the service request letter, which offers the choice",
        ),
    )
    tasks = sorted({task["kind"].value.replace("_", " ") for task in record.open_tasks(filed)})
    return next(
        (what for holds, what in said if holds),
        f"not recognised: no letter, but a task ({', '.join(tasks) or 'none'})",
    )
