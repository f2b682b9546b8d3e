"""Everyone is answered piece by piece: as all rows at once, as pandas does, and a piece in memory at most."""

import itertools
import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.invented.fields import InventedSource, invented_field
from features.earnings.earnings import pay_record
from features.payout import windows
from features.payout.at_risk import AS_STAKED, BASES
from features.payout.compare import compare_payouts
from features.payout.several import several_payouts
from tests.features.payout.compare.by_pandas import ACCOUNT, MODEL, ONE_THREE, TWO_ONE
from tournament import source as field_module
from tournament.sample import SampleSource
from tournament.source import EVERYONE, History, Numbers, TournamentField

SMALL = 8_000  # rows of a piece: the sample is some eight of them


def assert_same(found: Any, expected: Any, where: str = "answer") -> None:
    """Every part of two answers, numbers within their rounding."""
    if is_dataclass(expected):
        assert type(found) is type(expected), where
        for each in fields(expected):
            assert_same(getattr(found, each.name), getattr(expected, each.name), f"{where}.{each.name}")
    elif isinstance(expected, tuple) and not all(isinstance(each, str) for each in expected):
        assert len(found) == len(expected), where
        for at, pair in enumerate(zip(found, expected, strict=True)):
            assert_same(*pair, f"{where}[{at}]")
    elif isinstance(expected, float | np.ndarray):
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11, err_msg=where)
    elif isinstance(expected, dict):
        assert_same(tuple(found.items()), tuple(expected.items()), where)
    else:
        assert found == expected, where


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda rows: monkeypatch.setattr(field_module, "PIECE", rows)


class Read:
    """A field that remembers how many rows and rounds were read at once."""

    def __init__(self, field: TournamentField) -> None:
        self.rows: list[int] = []
        self.rounds: list[int] = []
        self.field = replace(field, read=self._read)
        self._of = field

    def _read(self, numbers: Numbers) -> History:
        rows = self._of.read(numbers)
        self.rows.append(rows.round.size)
        self.rounds.append(numbers.size)
        return rows


ASKED = [
    {"basis": AS_STAKED, "unit": unit, "stake": stake, "old_tc": old_tc, "rounds": rounds}
    for unit, stake, old_tc, rounds in itertools.product(
        ("NMR", "%"), (None, 100.0), (False, True), (None, "all")
    )
] + [
    {"basis": basis, **asked}
    for basis in BASES[1:]
    for asked in (
        {"unit": "NMR", "rounds": None},
        {"unit": "%", "rounds": "all", "old_tc": True},
        {"unit": "%", "rounds": "20", "stake": 100.0},
    )
]


@pytest.mark.slow
@pytest.mark.parametrize("current", [None, "2C1T clip 0.1"])
async def test_pieces_answer_what_all_rows_at_once_do(
    source: SampleSource, current: str | None, in_pieces: Callable[[int], None]
) -> None:
    whole = [await compare_payouts(source, EVERYONE, ONE_THREE, current=current, **asked) for asked in ASKED]
    in_pieces(SMALL)
    assert len(list((await source.everyone()).pieces())) > 5
    for asked, expected in zip(ASKED, whole, strict=True):
        found = await compare_payouts(source, EVERYONE, ONE_THREE, current=current, **asked)
        assert_same(found, expected, str(asked))
    assert any(each.without_largest or any(one.without_largest for one in each.regimes) for each in whole)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [None, "all", "20", "5", "300-325", "322-325"])
async def test_earnings_of_everyone_are_the_same_by_pieces(
    source: SampleSource, rounds: str | None, in_pieces: Callable[[int], None]
) -> None:
    whole = await pay_record(source, EVERYONE, rounds=rounds)
    in_pieces(SMALL)
    assert_same(await pay_record(source, EVERYONE, rounds=rounds), whole)


@pytest.mark.slow
async def test_interim_rounds_several_names_and_refusals_are_the_same_by_pieces(
    source: SampleSource, in_pieces: Callable[[int], None]
) -> None:
    async def answers() -> tuple[Any, ...]:
        with pytest.raises(ValueError, match=r"Nothing can be compared: the rounds of everyone") as refused:
            await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="168-177", stake=9)
        return (
            await compare_payouts(source, EVERYONE, ONE_THREE, current=TWO_ONE, rounds="322-325"),
            await several_payouts(source, [EVERYONE, MODEL, ACCOUNT], [ONE_THREE]),
            await compare_payouts(source, MODEL, ONE_THREE, current=TWO_ONE),
            str(refused.value),
        )

    whole = await answers()
    assert whole[0].so_far
    in_pieces(SMALL)
    assert_same(await answers(), whole)


# ---------------------------------------------------------------- an invented tournament


@pytest.fixture(scope="module")
def invented() -> TournamentField:
    return invented_field(rounds=120, models=80)


def by_pandas(field: TournamentField, corr: float, mmc: float) -> pd.Series:
    """NMR of everyone by round under one rule, the final rows with a stake alone."""
    rows = field.read(field.numbers)
    frame = pd.DataFrame({"round": rows.round, "stake": rows.stake, "factor": rows.payout_factor})
    weighted = corr * rows.scores["corr"] + mmc * rows.scores["mmc"]
    clip = np.where(rows.round < 1343, 0.05, 1.0)
    frame["pay"] = frame["stake"] * (frame["factor"] * weighted).clip(-clip, clip)
    return frame[rows.resolved & (rows.stake > 0)].groupby("round")["pay"].sum()


async def test_an_invented_tournament_is_paid_as_pandas_has_it(
    invented: TournamentField, in_pieces: Callable[[int], None]
) -> None:
    in_pieces(1_000)
    found = await compare_payouts(
        InventedSource(invented), EVERYONE, "1C3M", current="2C1M", rounds="all", basis=AS_STAKED
    )
    one_three, two_one = by_pandas(invented, 1, 3), by_pandas(invented, 2, 1)
    np.testing.assert_array_equal(found.rounds, one_three.index)
    np.testing.assert_allclose(found.proposed.by_round, one_three, rtol=1e-9)
    np.testing.assert_allclose(found.current.by_round, two_one, rtol=1e-9)
    assert [(each.span, each.words.split(",")[0]) for each in found.regimes] == [
        ("rounds 1281-1342", "paid CORR and MMC"),
        ("rounds 1343-1380", "paid CORR60 and MMC60"),
    ]


async def test_as_paid_is_what_the_rounds_paid(
    invented: TournamentField, in_pieces: Callable[[int], None]
) -> None:
    in_pieces(1_000)
    found = await compare_payouts(InventedSource(invented), EVERYONE, "1C3M")
    rows = invented.read(invented.numbers)
    paid = pd.Series(np.where(rows.resolved & (rows.stake > 0), rows.payout, 0)).groupby(rows.round).sum()
    np.testing.assert_allclose(found.current.by_round, paid.loc[1361:1380], rtol=1e-9)
    assert found.whole is not None
    gap = (by_pandas(invented, 1, 3) - paid).dropna()
    assert found.whole.difference == pytest.approx(gap.sum())
    assert found.current.words == (
        "As paid: 3xCORR60 + 15xMMC60, the multipliers chosen in all of these rounds"
    )
    # the pieces on either side of round 1343, and the one that it is in, name other scores that were chosen
    assert [each.words for each in found.regimes] == [
        "paid CORR and MMC, 80 models, 0.75xCORR and 2.25xMMC chosen",
        "paid CORR60 and MMC60, 80 models, 3xCORR60 and 15xMMC60 chosen",
    ]


async def test_one_who_holds_over_a_fifth_is_left_out_beside(
    invented: TournamentField, in_pieces: Callable[[int], None]
) -> None:
    def with_a_large_one(numbers: Numbers) -> History:
        rows = invented.read(numbers)
        return replace(rows, stake=np.where(rows.model == 7, 50 * rows.stake, rows.stake))

    def without_it(numbers: Numbers) -> History:
        rows = invented.read(numbers)
        return rows.only(rows.model != 7)

    in_pieces(1_000)
    for unit in ("NMR", "%"):
        asked = {"current": "2C1M", "unit": unit}
        found, alone = [
            await compare_payouts(InventedSource(replace(invented, read=read)), EVERYONE, "1C3M", **asked)
            for read in (with_a_large_one, without_it)
        ]
        for stretch, expected in (
            (found.without_largest, (alone.difference, alone.interval)),
            (found.whole and found.whole.without_largest, alone.whole),
            *zip((each.without_largest for each in found.regimes), alone.regimes, strict=True),
        ):
            assert stretch is not None
            difference, interval = (
                expected if isinstance(expected, tuple) else (expected.difference, expected.interval)
            )
            assert 0.2 < stretch[0] < 1
            assert stretch[1].difference == pytest.approx(difference)
            assert stretch[1].interval == pytest.approx(interval)


@pytest.mark.parametrize("basis", BASES)
async def test_one_who_holds_everything_in_a_piece_leaves_the_others(
    invented: TournamentField, basis: str, in_pieces: Callable[[int], None]
) -> None:
    def read(numbers: Numbers) -> History:
        rows = invented.read(numbers)
        alone = rows.only((rows.model == 7) | ((rows.model == 8) & (rows.round > 1370)))
        return replace(alone, stake=np.where(alone.model == 7, 50.0, 5.0))

    in_pieces(500)
    field = replace(invented, read=read)
    found = await compare_payouts(
        InventedSource(field), EVERYONE, "1C3M", current="2C1M", basis=basis, rounds="1300-1380"
    )
    assert found.without_largest is not None
    share, others = found.without_largest
    assert share > 0.9
    rows = read(invented.numbers)
    there = np.unique(rows.round[(rows.model == 8) & (rows.round <= 1380)])
    np.testing.assert_array_equal(others.rounds, there)


# ---------------------------------------------------------------- no more than a piece


async def test_no_more_than_a_piece_is_read_at_once(
    invented: TournamentField, in_pieces: Callable[[int], None]
) -> None:
    in_pieces(1_000)
    for asked in (
        {},
        {"rounds": "all"},
        {"rounds": "500"},
        {"rounds": "1300-1390"},
        {"old_tc": True},
        {"rounds": "all", "basis": "per-round"},
    ):
        read = Read(invented)
        await compare_payouts(InventedSource(read.field), EVERYONE, "1C3M", current="2C1M", **asked)
        assert 0 < max(read.rows) < 1_000 + invented.rows.max()
    read = Read(invented)
    await pay_record(InventedSource(read.field), EVERYONE, rounds="all")
    assert 0 < max(read.rows) < 1_000 + invented.rows.max()


async def test_by_default_earnings_read_the_newest_rounds_alone(
    invented: TournamentField, in_pieces: Callable[[int], None]
) -> None:
    in_pieces(1_000)
    read = Read(invented)
    found = await pay_record(InventedSource(read.field), EVERYONE)
    assert found.rounds.tolist() == list(range(1361, 1401))
    assert found.resolved.tolist() == [True] * 20 + [False] * 20
    assert sum(read.rows) < 0.8 * invented.rows.sum()


async def test_two_rounds_of_everyone_tell_that_models_come_and_go(
    source: SampleSource, invented: TournamentField
) -> None:
    read = Read(invented)

    class OneModel(InventedSource):
        """Everyone, and the first model as somebody of its own."""

        async def find(self, typed: str) -> str | None:
            return typed

        async def history(self, name: str) -> History:
            rows = invented.read(invented.numbers)
            mine = rows.only(rows.model == 0)
            return replace(mine, name=name, kind="model", models=(name,))

    found = await compare_payouts(OneModel(read.field), "model_00000", "1C3M", current="2C1M")
    assert found.split is None
    assert read.rounds == [1, 1], "the first and the last"


async def test_a_stake_that_is_followed_is_answered_for_the_rounds_that_fit(
    invented: TournamentField, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = InventedSource(invented)
    whole = await compare_payouts(source, EVERYONE, "1C3M", current="2C1M", basis="fixed", rounds="all")
    assert (whole.rounds[0], whole.rounds[-1]) == (1281, 1380)
    assert not any("followed" in warning for warning in whole.warnings)
    fitting = int(invented.rows[-70:].sum())
    monkeypatch.setattr(windows, "MOST_FOLLOWED", fitting)
    asked = {"current": "2C1M", "basis": "fixed"}
    cut = await compare_payouts(source, EVERYONE, "1C3M", rounds="all", **asked)
    rows = int(invented.rows.sum())
    assert cut.warnings[0] == (
        f"The stakes of everyone can't be followed through 120 rounds at once ({rows:,} rows, "
        f"{fitting:,} at most): answered for rounds 1331-1380 alone."
    )
    expected = await compare_payouts(source, EVERYONE, "1C3M", rounds="1331-1380", **asked)
    assert_same(cut.proposed, expected.proposed)
    latest = await compare_payouts(source, EVERYONE, "1C3M", **asked)
    assert latest.whole is None, "not all there is"
    assert latest.warnings[0].endswith("answered for rounds 1361-1380 alone.")
    assert not math.isnan(latest.difference)
