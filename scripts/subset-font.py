"""Makes a font of the end credits: the letters that its themes need, as woff2, with another name.

    subset-font.py FONT.ttf INTO.woff2 "Name of the family"
"""

import sys

from fontTools import subset
from fontTools.ttLib import TTFont

RANGES = [
    (0x20, 0x7E),  # Latin
    (0xA0, 0x17F),  # Latin-1 and Extended-A
    (0x18F, 0x18F),
    (0x192, 0x192),
    (0x218, 0x21B),  # Romanian
    (0x2C6, 0x2C7),
    (0x2D8, 0x2DD),
    (0x300, 0x304),  # marks
    (0x306, 0x30C),
    (0x327, 0x328),
    (0x384, 0x3CE),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x490, 0x491),
    (0x1E80, 0x1E85),  # Welsh
    (0x1E9E, 0x1E9E),
    (0x2010, 0x2015),  # punctuation
    (0x2018, 0x2022),
    (0x2026, 0x2026),
    (0x2030, 0x2030),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x20A9, 0x20AC),  # currencies
    (0x20B4, 0x20B4),
    (0x20B9, 0x20B9),
    (0x20BD, 0x20BD),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
]

FEATURES = ["calt", "ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "tnum"]

# Copyright, licence and its address stay as they are.
KEPT_NAMES = {0, 13, 14}


def take_usual_cyrillic(font):
    """Some fonts have Bulgarian forms of Cyrillic letters, and others only for texts in Russian."""
    glyphs = set(font.getGlyphOrder())
    for table in font["cmap"].tables:
        for code, glyph in table.cmap.items():
            if f"{glyph}.loclRUS" in glyphs:
                table.cmap[code] = f"{glyph}.loclRUS"


def main(source, into, family):
    font = TTFont(source, recalcTimestamp=False)
    take_usual_cyrillic(font)
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)

    names = font["name"]
    if "Open Font License" not in (names.getDebugName(13) or ""):
        sys.exit(f"{source} is not under the SIL Open Font License")
    style = names.getDebugName(2) or "Regular"
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    joined = family.replace(" ", "")
    for name_id, text in {1: family, 2: style, 3: f"{joined}-{style}", 4: f"{family} {style}", 6: f"{joined}-{style.replace(' ', '')}"}.items():
        names.setName(text, name_id, 3, 1, 0x409)

    font.flavor = "woff2"
    font.save(into)


main(*sys.argv[1:])
