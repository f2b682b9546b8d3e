"""A field hands out the same rows piece by piece as all at once."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tournament.whole import all_rows
from tournament import source as field_module
from tournament.sample import SampleSource
from tournament.source import EVERYONE, History, TournamentField, field_of


@pytest.fixture
async def everyone() -> History:
    return await all_rows(SampleSource())


async def test_the_pieces_are_all_rows_once_in_whole_rounds(
    everyone: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = TournamentField.of(everyone)
    monkeypatch.setattr(field_module, "PIECE", 5_000)
    pieces = list(field.pieces())
    assert len(pieces) > 5
    rounds = [np.unique(piece.round) for piece in pieces]
    np.testing.assert_array_equal(np.concatenate(rounds), np.unique(everyone.round))
    order = np.argsort(everyone.round, kind="stable")
    for name in ("model", "round", "stake", "payout", "resolved"):
        joined = np.concatenate([getattr(piece, name) for piece in pieces])
        by_round = joined[np.argsort(np.concatenate([piece.round for piece in pieces]), kind="stable")]
        np.testing.assert_array_equal(by_round, getattr(everyone, name)[order])
    assert max(piece.round.size for piece in pieces) < 5_000 + field.rows.max()


async def test_of_some_rounds_only_those_are_handed_out(everyone: History) -> None:
    field = TournamentField.of(everyone)
    wanted = np.array([311, 315, 9999])
    [piece] = field.pieces(wanted)
    np.testing.assert_array_equal(np.unique(piece.round), [311, 315])
    assert piece.models == everyone.models
    assert list(field.pieces(np.array([], dtype=np.int64))) == []


@pytest.mark.parametrize("count", [1, 2, 20, 1000])
async def test_the_newest_rounds_are_those_that_have_rows_that_count(everyone: History, count: int) -> None:
    field = TournamentField.of(everyone)

    def paid(rows: History) -> np.ndarray:
        return rows.resolved & (rows.stake > 0) & ~np.isnan(rows.payout)

    found = field.newest(count, paid)
    there = np.unique(everyone.round[paid(everyone)])[-count:]
    np.testing.assert_array_equal(np.unique(found.round), there)
    assert found.round.size == np.count_nonzero(paid(everyone) & np.isin(everyone.round, there))
    assert field.newest(count, lambda rows: np.zeros(rows.round.shape, dtype=np.bool_)).round.size == 0


async def test_rows_and_stakes_of_a_round_are_counted(everyone: History) -> None:
    field = await field_of(SampleSource(), EVERYONE)
    at = int(np.flatnonzero(field.numbers == 310)[0])
    assert field.rows[at] == np.count_nonzero(everyone.round == 310)
    assert field.staked[at] == np.count_nonzero((everyone.round == 310) & (everyone.stake > 0))
    nobody = TournamentField.of(replace(everyone.only(everyone.round < 0), models=()))
    assert (nobody.numbers.size, list(nobody.pieces())) == (0, [])
