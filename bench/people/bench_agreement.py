"""How often the 95 % intervals of agreement hold the true figure: simulated witnesses, known truth.

alpha     ordinal, answers from 1 to 5 cut from a normal scale; the bootstrap (percentiles, over items) beside it
icc 1     every item judged by others; icc 2: witnesses with levels of their own; icc 3: the same, levels not counted

    python bench/people/bench_agreement.py [--rounds 1000]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from results import rounded, write_result

from marrow.people.agreement import alpha, icc

ITEMS, WITNESSES, TRUTHS = (10, 50, 120), (2, 3, 4, 5, 6, 7), (0.3, 0.6)
LEVELS = 0.5  # spread of the witnesses' own levels, in variances of what is left


def drawn(chance, items, many, truth, levels=0.0):
    own, rest = truth, 1 - truth
    return (chance.normal(size=(items, 1)) * own ** 0.5 + chance.normal(size=(items, many)) * rest ** 0.5
            + chance.normal(size=(1, many)) * (levels * rest) ** 0.5)


def answered(table):
    return np.clip(np.round(3 + 1.2 * table), 1, 5)


def holds(found, true):
    return found.low <= true <= found.high


def cell(chance, items, many, truth, rounds):
    """Coverage of alpha and of the three ICC, and how wide alpha's interval is."""
    true = alpha(answered(drawn(chance, 100000, many, truth))).value
    true2 = truth / (1 + LEVELS * (1 - truth))
    held, wide, silent = np.zeros(4), [], 0
    for _ in range(rounds):
        plain, levelled = drawn(chance, items, many, truth), drawn(chance, items, many, truth, LEVELS)
        found = alpha(answered(plain))
        silent += np.isnan(found.low)
        wide.append(found.high - found.low)
        held += (holds(found, true), holds(icc(plain, "1"), truth), holds(icc(levelled, "2"), true2),
                 holds(icc(levelled, "3"), truth))
    return {"alpha": held[0] / max(rounds - silent, 1), "icc 1": held[1] / rounds, "icc 2": held[2] / rounds,
            "icc 3": held[3] / rounds, "alpha, median width": float(np.nanmedian(wide)), "alpha, true": true}


def boot(chance, items, many, truth, rounds, draws=400):
    """Coverage of the plain bootstrap over items."""
    true, held = alpha(answered(drawn(chance, 100000, many, truth))).value, 0
    for _ in range(rounds):
        table = answered(drawn(chance, items, many, truth))
        every = [alpha(table[chance.integers(0, items, items)]).value for _ in range(draws)]
        low, high = np.nanquantile(every, (0.025, 0.975))
        held += low <= true <= high
    return held / rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    chance, begun, rows = np.random.default_rng(0), time.process_time(), []
    for truth in TRUTHS:
        for items in ITEMS:
            for many in WITNESSES:
                row = {"truth": truth, "items": items, "witnesses": many, **cell(chance, items, many, truth, rounds)}
                if items == 10 and many in (2, 4, 7):
                    row["bootstrap, alpha"] = boot(chance, items, many, truth, max(rounds // 10, 20))
                rows.append(rounded(row))
                print(rows[-1], flush=True)
    least = {name: (min(row[name] for row in rows), max(row[name] for row in rows))
             for name in ("alpha", "icc 1", "icc 2", "icc 3")}
    write_result("people_agreement", {
        "rounds": rounds, "lowest and highest coverage": rounded({name: list(pair) for name, pair in least.items()}),
        "CPU s": rounded(time.process_time() - begun), "rows": rows})


if __name__ == "__main__":
    main()
