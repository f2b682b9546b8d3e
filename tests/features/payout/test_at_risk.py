"""What is at risk: each basis against a ledger kept round by round in plain Python."""

import math
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.payout.at_risk import AS_STAKED, BASES
from features.payout.compare import compare_payouts
from tournament.sample import FOLDER, SampleSource

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"
MODEL, ACCOUNT = "model_02765", "account_03793"
WEIGHTS = {ONE_THREE: (1, 3), TWO_ONE: (2, 1), "1000xCORR": (1000, 0)}


@pytest.fixture(scope="module")
def calendar() -> dict[int, Any]:
    table = pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["open_time", "resolve_time"])
    return {row.round: row for row in table[~table["is_daily"]].itertuples()}


def rate_of(row: Any, rule: str | None) -> float:
    """Pay per NMR at risk of one row; what was really paid where no rule is named."""
    if rule is None:
        return row.payout_nmr / row.stake_nmr
    corr, tc = WEIGHTS[rule]
    weighted = corr * row.corr + (tc * row.tc if tc else 0)
    if 311 <= row.round <= 315:  # five rounds multiplied by the factor after the clip
        return row.payout_factor * max(-0.25, min(0.25, weighted))
    return max(-0.25, min(0.25, row.payout_factor * weighted))


def ledger(
    used: list[Any], calendar: dict[int, Any], rule: str | None, whole: float, share: float, *, grows: bool
) -> dict[int, float]:
    """NMR that one model is paid in each round."""
    by_round = {row.round: row for row in used}
    events = sorted(
        [(calendar[number].open_time, "then opens", number) for number in by_round]
        + [(calendar[number].resolve_time, "resolves", number) for number in by_round]
    )
    at_risk, paid = {}, {}
    for _, what, number in events:
        if what == "then opens":
            at_risk[number] = share * whole
            continue
        paid[number] = rate_of(by_round[number], rule) * at_risk[number]
        if grows:
            paid[number] = max(paid[number], -whole)
            whole += paid[number]
    return paid


def overlap_of(numbers: set[int], calendar: dict[int, Any]) -> int:
    opens = [calendar[number].open_time for number in numbers]
    return int(median(sum(r.open_time <= t < r.resolve_time for r in calendar.values()) for t in opens))


def rows_of(rows: pd.DataFrame, name: str, first: int, last: int, *, own_stake: bool = True) -> pd.DataFrame:
    mine = rows[(rows["model"] == name) | (rows["account"] == name)]
    mine = mine[mine["round"].between(first, last) & mine["tc"].notna()]
    return mine[mine["stake_nmr"] > 0] if own_stake else mine


@pytest.mark.slow
@pytest.mark.parametrize("basis", ["fixed", "compounding", "per-round"])
@pytest.mark.parametrize("name", [MODEL, ACCOUNT])
@pytest.mark.parametrize(("current", "stake"), [(None, None), (None, 130), (TWO_ONE, None), (TWO_ONE, 130)])
async def test_every_basis_is_what_a_ledger_says(
    source: SampleSource,
    rows: pd.DataFrame,
    calendar: dict[int, Any],
    basis: str,
    name: str,
    current: str | None,
    stake: float | None,
) -> None:
    used = rows_of(rows, name, 280, 321, own_stake=stake is None or current is None)
    if current is None:
        used = used[used["payout_nmr"].notna()]
    models = [list(group.sort_values("round").itertuples()) for _, group in used.groupby("model")]
    numbers = sorted(set(used["round"]))
    shares = (1 / overlap_of(set(numbers), calendar) if basis == "per-round" else 1, 1)
    begins = [model[0].stake_nmr if stake is None else stake / len(models) for model in models]
    for unit, scale in (("NMR", 1.0), ("%", 100 / sum(begins))):
        got = await compare_payouts(
            source, name, ONE_THREE, current=current, rounds="280-321", stake=stake, basis=basis, unit=unit
        )
        assert got.rounds.tolist() == numbers
        for side, rule, share in zip((got.proposed, got.current), (ONE_THREE, current), shares, strict=True):
            paid = [
                ledger(model, calendar, rule, begin, share, grows=basis != "fixed")
                for model, begin in zip(models, begins, strict=True)
            ]
            expected = [scale * math.fsum(each.get(number, 0.0) for each in paid) for number in numbers]
            np.testing.assert_allclose(side.by_round, expected, rtol=1e-9, atol=1e-12 * scale)
        assert got.difference == pytest.approx(got.proposed.total - got.current.total)


@pytest.mark.parametrize(
    ("rule", "basis"),
    [("1000xCORR", "compounding"), ("1000xCORR clip 1", "compounding"), ("1000xCORR clip 1", "per-round")],
)
async def test_nobody_loses_more_than_the_stake_they_began_with(
    source: SampleSource, rule: str, basis: str
) -> None:
    # five open rounds that burn a quarter each would burn more than there is
    for name in (MODEL, "model_07585"):
        got = await compare_payouts(
            source, name, rule, current="1xCORR", rounds="all", stake=100, basis=basis, unit="%"
        )
        assert np.cumsum(got.proposed.by_round).min() >= -100 - 1e-9


async def test_the_stake_of_the_time_is_what_it_was_before_there_were_others(source: SampleSource) -> None:
    for name in (MODEL, ACCOUNT):
        for stake in (None, 130):
            asked = {"current": TWO_ONE, "rounds": "300-321", "stake": stake}
            got = await compare_payouts(source, name, ONE_THREE, **asked, basis=AS_STAKED)
            plain = await compare_payouts(source, name, ONE_THREE, **asked)
            np.testing.assert_array_equal(got.proposed.by_round, plain.proposed.by_round)
            assert (got.finding, got.assumptions) == (plain.finding, plain.assumptions)


async def test_what_every_basis_assumes_is_said(source: SampleSource) -> None:
    async def first(basis: str, name: str = MODEL, **asked: Any) -> str:
        got = await compare_payouts(source, name, ONE_THREE, rounds="311-321", basis=basis, **asked)
        assert "Nobody changes what they submit or stake." in got.assumptions
        return " ".join(got.assumptions[: 2 if "unit" in asked else 1])

    assert await first("fixed") == "Stake: that of the first round; it stays what it was at the start."
    assert await first("compounding", stake=250) == (
        "Stake: 250.0 NMR; it grows by what each rule pays, once the round has resolved."
    )
    assert await first("per-round", ACCOUNT, stake=250) == (
        "Stake: 250.0 NMR, shared evenly by the models; it grows by what each rule pays; under the proposed "
        "rule each round risks 1/5 of it, because about 5 rounds run at once, "
        "under the current one what a round risked then."
    )
    assert await first("fixed", ACCOUNT, stake=250, unit="%") == (
        "Stake: the same for all, shared evenly by the models; it stays what it was at the start. "
        "Percentages are of the stake at the start."
    )
    assert (await first("compounding", unit="%")).startswith("Stake: that of the first round; it grows")


@pytest.mark.parametrize("basis", ["", "Fixed", "x" * 10_000])
async def test_a_basis_there_is_not_is_refused_with_those_there_are(source: SampleSource, basis: str) -> None:
    with pytest.raises(ValueError, match="The basis is one of") as caught:
        await compare_payouts(source, MODEL, ONE_THREE, basis=basis)
    assert all(known in str(caught.value) for known in BASES)
