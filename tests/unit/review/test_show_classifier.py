"""Where officers correct the classifier, counted."""

from review.show.classifier import Corrected, often_corrected

MANY = [("complaint", "complaint", False)] * 3 + [("service_request", "complaint", True)] * 2


def test_the_worst_share_comes_first_with_what_it_became() -> None:
    """Two of three service requests were complaints; triage had left one of them to the officer."""
    said = [*MANY, ("service_request", "service_request", False)]
    assert often_corrected(said, name=str.upper) == [
        Corrected("SERVICE_REQUEST", rulings=3, corrected=2, mostly_to="COMPLAINT", unsure=2),
        Corrected("COMPLAINT", rulings=3, corrected=0, mostly_to="–", unsure=0),
    ]


def test_a_few_rulings_and_messages_without_a_suggestion_say_nothing() -> None:
    """Two rulings are chance, and what an officer took down by hand was never suggested."""
    said = [*MANY, ("", "complaint", False)]
    assert [row.name for row in often_corrected(said, name=str)] == ["complaint"]
