"""The pages: a view parses the request, calls one casework function or one query, renders or redirects."""

from flask import Blueprint

from review.views import account, queue

BLUEPRINTS: tuple[Blueprint, ...] = (account.pages, queue.pages)
