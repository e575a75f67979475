"""The pages: a view parses the request, calls one casework function or one query, renders or redirects."""

from flask import Blueprint

from review.views import (
    account,
    case,
    classifier,
    items,
    letter_words,
    letters,
    new_case,
    office,
    overview,
    own_account,
    people,
    provider,
    queue,
    ruling,
    second_factor,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    account.pages,
    second_factor.pages,
    provider.pages,
    own_account.pages,
    people.pages,
    queue.pages,
    case.pages,
    ruling.pages,
    letters.pages,
    letter_words.pages,
    new_case.pages,
    items.pages,
    office.pages,
    overview.pages,
    classifier.pages,
)
