"""Rounds drawn again and what a stake becomes over them: by hand, by the right values of one model."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from scoring.ahead.pay import Outlook, draw_rounds, fewest_rounds, outlook
from tests.scoring.ahead.sample import rates_of_one

RNG = np.random.default_rng


def test_blocks_are_neighbours_of_the_record_closed_to_a_ring() -> None:
    record = np.arange(47.0)
    drawn = draw_rounds(record, 25, ways=300, rng=RNG(1))
    assert drawn.shape == (25, 300)
    steps = np.diff(drawn, axis=0)
    inside = np.delete(steps, [9, 19], axis=0)
    assert set(np.unique(inside)) <= {1.0, -46.0}
    starts = drawn[::10].ravel()
    assert set(starts) == set(record), "a block may start anywhere"
    np.testing.assert_array_equal(draw_rounds(record, 25, ways=300, rng=RNG(1)), drawn)
    # records of one length meet the same rounds
    np.testing.assert_array_equal(draw_rounds(2 * record, 25, ways=300, rng=RNG(1)), 2 * drawn)


def test_the_mean_that_each_way_has() -> None:
    record = RNG(2).normal(0.02, 0.05, 200)
    drawn = draw_rounds(record, 60, ways=4000, mean=0.01, error=0.004, rng=RNG(3))
    apart = math.sqrt(200 / 190) * (draw_rounds(record, 60, ways=4000, rng=RNG(3)) - record.mean())
    shift = drawn - apart
    np.testing.assert_allclose(shift - shift[:1], 0, atol=1e-15)  # one for all rounds of a way
    # four standard errors of 4,000 draws
    assert shift[0].mean() == pytest.approx(0.01, abs=4 * 0.004 / math.sqrt(4000))
    assert shift[0].std() == pytest.approx(0.004, rel=0.05)
    wide = draw_rounds(record, 60, ways=4000, error=0.004, df=3, rng=RNG(3)) - apart - record.mean()
    assert np.abs(wide).max() > np.abs(shift - 0.01).max(), "Student's t reaches further"
    clipped = draw_rounds(record, 60, ways=50, error=1.0, bound=0.05, rng=RNG(3))
    assert (clipped.min(), clipped.max()) == (-0.05, 0.05)


def test_blocks_vary_as_much_as_the_record_does() -> None:
    """Sums of a block around the true mean have block x variance; around the record's own mean they lack."""
    raw, made = [], []
    for seed in range(300):
        record = RNG(seed).normal(0, 1, 50)
        plain = draw_rounds(record, 10, ways=200, rng=RNG(seed)).sum(axis=0) - 10 * record.mean()
        raw.append(np.mean(plain**2))
        wider = draw_rounds(record, 10, ways=200, mean=0.0, rng=RNG(seed)).sum(axis=0)
        made.append(np.mean(wider**2))
    error = 4 * np.std(made, ddof=1) / math.sqrt(300)
    assert np.mean(made) == pytest.approx(10, abs=error)
    assert np.mean(raw) == pytest.approx(8, abs=error)  # 10 (1 - 10 / 50)


def by_hand(rates: np.ndarray, lag: int, share: float) -> tuple[list[float], float]:
    """The stake at each opening and at the end, of one way."""
    whole, seen, paid = 1.0, [], []
    for at, rate in enumerate(rates):
        if at >= lag:
            whole += paid[at - lag]
        seen.append(whole)
        paid.append(rate * share * whole)
    return [*seen, whole + sum(paid[max(0, len(rates) - lag) :])], whole


@pytest.mark.parametrize(("lag", "share"), [(5, 1.0), (5, 0.2), (1, 1.0), (3, 0.5)])
def test_what_a_stake_becomes_by_hand(lag: int, share: float) -> None:
    rates = RNG(4).normal(0.01, 0.04, (12, 200))
    found = outlook(rates, lag=lag, fraction=share)
    paths = np.array([by_hand(rates[:, way], lag, share)[0] for way in range(200)]).T
    np.testing.assert_allclose(found.final, paths[-1])
    np.testing.assert_allclose(found.path[1], np.median(paths, axis=1))
    ends = np.quantile(paths[-1], [0.05, 0.95]) - 1
    np.testing.assert_allclose([found.low, found.high], ends)
    assert found.loss == np.mean(paths[-1] < 1)
    peaks = np.maximum.accumulate(paths, axis=0)
    assert found.deep == np.mean(((peaks - paths) / peaks).max(axis=0) > 0.2)


def test_a_stake_that_is_made_good_adds_up() -> None:
    rates = RNG(5).normal(0, 0.05, (20, 90))
    found = outlook(rates, lag=5, compounding=False)
    np.testing.assert_allclose(found.final, np.maximum(1 + rates.sum(axis=0), 0))
    known = np.concatenate((np.zeros((5, 90)), np.cumsum(rates, axis=0)[:15]))  # at round t that of t - 5
    np.testing.assert_allclose(found.path[1, :20], 1 + np.median(known, axis=1))
    gone = outlook(np.full((30, 2), -0.25), compounding=False)
    assert (gone.median, gone.loss, gone.deep) == (-1, 1, 1)
    assert outlook(np.full((30, 2), -0.25)).median == -1


# (corr, tc): 5 %, median and 95 % of the stake in percent, chance of a loss, of more than a fifth down
RIGHT = {
    (1, 0): (20, 55, 101, 0.00, 0.00),
    (2, 1): (7, 129, 353, 0.04, 0.35),
    (1, 3): (-68, 37, 354, 0.35, 0.82),
}


@pytest.mark.parametrize("rule", RIGHT)
def test_a_year_of_one_model(rule: tuple[int, int]) -> None:
    low, median, high, loss, deep = RIGHT[rule]
    record = rates_of_one(*rule)
    assert record.size == 126
    many = [outlook(draw_rounds(record, 52, rng=RNG(seed))) for seed in range(8)]

    def near(read: Callable[[Outlook], float], right: float, rounding: float) -> None:
        values = [read(each) for each in many]
        # the mean of eight has an eighth of the variance, and the right value an error of its own, no larger
        error = np.std(values, ddof=1) * math.sqrt(1 / 8 + 1)
        assert np.mean(values) == pytest.approx(right, abs=3 * error + rounding)

    near(lambda each: 100 * each.low, low, 0.5)
    near(lambda each: 100 * each.median, median, 0.5)
    near(lambda each: 100 * each.high, high, 0.5)
    near(lambda each: each.loss, loss, 0.005)
    near(lambda each: each.deep, deep, 0.005)


def test_how_long_a_record_must_be() -> None:
    assert [fewest_rounds(block) for block in (1, 10, 50)] == [40, 40, 200]
    with pytest.raises(ValueError, match=r"^A record needs 40 rounds, and this has 39\.$"):
        draw_rounds(np.zeros(39), 10, rng=RNG(1))
    with pytest.raises(ValueError, match=r"^A record needs 200 rounds, and this has 120\.$"):
        draw_rounds(np.zeros(120), 10, block=50, rng=RNG(1))
    flat = outlook(draw_rounds(np.full(40, 0.01), 20, ways=5, rng=RNG(1)), lag=1)
    assert flat.low == flat.high == pytest.approx(1.01**20 - 1)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"rates": np.full(50, np.nan)}, "A rate must be a finite number"),
        ({"rates": np.zeros((50, 2))}, "one rate per round"),
        ({"rates": np.zeros(50), "ahead": 0}, "Rounds, blocks and ways are 1 or more."),
        ({"rates": np.zeros(50), "error": -1.0}, "An error is 0 or more"),
        ({"rates": np.zeros(50), "error": math.nan}, "An error is 0 or more"),
        ({"rates": np.zeros(50), "bound": 0.0}, "An error is 0 or more"),
        ({"rates": np.zeros(50), "df": 0.0}, "An error is 0 or more"),
    ],
)
def test_what_cannot_be_drawn(asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        draw_rounds(**{"ahead": 5, "rng": RNG(1), **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rates", "asked"),
    [
        (np.zeros(5), {}),
        (np.zeros((0, 4)), {}),
        (np.full((5, 2), np.nan), {}),
        (np.zeros((5, 2)), {"level": 1.0}),
        (np.zeros((5, 2)), {"deep": 0.0}),
        (np.zeros((5, 2)), {"lag": -1}),
        (np.zeros((5, 2)), {"fraction": 1.5}),
    ],
)
def test_what_has_no_outlook(rates: np.ndarray, asked: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        outlook(rates, **asked)  # type: ignore[arg-type]
