"""The page of a case by a client: who sees what, files given out safely, and much of everything."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from kept_case import FIRST, SECOND, TEXT, keep, raw_of
from pages import NOW, Pages
from rows import new_letter, new_message
from sqlalchemy import Engine, select

from models import orm
from models.case import AuditRow, Task
from models.case_page_rows import MESSAGES_A_PAGE, case_rows, find_case
from models.codes import ArrangementKind, LetterKind, LetterState, Outcome, Role, TaskKind
from models.people import Arrangement
from models.unit_of_work import SqlUnitOfWork
from review.sent.downloads import safe_name


@pytest.fixture
def office(pages: Pages) -> Pages:
    """Return pages with officers of every role, and a case."""
    for role in Role:
        pages.add_officer(role.value, role)
    keep(pages.engine)
    return pages


def number_of(pages: Pages, table: Any) -> int:
    """Return the number of the newest row of a table."""
    with pages.engine.connect() as connection:
        return int(connection.scalar(select(table.c.id).order_by(table.c.id.desc()).limit(1)) or 0)


def test_the_page_shows_the_words_marked_with_why(office: Pages) -> None:
    """The passage, its number, and the explanation in plain words; markup of a stranger is text."""
    page = office.client_of("officer").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert '<mark class="heard-mark">I reported the bin on 3 May and nobody has replied.</mark>' in page
    assert "says that earlier reports went unanswered" in page
    assert "&lt;b&gt;Please&lt;/b&gt;" in page
    assert "quoted 1" in page
    assert "words of the file" in page


def test_every_view_of_a_case_is_recorded(office: Pages) -> None:
    """Of the page, of a message and of a file (issue 6); what was not seen is not."""
    client = office.client_of("officer")
    for path in ("", "/messages/1", "/messages/1/raw", "/attachments/1", "/messages/1/html"):
        assert client.get(f"/cases/{FIRST}{path}").status_code == 200, path
    client.get(f"/cases/{SECOND}")
    with office.engine.connect() as connection:
        seen = connection.execute(select(orm.views.c.officer, orm.views.c.case_reference)).all()
    assert seen == [("officer", FIRST)] * 5


@pytest.mark.parametrize("path", ["", "/messages/1", "/messages/1/html", "/messages/1/raw", "/attachments/1"])
def test_a_case_that_is_not_theirs_is_not_there(office: Pages, path: str) -> None:
    """In the same words as one that does not exist; an administrator sees none at all."""
    mine, theirs = office.client_of("service_manager"), office.client_of("administrator")
    hidden, missing = mine.get(f"/cases/{FIRST}{path}"), mine.get(f"/cases/{SECOND}{path}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    token = re.compile(r'name="csrf_token" value="[^"]+"')  # It tells the second.
    said = [token.sub("", each.get_data(as_text=True)) for each in (hidden, missing)]
    assert said[0].replace(FIRST, "") == said[1].replace(SECOND, "")
    assert theirs.get(f"/cases/{FIRST}{path}").status_code == 403
    assert office.client_of("auditor").get(f"/cases/{FIRST}{path}").status_code == 200


def test_files_and_messages_of_another_case_are_not_given_out(office: Pages) -> None:
    """By whatever number they are asked for."""
    keep(office.engine, SECOND)
    client = office.client_of("officer")
    message, file = number_of(office, orm.messages), number_of(office, orm.attachments)
    assert client.get(f"/cases/{SECOND}/attachments/{file}").status_code == 200
    for path in (
        f"messages/{message}",
        f"messages/{message}/raw",
        f"messages/{message}/html",
        f"attachments/{file}",
    ):
        assert client.get(f"/cases/{FIRST}/{path}").status_code == 404, path


def test_a_file_is_given_out_as_a_download_of_no_type(office: Pages) -> None:
    """No browser opens it, whatever the sender called it (RFC 6266)."""
    answer = office.client_of("officer").get(f"/cases/{FIRST}/attachments/1")
    assert answer.data == b"<script>x</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.html"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_message_is_given_out_byte_for_byte(office: Pages) -> None:
    """Under a name that says which it is."""
    answer = office.client_of("officer").get(f"/cases/{FIRST}/messages/1/raw")
    assert answer.data == raw_of()
    assert answer.headers["Content-Disposition"] == f"attachment; filename={FIRST}-M-1.eml"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.exe", "a.exe"),
        ('a"b;c\r\nX: y.txt', "a b c X y.txt"),
        ("\u202efdp.exe", "fdp.exe"),
        ("...", "file"),
        ("", "file"),
        ("n" * 300 + ".pdf", "n" * 116 + ".pdf"),
        ("фото.jpg", "фото.jpg"),
    ],
)
def test_a_name_under_which_a_file_is_saved_is_harmless(name: str, safe: str) -> None:
    """No path, nothing unseen, and its ending stays."""
    assert safe_name(name) == safe


def test_a_message_as_it_was_sent_is_shown_from_a_sandbox(office: Pages) -> None:
    """With a policy of its own that lets nothing run or load; our own page alone may frame it."""
    answer = office.client_of("officer").get(f"/cases/{FIRST}/messages/1/html")
    page = answer.get_data(as_text=True)
    assert "The <b>bin</b>" in page
    assert "script" not in page.partition("Left out")[0]
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "img-src data:", "frame-ancestors 'self'", "form-action 'none'"} <= set(
        policy
    )
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_message_that_cannot_be_read_says_so_in_the_sandbox(office: Pages) -> None:
    """It is no fault of the pages."""
    with SqlUnitOfWork(office.engine) as uow:
        case = uow.cases.get(FIRST)
        message = new_message(uid="deep")
        uow.messages.keep(message, b"Content-Type: message/rfc822\n\n" * 200)
        message.settle(Outcome.REPLY, reason="a reply", now=NOW)
        case.messages.append(message)
        uow.commit()
    answer = office.client_of("officer").get(f"/cases/{FIRST}/messages/{message.id}/html")
    assert answer.status_code == 200
    assert "It cannot be shown" in answer.get_data(as_text=True)


def test_messages_come_a_page_at_a_time_the_newest_first(office: Pages) -> None:
    """Nothing is left out between the pages, and a page beyond the last is the last."""
    keep(office.engine, SECOND, messages=MESSAGES_A_PAGE + 5)
    client = office.client_of("officer")
    first = client.get(f"/cases/{SECOND}").get_data(as_text=True)
    assert "Messages 1 to 20 of 25" in first
    second = client.get(f"/cases/{SECOND}?page=2").get_data(as_text=True)
    assert "Messages 21 to 25 of 25" in second
    for page in ("3", "99999999999999999999", "-1", "x"):
        assert client.get(f"/cases/{SECOND}?page={page}").status_code == 200


def test_a_message_that_is_cut_leads_to_the_whole(office: Pages) -> None:
    """However long it is, every word can be read."""
    with SqlUnitOfWork(office.engine) as uow:
        message = uow.messages.get(1)
        message.reply_text = message.text = "word " * 10_000 + "the very end"
        uow.commit()
    client = office.client_of("officer")
    page = client.get(f"/cases/{FIRST}").get_data(as_text=True)
    assert "the very end" not in page
    assert f'href="/cases/{FIRST}/messages/1"' in page
    assert "the very end" in client.get(f"/cases/{FIRST}/messages/1").get_data(as_text=True)


def test_two_officers_on_one_case_see_each_other(office: Pages) -> None:
    """For ten minutes; nobody is told of themselves."""
    office.client_of("officer").get(f"/cases/{FIRST}")
    office.now += timedelta(minutes=2)
    page = office.client_of("team_manager").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert "<bdi>Officer Example</bdi></strong> is looking at this case too (2 minutes ago)" in page
    assert "Team_Manager Example</bdi></strong> is looking" not in page
    office.now += timedelta(minutes=11)
    assert "is looking at this case" not in office.client_of("team_manager").get(f"/cases/{FIRST}").get_data(
        as_text=True
    )


def test_the_other_cases_of_a_person_are_those_that_the_officer_may_see(office: Pages) -> None:
    """A service manager sees their own alone, and a shared address is nobody's own."""
    keep(office.engine, SECOND)
    with SqlUnitOfWork(office.engine) as uow:
        uow.cases.get(FIRST).assigned_to = "service_manager"
        uow.commit()
    assert SECOND in office.client_of("officer").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert SECOND not in office.client_of("service_manager").get(f"/cases/{FIRST}").get_data(as_text=True)


def test_what_is_agreed_and_what_is_to_do_stand_on_top(office: Pages) -> None:
    """With the case that a possible reply may belong to."""
    keep(office.engine, SECOND, complainant_address="bo@example.com")
    with SqlUnitOfWork(office.engine) as uow:
        uow.people.add(
            Arrangement(address="ann@example.org", kind=ArrangementKind.RESTRICTION, what="Letters only",
                        reason="Calls at night", officer="officer", agreed_on=date(2026, 11, 1),
                        case_reference=FIRST)
        )  # fmt: skip
        case = uow.cases.get(FIRST)
        case.tasks.append(
            Task(kind=TaskKind.POSSIBLE_REPLY, opened_at=NOW, due_by=date(2026, 11, 26),
                 note=f"quotes {SECOND} without proof; confirm with `--joins {SECOND}`, or rule on it")
        )  # fmt: skip
        uow.commit()
    page = office.client_of("officer").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert page.index("Letters only") < page.index('id="conversation"')
    assert "--joins" not in page
    assert f'href="/cases/{SECOND}">Case {SECOND}</a>' in page


def test_letters_stand_in_the_conversation_and_say_what_they_say(office: Pages) -> None:
    """Each in its place of time, and what failed says why."""
    with SqlUnitOfWork(office.engine) as uow:
        case = uow.cases.get(FIRST)
        case.letters.append(
            new_letter(kind=LetterKind.RECEIPT, state=LetterState.FAILED, last_fault="550 no such person",
                       queued_at=NOW, due_at=NOW, text="Dear Ann, we have it.")
        )  # fmt: skip
        uow.commit()
    page = office.client_of("officer").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert "We wrote:" in page
    assert "We are about to write:" not in page
    assert "550 no such person." in page
    assert "Dear Ann, we have it." in page


def test_a_merged_case_says_once_where_it_goes_on_and_that_its_clocks_ended(office: Pages) -> None:
    """With the way there."""
    with SqlUnitOfWork(office.engine) as uow:
        case = uow.cases.get(FIRST)
        case.merged_into, case.closed_on = SECOND, NOW.date()
        case.closed_why = f"merged into {SECOND}"
        uow.commit()
    page = office.client_of("officer").get(f"/cases/{FIRST}").get_data(as_text=True)
    assert page.casefold().count("goes on as") == 1
    assert f'This case goes on as <a class="govuk-link" href="/cases/{SECOND}">' in page
    assert page.count(">Clocks<") == 1


def test_the_trail_is_cut_and_whole_where_somebody_asks(office: Pages) -> None:
    """The newest steps come first to hand."""
    with SqlUnitOfWork(office.engine) as uow:
        for number in range(120):
            uow.audit.add(
                AuditRow(at=NOW, actor="heard", action="point_added", case_reference=FIRST,
                         detail={"point": number, "raised_on": "2026-11-19"})
            )  # fmt: skip
        uow.commit()
    client = office.client_of("officer")
    page = client.get(f"/cases/{FIRST}").get_data(as_text=True)
    assert "Added point 119," in page
    assert "Added point 19," not in page
    assert "Added point 19," in client.get(f"/cases/{FIRST}?trail=all").get_data(as_text=True)


def test_the_way_back_is_the_part_of_the_queue_that_the_officer_came_from(office: Pages) -> None:
    """And never an address of somebody else's."""
    client = office.client_of("officer")
    page = client.get(f"/cases/{FIRST}?from=category%3Dhousing_rent").get_data(as_text=True)
    assert 'href="/queue?category=housing_rent"' in page
    hostile = client.get(f"/cases/{FIRST}?from=_external%3D1%26_scheme%3Djavascript%26q%3D%22%3E%3Cscript%3E")
    assert hostile.status_code == 200
    assert "<script>" not in hostile.get_data(as_text=True).partition("<main")[2]


def test_the_rows_of_a_case_are_the_same_on_either_database(engine: Engine) -> None:
    """Cut texts with their whole lengths, copies, and the trail of case and messages once each."""
    keep(engine, messages=2)
    with SqlUnitOfWork(engine) as uow:
        copy = new_message(
            uid="copy", duplicate_of_id=1, account="other", message_id=f"<{FIRST}.1@example.org>"
        )
        uow.messages.keep(copy, b"again")
        uow.audit.add(
            AuditRow(
                at=NOW, actor="heard", action="case_opened", message_id=1, case_reference=FIRST, detail={}
            )
        )
        uow.commit()
    case = find_case(engine, FIRST)
    assert case is not None
    rows = case_rows(
        engine,
        case,
        page=1,
        seen_by=None,
        shared_addresses=frozenset(),
        lately=timedelta(minutes=10),
        now=NOW,
    )
    assert [row["id"] for row in rows.messages] == [2, 1]
    assert rows.messages[0]["text_length"] == len(f"{TEXT}\n> quoted 2")
    assert [row["account"] for row in rows.copies] == ["other"]
    assert [row["action"] for row in rows.trail] == ["message_sorted", "message_sorted", "case_opened"]
    assert [row["size"] for row in rows.attachments] == [18]
    assert find_case(engine, SECOND) is None
