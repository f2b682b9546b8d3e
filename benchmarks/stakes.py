"""How stake is spread: a power-law fit beside another package, and resampling beside a plain loop."""

import warnings

import numpy as np

from benchmarks.timing import agreement, asked_for, side_by_side
from scoring.concentration import gini, herfindahl, nakamoto
from scoring.stakes.concentration_intervals import bootstrap_replicates
from scoring.tails import fit_power_law

VALUES, HOLDERS, RESAMPLES = 1_000, 5_000, 2_000


def run() -> None:
    power_law()
    resampling()


def power_law() -> None:
    """Exponent and start of the tail, by trying every value as the start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import powerlaw
    except ImportError:
        print("\nPower-law fit: LEFT OUT, the package powerlaw is missing (pip install powerlaw==2.0.0)")
        return
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
    asked_for("of the time of powerlaw", medians["scoring_fit_power_law"] / medians["powerlaw_Fit"], 0.1, "x")
    (alpha, xmin), (our_alpha, our_xmin) = with_powerlaw(), with_scoring()
    agreement("the exponents", abs(alpha - our_alpha), 1e-9)
    agreement("where the tails start", abs(xmin - our_xmin), 1e-9)


def resampling() -> None:
    """Gini, Herfindahl and Nakamoto of resamples: of n ** 0.7 holders, and of all n."""
    stakes = np.sort(np.random.default_rng(7).lognormal(2, 2, HOLDERS))
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
        )
        agreement("the indices", np.abs(results["loop"] - results["at once"]).max(), 1e-9)
        peer, ours = medians.values()
        asked_for("of the time of a loop", ours / peer, 0.67, "x")


if __name__ == "__main__":
    run()
