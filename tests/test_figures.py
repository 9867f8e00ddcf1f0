"""Pictures: real glyphs, alt text, a text twin with every figure, the same bytes everywhere, and nothing executed."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditkit import canvas, figures
from auditkit.canvas import Exhibits, Picture
from auditkit.figures import Boundary, Step, Strip
from auditkit.tables import visible

STEPS = (
    Step("二、上年结转", 96, "in"),
    Step("一、本年新收", 3511, "in"),
    Step("（一）予以公开", 1191, "out"),
    Step("（二）部分公开", None, "out"),
    Step("（六）其他处理", 0, "out"),
    Step("四、结转下年度继续办理", 121, "closing"),
)


def one_of_each(name: str = "宿迁市") -> dict[str, Picture]:
    return {
        "waterfall": figures.waterfall(name, STEPS, "zh"),
        "roll_forward": figures.roll_forward(name, [Boundary(name, 121, 120), Boundary("b", None, 0)], "zh"),
        "own_past": figures.own_past(
            name,
            ((2020, 2021), 2022),
            [Strip(name, (16, None), 61, (7, 46), True), Strip("b", (0, 0), None, None)],
            "zh",
        ),
        "row_over_years": figures.row_over_years(name, [2019, 2021, 2022], [Decimal("59237.2449"), None, 0], "zh"),
    }


FIGURES = {
    "waterfall": ("96", "3,511", "1,191", "0", "121"),
    "roll_forward": ("▲ 121 ≠ 120", "空白 / 0"),
    "own_past": ("16", "61", "7–46", "◆"),
    "row_over_years": ("59,237.2449", "2019", "2022"),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_the_text_twin_carries_title_and_figures(kind: str) -> None:
    picture = one_of_each()[kind]
    words = picture.text.split()
    assert "宿迁市" in picture.text.splitlines()[0]
    for figure in FIGURES[kind]:
        assert set(figure.split()) <= set(words), figure


@pytest.mark.parametrize("kind", FIGURES)
def test_a_picture_shows_itself_with_alt_text_at_half_its_pixels(kind: str) -> None:
    picture = one_of_each()[kind]
    data, metadata = picture._repr_mimebundle_()
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert data["text/plain"] == picture.text == repr(picture)
    shown = metadata["image/png"]
    assert "宿迁市" in shown["alt"]
    pixels = struct.unpack(">II", picture.png[16:24])
    assert abs(pixels[0] - 2 * shown["width"]) <= 1
    assert abs(pixels[1] - 2 * shown["height"]) <= 1
    assert shown["width"] == 605  # 160 mm at 96 pixels an inch


@pytest.mark.parametrize(
    "name", ["$x$", "\\$", "a_b^c", "$\\frac{$", "<script>", "%s {x}", "\\n", "𠮷", "\u202e", "\u0000", "字" * 500]
)
@pytest.mark.parametrize("kind", FIGURES)
def test_any_text_is_drawn_as_it_stands(kind: str, name: str) -> None:
    """Text of a report is no mathematics, and a character without glyph is no warning."""
    picture = one_of_each(name)[kind]
    assert picture.text.startswith(visible(name)[:1])
    assert picture.png.startswith(b"\x89PNG")


def test_dollars_are_drawn_and_not_taken_for_mathematics() -> None:
    plain = figures.waterfall("$x^2$", STEPS, "zh").png
    assert plain != figures.waterfall("x^2", STEPS, "zh").png
    assert plain != figures.waterfall("x²", STEPS, "zh").png


def test_chinese_is_drawn_as_real_glyphs() -> None:
    """Place names beyond GB 2312, and two characters that a font without Chinese would draw alike."""
    assert canvas.drawn("硚口区、鄠邑区、浉河区") == "硚口区、鄠邑区、浉河区"
    assert figures.waterfall("宿迁", STEPS, "zh").png != figures.waterfall("洪泽", STEPS, "zh").png


def test_a_character_without_glyph_is_a_sign_in_the_picture_and_itself_in_the_text() -> None:
    assert canvas.drawn("𠮷林") == "〓林"
    assert "𠮷林" in figures.waterfall("𠮷林", STEPS, "zh").text


def test_zero_and_blank_are_drawn_differently() -> None:
    zero = figures.waterfall("t", [Step("a", 5, "in"), Step("b", 0, "out")], "zh")
    blank = figures.waterfall("t", [Step("a", 5, "in"), Step("b", None, "out")], "zh")
    assert zero.png != blank.png
    assert zero.text.split()[-1] == "0"
    assert blank.text.split()[-1] == "–"


def test_a_missing_year_is_not_a_blank_year() -> None:
    missing = figures.row_over_years("t", [2019, 2021], [1, 2], "en")
    blank = figures.row_over_years("t", [2019, 2020, 2021], [1, None, 2], "en")
    assert missing.png != blank.png
    assert "2020" not in missing.text
    assert "2020" in blank.text


def test_a_flag_keeps_its_colour_among_many_rows_without_one() -> None:
    """The palette is small: a few orange pixels must not be averaged away."""
    from PIL import Image

    strips = [Strip(f"第 {i} 行", (5, 9), 7, (2, 20), i == 0) for i in range(25)]
    image = Image.open(io.BytesIO(figures.own_past("t", ((2020, 2021), 2022), strips, "zh").png)).convert("RGB")
    orange = tuple(bytes.fromhex(canvas.ORANGE[1:]))
    assert any(max(abs(a - b) for a, b in zip(color, orange, strict=True)) < 12 for _, color in image.getcolors(1000))


def test_exhibits_are_shown_one_after_the_other() -> None:
    parts = tuple(one_of_each().values())
    exhibits = Exhibits(parts)
    assert tuple(exhibits) == parts
    assert exhibits.text == "\n\n".join(part.text for part in parts)


counts = st.one_of(st.none(), st.integers(-(10**6), 10**9))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5), st.lists(counts, min_size=3, max_size=3))
def test_any_counts_can_be_drawn(pairs: list[tuple[int | None, int | None]], row: list[int | None]) -> None:
    pictures = (
        figures.roll_forward("t", [Boundary("a", *pair) for pair in pairs], "en"),
        figures.waterfall("t", [Step("a", later, "out") for _, later in pairs], "en"),
        figures.own_past("t", ((1,), 2), [Strip("a", (earlier,), later, (0, 9)) for earlier, later in pairs], "en"),
        figures.row_over_years("t", [2019, 2020, 2021], row, "en"),
    )
    assert all(picture.png.startswith(b"\x89PNG") for picture in pictures)


SCRIPT = """
import sys, hashlib, warnings
warnings.simplefilter("error")
from auditkit import figures
from auditkit.tables import visible
picture = figures.roll_forward("宿迁市", [figures.Boundary("予以公开", 1191, 1431)], "zh")
print(hashlib.sha256(picture.png + picture.text.encode()).hexdigest())
"""


def run(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    keep = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    root = Path(figures.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**keep, "HOME": str(home), "PYTHONPATH": str(root), **environment},
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_same_bytes_in_any_home_zone_and_locale_and_nothing_written_there(tmp_path: Path) -> None:
    """A home that cannot be written, a person's own matplotlib settings, another time zone, locale and hash seed."""
    fresh, own, file = tmp_path / "fresh", tmp_path / "own", tmp_path / "file"
    fresh.mkdir()
    (own / ".config" / "matplotlib").mkdir(parents=True)
    settings_ = "font.family: serif\naxes.grid: True\nsavefig.dpi: 20\ntext.usetex: True\nxtick.direction: in\n"
    (own / ".config" / "matplotlib" / "matplotlibrc").write_text(settings_)
    (own / "mpl").mkdir()
    (own / "mpl" / "matplotlibrc").write_text(settings_)
    file.write_text("a home that is a file cannot be written")
    results = [
        run(fresh),
        run(file),
        run(own, TZ="Asia/Shanghai", LC_ALL="C", PYTHONHASHSEED="7"),
        run(own, MPLCONFIGDIR=str(own / "mpl"), MPLBACKEND="svg"),
    ]
    assert [r.stderr for r in results] == [""] * 4
    assert len({r.stdout for r in results}) == 1
    assert list(fresh.iterdir()) == []


def test_the_first_start_opens_no_font_of_the_system(tmp_path: Path) -> None:
    """Matplotlib's list holds its own default font and ours, whatever is installed; a change of its list shows here."""
    script = SCRIPT + (
        "from matplotlib.font_manager import fontManager\n"
        "print(sorted({f.name for f in fontManager.ttflist}))\n"
        "import os; print('MPLCONFIGDIR' in os.environ)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(Path(figures.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    names = {name.strip("' ") for name in out[1].strip("[]").split(",")}
    assert canvas.FAMILY in names
    assert all(name.startswith("DejaVu") or name == canvas.FAMILY for name in names)
    assert out[2] == "False"


def test_matplotlib_is_not_imported_before_a_picture_is_drawn() -> None:
    script = "import sys, auditkit.figures; print('matplotlib' in sys.modules)"
    root = str(Path(figures.__file__).parents[1])
    out = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True).stdout
    assert out.strip() == "False"


def test_drawing_leaves_a_persons_settings_as_they_were() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    one_of_each()
    assert dict(mpl.rcParams) == before


def test_the_font_is_shipped_with_its_licence_and_source() -> None:
    folder = canvas.FONT.parent
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert "Noto Sans CJK SC" in (folder / "README.md").read_text(encoding="utf-8")
    assert canvas.FONT.stat().st_size < 2_100_000
