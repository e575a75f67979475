"""What our letters say where triage sees that part of a message may be for somebody else (LGSCO 5.4, HO 5.7).

Each is a sentence of ours that promises a check. None refuses anything: only an officer does (LGSCO 2.5).
"""

from collections.abc import Iterable

from models.codes import Exclusion

_SENTENCES = {
    Exclusion.OTHER_ORGANISATION: "Part of it may be the work of another organisation, not of the council.",
    Exclusion.SCHOOL_MATTER: "Part of it may be about a school. Schools answer complaints themselves first.",
    Exclusion.APPEAL_ROUTE: "There may be a right of appeal. An appeal can have a time limit, so look at "
    "the letter or notice that you were sent.",
    Exclusion.COUNCILLOR_CONDUCT: "Part of it may be about how a councillor behaved. Our monitoring officer "
    "deals with that.",
    Exclusion.INFORMATION_RIGHTS: "Part of it may be about your data or a request for information. Another "
    "team deals with that, and you can ask the Information Commissioner for advice.",
    Exclusion.INSURANCE_CLAIM: "Part of it may be a claim for loss or damage. Our insurance team deals "
    "with that.",
    Exclusion.SOCIAL_CARE_PROCEDURE: "Part of it may be about social care. The law sets out another "
    "procedure for some complaints of that kind.",
}


def not_ours(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences for the exclusions that triage suggests, each once, in a fixed order."""
    suggested = set(codes)
    return tuple(sentence for code, sentence in _SENTENCES.items() if code in suggested)
