"""The graph of a cut: which step needs what, the key of each, and what the store already knows.

A key is the hash of what decides a result: step and revision, settings after defaults, engine and model, input ids,
and the roll of a step that throws dice. No path, time, host, shot name or order is in it. Constructive traces with
early cut-off: a step's key needs the *ids* of its inputs, so a byte-equal result stops the wave.
source: Mokhov, Mitchell, Peyton Jones, Build Systems à la Carte, ICFP 2018.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from marrow import engine
from marrow.errors import EngineError
from marrow.film.executor import Item, Work
from marrow.film.film import Call, Cut, Film, Laid, Reference, Shot
from marrow.step import Step, find, plain
from marrow.store import Made, Store, canonical


@dataclass(frozen=True)
class Given:
    """What no step makes: a file of the user's, words or a person from film.toml."""

    object: str
    kind: str
    name: str = ""
    content: bytes | None = None

    @property
    def item(self) -> Item:
        """As an executor gets it."""
        return Item(self.object, self.kind, self.name)


@dataclass(eq=False, slots=True)
class Node:
    """One step of one shot. `key` is known once all inputs are, `made` once the record knows the key."""

    shot: str
    call: Call
    step: Step
    inputs: dict[str, "Node | Given"]
    settled: "_Settled"
    roll: int
    place: int
    key: str = ""
    made: Made | None = None
    error: Exception | None = None
    users: list["Node"] = field(default_factory=list)

    @property
    def object(self) -> str:
        """Id of the result, empty while unknown."""
        return self.made.object if self.made else ""

    @property
    def item(self) -> Item:
        """As an executor gets it."""
        return Item(self.made.object, self.made.kind)

    def identity(self) -> dict:
        """Everything the key is hashed from; only when every input's id is known."""
        return {**self.settled.identity, "inputs": {name: each.object for name, each in self.inputs.items()},
                **({"roll": self.roll} if self.roll else {})}

    def work(self) -> Work:
        """What an executor needs to run this step."""
        settings = {name: plain(value) for name, value in self.call.settings.items()}
        if self.roll:
            seeds = [name for name, each in self.step.settings.items() if each.chance]
            settings |= {name: (int(settings[name]) + 7919 * self.roll) % 2**31 for name in seeds}
        inputs = {name: each.item for name, each in self.inputs.items()}
        return Work(self.key, self.step.name, self.step.revision, inputs, settings, self.settled.files)


@dataclass(frozen=True)
class _Settled:
    """The part of an identity that hangs on the call alone, worked out once for equal calls."""

    identity: dict
    files: Mapping[str, Item]
    text: str


class Graph:
    """Nodes of a cut in an order in which inputs come first.

    finals       each shot's and sound's last node
    chains       its own nodes, first to last
    signatures   what a shot is apart from its name and its dice: a renamed shot is known by it
    rolls        how often the dice were thrown again, by shot name or by signature
    """

    def __init__(self, film: Film, cut: Cut, store: Store, rolls: Mapping[str, int]) -> None:
        self.film, self.cut, self.store = film, cut, store
        self._rolls = rolls
        self.nodes: list[Node] = []
        self.finals: dict[str, Node | Given] = {}
        self.chains: dict[str, list[Node]] = {}
        self.signatures: dict[str, str] = {}
        self._settled: dict[bytes, _Settled] = {}
        parts = {each.name: each for each in (*cut.others, *cut.sounds, *cut.shots)}
        for name in _order(parts):
            self._add(parts[name])

    def resolve(self) -> None:
        """Look up every key that can be known, inputs first."""
        for node in self.nodes:
            self.look(node)

    def look(self, node: Node) -> bool:
        """Work out a node's key if its inputs allow, and ask the record; True when its result is known."""
        if node.made is None and all(each.object for each in node.inputs.values()):
            node.key = self._key(node)
            node.made = self.store.made(node.key)
        return node.made is not None

    def wanted(self, names: Iterable[str]) -> list[Node]:
        """The nodes that these shots and sounds hang on, inputs first."""
        found: set[Node] = set()
        stack = [self.finals[name] for name in names]
        while stack:
            node = stack.pop()
            if isinstance(node, Node) and node not in found:
                found.add(node)
                stack.extend(node.inputs.values())
        return sorted(found, key=lambda node: node.place)

    def _key(self, node: Node) -> str:
        objects = "".join(f"{name}={each.object};" for name, each in sorted(node.inputs.items()))
        return hashlib.sha256(f"{node.settled.text}{objects}{node.roll}".encode()).hexdigest()

    def roll_of(self, name: str) -> int:
        """How often the dice of a shot were thrown again."""
        return self._rolls.get(name, self._rolls.get(self.signatures[name], 0))

    def _add(self, part: Shot | Laid) -> None:
        before: Node | Given | None = None
        chain: list[Node] = []
        steps = [find(call.step) for call in part.calls]
        settled = [self._settle(call, step) for call, step in zip(part.calls, steps, strict=True)]
        given = [{name: self._given(each, step.inputs[name].kind) for name, each in call.inputs.items()}
                 for call, step in zip(part.calls, steps, strict=True)]
        objects = [sorted((name, each.object) for name, each in one.items() if isinstance(each, Given))
                   for one in given]
        self.signatures[part.name] = hashlib.sha256(f"{[each.text for each in settled]}{objects}".encode()).hexdigest()
        for call, step, fixed, inputs in zip(part.calls, steps, settled, given, strict=True):
            first = next(iter(step.inputs), None)
            if before is not None and first is not None:
                inputs = {first: before, **inputs}
            roll = self.roll_of(part.name) if step.seeded else 0
            node = Node(part.name, call, step, inputs, fixed, roll, len(self.nodes))
            for each in inputs.values():
                if isinstance(each, Node):
                    each.users.append(node)
            self.nodes.append(node)
            chain.append(node)
            before = node
        if before is None and isinstance(part, Laid) and part.use is not None:
            before = self._given(part.use, "sound")
        if before is not None:
            self.finals[part.name] = before
        self.chains[part.name] = chain

    def _given(self, reference: Reference, kind: str) -> Node | Given:
        if reference.form == "shot":
            return self.finals[reference.value]
        if reference.form == "file":
            return Given(self.store.digest(reference.value), kind, reference.value)
        facts = {"name": reference.value, "facts": self.film.people.get(reference.value, {})}
        content = reference.value.encode() if reference.form == "words" else canonical(facts)
        return Given(hashlib.sha256(content).hexdigest(), kind, content=content)

    def _settle(self, call: Call, step: Step) -> _Settled:
        values = {name: plain(value) for name, value in call.settings.items()}
        text = canonical([call.step, values])
        if text not in self._settled:
            self._settled[text] = self._settle_once(step, values)
        return self._settled[text]

    def _settle_once(self, step: Step, values: dict) -> _Settled:
        """Engines become name, release and model digest; files become digests."""
        identity: dict = {"step": step.name, "revision": step.revision}
        files: dict[str, Item] = {}
        for name, setting in step.settings.items():
            path = ""
            if setting.uses:
                chosen, path = engine.split(values[name])
                card = engine.card(setting.uses, chosen)
                if card.weights and not path:
                    raise EngineError("engine.weights", task=setting.uses, name=chosen)
                values = {**values, name: card.identity}
            elif setting.data:
                path = str(values[name] or setting.data.built_in())
                values = {**values, name: ""}
            if path:
                digest = self.store.digest(path)
                files[name] = Item(digest, "file", path)
                identity.setdefault("files", {})[name] = digest
        identity["settings"] = values
        return _Settled(identity, files, canonical(identity).decode())


def _order(parts: Mapping[str, Shot | Laid]) -> Iterable[str]:
    """Names so that what is referred to comes first; otherwise as they stand."""
    needs = {name: [each.value for call in part.calls for each in call.inputs.values() if each.form == "shot"]
             for name, part in parts.items()}
    if not any(needs.values()):
        return parts
    return [name for name in TopologicalSorter(needs).static_order() if name in parts]


def missing_bytes(node: Node, store: Store) -> bool:
    """Whether the record knows the result but its bytes are gone."""
    return node.made is not None and not os.path.exists(store.path(node.made.object))
