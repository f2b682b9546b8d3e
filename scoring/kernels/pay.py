"""Loops over rounds and rows of pay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_TOGETHER = (
    32  # models whose rounds are put side by side: longer pieces of a row, and still near the processor
)

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def paid_by_model(
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


def rows_added_up(
    first: int,
    last: int,
    old: Numbers,
    new: Numbers,
    account: Whole,
    period: Whole,
    sums: Numbers,
    cells: Numbers,
    there: NDArray[np.bool_],
) -> None:
    """Rows of pay (n,) added to sums (a, 4): old, new, the sizes of both, how many; and to cells (r, a).

    cells are new - old, there (r, a) is where a row counts: one whose pay is NaN under either rule does not.
    Infinite pay makes a size infinite. Of accounts from first to last.
    """
    for row in range(old.size):
        a = np.uint32(account[row])
        if not first <= a < last:
            continue
        before, after = old[row], new[row]
        size = abs(before) + abs(after)
        if size == size:
            r = np.uint32(period[row])
            sums[a, 0] += before
            sums[a, 1] += after
            sums[a, 2] += size
            sums[a, 3] += 1.0
            cells[r, a] += after - before
            there[r, a] = True
