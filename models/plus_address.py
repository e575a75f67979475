"""Addresses that carry a case: complaints+C-4827-1930-70@... reaches complaints@... (RFC 5233, 1)."""

from collections.abc import Iterable

from models.reference import read_reference


def plus_address(address: str, reference: str) -> str:
    """Return an address of ours with a case in it."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{reference}@{domain}"


def without_plus(address: str) -> str:
    """Return the mailbox that an address with a plus reaches; any other address as it is."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def references_addressed(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the references that stand behind the plus of addresses, in order and without repeats."""
    locals_ = (address.rpartition("@")[0] for address in addresses)
    details = (local.partition("+")[2] for local in locals_)
    found = (read_reference(detail.rpartition("+")[2]) for detail in details if detail)
    return tuple(dict.fromkeys(reference for reference in found if reference))
