"""The grounds on which an officer may not accept a complaint: each in words, and where to take it instead.

Plain words for the letter (LGSCO 2.4, HO 2.4); a ground alone never refuses anybody, the individual reasons
do (LGSCO 2.5, HO 2.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.codes import Exclusion
from models.errors import InputInvalid


@dataclass(frozen=True)
class Ground:
    """A ground in words, and where the matter can be taken instead, empty where nobody can say in general."""

    words: str
    elsewhere: str


GROUNDS: dict[str, Ground] = {
    Exclusion.OVER_12_MONTHS: Ground(
        "What you complain about happened, or came to your notice, more than twelve months before you "
        "told us.",
        "If you had a reason for not telling us sooner that we have not taken into account, reply and "
        "tell us. If what you describe is still going on, tell us that too, and we will look at what "
        "has happened in the last twelve months.",
    ),
    Exclusion.LEGAL_PROCEEDINGS: Ground(
        "A court or tribunal has been asked to decide on this matter.",
        "The court or tribunal will decide on it. Your solicitor, a law centre or Citizens Advice can "
        "tell you how to put your case there.",
    ),
    Exclusion.ALREADY_CONSIDERED: Ground(
        "We have already looked into this matter and given our final answer on it.",
        "Our final answer tells you how to reach the Ombudsman, who can look at how we dealt with it.",
    ),
    Exclusion.APPEAL_ROUTE: Ground(
        "There is a right of appeal against this decision, to somebody who can change it.",
        "The letter or notice with the decision says how to appeal and by when. Please look at the "
        "date: most appeals have a time limit. Citizens Advice can help you.",
    ),
    Exclusion.POLICY_OR_BUDGET: Ground(
        "You disagree with a policy or a budget that the elected council has decided.",
        "Your ward councillors can take your view to the council. You can also take part when we "
        "consult on the policy or the budget, or start a petition.",
    ),
    Exclusion.SOCIAL_CARE_PROCEDURE: Ground(
        "The law gives complaints about social care a procedure of their own.",
        "Our social care complaints officer deals with it under that procedure. We can pass your "
        "complaint on for you: reply and tell us if you would rather we did not.",
    ),
    Exclusion.SCHOOL_MATTER: Ground(
        "The matter is for the school itself, which has a complaints procedure of its own.",
        "Please write to the head teacher first, and then to the chair of governors or the academy "
        "trust. The school has to give you its complaints procedure.",
    ),
    Exclusion.COUNCILLOR_CONDUCT: Ground(
        "The complaint is about how a councillor behaved, which the council's code of conduct for "
        "members covers.",
        "Please write to the council's monitoring officer, who deals with complaints about councillors.",
    ),
    Exclusion.OTHER_ORGANISATION: Ground(
        "Another organisation is responsible for this, and we have no say in what it does.",
        "Please take it to the organisation that is responsible. It can tell you about its complaints "
        "procedure.",
    ),
    Exclusion.INFORMATION_RIGHTS: Ground(
        "The matter is about access to information or about personal data, for which the law has its "
        "own route.",
        "Please ask our information governance team to look at it again. If you are still unhappy, the "
        "Information Commissioner's Office can decide on it.",
    ),
    Exclusion.INSURANCE_CLAIM: Ground(
        "You ask us to pay for damage, loss or injury, which is decided as an insurance claim.",
        "Please make a claim to our insurance team and say what happened, where and when. A solicitor "
        "or Citizens Advice can tell you about your rights.",
    ),
    Exclusion.EMPLOYMENT_MATTER: Ground(
        "The matter is about somebody's work for the council, or about applying for such work.",
        "Staff can use the grievance procedure, through their manager, human resources or their union. "
        "Acas gives free advice about rights at work.",
    ),
}
"""The project's grounds, by `models.codes.Exclusion`."""


def ground_of(code: str, *, own: Mapping[str, str]) -> Ground:
    """Return a ground by its code; `own` are the reasons of the council's own grounds by their codes.

    Raises InputInvalid where there is none such.
    """
    if code in GROUNDS:
        return GROUNDS[code]
    if code in own:
        return Ground(words=own[code], elsewhere="")
    raise InputInvalid(f"there is no ground {code!r}; these are: {', '.join([*GROUNDS, *own])}")
