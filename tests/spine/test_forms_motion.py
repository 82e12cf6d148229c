"""A motion in its own form comes back bit for bit; array files are read without trusting them."""

import io
import zipfile
from fractions import Fraction

import numpy as np
import pytest

from marrow import forms
from marrow.errors import InputError, MarrowError
from marrow.forms.arrays import read_npy, read_npz
from marrow.media import Motion, Skeleton


def moving(frames=5):
    dice = np.random.default_rng(4)
    skeleton = Skeleton(("髋", "Spine", "手"), np.array([-1, 0, 1], np.int32), dice.normal(size=(3, 3)),
                        dice.normal(size=(3, 4)))
    return Motion(skeleton, dice.normal(size=(frames, 3, 4)), dice.normal(size=(frames, 3)), Fraction(24000, 1001),
                  {2: dice.normal(size=(frames, 3))}, "走路")


def test_law_a_motion_comes_back_bit_for_bit(tmp_path):
    motion, path = moving(), tmp_path / "走.npz"
    forms.write(motion, path)
    first, again = path.read_bytes(), forms.read("motion", path)
    for part in ("rotations", "root"):
        assert np.array_equal(getattr(again, part), getattr(motion, part))
    for part in ("parents", "offsets", "turns"):
        assert np.array_equal(getattr(again.skeleton, part), getattr(motion.skeleton, part))
    assert (again.rate, again.name, again.skeleton.names) == (motion.rate, motion.name, motion.skeleton.names)
    assert list(again.moves) == [2] and np.array_equal(again.moves[2], motion.moves[2])
    forms.write(again, path)
    assert path.read_bytes() == first


@pytest.mark.parametrize("cut", [10, 100, 700, -30])
def test_refuses_a_motion_broken_off(tmp_path, cut):
    path = tmp_path / "a.npz"
    forms.write(moving(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError):
        forms.read("motion", path)


def test_refuses_objects_without_opening_them(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError) as caught:
        read_npy(tmp_path / "a.npy")
    assert caught.value.key == "arrays.pickled"


def test_refuses_a_head_that_claims_more_than_the_file_holds(tmp_path):
    whole = io.BytesIO()
    np.save(whole, np.zeros(4))
    bomb = whole.getvalue().replace(b"(4,), }          ", b"(99999999999,), }")
    (tmp_path / "a.npy").write_bytes(bomb)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", bomb)
    for read, name in ((read_npy, "a.npy"), (read_npz, "a.npz")):
        with pytest.raises(MarrowError) as caught:
            read(tmp_path / name)
        assert caught.value.key == "arrays.form"


def test_truth_both_orders_of_an_array(tmp_path):
    wanted = np.arange(12.0).reshape(3, 4)
    for name, each in (("c", wanted), ("f", np.asfortranarray(wanted))):
        np.save(tmp_path / f"{name}.npy", each)
        assert np.array_equal(read_npy(tmp_path / f"{name}.npy"), wanted)
