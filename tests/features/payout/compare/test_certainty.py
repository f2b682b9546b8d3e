"""How certain a difference is: its interval by another library, its sentences by hand."""

import asyncio
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.payout.comparison import PayoutComparison, Side
from tests.features.payout.compare.by_pandas import (
    ACCOUNT,
    ENDED,
    MODEL,
    ONE_THREE,
    TWICE_STAKED,
    TWO_ONE,
    paid_by,
    staked_with_tc,
    total_by_ewc,
)
from tournament.sample import SampleSource
from tournament.source import EVERYONE


@pytest.mark.slow
async def test_the_interval_over_all_final_rows_is_that_of_the_paper(
    source: SampleSource, rows: pd.DataFrame
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all")
    used = staked_with_tc(rows)
    pay = (paid_by(used, 1, 3) - paid_by(used, 2, 1)) * used["stake_nmr"]
    by_round = pay.groupby(used["round"]).sum()
    assert got.interval == pytest.approx(total_by_ewc(by_round), rel=1e-9)
    assert [round(value) for value in (got.difference, *got.interval)] == [-66_278, -112_482, -20_073]
    assert (got.block, got.rounds.size) == (10, 122)  # twice the overlap of weekly rounds
    assert got.certainty == "It is more than luck."
    recent = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="311-321")
    assert round(recent.difference) == round(by_round.loc[311:].sum()) == 1_933


@pytest.mark.slow
async def test_the_same_question_has_the_same_answer(source: SampleSource) -> None:
    first, again = [
        await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="all") for _ in range(2)
    ]
    assert first.interval == again.interval
    np.testing.assert_array_equal(first.proposed.by_round, again.proposed.by_round)


@pytest.mark.slow
async def test_questions_asked_at_once_do_not_mix(source: SampleSource) -> None:
    names = [EVERYONE, MODEL, ACCOUNT, ENDED, TWICE_STAKED] * 2
    together = await asyncio.gather(
        *(compare_payouts(source, name, ONE_THREE, current=TWO_ONE) for name in names)
    )
    for name, got in zip(names, together, strict=True):
        alone = await compare_payouts(source, name, ONE_THREE, current=TWO_ONE)
        assert (got.name, got.finding) == (name, alone.finding)
        assert got.interval == pytest.approx(alone.interval, nan_ok=True)


async def test_a_question_leaves_the_sample_as_it_was(source: SampleSource) -> None:
    field = await source.everyone()
    everyone = field.read(field.numbers)
    before = {name: values.copy() for name, values in everyone.scores.items()}
    stake, payout = everyone.stake.copy(), everyone.payout.copy()
    await compare_payouts(source, EVERYONE, ONE_THREE, rounds="all", stake=100, unit="%")
    await compare_payouts(source, ACCOUNT, ONE_THREE, current=TWO_ONE, rounds="all")
    np.testing.assert_array_equal(everyone.stake, stake)
    np.testing.assert_array_equal(everyone.payout, payout)
    for name, values in before.items():
        np.testing.assert_array_equal(everyone.scores[name], values)


@pytest.mark.parametrize(
    ("asked", "rough"),
    [
        ("302-321", " Only about 2 independent stretches, so a rough guide."),
        ("282-321", " Only about 4 independent stretches, so a rough guide."),
        ("272-321", ""),
    ],
)
async def test_few_independent_stretches_are_said_to_be_few(
    source: SampleSource, asked: str, rough: str
) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    low, high = got.interval
    assert low < got.difference < high
    verdict = "Luck alone could turn it." if low <= 0 <= high else "It is more than luck."
    assert got.certainty == verdict + rough


@pytest.mark.parametrize(("asked", "count"), [("308-321", 14), ("311-321", 11), ("320-321", 2)])
async def test_fewer_than_15_rounds_have_no_interval(source: SampleSource, asked: str, count: int) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds=asked)
    assert all(map(math.isnan, got.interval))
    assert got.certainty == (
        f"{count} rounds are too few for an interval: neighbouring ones overlap, "
        "so they hold about 1 independent stretch."
    )


async def test_a_single_round_is_too_few_in_the_singular(source: SampleSource) -> None:
    got = await compare_payouts(source, EVERYONE, ONE_THREE, rounds="round 318")
    assert math.isnan(got.proposed.spread)
    assert got.certainty == "1 round is too few for an interval."


def made_up(
    proposed: list[float], current: list[float], *, interval: tuple[float, float], block: int = 2
) -> PayoutComparison:
    number = np.arange(300, 300 + len(proposed))
    return PayoutComparison(
        name="quiet_heron",
        kind="model",
        models=1,
        unit="NMR",
        rounds=number,
        first_day=date(2031, 5, 4),
        last_day=date(2031, 6, 4),
        proposed=Side("1xCORR", "1xCORR", np.array(proposed), 0.0),
        current=Side("2xCORR", "2xCORR", np.array(current), 0.0),
        interval=interval,
        block=block,
        rows=number.size,
        more_when="",
        warnings=(),
        assumptions=(),
        source="made up",
        until=date(2031, 7, 4),
    )


@pytest.mark.parametrize(
    ("interval", "count", "words"),
    [
        ((-1.0, 3.0), 10, "Luck alone could turn it."),
        ((0.0, 3.0), 10, "Luck alone could turn it."),
        ((-3.0, 0.0), 10, "Luck alone could turn it."),
        ((0.5, 3.0), 10, "It is more than luck."),
        ((-3.0, -0.5), 11, "It is more than luck."),
        (
            (0.5, 3.0),
            9,
            "It is more than luck. Only about 4 independent stretches, so a rough guide.",
        ),
        (
            (-0.5, 3.0),
            4,
            "Luck alone could turn it. Only about 2 independent stretches, so a rough guide.",
        ),
        (
            (math.nan, math.nan),
            5,
            "5 rounds are too few for an interval: neighbouring ones overlap, "
            "so they hold about 2 independent stretches.",
        ),
        ((math.nan, math.nan), 1, "1 round is too few for an interval."),
    ],
)
def test_sentences_on_certainty_by_hand(interval: tuple[float, float], count: int, words: str) -> None:
    assert made_up([1.0] * count, [0.5] * count, interval=interval).certainty == words


@pytest.mark.parametrize("count", [1, 3, 20])
@pytest.mark.parametrize("apart", [0.0, 1e-5, -4e-5])
def test_rules_that_pay_alike_are_said_to_whatever_their_interval(count: int, apart: float) -> None:
    ends = (apart, apart + 1e-9) if count >= 15 else (math.nan, math.nan)
    got = made_up([1.0 + apart / count] * count, [1.0] * count, interval=ends)
    assert (got.same, got.alike) == (True, True)
    assert got.certainty == "Both rules pay alike in every one of these rounds."
    assert "would have paid the same as" in got.finding


def test_rules_that_pay_the_same_in_all_but_not_in_each_round_are_not_alike() -> None:
    got = made_up([1.0, 2.0] * 8, [2.0, 1.0] * 8, interval=(-5.0, 5.0))
    assert (got.same, got.alike) == (True, False)
    assert got.certainty.startswith("Luck alone could turn it.")


def test_a_side_by_hand() -> None:
    side = Side("1xCORR", "1xCORR", np.array([3.0, -1.0, 0.0, 2.0]), 0.25)
    assert side.total == 4
    assert side.mean == 1
    assert side.spread == pytest.approx(math.sqrt((4 + 4 + 1 + 1) / 3))
    assert side.burned == 0.25
    assert math.isnan(Side("", "", np.array([3.0]), 0.0).spread)


@pytest.mark.parametrize(
    ("proposed", "current", "words"),
    [
        ([2.0, 3.0], [1.0, 1.5], "2.50 NMR more than 2xCORR over rounds 300-301: 5.00 against 2.50 NMR."),
        ([1.0, -3.0], [1.0, 1.5], "4.50 NMR less than 2xCORR over rounds 300-301: −2.00 against 2.50 NMR."),
        ([0.25], [0.125], "0.1250 NMR more than 2xCORR over round 300: 0.2500 against 0.1250 NMR."),
        ([1.0, 2.0], [2.0, 1.0], "the same as 2xCORR over rounds 300-301."),
    ],
)
def test_findings_by_hand(proposed: list[float], current: list[float], words: str) -> None:
    got = made_up(proposed, current, interval=(math.nan, math.nan))
    assert got.finding == f"1xCORR would have paid {words}"
