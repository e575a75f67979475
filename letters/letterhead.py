"""Who writes: the organisation, its ways of contact, and the Ombudsmen, as the settings name them."""

from dataclasses import dataclass
from pathlib import Path

from models.codes import Ombudsman


@dataclass(frozen=True)
class OmbudsmanContact:
    """How an Ombudsman is reached."""

    name: str
    address: str
    telephone: str
    website: str
    email: str = ""


@dataclass(frozen=True)
class Letterhead:
    """What every letter says of the sender; files in `own_templates` take the place of ours."""

    organisation: str
    team: str
    address: str
    telephone: str
    email: str
    website: str
    ombudsmen: dict[Ombudsman, OmbudsmanContact]
    own_templates: Path | None = None


DEFAULT_OMBUDSMEN = {
    Ombudsman.LGSCO: OmbudsmanContact(
        name="Local Government and Social Care Ombudsman",
        address="PO Box 4771, Coventry CV4 0EH",
        telephone="0300 061 0614",
        website="www.lgo.org.uk",
    ),
    Ombudsman.HOUSING: OmbudsmanContact(
        name="Housing Ombudsman Service",
        address="PO Box 1484, Unit D, Preston PR2 0ET",
        telephone="0300 111 3000",
        website="www.housing-ombudsman.org.uk",
        email="info@housing-ombudsman.org.uk",
    ),
}
