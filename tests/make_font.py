"""Make the subset font of auditkit/fonts (run by a maintainer, not by the tests).

    python tests/make_font.py [NotoSansCJK-Regular.ttc] [Unihan_OtherMappings.txt.bz2]

Needs fontTools (it comes with matplotlib). The two inputs are Debian's packages fonts-noto-cjk and unicode-data.
Same inputs and same fontTools, same bytes.
"""

from __future__ import annotations

import bz2
import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
TARGET = Path(__file__).resolve().parents[1] / "auditkit" / "fonts" / "AuditkitSans-Regular.otf"
SIMPLIFIED_CHINESE = 2  # the face of the collection
FAMILY = "Auditkit Sans"  # a name of our own: never mistaken for a font of the system


def gb2312() -> set[int]:
    """Code points of GB 2312-1980, the two-byte part."""
    pairs = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return {ord(text) for pair in pairs if len(text := pair.decode("gb2312", "ignore")) == 1}


def general_standard(unihan: Path) -> set[int]:
    """Code points of the table of general standard Chinese characters (2013), the field kTGH of Unihan."""
    text = bz2.decompress(unihan.read_bytes()).decode("utf-8")
    return {int(code, 16) for code in re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", text, re.MULTILINE)}


def characters(unihan: Path) -> list[int]:
    """All code points the font should hold, ascending."""
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x180)}
    signs = {*range(0x2010, 0x2028), 0x2030, 0x20AC, 0x2212, *map(ord, "←↑→↓↗↘−≈≠≤≥○●◇◆□■△▲▽▼☐☑✓✗〓")}
    full_width = {*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F), 0xFFE5}
    return sorted(gb2312() | general_standard(unihan) | latin | signs | full_width)


def rename(font: TTFont) -> None:
    """Give the font our family name; copyright, trademark and licence stay as they are."""
    names = {1: FAMILY, 2: "Regular", 3: f"{FAMILY} Regular", 4: f"{FAMILY} Regular", 6: "AuditkitSans-Regular"}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 5, 7, 13, 14) and record.langID == 0x409]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [names[6]]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = names[4], FAMILY


def main(source: Path = SOURCE, unihan: Path = UNIHAN) -> None:
    """Write the subset to its place in the package."""
    options = subset.Options(
        hinting=False,
        layout_features=[],
        name_IDs=["*"],
        name_languages=[0x409],
        notdef_outline=True,
        recalc_timestamp=False,
        desubroutinize=False,
        glyph_names=False,
        drop_tables=["BASE", "GSUB", "GPOS", "VORG", "vhea", "vmtx", "DSIG"],
    )
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False, lazy=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters(unihan))
    subsetter.subset(font)
    rename(font)
    TARGET.parent.mkdir(exist_ok=True)
    font.save(TARGET)
    sys.stdout.write(f"{TARGET.name}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
