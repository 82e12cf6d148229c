"""PLY, read as a mesh: `marrow.forms.ply` does the work."""

from pathlib import Path

from marrow.contents import Contents
from marrow.forms.ply import read_mesh


def read_ply(path: Path) -> Contents:
    """The mesh of a PLY.

    raises    InputError  as `marrow.forms.ply.read_mesh`; "mesh.no_faces" for a scan
    """
    return Contents("ply", meshes=(read_mesh(path),))
