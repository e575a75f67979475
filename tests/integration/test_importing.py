"""What `heard import` makes of a path: each kind of file and folder, and a clear no to what is none."""

import os
import zipfile
from pathlib import Path

import pytest
from letters_in import mail
from on_disk import PDF, Book, nobody, open_to_all, put

from intake.folders import (
    EmlFolder,
    MaildirMailbox,
    MboxFile,
    ScanFolder,
    SingleFile,
    import_account,
    open_path,
)
from models.errors import InputInvalid

DOCUMENTS = (
    "a.msg", "a.pdf", "a.docx", "a.odt", "a.rtf", "a.txt", "a.html", "a.htm", "a.TIFF", "a.tif", "a.jpg",
    "a.jpeg", "a.png", "a.heic",
)  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_imported_with_its_name(name: str, tmp_path: Path) -> None:
    """At once, however new it is, and as one message."""
    box = open_path(put(tmp_path, name, age_s=-60), account="import")
    (found,) = Book().keep(box)
    assert (found.raw, found.filename) == (PDF, name)
    assert name in box.check()


def test_a_mail_is_known_by_what_it_says(tmp_path: Path) -> None:
    """A copy that was touched is the same message."""
    book, file = Book(), put(tmp_path, "a.eml", mail())
    (found,) = book.keep(open_path(file, account="import"))
    assert (found.raw, found.filename) == (mail(), "")
    put(tmp_path, "a.eml", mail(), age_s=5)
    assert book.keep(open_path(file, account="import")) == []


def test_a_zip_is_imported_member_by_member_and_may_be_large(tmp_path: Path) -> None:
    """More members than a scan folder takes; whoever imports by hand knows what it is."""
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for number in range(1_200):
            archive.writestr(f"{number}.eml", mail(subject=str(number)))
    found = Book().keep(open_path(tmp_path / "old.zip", account="import"))
    assert len(found) == 1_200
    assert all(each.raw for each in found)


@pytest.mark.parametrize("name", ["old.mbox", "old.mbx", "Inbox"])
def test_an_mbox_is_known_by_its_ending_or_its_beginning(name: str, tmp_path: Path) -> None:
    """Thunderbird gives none of its files an ending."""
    file = put(tmp_path, name, b"From - Tue Mar 03 09:00:00 2026\n" + mail())
    assert isinstance(open_path(file, account="import"), MboxFile)


def test_a_folder_of_documents_is_read_without_waiting(tmp_path: Path) -> None:
    """With the mail in it; a folder of mail alone is one of mail, and a Maildir a Maildir."""
    put(tmp_path, "both/a.pdf", age_s=-60)
    put(tmp_path, "both/sub/b.eml", mail(), age_s=-60)
    both = open_path(tmp_path / "both", account="import")
    assert isinstance(both, ScanFolder)
    assert len(Book().keep(both)) == 2
    put(tmp_path, "mail/b.eml", mail())
    assert isinstance(open_path(tmp_path / "mail", account="import"), EmlFolder)
    for part in ("new", "cur"):
        (tmp_path / "md" / part).mkdir(parents=True)
    assert isinstance(open_path(tmp_path / "md", account="import"), MaildirMailbox)


def test_a_link_is_followed_where_somebody_names_it(tmp_path: Path) -> None:
    """Naming it is a decision; finding it in a folder is none."""
    put(tmp_path, "a.pdf")
    (tmp_path / "link.pdf").symlink_to("a.pdf")
    box = open_path(tmp_path / "link.pdf", account="import")
    assert isinstance(box, SingleFile)
    assert len(Book().keep(box)) == 1


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("a.pdf", "nowhere", "nowhere does not exist"),
        ("a.xlsx", "a.xlsx", r"a\.xlsx is nothing that can be imported; give \.eml"),
        ("x/a.xlsx", "x", r"x holds nothing that can be imported; give \.eml"),
        ("x/old.mbox", "x", r"old\.mbox is an mbox file in that folder; import it by its own name"),
        ("x/Inbox", "x", "Inbox is an mbox file in that folder; import it by its own name"),
        ("x/md/cur/1:2,S", "x", "md is a Maildir in that folder; import it by its own name"),
    ],
)
def test_what_cannot_be_imported_is_said_with_what_can(
    name: str, path: str, why: str, tmp_path: Path
) -> None:
    """Nothing is passed over in silence."""
    put(tmp_path, name, b"PK" if name.endswith("xlsx") else b"From - Tue Mar 03 09:00:00 2026\n")
    if "cur" in name:
        (tmp_path / name).parent.with_name("new").mkdir()
    with pytest.raises(InputInvalid, match=why):
        open_path(tmp_path / path, account="import")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """The remedy stands with it; a pipe is no file."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputInvalid, match="neither a file nor a folder"):
        open_path(tmp_path / "pipe", account="import")
    with open_to_all() as folder:
        put(folder, "a.pdf").chmod(0)
        put(folder, "closed/a.pdf").parent.chmod(0)
        for name in ("a.pdf", "closed/a.pdf"):
            with nobody(), pytest.raises(InputInvalid, match=r"a\.pdf cannot be read: .*; let whoever"):
                open_path(folder / name, account="import")


def test_an_account_fits_the_record_whatever_the_path(tmp_path: Path) -> None:
    """Long paths are told apart; odd bytes are made readable."""
    deep = tmp_path / ("d" * 150) / ("e" * 150)
    accounts = {import_account(path) for path in (deep / "a", deep / "b", Path(os.fsdecode(b"/caf\xe9")))}
    assert len(accounts) == 3
    assert all(len(account) <= 200 and account.encode() for account in accounts)
