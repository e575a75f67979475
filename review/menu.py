"""The menu of the pages: the words, the endpoint, and what it needs."""

from review.access.may import May, SignedIn

MENU = (
    ("Queue", "queue.show", May.SEE_CASES),
    ("New case", "new_case.show", May.WORK_CASES),
    ("Letters", "letters.show_waiting", May.SEE_CASES),
    ("Known issues", "office.issues", May.SEE_CASES),
    ("Overview", "overview.show", May.SEE_FIGURES),
    ("People", "people.show", May.MANAGE_PEOPLE),
    ("Classifier", "classifier.show", May.SEE_CLASSIFIER),
    ("Settings", "office.show", May.SEE_SETTINGS),
)


def menu_of(officer: SignedIn) -> list[tuple[str, str]]:
    """Return the words and endpoints of what an officer may see, in order."""
    return [(text, endpoint) for text, endpoint, what in MENU if officer.may(what)]
