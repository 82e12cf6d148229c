"""Every pixel sees the face that a ray through it meets first."""

import numpy as np

from marrow.draw.camera import Camera, look_at
from marrow.draw.triangles import raster, spread

SIZE = (48, 32)


def camera(eye=(0.3, 0.4, 5), target=(0, 0, 0)):
    return look_at(eye, target, lens=40.0, size=SIZE)


def cast(seen_by: Camera, vertices, faces):
    """A ray through every pixel against every face: depth, face, shares. The slow and plain twin of `raster`."""
    y, x = np.mgrid[:SIZE[1], :SIZE[0]] + 0.5
    across, rise = (x - SIZE[0] / 2) / seen_by.focal, (SIZE[1] / 2 - y) / seen_by.focal
    rays = np.stack([across, rise, -np.ones_like(x)], axis=-1) @ seen_by.world_from_camera[:3, :3].T
    depth, face = np.full(x.shape, np.inf), np.full(x.shape, -1)
    shares = np.zeros((*x.shape, 3))
    for number, (a, b, c) in enumerate(vertices[faces]):
        system = np.stack([a - c, b - c, np.zeros(3)], axis=1)
        made = np.linalg.solve(system + np.where([False, False, True], -rays[..., :, None], 0),
                               np.broadcast_to(seen_by.eye - c, rays.shape)[..., None])[..., 0]
        found = np.stack([made[..., 0], made[..., 1], 1 - made[..., 0] - made[..., 1]], axis=-1)
        hit = (found > 0).all(-1) & (made[..., 2] > 0.01) & (made[..., 2] < depth)
        depth[hit], face[hit], shares[hit] = made[hit][:, 2], number, found[hit]
    return depth, face, shares


def sphere(rings=12, sides=16):
    up, around = np.meshgrid(np.linspace(0, np.pi, rings), np.arange(sides) * 2 * np.pi / sides, indexing="ij")
    vertices = np.stack([np.sin(up) * np.cos(around), np.cos(up), np.sin(up) * np.sin(around)], -1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    a, b = i * sides + j, i * sides + (j + 1) % sides
    faces = np.concatenate([np.stack([a, b, b + sides], -1).reshape(-1, 3),
                            np.stack([a, b + sides, a + sides], -1).reshape(-1, 3)])
    return vertices, faces


def test_truth_equal_to_casting_rays_also_past_the_eye():
    dice = np.random.default_rng(3)
    for eye in ((0.3, 0.4, 5), (0.1, 0.2, 0.5)):
        vertices, faces = dice.normal(size=(60, 3)), np.arange(60).reshape(20, 3)
        made = raster(camera(eye), vertices, faces)
        depth, face, shares = cast(camera(eye), vertices, faces)
        same = made.faces == face
        assert same.mean() > 0.998 and (face >= 0).mean() > 0.2
        seen = same & (face >= 0)
        assert np.allclose(made.depth[seen], depth[seen], rtol=1e-4)
        assert np.allclose(made.shares[seen], shares[seen], atol=1e-3)


def test_truth_shares_carry_places_to_pixels():
    vertices, faces = sphere()
    made = raster(camera(), vertices, faces)
    pixels, places = spread(made, faces, vertices)
    y, x = np.divmod(pixels, SIZE[0])
    back, depth = camera().project(places.astype(float))
    assert np.allclose(back, np.stack([x, y], 1) + 0.5, atol=1e-3)
    assert np.allclose(depth, made.depth.reshape(-1)[pixels], rtol=1e-5)


def test_law_a_closed_surface_has_no_gap():
    vertices, faces = sphere()
    made = raster(camera((0, 0, 3)), vertices, faces)
    rows = np.flatnonzero((made.faces >= 0).any(1))
    for row in made.faces[rows] >= 0:
        inside = np.flatnonzero(row)
        assert len(inside) == inside[-1] - inside[0] + 1


def test_law_neighbours_never_both_cover_a_pixel():
    dice = np.random.default_rng(5)
    middle, ring = np.array([[0.05, 0.02, 0]]), np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0.0]])
    for _ in range(5):
        vertices = np.concatenate([ring, middle + dice.normal(scale=0.2, size=(1, 3)) * (1, 1, 0)])
        faces = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
        apart = sum((raster(camera(), vertices, faces[k:k + 1]).faces >= 0).astype(int) for k in range(4))
        assert apart.max() == 1 and np.array_equal(apart, raster(camera(), vertices, faces).faces >= 0)


def test_law_the_order_of_faces_does_not_matter():
    vertices, faces = sphere()
    mixed = np.random.default_rng(1).permutation(len(faces))
    first, second = raster(camera(), vertices, faces), raster(camera(), vertices, faces[mixed])
    assert np.array_equal(first.depth, second.depth)
    assert np.array_equal(first.faces[first.faces >= 0], mixed[second.faces[second.faces >= 0]])


def test_shape_nothing_to_see_is_empty():
    vertices = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [np.nan, 0, 0], [0, 0, 90.0]])
    for faces in (np.zeros((0, 3), int), np.array([[0, 1, 2]]), np.array([[0, 1, 3]]), np.array([[4, 4, 4]])):
        made = raster(camera(), vertices, faces)
        assert (made.faces == -1).all() and np.isinf(made.depth).all() and not made.shares.any()
        assert made.faces.shape == SIZE[::-1] and made.faces.dtype == np.int32 and made.depth.dtype == np.float32


def test_law_a_wall_larger_than_the_picture_fills_it(monkeypatch):
    wall = np.array([[-1e4, -1e4, 0], [1e4, -1e4, 0], [0, 2e4, 0.0]])
    whole = raster(camera((0, 0, 5)), wall, np.array([[0, 1, 2]]))
    assert (whole.faces == 0).all() and np.allclose(whole.depth, 5, rtol=1e-5)
    monkeypatch.setattr("marrow.draw.triangles.PART", 7)
    assert np.array_equal(raster(camera((0, 0, 5)), wall, np.array([[0, 1, 2]])).depth, whole.depth)
