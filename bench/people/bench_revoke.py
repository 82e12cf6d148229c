"""A mother withdraws: is any run of four characters that only she said found in any byte of the film's folder?

    python bench/people/bench_revoke.py [--show]

The family of the example is taken in, the father is asked every question of the key, answers are kept as a generation
and a talk, the archive is exported (JSON Lines, cards as JSON and PNG), a film is made in which a title, a subtitle, a
voice and an answer rest on her, and it is sealed. Copies of her words lie about in other encodings and in archives.
Then `marrow people revoke mother --really`; what it names for the person to delete is deleted; and a searcher that
shares no code with it looks through every byte: UTF-8, UTF-16, GB18030, Big5, both scripts, escaped, as pinyin, inside
archives, in names of files. A run is four Chinese characters or digits in a row of her utterances, signs between them
left out, one of them Chinese, that stands in nobody else's words, in no name of the family, and not outside all turns
of files in which she does not speak.
"""

import argparse
import base64
import contextlib
import gzip
import io
import json
import logging
import os
import random
import re
import shutil
import sys
import time
import tomllib
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from house import FAMILIES, FOLDER, key
from opencc import OpenCC
from pypinyin import lazy_pinyin
from results import rounded, write_result

from marrow import engine
from marrow.film import verbs as film
from marrow.people import verbs, verbs_out
from marrow.people.archive import open_archive
from marrow.people.asking import ask
from marrow.people.verbs_revoke import revoke

KEY, TESTIMONY = key("Chinese"), FOLDER / FAMILIES["Chinese"][0]
FILM = '''title = "她的话"
fps = 24
size = "320x180"
version = "v1"

[people.dad]
name = "dad"
[people.daughter]
name = "daughter"

[[shot]]
name = "01-妈妈"
recipe = ["frames.title"]
text = "一只手推车，\\n一只手牵着你。"
length = "1s"

[[shot]]
name = "02-答"
recipe = ["people.answer", "frames.title"]
text = "枣树是谁栽的？"
testimony = "archive/people.sqlite"
speaker = "dad"
asker = "daughter"
length = "1s"

[[shot]]
name = "03-他"
recipe = ["frames.title"]
text = "别的话"
length = "2s"
fade = "0.25s"
subtitles = [ { at = "0.5s", to = "1s", text = "院子九八年拆了。", below = "Gone." } ]

[[sound]]
name = "妈妈说"
recipe = ["voice.speak"]
text = "巷口到家那一段，他走得慢。"
shot = "03-他"
'''
FORMS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs")
SEED = 7


def main() -> None:
    """Build, withdraw, search."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", action="store_true", help="print what the verb says, and what was found")
    chosen = parser.parse_args()
    logging.disable()
    if "film" not in engine.points("marrow.forget"):
        sys.exit("install this package first: its entry points are missing")
    with TemporaryDirectory() as room:
        folder = Path(room) / "影片"
        folder.mkdir()
        os.chdir(folder)
        figures = withdrawn(folder, show=chosen.show)
        os.chdir("/")
    write_result("people_revoke", rounded(figures))
    print(json.dumps(rounded(figures), ensure_ascii=False, indent=1))


def withdrawn(folder: Path, *, show: bool) -> dict:
    """Everything before and after."""
    taken_in()
    runs = only_hers(folder)
    before = answers()
    littered(folder)
    sealed = film_made(folder)
    frames = pictures(sealed)
    hits = searched(folder, runs)
    begun = time.process_time()
    listed = list(revoke("mother"))
    dry = time.process_time() - begun
    same = searched(folder, runs) == hits
    begun = time.process_time()
    told = list(revoke("mother", really=True))
    seconds = time.process_time() - begun
    left = [Path(line.strip()) for line in told[-1 - 9:] if line.startswith("  ") and (folder / line.strip()).is_file()]
    for path in left:
        if path.parts[0] == "notes":
            path.unlink()
    found = searched(folder, runs)
    after = answers()
    untouched = [words for words, (reply, cites) in before.items() if not cites]
    if show:
        print("\n".join(listed), "\n\n", "\n".join(told[-12:]), "\n", found, left)
        print([(words, before[words][0], after[words][0]) for words in untouched
               if after[words][0] != before[words][0]])
    again = len(pictures(film.play(folder, "v1", show=False)))
    plan = {each.reason[0] for each in film.plan(folder)}
    return {"runs": len(runs), "places before": len(hits), "places after": len(found), "listing changes nothing": same,
            "left to the person": sorted(path.name for path in left), "seconds to list": dry, "seconds": seconds,
            "megabytes": size(folder) / 1e6, "frames of the sealed film": [len(frames), again],
            "answers": len(before), "that did not cite her": len(untouched),
            "of those the same after": sum(after[words][0] == before[words][0] for words in untouched),
            "answers that still cite her": sum(cites for _, cites in after.values()),
            "others verify": verified(), "plan says": sorted(plan), "taken in again": taken_in_again(folder, runs),
            "large film": large(folder)}


def taken_in() -> None:
    """The whole family, the nameless speakers named, her diary hers; a generation and a questionnaire."""
    shutil.copytree(TESTIMONY, "testimony")
    toml = Path("testimony/family.toml")
    toml.write_text(toml.read_text("utf-8").replace('"film"]', '"film", "public"]'), "utf-8")
    list(verbs.add("testimony"))
    for label, person in (("Speaker 1", "zhou"), ("Speaker 2", "daughter")):
        list(verbs.name(label, person))
    with contextlib.suppress(Exception):
        list(verbs.name("", "mother", file="mother_diary.txt"))


def answers() -> dict[str, tuple[str, bool]]:
    """What the father says to every question of the key, and whether it rests on her."""
    said = {}
    with open_archive(write=False) as archive:
        for each in KEY["questions"]:
            if not archive.family.members[each["person"]].died:
                continue
            reply = ask(archive, each["words"], person=each["person"], asker=each["asker"])
            ids = [proof.utterance for one in reply.sentences for proof in one.evidence] + list(reply.rivals)
            hers = {found.id for found in archive.get(ids).values() if found.witness == "mother"}
            said[each["words"]] = (reply.words, bool(hers))
    return said


def littered(folder: Path) -> None:
    """Exports, a kept talk, a kept generation, and copies of her words wherever people leave such things."""
    from marrow.people import generations, showing
    from marrow.people.asking import Manner

    list(verbs_out.export("out.jsonl", purpose="public"))
    for name in ("card.json", "card.png"):
        list(verbs_out.card("dad", name))
    questions = [each["words"] for each in KEY["questions"][:20]]
    with open_archive() as archive:
        generations.make(archive, "g1", "dad", generations.probes(archive, "\n".join(questions)), Manner())
        rows = [{"words": words, "reply": json.loads(showing.kept(archive, ask(archive, words, person="dad",
                                                                               asker="daughter")))}
                for words in questions]
    Path("talk.jsonl").write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    words = Path("testimony/mother.txt").read_text("utf-8")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "gb.txt").write_bytes(words.encode("gb18030"))
    (notes / "wide.srt").write_bytes(words.encode("utf-16"))
    (notes / "big5.txt").write_bytes(OpenCC("s2t").convert(words).encode("big5hkscs", "replace"))
    (notes / "pinyin.txt").write_text(" ".join(lazy_pinyin(words)), "utf-8")
    (notes / "escaped.json").write_text(json.dumps({"words": words}), "utf-8")
    (notes / "mail.txt").write_text(base64.b64encode(words.encode()).decode(), "utf-8")
    (notes / "packed.gz").write_bytes(gzip.compress(words.encode("utf-16-be")))
    with zipfile.ZipFile(notes / "letter.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", words)
    (notes / "memory.bin").write_bytes(random.Random(SEED).randbytes(100_001) + words.encode("utf-16-le"))


def film_made(folder: Path) -> Path:
    """Made, sealed, and made once more as another version."""
    (folder / "film.toml").write_text(FILM, "utf-8")
    made = film.make(folder)
    if made.errors:
        sys.exit(f"{made.errors}")
    return film.seal(folder, "v1", note="她说：一只手推车，一只手牵着你。")


def pictures(path: Path) -> list:
    """Every picture of a film."""
    import av

    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]


# ------------------------------------------------------------ the other searcher


def plain(text: str) -> str:
    """Characters and digits, simplified, nothing between them; a letter of another script parts them."""
    kept = []
    for each in OpenCC("t2s").convert(text).lower():
        kept.append(each if "\u3400" <= each <= "\u9fff" or each in "0123456789" else
                    " " if each.isalnum() or each in "█■_" else "")
    return "".join(kept)


def windows(text: str) -> set[str]:
    """Four in a row."""
    return {row[at:at + 4] for row in plain(text).split() for at in range(len(row) - 3)
            if not row[at:at + 4].isdigit()}


def only_hers(folder: Path) -> set[str]:
    """Runs of hers that stand in nobody else's words; names, and frames of others' files, are nobody's testimony."""
    hers, others = set(), set(windows(json.dumps(tomllib.loads(
        (folder / "testimony/family.toml").read_text("utf-8")), ensure_ascii=False)))
    with open_archive(write=False) as archive:
        for text, heard, who in archive.db.execute("select text, heard, witness from utterances"):
            (hers if who == "mother" else others).update(windows(text) | windows(heard))
        for source, encoding in archive.db.execute("select source, encoding from originals").fetchall():
            turns = archive.db.execute("select start, finish, witness from utterances where source = ?", (source,))
            turns = sorted(turns.fetchall())
            ends, starts = [0, *(end for _, end, _ in turns)], [*(start for start, _, _ in turns), None]
            if all(who != "mother" for _, _, who in turns):
                content = (archive.originals / source).read_bytes()
                for end, start in zip(ends, starts, strict=True):
                    others |= windows(content[end:start].decode(encoding, "replace"))
    return hers - others


def patterns(runs: set[str]) -> dict[int, set[bytes]]:
    """Runs as bytes, by length: every encoding, both scripts, escaped, and as letters."""
    found: dict[int, set[bytes]] = {}
    wide = OpenCC("s2t")
    for run in runs:
        spelled = [each.encode(form, "ignore") for each in {run, wide.convert(run)} for form in FORMS]
        spelled += [json.dumps(run)[1:-1].encode()]
        for each in spelled:
            if len(each) >= 8:
                found.setdefault(len(each), set()).add(each)
    return found


def searched(folder: Path, runs: set[str]) -> list[str]:
    """Names of files, and of what is packed in them, that hold any run."""
    sought, sounds = patterns(runs), sounding(runs)
    found = []
    for path in sorted(folder.rglob("*")):
        if holds(path.name.encode(), sought, runs, sounds):
            found.append(f"name {path.name}")
        if path.is_file() and any(holds(each, sought, runs, sounds) for each in unpacked(path.read_bytes())):
            found.append(path.relative_to(folder).as_posix())
    return found


def sounding(runs: set[str]) -> dict[int, set[str]]:
    """Runs as pinyin without blanks, of eight letters and more."""
    found: dict[int, set[str]] = {}
    for run in runs:
        letters = "".join(lazy_pinyin(run)).replace("ü", "u").replace("v", "u")
        if len(letters) >= 8 and letters.isalpha():
            found.setdefault(len(letters), set()).add(letters)
    return found


def holds(content: bytes, sought: dict[int, set[bytes]], runs: set[str], sounds: dict[int, set[str]]) -> bool:
    """Whether bytes hold a run, byte for byte or as a text without its signs."""
    for length, known in sought.items():
        heads = {each[:4] for each in known}
        for at in range(len(content) - length + 1):
            if content[at:at + 4] in heads and content[at:at + length] in known:
                return True
    for form in ("utf-8", "utf-16", "gb18030", "big5hkscs"):
        with contextlib.suppress(UnicodeError):
            text = content.decode(form)
            if not windows(text).isdisjoint(runs):
                return True
            letters = "".join(each for each in text.lower().replace("ü", "u").replace("v", "u") if "a" <= each <= "z")
            if any(letters[at:at + length] in known for length, known in sounds.items()
                   for at in range(len(letters) - length + 1)):
                return True
    return False


def unpacked(content: bytes) -> list[bytes]:
    """Bytes, and what is packed in them."""
    found = [content]
    with contextlib.suppress(zipfile.BadZipFile, OSError, EOFError, zlib.error):
        if content[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(content))
            found += [archive.read(name) for name in archive.namelist()]
        if content[:2] == b"\x1f\x8b":
            found.append(gzip.decompress(content))
    for each in re.findall(rb"[A-Za-z0-9+/]{64,}", content):
        found.append(base64.b64decode(each[:len(each) // 4 * 4]))
    return found


# ------------------------------------------------------------ afterwards


def verified() -> bool:
    """Whether every utterance that is left stands where it stood."""
    with open_archive(write=False) as archive:
        return all(archive.verify(each) for each in archive.utterances())


def taken_in_again(folder: Path, runs: set[str]) -> int:
    """Files of the archive that hold her runs after the old files came in once more."""
    shutil.rmtree("testimony")
    shutil.copytree(TESTIMONY, "testimony")
    list(verbs.add("testimony"))
    return len(searched(folder / "archive", runs))


def large(folder: Path) -> dict:
    """How long it takes to look through a folder with gigabytes of recordings; nothing of hers is in them."""
    from marrow.people.runs import runs_of
    from marrow.people.sweep import Sought, sweep

    home = folder / "rushes"
    home.mkdir()
    for number in range(40):
        with open(home / f"{number}.mp4", "wb") as file:
            file.write(b"\0\0\0\x20ftypmp42" + random.Random(number).randbytes(1 << 20))
            file.truncate(1 << 30)
    begun = time.process_time()
    hits = list(sweep(home, Sought(runs_of([Path("testimony/mother.txt").read_text("utf-8")], []))))
    return {"gigabytes": 40 * 1.073741824, "seconds": time.process_time() - begun, "looked at its ends only": len(hits)}


def size(folder: Path) -> int:
    """Bytes below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
