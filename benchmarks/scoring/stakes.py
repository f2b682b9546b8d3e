"""How stake is spread: a power-law fit beside another package, and resampling beside a plain loop."""

import warnings

import numpy as np

from benchmarks.rows import Beside, Row, loop_pays
from benchmarks.timing import agreement, by_numpy, side_by_side
from scoring import kernels
from scoring.concentration import gini, herfindahl, nakamoto
from scoring.stakes.association import rank_association
from scoring.stakes.concentration_intervals import bootstrap_replicates
from scoring.tails import fit_power_law, goodness_of_fit

VALUES, HOLDERS, ACCOUNTS, RESAMPLES, REFITS = 1_000, 5_000, 500, 2_000, 100


def power_law() -> list[Row]:
    """Exponent and start of the tail, by trying every value as the start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import powerlaw
    except ImportError:
        print("\nPower-law fit: LEFT OUT, the package powerlaw is missing (pip install powerlaw==2.0.0)")
        return []
    values = np.random.default_rng(7).lognormal(2, 2, VALUES)

    def with_powerlaw() -> tuple[float, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            law = powerlaw.Fit(values, verbose=0).power_law
        return law.alpha, law.xmin

    def with_scoring() -> tuple[float, float]:
        fit = fit_power_law(values)
        return fit.alpha, fit.xmin

    medians = side_by_side(
        f"Power-law fit, {VALUES:,} values", 3, powerlaw_Fit=with_powerlaw, scoring_fit_power_law=with_scoring
    )
    (alpha, xmin), (our_alpha, our_xmin) = with_powerlaw(), with_scoring()
    agreement("the exponents", abs(alpha - our_alpha), 1e-9)
    agreement("where the tails start", abs(xmin - our_xmin), 1e-9)
    return [
        Row(
            "power-law",
            f"exponent and start of a tail, {VALUES:,} values",
            medians["scoring_fit_power_law"],
            Beside("powerlaw", medians["powerlaw_Fit"]),
            faster=10,
            apart=(max(abs(alpha - our_alpha), abs(xmin - our_xmin)), 1e-9),
        )
    ]


def resampling() -> list[Row]:
    """Gini, Herfindahl and Nakamoto of resamples: of n ** 0.7 holders, and of all n."""
    stakes = np.sort(np.random.default_rng(7).lognormal(2, 2, HOLDERS))
    rows = []
    for draws in (round(HOLDERS**0.7), HOLDERS):
        results: dict[str, np.ndarray] = {}

        def with_a_loop(draws: int = draws, results: dict[str, np.ndarray] = results) -> None:
            rng = np.random.default_rng(1)
            found = np.empty((3, RESAMPLES))
            for resample in range(RESAMPLES):
                drawn = stakes[rng.integers(0, HOLDERS, draws)]
                found[:, resample] = gini(drawn), herfindahl(drawn), nakamoto(drawn)
            results["loop"] = found

        def at_once(draws: int = draws, results: dict[str, np.ndarray] = results) -> None:
            rng = np.random.default_rng(1)
            got = bootstrap_replicates(stakes, draws=draws, resamples=RESAMPLES, rng=rng)
            results["at once"] = np.stack([got.gini, got.herfindahl, got.nakamoto])

        medians = side_by_side(
            f"Gini, Herfindahl and Nakamoto, {RESAMPLES:,} resamples of {draws:,} of {HOLDERS:,} holders",
            5,
            a_loop_over_resamples=with_a_loop,
            scoring_bootstrap_replicates=at_once,
            the_same_by_numpy=by_numpy(at_once),
            drawing_alone=lambda draws=draws: np.random.default_rng(1).integers(
                0, HOLDERS, (RESAMPLES, draws)
            ),
        )
        apart = np.abs(results["loop"] - results["at once"]).max()
        agreement("the indices", apart, 1e-9)
        peer, ours, slower, drawing = medians.values()
        rows.append(
            Row(
                "concentration",
                f"Gini, HHI and Nakamoto, {RESAMPLES:,} resamples of {draws:,} of {HOLDERS:,}",
                ours,
                Beside("a plain loop", peer),
                Beside("drawing the random numbers", drawing),
                faster=10,
                of_bound=2,
                apart=(apart, 1e-9),
            )
        )
        rows.append(loop_pays("concentration", f"resamples of {draws:,}", ours, slower))
    return rows


def goodness() -> list[Row]:
    """How well a power law fits at all: samples made up from the fit, each fitted anew."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import powerlaw
    except ImportError:
        print("\nGoodness of fit: LEFT OUT, the package powerlaw is missing (pip install powerlaw==2.0.0)")
        return []
    values = np.random.default_rng(7).pareto(1.5, VALUES) + 1
    fit = fit_power_law(values)

    def with_powerlaw() -> float:
        rng = np.random.default_rng(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = fit.xmin * (1 - rng.random(VALUES)) ** (-1 / (fit.alpha - 1))
            return powerlaw.Fit(drawn, verbose=0).power_law.D

    def with_scoring() -> float:
        return goodness_of_fit(values, fit, refits=REFITS, rng=np.random.default_rng(1))

    medians = side_by_side(
        f"Goodness of fit, {REFITS} refits of {VALUES:,} values (powerlaw: one of them)",
        3,
        powerlaw_draws_and_fits=with_powerlaw,
        scoring_goodness_of_fit=with_scoring,
        the_same_by_numpy=by_numpy(with_scoring),
    )
    return [
        Row(
            "goodness",
            f"goodness of fit, {REFITS} refits of {VALUES:,} values",
            medians["scoring_goodness_of_fit"],
            Beside(f"powerlaw, one refit x {REFITS}", medians["powerlaw_draws_and_fits"] * REFITS),
            faster=300,
        ),
        loop_pays("goodness", "refits", medians["scoring_goodness_of_fit"], medians["the_same_by_numpy"]),
    ]


def association() -> list[Row]:
    """Rank correlations with what chance alone gives, by shuffling."""
    rng = np.random.default_rng(7)
    stakes, scores = rng.lognormal(2, 2, ACCOUNTS), rng.normal(0, 0.02, ACCOUNTS)

    def shuffled() -> None:
        rank_association(stakes, scores, permutations=RESAMPLES, rng=np.random.default_rng(1))

    kernels.load("pairs_out_of_order")
    work = f"rank correlations of {ACCOUNTS} accounts, {RESAMPLES:,} shuffles"
    medians = side_by_side(work, 5, the_same_by_numpy=by_numpy(shuffled), scoring_rank_association=shuffled)
    slower, ours = medians.values()
    return [loop_pays("association", work, ours, slower)]


BENCHMARKS = {
    "association": association,
    "goodness": goodness,
    "power-law": power_law,
    "concentration": resampling,
}
