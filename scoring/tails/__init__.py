"""Whether a tail follows a power law: the fit, its rivals, and how well it fits at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring._arrays import as_numbers, labelled, refuse
from scoring.tails.alternatives import bent_survival, exponential, exponential_bend, gains_over_bent
from scoring.tails.search import Numbers, count_values, fit_every_xmin, log_zeta, nearest_xmin

_BENDS = {"lognormal": np.square, "truncated_power_law": exponential_bend}
ALTERNATIVES = ("lognormal", "exponential", "truncated_power_law")

_LISTED = 1000  # whole numbers that are drawn one by one before the law is taken as continuous


@dataclass(frozen=True)
class PowerLawFit:
    """A power law with density proportional to x ** -alpha at and above xmin.

    ks_distance is the largest gap between the tail and the law, tail_size how many values are in the tail,
    alpha_se the standard error of alpha, which knows nothing of how xmin was chosen. Below two different
    values there is nothing to fit: a tail of 0 and nan elsewhere.
    """

    alpha: float
    xmin: float
    ks_distance: float
    tail_size: int
    alpha_se: float
    discrete: bool = False


@dataclass(frozen=True)
class TailComparison:
    """Power law against another: the log of the ratio of likelihoods (above 0 favours the power law), and p.

    p_value is the chance of a ratio this far from 0 if both were equally near the truth; nan where the two
    laws are one. A tail of fewer than about 50 values can seldom tell.
    """

    log_likelihood_ratio: float
    p_value: float


@labelled(x="holder")
def fit_power_law(x: ArrayLike, *, discrete: bool = False) -> PowerLawFit:
    """Fits a power law to the tail of x (n,) by maximum likelihood, from the xmin with the least KS distance.

    Continuous: alpha = 1 + m / sum ln(x_i / xmin), standard error (alpha - 1) / sqrt(m). Discrete (whole
    numbers from 1): alpha maximises -m ln zeta(alpha, xmin) - alpha sum ln x_i, standard error from the
    curvature there. Every value but the largest is tried as xmin. The KS distance takes equal values as one
    step: it is the largest gap between the share of the tail at or above a value and the law's, as in the
    authors' own program (for whole numbers that is every gap there is). Zeros are in no tail and are left
    out. Raises ValueError for negative, NaN or infinite numbers. Source: Clauset, Shalizi and Newman 2009.
    """
    values = _positive(x, discrete)
    different = count_values(values)
    if different.values.size < 2:
        return PowerLawFit(math.nan, math.nan, math.nan, 0, math.nan, discrete)
    alphas, errors = fit_every_xmin(different, discrete)
    best, distance = nearest_xmin(different, alphas, discrete)
    return PowerLawFit(
        alpha=float(alphas[best]),
        xmin=float(different.values[best]),
        ks_distance=distance,
        tail_size=int(different.at_least[best]),
        alpha_se=float(errors[best]),
        discrete=discrete,
    )


@labelled(x="holder")
def compare_tail(x: ArrayLike, fit: PowerLawFit, alternative: str) -> TailComparison:
    """Whether the tail of x (n,) above fit.xmin looks more like the fitted power law or like another law.

    alternative: "lognormal", "exponential" or "truncated_power_law" (x ** -alpha exp(-rate x)), fitted to
    the same tail by maximum likelihood; for a discrete fit, the same weights on whole numbers. R is the sum
    of l_i, the differences of log likelihood. p is Vuong's erfc(|R| / sqrt(2 m var l)) for a rival, and the
    chi-square with one degree of freedom of -2R for the truncated power law, which holds the power law in
    it. The lognormal holds it only as a limit; where that limit is its best fit, the ratio is 0 and there is
    nothing to test: p is nan. Without a fit: both nan. Source: Vuong 1989; Clauset, Shalizi and Newman 2009.
    """
    if alternative not in ALTERNATIVES:
        raise ValueError(f"The alternative is one of {', '.join(ALTERNATIVES)}.")
    values = _positive(x, fit.discrete)
    if not fit.tail_size:
        return TailComparison(math.nan, math.nan)
    tail = values[values >= fit.xmin]
    if not tail.size:
        raise ValueError("The fit belongs to other numbers: none of these is in its tail.")
    logs = np.log(tail / fit.xmin)
    if fit.discrete:
        law = -log_zeta(fit.alpha, fit.xmin) - fit.alpha * logs
    else:
        law = math.log(fit.alpha - 1) - (fit.alpha - 1) * logs  # of the logarithm, as all below
    if alternative == "exponential":
        gains = law - exponential(tail, logs, xmin=fit.xmin, discrete=fit.discrete)
        ratio = float(gains.sum())
    else:
        bend = _BENDS[alternative]
        gains = gains_over_bent(law, logs, bend, alpha=fit.alpha, xmin=fit.xmin, discrete=fit.discrete)
        ratio = min(0.0, float(gains.sum()))  # no bend is the power law: above 0 is the search's own error
    if alternative == "truncated_power_law":
        return TailComparison(ratio, math.erfc(math.sqrt(-ratio)))
    spread = float(gains.std()) * math.sqrt(2 * gains.size)
    return TailComparison(ratio, math.erfc(abs(ratio) / spread) if ratio and spread else math.nan)


@labelled("place", x="holder", at="place")
def tail_survival(x: ArrayLike, fit: PowerLawFit, law: str, at: ArrayLike) -> Numbers:
    """Share of a law fitted to the tail of x (n,) that lies at or above each of `at` (g,): for drawing it.

    law: "power_law" or one of compare_tail's alternatives, fitted as there; a share of 1 below fit.xmin.
    A number, to about 1e-4, only for continuous fits. Without a fit: nan. Raises ValueError for another law,
    a discrete fit, and as compare_tail.
    """
    if law not in ("power_law", *ALTERNATIVES):
        raise ValueError(f"The law is power_law or one of {', '.join(ALTERNATIVES)}.")
    if fit.discrete:
        raise ValueError("Only laws of continuous fits can be drawn.")
    places = as_numbers(at, "The places")
    if not fit.tail_size:
        return np.full(places.shape, math.nan)
    values = _positive(x, discrete=False)
    tail = values[values >= fit.xmin]
    if not tail.size:
        raise ValueError("The fit belongs to other numbers: none of these is in its tail.")
    places = np.maximum(places, fit.xmin)
    logs = np.log(places / fit.xmin)
    if law == "power_law":
        return np.exp((1 - fit.alpha) * logs)
    if law == "exponential":
        return np.exp(-(places - fit.xmin) / (tail.mean() - fit.xmin))
    return bent_survival(np.log(tail / fit.xmin), logs, _BENDS[law], alpha=fit.alpha, xmin=fit.xmin)


@labelled(x="holder")
def goodness_of_fit(x: ArrayLike, fit: PowerLawFit, *, refits: int = 1000, rng: np.random.Generator) -> float:
    """Share of made-up samples that lie farther from their own power law than x (n,) from fit: p.

    Each has the size of x: numbers below fit.xmin drawn again from x, the tail from the fitted law, and is
    fitted anew, xmin included. Reject the power law for p of 0.1 or less; 2,500 refits give p within 0.01,
    about two standard errors at most. Without a fit: nan. Source: Clauset, Shalizi and Newman 2009,
    section 4.1.
    """
    values = _positive(x, fit.discrete)
    if refits < 1:
        raise ValueError("Goodness of fit needs at least one refit.")
    if not fit.tail_size:
        return math.nan
    body = values[values < fit.xmin]
    share = 1 - body.size / values.size
    farther = 0
    for _ in range(refits):
        in_tail = rng.binomial(values.size, share) if body.size else values.size
        drawn = _draw_tail(fit, in_tail, rng)
        if in_tail < values.size:
            drawn = np.concatenate((rng.choice(body, values.size - in_tail), drawn))
        farther += not _is_nearer(drawn, fit, refits)
    return farther / refits


@labelled(x="holder")
def refitted_alpha_se(
    x: ArrayLike, *, discrete: bool = False, resamples: int = 200, rng: np.random.Generator
) -> float:
    """Standard error of the exponent of fit_power_law when xmin is looked for anew in every sample.

    The standard deviation of alpha over resamples of x (n,) drawn with replacement, each fitted from its own
    xmin. PowerLawFit.alpha_se takes xmin as known and can be ten times too small. A resample without a fit
    doesn't count; fewer than two with one: nan. Raises ValueError as fit_power_law does, and for fewer than
    two resamples. Source: Efron 1979; Clauset, Shalizi and Newman 2009, 3.3.
    """
    values = _positive(x, discrete)
    if resamples < 2:
        raise ValueError("A spread needs at least two resamples.")
    if not values.size:
        return math.nan
    fits = (fit_power_law(rng.choice(values, values.size), discrete=discrete) for _ in range(resamples))
    alphas = [fit.alpha for fit in fits if fit.tail_size]
    return float(np.std(alphas, ddof=1)) if len(alphas) > 1 else math.nan


def _positive(x: ArrayLike, discrete: bool) -> Numbers:
    values = as_numbers(x, "The values")
    if values.ndim != 1:
        raise ValueError("A tail needs a list of numbers.")
    refuse(~((values >= 0) & (values < np.inf)), "A tail needs finite numbers of 0 or more.")
    refuse(discrete & (values % 1 != 0), "A discrete power law needs whole numbers.")
    return values[values > 0]


def _is_nearer(values: Numbers, fit: PowerLawFit, times: int) -> bool:
    """Whether some power law is nearer to these values than the fit was to its own; asked so many times."""
    different = count_values(values)
    if different.values.size < 2:
        return False
    alphas, _ = fit_every_xmin(different, fit.discrete)
    _, distance = nearest_xmin(different, alphas, fit.discrete, below=fit.ks_distance, times=times)
    return distance < fit.ks_distance


def _draw_tail(fit: PowerLawFit, size: int, rng: np.random.Generator) -> Numbers:
    """Numbers from the fitted law, by inversion."""
    upper = 1 - rng.random(size)  # in (0, 1]: the share of the law at or above the number drawn
    power = 1 / (fit.alpha - 1)
    with np.errstate(over="ignore"):
        if not fit.discrete:
            return np.minimum(fit.xmin * upper**-power, 1e300)
        whole = fit.xmin + np.arange(_LISTED + 1, dtype=np.float64)
        scale = log_zeta(fit.alpha, fit.xmin)
        at_least = np.exp(log_zeta(fit.alpha, whole) - fit.alpha * np.log(whole / fit.xmin) - scale)
        drawn = whole[np.searchsorted(-at_least, -upper, side="right") - 1]
        # beyond the list the law is as good as continuous, half a unit lower
        beyond = upper <= at_least[-1]
        far = (whole[-1] - 0.5) * (upper[beyond] / at_least[-1]) ** -power + 0.5
        drawn[beyond] = np.minimum(np.floor(far), 1e300)
    return drawn
