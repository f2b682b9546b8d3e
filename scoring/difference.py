"""What a change of rules does to each member, split into its level and its mix."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.payout import as_numbers

_NOTHING = 1e-9  # a sum this small beside the sum of its sizes has cancelled: its ratio means nothing


@dataclass(frozen=True)
class DifferenceSplit:
    """proposed - current = level + mix, member by member, in the unit of the pay."""

    scale: float  # what the proposed pay is multiplied by so that everybody together gets the current sum
    level: NDArray[np.float64]  # (n,)
    mix: NDArray[np.float64]  # (n,), adds up to 0


def split_difference(proposed: ArrayLike, current: ArrayLike) -> DifferenceSplit:
    """Split what each of n members gains by another rule into what all gain and what moves between them.

    proposed, current (n,): pay of each member under the two rules over the same rounds, in NMR. With
    scale = sum(current) / sum(proposed):

    - level = (1 - scale) x proposed: the rule pays everybody more, or everybody less, in proportion. Before
      clipping, another payout factor undoes it: a rule that doubles every payout has a level and no mix.
    - mix = scale x proposed - current: what the rule shifts between members once both rules pay out the same
      sum. It adds up to 0, and no payout factor undoes it.

    scale, level and mix are NaN where no scale makes the sums equal: one sum is above 0 and the other below,
    or one is 0 but for rounding (that of no members, say). A sum of gains and burns that nearly cancel makes
    the scale large, which tells more about the rounds than about the rules. Raises ValueError unless both
    hold one finite number per member. Source: derived for this project, after shift-share analysis.
    """
    proposed, current = as_numbers(proposed, "The proposed pay"), as_numbers(current, "The current pay")
    if proposed.ndim != 1 or proposed.shape != current.shape:
        raise ValueError("A difference needs the pay of the same members under both rules.")
    if not (np.isfinite(proposed).all() and np.isfinite(current).all()):
        raise ValueError("The pay of every member must be a finite number.")
    sums = math.fsum(proposed), math.fsum(current)
    sizes = math.fsum(np.abs(proposed)), math.fsum(np.abs(current))
    cancelled = any(abs(total) <= _NOTHING * size for total, size in zip(sums, sizes, strict=True))
    if cancelled or (sums[0] > 0) != (sums[1] > 0):
        unknown = np.full(proposed.shape, np.nan)
        return DifferenceSplit(math.nan, unknown, unknown.copy())
    scale = sums[1] / sums[0]
    return DifferenceSplit(scale, (1 - scale) * proposed, scale * proposed - current)
