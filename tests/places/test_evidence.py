"""Confidence comes from who speaks of a region, and from nothing else."""

import numpy as np
import pytest

from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.memory.evidence import UNTOLD, Region, confidence, regions, told, worth

LINE = Cloud(np.stack([np.linspace(0, 10, 1001), np.zeros(1001), np.zeros(1001)], 1).astype(np.float32),
             np.array([100.0, 0, 0]))


def test_truth_what_a_witness_is_worth():
    assert worth({}) == 0 and worth({"first": 1}) == 0.5 and worth({"first": 3}) == 0.75
    assert worth({"hearsay": 1}) < worth({"first": 1}) < worth({"first": 1, "hearsay": 1}) < worth({"first": 2})
    assert worth({"first": 1, "against": 1}) == pytest.approx(1 / 3)


def test_truth_a_region_has_its_worth_inside_and_nothing_is_told_far_away():
    sure = confidence(LINE, [Region("kitchen", (102, 0, 0), 1)], {"kitchen": {"first": 3}})
    assert sure[200] == pytest.approx(0.75) and sure[900] == pytest.approx(UNTOLD) and sure.dtype == np.float32
    assert np.abs(np.diff(sure)).max() < 0.05
    assert np.array_equal(sure[200:], np.minimum.accumulate(sure[200:]))


def test_truth_boxes_and_axes_of_the_file():
    cloud = Cloud(np.float32([[0, 0, 0], [0, 3, 0], [0, 0, -3]]), np.zeros(3), sources=(Source("a", "z", 0.5),))
    sure = confidence(cloud, [Region("well", (0, 0, 6), (1, 1, 1))], {"well": {"first": 1}})
    assert sure[1] == 0.5 and sure[0] == sure[2] == np.float32(UNTOLD)


def test_law_the_surer_region_speaks_and_silence_is_low():
    regions = [Region("a", (105, 0, 0), 3), Region("b", (105, 0, 0), 1)]
    both = confidence(LINE, regions, {"a": {"first": 3}, "b": {"first": 1}})
    assert both[500] == pytest.approx(0.75)
    assert confidence(LINE, regions, {}).max() == pytest.approx(UNTOLD)
    assert confidence(LINE, [], {}).max() == pytest.approx(UNTOLD)


@pytest.mark.parametrize(("counts", "key"), [({"first": -1}, "memory.counts"), ({"first": 1.5}, "memory.counts"),
                                             ({"first": True}, "memory.counts"), ({"against": 1}, "memory.against")])
def test_refuses_counts_that_cannot_be(counts, key):
    with pytest.raises(InputError) as caught:
        worth(counts, "kitchen")
    assert caught.value.key == key and "kitchen" in caught.value.tell("zh")


def test_refuses_evidence_for_no_region_and_regions_without_size():
    with pytest.raises(InputError) as caught:
        confidence(LINE, [Region("kitchen", (0, 0, 0), 1)], {"kitchn": {}})
    assert caught.value.key == "memory.region"
    with pytest.raises(InputError) as caught:
        confidence(LINE, [Region("kitchen", (0, 0, 0), 0)], {})
    assert caught.value.key == "memory.size"


def test_shape_regions_and_evidence_as_they_are_written():
    read = regions([["kitchen", 1, 2, 3, 1.5], ["well", 0, 0, 0, 1, 2, 1]])
    assert read == (Region("kitchen", (1, 2, 3), 1.5), Region("well", (0, 0, 0), (1, 2, 1)))
    assert told('{"kitchen": {"first": 2}}') == {"kitchen": {"first": 2}}


@pytest.mark.parametrize("rows", [["kitchen"], [["kitchen", 1, 2]], [[3, 1, 2, 3, 4]], [["a", 0, 0, 0, "x"]],
                                  [["a", 0, 0, 0, 1, 2]], [["a", 0, 0, 0, 1]] * 2, [[]]])
def test_refuses_regions_that_are_none(rows):
    with pytest.raises(InputError) as caught:
        regions(rows)
    assert caught.value.key == "memory.place" and caught.value.tell("en")


@pytest.mark.parametrize("text", ["", "[]", '{"a": 3}', "[" * 100000])
def test_refuses_evidence_that_is_none(text):
    with pytest.raises(InputError) as caught:
        told(text)
    assert caught.value.key == "memory.json" and '{"kitchen"' in caught.value.tell("en")
