"""How stake is spread: a power-law fit beside another package, and resampling beside a plain loop."""

import warnings

import numpy as np

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, side_by_side
from scoring.concentration import gini, herfindahl, nakamoto
from scoring.stakes.concentration_intervals import bootstrap_replicates
from scoring.tails import fit_power_law

VALUES, HOLDERS, RESAMPLES = 1_000, 5_000, 2_000


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
            drawing_alone=lambda draws=draws: np.random.default_rng(1).integers(
                0, HOLDERS, (RESAMPLES, draws)
            ),
        )
        apart = np.abs(results["loop"] - results["at once"]).max()
        agreement("the indices", apart, 1e-9)
        peer, ours, drawing = medians.values()
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
    return rows


BENCHMARKS = {"power-law": power_law, "concentration": resampling}
