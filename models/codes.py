"""The fixed codes that data, settings, screens and letters share (docs/triage.md says what each means)."""

from enum import StrEnum


class Status(StrEnum):
    """What a message is, for a complaints team (LGSCO 1.2 to 1.8)."""

    COMPLAINT = "complaint"
    SERVICE_REQUEST = "service_request"
    ESCALATION = "escalation"
    COMPLIMENT = "compliment"
    ENQUIRY = "enquiry"
    OTHER = "other"


class Category(StrEnum):
    """The service that the main matter is about, in the order of the officers' menu."""

    ANTI_SOCIAL_BEHAVIOUR = "anti_social_behaviour"
    BENEFITS_AND_COUNCIL_TAX_SUPPORT = "benefits_and_council_tax_support"
    BLUE_BADGES = "blue_badges"
    BUS_PASSES = "bus_passes"
    CEMETERIES_AND_CREMATORIA = "cemeteries_and_crematoria"
    CHILDRENS_SERVICES = "childrens_services"
    ADULT_SOCIAL_CARE = "adult_social_care"
    COUNCIL_PREMISES = "council_premises"
    COUNCIL_TAX_AND_BUSINESS_RATES = "council_tax_and_business_rates"
    COUNCIL_VEHICLES_AND_DRIVERS = "council_vehicles_and_drivers"
    COUNCILLORS_AND_DEMOCRACY = "councillors_and_democracy"
    CULTURE_LEISURE_AND_LIBRARIES = "culture_leisure_and_libraries"
    CUSTOMER_SERVICES = "customer_services"
    ELECTIONS_AND_REGISTRARS = "elections_and_registrars"
    ENVIRONMENTAL_HEALTH_AND_LICENSING = "environmental_health_and_licensing"
    HOUSING_APPLICATIONS_AND_HOMELESSNESS = "housing_applications_and_homelessness"
    HOUSING_RENT = "housing_rent"
    HOUSING_REPAIRS = "housing_repairs"
    INFORMATION_GOVERNANCE = "information_governance"
    PARKING_AND_PERMITS = "parking_and_permits"
    PARKS_AND_GREEN_SPACES = "parks_and_green_spaces"
    PEST_CONTROL = "pest_control"
    PLANNING_AND_BUILDING_CONTROL = "planning_and_building_control"
    RIGHT_TO_BUY = "right_to_buy"
    ROADS_PAVEMENTS_AND_STREETLIGHTS = "roads_pavements_and_streetlights"
    STAFF_CONDUCT = "staff_conduct"
    STREET_CLEANING_AND_LITTER = "street_cleaning_and_litter"
    TENANCY_AND_LEASEHOLD = "tenancy_and_leasehold"
    TREES_AND_VERGES = "trees_and_verges"
    VEHICLE_FINES_AND_ENFORCEMENT = "vehicle_fines_and_enforcement"
    WASTE_AND_RECYCLING = "waste_and_recycling"
    OTHER = "other"


class Ombudsman(StrEnum):
    """Which Ombudsman has the case: the Housing Ombudsman where the council is the landlord."""

    LGSCO = "lgsco"
    HOUSING = "housing"


class Exclusion(StrEnum):
    """A ground on which an officer may decide that the procedure is not the route (LGSCO 2.2)."""

    OVER_12_MONTHS = "over_12_months"
    LEGAL_PROCEEDINGS = "legal_proceedings"
    ALREADY_CONSIDERED = "already_considered"
    APPEAL_ROUTE = "appeal_route"
    POLICY_OR_BUDGET = "policy_or_budget"
    SOCIAL_CARE_PROCEDURE = "social_care_procedure"
    SCHOOL_MATTER = "school_matter"
    COUNCILLOR_CONDUCT = "councillor_conduct"
    OTHER_ORGANISATION = "other_organisation"
    INFORMATION_RIGHTS = "information_rights"
    INSURANCE_CLAIM = "insurance_claim"
    EMPLOYMENT_MATTER = "employment_matter"


class Flag(StrEnum):
    """Something about the person or the message that changes how it is handled."""

    THIRD_PARTY = "third_party"
    ELECTED_MEMBER = "elected_member"
    VULNERABLE = "vulnerable"
    REASONABLE_ADJUSTMENT = "reasonable_adjustment"
    SAFETY_HAZARD = "safety_hazard"
    SAFEGUARDING = "safeguarding"
    PRE_ACTION = "pre_action"
    ABUSIVE = "abusive"


class Outcome(StrEnum):
    """Where a message of the ledger ended; every one ends in exactly one of these."""

    CASE = "case"
    REPLY = "reply"
    MACHINE = "machine"
    DUPLICATE = "duplicate"
    QUARANTINE = "quarantine"


class LetterKind(StrEnum):
    """The letters that Heard writes; each is a folder of `letters/templates/`."""

    STAGE_1_ACKNOWLEDGEMENT = "stage_1_acknowledgement"
    STAGE_2_ACKNOWLEDGEMENT = "stage_2_acknowledgement"
    SERVICE_REQUEST_ACKNOWLEDGEMENT = "service_request_acknowledgement"
    RECEIPT = "receipt"
    DUTY_ALERT = "duty_alert"
    EXTENSION = "extension"
    NOT_ACCEPTED = "not_accepted"
    CORRECTION = "correction"
    CONSENT_REQUEST = "consent_request"
    CLARIFICATION = "clarification"
    STAGE_1_RESPONSE = "stage_1_response"
    STAGE_2_RESPONSE = "stage_2_response"
    PROGRESS = "progress"
    KNOWN_ISSUE = "known_issue"
    DIGEST = "digest"


class LetterState(StrEnum):
    """How far a letter has come on its way out.

    A held one waits for an officer's release; one by hand is posted or read out by a person, who says when.
    """

    QUEUED = "queued"
    HELD = "held"
    BY_HAND = "by_hand"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class TaskKind(StrEnum):
    """Something an officer has to do about a message or a case by a date."""

    ACKNOWLEDGEMENT_OWED = "acknowledgement_owed"
    READ_REPLY = "read_reply"
    CHECK_OTHER = "check_other"
    DUTY_ALERT = "duty_alert"
    LETTER_UNDELIVERED = "letter_undelivered"
    READ_QUARANTINED = "read_quarantined"
    GUARD_ACTED = "guard_acted"
    POSSIBLE_REPLY = "possible_reply"
    READ_ATTACHMENT = "read_attachment"
    UNMATCHED_BOUNCE = "unmatched_bounce"
    PRINT_LETTER = "print_letter"
    REVIEW_ARRANGEMENT = "review_arrangement"
    TELL_BY_TELEPHONE = "tell_by_telephone"
    KNOWN_ISSUE = "known_issue"
    RELEASE_LETTER = "release_letter"


class Channel(StrEnum):
    """How a complaint reached the council (LGSCO 3.1, HO 3.1)."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    COUNTER = "counter"
    POST = "post"
    COUNCILLOR = "councillor"


class PointOutcome(StrEnum):
    """What was found on one point of a complaint (LGSCO 6.6, HO 6.6)."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    WITHDRAWN = "withdrawn"


class ArrangementKind(StrEnum):
    """What was agreed with a person, or is known of them, beyond one letter."""

    ADJUSTMENT = "adjustment"
    DISABILITY = "disability"
    VULNERABILITY = "vulnerability"
    RESTRICTION = "restriction"
    CONTACT = "contact"
    CONSENT = "consent"
    NO_CONSENT = "no_consent"


class ContactWay(StrEnum):
    """How letters reach a person who needs another way than plain email (LGSCO 5.6, HO 5.10)."""

    LARGE_PRINT = "large_print"
    POST = "post"
    TELEPHONE_ONLY = "telephone_only"
    OTHER_ADDRESS = "other_address"


class Role(StrEnum):
    """What an officer may do."""

    OFFICER = "officer"
    SERVICE_MANAGER = "service_manager"
    TEAM_MANAGER = "team_manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class DeliveryMode(StrEnum):
    """What becomes of letters that are due."""

    SEND = "send"
    HOLD = "hold"
    REDIRECT = "redirect"


class Security(StrEnum):
    """How a connection to a mail server is kept private."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class AcknowledgementMode(StrEnum):
    """What is sent before an officer has ruled (docs/letters.md)."""

    AT_ONCE = "at_once"
    RECEIPT_FIRST = "receipt_first"
    OFFICER = "officer"
