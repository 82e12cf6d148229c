"""Kerning read from the font's own table agrees with a shaping engine and survives damaged files."""

from itertools import product

import pytest

from marrow.draw.font import font_file, kerning
from marrow.draw.kerning import kern
from marrow.draw.type import Style, set_line

FONT = str(font_file())


def test_truth_letters_that_lean_move_together_and_stems_do_not():
    assert kerning("T", "o", "") < -0.03 and kerning("P", ".", "") < -0.05
    assert kerning("H", "H", "") == 0 and kerning("父", "亲", "") == 0


def test_truth_pairs_agree_with_harfbuzz():
    from PIL import ImageFont, features

    if not features.check("raqm"):
        pytest.skip("this Pillow has no shaping engine to compare with")
    face = ImageFont.truetype(FONT, 1000, 2, layout_engine=ImageFont.Layout.RAQM)
    for pair in map("".join, product("TVAWLPFrfyo", "oaAVTy.,-e")):
        sought = face.getlength(pair) - face.getlength(pair, features=["-kern"])
        assert abs(1000 * kern(FONT, 2, *pair) - sought) <= 1, pair


def test_law_a_line_is_shorter_by_its_kerning():
    style = Style(100)
    line = set_line("To", style)
    assert line.glyphs[1].at == pytest.approx(style.advance("T", True) + kerning("T", "o", ""))


def test_law_a_font_without_the_table_or_damaged_has_no_kerning(tmp_path):
    for i, content in enumerate((b"", b"ttcf", b"not a font at all, only words", b"\0\1\0\0" + b"\xff" * 64)):
        (tmp_path / f"{i}.ttf").write_bytes(content)
        assert kern(str(tmp_path / f"{i}.ttf"), 0, "T", "o") == 0
