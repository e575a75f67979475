"""A message as it was sent: its fields, its page or text, and the pictures that stand within."""

import io
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from intake.page import LONGEST, page_of
from intake.reader import IsolatedReader
from models.errors import UnreadableMessage

MAIL = Path(__file__).parents[2] / "mail"


def png(size: tuple[int, int] = (20, 10)) -> bytes:
    """Return a small picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, "PNG")
    return file.getvalue()


def mail(
    html: str = "", text: str = "The bin was missed.", pictures: dict[str, bytes] | None = None
) -> bytes:
    """Return mail with a text, a page and pictures by their Content-IDs."""
    made = EmailMessage()
    made["From"], made["To"] = "Ann Lee <ann@example.org>", "complaints@harrowmere.example"
    made["Subject"] = "Missed bin"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
        for content_id, content in (pictures or {}).items():
            made.get_payload()[1].add_related(content, "image", "png", cid=f"<{content_id}>")
    return made.as_bytes()


def test_the_page_is_shown_where_there_is_one() -> None:
    """With the fields of the head, as they were sent."""
    page = page_of(mail("<p>The <b>bin</b></p>"))
    assert page.html == "<p>The <b>bin</b></p>\n"
    assert page.text == ""
    assert page.fields == (
        ("From", "Ann Lee <ann@example.org>"), ("To", "complaints@harrowmere.example"),
        ("Subject", "Missed bin"),
    )  # fmt: skip


def test_the_text_is_shown_where_there_is_no_page() -> None:
    """As it was sent, wrapped as it was."""
    page = page_of(mail())
    assert (page.html, page.text) == ("", "The bin was missed.\n")


def test_pictures_in_the_text_are_known_by_their_bytes() -> None:
    """What only calls itself a picture is none, and neither is one too large to be shown."""
    pictures = {"a@x": png(), "b@x": b"<svg onload=x>", "c@x": png((9_000, 9_000)), "d@x": b"GIF89a"}
    page = page_of(mail("<img src=cid:a@x>", pictures=pictures))
    assert [(each.content_id, each.content_type) for each in page.pictures] == [("a@x", "image/png")]


def test_a_page_attached_as_a_file_is_not_the_message() -> None:
    """Nor is the page of a message inside it."""
    made = EmailMessage()
    made.set_content("See attached.")
    made.add_attachment("<p>attached</p>", subtype="html", filename="a.html")
    inner = EmailMessage()
    inner.set_content("<p>inside</p>", subtype="html")
    made.add_attachment(inner)
    assert page_of(made.as_bytes()).html == ""


def test_a_page_beyond_all_measure_is_cut() -> None:
    """And says so."""
    page = page_of(mail("<p>" + "w" * (LONGEST + 10)))
    assert (len(page.html), page.is_cut) == (LONGEST, True)


def test_odd_mail_has_a_page_or_is_refused_in_our_words() -> None:
    """None of the odd messages raises anything else."""
    for file in sorted(MAIL.glob("*.eml")):
        try:
            page = page_of(file.read_bytes())
        except UnreadableMessage:
            continue
        assert len(page.html) + len(page.text) <= 2 * LONGEST


def test_the_reading_process_gives_the_same_page(reader: IsolatedReader) -> None:
    """It is read apart from the service, where everything of strangers is read."""
    raw = mail("<p>The bin</p>", pictures={"a@x": png()})
    assert reader.page(raw) == page_of(raw)
    with pytest.raises(UnreadableMessage):
        reader.page((MAIL / "0113-nesting-150-messages.eml").read_bytes())
