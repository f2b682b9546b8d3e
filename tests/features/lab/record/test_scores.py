"""How repeatable scores are: made-up ones, the sample beside what is on record, what is refused."""

import asyncio
import math
from dataclasses import replace

import numpy as np
import pytest

from features.lab.record.scores import ScoresRepeated, scores_repeated, signal_of
from features.lab.record.scores_card import repeated_answer
from features.lab.record.scores_chart import picture_of_scores
from features.lab.record.tables import MOST_ROWS, read_tables
from scoring.lab.track_record import Estimate, persistence
from tests.features.lab.record.made import history_of, lucky, source_of
from tests.features.simulation.proposed import MadeUp, calendar
from tests.features.stakes.large import MODELS, Large
from tests.ui.cards import check_answer
from tournament.sample import SampleSource
from tournament.source import TournamentField


@pytest.fixture(scope="module")
def found(source: SampleSource) -> ScoresRepeated:
    return asyncio.run(scores_repeated(source))


async def test_what_comes_again_is_told_of_each_score() -> None:
    rng = np.random.default_rng(1)
    own, luck = lucky(rng, 90, 40, 0.5), lucky(rng, 90, 40)
    made = await scores_repeated(source_of(corr=own, tc=luck))
    corr, tc = made.scores
    assert corr.share == signal_of(own.astype(np.float32), 5)
    assert corr.is_seen
    assert not tc.is_seen
    assert made.finding == "CORR comes again; TC can't be seen to."
    assert corr.half == pytest.approx(corr.inflation.value * (1 - corr.share.value) / corr.share.value)
    assert corr.half_low < corr.half < corr.half_high
    assert (made.span, made.overlap, made.lags, made.left) == ("rounds 316-405", 5, (6, 15), "")
    told = check_answer(repeated_answer(made))
    assert "2 scores were looked at" in told
    assert "CORR, rounds 316-405, 40 models" in told
    assert picture_of_scores(made).png.startswith(b"\x89PNG")
    assert (
        "Lines where the share of each score that comes again may lie: CORR " in picture_of_scores(made).alt
    )


@pytest.mark.slow
def test_a_change_is_claimed_only_where_halves_are_clearly_apart(found: ScoresRepeated) -> None:
    assert [each.halves_differ for each in found.scores] == [False] * 4
    corr = found.scores[0]
    far = replace(corr, earlier=Estimate(0.5, 0.05, 0.4, 0.6, 7), later=Estimate(0.0, 0.05, -0.1, 0.1, 7))
    assert far.halves_differ
    told = check_answer(repeated_answer(replace(found, scores=(far,))))
    assert "They differ by more than chance of one look" in told
    assert "No change can be claimed" in check_answer(repeated_answer(found))


@pytest.mark.slow
def test_the_sample_says_what_is_on_record(found: ScoresRepeated) -> None:
    """Final rows, TC from round 200; (value, distance to each end) as another reckoning had them beside it.

    It had for CORR a signal share of .042 (2 standard errors .030), lags 5 to 15 .044 (.028), ten-round means
    .165 (.054), inflation 3.1, and 70 rounds; for TC −.006 (.015), .006 (.013), .02 (.05) and 2.1; for FNC
    .064 (.044) and 4.0; for MMC −.010 (.041), .036 (.049) and 3.2. Its errors came from other blocks, it
    took some other rows of FNC and MMC, and lag 5 too, at which a model's own scores are below 0.
    """
    assert [each.score for each in found.scores] == ["corr", "tc", "fnc_v3", "mmc"]
    ours = {
        "corr": ((0.0467, 0.0276), (0.0490, 0.0392), (0.1676, 0.1258), (3.10, 0.83)),
        "tc": ((-0.0061, 0.0293), (0.0004, 0.0292), (0.0267, 0.0631), (2.03, 0.31)),
        "fnc_v3": ((0.0632, 0.1538), (0.0562, 0.1508), (0.1190, 0.1505), (4.17, 1.38)),
        "mmc": ((0.0048, 0.1173), (0.0156, 0.1379), (0.0319, 0.4633), (3.26, 0.48)),
    }
    recorded = {
        "corr": (0.042, 0.044, 0.165, 3.1),
        "tc": (-0.006, 0.006, 0.02, 2.1),
        "fnc_v3": (0.064, None, None, 4.0),
        "mmc": (-0.010, 0.036, 0.024, 3.2),
    }
    for each in found.scores:
        estimates = (each.share, each.lasting, each.means, each.inflation)
        for got, (value, width), other in zip(estimates, ours[each.score], recorded[each.score], strict=True):
            assert (got.value, got.high - got.value) == pytest.approx((value, width), abs=0.006)
            assert other is None or got.low < other < got.high
    corr, tc, *_ = found.scores
    assert (corr.half, corr.half_low, corr.half_high) == pytest.approx((63.2, 38.6, 159.4), abs=0.1)
    assert corr.half_low < 70 < corr.half_high
    assert math.isinf(tc.half)
    assert found.finding == "CORR comes again a little; TC, FNCv3 and MMC can't be seen to."
    answer = repeated_answer(found)
    assert "**4.67 %** is their own" in answer.card.text
    assert "after 63 rounds (39 to 159)" in answer.card.text


@pytest.mark.slow
async def test_before_and_after_round_255_nothing_is_apart(source: SampleSource) -> None:
    """On record: .027 (.046) before and .049 (.029) after; here, with lags 6 to 15, .034 and .062."""
    tables = read_tables(await source.everyone(), await source.rounds())
    table, before = tables.of("corr"), tables.numbers < 255
    earlier, later = persistence(table[before]), persistence(table[~before])
    assert (earlier.value, later.value) == pytest.approx((0.0343, 0.0616), abs=5e-4)
    assert earlier.low < 0.027 < earlier.high
    assert later.low < 0.049 < later.high
    assert abs(earlier.value - later.value) < 2 * math.hypot(earlier.se, later.se)


# ---------------------------------------------------------------- a large field, and little of one


@pytest.mark.slow
async def test_of_a_large_field_the_newest_rounds_that_fit_are_answered() -> None:
    import tracemalloc

    large = Large(None, rounds_there=190)
    everyone, calendar = await large.everyone(), await large.rounds()
    tracemalloc.start()
    tables = read_tables(everyone, calendar)
    table = tables.of("corr")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    rounds = MOST_ROWS // MODELS
    assert table.shape == (rounds - large.pending, MODELS)
    assert min(large.read) == 316 + 190 - rounds
    assert most < 150e6
    assert tables.left.startswith(f"Only the newest fit, rounds {min(large.read)}-505. 24,000 interim scores")
    small = replace(large, rounds_there=40)
    made = await scores_repeated(small)
    assert made.finding == "CORR and TC can't be seen to come again."
    assert "in one round of CORR nothing is seen to come again: −" in repeated_answer(made).card.text


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        (np.full((40, 12), 0.02), "Too few rounds to say whether any score comes again."),
        (lucky(np.random.default_rng(2), 60, 1), "Too few rounds to say whether any score comes again."),
        (lucky(np.random.default_rng(2), 12, 30), "Too few rounds to say whether any score comes again."),
    ],
    ids=["constant", "one model", "few rounds"],
)
async def test_where_little_can_be_told(table: np.ndarray, finding: str) -> None:
    made = await scores_repeated(source_of(corr=table))
    assert made.finding == finding
    assert "too few rounds yet to tell what of one comes again" in check_answer(repeated_answer(made))
    picture_of_scores(made)


async def test_nobody_has_a_score() -> None:
    nothing = source_of(corr=np.full((30, 4), math.nan))
    with pytest.raises(
        ValueError, match=r"^Nobody has a final score here yet, so there is no record to look"
    ):
        await scores_repeated(nothing)
    interim = history_of(corr=np.ones((30, 4)), resolved=np.zeros((30, 4), dtype=bool))
    with pytest.raises(ValueError, match=r"^Nobody has a final score here yet"):
        await scores_repeated(MadeUp(interim, calendar(30)))


async def test_scores_are_found_as_they_are_typed() -> None:
    rows = history_of(corr=np.ones((30, 4)), fnc_v3=np.ones((30, 4)))
    tables = read_tables(TournamentField.of(rows), calendar(30))
    assert tables.known("FNCv3") == "fnc_v3"
    assert tables.known(None, "tc", "fnc_v3") == "fnc_v3"
    assert tables.known(None, "tc") == "corr"
    with pytest.raises(ValueError, match=r"^“TC” is not a score here: there are CORR and FNCv3\.$"):
        tables.known("TC")
