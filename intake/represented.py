"""For whom somebody writes, where they say so: a parent, a neighbour, a client, a constituent.

Precision comes first: a name is proposed to an officer who confirms it, and a wrong one would bring somebody
into a case who has nothing to do with it. Never a council, a firm or a group.
"""

import re
from collections.abc import Iterator, Sequence

_LONGEST_SEARCHED = 6_000
_REACH = 160
_WRAPPED_FROM = 45
_MOST_CUES = 40
_BEFORE_CUE = 80
_BEHIND_CUE = 40

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof(?:essor)?|Sir|Dame|Lady|Lord|Revd?|Reverend|MR|MRS|MS|MISS|DR)\.?"
_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_WORD = rf"{_CAPITAL}[\w-]{{1,30}}(?:['’]{_CAPITAL}[\w-]{{1,30}})?|{_CAPITAL}['’]{_CAPITAL}?[\w-]{{2,30}}"
_FIRST = rf"(?:(?:{_WORD}|[A-Z]\.?) )"
_TITLED = rf"{_TITLE} (?:(?:and|&) {_TITLE} )?{_FIRST}{{0,3}}(?:{_WORD})"
_BARE = rf"{_FIRST}{{1,3}}(?:{_WORD})"
_ONE = rf"(?:{_TITLED}|{_FIRST}{{0,3}}(?:{_WORD}))"
_ENDS = r"(?!['’]s\b)(?!\w)"
_LINK = (
    r"(?:[,–(-]| [–-])?(?: aged? \d{1,3},?)?"
    r"(?: (?:who is |who's |is )?(?:called|named|namely|name is))?[,:]? ?\(?"
)
_KIN = (
    r"(?:(?:late|elderly|disabled|dear|own|poor|old|frail|blind|deaf|vulnerable|younger|youngest|older|eldest|"
    r"adult|step|foster|next[- ]door|downstairs|upstairs|\d{1,3}[- ]year[- ]old)[ -]){0,2}"
    r"(?P<kin>(?:mother|mum|mam|mom|father|dad|grand(?:mother|father|ma|pa|dad|son|daughter)|nan|nana|gran|"
    r"granny|husband|wife|partner|son|daughter|brother|sister|uncle|aunt|auntie|cousin|nephew|niece|neighbour|"
    r"friend|client|constituent|service user)(?:[- ]in[- ]law)?)"
)
_CARER = (
    r"as (?:the |his |her |their )?(?:attorney|deputy|advocate|appointee|carer|representative) (?:for|of)"
)

_CONSTITUENT = re.compile(
    r"\b(?:(?:my|our|her|his) (?:constituent|client)|a constituent(?: of (?:mine|ours))?|"
    r"one of (?:my|our|her|his) constituents|"
    r"(?:I|we) (?:act|write|am acting|are acting|are instructed) (?:for|by|on behalf of)"
    r"(?: (?:my|our) client,?)?|"
    r"with the (?:\w+ )?(?:consent|permission|authority|agreement) of)(?=[ ,:])",
    re.IGNORECASE,
)
_WITH_CONSENT = re.compile(
    rf"\b[Ww]ith (?P<name>{_TITLED})['’]s? (?:\w+ )?(?:consent|permission|authority|agreement)\b"
)
_BEHALF = re.compile(rf"\b(?:on (?:the )?behalf of|{_CARER}) ", re.IGNORECASE)
_FOR = re.compile(r"\bfor (?=(?:my|our) )", re.IGNORECASE)
_CARERS = ("attorney", "deputy", "advocate", "appointee", "carer", "representative")
_CONSENTS = ("consent", "permission", "authority", "agreement")
_CUES_OF_CONSTITUENT = (
    "constituent",
    "client",
    " act",
    " write for",
    "writing for",
    "instructed",
    *_CONSENTS,
)
_CUES_OF_BEHALF = ("behalf of", *_CARERS)
_CUES_OF_FOR = ("for my ", "for our ")

_WRITES = (
    r"\b(?:writ(?:e|ing|ten)|e-?mail(?:ing|ed)?|complain(?:ing)?|contact(?:ing|ed)?|act(?:ing)?|"
    r"getting in touch|get in touch)\b"
)
_ASKS = (
    r"\b(?:mak(?:e|ing)|made|rais(?:e|ing)|submit(?:ting|ted)?|lodg(?:e|ing)|report(?:ing)?|appeal(?:ing)?|"
    r"apply(?:ing)?|speak(?:ing)?|send(?:ing)?|ask(?:ing)?|log(?:ging)?|enquir(?:e|ing)|request(?:ing)?|"
    r"bring(?:ing)?)\b"
)
_I = (
    r"\b(?:I|We|we|i)(?:['’](?:m|ve|re|d|ll))?\b(?! (?:spoke|rang|called|saw|met|heard|was told|were told)\b)"
)
_I_WRITE = re.compile(rf"{_I}[^.]{{0,80}}{_WRITES}|^(?i:{_WRITES})")
_I_ASK = re.compile(
    rf"{_I}[^.]{{0,80}}(?:{_WRITES}|{_ASKS})|^(?i:{_WRITES}|{_ASKS})|"
    r"^(?i:(?:this|my|our|a|the|following)?(?: \w+)? ?"
    r"(?:complaint|letter|e-?mail|message|enquiry|appeal|request))\b"
)
_OF_KIN = re.compile(rf"(?i:(?:my|our) {_KIN}\b)")
_LINKED_NAME = re.compile(rf"{_LINK}(?P<name>{_ONE}){_ENDS}")
_LINKED_FULL_NAME = re.compile(rf"{_LINK}(?P<name>{_TITLED}|{_BARE}){_ENDS}")
_FULL_NAME = re.compile(rf"(?:the late )?(?P<name>{_TITLED}|{_BARE}){_ENDS}")
_NAME_IS = (
    r"\b(?i:(?:my|our) KIN(?:['’]s(?: full)? name)?(?:,| is| is called|['’]s called)?|"
    r"(?:his|her|their) name is) "
)
_REFERENCE_LINE = re.compile(
    rf"^[ \t]*(?i:re|our client|client|constituent|resident|patient) ?[:–-] ?(?P<name>{_TITLED}){_ENDS}",
    re.MULTILINE,
)
_PREFIX = re.compile(r"^\s*(?:(?:re|fwd?|fw|wg|aw|tr)\s*:\s*){1,5}", re.IGNORECASE)
_SUBJECT_NAME = re.compile(rf"(?:^|[:,–-] ?)(?P<name>{_TITLED}){_ENDS}")

_NO_PERSON = frozenset(  # Words of places, firms and groups, and of what follows a name by mistake.
    """
    academy advice age agency alliance all any association avenue board borough branch bureau care
    centre charity church citizens city cllr close club college committee community company
    complaints council councillor county court crescent dear department district drive estate
    estates everybody everyone families family flat flats forum foundation friends gardens
    government group head hello home homes hospital house housing households i lane limited llp
    local ltd management many members mews ministry mp neighbourhood neighbours network nhs nursery
    office ombudsman our parents parish park parking partnership party place please plc police
    properties residents road row school scheme service services several shop sir society solicitors
    some square staff street surgery team tenants terrace the they this those town trust uk union
    university view village walk ward way we wharf who your
    """.split()  # noqa: SIM905  # a hundred quotation marks would hide the words
)


def represented_in_subject(subject: str, *, by_profession: bool) -> str:
    """Return the name of whom a subject says the mail is for, empty where it says nothing.

    Solicitors, members and advocates (`by_profession`) also put the bare name of their client there.
    """
    bare = _PREFIX.sub("", subject)
    name = _name_for(bare)
    if not name and by_profession:
        found = _REFERENCE_LINE.search(bare) or _SUBJECT_NAME.search(bare)
        name = _person(found)
    return name


def represented_in_text(text: str, *, by_profession: bool) -> str:
    """Return the name of whom a text says it is written for, empty where it says nothing."""
    name = _name_for(text)
    if not name and by_profession:
        name = _person(_REFERENCE_LINE.search(text[:_LONGEST_SEARCHED]))
    return name


def _name_for(text: str) -> str:
    text = text[:_LONGEST_SEARCHED]
    lowered = text.lower()
    if not any(cue in lowered for cue in (*_CUES_OF_CONSTITUENT, *_CUES_OF_BEHALF, *_CUES_OF_FOR)):
        return ""
    return next(filter(None, _names(_as_prose(text))), "")


def _as_prose(text: str) -> str:
    """Join lines that a program wrapped, and end a sentence where somebody began a new line."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    pieces = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        goes_on = len(line) >= _WRAPPED_FROM or following[:1].islower()
        pieces.append(line + (" " if goes_on and following else " . "))
    return "".join(pieces)


def _names(prose: str) -> Iterator[str]:
    """Yield the names that are written for, the surest first."""
    for cue in _near(_CUES_OF_CONSTITUENT, _CONSTITUENT, prose):
        yield _person(_LINKED_FULL_NAME.match(prose, cue.end()))
    for cue in _near(_CONSENTS, _WITH_CONSENT, prose):
        yield _person(cue)
    for cue in _near(_CUES_OF_BEHALF, _BEHALF, prose):
        if _I_ASK.search(_sentence_before(prose, cue.start())):
            yield _person(_FULL_NAME.match(prose, cue.end())) or _kin_named(prose, cue.end())
    for cue in _near(_CUES_OF_FOR, _FOR, prose):
        if _I_WRITE.search(_sentence_before(prose, cue.start())):
            yield _kin_named(prose, cue.end())


def _near(cues: Sequence[str], pattern: re.Pattern[str], prose: str) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds around the words without which it finds nothing."""
    lowered, tried = prose.lower(), 0
    for cue in cues:
        place = lowered.find(cue)
        while place >= 0 and tried < _MOST_CUES:
            tried += 1
            yield from pattern.finditer(prose, max(0, place - _BEFORE_CUE), place + _BEHIND_CUE)
            place = lowered.find(cue, place + _BEHIND_CUE)


def _sentence_before(prose: str, place: int) -> str:
    before = prose[max(0, place - _REACH) : place]
    return re.split(r"[.!?:] ", before)[-1].lstrip()


def _kin_named(prose: str, place: int) -> str:
    """Return the name of somebody's mother or neighbour, which may come a sentence later."""
    kin = _OF_KIN.match(prose, place)
    if kin is None:
        return ""
    name = _person(_LINKED_NAME.match(prose, kin.end()))
    if name:
        return name
    later = re.compile(_NAME_IS.replace("KIN", re.escape(kin["kin"])) + rf"(?P<name>{_ONE}){_ENDS}")
    return _person(later.search(prose, kin.end()))


def _person(found: re.Match[str] | None) -> str:
    """Return a name, empty where it is that of a place, a firm or a group."""
    if found is None:
        return ""
    words = [word.strip(".").casefold() for word in found["name"].split()]
    titled = re.match(rf"{_TITLE} ", found["name"])
    named = words[1:] if titled else words
    return "" if _NO_PERSON.intersection(named) else found["name"].rstrip(".")
