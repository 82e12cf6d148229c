"""Steps that make scans fit for film; imports stay inside, so that naming a step costs nothing."""

from typing import Annotated, Literal

from marrow.media import Cloud
from marrow.step import step
from marrow.units import Bound, Table

Spacing = Annotated[float, Bound(0, 100, "m")]


@step(revision=3)
def clean(cloud: Cloud, *, thin: Spacing = 0.0, outliers: bool = True, crop: Table = (), floor: bool = False,
          measure: Table = (), normals: bool = False, up: Literal["file", "y", "z"] = "file") -> Cloud:
    """Make a scan fit for film: strays swept out, thinned evenly, cut to a box, in true metres, level.

    In this order: box, true metres, strays, thinning, level, normals.
    thin        metres between the points that are kept; 0 keeps them all
    outliers    leave out stray points and lone clumps
    crop        two corners of the box to keep, x y z, in the coordinates of the cloud's file
    floor       level the scan by its floor
    measure     one row: two points of the file's coordinates, and the metres between them
    normals     tell for each point which way its surface faces, for programs that light or mesh it
    up          the sky's axis in the file; "file" believes what the reader knows of it
    raises      InputError  nothing in the box, no clear floor, rows that cannot be read
    """
    from marrow.places.clouds import stood

    cloud = stood(cloud, up)
    cloud = _cropped(cloud, crop) if crop else cloud
    cloud = _scaled(cloud, measure) if measure else cloud
    cloud = _swept(cloud) if outliers else cloud
    cloud = _thinned(cloud, thin) if thin else cloud
    cloud = _levelled(cloud) if floor else cloud
    return _faced(cloud) if normals else cloud


@step(revision=2)
def join(cloud: Cloud, other: Cloud) -> Cloud:
    """Bring two scans of one place together, wherever they lie; refused where they do not show one place.

    cloud     stays where it is
    other     is brought to it; both in true metres
    raises    InputError  they do not clearly show one place
    """
    from marrow.contents import Remark, tell_of
    from marrow.places.joining import joining

    made = joining.joined(cloud, other)
    lost = joining.unknown(cloud, other)
    tell_of([Remark("places.joined", {"overlap": f"{100 * made.overlap:.0f}",
                                      "residual": f"{1000 * made.residual:.0f}"})]
            + [Remark("places.unjoined", {"names": ", ".join(lost)})] * bool(lost))
    return made.cloud


def _cropped(cloud: Cloud, crop: Table) -> Cloud:
    import numpy as np

    from marrow.errors import InputError
    from marrow.places.cleaning.measure import cropped

    if [len(row) for row in crop] != [3, 3]:
        raise InputError("places.corners", found=sum(len(row) for row in crop))
    made = cropped(cloud, *np.array(crop))
    _tell("places.cropped", count=len(made.points), of=len(cloud.points))
    return made


def _scaled(cloud: Cloud, measure: Table) -> Cloud:
    import numpy as np

    from marrow.errors import InputError
    from marrow.places.cleaning.measure import scaled

    if [len(row) for row in measure] != [7]:
        raise InputError("places.lengths", found=sum(len(row) for row in measure))
    row = np.array(measure[0])
    made = scaled(cloud, row[:3], row[3:6], float(row[6]))
    unit = cloud.sources[0].unit if cloud.sources else 1.0
    _tell("places.scaled_by", times=f"{made.sources[0].unit / unit:.4g}")
    return made


def _swept(cloud: Cloud) -> Cloud:
    from marrow.places.cleaning.outliers import swept

    made = swept(cloud)
    if len(made.points) < len(cloud.points):
        _tell("places.swept", count=len(cloud.points) - len(made.points), of=len(cloud.points))
    return made


def _thinned(cloud: Cloud, thin: float) -> Cloud:
    import numpy as np

    from marrow.places.cleaning.thinning import thinned
    from marrow.places.clouds import taken

    made = thinned(taken(cloud, np.isfinite(cloud.points).all(1)), thin)
    _tell("places.thinned", count=len(made.points), of=len(cloud.points), thin=f"{thin:g}")
    return made


def _levelled(cloud: Cloud) -> Cloud:
    import numpy as np

    from marrow.places.cleaning.floor import floor_of, upright

    floor = floor_of(cloud)
    made = upright(cloud, floor)
    degrees = np.degrees(np.arccos(np.clip(floor.up[1], -1, 1)))
    _tell("places.levelled", degrees=f"{degrees:.1f}", confidence=f"{floor.confidence:.2f}")
    return made


def _faced(cloud: Cloud) -> Cloud:
    import numpy as np

    from marrow.places.cleaning.normals import with_normals
    from marrow.places.clouds import taken

    return with_normals(taken(cloud, np.isfinite(cloud.points).all(1)))


def _tell(key: str, **facts: object) -> None:
    from marrow.contents import Remark, tell_of

    tell_of([Remark(key, facts)])
