"""What proposals would have paid on the sample, worked out with pandas."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.simulation.pay import PayFacts, read_pay
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from tests.features.simulation.proposed import example, pay_of, proposal
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE


@pytest.mark.parametrize(
    ("place", "first", "old", "new"), [(0, 183, 65_463, 124_091), (1, 311, 6_676, 4_551)]
)
def test_the_change_of_round_589_on_both_windows(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame, place: int, first: int, old: int, new: int
) -> None:
    window = pay_of(impacts[1]).windows[place]
    used = frame[frame["round"] >= first]
    np.testing.assert_array_equal(window.rounds, np.sort(used["round"].unique()))
    assert (window.span, window.rows) == (f"rounds {first}-325", len(used))
    assert (round(window.old), round(window.new)) == (old, new)
    assert window.old == pytest.approx(used["old"].sum(), rel=1e-9)
    assert window.new == pytest.approx(used["new"].sum(), rel=1e-9)
    assert window.a_round == pytest.approx(used["gap"].sum() / used["stake_nmr"].sum(), rel=1e-9)

    accounts = used.groupby("account")["gap"].sum()
    at_risk = used.groupby(["account", "round"])["stake_nmr"].sum().groupby("account").mean()
    assert window.result.gains.winners == (accounts > 1e-12).sum()
    assert window.result.gains.losers == (accounts < -1e-12).sum()
    assert window.losing == pytest.approx((-accounts > 0.05 * at_risk).mean())
    assert window.result.costs.compensation == pytest.approx(-accounts[accounts < 0].sum(), rel=1e-9)
    np.testing.assert_allclose(np.sort(window.stake), np.sort(at_risk), rtol=1e-9)
    scale = used["old"].sum() / used["new"].sum()
    assert window.result.gains.split.scale == pytest.approx(scale, rel=1e-9)
    by_account = used.groupby("account")[["old", "new"]].sum()
    moved = (scale * by_account["new"] - by_account["old"]).abs().sum() / 2
    assert window.moved == pytest.approx(moved, rel=1e-9)
    for score in ("corr", "tc"):
        assert window.scores[score] == pytest.approx(np.average(used[score], weights=used["stake_nmr"]))

    deciles = window.result.deciles
    ranks = at_risk.rank(method="average")
    group = np.minimum(9, ((ranks - 0.5) * 10 / len(ranks)).astype(int))
    np.testing.assert_array_equal(deciles.accounts, group.value_counts().sort_index())
    np.testing.assert_allclose(deciles.difference, accounts.groupby(group).sum(), rtol=1e-9, atol=1e-9)
    total = used.groupby("account")["stake_nmr"].sum()
    np.testing.assert_allclose(window.decile_at_risk, total.groupby(group).sum(), rtol=1e-9)


@pytest.mark.parametrize(("rounds", "place"), [("all", 0), ("311-325", 1)])
async def test_a_comparison_of_everyone_gives_the_same_totals(
    source: SampleSource, impacts: dict[int, ProposalImpact], rounds: str, place: int
) -> None:
    got = await compare_payouts(source, EVERYONE, "2C1T", current="1C3T", rounds=rounds)
    window = pay_of(impacts[1]).windows[place]
    assert window.old == pytest.approx(got.current.total, abs=1e-6)
    assert window.new == pytest.approx(got.proposed.total, abs=1e-6)
    assert window.rounds.tolist() == got.rounds.tolist()
    assert window.rows == got.rows
    asked = pay_of(await proposal_impact(source, example(1), rounds=rounds)).windows
    assert [each.difference for each in asked] == [window.difference]


def test_what_softening_costs_on_the_sample(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    impact = pay_of(impacts[2])
    assert (impact.terms.notice, impact.terms.phase_in, impact.terms.grandfather) == (8, 40, 25)
    for window, first in zip(impact.windows, (183, 311), strict=True):
        used = frame[frame["round"] >= first]
        period = np.searchsorted(np.sort(used["round"].unique()), used["round"])
        early = used["account"].isin(used.loc[period == 0, "account"])
        kept = {
            "notice": period < 8,
            "phase_in": 1 - np.clip(period / 40, 0, 1),
            "grandfather": early & (period < 25),
        }
        both = 1 - np.clip((period - 8) / 40, 0, 1)
        kept["together"] = np.where(early & (period < 25), 1.0, both)
        losing = used["account"].map(used.groupby("account")["gap"].sum()) < 0
        costs = window.result.costs
        for name, share in kept.items():
            got, by_row = getattr(costs, name), -used["gap"] * share
            assert got.cost == pytest.approx(by_row.sum(), rel=1e-9), name
            assert got.saved == pytest.approx(by_row[losing].sum(), rel=1e-9), name
        assert window.cost_by_week.sum() == pytest.approx(costs.together.cost, rel=1e-9)
        assert window.cut_short == (first == 311)


async def test_what_is_said_of_the_sample(source: SampleSource, impacts: dict[int, ProposalImpact]) -> None:
    impact = impacts[1]
    pay = pay_of(impact)
    assert (
        impact.finding
        == pay.finding
        == (
            "2xCORR + 1xTC would have paid 58,628 NMR more than 1xCORR + 3xTC over rounds 183-325, "
            "but 2,125 NMR less over rounds 311-325, which paid CORR and TC."
        )
    )
    assert pay.headline == (
        "2xCORR + 1xTC: 58,628 NMR more over rounds 183-325, 2,125 NMR less over rounds 311-325"
    )
    assert pay.why == (
        "Before clipping, 1xCORR + 3xTC pays more whenever TC is above half of CORR. "
        "Weighted by stake the mean was CORR +0.0196 and TC +0.0016 over rounds 183-325 "
        "but CORR +0.0343 and TC +0.0456 over rounds 311-325."
    )
    assert impact.assumptions[0] == "Assumes nobody changes behaviour."
    assert impact.assumptions[2] == (
        "Both rules at the clip and payout factor that each of these weekly rounds had (weekly equivalent): "
        "clip 0.05 and threshold 72,000, typed for other rounds, are left out, as here they would bind far "
        "more often."
    )
    assert "Accounts are guesses from the models' names." in impact.assumptions
    assert (impact.source, impact.until, impact.kind) == ("Sample, 2022", date(2022, 8, 18), "payout")
    low, high = pay.windows[0].intervals.total
    assert 0 < low < pay.windows[0].difference < high
    assert np.isnan(pay.windows[1].intervals.total).all()  # 15 rounds are not two blocks of 10
    again = pay_of(await proposal_impact(source, example(1)))
    assert again.windows[0].intervals == pay.windows[0].intervals


async def test_the_terms_of_a_rule_for_daily_rounds_change_nothing_on_weekly_ones(
    source: SampleSource, impacts: dict[int, ProposalImpact]
) -> None:
    without = pay_of(await proposal_impact(source, proposal(rule="2C1T")))
    assert [w.new for w in pay_of(impacts[1]).windows] == [w.new for w in without.windows]
    alone = await proposal_impact(source, proposal(rule="clip 0.05 threshold 72000"))
    assert alone.reason_not == (
        "It changes only the clip 0.05 and threshold 72,000, for other rounds than these: "
        "here it changes nothing."
    )


def by_pandas(frame: pd.DataFrame, corr: float, tc: float, clip: float, threshold: float | None) -> pd.Series:
    """NMR of every row of weekly rounds, by round."""
    factor = frame["payout_factor"]
    if threshold is not None:
        at_risk = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").set_index("round")["total_at_risk_nmr"]
        factor = (threshold / frame["round"].map(at_risk)).clip(upper=1)
    weighted = corr * frame["corr"] + tc * frame["tc"]
    outside = frame["round"].between(311, 315)
    rate = (factor * weighted).clip(-clip, clip).where(~outside, factor * weighted.clip(-clip, clip))
    return (frame["stake_nmr"] * rate).groupby(frame["round"]).sum()


def named(told: tuple[str, ...], *words: str) -> bool:
    return any(all(word in sentence for word in words) for sentence in told)


@pytest.mark.parametrize(
    ("text", "corr", "tc", "clip", "threshold", "said"),
    [
        ("2C1T", 2, 1, 0.25, None, ""),
        ("2C1T clip 0.05", 2, 1, 0.05, None, "clip 0.05"),
        ("clip 0.01", 1, 3, 0.01, None, "clip 0.01"),  # its multipliers are those it is compared with
        ("2C1T threshold 150000", 2, 1, 0.25, 150_000, "threshold 150,000"),
        ("2C1T clip 0.1 threshold 150000", 2, 1, 0.1, 150_000, "clip 0.1 and threshold 150,000"),
        # a rule on record for daily rounds, by its name and by its terms: the weekly equivalent
        ("classic-2023-10-07", 2, 1, 0.25, None, ""),
        ("2C1T clip 0.05 threshold 72000", 2, 1, 0.25, None, ""),
    ],
)
async def test_a_comparison_and_a_simulation_price_every_row_the_same(
    source: SampleSource,
    frame: pd.DataFrame,
    text: str,
    corr: float,
    tc: float,
    clip: float,
    threshold: float | None,
    said: str,
) -> None:
    read = await read_pay(source, proposal(rule=text), "1C3T")
    assert isinstance(read, PayFacts), read
    compared = await compare_payouts(source, EVERYONE, text, current="1C3T", rounds="all")
    expected = by_pandas(frame, corr, tc, clip, threshold)
    np.testing.assert_array_equal(compared.rounds, expected.index)
    np.testing.assert_allclose(compared.proposed.by_round, expected, rtol=1e-9, atol=1e-9)
    simulated = pd.Series(read.pay.new).groupby(read.pay.rows.round).sum()
    np.testing.assert_array_equal(simulated.index, expected.index)
    np.testing.assert_allclose(simulated, expected, rtol=1e-9, atol=1e-9)
    # row by row: a model has one row a round
    model = frame["model"].value_counts().index[0]
    own = await source.history(str(model))
    staked = own.only(own.resolved & (own.stake > 0) & ~np.isnan(own.scores["tc"]))
    alone = await compare_payouts(source, str(model), text, current="1C3T", rounds="all")
    np.testing.assert_array_equal(alone.rounds, staked.round)
    rows = read.price(read.new, staked) * staked.stake
    np.testing.assert_allclose(alone.proposed.by_round, rows, rtol=1e-12, atol=1e-12)
    # and both replies say the same of what was typed
    for told in (compared.assumptions, read.assumptions):
        assert named(told, "as typed, in each of these rounds") == bool(said)
        assert not said or named(told, said.capitalize() if told is compared.assumptions else said)
    for told in (compared.warnings, read.assumptions):
        assert named(told, "weekly equivalent") == ("72000" in text or "2023" in text)
