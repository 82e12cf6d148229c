"""Faults of meshes: numbers that are none, faces that are nothing or look inwards, specks, holes, loose triangles."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy import ndarray

from marrow.bones.health.case import Case, Facts, Ill, numbers
from marrow.bones.health.shell import Shell
from marrow.bones.polygons import around, triangles
from marrow.media import Mesh, Rig, Skin

UNLIKE = 0.01       # of the edges: fewer that disagree are a seam of the design
OPPOSED = 0.3       # of the corners: so many normals against their faces are no smoothing
AGAINST = -0.5      # cosine: a normal that looks so far from its faces looks the other way
SPECK = 8           # faces of a speck at most
TINY = 0.02         # of the size: no speck is larger
AWAY = 0.005        # of the size: a speck is farther than this from everything else
MANY = 200          # faces of a mesh that may have specks
DOUBLED = 0.2       # of the vertices: fewer that are doubled are seams
RING = 6            # edges of a hole that is closed at most
TORN = 0.05         # of a piece's edges: more that are open are a design: a sleeve, a sheet


def bent_numbers(case: Case) -> Iterator[Facts]:
    """Vertices that are no numbers."""
    if case.rig.mesh is not None:
        bad = np.flatnonzero(~np.isfinite(case.rig.mesh.vertices).all(1))
        if len(bad):
            yield numbers(bad)


def put_between(case: Case) -> Rig:
    """Vertices without a place go to the middle of their neighbours; without any, to the middle of the mesh."""
    mesh = case.rig.mesh
    vertices = np.asarray(mesh.vertices, float).copy()
    lost = ~np.isfinite(vertices).all(1)
    ends = np.concatenate([mesh.faces[:, each] for each in ((0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2))])
    vertices[lost] = vertices[~lost].mean(0) if (~lost).any() else 0
    missing = lost.copy()
    while missing.any():
        known = ends[missing[ends[:, 0]] & ~missing[ends[:, 1]]]
        if not len(known):
            break
        total, count = np.zeros_like(vertices), np.bincount(known[:, 0], minlength=len(vertices))
        np.add.at(total, known[:, 0], vertices[known[:, 1]])
        vertices[count > 0] = total[count > 0] / count[count > 0, None]
        missing &= count == 0
    return replace(case.rig, mesh=replace(mesh, vertices=vertices.astype(np.float32)))


def flat_faces(case: Case) -> Iterator[Facts]:
    """Faces without area."""
    if case.shell is not None and case.shell.flat.any():
        yield numbers(np.flatnonzero(case.shell.flat))


def twice_faces(case: Case) -> Iterator[Facts]:
    """Faces that are there twice, the same way round."""
    if case.shell is not None:
        again = np.flatnonzero(_again(case.shell))
        if len(again):
            yield numbers(again)


def unused_vertices(case: Case) -> Iterator[Facts]:
    """Vertices of no face."""
    if case.shell is not None:
        free = np.flatnonzero(np.bincount(case.shell.faces.ravel(), minlength=len(case.shell.vertices)) == 0)
        if len(free):
            yield numbers(free)


def specks(case: Case) -> Iterator[Facts]:
    """Loose bits that belong to nothing."""
    if case.shell is not None:
        loose = _specks(case.shell)
        if loose.any():
            pieces = np.unique(case.shell.piece[loose])
            yield {**numbers(np.flatnonzero(loose)), "pieces": len(pieces)}


def doubled(case: Case) -> Iterator[Facts]:
    """Triangles that do not hang together: vertices that are there twice without a difference."""
    if case.shell is not None:
        many = len(case.rig.mesh.vertices)
        spare = many - int(_alike(case).max()) - 1
        if spare > DOUBLED * many:
            yield {"count": spare, "vertices": many}


def inward(case: Case) -> Iterator[Facts]:
    """Faces that look inwards, all of them or some."""
    if case.shell is None:
        return
    turned, face = case.shell.turned, case.shell.edges[0]
    wrong = float(case.shell.pairs[2].mean()) if len(case.shell.pairs[2]) else 0.0
    whole = np.flatnonzero((case.shell.open < TORN) & (np.bincount(case.shell.piece) > SPECK))
    inside = np.bincount(case.shell.piece, turned) == np.bincount(case.shell.piece)
    if turned.any() and len(face) and (wrong > UNLIKE or inside[whole].any()):
        yield {**numbers(np.flatnonzero(turned)), "share": f"{100 * turned.mean():.0f}"}


def turn_round(case: Case) -> Rig:
    """Turn faces round; normals follow their faces."""
    mesh = case.rig.mesh
    faces = np.where(case.shell.turned[:, None], mesh.faces[:, ::-1], mesh.faces).astype(np.int32)
    return replace(case.rig, mesh=_facing(replace(mesh, faces=faces)))


def normals(case: Case) -> Iterator[Facts]:
    """Normals that are none, or that look against their faces."""
    mesh = case.rig.mesh
    if case.shell is None or mesh.normals is None:
        return
    bad = ~(np.abs(np.linalg.norm(mesh.normals, axis=1) - 1) < 0.1)
    bad[np.bincount(mesh.faces.ravel(), minlength=len(bad)) == 0] = False
    against = _against(mesh)
    if bad.any() or against.mean() > OPPOSED:
        yield numbers(np.flatnonzero(bad if bad.any() else against))


def new_normals(case: Case) -> Rig:
    """Turn normals that look inwards; where one is none, it is made from the faces round it."""
    return replace(case.rig, mesh=_facing(case.rig.mesh))


def holes(case: Case) -> Iterator[Facts]:
    """Small holes in pieces that are closed but for them."""
    if case.shell is not None and case.shell.finite.all():
        rings = _rings(case)
        if rings:
            yield {"count": len(rings), "most": max(map(len, rings))}


def close(case: Case) -> Rig:
    """Close small holes with faces between the vertices of their rims."""
    mesh, shell = case.rig.mesh, case.shell
    rings = _rings(case)
    vertex = np.zeros(len(shell.vertices), np.int64)
    vertex[shell.point] = np.arange(len(shell.point))
    counts = np.array([len(each) for each in rings])
    corners = np.concatenate([vertex[each] for each in rings])
    more, ring = triangles(counts, shell.vertices[corners])
    material = mesh.material
    if material is not None:
        beside = np.zeros(len(shell.vertices), np.int64)
        beside[shell.corners] = np.arange(len(mesh.faces))[:, None]
        material = np.concatenate([material, material[beside[[rings[each][0] for each in ring]]]]).astype(np.int32)
    faces = np.concatenate([mesh.faces, corners[more].astype(np.int32)])
    return replace(case.rig, mesh=replace(mesh, faces=faces, material=material))


def without_faces(rig: Rig, gone: ndarray) -> Rig:
    """A body without some faces, and without the vertices that only they had."""
    mesh, skin = rig.mesh, rig.skin
    faces = mesh.faces[~gone]
    kept = np.unique(faces)
    number = np.zeros(len(mesh.vertices), np.int32)
    number[kept] = np.arange(len(kept))
    return replace(rig, mesh=replace(_picked(mesh, kept), faces=number[faces],
                                     material=None if mesh.material is None else mesh.material[~gone]),
                   skin=None if skin is None else Skin(skin.joints[kept], skin.weights[kept], skin.bind))


def joined(case: Case) -> Rig:
    """Vertices that are alike become one."""
    mesh, skin = case.rig.mesh, case.rig.skin
    back = _alike(case)
    first = np.zeros(int(back.max()) + 1, np.int64)
    first[back[::-1]] = np.arange(len(back))[::-1]
    made = replace(_picked(mesh, first), faces=back[mesh.faces].astype(np.int32))
    return replace(case.rig, mesh=made,
                   skin=None if skin is None else Skin(skin.joints[first], skin.weights[first], skin.bind))


def _picked(mesh: Mesh, kept: ndarray) -> Mesh:
    """A mesh of some vertices only; its faces are still the old ones."""
    def of(values: ndarray | None) -> ndarray | None:
        return None if values is None else values[kept]

    return replace(mesh, vertices=mesh.vertices[kept], normals=of(mesh.normals), uv=of(mesh.uv),
                   colours=of(mesh.colours), shapes={name: each[kept] for name, each in mesh.shapes.items()})


def _alike(case: Case) -> ndarray:
    """(vertices,) a number for each vertex, the same where nothing differs."""
    mesh, skin = case.rig.mesh, case.rig.skin
    parts = [case.shell.point[:, None], mesh.normals, mesh.uv, mesh.colours, *mesh.shapes.values()]
    if skin is not None:
        parts += [skin.joints * (skin.weights > 0), skin.weights]
    rows = np.concatenate([np.asarray(each, np.float64).reshape(len(mesh.vertices), -1) + 0.0
                           for each in parts if each is not None], axis=1)
    return np.unique(rows, axis=0, return_inverse=True)[1].ravel()


def _against(mesh: Mesh) -> ndarray:
    """(vertices,) whether a vertex' normal looks against the faces round it."""
    shell = Shell(mesh.vertices, mesh.faces)
    total = _around(shell)
    return (np.nan_to_num(mesh.normals) * total).sum(1) < AGAINST * np.linalg.norm(total, axis=1)


def _around(shell: Shell) -> ndarray:
    """(vertices, 3) the sum of the normals of the faces round each vertex, by their area."""
    return around(np.nan_to_num(shell.across), shell.faces, len(shell.vertices))


def _facing(mesh: Mesh) -> Mesh:
    """The mesh with its normals on the side of its faces; those that are none are made from the faces."""
    if mesh.normals is None:
        return mesh
    shell = Shell(mesh.vertices, mesh.faces)
    smooth = np.zeros((int(shell.point.max()) + 1, 3))
    np.add.at(smooth, shell.point, _around(shell))
    smooth = smooth[shell.point]
    smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-30)
    found = np.where(_against(mesh)[:, None], -1, 1) * np.nan_to_num(np.asarray(mesh.normals, float))
    sound = np.abs(np.linalg.norm(found, axis=1, keepdims=True) - 1) < 0.1
    return replace(mesh, normals=np.where(sound, found, smooth).astype(np.float32))


def _again(shell: Shell) -> ndarray:
    """(faces,) whether the same three points were a face before, the same way round."""
    least = shell.corners.argmin(1)
    turned = np.take_along_axis(shell.corners, (least[:, None] + np.arange(3)) % 3, 1)
    first = np.unique(turned, axis=0, return_index=True)[1]
    again = np.ones(len(turned), bool)
    again[first] = False
    return again & ~shell.flat


def _specks(shell: Shell) -> ndarray:
    """(faces,) whether a face is of a piece so small, and so far from the rest, that it belongs to nothing."""
    loose = np.zeros(len(shell.faces), bool)
    counts = np.bincount(shell.piece)
    for piece in np.flatnonzero(counts <= SPECK) if len(shell.faces) >= MANY and len(counts) > 1 else ():
        mine = shell.piece == piece
        at = shell.vertices[np.unique(shell.faces[mine])]
        rest = shell.vertices[np.unique(shell.faces[counts[shell.piece] > SPECK])]
        far = len(rest) and np.linalg.norm(rest[:, None] - at[None, :1], axis=-1).min() > AWAY * shell.size
        loose |= mine & bool(far and np.ptp(at, axis=0).max() < TINY * shell.size)
    return loose


def _rings(case: Case) -> list[list[int]]:
    """The small holes of a mesh, in pieces that are not torn on purpose."""
    shell = case.shell
    piece = np.zeros(len(shell.vertices), np.int64)
    piece[shell.corners] = shell.piece[:, None]
    counts = np.bincount(shell.piece)
    return [ring for ring in shell.loops() if 3 <= len(ring) <= RING and shell.open[piece[ring[0]]] < TORN
            and counts[piece[ring[0]]] > 2 * SPECK]


def _dropped(faults: str) -> Ill:
    """The ills whose cure is to leave faces out."""
    find, gone = {"flat": (flat_faces, lambda shell: shell.flat), "twice": (twice_faces, _again),
                  "speck": (specks, _specks),
                  "unused": (unused_vertices, lambda shell: np.zeros(len(shell.faces), bool))}[faults]
    return Ill(f"mesh.{faults}", find, lambda case: without_faces(case.rig, gone(case.shell)))


MESH = (Ill("mesh.number", bent_numbers, put_between), _dropped("flat"), _dropped("twice"), _dropped("speck"),
        Ill("mesh.doubled", doubled, joined), Ill("mesh.holes", holes, close), Ill("mesh.inward", inward, turn_round),
        Ill("mesh.normals", normals, new_normals), _dropped("unused"))
