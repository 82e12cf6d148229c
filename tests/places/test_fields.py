"""Memory as motion: pure in time, exact at its ends, moved by evidence."""

from dataclasses import replace

import numpy as np
import pytest

from marrow.errors import InputError
from marrow.media import Cloud, Source
from marrow.places.memory import acts
from marrow.places.memory.events import events
from marrow.places.memory.fields import remember
from marrow.places.memory.turns import fair, forgetting


def place(count, seed=0, high=1.0, **known):
    """A bent floor with a wall, in colours."""
    dice = np.random.default_rng(seed)
    points = dice.random((count, 3)) * [4, high, 3]
    points[: count // 2, 1] = 0
    return Cloud(points.astype(np.float32), np.array([500.0, 0, -200]), dice.random((count, 3)).astype(np.float32),
                 **known)


def same(state, other):
    """Whether two states are the same, bit for bit."""
    return all(np.array_equal(getattr(state, name), getattr(other, name))
               for name in ("points", "there", "origin")) and (
        state.light is None or np.array_equal(state.light, other.light))


SCRIPTS = [[["assemble", 0, 2]], [["dissolve", 1, 2]], [["reveal", 0, 2]], [["reveal", 0, 2, 501, 0, -199]],
           [["forget", 1, 3]], [["assemble", 0, 1], ["forget", 2, 3], ["assemble", 3, 4]]]


@pytest.mark.parametrize("rows", [*SCRIPTS, [["morph", 1, 2]], [["misremember", 1, 2], ["misremember", 3, 4]]])
def test_law_every_frame_stands_alone_and_nothing_jumps(rows):
    cloud = place(300)
    memory = remember(cloud, rows, place(500, 1))
    times = [time for row in rows for time in row[1:3]]
    for time in (2.35, 0.4, 1.5, 2.35):
        assert same(memory.state(time), remember(cloud, rows, place(500, 1)).state(time))
    for time in times:
        before, after = memory.state(time - 1e-5), memory.state(time + 1e-5)
        seen = [state.there[:, None] * (state.points + state.origin) for state in (before, after)]
        if len(seen[0]) == len(seen[1]) and before.second == after.second:
            assert np.abs(seen[0] - seen[1]).max() < 2e-2


@pytest.mark.parametrize("rows", SCRIPTS[:4])
def test_truth_before_and_after_the_place_is_plain_or_nothing(rows):
    cloud = place(200)
    memory, closes = remember(cloud, rows), rows[0][2]
    first, last = memory.state(0), memory.state(closes)
    assert first.points is cloud.points or not first.there.any()
    assert last.points is cloud.points and set(last.there) == ({0} if rows[0][0] == "dissolve" else {1})


def test_law_dissolving_is_assembling_backwards():
    cloud = place(400)
    come, go = (remember(cloud, [[word, 0, 4]]) for word in ("assemble", "dissolve"))
    for time in (0.3, 1.5, 2.9):
        back = come.state(4 - time)
        assert np.allclose(go.state(time).points, back.points, atol=1e-5)
        assert np.allclose(go.state(time).there, back.there, atol=1e-5)


@pytest.mark.parametrize(("count", "other"), [(300, 300), (200, 700), (700, 200), (1, 50), (50, 1), (1, 1)])
def test_truth_a_morph_begins_and_ends_exactly_on_the_places(count, other):
    one, two = place(count), replace(place(other, 1), origin=np.array([480.0, 2, -200]))
    memory = remember(one, [["morph", 1, 3], ["morph", 4, 5]], two, ratio=2.5)
    for time, cloud, second in ((0.5, one, False), (3, two, True), (3.5, two, True), (5, one, False)):
        state = memory.state(time)
        assert state.points is cloud.points and state.light is cloud.colours and state.second == second
        assert (state.there == 1).all() and np.array_equal(state.origin, cloud.origin)
    start, end = memory.acts[0].at(0.0), memory.acts[0].at(1.0)
    assert (start.size == 1).all() and (end.size == 2.5).all()
    for state, cloud in ((start, one), (end, two)):
        found = np.unique(np.column_stack([state.points, state.light]), axis=0)
        points = (cloud.points + (cloud.origin - one.origin)).astype(np.float32)
        assert np.array_equal(found, np.unique(np.column_stack([points, cloud.colours]), axis=0))
        assert (state.there == 1).all() and abs(state.mass.sum() - len(cloud.points)) < 1e-3


def test_law_a_morph_and_its_way_back_carry_the_same_pairs():
    memory = remember(place(90), [["morph", 0, 1], ["morph", 2, 3]], place(140, 1))
    there, back = memory.acts
    assert np.array_equal(there.pairs.first, back.pairs.second)
    assert len(there.at(0.5).points) == 140


def test_truth_colours_are_mixed_in_linear_light():
    one, two = place(60), place(60, 1)
    dark, bright = (replace(each, colours=np.full((60, 3), light, np.float32)) for each, light in ((one, 0), (two, 1)))
    state = remember(dark, [["morph", 0, 1]], bright).state(0.5)
    assert 0.3 < state.light.mean() < 0.7 and state.light.min() >= 0 and state.light.max() <= 1


def test_law_the_current_of_a_morph_has_no_sources():
    from marrow.places.memory.field_kernels import curl

    step, dice, spread = 1e-4, np.random.default_rng(3), []
    for x, y, z in dice.random((40, 3)) * 9 - 4:
        flow = [(np.array(curl(*(np.array([x, y, z]) + step * axis), 5))
                 - curl(*(np.array([x, y, z]) - step * axis), 5)) / (2 * step) for axis in np.eye(3)]
        assert abs(flow[0][0] + flow[1][1] + flow[2][2]) < 1e-5
        spread.append(curl(x, y, z, 5))
    assert 0.4 < np.sqrt((np.array(spread) ** 2).sum(1).mean()) < 3


def test_law_the_shutter_sees_what_moves_between_two_times():
    memory = remember(place(200), [["assemble", 0, 2], ["morph", 3, 4]], place(260, 1))
    state = memory.exposed(1.0, 1.02)
    assert np.allclose(state.points + state.moved, memory.state(1.02).points, atol=1e-6)
    assert memory.exposed(2.5, 2.52).moved is None
    edge = memory.exposed(2.99, 3.01)
    assert len(edge.points) == 260 and np.abs(edge.moved).max() < 0.1
    assert len(memory.exposed(3.99, 4.01).points) == 260 and memory.exposed(4, 4.02).second


def test_truth_the_sure_stay_and_the_unsure_are_forgotten_from_the_heart_outwards():
    points = place(6000).points
    off = np.abs(points[:, 0] - 2)
    told = np.clip((off - 0.6) / 0.8, 0, 1).astype(np.float32)
    when, kept = forgetting(points, told, fair(points, 0))
    assert kept[off > 1.7].all() and not kept[off < 0.35].any()
    assert when[off < 0.2].mean() < when[(off > 0.5) & (off < 0.8)].mean() < when[off > 1.5].mean()
    half = kept[(off > 0.8) & (off < 1.2)].mean()
    assert 0.1 < half < 0.9
    cloud = Cloud(points, np.zeros(3), confidence=told)
    state = remember(cloud, [["forget", 0, 1]]).state(1)
    assert np.array_equal(state.there, kept) and state.points is cloud.points


def test_law_what_everybody_is_sure_of_is_never_forgotten():
    memory = remember(place(500, confidence=np.ones(500, np.float32)), [["forget", 0, 2]])
    assert (memory.state(1).there == 1).all() and (memory.state(2).there == 1).all()


def test_truth_turns_spread_evenly_over_the_place():
    points = np.random.default_rng(2).random((20000, 3)).astype(np.float32) * [8, 8, 0]
    box = (points[:, 0] // 1).astype(int) * 8 + (points[:, 1] // 1).astype(int)
    for share in (0.1, 0.5):
        chosen = fair(points.astype(np.float32), 4) < share
        count = np.bincount(box[chosen], minlength=64) - share * np.bincount(box, minlength=64)
        lot = share * (1 - share) * len(points) / 64
        assert abs(chosen.mean() - share) < 1e-3 and count.var() < 0.15 * lot


def test_truth_each_witness_has_the_region_that_he_is_surer_of():
    one, two = place(800), place(800, 1)
    left = (one.points[:, 0] < 2).astype(np.float32), (two.points[:, 0] >= 2).astype(np.float32)
    one, two = replace(one, confidence=left[0]), replace(two, confidence=left[1])
    memory = remember(one, [["misremember", 0, 1], ["misremember", 2, 3]], two)
    state = memory.state(1.5)
    mine, theirs = state.there[:800], state.there[800:]
    for points, there, held in ((one.points, mine, -1), (two.points, theirs, 1)):
        side = (points[:, 0] - 2) * held
        assert (there[side > 0.3] == 1).mean() > 0.97 and (there[side < -0.3] == 0).mean() > 0.97
    assert memory.state(3).points is one.points and (memory.state(3).there == 1).all()


def test_truth_a_wave_comes_to_its_spot_first():
    cloud = place(400)
    cloud = replace(cloud, sources=(Source("a", axes="z", unit=0.5),))
    near = cloud.points[7] + cloud.origin
    spot = np.array([near[0], -near[2], near[1]]) / 0.5  # as the file would write it
    state = remember(cloud, [["reveal", 0, 1, *spot]]).state(0.2)
    off = np.linalg.norm(cloud.points - cloud.points[7], axis=1)
    assert state.there[7] == 1 and state.there[off > 2.5].max() == 0


def test_law_threads_and_seeds(monkeypatch):
    cloud, rows = place(900), [["assemble", 0, 1]]
    whole = remember(cloud, rows, seed=3).state(0.6)
    monkeypatch.setattr(acts, "CHUNK", 100)
    assert same(whole, remember(cloud, rows, seed=3).state(0.6))
    assert not np.array_equal(whole.points, remember(cloud, rows, seed=4).state(0.6).points)


@pytest.mark.parametrize("points", [np.zeros((30, 3)), np.ones((1, 3)), np.arange(9).reshape(3, 3)])
@pytest.mark.parametrize("rows", [*SCRIPTS, [["misremember", 0, 2]], [["morph", 0, 2]]])
def test_law_few_or_identical_points_without_colours_are_a_place_too(points, rows):
    cloud = Cloud(points.astype(np.float32), np.zeros(3))
    for time in (0, 0.7, 1.5, 9):
        state = remember(cloud, rows, place(40)).state(time)
        assert np.isfinite(state.points).all() and (state.light is None or len(state.light) == len(state.points))
        assert state.there.min() >= 0 and state.there.max() <= 1


@pytest.mark.parametrize(("rows", "key"), [
    ([["asemble", 0, 2]], "memory.word"), ([["morph", 3, 2]], "memory.times"), ([["morph", 2, 2]], "memory.times"),
    ([["forget", 0, 3], ["reveal", 2, 4]], "memory.overlap"), ([["forget", 0, 1, 1, 2, 3]], "memory.spot"),
    ([["forget", 0]], "memory.row"), ([["forget", "soon", 3]], "memory.row"), (["forget"], "memory.row"),
    ([["reveal", 0, 1, 2, 3, float("nan")]], "memory.row"), ([["forget", -1, 3]], "memory.times")])
def test_refuses_rows_that_cannot_be(rows, key):
    with pytest.raises(InputError) as caught:
        events(rows)
    assert caught.value.key == key and caught.value.tell("zh") and caught.value.tell("en")


def test_truth_rows_in_any_order_and_with_units_are_the_same_memory():
    assert events([["forget", "6s", "0:09"], ["assemble", 0, "4000ms"]]) == events([["assemble", 0, 4],
                                                                                    ["forget", 6, 9]])
    with pytest.raises(InputError) as caught:
        events([["disolve", 0, 1]])
    assert str(caught.value.facts["choices"]).startswith("dissolve")


def test_refuses_another_place_that_is_not_there_and_a_morph_amid_two_versions():
    for rows, other, key in (([["morph", 0, 1]], None, "memory.other"),
                             ([["misremember", 0, 1], ["morph", 2, 3]], place(20, 1), "memory.both")):
        with pytest.raises(InputError) as caught:
            remember(place(30), rows, other)
        assert caught.value.key == key


def test_truth_the_first_and_last_frames_of_a_morph_are_the_plain_places_to_the_pixel():
    from marrow.draw.camera import look_at
    from marrow.draw.splat import Grains, expose

    one, two = place(900), replace(place(1300, 1), origin=np.array([498.0, 1, -203]))
    memory = remember(one, [["morph", 1, 2]], two)
    camera = look_at((508, 3, -190), (502, 0.5, -198), lens=35, size=(96, 64))

    def picture(state):
        return expose(Grains(state.points, state.light, 0.05, state.there, state.moved, state.origin), camera)

    for shutter, cloud in (((0.9, 1.0), one), ((2.0, 2.1), two)):
        plain = expose(Grains(cloud.points, cloud.colours, 0.05, origin=cloud.origin), camera)
        assert plain.cover.max() > 0.5 and np.array_equal(picture(memory.exposed(*shutter)).light, plain.light)
