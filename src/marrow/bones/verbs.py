"""What the department of bones does on the command line beside its steps."""

import json
from collections.abc import Iterator
from pathlib import Path

from marrow import forms
from marrow.contents import told
from marrow.errors import InputError
from marrow.words import say

CLOSE, LATE = 0.001, 0.05  # share of the height, seconds: a conversion that is farther off is warned of
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

    here = Path(source)
    there = forms.place_for(Path(target), here)
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
        if found.joints > CLOSE or found.seconds > LATE:
            yield say("bones.far")
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
    findings = examine(held)
    yield report(held, findings, language())
    if not fix and any(each.mendable for each in findings):
        yield say("doctor.chart.fix")
    if fix:
        mended, changed = mend(held)
        yield ""
        for rig in files.whole(mended).rigs:
            target = _beside(Path(file), rig.name if len(mended.rigs) > 1 else "")
            losses = files.write(rig, target)
            yield say("bones.mended", count=len(changed), path=target)
            yield from told((*changed, *losses))


def report(source: str, result: str, *, table: str = "") -> Iterator[str]:
    """Say how well a motion came over to another body: sliding feet, depth in the ground, jerk, joints beyond limits.

    source, result    the motion as it was, and what retargeting made of it
    table             a .csv to write with a row for each frame
    returns           lines for people: both motions side by side, and the worst frames
    raises            InputError  different lengths, or no human body
    """
    import numpy as np

    from marrow import terminal
    from marrow.bones import files
    from marrow.bones.report import report as compare

    sheet = forms.place_for(Path(table), Path(source), Path(result)) if table else None
    found = compare(files.motion(Path(source)), files.motion(Path(result)))
    parts = ("skate", "depth", "jerk", "limits", "cross")
    both = [(name, getattr(found.source, name), getattr(found.result, name)) for name in parts]
    rows = [(say(f"report.{name}"), f"{was.mean():.2f}", f"{was.max():.2f}", f"{now.mean():.2f}", f"{now.max():.2f}",
             int(now.argmax()) + 1) for name, was, now in both]
    head = [say(f"report.{each}") for each in ("what", "was", "was_worst", "now", "now_worst", "frame")]
    yield terminal.table(head, rows)
    yield from told(found.remarks)
    if sheet:
        names = ",".join(["frame", *(f"{name} {when}" for name in parts for when in ("source", "result")), "swapped"])
        columns = [np.arange(1, len(found.swapped) + 1), *(each for _, *pair in both for each in pair), found.swapped]
        np.savetxt(sheet, np.column_stack(columns), "%.4g", ",", header=names, comments="", encoding="utf-8")
        yield table


def body(target: str, *, height: str = "1.75") -> Iterator[str]:
    """Make a plain body with a skeleton, fingers too, for motions that have no body yet. CC0.

    target     where to write; the suffix chooses the format
    height     metres
    raises     InputError  "bones.height" for no height of a person
    """
    from marrow.bones import files
    from marrow.bones.bind import bind
    from marrow.bones.flesh import flesh
    from marrow.bones.human import standard
    from marrow.bones.skeleton import at_rest, fk

    try:
        tall = float(height.removesuffix("m"))
    except ValueError:
        tall = 0.0
    if not 0.3 <= tall <= 3:
        raise InputError("bones.height", height=height)
    there = forms.place_for(Path(target))
    skeleton = standard(tall)
    mesh = flesh(dict(zip(skeleton.names, fk(at_rest(skeleton))[0], strict=True)), tall)
    yield from told(files.write(bind(mesh, skeleton), there))
    yield say("bones.written", path=there, joints=len(skeleton.names), motions=0)


def _beside(path: Path, body: str) -> Path:
    """Where the mended file goes: the same format where it is written without another program, else GLB."""
    suffix = path.suffix.lower() if path.suffix.lower() in OWN else ".glb"
    number, name = 1, f"{path.stem}.fixed{'.' + body if body else ''}"
    while (target := path.with_name(f"{name}{'' if number == 1 else number}{suffix}")).exists():
        number += 1
    return target
