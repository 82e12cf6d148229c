"""Memory as motion: where the points of a place are at any time, and how much of them is there.

Nothing is simulated. Every frame is a pure function of its time, so any frame can be made alone, on any machine; two
of them, when the shutter opens and when it closes, give the motion of every point.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy import ndarray

from marrow.errors import InputError
from marrow.media import Cloud
from marrow.places.clouds import first_source, placed
from marrow.places.memory.acts import Act, Drift, Morph, Stage, State, Sweep
from marrow.places.memory.events import OTHERS, Event, events
from marrow.places.memory.transport import Pairs, transport

ASSEMBLE = (0.9, 0.34, 0.14, 3.2, 0.0)   # late, far and lift in radii, cells to a radius, paling: see `drifted`
FORGET = (3.2, 0.09, -0.03, 4.5, 0.9)
BLEND = (0.9, 0.035, 0.0, 5.0, 0.6)


@dataclass(frozen=True)
class Memory:
    """What happens to a place over time.

    stage    what is to be seen before anything happens
    acts     what happens, by time; each begins with what the one before has left
    """

    stage: Stage
    acts: tuple[Act, ...] = ()

    @property
    def turns(self) -> tuple[tuple[float, float], ...]:
        """From when to when the place becomes the other one, then the first again, and so on."""
        return tuple((act.opens, act.closes) for act in self.acts if isinstance(act, Morph))

    def state(self, time: float) -> State:
        """The place at a time, in seconds.

        test    before and after a morph exactly the plain places; any order of asking gives the same
        """
        begun = [act for act in self.acts if act.opens <= time]
        if not begun:
            return self.stage.plain()
        act = begun[-1]
        return act.after.plain() if time >= act.closes else act.at(act.share(time))

    def exposed(self, opens: float, closes: float) -> State:
        """The place as the shutter opens, with what each point travels until it closes, in `moved`.

        test    opens + moved is where the points are as it closes
        """
        begun = [act for act in self.acts if act.opens < closes]
        if not begun or opens >= begun[-1].closes:
            return self.state(opens)
        act = begun[-1]
        first, last = act.at(act.share(opens)), act.at(act.share(closes))
        return replace(first, moved=last.points - first.points)


def remember(cloud: Cloud, rows: Sequence[Sequence[object]] | Sequence[Event], other: Cloud | None = None, *,
             ratio: float = 1.0, seed: int = 0, pairs: Pairs | None = None) -> Memory:
    """Make a memory of a place, and of another one where it is mis-remembered or becomes it.

    rows      what happens: see `marrow.places.memory.events`
    ratio     the radius of the other place's points over that of the first's
    pairs     of `transport` from the first to the other, where they are known already
    raises    InputError  rows that cannot be read, no other place where one is needed, a morph amid two versions
    test      assemble is dissolve backwards; the same seed is the same memory, bit for bit
    """
    told = rows if all(isinstance(row, Event) for row in rows) else events(rows)
    clouds = (cloud,) if other is None else (cloud, other)
    stage = _first(cloud, told)
    maker, acts, now = _Maker(clouds, ratio, seed, pairs), [], stage
    for event in told:
        if event.word in OTHERS and other is None:
            raise InputError("memory.other", word=event.word)
        acts.append(maker.act(event, now))
        now = acts[-1].after
    return Memory(stage, tuple(acts))


def _first(cloud: Cloud, told: Sequence[Event]) -> Stage:
    """A place that assembles or is revealed first is not there before."""
    empty = bool(told) and told[0].word in ("assemble", "reveal")
    there = np.full(len(cloud.points), 0 if empty else 1, np.float32)
    return Stage(cloud.points, cloud.origin, cloud.colours, there, cloud.confidence)


@dataclass
class _Maker:
    """Makes acts, and pairs the two places once, if ever."""

    clouds: tuple[Cloud, ...]
    ratio: float
    seed: int
    pairs: Pairs | None

    def act(self, event: Event, stage: Stage) -> Act:
        """What an event does to what is on the stage."""
        return getattr(self, f"_{event.word}")(event, stage)

    def _assemble(self, event: Event, stage: Stage) -> Act:
        return self._drift(event, stage, np.ones_like(stage.there), self._gathering(event, stage), ASSEMBLE)

    def _dissolve(self, event: Event, stage: Stage) -> Act:
        return self._drift(event, stage, np.zeros_like(stage.there), 1 - self._gathering(event, stage), ASSEMBLE)

    def _forget(self, event: Event, stage: Stage) -> Act:
        from marrow.places.memory.turns import fair, forgetting

        when, kept = forgetting(stage.points, stage.confidence, fair(stage.points, self.seed))
        return self._drift(event, stage, np.minimum(stage.there, kept), when, FORGET)

    def _reveal(self, event: Event, stage: Stage) -> Act:
        from marrow.places.memory.turns import fair, wave

        order = wave(stage.points, self._spot(event, stage))
        order = np.float32(0.96) * order + np.float32(0.04) * fair(stage.points, self.seed)
        after = replace(stage, there=np.ones_like(stage.there))
        return Sweep(event.opens, event.closes, stage, after, order)

    def _morph(self, event: Event, stage: Stage) -> Act:
        if stage.both:
            raise InputError("memory.both", opens=event.opens)
        if self.pairs is None:
            self.pairs = transport(*self.clouds)
        back, goal = stage.second, self.clouds[0 if stage.second else 1]
        pairs = Pairs(self.pairs.second, self.pairs.first) if back else self.pairs
        after = Stage(goal.points, goal.origin, goal.colours, np.ones(len(goal.points), np.float32), goal.confidence,
                      second=not back)
        return Morph.of(event, stage, after, pairs, self._spot(event, stage),
                        ratio=1 / self.ratio if back else self.ratio, seed=self.seed)

    def _misremember(self, event: Event, stage: Stage) -> Act:
        from marrow.places.memory.versions import blended, united

        if stage.both:
            return self._agreed(event, stage)
        rival = self.clouds[0 if stage.second else 1]
        both = united(stage, rival)
        kept, order = blended(both, rival.confidence is not None or stage.confidence is not None, self.seed)
        possible = np.concatenate([stage.there, np.ones(len(rival.points), np.float32)])
        return self._drift(event, both, np.minimum(kept, possible), order, BLEND)

    def _agreed(self, event: Event, stage: Stage) -> Act:
        """Two versions become one again."""
        from marrow.places.memory.turns import fair

        home = self.clouds[1 if stage.second else 0]
        there = (np.arange(len(stage.points)) < stage.both).astype(np.float32)
        act = self._drift(event, stage, there, fair(stage.points, self.seed), BLEND)
        return replace(act, after=Stage(home.points, home.origin, home.colours, there[:stage.both], home.confidence,
                                        second=stage.second))

    def _drift(self, event: Event, stage: Stage, there: ndarray, order: ndarray, wind: tuple[float, ...]) -> Drift:
        from marrow.places.memory.turns import radius

        late, far, lift, cells, pale = wind
        wide = radius(stage.points)
        blown = (late, far * wide, lift * wide, cells / wide, pale, float(self.seed % 2**20 + 7))
        return Drift(event.opens, event.closes, stage, replace(stage, there=there), order.astype(np.float32), there,
                     blown)

    def _gathering(self, event: Event, stage: Stage) -> ndarray:
        """The order in which points gather: from a spot or the middle of the ground, the surest first."""
        from marrow.places.memory.turns import even, fair, rising

        order = np.float32(0.7) * rising(stage.points, self._spot(event, stage))
        if stage.confidence is not None:
            order = np.float32(0.6) * order + np.float32(0.28) * (1 - np.clip(stage.confidence, 0, 1))
        return even(order + np.float32(0.3) * fair(stage.points, self.seed))

    def _spot(self, event: Event, stage: Stage) -> ndarray | None:
        """Where an event begins, from the origin of the stage; written in the coordinates of the first cloud's file."""
        if not event.spot:
            return None
        return placed(first_source(self.clouds[0]), np.array(event.spot)) - stage.origin
