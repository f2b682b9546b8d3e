"""A model's rounds are asked for from the oldest that may still change, and are the same as if all were."""

from collections.abc import AsyncIterator
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tests.tournament.numerai.told import row, score
from tournament.numerai import columns, parse
from tournament.numerai.newer_rounds import WHOLE_AGE, first_asked_for, joined
from tournament.numerai.source import NumeraiSource
from tournament.source import History


@pytest.fixture
async def knowing(api: LoopbackNumerai, database: Database, present: Present) -> AsyncIterator[NumeraiSource]:
    """A source that knows which arguments the API takes."""
    live = source_of("classic", api, database, present)
    await live.look_at_schema()
    yield live
    await live.close()


def since(api: LoopbackNumerai) -> list[object]:
    return [asked.variables.get("roundNumberGte") for asked in api.asked("v2RoundModelPerformances")]


def same(one: History, other: History) -> None:
    np.testing.assert_array_equal(one.round, other.round)
    for name in ("stake", "payout", "payout_factor", "resolved"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.scores.keys() == other.scores.keys()
    for name, values in one.scores.items():
        np.testing.assert_array_equal(values, other.scores[name])
    assert one.notice == other.notice


@pytest.mark.parametrize("name", ["tidewater_2", "odd_rounds", "late_starter"])
async def test_only_what_may_have_changed_is_asked_for_again(
    knowing: NumeraiSource, api: LoopbackNumerai, present: Present, name: str
) -> None:
    before = await knowing.history(name)
    present.moment += timedelta(minutes=20)
    same(await knowing.history(name), before)
    assert since(api) == [None, numerai_data.NEW_RULE], "the oldest round that had not resolved"
    present.moment += WHOLE_AGE
    same(await knowing.history(name), before)
    assert since(api)[2:] == [None], "once in a month all of them: some are corrected"


async def test_a_new_round_is_there(knowing: NumeraiSource, api: LoopbackNumerai, present: Present) -> None:
    before = await knowing.history("solo_wren")
    api.numbers = range(api.numbers.start, api.numbers.stop + 2)
    api.forget()
    present.moment += timedelta(minutes=20)
    after = await knowing.history("solo_wren")
    assert after.round.tolist() == [*before.round.tolist(), 1402, 1403]


async def test_an_api_that_can_t_narrow_is_asked_for_all(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    api.change("roundNumberGte: Int, ", "")
    live = source_of("classic", api, database, present)
    await live.look_at_schema()
    for _ in range(2):
        assert (await live.history("solo_wren")).round.size == len(api.numbers)
        present.moment += timedelta(minutes=20)
    assert since(api) == [None, None]
    await live.close()


SCORES = st.dictionaries(st.sampled_from(["mmc", "tc", "v2_corr20", "own"]), st.floats(-1, 1), max_size=3)
ROUNDS = st.dictionaries(st.integers(1200, 1215), SCORES, min_size=1, max_size=12)


@given(ROUNDS, ROUNDS, st.integers(1200, 1216))
def test_what_is_joined_is_what_would_have_been_told_whole(
    before: dict[int, dict[str, float]], after: dict[int, dict[str, float]], since: int
) -> None:
    def told(rounds: dict[int, dict[str, float]]) -> dict[str, object]:
        rows = [row(at, [score(*each) for each in scores.items()]) for at, scores in rounds.items()]
        return {**parse.performances(rows, 8), "whole": "2026-11-20T12:00:00+00:00"}

    whole = {at: scores for at, scores in before.items() if at < since}
    whole |= {at: scores for at, scores in after.items() if at >= since}
    one = joined(told(before), since, told(after))
    if not whole:
        assert one["round"] == []
        return
    same(
        columns.history("a", "model", {"a": one}, also=("own", "mmc")),
        columns.history("a", "model", {"a": told(whole)}, also=("own", "mmc")),
    )


def test_rows_that_could_not_be_used_are_counted_once() -> None:
    kept = {**parse.performances([row(1), row(2), {"roundNumber": 3}, {}], 8), "whole": ""}
    told = parse.performances([row(2), {"roundNumber": 3}, {"roundNumber": 4}, {}], 8)
    assert sorted(map(str, joined(kept, 2, told)["skipped"])) == ["3", "4", "None"]


@pytest.mark.parametrize("kept", [None, {"round": []}])
def test_without_kept_rounds_all_are_asked_for(kept: dict[str, list[int]] | None) -> None:
    assert first_asked_for(kept, numerai_data.NOW) is None


@pytest.mark.slow
async def test_a_clock_that_was_wrong_asks_for_all(
    knowing: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    await knowing.history("solo_wren")
    present.moment -= timedelta(days=2)
    await knowing.history("solo_wren")
    assert since(api) == [None, None]
