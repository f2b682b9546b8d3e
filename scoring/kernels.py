"""The loops that numpy needs many passes for: compiled where numba is installed, and kept on disk then.

Each is one function below and one line of _TAKES; whoever has such work asks compiled() for it, and does it
with numpy where there is none. `python -m scoring.kernels` compiles all of them ahead.
"""

from __future__ import annotations

import importlib
import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_WORTH = 2**22  # steps of a loop from which it is worth a second to load what compiles it
_TOGETHER = (
    32  # models whose rounds are put side by side: longer pieces of a row, and still near the processor
)
# sums in any order, a product and a sum rounded once, no -0.0; NaN and infinity as ever
_FREE = {"reassoc", "contract", "nsz"}

_lock = threading.Lock()
_loaded: dict[str, Callable[..., None] | None] = {}


def load(name: str) -> bool:
    """Make a loop of NAMES ready for this process, compiled unless it is on disk; False without numba.

    Takes a second where the others are on disk, and some seconds where nothing is. A server does this before
    it needs them, on a thread of its own: until then its answers are numpy's.
    """
    with _lock:
        if name not in _loaded:
            _loaded[name] = _compile(name)
        return _loaded[name] is not None


def compiled(name: str, steps: int) -> Callable[..., None] | None:
    """A loop of NAMES that is ready; None where numpy has to do.

    The main thread, which is that of a notebook, loads it for work of many steps. Other threads are a
    server's, where somebody waits for the answer: for them it is ready or it is not.
    """
    if name not in _loaded and steps >= _WORTH and threading.current_thread() is threading.main_thread():
        load(name)
    return _loaded.get(name)


def in_parts(loop: Callable[..., None], count: int, *arguments: Any) -> None:
    """loop(first, last, *arguments) over parts of 0 to count, one for each processor, side by side.

    The loops hold no lock of the interpreter and write where no other part does, so that any number of
    threads may do this at once, and the answer is the same for any number of parts.
    """
    parts = max(1, min(count, os.cpu_count() or 1))
    ends = [count * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as pool:
        for done in [pool.submit(loop, *each, *arguments) for each in itertools.pairwise(ends)]:
            done.result()


def _compile(name: str) -> Callable[..., None] | None:
    try:
        numba: Any = importlib.import_module("numba")
    except ImportError:
        return None
    loop, takes = _TAKES[name]
    kinds = {
        "whole": numba.intp,
        "number": numba.float64,
        "yes": numba.boolean,
        "in1": numba.types.Array(numba.float64, 1, "A", readonly=True),
        "in2": numba.types.Array(numba.float64, 2, "A", readonly=True),
        "in3": numba.types.Array(numba.float64, 3, "A", readonly=True),
        "at1": numba.types.Array(numba.int64, 1, "A", readonly=True),
        "at2": numba.types.Array(numba.int64, 2, "A", readonly=True),
        "there2": numba.boolean[:, :],
        "row1": numba.types.Array(numba.float64, 1, "C", readonly=True),
        "rows2": numba.types.Array(numba.float64, 2, "C", readonly=True),
        "out2": numba.float64[:, :],
    }
    signature = numba.void(*(kinds[each] for each in takes.split()))
    options = {"nogil": True, "fastmath": _FREE, "error_model": "numpy"}
    try:
        return numba.njit(signature, cache=True, **options)(loop)
    except RuntimeError:  # no folder to keep it in can be written: it is compiled again by the next process
        return numba.njit(signature, **options)(loop)


def _paid_by_model(
    first: int,
    last: int,
    scores: Numbers,
    kinds: Whole,
    multipliers: Numbers,
    stake: Numbers,
    factor: Numbers,
    clip: Numbers,
    inside: bool,
    totals: Numbers,
) -> None:
    """Sums over rounds of stake x clip(multipliers @ scores), the factor inside the clip or outside: (n, p).

    scores (r, n, k), of which `kinds` (q,) count, 3 at most; multipliers (p, 3), 0 where there is no kind, p
    a multiple of 4; stake, factor and clip (r, n). A row where anything is NaN adds nothing.
    """
    rounds, many = scores.shape[0], kinds.size
    pay = np.zeros((3, _TOGETHER, rounds))
    at_risk, bound = np.empty((_TOGETHER, rounds)), np.empty((_TOGETHER, rounds))
    for start in range(first, last, _TOGETHER):
        together = min(_TOGETHER, last - start)
        for r in range(rounds):
            for i in range(together):
                model = start + i
                share = factor[r, model]
                risked = stake[r, model] * (1.0 if inside else share)
                known = risked == risked
                for k in range(many):
                    value = scores[r, model, kinds[k]] * (share if inside else 1.0)
                    known = known and value == value
                    pay[k, i, r] = value
                if not known:
                    risked = 0.0
                    for k in range(many):
                        pay[k, i, r] = 0.0
                at_risk[i, r] = risked
                bound[i, r] = clip[r, model]
        for i in range(together):
            pay1, pay2, pay3, risked_here, highest = pay[0, i], pay[1, i], pay[2, i], at_risk[i], bound[i]
            for p in range(0, multipliers.shape[0], 4):  # four rules: what they share is read once
                a1, a2, a3 = multipliers[p, 0], multipliers[p, 1], multipliers[p, 2]
                b1, b2, b3 = multipliers[p + 1, 0], multipliers[p + 1, 1], multipliers[p + 1, 2]
                c1, c2, c3 = multipliers[p + 2, 0], multipliers[p + 2, 1], multipliers[p + 2, 2]
                d1, d2, d3 = multipliers[p + 3, 0], multipliers[p + 3, 1], multipliers[p + 3, 2]
                of_a = of_b = of_c = of_d = 0.0
                for r in range(rounds):
                    x, y, z, risked, high = pay1[r], pay2[r], pay3[r], risked_here[r], highest[r]
                    low = -high
                    a, b = a1 * x + a2 * y + a3 * z, b1 * x + b2 * y + b3 * z
                    c, d = c1 * x + c2 * y + c3 * z, d1 * x + d2 * y + d3 * z
                    a, b, c, d = max(a, low), max(b, low), max(c, low), max(d, low)
                    of_a += risked * min(a, high)
                    of_b += risked * min(b, high)
                    of_c += risked * min(c, high)
                    of_d += risked * min(d, high)
                model = start + i
                totals[model, p], totals[model, p + 1] = of_a, of_b
                totals[model, p + 2], totals[model, p + 3] = of_c, of_d


def _spread_of_resamples(
    first: int, last: int, positions: Whole, held: Numbers, tie: float, measures: Numbers
) -> None:
    """Gini, Herfindahl and Nakamoto (3, rows) of positions (rows, draws) in ascending holdings (n,)."""
    draws = positions.shape[1]
    bits = 1
    while held.size >> (2 * bits):
        bits += 1
    digits = (1 << bits) - 1
    # positions are sorted by their lower half, then by their upper: each counted, then put where it belongs
    lower, upper = np.empty(digits + 2, np.int64), np.empty(digits + 2, np.int64)
    halfway, ordered = np.empty(draws, np.int64), np.empty(draws, np.int64)
    for row in range(first, last):
        lower[:] = 0
        upper[:] = 0
        for j in range(draws):
            at = positions[row, j]
            lower[(at & digits) + 1] += 1
            upper[(at >> bits) + 1] += 1
        for digit in range(digits):
            lower[digit + 1] += lower[digit]
            upper[digit + 1] += upper[digit]
        for j in range(draws):
            at = positions[row, j]
            halfway[lower[at & digits]] = at
            lower[at & digits] += 1
        for j in range(draws):
            at = halfway[j]
            ordered[upper[at >> bits]] = at
            upper[at >> bits] += 1
        total = squares = uneven = 0.0
        for j in range(draws):
            stake = held[ordered[j]]
            total += stake
            squares += stake * stake
            uneven += stake * (2 * j + 1 - draws)
        measures[0, row] = max(0.0, uneven / draws / total) if total > 0 else np.nan
        measures[1, row] = squares / total**2 if total > 0 else np.nan
        largest, running = 0, 0.0
        while largest < draws and running <= (0.5 + tie) * total:
            largest += 1
            running += held[ordered[draws - largest]]
        measures[2, row] = largest if total > 0 else np.nan


def _rows_added_up(
    old: Numbers,
    new: Numbers,
    account: Whole,
    period: Whole,
    sums: Numbers,
    cells: Numbers,
    there: NDArray[np.bool_],
) -> None:
    """Rows of pay (n,) added to sums (a, 4): old, new, the sizes of both, how many; and to cells (a, r).

    cells are new - old, there (a, r) is where a row counts: one whose pay is NaN under either rule does not.
    """
    for row in range(old.size):
        before, after = old[row], new[row]
        difference = after - before
        if difference == difference:
            a, r = account[row], period[row]
            sums[a, 0] += before
            sums[a, 1] += after
            sums[a, 2] += abs(before) + abs(after)
            sums[a, 3] += 1.0
            cells[a, r] += difference
            there[a, r] = True


def _products_by_model(
    first: int, last: int, models: Numbers, target: Numbers, meta: Numbers, sums: Numbers
) -> None:
    """Sums over stocks (4, n) of models (n, s): times target (s,), times meta (s,), plain, and of squares."""
    for model in range(first, last):
        predictions = models[model]
        of_target = of_meta = plain = squares = 0.0
        for stock in range(target.size):
            value = predictions[stock]
            of_target += target[stock] * value
            of_meta += meta[stock] * value
            plain += value
            squares += value * value
        sums[0, model], sums[1, model], sums[2, model], sums[3, model] = of_target, of_meta, plain, squares


# a loop, and what it takes in order
_TAKES = {
    "paid_by_model": (_paid_by_model, "whole whole in3 at1 in2 in2 in2 in2 yes out2"),
    "rows_added_up": (_rows_added_up, "in1 in1 at1 at1 out2 out2 there2"),
    "products_by_model": (_products_by_model, "whole whole rows2 row1 row1 out2"),
    "spread_of_resamples": (_spread_of_resamples, "whole whole at2 in1 number out2"),
}
NAMES = tuple(_TAKES)


if __name__ == "__main__":
    this = importlib.import_module("scoring.kernels")  # what is kept on disk is kept under the module's name
    for each in NAMES:
        this.load(each)
