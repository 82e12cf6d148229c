"""On how many threads loops are shared out; nothing that is drawn depends on it."""


def threads() -> int:
    """As many as numba may have, at least one: `NUMBA_NUM_THREADS`, or the processors there are."""
    from numba import config

    return max(1, config.NUMBA_NUM_THREADS)
