"""Words of kinship beside npm's relationship.js 1.2.9: every path of up to three steps, both ways, every sex of ego.

    npm install --prefix /tmp/kin relationship.js@1.2.9
    python bench/people/bench_kin.py --peer /tmp/kin/node_modules/relationship.js

The ten steps are 爸爸 妈妈 儿子 女儿 哥哥 弟弟 姐姐 妹妹 老公 老婆: 1,110 paths. Of each is asked what I call him, and
what he calls me, for a man, a woman, and a sex not known. The peer takes minutes.

How it is compared. As sets of words, letter by letter: `terms(path)` against what the peer answers. That is fair
because both have one standard word for each kin type, and ours were chosen to be the peer's where it has one: the
words are a convention, what is measured is which relatives a path leads to. Neither set is mended.
The third way round, what a word means: each word that the peer gives anywhere, `meaning(word)` against the peer's own
chains for it, as kin types, since there are no words to compare. Our table knows more meanings than the peer's; so
agreement is counted as equal sets, as holding every meaning that the peer has, and as holding them with ages left out
(its chains do not tell 堂哥 from 堂弟).

Every disagreement is put into a class by a rule, not by hand; what is in no class is counted as ours:
    impossible    the peer finds somebody where the path crosses a marriage of two men or two women that it refuses
                  elsewhere (it answers nobody for 哥哥的老公, and 侄子 for 哥哥的老公的儿子)
    unlike        for a sex not known the peer's answer is not its own answer for a man and for a woman put together
                  (whom my father's son's son calls 妈妈, when his father is I or my brother)
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from results import rounded, write_result

from marrow.people.kin.algebra import EGO, ages, blind, reduced, reverse
from marrow.people.kin.terms import meaning, terms, words

STEPS = {"爸爸": "F", "妈妈": "M", "儿子": "S", "女儿": "D", "哥哥": "eB", "弟弟": "yB", "姐姐": "eZ", "妹妹": "yZ",
         "老公": "H", "老婆": "W"}
CHAINED = STEPS | {"兄弟": "B", "姐妹": "Z", "自己": EGO}
SEXES = {"unknown": ("", -1), "woman": ("female", 0), "man": ("male", 1)}
PEER = """
const relationship = require(process.argv[1]);
const asked = JSON.parse(require('fs').readFileSync(0));
const begun = process.cpuUsage();
const answers = asked.map(each => relationship(each));
const took = process.cpuUsage(begun);
console.log(JSON.stringify({answers, seconds: (took.user + took.system) / 1e6}));
"""


def peer(package: str, asked: list[dict]) -> tuple[list[list[str]], float]:
    """Its answers, and CPU milliseconds for each."""
    told = json.loads(subprocess.run(["node", "-e", PEER, package], input=json.dumps(asked), capture_output=True,
                                     text=True, check=True).stdout)
    return told["answers"], told["seconds"] / len(asked) * 1000


def ours(path: tuple[str, ...], sex: str, back: bool) -> frozenset[str]:
    """What I call him at the end of a path, or he me."""
    return words(reverse([STEPS[step] for step in path], sex)) if back else terms([STEPS[step] for step in path], sex)


def same_sex(path: tuple[str, ...]) -> bool:
    """Whether the path leads across a marriage of two men or two women."""
    sexes = ["F" if STEPS[step][-1] in "MDZW" else "M" for step in path]
    married = [(one, step) for one, step in zip(sexes, path[1:], strict=False) if step in ("老公", "老婆")]
    return any((one == "M") == (step == "老公") for one, step in married)


def paths_beside(package: str) -> tuple[dict, list[dict], list[str]]:
    """Agreement on all paths, every disagreement with its class, and the peer's words."""
    paths = [path for length in (1, 2, 3) for path in product(STEPS, repeat=length)]
    asked = [(path, sex, back) for path in paths for sex in SEXES for back in (False, True)]
    told, cost = peer(package, [{"text": "的".join(path), "sex": SEXES[sex][1], "reverse": back}
                                for path, sex, back in asked])
    theirs = {key: frozenset(answer) for key, answer in zip(asked, told, strict=True)}
    begun = time.process_time()
    mine = {key: ours(key[0], SEXES[key[1]][0], key[2]) for key in asked}
    spent = (time.process_time() - begun) / len(asked) * 1000
    apart = [{"path": "的".join(path), "ego": sex, "back": back, "ours": sorted(mine[path, sex, back]),
              "peer": sorted(theirs[path, sex, back]), "class": why(theirs, path, sex, back)}
             for path, sex, back in asked if mine[path, sex, back] != theirs[path, sex, back]]
    raw = {f"{'he calls me' if back else 'I call him'}, {sex}": agreement(apart, len(paths), sex, back)
           for sex in SEXES for back in (False, True)}
    sane = [key for key in asked if why(theirs, *key) == "none"]
    return {"paths": len(paths), "asked": len(asked), "agree": raw,
            "agree on all asked": 1 - len(apart) / len(asked),
            "agree where the peer agrees with itself": sum(mine[key] == theirs[key] for key in sane) / len(sane),
            "asked where the peer agrees with itself": len(sane),
            "disagreements by class": dict(Counter(each["class"] for each in apart)),
            "ms per call": spent, "peer: ms per call": cost}, apart, sorted(set().union(*told))


def agreement(apart: list[dict], count: int, sex: str, back: bool) -> float:
    return 1 - sum(each["ego"] == sex and each["back"] == back for each in apart) / count


def why(theirs: dict, path: tuple[str, ...], sex: str, back: bool) -> str:
    """The class of the peer's answer, by rule: "impossible", "unlike" or "none"."""
    if same_sex(path) and theirs[path, sex, back]:
        return "impossible"
    either = theirs[path, "man", back] | theirs[path, "woman", back]
    return "unlike" if sex == "unknown" and theirs[path, sex, back] != either else "none"


def words_beside(package: str, vocabulary: list[str], apart: list[dict]) -> dict:
    """What the peer's words mean: kin types of its chains against ours."""
    chains, _ = peer(package, [{"text": word, "type": "chain"} for word in vocabulary])
    equal = holds = ageless = 0
    for word, told in zip(vocabulary, chains, strict=True):
        plain = [chain.split("的") for chain in told if not chain.startswith("(")]
        theirs = {kin for chain in plain for kin in reduced([CHAINED[step] for step in chain])}
        mine = {aged for kin in meaning(word) for aged in ages(kin)}
        equal, holds = equal + (mine == theirs), holds + (mine >= theirs)
        ageless += set(map(blind, mine)) >= set(map(blind, theirs))
        if mine != theirs:
            apart.append({"word": word, "ours only": sorted(mine - theirs), "peer only": sorted(theirs - mine)})
    count = len(vocabulary)
    return {"words": count, "equal": equal / count, "hold all": holds / count, "hold all but ages": ageless / count}


def speed() -> dict:
    """CPU milliseconds of single calls, the slowest too."""
    took = []
    for path in product(STEPS, repeat=3):
        begun = time.process_time()
        ours(path, "", back=False)
        took.append((time.process_time() - begun) * 1000)
    return {"median": statistics.median(took), "p99": statistics.quantiles(took, n=100)[98], "most": max(took)}


def main() -> None:
    """Compare, and write the figures."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--peer", required=True, help="folder of relationship.js, as npm installs it")
    package = str(Path(arguments.parse_args().peer).resolve())
    paths, apart, vocabulary = paths_beside(package)
    meanings: list[dict] = []
    figures = {"command": "python bench/people/bench_kin.py --peer /tmp/kin/node_modules/relationship.js",
               "peer": "relationship.js " + json.loads(Path(package, "package.json").read_text("utf-8"))["version"],
               "paths": paths, "words": words_beside(package, vocabulary, meanings), "ms of single calls": speed()}
    print(json.dumps(rounded(figures), ensure_ascii=False, indent=1))
    write_result("people_kin", rounded(figures) | {"apart": apart, "meanings apart": meanings})


if __name__ == "__main__":
    main()
