"""What a build would do, said before it runs: which steps, why, and how long; and why a shot was made again."""

from collections.abc import Iterable
from dataclasses import dataclass

from marrow.film.desk import Desk
from marrow.film.graph import Node, missing_bytes
from marrow.film.make import length_of, past_seconds
from marrow.store import Store


@dataclass(frozen=True)
class Planned:
    """One step that a build will or may run.

    state      "make" will run; "may": hangs on a result not known yet, an equal one stops the wave;
               "lost": the result is known, its bytes are gone
    reason     (word, facts) for `words.say("why." + word)`
    seconds    from past runs of the same step, None when it never ran
    """

    shot: str
    step: str
    state: str
    reason: tuple[str, dict]
    seconds: float | None


def plan(desk: Desk, names: Iterable[str]) -> list[Planned]:
    """Steps that a build of these shots will or may run, in order."""
    names = list(names)
    past = past_seconds(desk.store)
    lost = _lost(desk, names)
    rows = []
    for node in desk.graph.wanted(names):
        if node.made is not None and node not in lost:
            continue
        state = "lost" if node.made else "make" if node.key else "may"
        cost = past.get(node.step.name)
        seconds = None if cost is None else cost * (length_of(node) or 1)
        rows.append(Planned(node.shot, node.step.name, state, reason(desk, node), seconds))
    return rows


def reason(desk: Desk, node: Node) -> tuple[str, dict]:
    """The first thing in which a step differs from its last run in this cut, as a word and facts."""
    gone = {each for action in desk.store.actions("withdraw") for each in action["objects"]}
    if gone and _withdrawn(desk, node, gone):
        return "withdrawn", {}
    if node.made is not None:
        return "lost", {}
    old = _former(desk, node)
    if old is None:
        return "first", {}
    if not node.key:
        before = next(each for each in node.inputs.values() if not each.object)
        return "upstream", {"shot": before.shot, "step": before.step.name}
    return difference(old, node.identity())


def difference(old: dict, new: dict) -> tuple[str, dict]:
    """The first field in which two identities of a step differ.

    test   an engine's name comes before its settings; equal identities give ("same", {})
    """
    step = new["step"]
    if old.get("step") != step:
        return "step", {"old": old.get("step"), "new": step}
    if old["revision"] != new["revision"]:
        return "revision", {"step": step, "old": old["revision"], "new": new["revision"]}
    engines = [name for name, value in new["settings"].items() if isinstance(value, list) and name == "engine"]
    for name in (*engines, *sorted(new["settings"].keys() | old["settings"].keys())):
        before, after = old["settings"].get(name), new["settings"].get(name)
        if before != after:
            word = "engine" if name in engines else "setting"
            return word, {"step": step, "name": name, "old": _short(before), "new": _short(after)}
    for field, word in (("files", "file"), ("inputs", "input")):
        before, after = old.get(field, {}), new.get(field, {})
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                return word, {"step": step, "name": name}
    if old.get("roll", 0) != new.get("roll", 0):
        return "roll", {"step": step, "old": old.get("roll", 0), "new": new.get("roll", 0)}
    return "same", {}


@dataclass(frozen=True)
class Why:
    """Why a shot is (or was) made again: the first differing step, and how many before it are reused."""

    shot: str
    reason: tuple[str, dict]
    reused: int
    done: bool


def why(desk: Desk, shot: str) -> Why:
    """Compare a shot with its last build in this cut; when nothing differs, with the build before, or in a version."""
    chain = desk.graph.wanted([shot])
    for reused, node in enumerate(chain):
        if node.made is None or (node is chain[-1] and missing_bytes(node, desk.store)):
            return Why(shot, reason(desk, node), reused, done=False)
    now = [node.key for node in chain]
    others = [keys for version in desk.film.versions if version != desk.label
              for keys in _cuts(desk.store, version, shot)]
    former = next((keys for keys in reversed(others + _cuts(desk.store, desk.label, shot)) if keys != now), None)
    if former is None:
        return Why(shot, ("first", {}), 0, done=True)
    for reused, (old, new) in enumerate(zip(former, now, strict=False)):
        if old != new:
            return Why(shot, difference(_identity(desk.store, old), _identity(desk.store, new)), reused, done=True)
    return Why(shot, ("recipe", {"old": len(former), "new": len(now)}), min(len(former), len(now)), done=True)


def _lost(desk: Desk, names: list[str]) -> set[Node]:
    """Known results whose bytes are gone and needed: finals, and inputs of whatever must run."""
    lost: set[Node] = set()
    needed = [desk.graph.finals[name] for name in names]
    needed += [each for node in desk.graph.wanted(names) if node.made is None for each in node.inputs.values()]
    while needed:
        node = needed.pop()
        if isinstance(node, Node) and node not in lost and missing_bytes(node, desk.store):
            lost.add(node)
            needed.extend(node.inputs.values())
    return lost


def _withdrawn(desk: Desk, node: Node, gone: set[str]) -> bool:
    """Whether what a step made was destroyed with a witness's words: this result, or the one it had in the last cut."""
    if node.made is not None:
        return node.made.object in gone
    cuts = _cuts(desk.store, desk.label, node.shot)
    chain, keys = desk.graph.chains[node.shot], cuts[-1] if cuts else []
    place = len(keys) - len(chain) + chain.index(node)
    known = desk.store.made(keys[place]) if 0 <= place < len(keys) else None
    return known is not None and known.object in gone


def _former(desk: Desk, node: Node) -> dict | None:
    """The identity of the same step of the same shot in the last cut, if there was one."""
    cuts = _cuts(desk.store, desk.label, node.shot)
    if not cuts:
        return None
    identities = [_identity(desk.store, key) for key in cuts[-1]]
    chain = desk.graph.wanted([node.shot])
    place = chain.index(node)
    same = [each for each in identities if each.get("step") == node.step.name]
    if place < len(identities) and identities[place].get("step") == node.step.name:
        return identities[place]
    return same[0] if same else (identities[place] if place < len(identities) else None)


def _cuts(store: Store, label: str, shot: str) -> list[list[str]]:
    """The keys of a shot in every recorded cut, equal neighbours once, oldest first."""
    found: list[list[str]] = []
    for action in store.actions("cut", label):
        for row in (*action["shots"], *action["sounds"]):
            if row["shot"] == shot and (not found or found[-1] != row["keys"]):
                found.append(row["keys"])
    return found


def _identity(store: Store, key: str) -> dict:
    known = store.made(key)
    return store.action(known.line)["identity"] if known else {"step": "?", "revision": 0, "settings": {}}


def _short(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return " ".join(value)
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
