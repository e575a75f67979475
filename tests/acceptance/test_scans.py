"""Letters on paper: what is put into a share ends in cases, as an administrator would set it up."""

from installation import Installation
from letters_in import GRIEVANCE, mail
from on_disk import put

from bootstrap import now_utc

SCANS = '[[mailboxes]]\nname = "scans"\nkind = "scan"\npath = "{path}"\nprocessed = "move"\n'


def test_what_is_put_into_a_share_ends_with_one_outcome_each_and_is_moved(
    installation: Installation,
) -> None:
    """A letter, a mail and a file that nobody can read; the second pass finds nothing new."""
    share = installation.folder / "scans"
    letter = f"Dear council,\n\n{GRIEVANCE}\n\nYours sincerely,\nBo Hale\n".encode()
    put(share, "letter.txt", letter, now=now_utc())
    put(share, "desk/saved.eml", mail(message_id="<1@example.org>"), now=now_utc())
    put(share, "broken.zip", b"no zip at all", now=now_utc())
    put(share, "new.pdf", age_s=-3, now=now_utc())
    installation.configure(SCANS.format(path=share))
    done = installation.run("poll", "--json").json
    assert done["kept"] == 3
    assert (done["ledger"]["case"], done["ledger"]["quarantine"]) == (2, 1)
    moved = sorted(path.relative_to(share).as_posix() for path in share.rglob("*.*"))
    assert moved == ["Heard/broken.zip", "Heard/desk/saved.eml", "Heard/letter.txt", "new.pdf"]
    put(share, "desk/again.eml", mail(message_id="<1@example.org>"), now=now_utc())
    again = installation.run("poll", "--json").json
    assert again["ledger"]["duplicate"] == 1
