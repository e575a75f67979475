"""Hears from a sender which letters did not arrive, where bounces do not come back to us."""

from bootstrap import App
from casework.deliver_letters import mark_undelivered, was_done_instead
from models.codes import LetterState
from models.ports import HearsOfFailures


def hear_of_undelivered(app: App, sender: object) -> int:
    """Mark every letter that a sender lately reports as undelivered, once; return how many there were.

    Raises SenderUnavailable where it cannot be asked. Most senders have nothing to say.
    """
    if not isinstance(sender, HearsOfFailures):
        return 0
    return sum(_mark(app, message_id, why) for message_id, why in sender.undelivered())


def _mark(app: App, message_id: str, why: str) -> bool:
    with app.units() as uow:
        found = uow.cases.letter_of([message_id])
        if found is None or found.id is None or found.state is not LetterState.SENT:
            return False
        if was_done_instead(found):
            return False
        letter, case = uow.letters.with_case(found.id)
        mark_undelivered(uow, letter, case, why=why, now=app.clock())
        uow.commit()
    return True
