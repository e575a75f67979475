"""What people say that matters to triage: cues, each a name and the phrases and patterns that show it.

Phrases are matched without regard to case, word by word, by spaCy's PhraseMatcher; the few patterns with
numbers or gaps are regular expressions. A cue decides nothing alone: `features.py` counts them for the
classifier, `rules.py` makes suggestions of some.
"""

import re

PHRASES: dict[str, tuple[str, ...]] = {
    # How the council has dealt with the matter so far.
    "no_answer": (
        "no reply", "no response", "no answer", "nobody has replied", "nobody replied", "never replied",
        "heard nothing", "nobody has come back", "nobody came back", "not had a reply", "not heard back",
        "without a reply", "without reply", "no one has replied", "no one has got back", "nobody got back",
        "nobody rang back", "nobody has rung", "never rang back", "no call back", "unanswered", "ignored",
        "been ignored", "fobbed off", "passed from pillar", "passed around", "not had an answer",
        "haven't heard", "havent heard", "have not heard", "nobody answers", "no one answers",
        "no reply yet", "silence", "still no word", "no word", "not a word", "not got back",
        "did not reply", "didn't reply", "never called back", "nothing back", "nowt",
    ),
    "still": (
        "still waiting", "still not", "still no", "still nothing", "still hasn't", "still hasnt",
        "still haven't", "still havent", "still there", "still broken", "still dripping", "still leaking",
        "still the same", "yet again", "once again", "again this week", "as ever", "as usual",
        "and counting", "to this day", "nothing has happened", "nothing happened", "nothing has been done",
        "nothing done", "not been done", "nothing has changed", "no further forward", "no nearer",
        "back to square one", "keeps happening", "every week since", "every time", "for the third time",
        "for the second time", "never came", "never turned up", "did not come", "didn't come", "didnt come",
        "did not turn up", "didn't turn up", "no one came", "nobody came", "nobody turned up", "no show",
        "missed again", "not emptied again", "cancelled again",
    ),
    "promised": (
        "was told", "were told", "been told", "told me", "promised", "assured", "said it would",
        "said they would", "said he would", "said she would", "said someone would", "you said", "they said",
        "was supposed to", "were supposed to", "was meant to", "was due", "booked for", "appointment",
        "target date", "within 28 days", "within ten days", "within 10 working days", "your own letter",
        "your letter said", "the letter said",
    ),
    "reported_before": (
        "i reported", "we reported", "reported this", "reported it", "i have reported", "i've reported",
        "already reported", "i rang", "i phoned", "i called", "i emailed", "i wrote", "we rang", "we wrote",
        "have rung", "have phoned", "have called", "have emailed", "have written", "rang again", "chased",
        "chasing", "third email", "second email", "fourth email", "third time", "second time", "fifth time",
        "third letter", "second letter", "previous emails", "my last email", "my previous", "my email of",
        "my letter of", "since i reported", "logged it", "logged this", "reference number",
    ),
    "unhappy": (
        "not good enough", "unacceptable", "disgusted", "disgusting", "disgraceful", "disgrace", "appalled",
        "appalling", "dissatisfied", "unhappy", "not happy", "fed up", "sick of", "sick and tired",
        "had enough", "let down", "disappointed", "disappointing", "frustrated", "frustrating", "angry",
        "furious", "shocking", "shambles", "joke", "a farce", "ridiculous", "useless", "hopeless",
        "incompetent", "poor service", "terrible service", "at my wits end", "wits' end", "wit's end",
        "end of my tether", "beyond a joke", "waste of time", "unfair", "unreasonable", "inexcusable",
        "wrong", "mistake", "error", "failed", "failure", "lost my", "lost our", "botched", "bodged",
        "worse than before", "left it", "left us", "left me", "not what i was told", "should have been",
        "should never", "how can", "how is it", "why should i", "expected better", "surprised", "bit much",
        "not on", "poor show", "beggars belief",
    ),
    "sarcasm": (
        "well done", "congratulations", "bravo", "wonderful service", "marvellous", "impressive",
        "thanks a lot", "thank you so much for", "how lovely", "what a treat", "hats off", "no doubt",
        "silly me", "lucky us", "lucky me", "i look forward to", "record time", "clearly", "apparently",
        "happy anniversary", "genius",
    ),
    "conduct": (
        "rude", "rudely", "abrupt", "dismissive", "patronising", "patronised", "shouted", "swore",
        "laughed at", "hung up", "put the phone down", "talked over", "spoke to me", "attitude", "sneered",
        "rolled her eyes", "rolled his eyes", "smirked", "made me feel", "unprofessional", "bullied",
        "aggressive",
    ),
    "praise": (
        "thank you", "thanks to", "many thanks", "brilliant", "smashing", "lovely", "wonderful", "grateful",
        "credit to", "credit where", "kindness", "kind", "patience", "patient", "went out of her way",
        "went out of his way", "went the extra mile", "above and beyond", "pass on", "fantastic",
        "excellent", "superb", "well looked after", "a pleasure", "delighted", "made my day",
        "nothing to complain about",
    ),
    # What the sender wants.
    "asks": (
        "could you", "can you", "please can", "please could", "would you", "can someone", "could someone",
        "could somebody", "can somebody", "please send", "please arrange", "please fix", "please remove",
        "please collect", "need to be", "needs to be", "needs doing", "i need", "i would like", "i'd like",
        "we would like", "i want", "we want", "request", "requesting", "apply for", "to report",
        "reporting",
    ),
    "asks_to_know": (
        "how do i", "how can i", "how would i", "what is the", "what are the", "when is", "when does",
        "when will", "where can", "where do", "is there a", "is there any", "are there any", "do you have",
        "do i need", "can i", "am i", "would it be possible", "just wondering", "wondering if",
        "i was wondering", "any update", "an update", "could you tell me", "can you tell me",
        "can you confirm", "please confirm", "please advise", "question", "enquiry", "enquire",
        "suggestion", "suggest", "idea", "consultation",
    ),
    "look_again": (
        "look again", "look at it again", "reconsider", "reconsideration", "review the decision",
        "review your decision", "review of the decision", "appeal", "appealing", "overturn", "challenge",
        "cancel it", "cancel the", "quash", "mandatory reconsideration", "representations",
    ),
    # Answers to complaints.
    "next_stage": (
        "stage 2", "stage two", "stage ii", "second stage", "next stage", "escalate", "escalated",
        "escalation", "take it further", "take this further", "take it to the next", "take it higher",
        "final stage",
    ),
    "answered": (
        "your response", "your reply", "your answer", "your findings", "its findings", "the findings",
        "complaint response", "response to my complaint", "reply to my complaint", "answer to my complaint",
        "stage 1", "stage one", "first stage", "not upheld", "partly upheld", "partially upheld", "upheld",
        "do not accept", "don't accept", "dont accept", "cannot accept", "not satisfied with",
        "not happy with your", "closed my complaint", "complaint closed", "complaint was closed",
        "your letter of", "outcome of my complaint", "investigating officer", "your investigation",
    ),
    "ombudsman": (
        "ombudsman", "ombudsmans", "ombudsman's",
    ),
    "machine": (
        "unsubscribe", "click here", "click below", "seo", "first page of google", "limited time",
        "special offer", "act now", "your account has been", "verify your", "do not reply",
        "automated message", "automatic message", "out of office", "annual leave", "invoice attached",
        "please find attached our", "our products", "free quote", "newsletter", "webinar",
        "view this email in your browser", "dear sir/madam or", "increase your", "boost your", "lottery",
        "beneficiary", "next of kin", "bitcoin", "purchase order", "your parcel", "delivery attempt",
        "cv attached", "my cv", "job vacancy", "vacancy", "dear patient",
    ),
    # Who is concerned.
    "council_blamed": (
        "you people", "your team", "your department", "your officer", "your officers", "your staff",
        "your contractor", "your contractors", "your crew", "your men", "your lads", "your driver",
        "your website", "the council has", "the council have", "the council said", "the council sent",
        "council's", "your system", "you lot", "your office", "your call centre", "your workmen",
        "your engineer", "your operative",
    ),
    "other_blamed": (
        "my neighbour", "my neighbours", "next door", "the neighbour", "the neighbours", "private landlord",
        "my landlord", "the landlord", "housing association", "the weather", "the government", "the school",
        "the bar", "the pub", "the police", "the nhs", "my letting agent", "some idiot", "youths",
        "someone has", "somebody has", "fly tippers", "dog owners",
    ),
    "tenant": (
        "council flat", "council house", "council tenant", "your tenant", "my tenancy", "tenant of yours",
        "secure tenancy", "secure tenant", "your property", "housing officer", "estate office",
        "leaseholder", "service charge", "my rent", "rent account", "rent arrears", "repairs line",
        "repairs team", "the caretaker", "block", "communal", "mutual exchange", "right to buy",
        "the flat above", "flat below", "tower",
    ),
    # Grounds of exclusions.
    "court_filed": (
        "claim number", "claim no", "claim form", "issued a claim", "claim was issued",
        "claim has been issued", "county court", "court hearing", "hearing is listed", "listed for",
        "hearing on", "summons", "summonsed", "liability order", "possession hearing", "tribunal hearing",
        "issued proceedings", "proceedings were issued", "proceedings have been issued",
        "first-tier tribunal", "first tier tribunal", "magistrates", "judicial review",
        "particulars of claim", "warrant of possession", "defence is due",
    ),
    "court_threat": (
        "letter before action", "letter before claim", "letter of claim", "pre-action", "pre action",
        "take you to court", "see you in court", "legal action", "legal advice", "my solicitor",
        "our client", "our solicitor", "instructed by", "issue proceedings", "commence proceedings",
        "small claims", "sue", "suing", "intend to issue", "take legal", "court if", "seek an injunction",
        "disrepair protocol", "without further notice", "solicitors",
    ),
    "considered_before": (
        "final response", "stage 2 response", "stage two response", "after stage 2", "after stage two",
        "ombudsman decided", "ombudsman has decided", "ombudsman found", "ombudsman did not",
        "ombudsman's decision", "ombudsman decision", "ombudsman's final", "the ombudsman closed",
        "the tribunal decided", "tribunal ruled", "tribunal dismissed", "judge ruled", "court decided",
        "been through your procedure", "both stages", "completed your procedure", "exhausted",
        "already been considered", "ombudsman would not",
    ),
    "penalty_notice": (
        "pcn", "penalty charge", "parking ticket", "parking fine", "bus lane fine", "bus gate", "the fine",
        "a ticket", "penalty notice", "notice to owner",
    ),
    "planning_refusal": (
        "planning refusal", "refused planning", "planning permission was refused", "refusal of planning",
    ),
    "benefit_decision": (
        "housing benefit", "council tax support", "council tax reduction", "overpayment",
        "benefit decision", "discretionary housing payment", "backdated", "universal credit",
    ),
    "banding": (
        "council tax band", "wrong band", "banding", "band c", "band d", "band e", "valuation office",
        "liable", "liability",
    ),
    "school_place": (
        "school place", "admission appeal", "admissions appeal", "not given a place", "place at",
        "permanent exclusion", "excluded from school", "school transport", "transport refused", "ehcp",
        "ehc plan", "ehc", "send tribunal",
    ),
    "homeless_decision": (
        "not in priority need", "intentionally homeless", "section 202", "s202", "suitability review",
        "homelessness decision", "not homeless", "housing register", "banding decision", "band b",
        "bidding",
    ),
    "badge_refusal": (
        "blue badge", "badge was refused", "refused a badge", "refused my badge", "badge application",
        "bus pass",
    ),
    "policy": (
        "policy", "budget", "cuts", "closing the", "closure of", "close the library", "increase in",
        "went up", "council tax rise", "charge for", "charges for", "decision to close", "decided to close",
        "consultation", "councillors voted", "the cabinet", "petition", "fortnightly collections",
        "low traffic", "ltn", "garden waste charge", "putting up", "axe", "scrapping",
    ),
    "social_care": (
        "social worker", "social workers", "social care", "social services", "care package", "care home",
        "carers", "carer's assessment", "care assessment", "home care", "safeguarding team",
        "children's services", "direct payments", "direct payment", "foster", "adoption", "contact centre",
        "care plan", "occupational therapist", "respite", "care act", "child protection", "leaving care",
        "personal adviser", "day centre", "care visits",
    ),
    "school_running": (
        "teacher", "teachers", "headteacher", "head teacher", "the head", "bullying", "bullied at school",
        "detention", "uniform", "form tutor", "school office", "playground", "the academy", "year 9",
        "year 7", "governors", "classroom", "homework", "lessons",
    ),
    "councillor": (
        "councillor", "cllr", "the councillor", "ward councillor", "monitoring officer", "code of conduct",
        "elected member", "mayor", "the leader of the council",
    ),
    "other_body": (
        "county council", "county highways", "highways england", "national highways", "police", "the nhs",
        "hospital", "gp surgery", "the surgery", "housing association", "water company", "thames water",
        "dvla", "dwp", "hmrc", "passport office", "jobcentre", "job centre", "royal mail", "network rail",
        "bus company", "energy supplier", "broadband", "estate agent", "letting agent", "private landlord",
        "environment agency", "electric company", "gas company", "the water board", "home office",
        "parking company", "supermarket", "neighbouring council", "borough next door", "wrong council",
    ),
    "information": (
        "freedom of information", "foi", "subject access", "sar", "data breach", "data protection", "gdpr",
        "ico", "information commissioner", "personal data", "my data", "internal review",
        "someone else's letter", "somebody else's letter", "wrong address", "environmental information",
    ),
    "damages": (
        "compensation for", "compensate", "reimburse", "reimbursement", "claim for damage", "damage to my",
        "damaged my", "insurance", "insurer", "insurers", "injury", "injured", "fractured", "broke my",
        "pothole", "new tyre", "alloy", "tripped", "fell over", "ruined", "flooded", "cost of repair",
        "liability claim",
    ),
    "employment": (
        "my manager", "line manager", "my shift", "payslip", "wages", "my pay", "overtime", "redundancy",
        "grievance", "dismissal", "dismissed", "interview", "shortlisted", "job application", "vacancy",
        "unison", "my contract", "employed by", "recruitment", "hr", "human resources",
        "applied for the post", "pension", "the role of", "rota", "my cv",
    ),
    "good_reason_late": (
        "only found out", "only just found", "only learnt", "only learned", "just discovered",
        "only discovered", "did not know", "didn't know", "had no idea", "could not have known",
        "only came to light", "was in hospital", "i was ill", "have been ill", "was too ill", "passed away",
        "chemotherapy", "breakdown", "was caring", "bereavement", "only now",
    ),
    "still_going_on": (
        "still going on", "ever since", "to this day", "still happening", "ongoing", "is still",
        "are still", "continues", "carries on", "it's still", "still have", "still has", "still not",
        "every week", "every month",
    ),
    # People.
    "for_somebody": (
        "on behalf of", "behalf of", "my mother", "my father", "my mum", "my dad", "my nan", "my gran",
        "my grandmother", "my grandad", "my aunt", "my uncle", "my parents", "my brother", "my sister",
        "my neighbour", "my client", "our client", "my constituent", "a constituent", "constituents",
        "my friend", "my elderly", "i support", "i am supporting", "support worker", "her behalf",
        "his behalf", "their behalf", "mum's", "mother's", "dad's", "father's", "my husband", "my wife",
        "my partner", "for a neighbour", "power of attorney", "i act for", "we act for", "i write for",
        "writing for", "helping",
    ),
    "elected": (
        "mp", "member of parliament", "house of commons", "my constituent", "my constituents",
        "a constituent", "constituent", "cllr", "ward surgery", "casework", "caseworker", "my ward",
        "district councillor", "parish councillor", "city councillor", "borough councillor",
    ),
    "vulnerable": (
        "disabled", "disability", "wheelchair", "dementia", "alzheimer's", "alzheimers", "autistic",
        "autism", "asthma", "cancer", "chemo", "copd", "oxygen", "stroke", "heart condition", "diabetic",
        "epilepsy", "pregnant", "pregnancy", "baby", "newborn", "toddler", "small children", "little one",
        "little ones", "my son is", "my daughter is", "depression", "anxiety", "mental health", "ptsd",
        "bipolar", "suicidal", "bereaved", "passed away", "died", "funeral", "widow", "widowed", "elderly",
        "frail", "blind", "deaf", "partially sighted", "sight loss", "arthritis", "carer", "refuge",
        "domestic abuse", "domestic violence", "hospital", "operation", "disabled son", "disabled daughter",
        "pensioner", "housebound", "learning disability", "learning difficulties", "parkinson's",
        "parkinsons", "ms", "fibromyalgia", "crutches", "walking frame", "inhaler", "months old",
        "weeks old", "year old", "special needs", "adhd", "sen", "care leaver",
    ),
    "adjustment": (
        "large print", "bigger print", "big print", "braille", "interpreter", "bsl", "sign language",
        "easy read", "audio", "by phone only", "phone only", "phone me", "ring me instead", "do not phone",
        "don't phone", "dont phone", "do not ring", "don't ring", "dont ring", "cannot use the phone",
        "can't use the phone", "email only", "by email only", "text only", "text me", "by text",
        "only by text", "in writing only", "by post", "paper form", "paper copy", "paper copies",
        "home visit", "more time", "extra time", "call my son", "call my daughter", "ring my daughter",
        "ring my son", "speak to my daughter", "speak to my son", "reasonable adjustment",
        "reasonable adjustments", "coloured paper", "yellow paper", "relay uk", "text relay",
        "screen reader", "plain english", "read to me", "translated", "lip read", "lipread",
    ),
    "hazard": (
        "no heating", "no hot water", "no water", "without heating", "without hot water", "gas leak",
        "smell gas", "smell of gas", "smells of gas", "bare wires", "exposed wires", "exposed wiring",
        "live wires", "sparks", "sparking", "electric shock", "ceiling is coming", "ceiling has come",
        "ceiling came", "ceiling collapsed", "ceiling falling", "carbon monoxide", "black mould", "mould",
        "damp", "asbestos", "needles", "syringes", "broken glass", "fire door", "fire exit", "smoke alarm",
        "collapsed", "collapse", "dangerous", "danger", "unsafe", "sewage", "raw sewage", "broken window",
        "no lock", "won't lock", "unclamped", "loose brick", "hanging off", "no electric", "no electricity",
        "no power", "no lights", "flooding", "rats",
    ),
    "safeguarding": (
        "abuse", "abused", "abusive partner", "hits her", "hits him", "hit her", "hit him", "hitting",
        "neglected", "neglect", "bruise", "bruises", "not being fed", "not fed", "frightened of",
        "scared of him", "scared of her", "my ex", "ex partner", "ex-partner", "found me", "find me",
        "refuge", "injunction", "kill myself", "end it all", "end my life", "no point", "not be here",
        "don't want to be here", "dont want to be here", "suicidal", "suicide", "self harm", "self-harm",
        "taking my own life", "better off without me", "exploited", "exploitation", "cuckooing", "cuckooed",
        "county lines", "grooming", "left alone", "left in", "locked in", "stealing from", "controlling",
        "violent", "violence", "stalking", "marac", "can't go on", "cant go on", "unsafe at home",
        "crying every night", "screaming",
    ),
    "abuse_of_staff": (
        "scum", "idiots", "morons", "moron", "cretin", "bastards", "bastard", "wankers", "wanker", "twat",
        "twats", "bitch", "you deserve", "i know where", "watch your back", "break your", "smash your",
        "knock your", "come down there and", "you'll regret", "hope you die", "hope you get",
        "find out where", "sort you out", "pricks", "prick", "stupid cow", "lazy cow", "brain dead",
        "braindead", "useless cow", "fat cow", "punch", "burn", "petrol", "kick your", "arseholes",
        "arsehole", "parasites", "vermin",
    ),
}  # fmt: skip

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_NUMBER = (
    r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|a few|many|couple of)"
)
_START = rf"(?:\d|{_MONTH}|last|before|\w+day|christmas|easter|then|summer|winter|spring|autumn)"
_MONTHS_OVER_A_YEAR = (
    r"(?:1[3-9]|[2-9]\d|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty) months"
)
_ORDINAL = r"(?:second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|6th)"
_RELATIVE = r"(?:he|she|mum|dad|mother|father|nan|husband|wife)(?:'s| is)"


def _pattern(text: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(text, flags)


PATTERNS: dict[str, re.Pattern[str]] = {
    "date": _pattern(
        rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}"
        r"|\d{1,2}/\d{1,2}(?:/\d{2,4})?)\b"
    ),
    "duration": _pattern(
        rf"\b(?:for|after|in|over|nearly|almost|about|another|past|last)? ?{_NUMBER} "
        r"(?:days?|weeks?|wks?|months?|years?|yrs?|hours?|nights?)\b"
    ),
    "since": _pattern(rf"\bsince (?:the )?{_START}"),
    "times": _pattern(
        rf"\b(?:{_NUMBER}|countless|numerous) (?:times|emails?|calls?|letters?|phone ?calls?|visits"
        r"|weeks running|appointments?)\b"
    ),
    "ordinal_contact": _pattern(
        rf"\b{_ORDINAL} (?:time|email|e-mail|letter|call|message|attempt|visit|week|month|request|report)\b"
    ),
    "years_ago": _pattern(
        rf"\b(?:(?:{_NUMBER}|a|over a|more than a|nearly two) years? ago|back in (?:19|20)\d\d"
        rf"|in (?:19|20)\d\d|last year|year before last|{_MONTHS_OVER_A_YEAR})\b"
    ),
    "claim_number": _pattern(
        r"\b(?:claim (?:no\.?|number|ref(?:erence)?)[:. ]*)?"
        r"(?:[A-Z]\d{2}[A-Z]{2}\d{3}|\d{3}MC\d{3}|[A-Z]\d{2}[A-Z]{2}\d{2,4})\b",
        re.NOFLAG,
    ),
    "age": _pattern(
        rf"\b(?:aged?|{_RELATIVE}|i am|i'm|im|who is|,) ?(?:[6-9]\d)\b"
        r"|\b(?:[6-9]\d|eighty|ninety|seventy)[- ]?(?:\w+[- ])?year[- ]?old"
        r"|\b\d{1,2}[- ](?:month|week|year|yr)[- ]?old\b"
    ),
}

COUNTED: dict[str, re.Pattern[str]] = {
    "question": _pattern(r"\?"),
    "exclamation": _pattern("!"),
    "money": _pattern(r"£ ?\d"),
    "link": _pattern(r"https?://|www\."),
    "form": _pattern(r"^[A-Z][\w /]{2,30}: \S", re.MULTILINE),
    "negation": _pattern(
        r"\b(?:not|no|never|nobody|nothing|none|neither|without|cannot|\w+n[’']t|dont|cant|wont|didnt|hasnt"
        r"|havent|isnt|wasnt|doesnt)\b"
    ),
    "first_person": _pattern(r"\b(?:i|my|me|we|our|us)\b"),
    "second_person": _pattern(r"\b(?:you|your|yours)\b"),
    "shouting": _pattern(r"\b[A-Z]{4,}\b", re.NOFLAG),
}

SENDERS: dict[str, re.Pattern[str]] = {
    "elected": _pattern(r"\b(?:cllr|councillor|mp|msp)\b|parliament"),
    "firm": _pattern(
        r"solicitor|\bllp\b|\blaw\b|legal|advice|charity|support|association|casework|office of|trust|centre"
    ),
    "machine": _pattern(r"no-?reply|donotreply|notification|alerts?@|newsletter|mailer"),
}
"""What a sender's name or address may say of who writes."""
