"""Whether the best of many tries is more than the luck of having tried."""

from __future__ import annotations

import math

from scoring._arrays import as_numbers

_EULER = 0.5772156649015329  # Euler's and Mascheroni's constant


def deflated_sharpe_ratio(
    sharpe: float, periods: float, *, skew: float, kurtosis: float, trials: float, trial_sd: float
) -> float:
    """Probability that the best of many tries has a true Sharpe ratio above what luck alone gives the best.

    sharpe: mean / standard deviation of one period's returns, not annualised. periods: how many there are;
    where they depend on each other, the number of independent ones they are worth. skew and kurtosis of the
    returns, the latter Pearson's: 3 for a normal distribution. trials: independent tries the best was picked
    from (clusters, where tries are alike). trial_sd: standard deviation of the Sharpe ratio across the tries,
    per period as well. With Z the normal quantile and g Euler's constant,

        luck = trial_sd ((1 - g) Z(1 - 1/trials) + g Z(1 - 1/(e trials)))
        result = Phi((sharpe - luck) sqrt(periods - 1) / sqrt(1 - skew sharpe + (kurtosis - 1)/4 sharpe²))

    One trial has no luck to take off: the probability that its Sharpe ratio is above 0. nan where a number is
    nan, and where that root is 0. It is no probability that the next periods go well, and a Sharpe ratio most
    of which everybody shares (a market) is above 0 for anybody: take the difference to what is shared first.
    Raises ValueError for fewer than 2 periods or 1 trial, a trial_sd below 0, infinite numbers, and a
    kurtosis below 1 + skew², which no distribution has. Source: Bailey and López de Prado 2014, The deflated
    Sharpe ratio.
    """
    given = [as_numbers(each, "The numbers of a Sharpe ratio") for each in (sharpe, periods, skew, kurtosis)]
    given += [as_numbers(each, "The number of trials and their spread") for each in (trials, trial_sd)]
    if any(each.ndim for each in given):
        raise ValueError("A Sharpe ratio is deflated one at a time.")
    sharpe, periods, skew, kurtosis, trials, trial_sd = (float(each) for each in given)
    if any(math.isinf(float(each)) for each in given):
        raise ValueError("A Sharpe ratio is deflated by finite numbers only.")
    if periods < 2:
        raise ValueError("A Sharpe ratio needs 2 periods or more.")
    if trials < 1:
        raise ValueError("The best was picked from 1 trial or more.")
    if trial_sd < 0:
        raise ValueError("A standard deviation across trials is 0 or more.")
    least = 1 + skew**2
    if kurtosis < least - 1e-9 * least:
        raise ValueError(
            f"With a skew of {skew:g} the kurtosis is at least {least:g}; "
            "it is Pearson's, which is 3 for a normal distribution."
        )
    variance = 1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe**2
    if any(math.isnan(float(each)) for each in given) or variance <= 0:
        return math.nan
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    beyond = (sharpe - trial_sd * _luck_of_the_best(trials)) * math.sqrt((periods - 1) / variance)
    return float(ndtr(beyond))


def _luck_of_the_best(trials: float) -> float:
    """What the best of so many standard normal numbers is expected to be, nearly; 0 of a single one."""
    if trials == 1:
        return 0.0
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

    best = (1 - _EULER) * ndtri(1 - 1 / trials) + _EULER * ndtri(1 - 1 / (math.e * trials))
    return max(0.0, float(best))  # a number of clusters need not be whole, and the formula fails just above 1
