"""Scans of typed letters to measure with: text of our own on A4 at 200 dots an inch, worn as paper wears."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

DOTS_AN_INCH = 200
_PAGE = (1654, 2339)
_MARGIN = 180
_SPECKS = 0.01
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
_TYPES = (
    ("DejaVuSerif.ttf", 11),
    ("DejaVuSans.ttf", 11),
    ("DejaVuSerif.ttf", 12),
    ("DejaVuSans.ttf", 12),
    ("DejaVuSerif.ttf", 11),
    ("DejaVuSans.ttf", 12),
)

LETTERS = (
    """14 Larkspur Close
Harrowmere
HW4 7QD

3 March 2026

Harrowmere Borough Council
Complaints

Dear Sir or Madam,

Damp in the back bedroom

I have written to you twice about the damp in my flat, on 12 January and again on 9 February, and I have
had no answer beyond a card saying that somebody would telephone. Nobody has. The wallpaper behind the
wardrobe has come away from the wall and the plaster underneath is black from the skirting to about four
feet. My son Toby is six. He has been to the surgery three times since Christmas with his chest, and the
doctor has given us a letter which I enclose.

A surveyor called on 21 January. He was in the flat for less than ten minutes, he did not move any of
the furniture, and he told me that I should open the windows more often. I open them every morning. The
gutter outside that wall has been broken since the storm in November, and when it rains the water runs
down the bricks. I showed him the stain and he wrote nothing down.

I should like three things. First, please mend the gutter. Second, please send somebody who will look at
the wall properly, with the furniture moved, and let me have a copy of what they write. Third, please
tell me why a visit that was promised for 16 February between 8 and 12 did not take place. I lost a
morning's wages, £46.80, waiting for it.

My telephone number is 01632 960118 and I am at home after half past four. My tenancy number is HB/20774/C.

Yours faithfully,

Marian Oakshott""",
    """Flat 3, 88 Tannery Road
Harrowmere HW1 2BN

17th February, 2026

The Complaints Officer
Harrowmere Borough Council

Dear Officer,

Missed collections, reference WA-55912

Our brown bin has not been emptied since before the new year. The calendar on your website says
alternate Tuesdays, and on every one of those Tuesdays the bin has stood at the kerb by six in the
morning with its lid closed. I have reported it five times, on 6 January, 20 January, 21 January, 3
February and yesterday. Each report brings the same automatic reply, which thanks me and says that the
crew will return within two working days. They have not returned once.

Mr Prideaux at number 90, who is eighty-one, has the same trouble and cannot manage the website. I have
therefore written for both of us. He pays for the garden service as I do, £54 a year, by direct debit on
the first of April.

When I rang on Friday 13 February I held for thirty-five minutes. The young man who answered was polite
but he told me that the lorry "could not get past parked cars". There are no parked cars. The road has
had double yellow lines on both sides since 2019. I offered to send photographs and he said that there
was nowhere to put them.

What I want is quite simple: empty the bins, tell the crew that the road is clear, and refund the part
of the charge that covers the eight weeks without a service. If you will not refund it please say why,
and tell me how I take the matter further.

Yours sincerely,

D. R. Penhallow (Mrs)
Telephone 01632 960244""",
    """The Old Forge, Nether Lane
Harrowmere HW9 5TS

Monday 9 March 2026

Planning and Building Control
Harrowmere Borough Council

Dear Madam,

Application 26/00431/FUL, land behind Nether Lane

I wish to complain about the way in which this application was handled. I do not ask you to change the
decision.

The notice on the lamp post gave 27 February as the last day for comments. I sent mine on 24 February
through the website and received a receipt numbered 7719. The officer's report was published on 26
February, a day before the period ended, and it says that "no objections were received". When I asked
the case officer about this she told me that comments take up to five days to appear and that the report
"had to go out". She was not able to tell me whether anybody had read mine.

There are eleven houses in the lane. At least six of us wrote, and I have copies of four of the letters.
None of them is mentioned. The drawing in the file shows the access at 4.8 metres wide; I have measured
it, and it is 3.1 metres between the gate posts.

Please would you explain how a report can be finished before the comments are in, what was done with
ours, and whether the width was checked by anyone on the site. I should also like an apology to my
neighbour, Mr Abernethy, who was told on the telephone that he was "wasting everyone's time".

I look forward to your reply within ten working days, as your policy promises.

Yours faithfully,

Honor Wetherall""",
    """52 Quarry Street
Harrowmere
HW2 8LL

28/02/2026

Dear Council Tax team,

Account 4410 8836 2

I moved out of 7 Mill Court on 30 September 2025 and told you so on your form the same week. Since
then I have had a reminder for £312.40, a final notice, and on Thursday a summons to the magistrates'
court on 19 March with costs of £85 added.

I have rung four times. Every person has told me that they can see my form on the screen. One of them,
a gentleman called Neville, said that he would "put a stop on it" and that I could ignore the letters. I
did ignore them, and now there is a summons.

I am a care worker and I am paid by the hour. I cannot take a day off to stand in a court over a flat
that somebody else has lived in since October. I have not been sleeping and I am frightened of what a
court order would do to my new tenancy.

Please withdraw the summons and the costs, correct the account, and send me a letter that says so
which I can show to my landlord. I would also like to know why the stop was never put on.

I enclose a copy of the form, the check-out inventory dated 30/09/2025 and my new agreement.

Yours faithfully,

Josephine Adeyemi-Clarke
01632 960387""",
    """Copse View
Barrow Hill
Harrowmere HW6 3JF

2 April 2026

To whom it may concern

Adult Social Care: my mother, Mrs Edith Farrant

My mother is eighty-eight and has dementia. Since 5 January she has been supposed to have a carer for
forty-five minutes each morning and thirty minutes each evening. I keep a diary. In the twelve weeks to
29 March the morning visit was missed on nine days and the evening visit on fourteen. On twenty-two
other days the carer stayed for less than fifteen minutes. On 11 March nobody came at all, and when I
arrived at seven in the evening my mother was sitting in the dark in her nightdress and had not eaten.

I raised this with the agency, Brightwater Homecare, and they told me to speak to the council. I spoke
to the council and the duty social worker told me to speak to the agency. A review meeting was fixed for
18 March. I took an afternoon off and drove forty miles, and it was cancelled by e-mail while I was on
the road.

I have power of attorney for my mother's health and welfare, and a copy is on your file. I am asking you
to look into the following: who checks that visits take place; what the council has paid for visits that
did not; why the meeting was cancelled and whether it will be held; and what will be done so that she is
safe this week.

I know that carers are short and I do not blame the women who come. Two of them, Grace and Pauline, have
been kindness itself. But somebody is responsible, and I should like to know who.

Yours sincerely,

Rosalind Farrant-Hughes
Telephone: 01632 960951""",
    """Harrowmere Bowls Club
The Pavilion, Jubilee Park
Harrowmere HW3 1AA

Wednesday 25 March 2026

Dear Parks Manager,

The floodlights at Jubilee Park

I write on behalf of forty-three members. The lights on the car park side went out on 14 December
and have not worked since. We have reported this on line (reference PK/3308), by telephone, and in
person at the Civic Centre on 5 February, where a lady took our details on the back of an envelope.

On 22 January our treasurer, Mr Lionel Strickland, who is seventy-four, tripped over the kerb in the
dark and broke his wrist. He was taken to the infirmary by another member. We filled in an accident
form the next day and have heard nothing. His daughter is now asking us whether the council has
insurance, and we do not know what to tell her.

Your letter of 2 March says that the contractor "attended and found no fault". We were there that
evening, and nobody came. If the contractor has been paid for a visit, you may wish to ask him where
he went.

Would you kindly arrange for the lights to be mended before the season opens on Saturday 18 April,
tell us what became of the accident form, and give us the name of a person to whom we can write? We
have used this green since 1931 and have never had to complain before.

Yours faithfully,

Cuthbert Ainsley, Honorary Secretary""",
)


@dataclass(frozen=True)
class Scan:
    """A worn page as a file, and what was typed on it."""

    content: bytes
    content_type: str
    letter: str


def conditions() -> dict[str, Callable[[int], Image.Image]]:
    """Return what may befall a letter: a name, and a function of the letter's number that gives the page."""
    return {
        "clean": typed,
        "skewed": _skewed,
        "noisy": _noisy,
        "low contrast": _low_contrast,
        "rotated 90": lambda number: _turned(number, 90),
        "rotated 180": lambda number: _turned(number, 180),
        "rotated 270": lambda number: _turned(number, 270),
        "faint photocopy": _faint,
    }


def scans(condition: str, *, pages: int) -> Iterator[Scan]:
    """Yield so many scans under a condition: a JPEG, a PNG, a PDF, and again."""
    wear = conditions()[condition]
    for number in range(pages):
        form = ("JPEG", "PNG", "PDF")[number % 3]
        content = io.BytesIO()
        wear(number).save(content, form, quality=80, resolution=DOTS_AN_INCH, dpi=(DOTS_AN_INCH,) * 2)
        kind = "application/pdf" if form == "PDF" else f"image/{form.lower()}"
        yield Scan(content.getvalue(), kind, LETTERS[number % len(LETTERS)])


def typed(number: int) -> Image.Image:
    """Return a letter as it left the printer."""
    face, points = _TYPES[number % len(_TYPES)]
    font = ImageFont.truetype(str(_FONTS / face), round(points * DOTS_AN_INCH / 72))
    page = Image.new("L", _PAGE, 255)
    drawing, down = ImageDraw.Draw(page), _MARGIN
    for paragraph in LETTERS[number % len(LETTERS)].split("\n\n"):
        for line in _lines(paragraph, font):
            drawing.text((_MARGIN, down), line, 20, font)
            down += round(font.size * 1.3)
        down += round(font.size * 0.7)
    assert down < _PAGE[1], f"letter {number} does not fit on its page"
    return page


def _lines(paragraph: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    """Yield a paragraph's lines: short ones as they are, the others filled to the width of the page."""
    lines = paragraph.split("\n")
    if max(map(len, lines)) < 60:  # noqa: PLR2004  # an address, not prose
        yield from lines
        return
    held = ""
    for word in paragraph.split():
        longer = f"{held} {word}".strip()
        if font.getlength(longer) > _PAGE[0] - 2 * _MARGIN:
            yield held
            longer = word
        held = longer
    yield held


def _skewed(number: int) -> Image.Image:
    """Return a page laid on the glass up to three degrees askew."""
    degrees = (3.0, -3.0, 1.3, -2.1, 2.6, -0.7)[number % 6]
    return typed(number).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)


def _noisy(number: int) -> Image.Image:
    """Return a page with the grain of a bad sensor, and one pixel in fifty black or white."""
    drawn = np.random.default_rng(number)
    page = _levels(typed(number)) + drawn.normal(0, 25, _PAGE[::-1])
    chance = drawn.random(_PAGE[::-1])
    page[chance < _SPECKS] = 0
    page[chance > 1 - _SPECKS] = 255
    return _picture(page)


def _low_contrast(number: int) -> Image.Image:
    """Return grey type on grey paper, thirty levels apart out of 255, with a little grain."""
    drawn = np.random.default_rng(number)
    page = 150 + _levels(typed(number)) / 255 * 30 + drawn.normal(0, 2, _PAGE[::-1])
    return _picture(page)


def _turned(number: int, degrees: int) -> Image.Image:
    """Return a page that went into the feeder sideways or upside down."""
    return typed(number).rotate(degrees, expand=True)


def _faint(number: int) -> Image.Image:
    """Return a copy of a copy: thin broken strokes, a dark edge, specks, and toner running out downwards."""
    drawn = np.random.default_rng(number)
    soft = typed(number).filter(ImageFilter.GaussianBlur(1.0))
    ink = 1 - _levels(soft) / 255
    worn = np.clip(ink - 0.12 - drawn.random(_PAGE[::-1]) * 0.35, 0, 1)
    toner = np.linspace(150, 80, _PAGE[1])[:, None]
    shade = 238 - 60 * np.exp(-np.arange(_PAGE[0]) / 90)[None, :]
    page = shade - worn * toner + drawn.normal(0, 5, _PAGE[::-1])
    page[drawn.random(_PAGE[::-1]) < _SPECKS / 25] = 120
    return _picture(_levels(_picture(page).filter(ImageFilter.GaussianBlur(0.6))))


def _levels(page: Image.Image) -> NDArray[np.float64]:
    return np.asarray(page, dtype=np.float64)


def _picture(levels: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
