"""What proposals would have done: the sample by pandas, and made-up sources worked out by hand."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.simulation.pay import PayFacts, read_pay
from features.simulation.pay_result import PayImpact
from features.simulation.pay_windows import rounds_a_week
from features.simulation.proposal_impact import MemberImpact, ProposalImpact, member_impact, proposal_impact
from features.simulation.weights import WeightImpact
from governance.proposals.proposal import Proposal, read_proposal
from scoring.rules import PayoutRule, parse_rule, rule_in_force
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE, History, Names, Rounds, SourceError, Stakes, Tournament

EXAMPLES = sorted((Path(__file__).parents[3] / "data" / "examples").glob("*.json"))
OLD, NEW = (1, 3), (2, 1)
NAN = math.nan


def example(number: int) -> Proposal:
    return read_proposal(EXAMPLES[number - 1].read_text(encoding="utf-8"))


def proposal(kind: str = "payout", tournament: str = "classic", **parameters: Any) -> Proposal:
    return read_proposal(
        {
            "title": "A title", "tournament": tournament, "kind": kind, "problem": "p", "change": "c",
            "parameters": parameters,
        }
    )  # fmt: skip


def pay_of(impact: ProposalImpact) -> PayImpact:
    assert impact.pay is not None, impact.reason_not
    return impact.pay


def weights_of(impact: ProposalImpact) -> WeightImpact:
    assert impact.weights is not None, impact.reason_not
    return impact.weights


# ---------------------------------------------------------------- made-up sources


@dataclass(frozen=True)
class MadeUp:
    """A source whose leaderboard, rows and rounds were made up."""

    rows: History | None
    known_rounds: Rounds
    held: Stakes | None = None  # None: no leaderboard has been read yet
    announced: PayoutRule | None = None
    label: str = "Made up"
    tournament: Tournament = "classic"
    live: bool = False
    caveats: Mapping[str, str] = field(default_factory=dict)

    async def stakes(self) -> Stakes:
        if self.held is None:
            raise SourceError("The leaderboard has not been read yet")
        return self.held

    async def history(self, name: str) -> History:
        if self.rows is None:
            raise SourceError("The scores have not been read yet")
        if name == EVERYONE:
            return self.rows
        own = self.rows.only(self.rows.model == self.rows.models.index(name))
        return replace(own, name=name, kind="model")

    async def rounds(self) -> Rounds:
        return self.known_rounds

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        return {} if self.rows is None else dict.fromkeys(self.rows.scores, (316, 999))

    async def find(self, typed: str) -> str | None:
        known = (EVERYONE, *(() if self.rows is None else self.rows.models))
        return typed if typed in known else None

    async def names(self) -> Names:
        return Names(() if self.rows is None else self.rows.models, ())

    async def until(self) -> date:
        return date(2031, 5, 4)

    async def live_rule(self) -> PayoutRule | None:
        return self.announced

    async def live_rule_differs(self) -> str:
        return ""

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        return None

    async def usd_by_day(self) -> Mapping[str, float]:
        return {}


def rows_of(
    corr: list[list[float]], *, tc: float = 0.0, stake: float | list[list[float]] = 100.0, first: int = 316
) -> History:
    """Models whose corr is (models, rounds), NaN where they were not there; factor 1, paid 1xCORR."""
    scores = np.array(corr, dtype=np.float64)
    models, rounds = scores.shape
    there = ~np.isnan(scores).ravel()
    held = np.broadcast_to(np.array(stake, dtype=np.float64), scores.shape).ravel()
    every = History(
        name=EVERYONE,
        kind="everyone",
        models=tuple(f"owl_{at}" for at in range(models)),
        model=np.repeat(np.arange(models), rounds),
        round=np.tile(np.arange(first, first + rounds), models),
        scores={"corr": scores.ravel(), "tc": np.full(scores.size, tc)},
        chosen={"corr": np.ones(scores.size)},
        payout_factor=np.ones(scores.size),
        stake=held,
        payout=scores.ravel() * held,
        resolved=np.ones(scores.size, dtype=bool),
    )
    return every.only(there)


def calendar(rounds: int, *, first: int = 316, days: int = 7) -> Rounds:
    """Rounds that open every so many days, or on Tuesday to Saturday for 1, and resolve after a month."""
    day = np.arange(rounds) * days if days > 1 else np.arange(rounds) // 5 * 7 + np.arange(rounds) % 5
    opened = (np.datetime64("2031-05-06") + day).astype("datetime64[s]")  # a Tuesday
    one = np.ones(rounds)
    return Rounds(
        np.arange(first, first + rounds), opened, opened + np.timedelta64(30 * 86400, "s"),
        1000 * one, 500 * one, one, one > 0,
    )  # fmt: skip


def stakes_of(stake: list[float], owner: list[int] | None = None, *, guessed: bool = True) -> Stakes:
    held, of = np.array(stake, dtype=np.float64), np.array(owner or range(len(stake)), dtype=np.intp)
    totals = np.bincount(of, weights=held).astype(np.float64)
    return Stakes(
        date(2031, 5, 4), tuple(f"owl_{at}" for at in range(held.size)), held,
        tuple(f"heron_{at}" for at in range(totals.size)), totals, of, guessed,
    )  # fmt: skip


def made_up(corr: list[list[float]], held: Stakes | None = None, **rows: Any) -> MadeUp:
    return MadeUp(rows_of(corr, **rows), calendar(len(corr[0])), held)


# ---------------------------------------------------------------- the sample, by pandas


@pytest.fixture(scope="module")
def impacts(source: SampleSource) -> dict[int, ProposalImpact]:
    """Every example on the sample."""
    numbers = range(1, len(EXAMPLES) + 1)
    return {number: asyncio.run(proposal_impact(source, example(number))) for number in numbers}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Staked rows with a TC, with pay under both rules and the account on the leaderboard."""
    rows = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz").drop(columns="account")
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz", usecols=["model", "account"])
    rows = rows.merge(board, on="model", how="left")
    rows["account"] = rows["account"].fillna("left:" + rows["model"])
    rows = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna()].copy()
    outside = rows["round"].between(311, 315)
    for name, (corr, tc) in (("old", OLD), ("new", NEW)):
        weighted = corr * rows["corr"] + tc * rows["tc"]
        inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
        rows[name] = rows["stake_nmr"] * inside.where(
            ~outside, rows["payout_factor"] * weighted.clip(-0.25, 0.25)
        )
    rows["gap"] = rows["new"] - rows["old"]
    return rows


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


async def test_daily_rounds_are_priced_the_same_by_both() -> None:
    made = MadeUp(rows_of([[0.02, 0.2, -0.4]], tc=0.01, first=600), calendar(3, first=600, days=1))
    for text, clip in (("2C1T", 0.05), ("2C1T clip 0.1", 0.1), ("2C1T clip 0.25", 0.25)):
        impact = pay_of(await proposal_impact(made, proposal(rule=text), baseline="1C"))
        compared = await compare_payouts(made, EVERYONE, text, current="1C", rounds="all")
        pay = [100 * max(-clip, min(clip, 2 * corr + 0.01)) for corr in (0.02, 0.2, -0.4)]
        np.testing.assert_allclose(compared.proposed.by_round, pay)
        assert impact.windows[0].new == pytest.approx(sum(pay))
        assert impact.windows[0].old == pytest.approx(compared.current.total) == pytest.approx(2 + 5 - 5)


async def test_a_clip_is_kept_on_rounds_of_the_rhythm_it_was_typed_for() -> None:
    rows = rows_of([[0.2, 0.5, -0.4]], first=1343)
    rows = replace(rows, scores={"corr60": rows.scores["corr"], "mmc60": rows.scores["tc"]})
    made = MadeUp(rows, calendar(3, first=1343))
    got = pay_of(await proposal_impact(made, proposal(rule="3xCORR60 clip 0.3"), baseline="3xCORR60"))
    assert got.windows[0].old == pytest.approx(100 * (0.6 + 1 - 1))  # the clip in force is 1
    assert got.windows[0].new == pytest.approx(100 * (0.3 + 0.3 - 0.3))
    assert got.more_when == "Never: both rules weigh the scores alike."


@pytest.mark.parametrize("number", range(1, 8))
async def test_every_example_is_simulated_or_says_why_not(
    source: SampleSource, impacts: dict[int, ProposalImpact], number: int
) -> None:
    read, impact = example(number), impacts[number]
    assert (impact.pay is not None) == (number in (1, 2))
    assert (impact.weights is not None) == (number in (3, 4, 5))
    assert bool(impact.reason_not) == (number in (6, 7))
    assert impact.title == read.title
    assert "notice" in dict(impact.parameters)
    assert impact.finding.endswith(".")
    for name in ("account_06446", "model_04295"):
        member = await member_impact(source, read, name)
        assert (member.name, member.kind) == (name, "" if number in (6, 7) else name.split("_")[0])
        assert member.reason_not == impact.reason_not
        assert member.finding.endswith(".")


# ---------------------------------------------------------------- notice, phase-in, grandfathering by hand


FALLING = [[0.02] * 6, [NAN, NAN, 0.01, 0.01, 0.01, 0.01]]  # 2 NMR a round, and 1 NMR from the third on


@pytest.mark.parametrize(
    ("terms", "name", "cost", "weeks"),
    [
        ({"notice_weeks": 2}, "notice", 4, [2, 2, 0, 0, 0, 0]),
        ({"notice_weeks": 3}, "notice", 7, [2, 2, 3, 0, 0, 0]),
        ({"phase_in_rounds": 4}, "phase_in", 2 + 1.5 + 1.5 + 0.75, [2, 1.5, 1.5, 0.75, 0, 0]),
        # only who was there in the first round keeps the old rule
        ({"compensation": "grandfathering", "grandfathering_rounds": 4}, "grandfather", 8, [2] * 4 + [0] * 2),
        ({"notice_weeks": 2, "phase_in_rounds": 2}, "together", 2 + 2 + 3 + 1.5, [2, 2, 3, 1.5, 0, 0]),
        ({"compensation": "full"}, "together", 0, [0] * 6),
    ],
)
async def test_softening_by_hand(terms: dict[str, Any], name: str, cost: float, weeks: list[float]) -> None:
    # 1xCORR gives way to nothing: what is softened is what is paid in all
    made = made_up(FALLING, stakes_of([100, 100]))
    impact = pay_of(await proposal_impact(made, proposal(rule="0xCORR + 1xTC", **terms), baseline="1xCORR"))
    (window,) = impact.windows
    assert (window.old, window.new, window.difference) == (pytest.approx(16), 0, pytest.approx(-16))
    costs = window.result.costs
    assert getattr(costs, name).cost == getattr(costs, name).saved == pytest.approx(cost)
    assert costs.compensation == pytest.approx(16)
    np.testing.assert_allclose(window.cost_by_week, weeks)
    assert window.losing == 0.5  # 12 and 4 NMR of 100


async def test_who_loses_more_than_the_threshold() -> None:
    made = made_up(FALLING, stakes_of([100, 100]))
    for threshold, share in ((0.0, 1.0), (0.05, 0.5), (0.13, 0.0)):
        got = await proposal_impact(
            made, proposal(rule="0C1T"), baseline="1xCORR", losing_more_than=threshold
        )
        assert pay_of(got).windows[0].losing == share


async def test_models_of_one_account_count_together() -> None:
    corr = [[0.02, 0.02], [-0.01, -0.01], [0.01, NAN]]
    together = made_up(corr, stakes_of([1, 1, 1], [0, 0, 1]))
    (window,) = pay_of(await proposal_impact(together, proposal(rule="0C1T"), baseline="1xCORR")).windows
    np.testing.assert_allclose(window.result.gains.difference, [-2, -1])
    np.testing.assert_allclose(window.stake, [200, 100])
    apart = made_up(corr)  # nobody says whose they are
    impact = pay_of(await proposal_impact(apart, proposal(rule="0C1T"), baseline="1xCORR"))
    np.testing.assert_allclose(impact.windows[0].result.gains.difference, [-4, 2, -1])
    assert (impact.unit, impact.guessed) == ("model", False)


@pytest.mark.parametrize(("days", "per_week"), [(7, 1), (1, 5), (14, 1), (2, 4)])
async def test_weeks_of_notice_are_as_many_rounds_as_open_in_them(days: int, per_week: int) -> None:
    # every second day: 4 and 3 a week in turn
    known = calendar(40, days=days)
    assert rounds_a_week(known, 355) in ({4, 3} if days == 2 else {per_week})
    made = MadeUp(rows_of([[0.02] * 40]), known)
    got = pay_of(await proposal_impact(made, proposal(rule="0C1T", notice_weeks=2), baseline="1xCORR"))
    assert got.terms.notice == 2 * rounds_a_week(known, 355)
    assert got.windows[0].result.costs.notice.cost == pytest.approx(2 * got.terms.notice)
    if days == 1:
        np.testing.assert_allclose(got.windows[0].cost_by_week, [10, 10, 0, 0, 0, 0, 0, 0])


async def test_the_rule_in_force_in_the_newest_scored_round_is_the_baseline() -> None:
    made = made_up([[0.01] * 3], tc=0.01)  # rounds 316-318: up to 1xCORR + 2xTC
    impact = pay_of(await proposal_impact(made, proposal(rule="2C1T")))
    assert (impact.old.short, impact.new.short) == ("1xCORR + 2xTC", "2xCORR + 1xTC")
    assert impact.windows[0].difference == 0
    assert impact.finding == ("2xCORR + 1xTC would have paid the same as 1xCORR + 2xTC over rounds 316-318.")
    assert impact.headline == "2xCORR + 1xTC: the same over rounds 316-318"


async def test_the_live_rule_as_a_baseline() -> None:
    made = made_up([[0.01] * 3], tc=0.01)
    live = parse_rule("1xTC", rule_in_force("classic", round=316))
    got = pay_of(await proposal_impact(replace(made, announced=live), proposal(rule="2C"), baseline="Live"))
    assert (got.windows[0].old, got.windows[0].new) == (pytest.approx(3), pytest.approx(6))
    with pytest.raises(ValueError, match=r"^Made up announces no live rule"):
        await proposal_impact(made, proposal(rule="2C"), baseline="live")


async def test_windows_that_agree_need_no_reason(source: SampleSource) -> None:
    pay = pay_of(await proposal_impact(source, proposal(rule="2C6T")))
    assert (pay.why, pay.disagree) == ("", False)
    assert ", and " in pay.finding
    long = replace(pay, new=replace(pay.new, multipliers=dict.fromkeys(("corr", "tc", "fnc_v3"), 1.123456)))
    assert long.headline.startswith("New rule: ")


# ---------------------------------------------------------------- what can't be simulated, what is mistyped


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (proposal(), "It names no payout rule, so there is nothing to price."),
        (proposal("stake_cap"), "It names no cap, so nothing is capped."),
        (proposal("weights"), "It names no scheme, so there is nothing to weigh by."),
        (proposal("other", rule="2C"), "Nothing in it is a rule, a cap or a scheme that could be simulated."),
        (
            proposal("eligibility", eligibility="verified accounts"),
            "Who may take part is said in words, and words can't be simulated.",
        ),
        (
            proposal("payout", "signals", rule="1xMPC"),
            "It is about Signals, and Sample, 2022 has the numbers of Classic.",
        ),
        (
            proposal(rule="0.5C2M"),
            "This data has no MMC, so that rule can't be priced. It has CORR (rounds 168-325), "
            "TC (rounds 178-325) and FNCv3 (rounds 267-325).",
        ),
        (
            proposal("stake_cap", stake_cap=0.0001),
            "A cap of 0.01 % is too low: 4227 holders with at most that much each have less than 100 % "
            "together.",
        ),
    ],
    ids=lambda said: getattr(said, "kind", ""),
)
async def test_what_cannot_be_simulated_says_why(source: SampleSource, said: Proposal, reason: str) -> None:
    impact = await proposal_impact(source, said)
    assert (impact.pay, impact.weights) == (None, None)
    assert impact.reason_not == impact.finding == reason
    name = "model_00930" if said.kind == "payout" else "account_06446"
    member = await member_impact(source, said, name)
    assert member.reason_not == member.finding == reason
    assert (member.windows, member.weight) == ((), None)


async def test_a_source_without_rows_says_so() -> None:
    unstaked = made_up([[0.01] * 3], stake=0.0)
    impact = await proposal_impact(unstaked, proposal(rule="2C1T"))
    assert impact.reason_not == "Made up has no resolved round with a stake yet."
    never = made_up([[0.01] * 3], tc=NAN)
    impact = await proposal_impact(never, proposal(rule="1C1T"), baseline="1xCORR")
    assert impact.reason_not == "No staked round in Made up has the scores of both 1xCORR and 1xCORR + 1xTC."
    ranked = MadeUp(None, calendar(3), stakes_of([2, 1]))
    impact = await proposal_impact(ranked, proposal("weights", weights="account_rank"))
    assert impact.reason_not == (
        "This source does not say whose models are whose, so accounts can't be ranked."
    )
    with pytest.raises(SourceError, match="scores have not been read"):
        await proposal_impact(ranked, proposal(rule="2C1T"))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rounds": "soon"}, "I can't read “soon” as a range of rounds."),
        ({"rounds": "325-311"}, "Rounds 325-311 run backwards. Did you mean 311-325?"),
        ({"rounds": "400-410"}, "There is nothing in rounds 400-410: the data has rounds 183-325."),
        ({"baseline": "1xMMC"}, "This data has no MMC, so that rule can't be priced."),
        ({"baseline": "3xXYZ"}, "“XYZ” is not a score I know"),
        ({"baseline": "classic-1999"}, "“classic-1999” is no rule on record"),
        ({"baseline": "live"}, "Sample, 2022 announces no live rule."),
    ],
)
async def test_what_is_mistyped_gets_a_sentence(
    source: SampleSource, asked: dict[str, str], told: str
) -> None:
    for question in (
        proposal_impact(source, example(1), **asked),
        member_impact(source, example(1), "model_00930", **asked),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - sentences are compared
            await question
        assert str(caught.value).startswith(told)


async def test_a_threshold_that_is_no_share(source: SampleSource) -> None:
    with pytest.raises(ValueError, match=r"^The threshold must be a share of the stake"):
        await proposal_impact(source, example(1), losing_more_than=-1)


# ---------------------------------------------------------------- weights


@pytest.mark.parametrize("number", [3, 5])
def test_weights_of_the_sample(impacts: dict[int, ProposalImpact], number: int) -> None:
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")
    stake = board.groupby("account")["nmr_staked"].sum()
    stake = stake[stake > 0]
    before = stake / stake.sum()
    if number == 5:
        after = np.log1p(stake) / np.log1p(stake).sum()
    else:  # water filling by patience: cut what is above, share it among the others
        after = before.copy()
        for _ in range(200):
            over = after >= 0.01
            spare = 1 - 0.01 * over.sum()
            after = after.where(over, after * spare / after[~over].sum()).clip(upper=0.01)
    got = weights_of(impacts[number])
    np.testing.assert_allclose(got.stake, stake, rtol=1e-9)
    np.testing.assert_allclose(got.before, before, rtol=1e-9)
    np.testing.assert_allclose(got.after, after, rtol=1e-6)
    assert got.spread.effective == pytest.approx((1 / (before**2).sum(), 1 / (after**2).sum()), rel=1e-6)
    for place, weight in enumerate((before, after)):
        running = weight.sort_values(ascending=False).cumsum()
        assert got.spread.half[place] == (running <= 0.5).sum() + 1
        assert got.spread.largest[place] == pytest.approx(weight.max())
    assert got.moved == pytest.approx((after - before).abs().sum() / 2, rel=1e-6)
    assert got.largest_after == pytest.approx(after[before.idxmax()], rel=1e-6)
    assert got.decile_before.sum() == pytest.approx(1)
    assert got.decile_after.sum() == pytest.approx(1)
    # one guess: twelve models taken for one account
    owner = stake.idxmax()
    models = board[(board["account"] == owner) & (board["nmr_staked"] > 0)]["nmr_staked"]
    apart = np.concatenate((stake.drop(owner), models)) / stake.sum()
    assert got.apart is not None
    assert got.apart_models == len(models) == 12
    assert got.apart.effective[0] == pytest.approx(1 / (apart**2).sum())
    assert round(got.spread.effective[0]), round(got.apart.effective[0]) == (30, 103)


def test_accounts_ranked_by_their_tc(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz").groupby("account")["nmr_staked"].sum()
    by = (
        frame.assign(product=frame["tc"] * frame["stake_nmr"])
        .groupby("account")[["product", "stake_nmr"]]
        .sum()
    )
    mean = (by["product"] / by["stake_nmr"]).reindex(board[board > 0].index).dropna()
    weight = mean.rank(method="average") / mean.rank().sum()
    got = weights_of(impacts[4])
    np.testing.assert_allclose(got.after, weight, rtol=1e-9)
    assert (got.left_out, got.stake.size) == ((board > 0).sum() - len(mean), len(mean))
    assert got.left_out_stake == pytest.approx(1 - board[mean.index].sum() / board.sum())
    assert got.ranked_by == "TC of rounds 183-325"
    # ten accounts that rank where the one did, of nine more
    place, n = mean.rank()[board[mean.index].idxmax()], len(mean)
    split = 10 * (place + 4.5) / ((n + 9) * (n + 10) / 2)
    assert got.splitting == pytest.approx(split / weight[board[mean.index].idxmax()], rel=1e-9)


@pytest.mark.parametrize(
    ("said", "after", "splitting"),
    [
        ({"weights": "stake"}, [0.6, 0.3, 0.1], 1.0),
        ({"weights": "sqrt"}, np.sqrt([6, 3, 1]) / np.sqrt([6, 3, 1]).sum(), None),
        ({"weights": "log"}, np.log1p([60, 30, 10]) / np.log1p([60, 30, 10]).sum(), None),
        ({"weights": "cap", "weights_cap": 0.4}, [0.4, 0.4, 0.2], 1.5),
        ({"stake_cap": 0.5}, [0.5, 0.375, 0.125], 1.2),
        ({"stake_cap_nmr": 40.0}, [0.5, 0.375, 0.125], 1.2),
        ({"stake_cap": 0.4, "stake_cap_nmr": 40.0}, [0.4, 0.4, 0.2], 1.5),
    ],
)
async def test_schemes_by_hand(said: dict[str, Any], after: list[float], splitting: float | None) -> None:
    kind = "weights" if "weights" in said else "stake_cap"
    made = MadeUp(None, calendar(3), stakes_of([40, 30, 20, 10, 0], [0, 1, 0, 2, 3], guessed=False))
    impact = await proposal_impact(made, proposal(kind, **said))
    got = weights_of(impact)
    np.testing.assert_allclose(got.before, [0.6, 0.3, 0.1])
    np.testing.assert_allclose(got.after, after)
    assert got.spread.half == (1, 1 if got.after[0] > 0.5 else 2)
    assert (got.apart, got.pay, got.pay_sentence) == (None, None, "")
    assert got.who == "3 accounts"
    if splitting is not None:
        assert got.splitting == pytest.approx(splitting)
    share = 100 * got.after[0]
    told = f"heron_0 would weigh {share:.2g} % of the meta model instead of 60 %."
    assert (await member_impact(made, proposal(kind, **said), "heron_0")).finding == told
    model = await member_impact(made, proposal(kind, **said), "owl_2")  # a third of its account
    assert model.weight is not None
    assert (model.weight.before, model.weight.after) == pytest.approx((0.2, got.after[0] / 3))


async def test_pay_that_followed_the_weights_by_hand() -> None:
    # 10 and 4 NMR of 100 in each of two rounds: on stakes of 60 and 40, 6 and 1.6; on 50 each, 5 and 2
    made = made_up([[0.1, 0.1], [0.04, 0.04]], stakes_of([60, 40]))
    got = weights_of(await proposal_impact(made, proposal("stake_cap", stake_cap=0.5)))
    assert got.pay is not None
    np.testing.assert_allclose(got.pay.gains.old, [12, 3.2])
    np.testing.assert_allclose(got.pay.gains.new, [10, 4])
    assert got.pay.difference == pytest.approx(-1.2)
    assert got.pay_sentence == (
        "At the pay per NMR of rounds 316-317, 2 accounts would get 14.00 NMR instead of 15.20, "
        "−1.20 NMR; 1 gain, 1 lose."
    )
    unlisted = made_up([[0.1, 0.1], [0.04, 0.04]], stakes_of([60]))
    alone = weights_of(await proposal_impact(unlisted, proposal("weights", weights="sqrt")))
    assert alone.pay is not None
    assert (alone.pay.left_out, alone.pay.gains.rows.tolist()) == (2, [2])


async def test_the_largest_account_taken_apart_keeps_its_rank() -> None:
    # the second account has two models, most stake and the lowest score: ranks 2, 1, 3 of three accounts
    made = made_up([[0.0], [0.0], [0.0], [0.0]], stakes_of([30, 40, 10, 20], [0, 1, 1, 2]))
    assert made.rows is not None
    scores = {"tc": np.array([0.02, 0.01, 0.01, 0.03])}
    ranked = replace(made, rows=replace(made.rows, scores=scores))
    got = weights_of(await proposal_impact(ranked, proposal("weights", weights="account_rank")))
    np.testing.assert_allclose(got.before, [0.3, 0.5, 0.2])
    np.testing.assert_allclose(got.after, np.array([2, 1, 3]) / 6)
    assert got.largest_after == pytest.approx(1 / 6)
    assert got.spread.largest == pytest.approx((0.5, 0.5))
    # apart: stakes 30, 20, 40, 10 with ranks 3, 4 and 1.5 twice
    assert got.apart is not None
    assert got.apart_models == 2
    assert got.apart.largest == pytest.approx((0.4, 0.4))
    assert got.apart.effective == pytest.approx((1 / 0.3, 100 / (9 + 16 + 2.25 + 2.25)))


async def test_rounds_that_have_not_resolved_are_left_out() -> None:
    made = made_up([[0.02, 0.02, 0.9]], stakes_of([100]))
    assert made.rows is not None
    open_still = replace(made, rows=replace(made.rows, resolved=np.array([True, True, False])))
    asked = proposal(rule="0C1T")
    (window,) = pay_of(await proposal_impact(open_still, asked, baseline="1xCORR")).windows
    assert (window.span, window.old) == ("rounds 316-317", pytest.approx(4))
    (own,) = (await member_impact(open_still, asked, "owl_0", baseline="1xCORR")).windows
    assert own.old == pytest.approx(4)
    weighed = weights_of(await proposal_impact(open_still, proposal("weights", weights="sqrt")))
    assert weighed.pay is not None
    assert math.fsum(weighed.pay.gains.old) == pytest.approx(4)


def test_pay_on_the_weights_of_the_sample(impacts: dict[int, ProposalImpact]) -> None:
    rows = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz").drop(columns="account")
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")[["model", "account", "nmr_staked"]]
    stake = board.groupby("account")["nmr_staked"].sum()
    rows = rows[rows["round"].between(306, 325) & (rows["stake_nmr"] > 0) & rows["payout_nmr"].notna()]
    listed = rows.merge(board[["model", "account"]], on="model")
    listed = listed[listed["account"].map(stake) > 0]
    cells = listed.groupby(["account", "round"])[["payout_nmr", "stake_nmr"]].sum()
    rate = (cells["payout_nmr"] / cells["stake_nmr"]).groupby("account").sum()
    got = weights_of(impacts[5])
    assert got.pay is not None
    weight = np.log1p(stake) / np.log1p(stake).sum() * stake.sum()
    assert got.pay.rounds.tolist() == list(range(306, 326))
    np.testing.assert_allclose(got.pay.gains.old, (rate * stake[rate.index]), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got.pay.gains.new, (rate * weight[rate.index]), rtol=1e-9, atol=1e-12)
    assert got.pay.left_out == len(rows) - len(listed)


def test_dust_on_the_leaderboard_does_not_blow_up_pay(impacts: dict[int, ProposalImpact]) -> None:
    # an account with 1e-18 NMR left would be ranked as high as its old score: its ratio of weights is no pay
    got = weights_of(impacts[4])
    assert got.pay is not None
    assert abs(got.pay.gains.new).max() < 1e5


async def test_what_else_a_proposal_sets_is_said_not_to_be_simulated() -> None:
    made = made_up([[0.1, 0.1]], stakes_of([60, 40]))
    both = proposal("weights", weights="sqrt", rule="2C", stake_cap=0.5, eligibility="verified accounts")
    impact = await proposal_impact(made, both)
    assert "Not simulated: its rule, cap and eligibility." in impact.assumptions
    paid = await proposal_impact(made, proposal(rule="2C", min_correlation=0.2), baseline="1C")
    assert "Not simulated: its gate." in paid.assumptions


# ---------------------------------------------------------------- one member


@pytest.mark.parametrize("name", ["model_00930", "account_06446"])
async def test_a_members_pay_is_that_of_a_comparison(source: SampleSource, name: str) -> None:
    got = await member_impact(source, example(1), name.upper())
    assert (got.name, got.kind, got.old, got.new) == (
        name,
        name.split("_")[0],
        "1xCORR + 3xTC",
        "2xCORR + 1xTC",
    )
    for window, rounds in zip(got.windows, ("183-325", "311-325"), strict=True):
        compared = await compare_payouts(source, name, "2C1T", current="1C3T", rounds=rounds)
        assert window.old == pytest.approx(compared.current.total, abs=1e-9)
        assert window.new == pytest.approx(compared.proposed.total, abs=1e-9)
        assert got.softened(window) == window.difference  # nothing softens it
    assert got.finding.startswith(f"{name} would have been paid ")


@pytest.mark.parametrize(
    ("name", "terms", "expected"),
    [
        ("owl_0", {"notice_weeks": 2}, -8),
        ("owl_0", {"phase_in_rounds": 4}, -12 + 2 + 1.5 + 1 + 0.5),
        ("owl_0", {"compensation": "grandfathering", "grandfathering_rounds": 4}, -4),
        ("owl_0", {"compensation": "full"}, 0),
        # it came in the third round: notice of three weeks spares it one, grandfathering none
        ("owl_1", {"notice_weeks": 3}, -3),
        ("owl_1", {"compensation": "grandfathering", "grandfathering_rounds": 4}, -4),
        ("owl_1", {}, -4),
    ],
)
async def test_a_members_softening_by_hand(name: str, terms: dict[str, Any], expected: float) -> None:
    made = made_up(FALLING, stakes_of([100, 100]))
    got = await member_impact(made, proposal(rule="0C1T", **terms), name, baseline="1xCORR")
    (window,) = got.windows
    assert got.softened(window) == pytest.approx(expected)
    assert window.difference == pytest.approx(-12 if name == "owl_0" else -4)
    assert window.stake.tolist() == [100]
    assert window.span == "rounds 316-321"  # everyone's rounds, as on the proposal's card


async def test_members_who_have_nothing_are_told_so(source: SampleSource) -> None:
    for name, told in (
        ("everyone", "Name one model or account: what it does to everyone is on the proposal's card."),
        ("nobody at all", "There is no model or account called “nobody at all” in this data."),
        ("model_00112", "model_00112 has no resolved round with a stake."),
    ):
        with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
            await member_impact(source, example(1), name)
        assert str(caught.value) == told
    made = made_up([[0.01] * 4, [0.01, NAN, NAN, NAN]], stakes_of([1, 1]))
    with pytest.raises(
        ValueError, match=r"^owl_1 has no staked round with the scores of both rules in rounds 317-319"
    ):
        await member_impact(made, proposal(rule="2C"), "owl_1", baseline="1C", rounds="317-319")


async def test_members_who_are_not_weighed_are_told_so() -> None:
    made = made_up([[0.01], [0.02]], stakes_of([60, 40, 100, 0]))
    ranked = proposal("weights", weights="account_rank")
    got = await member_impact(made, ranked, "heron_2")
    assert got.finding == "heron_2 has no score to be ranked by, so it would not be weighed."
    assert got.weight is not None
    assert got.weight.before == 0.5
    nothing = await member_impact(made, ranked, "heron_3")
    assert nothing.finding == "heron_3 has no stake, so it weighs nothing before and after."
    untold = replace(made, held=replace(stakes_of([60, 40]), account_of=None))
    with pytest.raises(ValueError, match=r"^Made up does not say whose model that is. Name the account.$"):
        await member_impact(untold, proposal("weights", weights="sqrt"), "owl_1")
    accounts: MemberImpact = await member_impact(untold, proposal("weights", weights="sqrt"), "heron_1")
    assert accounts.weight is not None
    assert accounts.weight.before == pytest.approx(0.4)
