"""What proposals would have paid on the sample, worked out with pandas."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.simulation.impact_details_card import impact_pages
from features.simulation.pay import PayFacts, read_pay
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from tests.features.simulation.proposed import example, made_up, pay_of, proposal
from tests.scoring.change.test_clear import by_hand, interval
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE


@pytest.mark.parametrize(
    ("place", "first", "old", "new"), [(0, 200, 57_899, 124_177), (1, 311, 4_989, 3_055)]
)
def test_the_change_of_round_589_on_both_windows(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame, place: int, first: int, old: int, new: int
) -> None:
    window = pay_of(impacts[1]).windows[place]
    used = frame[frame["round"] >= first]
    np.testing.assert_array_equal(window.rounds, np.sort(used["round"].unique()))
    assert (window.span, window.rows) == (f"rounds {first}-321", len(used))
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


@pytest.mark.slow
@pytest.mark.parametrize(("rounds", "place"), [("all", 0), ("311-321", 1)])
async def test_a_comparison_of_everyone_gives_the_same_totals(
    source: SampleSource, impacts: dict[int, ProposalImpact], rounds: str, place: int
) -> None:
    got = await compare_payouts(source, EVERYONE, "2C1T", current="1C3T", rounds=rounds)
    window = pay_of(impacts[1]).windows[place]
    assert window.old == pytest.approx(got.current.total, abs=1e-6)
    assert window.new == pytest.approx(got.proposed.total, abs=1e-6)
    assert window.rounds.tolist() == got.rounds.tolist()
    assert window.rows == got.rows
    # and the same interval, of this record and of that; the sample's as statistics have it
    assert window.intervals.total == pytest.approx(got.interval, abs=1e-6, nan_ok=True)
    if rounds == "all":
        assert (window.difference, *got.interval) == pytest.approx((66_278, 20_073, 112_482), abs=1)
    else:
        assert window.difference == pytest.approx(-1_933, abs=1)
        assert np.isnan(got.interval).all()
    asked = pay_of(await proposal_impact(source, example(1), rounds=rounds)).windows
    assert [each.difference for each in asked] == [window.difference]


def test_what_softening_costs_on_the_sample(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    impact = pay_of(impacts[2])
    assert (impact.terms.notice, impact.terms.phase_in, impact.terms.grandfather) == (8, 40, 25)
    all_rounds, newest = (window.rolling for window in impact.windows)
    more = -frame.pivot_table(index="account", columns="round", values="gap", aggfunc="sum")
    places = np.arange(48)
    notice, spared = places < 8, places < 25
    phase_in, both = 1 - np.clip(places / 40, 0, 1), 1 - np.clip((places - 8) / 40, 0, 1)
    expected: dict[str, list[float]] = {
        name: [] for name in ("notice", "phase_in", "grandfather", "together")
    }
    for start in range(more.shape[1] - 47):
        ahead = more.iloc[:, start : start + 48]
        early = ahead[ahead.iloc[:, 0].notna()].sum().to_numpy()
        late = ahead.sum().to_numpy() - early
        expected["notice"].append(float(((early + late) * notice).sum()))
        expected["phase_in"].append(float(((early + late) * phase_in).sum()))
        expected["grandfather"].append(float((early * spared).sum()))
        expected["together"].append(float((early * np.maximum(both, spared) + late * both).sum()))
    assert all_rounds.starts.size == len(expected["notice"]) == 75
    for name, costs in expected.items():
        np.testing.assert_allclose(getattr(all_rounds, name), costs, rtol=1e-9, atol=1e-9, err_msg=name)
    told = told_by(impacts[2])["Softened, rounds 200-321"].split("\n")
    for line, name in zip(told, expected, strict=False):
        low, middle, high = (round(f(expected[name])) for f in (min, np.median, max))
        assert line.endswith(f"{middle:,} NMR ({low:,} to +{high:,})".replace("-", "−").replace("+−", "−")), (
            line
        )
    # eleven rounds are no time for eight and forty
    assert (newest.starts.size, newest.periods) == (0, 48)


def test_who_clearly_gains_and_who_is_the_largest(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame
) -> None:
    every, newest = pay_of(impacts[1]).windows
    assert every.clear == by_hand(frame)
    assert (every.clear.gain, every.clear.lose, every.clear.untold) == (88, 0, 335)
    last = frame[frame["round"] >= 311]
    assert newest.clear == by_hand(last)
    assert (newest.clear.judged, newest.clear.too_short) == (0, last["account"].nunique())
    held = last.groupby("account")["stake_nmr"].sum()
    assert every.without_largest is None
    assert newest.without_largest is not None
    share, others = newest.without_largest
    assert share == pytest.approx(held.max() / held.sum())
    assert share == pytest.approx(0.59, abs=0.01)
    rest = last.loc[last["account"] != held.idxmax(), "gap"]
    assert others.difference == pytest.approx(rest.sum(), rel=1e-9)


def test_each_stretch_of_rounds_that_paid_alike_is_a_line(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame
) -> None:
    every, newest = pay_of(impacts[1]).windows
    spans = [(200, 214), (215, 310), (311, 321)]
    assert [(each.rounds[0], each.rounds[-1]) for each in every.regimes] == spans
    assert [each.words.split(",")[0] for each in every.regimes] == [
        "paid CORR", "paid CORR and MMC", "paid CORR and TC"
    ]  # fmt: skip
    for each, (first, last) in zip(every.regimes, spans, strict=True):
        by_round = frame[frame["round"].between(first, last)].groupby("round")["gap"].sum().to_numpy()
        assert each.difference == pytest.approx(by_round.sum(), rel=1e-9)
        if len(by_round) < 15:
            assert np.isnan(each.interval).all()
        else:
            low, high = interval(by_round)
            assert each.interval == pytest.approx((low * len(by_round), high * len(by_round)), rel=1e-6)
    assert len(newest.regimes) == 1


async def test_a_difference_is_split_only_where_both_sums_are_clear_and_nobody_came_or_went(
    impacts: dict[int, ProposalImpact],
) -> None:
    assert [window.not_split for window in pay_of(impacts[1]).windows] == [
        "models came and went in these rounds"
    ] * 2
    steady = np.tile([0.02, 0.03, 0.025, 0.015], 5)
    luck = np.tile([0.2, -0.2, 0.1, -0.09], 5)
    for corr, told in ((steady, ""), (luck, "what one of the rules pays in all is not clearly apart from 0")):
        made = made_up([corr.tolist(), (corr / 2).tolist()])
        impact = pay_of(await proposal_impact(made, proposal(rule="2C"), baseline="1C"))
        assert impact.windows[0].not_split == told
        fields = told_by(await proposal_impact(made, proposal(rule="2C"), baseline="1C"))
        split = fields["All alike, or some at the cost of others"]
        assert ("100 % more for all" in split) == (not told), split


def told_by(impact: ProposalImpact) -> dict[str, str]:
    """What the pages behind an answer say, by their names."""
    return {name: text for name, text, _ in impact_pages(impact)}


def means(rows: pd.DataFrame) -> str:
    """ "CORR +0.0196 and TC +0.0016", weighted by stake."""
    by_score = {score: np.average(rows[score], weights=rows["stake_nmr"]) for score in ("corr", "tc")}
    return " and ".join(f"{score.upper()} {mean:+.4f}" for score, mean in by_score.items()).replace("-", "−")


@pytest.mark.slow
async def test_what_is_said_of_the_sample(
    source: SampleSource, impacts: dict[int, ProposalImpact], frame: pd.DataFrame
) -> None:
    impact = impacts[1]
    pay = pay_of(impact)
    assert (
        impact.finding
        == pay.finding
        == (
            "2xCORR + 1xTC would have paid 66,278 NMR more than 1xCORR + 3xTC over rounds 200-321, "
            "but 1,933 NMR less over rounds 311-321, which paid CORR and TC."
        )
    )
    assert pay.headline == (
        "2xCORR + 1xTC: 66,278 NMR more over rounds 200-321, 1,933 NMR less over rounds 311-321"
    )
    assert pay.why == (
        "Before clipping, 1xCORR + 3xTC pays more whenever TC is above half of CORR. "
        f"Weighted by stake the mean was {means(frame)} over rounds 200-321 "
        f"but {means(frame[frame['round'] >= 311])} over rounds 311-321."
    )
    assert impact.assumptions[0] == "Assumes nobody changes behaviour."
    assert impact.assumptions[2] == (
        "Both rules at the clip and payout factor that each of these weekly rounds had (weekly equivalent): "
        "clip 0.05 and threshold 72,000, typed for other rounds, are left out, as here they would bind far "
        "more often."
    )
    assert "Accounts are guesses from the models' names." in impact.assumptions
    rows = file_rows.shipped()
    interim = rows[~rows["final"] & (rows["stake_nmr"] > 0)]
    assert (
        f"Left out: {len(interim):,} rows of rounds {interim['round'].min()}-{interim['round'].max()} that "
        "were not final yet."
    ) in impact.assumptions
    early = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna() & (rows["round"] < 200)]["round"]
    assert f"Left out: rounds {early.min()}-{early.max()}, whose TC is in another unit." in impact.assumptions
    assert (impact.source, impact.until, impact.kind) == ("Sample, 2022", date(2022, 7, 23), "payout")
    again = pay_of(await proposal_impact(source, example(1)))
    assert again.windows[0].intervals == pay.windows[0].intervals


@pytest.mark.slow
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


@pytest.mark.slow
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
