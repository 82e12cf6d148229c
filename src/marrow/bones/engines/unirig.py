"""UniRig, a model that rigs anything with limbs, in its own folder and environment; needs a GPU.

    git clone https://github.com/VAST-AI-Research/UniRig, install it as its README says into UniRig/.venv
    engine: unirig:/path/to/UniRig/launch/inference/generate_skeleton.sh

Its three scripts run one after the other, as its README shows: skeleton, skin, merge. The Python of UniRig/.venv or
UniRig/venv is used where there is one, else whatever `python` is.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from marrow.engine import Engine

if TYPE_CHECKING:
    from marrow.bones.contract import RigBody

LIMIT = 1800.0                       # seconds for one body
SKELETON, SKIN, MERGE = "generate_skeleton.sh", "generate_skin.sh", "merge.sh"


def open_unirig(script: Path) -> "RigBody":
    """UniRig, ready to rig one body after the other."""
    import os
    import tempfile
    from collections.abc import Mapping, Sequence

    from marrow.bones.outside import run
    from marrow.bones.skeleton import at_rest, checked
    from marrow.contents import Remark
    from marrow.errors import EngineError, MarrowError
    from marrow.forms.gltf import read_gltf
    from marrow.forms.gltf_write import write_mesh
    from marrow.media import Mesh, Rig

    script = script.expanduser().resolve()
    absent = [name for name in (SKELETON, SKIN, MERGE) if not script.with_name(name).is_file()]
    if absent or script.name != SKELETON:
        raise EngineError("model.absent", name="UniRig", path=script, wanted=SKELETON)
    home = script.parents[2]
    rooms = [home / room / side for room in (".venv", "venv") for side in ("bin", "Scripts")]
    search = os.pathsep.join([*(str(room) for room in rooms if room.is_dir()), os.environ.get("PATH", "")])

    def ask(name: str, **said: Path) -> None:
        words = [word for key, path in said.items() for word in (f"--{key}", str(path))]
        run(["bash", str(script.with_name(name)), *words], name="UniRig", limit=LIMIT, folder=home,
            keep={"PATH": search})

    def make(mesh: Mesh, *, landmarks: Mapping[str, Sequence[float]]) -> tuple[Rig, tuple[Remark, ...]]:
        if landmarks:
            raise EngineError("model.no_clicks", name="UniRig")
        with tempfile.TemporaryDirectory(prefix="marrow-unirig-") as room:
            folder = Path(room)
            given, bones, skin, rigged = (folder / name for name in ("body.glb", "bones.fbx", "skin.fbx", "rigged.glb"))
            write_mesh(mesh, given)
            ask(SKELETON, input=given, output=bones)
            ask(SKIN, input=bones, output=skin)
            ask(MERGE, source=skin, target=given, output=rigged)
            try:
                found = next(each for each in read_gltf(rigged).rigs if each.skin is not None)
                checked(at_rest(found.skeleton))
            except (MarrowError, OSError, StopIteration) as error:
                raise EngineError("model.nothing", name="UniRig", why=str(error) or "no rig") from error
        return found, ()

    return make


engine = Engine("bones.rig", open_unirig, about="UniRig (SIGGRAPH 2025): anything with limbs; its own folder, a GPU",
                about_zh="UniRig（SIGGRAPH 2025）：凡有肢体的都能绑；装在自己的文件夹里，要显卡",
                licence="MIT (code), see its page for the weights", weights=True)
