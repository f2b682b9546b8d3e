"""What notebooks hand over: rules, names, nullable columns, lists of scores; and what is loaded for it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import scoring
from scoring.change.transition import transition
from scoring.concentration import gini
from scoring.payout import break_even, is_clipped, payout_factor, payout_totals, payouts
from scoring.rules import describe_multipliers, load_rules, parse_rule, rule_in_force

ROOT = Path(__file__).parents[2]
RULE = replace(parse_rule("1C3T", rule_in_force("classic", round=325)), clip=0.25)
MODELS = ["quiet_heron", "loud_heron", "late_heron"]
SCORES = pd.DataFrame({"corr": [0.031, -0.008, 0.02], "tc": [0.012, 0.027, -0.2]}, index=MODELS)
STAKE = pd.Series([250.0, 100.0, 40.0], index=MODELS)


def by_pandas(
    scores: pd.DataFrame, multipliers: dict[str, float], stake: pd.Series, factor: float
) -> pd.Series:
    """The documentation's formula, aligned by pandas itself."""
    weighted = scores.mul(pd.Series(multipliers), axis=1).sum(axis=1)
    return (weighted * factor).clip(-0.25, 0.25) * stake


# ---------------------------------------------------------------- by name


def test_multipliers_in_another_order_pay_the_same() -> None:
    one = pd.DataFrame({"corr": [0.031], "tc": [0.012]})
    got = payouts(one[["corr", "tc"]], pd.Series({"tc": 3, "corr": 1}), stake=250, factor=0.4151, clip=0.25)
    assert float(got[0]) == pytest.approx(0.4151 * (0.031 + 3 * 0.012) * 250, rel=1e-12)
    assert float(got[0]) == pytest.approx(6.95, abs=0.005)


def test_stakes_scores_and_factors_in_any_order_are_put_together_as_pandas_does() -> None:
    expected = by_pandas(SCORES, {"corr": 1, "tc": 3}, STAKE, 0.4151)
    for multipliers in ({"tc": 3, "corr": 1}, pd.Series({"tc": 3.0, "corr": 1}), RULE):
        for scores in (SCORES, SCORES[["tc", "corr"]], {"TC": SCORES["tc"], "CORR20": SCORES["corr"][::-1]}):
            got = payouts(scores, multipliers, STAKE[::-1], factor=0.4151, clip=0.25)
            pd.testing.assert_series_equal(pd.Series(got).reindex(MODELS), expected)


def test_a_rule_brings_its_clip_and_its_order() -> None:
    inside = replace(RULE, clip=0.05)
    outside = replace(inside, clip_order="factor_outside_clip")
    # w = .031 + .036 = .067: .5 w is below the clip, w above it
    assert payouts([0.031, 0.012], inside, 100, factor=0.5) == pytest.approx(3.35)
    assert payouts([0.031, 0.012], outside, 100, factor=0.5) == pytest.approx(2.5)
    assert payouts([0.031, 0.012], inside, 100, factor=0.5, clip=0.01) == pytest.approx(1)
    assert payouts([0.031, 0.012], [1, 3], 100, factor=0.5, clip=outside) == pytest.approx(2.5)
    assert is_clipped(2.5, 100, factor=0.5, clip=outside)
    assert not is_clipped(2.5, 100, factor=0.5, clip=inside)
    assert payout_factor(1000, replace(RULE, stake_threshold=250.0)) == 0.25
    assert payout_factor([1000, np.nan], replace(RULE, stake_threshold=None)) == pytest.approx(
        [1, np.nan], nan_ok=True
    )
    assert describe_multipliers(RULE) == "1xCORR + 3xTC"
    two = parse_rule("2C1T", RULE)
    assert (
        break_even(RULE, two)
        == break_even({"tc": 3, "corr": 1}, {"corr": 2, "tc": 1})
        == {"corr": -1, "tc": 2}
    )


def test_totals_under_rules_are_sums_of_payouts_under_each() -> None:
    rng = np.random.default_rng(3)
    rounds, rules = (
        pd.Index([301, 302], name="round"),
        [RULE, parse_rule("2C1T", RULE), parse_rule("2 tc", RULE)],
    )
    corr, tc = (pd.DataFrame(rng.normal(0, 0.05, (2, 3)), rounds, MODELS) for _ in range(2))
    factor = pd.Series([0.4, 0.8], index=[302, 301])  # by round
    got = payout_totals({"tc": tc[MODELS[::-1]], "corr": corr}, rules, STAKE, factor=factor)
    assert isinstance(got, pd.DataFrame)
    for at, rule in enumerate(rules):
        paid = [
            by_pandas(
                pd.DataFrame({"corr": corr.loc[number], "tc": tc.loc[number]}),
                dict(rule.multipliers),
                STAKE,
                factor[number],
            )
            for number in rounds
        ]
        np.testing.assert_allclose(got.loc[at, MODELS], sum(paid))
    with pytest.raises(ValueError, match="different clips"):
        payout_totals({"tc": tc, "corr": corr}, [RULE, replace(RULE, clip=1.0)], STAKE)


@pytest.mark.parametrize(
    ("scores", "multipliers", "words"),
    [
        ([[0.1, 0.2]], {"tc": 3, "corr": 1}, "The multipliers are named .tc, corr. and the scores are not"),
        ([[0.1, 0.2]], pd.Series({"tc": 3, "corr": 1}), "and the scores are not"),
        (SCORES, {"corr": 1, "mmc": 2}, "mmc has a multiplier and no scores; there are scores of corr, tc"),
        (SCORES, {"corr": 1, "CORR20": 2}, "Two of corr, CORR20 name the same score"),
        (SCORES.assign(tc="a lot"), {"corr": 1, "tc": 3}, "^The scores of tc must be numbers"),
        (SCORES.assign(tc=np.inf), RULE, "A score must be a finite number"),
        ([[0.1, 0.2, 0.3]], RULE, "2 multipliers do not fit 3 scores"),
    ],
)  # fmt: skip
def test_names_that_do_not_match_are_refused(scores: Any, multipliers: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        payouts(scores, multipliers, 100)
    assert str(caught.value).endswith(".")


def test_a_score_that_no_multiplier_pays_may_be_there_or_missing() -> None:
    expected = by_pandas(SCORES, {"corr": 2}, STAKE, 1)
    for scores in (SCORES, SCORES[["corr"]], SCORES.assign(tc=np.nan)):
        got = payouts(scores, {"corr": 2, "tc": 0}, STAKE, clip=0.25)
        pd.testing.assert_series_equal(pd.Series(got), expected)


# ---------------------------------------------------------------- lists of scores


@pytest.mark.parametrize("multiplier", [2, [2], {"corr": 2}, parse_rule("2 corr", RULE)])
def test_three_scores_with_one_multiplier_are_three_payouts(multiplier: Any) -> None:
    expected = np.array([6.2 * 2.5, -1.6, 1.6])
    got = payouts(SCORES["corr"], multiplier, STAKE[::-1], clip=0.25)
    pd.testing.assert_series_equal(pd.Series(got), pd.Series(expected, index=MODELS))
    np.testing.assert_allclose(
        payouts(SCORES["corr"].tolist(), multiplier, STAKE.tolist(), clip=0.25), expected
    )


# ---------------------------------------------------------------- columns of other kinds


@pytest.mark.parametrize("kind", ["Float64", "float32", "object", "Float32"])
def test_columns_of_every_kind_are_numbers(kind: str) -> None:
    got = payouts(SCORES.astype(kind), [1, 3], STAKE.astype(kind), clip=0.25)
    np.testing.assert_allclose(got, by_pandas(SCORES, {"corr": 1, "tc": 3}, STAKE, 1), rtol=1e-5)


@pytest.mark.parametrize("missing", [pd.NA, None, np.nan])
@pytest.mark.parametrize("kind", ["Float64", "object"])
def test_what_is_missing_is_nan_among_scores_and_refused_by_label_among_stakes(
    kind: str, missing: Any
) -> None:
    holes = pd.Series([1.0, missing, 3.0], index=MODELS, dtype=kind)
    paid = payouts(pd.DataFrame({"corr": holes / 100 if kind == "Float64" else holes}), [1], 100, clip=10)
    assert np.isnan(paid).tolist() == [False, True, False]
    with pytest.raises(ValueError, match=r"^A stake must be a number of 0 NMR or more \(see loud_heron\)\.$"):
        payouts(SCORES, [1, 3], holes)
    with pytest.raises(ValueError, match=r"^A holding must be .* \(see loud_heron\)\.$"):
        gini(holes)
    with pytest.raises(ValueError, match=r"\(see positions 1, 2, counted from 0\)\.$"):
        gini([1.0, np.nan, -1.0])


@pytest.mark.parametrize(
    "bad", [pd.Series(["1", "2"]), ["1", "2"], pd.to_datetime(["2024-01-01"]), [True, "x"]]
)
def test_text_and_dates_are_no_numbers(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"^Holdings must be numbers\.$"):
        gini(bad)


def test_accounts_by_label_are_those_of_the_stakes() -> None:
    old, new = pd.Series([1.0, 2.0, 3.0]), pd.Series([2.0, 2.0, 1.0])
    got = transition(old, new, ["loud_heron", "late_heron", "loud_heron"], [0, 0, 1], STAKE)
    pd.testing.assert_series_equal(
        pd.Series(got.gains.difference), pd.Series([0.0, -1.0, 0.0], index=MODELS)
    )  # loud_heron: 1 -> 2 and 3 -> 1
    with pytest.raises(ValueError, match="nobody, which is not among the labels"):
        transition(old, new, ["loud_heron", "nobody", "loud_heron"], [0, 0, 1], STAKE)


# ---------------------------------------------------------------- rules in one word


def test_a_rule_needs_no_base_and_a_tournament_no_case() -> None:
    newest = [rule for rule in load_rules() if rule.tournament == "classic" and rule.status == "effective"][
        -1
    ]
    assert parse_rule("1C3T") == parse_rule("1C3T", newest)
    asked = rule_in_force("Classic", date="2023-10-07")
    assert asked.id == rule_in_force(" classic ", on=asked.effective_on).id == "classic-2023-10-07"


# ---------------------------------------------------------------- what is loaded


def run(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_numbers_never_import_pandas_and_the_package_alone_imports_nothing() -> None:
    loaded = "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    assert not {"numpy", "scipy", "pandas"} & set(run(f"import json, sys, scoring; {loaded}"))
    every = "[importlib.import_module(m.name) for m in pkgutil.walk_packages(scoring.__path__, 'scoring.')]"
    used = "from scoring import gini, payouts; gini([1, 2]); payouts([[1, 2]], [1, 3], 1)"
    got = run(f"import json, sys, importlib, pkgutil, scoring; {every}; {used}; {loaded}")
    assert "numpy" in got
    assert "pandas" not in got


def test_every_public_name_is_one_import_away() -> None:
    names = run("import json, scoring; print(json.dumps([n for n in dir(scoring) if n[0] != '_']))")
    wanted = {
        *("PayoutRule", "load_rules", "parse_rule", "rule_in_force", "payout_factor", "payouts"),
        *("gini", "herfindahl", "effective_number", "theil", "top_share", "lorenz_curve", "nakamoto"),
        *("fit_power_law", "compare_tail", "ewc_interval", "leave_one_out", "contribution_gradient"),
        *("stake_weights", "cap_weights", "account_weights", "split_gain"),
    }
    assert wanted <= set(names)
    assert all(callable(getattr(scoring, name)) for name in wanted)
    with pytest.raises(ImportError):
        from scoring import nothing_of_the_kind  # noqa: F401  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.slow
def test_numbers_are_read_while_another_thread_is_loading_pandas() -> None:
    half_loaded = "sys.modules['pandas'] = types.ModuleType('pandas')"
    assert run(
        f"import json, sys, types; {half_loaded}; from scoring import gini; print(gini([1, 3]))"
    ) == pytest.approx(0.25)
