"""Puppeteer, and any other model that rigs a mesh by a program and leaves RigNet's text; in its own environment.

    engine: puppeteer:/path/to/Puppeteer/rig.sh

The program is yours: a copy of Puppeteer's demo_rigging.sh that takes two words in place of its folders, the mesh to
rig (.obj, its vertices in our order) and where to leave the rig (.txt, as in its results/final_rigging):

    #!/bin/bash
    source venv/bin/activate        # started in the folder where it lies
    ...                             # skeleton, skin and final rig of "$1"
    cp results/final_rigging/body.txt "$2"
"""

from pathlib import Path
from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.bones.contract import RigBody

LIMIT = 1800.0   # seconds for one body


def open_puppeteer(program: Path) -> "RigBody":
    """The program, ready to rig one body after the other."""
    import tempfile
    from collections.abc import Mapping, Sequence

    from marrow.bones.formats.rignet import read_rignet, write_bare_obj
    from marrow.bones.outside import run
    from marrow.contents import Remark
    from marrow.errors import EngineError, MarrowError
    from marrow.media import Mesh, Rig

    program = program.expanduser().resolve()
    if not program.is_file():
        raise EngineError("model.absent", name="Puppeteer", path=program, wanted="rig.sh")
    start = ["bash", str(program)] if program.suffix == ".sh" else [str(program)]

    def make(mesh: Mesh, *, landmarks: Mapping[str, Sequence[float]]) -> tuple[Rig, tuple[Remark, ...]]:
        if landmarks:
            raise EngineError("model.no_clicks", name="Puppeteer")
        with tempfile.TemporaryDirectory(prefix="marrow-puppeteer-") as room:
            given, rigged = Path(room) / "body.obj", Path(room) / "body.txt"
            write_bare_obj(mesh, given)
            run([*start, str(given), str(rigged)], name="Puppeteer", limit=LIMIT, folder=program.parent)
            try:
                return read_rignet(rigged, mesh), ()
            except (MarrowError, OSError) as error:
                raise EngineError("model.nothing", name="Puppeteer", why=str(error)) from error

    return make


engine = Engine("bones.rig", open_puppeteer, about="Puppeteer (2025): a program of yours that leaves RigNet's text",
                about_zh="Puppeteer（2025）：由你自己的脚本调用，交回 RigNet 文本；装在自己的环境里，要显卡",
                licence="Apache-2.0 (code), see its page for the weights", weights=True)
