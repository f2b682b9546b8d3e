"""What the compiled loops are asked, and their answers: `-m tests.scoring.kernels.cases compiled FILE`."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np

from scoring import kernels
from scoring.change.difference import account_pay
from scoring.influence import contribution_gradient, leave_one_out
from scoring.metrics import corr_and_mmc, feature_neutral_corr
from scoring.payout import payout_totals
from scoring.stakes.association import rank_association
from scoring.stakes.concentration_intervals import bootstrap_replicates
from scoring.tails import fit_power_law, goodness_of_fit

Answers = dict[str, np.ndarray]


def paid() -> Answers:
    """Seven rules, one without TC, over scores of which some are missing; several clips, and none."""
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 0.03, (70, 75, 3))
    scores[rng.random(scores.shape) < 0.05] = np.nan
    stake, factor = rng.exponential(50, (70, 75)), rng.uniform(0.2, 1, (70, 1))
    factor[3] = np.nan
    rules = rng.integers(1, 4, (7, 3)) / 2
    rules[4, 1] = 0.0
    clips = {"one": 0.05, "by round": rng.uniform(0.02, 0.1, (70, 1)), "none": np.inf}
    return {
        f"pay, clip {name}, {order}, {k} kinds": payout_totals(
            scores[..., :k], rules[:, :k], stake, factor=factor, clip=clip, clip_order=order
        )
        for name, clip in clips.items()
        for order in ("factor_inside_clip", "factor_outside_clip")
        for k in (1, 2, 3)
    }


def resampled() -> Answers:
    """Resamples of unequal, equal, empty and single holdings, few and many draws."""
    unequal = np.random.default_rng(1).lognormal(2, 2, 700)
    holdings = {
        "unequal": unequal,
        "whole": unequal.round(),
        "empty": np.zeros(9),
        "one": unequal[:1],
        "rare": np.append(np.zeros(300), unequal[:2]),
    }
    found = {}
    for name, held in holdings.items():
        for draws in (1, 40, 700):
            rng = np.random.default_rng(2)
            got = bootstrap_replicates(held, draws=draws, resamples=120, rng=rng)
            measures = np.stack((got.gini, got.herfindahl, got.effective_number, got.nakamoto))
            found[f"{draws} of {name}"] = np.append(measures.ravel(), rng.random())
    return found


def added_up() -> Answers:
    """Rows of pay in no order, some in one cell, some without pay, of accounts of which one has none."""
    rng = np.random.default_rng(3)
    old, new = rng.normal(0, 50, (2, 4000))
    old[rng.random(4000) < 0.03] = np.nan
    account, period = rng.integers(0, 40, 4000), rng.integers(0, 30, 4000)
    account[account == 7] = 8
    pay = account_pay(old, new, account, period, number=41)
    kinds = {field.name: np.asarray(getattr(pay, field.name)) for field in fields(pay)}
    return {f"pay of accounts, {name}": values for name, values in kinds.items()}


def left_out() -> Answers:
    """Leaving out each model, and the gradient: predictions between 0 and 1, and close to a half."""
    rng = np.random.default_rng(4)
    predictions, target, stakes = (
        np.asfortranarray(rng.random((503, 61))),  # neither goes by fours
        rng.normal(size=503),
        rng.lognormal(2, 2, 61),
    )
    return {
        f"left out, {name}": np.stack(
            (leave_one_out(p, stakes, target), contribution_gradient(p, stakes, target))
        )
        for name, p in {
            "middle": predictions,
            "narrow": predictions / 50 + 0.5,
            "stored by stock": np.ascontiguousarray(predictions),
        }.items()
    }


def scored() -> Answers:
    """CORR, MMC and neutral CORR of predictions without ties, with many, of every size, and with gaps."""
    rng = np.random.default_rng(5)
    apart = rng.random((503, 19))
    exponents = rng.uniform(-300, 300, apart.shape)
    exponents[:, 0] = 308.2  # further apart than the largest number
    gaps = apart.copy()
    gaps[rng.random(503) < 0.1, 3] = np.nan
    gaps[:9, 5] = np.nan
    meta_model, target, features = (
        rng.normal(size=503),
        rng.integers(0, 5, 503) / 4,
        rng.normal(size=(503, 7)),
    )
    alone = rng.random((1, 3))
    found = {"one stock": np.stack(corr_and_mmc(alone, alone[:, 0], alone[:, 0]))}
    for name, p in {
        "apart": apart,
        "by model": np.asfortranarray(apart),
        "backwards": apart[::-1, ::-1],
        "tied": apart.round(1),
        "half tied": np.where(apart < 0.5, -0.0, apart),
        "equal": np.repeat(apart[:1], 503, axis=0),
        "zeros": rng.choice([0.0, -0.0, 1.0], apart.shape),
        "of every size": rng.choice([-1, 1], apart.shape) * 10.0**exponents,
        "tiny": apart * 1e-310,
        "in one place": np.append(apart[:-1] * 1e-9, np.ones((1, 19)), axis=0),
        "close": 1 + apart * 1e-14,
        "gaps": gaps,
    }.items():
        found[f"scores, {name}"] = np.stack(corr_and_mmc(p, meta_model, target))
        found[f"neutral, {name}"] = feature_neutral_corr(p, features, target)
    return found


def tails() -> Answers:
    """Power laws of tails with a law, with another, of few values, and with many equal ones."""
    rng = np.random.default_rng(6)
    law = rng.pareto(1.4, 400) + 1
    found: Answers = {}
    for name, values in {
        "a law": law,
        "another": rng.lognormal(2, 1, 400),
        "equal": law.round(1),
        "three": np.array([1.0, 2, 7]),
        "two": law[:2],
        "close": 1 + law * 1e-9,
        "far": law**60,
    }.items():
        fit = fit_power_law(values)
        p = goodness_of_fit(values, fit, refits=40, rng=np.random.default_rng(7))
        found[f"tail, {name}"] = np.array([fit.xmin, fit.alpha, fit.ks_distance, p]) / (fit.xmin, 1, 1, 1)
        found[f"xmin, {name}"] = np.array(fit.xmin)
    return found


def associated() -> Answers:
    """Rank correlations by shuffling: all different, many alike in stake, in score and in both, and few."""
    rng = np.random.default_rng(5)
    found = {}
    for n, stakes, scores in ((400, 10**6, 10**6), (400, 3, 10**6), (300, 10**6, 4), (200, 5, 5), (3, 2, 2)):
        stake = rng.integers(1, stakes + 1, n)
        score = rng.integers(-scores, scores + 1, n)
        both = rank_association(stake, score, permutations=300, rng=np.random.default_rng(6))
        found[f"{n} of {stakes} stakes and {scores} scores"] = np.array(
            [both.spearman, both.spearman_p, both.kendall, both.kendall_p]
        )
    return found


ALL: tuple[Callable[[], Answers], ...] = (paid, resampled, added_up, left_out, scored, tails, associated)


def answers() -> Answers:
    """All of them, each asked by four threads at once: the first to answer, if all say the same."""
    found: Answers = {}
    with ThreadPoolExecutor(4) as pool:
        for case in ALL:
            first, *others = [asked.result() for asked in [pool.submit(case) for _ in range(4)]]
            for other in others:
                for name, values in first.items():
                    np.testing.assert_array_equal(other[name], values, err_msg=name)
            found |= first
    return found


if __name__ == "__main__":
    how, file = sys.argv[1:]
    if how == "numpy":
        sys.modules["numba"] = None  # type: ignore[assignment] # as where it is not installed
    assert [kernels.load(name) for name in kernels.NAMES] == [how == "compiled"] * len(kernels.NAMES)
    np.savez(file, **answers())
