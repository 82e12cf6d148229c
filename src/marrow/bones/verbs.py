"""What the department of bones does on the command line beside its steps."""

import json
from collections.abc import Iterator
from pathlib import Path

from marrow.contents import told
from marrow.words import say

OWN = (".bvh", ".glb", ".gltf", ".vrm", ".npz")  # written by our own code


def convert(source: str, target: str, *, body: str = "", take: str = "", form: str = "") -> Iterator[str]:
    """Turn any file of bodies and motions into any other format, and state what that cost.

    source     any readable format
    target     any writable format, chosen by the suffix
    body       which character, where the file holds several
    take       which motion, where the file holds several and the target only one
    form       "vrm0" for a .vrm of the old kind
    returns    lines for people; beside the target a .slate.json records the same in numbers
    raises     InputError  unreadable, unwritable, or the target cannot hold this skeleton
    """
    from hashlib import sha256

    from marrow.bones import files
    from marrow.bones.loss import loss

    here, there = Path(source), Path(target)
    held = files.read(here)
    rig = files.chosen(files.whole(held), here, body=body, take=take)
    if there.suffix.lower() in files.ONE_TAKE and len(rig.motions) > 1:
        raise files.several(here, "take", [each.name for each in rig.motions])
    remarks = [*held.losses, *files.write(rig, there, form=form)]
    yield say("bones.written", path=there, joints=len(rig.skeleton.names), motions=len(rig.motions))
    slate = {"source": here.name, "sha256": sha256(here.read_bytes()).hexdigest(), "form": held.form,
             "stated": {name: str(value) for name, value in held.stated.items()}}
    if there.suffix.lower() in files.readable():
        found = loss(rig, files.chosen(files.whole(files.read(there, on=rig.skeleton)), there))
        slate |= {"joint_error_of_height": found.joints, "duration_error_seconds": found.seconds}
        remarks += [each for each in found.lacking if each.key not in {told.key for told in remarks}]
        yield say("bones.loss", joints=f"{found.joints * 100:.4f}", seconds=f"{found.seconds:.4f}")
    yield from told(remarks)
    slate["losses"] = [remark.tell("en") for remark in remarks]
    text = json.dumps(slate, ensure_ascii=False, indent=1)
    there.with_name(f"{there.name}.slate.json").write_text(f"{text}\n", "utf-8")


def doctor(file: str, *, fix: bool = False) -> Iterator[str]:
    """Say what a file of bodies and motions is and what is wrong with it; mend it into a new file if asked.

    file       any readable format
    fix        write what can be mended to a new file beside it; the original stays as it is
    """
    from marrow.bones import files
    from marrow.bones.doctor import examine, mend, report
    from marrow.words import language

    held = files.read(Path(file))
    yield report(held, examine(held), language())
    if fix:
        mended, changed = mend(held)
        yield ""
        for rig in files.whole(mended).rigs:
            target = _beside(Path(file), rig.name if len(mended.rigs) > 1 else "")
            losses = files.write(rig, target)
            yield say("bones.mended", count=len(changed), path=target)
            yield from told((*changed, *losses))


def _beside(path: Path, body: str) -> Path:
    """Where the mended file goes: the same format where it is written without another program, else GLB."""
    suffix = path.suffix.lower() if path.suffix.lower() in OWN else ".glb"
    number, name = 1, f"{path.stem}.fixed{'.' + body if body else ''}"
    while (target := path.with_name(f"{name}{'' if number == 1 else number}{suffix}")).exists():
        number += 1
    return target
