"""Nearness of meaning, where an engine measures it: vectors beside the index, in the archive's file.

An engine that does not speak the language of the testimony is worse than none: it is refused. Before the first vector
is kept, it is asked to tell sentences that mean the same from sentences that do not.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy import ndarray

from marrow.errors import EngineError
from marrow.people.finding.index import prepare
from marrow.people.finding.tokens import CHARACTER, kind_of, terms
from marrow.people.testimony import Utterance

if TYPE_CHECKING:
    from marrow.people.contract import Embed

BATCH = 64        # texts that an engine gets at once
NEAREST = 400     # utterances that are told
LEAST = 0.9       # how often what means the same must be nearer than what does not
# each pair means the same, in other words
PROBE = {
    "zh": (("他什么时候出生的", "哪年的生日"), ("父亲在工厂干活", "爸爸是车间里的工人"), ("她身体不舒服", "母亲病了"),
           ("我们搬到新房子去了", "换了个住处"), ("孩子学会骑自行车", "小家伙能自己蹬单车了"),
           ("外面下着大雨", "天气很糟，到处是水"), ("他丢了工作", "父亲下岗了"), ("奶奶去世了", "老人家走了"),
           ("家里没有钱", "那时候很穷"), ("他爱喝白酒", "爸爸总要来两杯"), ("他们结婚了", "办了喜事"),
           ("她做饭很好吃", "妈妈的手艺不错"), ("他很生气", "父亲发了火"), ("火车晚点了", "列车没有准时到站"),
           ("他不会游泳", "爸爸怕水"), ("哥哥考上大学", "他拿到了录取通知书")),
    "en": (("When was he born?", "the year of his birthday"), ("Father worked in a factory", "Dad was a mill hand"),
           ("She felt unwell", "Mother was ill"), ("We moved to a new house", "they changed their address"),
           ("The child learned to cycle", "the kid could ride a bike"), ("It was pouring", "heavy rain outside"),
           ("He lost his job", "Father was laid off"), ("Grandmother died", "the old lady passed away"),
           ("There was no money", "we were poor then"), ("He liked whisky", "Dad enjoyed a drink"),
           ("They got married", "the wedding took place"), ("She cooked well", "Mum made delicious meals"),
           ("He was furious", "Father got very angry"), ("The train was late", "the railway ran behind schedule"),
           ("He could not swim", "Dad was afraid of water"), ("My brother went to university", "he started college")),
}


def embed(db: sqlite3.Connection, utterances: Iterable[Utterance], engine: "Embed", name: str) -> None:
    """Keep the vectors of utterances that an engine has not measured yet.

    name      the engine's choice, as film.toml has it: vectors of different engines are never mixed
    raises    EngineError  "people.embed.deaf", "people.embed.form", those of the engine
    test      refuses: an engine to which sentences that mean the same are no nearer than others
    """
    prepare(db)
    known = {row[0] for row in db.execute("select id from finding_meaning where engine = ?", (name,))}
    fresh = [each for each in utterances if each.id not in known]
    if fresh and not known:
        _listened(engine, [each.text for each in fresh], name)
    for first in range(0, len(fresh), BATCH):
        part = fresh[first:first + BATCH]
        rows = _measured(engine, [each.text for each in part], name).astype(np.float16)
        db.executemany("insert or replace into finding_meaning values (?, ?, ?)",
                       ((each.id, name, row.tobytes()) for each, row in zip(part, rows, strict=True)))


class Meanings:
    """The vectors of one engine, open for questions."""

    def __init__(self, db: sqlite3.Connection, engine: "Embed", name: str) -> None:
        self._engine, self._name = engine, name
        rows = db.execute("select id, vector from finding_meaning where engine = ? order by id", (name,)).fetchall()
        self._ids = [id for id, _ in rows]
        held = np.frombuffer(b"".join(vector for _, vector in rows), np.float16)
        self._vectors = held.reshape(len(rows), -1).astype(np.float32) if rows else np.zeros((0, 1), np.float32)

    def near(self, question: str) -> dict[str, float]:
        """The nearest utterances by id, with the cosine of the angle between them and the question.

        raises    EngineError  "people.embed.form" where the engine measures otherwise than before
        """
        if not self._ids:
            return {}
        asked = _measured(self._engine, [question], self._name)[0]
        if len(asked) != self._vectors.shape[1]:
            raise EngineError("people.embed.form", name=self._name, shape=str((1, len(asked))))
        cosines = self._vectors @ asked
        best = np.argsort(-np.round(cosines, 6), kind="stable")[:NEAREST]
        return {self._ids[each]: float(round(cosines[each], 6)) for each in best.tolist()}


def hears(engine: "Embed", language: str, name: str) -> float:
    """How often, 0 to 1, sentences that mean the same are nearer to each other than to any other.

    language    "zh" or "en"
    """
    pairs = PROBE[language]
    vectors = _measured(engine, [each for pair in pairs for each in pair], name)
    cosines = vectors[::2] @ vectors[1::2].T
    same = np.diag(cosines)
    apart = ~np.eye(len(pairs), dtype=bool)
    nearer = [(np.sign(np.round(same[:, None] - each, 6))[apart] + 1).mean() / 2 for each in (cosines, cosines.T)]
    return float(np.mean(nearer))


def _listened(engine: "Embed", texts: Sequence[str], name: str) -> None:
    """Refuse an engine that does not speak the language of some texts."""
    chinese = (kind_of(terms(texts)[0]) == CHARACTER).any()
    language = "zh" if chinese else "en"
    share = hears(engine, language, name)
    if share < LEAST:
        raise EngineError("people.embed.deaf", name=name, language=language, share=round(100 * share),
                          least=round(100 * LEAST))


def _measured(engine: "Embed", texts: Sequence[str], name: str) -> ndarray:
    """What an engine says, held to its contract."""
    vectors = np.asarray(engine(texts), np.float32)
    if vectors.ndim != 2 or vectors.shape[0] != len(texts) or vectors.shape[1] < 2 or not np.isfinite(vectors).all() \
            or not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2):
        raise EngineError("people.embed.form", name=name, shape=str(vectors.shape))
    return vectors
