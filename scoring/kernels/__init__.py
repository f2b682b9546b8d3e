"""The loops that numpy needs many passes for: compiled where numba is installed, and kept on disk then.

Each is one function of a file beside this one and one line of _TAKES; whoever has such work asks compiled()
for it, and does it with numpy where there is none. `python -m scoring.kernels` compiles all of them ahead.
"""

from __future__ import annotations

import importlib
import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scoring.kernels.holdings import nearest_tail, pairs_out_of_order, spread_of_resamples
from scoring.kernels.pay import paid_by_model, rows_added_up
from scoring.kernels.predictions import products_by_model, products_by_stock, sums_by_rank

_WORTH = 2**22  # steps of a loop from which it is worth a second to load what compiles it
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
    if parts == 1:
        loop(0, count, *arguments)
        return
    ends = [count * part // parts for part in range(parts + 1)]
    *others, own = itertools.pairwise(ends)
    with ThreadPoolExecutor(len(others)) as pool:
        waiting = [pool.submit(loop, *each, *arguments) for each in others]
        loop(*own, *arguments)  # rather than wait for threads with nothing to do
        for done in waiting:
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
        "at_row1": numba.types.Array(numba.int64, 1, "C", readonly=True),
        "at_rows2": numba.types.Array(numba.int64, 2, "C", readonly=True),
        "there2": numba.boolean[:, ::1],
        "row1": numba.types.Array(numba.float64, 1, "C", readonly=True),
        "rows2": numba.types.Array(numba.float64, 2, "C", readonly=True),
        "out1": numba.float64[:],
        "out2": numba.float64[:, :],
        "rows_out2": numba.float64[:, ::1],
    }
    signature = numba.void(*(kinds[each] for each in takes.split()))
    options = {"nogil": True, "fastmath": _FREE, "error_model": "numpy"}
    try:
        return numba.njit(signature, cache=True, **options)(loop)
    except RuntimeError:  # no folder to keep it in can be written: it is compiled again by the next process
        return numba.njit(signature, **options)(loop)


# a loop, and what it takes in order
_TAKES = {
    "paid_by_model": (paid_by_model, "whole whole in3 at1 in2 in2 in2 in2 yes out2"),
    "rows_added_up": (rows_added_up, "whole whole row1 row1 at_row1 at_row1 rows_out2 rows_out2 there2"),
    "sums_by_rank": (sums_by_rank, "whole whole in2 rows2 row1 row1 out2"),
    "products_by_model": (products_by_model, "whole whole rows2 row1 row1 out2"),
    "products_by_stock": (products_by_stock, "whole whole rows2 row1 row1 rows_out2"),
    "nearest_tail": (nearest_tail, "in1 in1 in1 out1"),
    "pairs_out_of_order": (pairs_out_of_order, "whole whole at1 at2 whole out2"),
    "spread_of_resamples": (spread_of_resamples, "whole whole at_rows2 row1 number out2"),
}
NAMES = tuple(_TAKES)
