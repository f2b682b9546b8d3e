"""The picture of a pay record, read back pixel by pixel."""

from datetime import date

import numpy as np
import pytest

from features.earnings.earnings import PayRecord, pay_record
from features.earnings.earnings_chart import picture_of_record
from tests.features.payout.test_compare_chart import NAMES, check_whole, near
from tournament.sample import SampleSource
from ui.drawing import CURRENT, GAIN, LOSS

pytestmark = pytest.mark.slow


def made_up(payout: list[float], pending: int = 0, name: str = "quiet_heron") -> PayRecord:
    count = len(payout)
    return PayRecord(
        name, "model", 1, np.arange(300, 300 + count), np.ones(count), np.array(payout, dtype=float),
        np.maximum(payout, 0.0), {},
        np.arange(count) < count - pending, np.zeros(count, int), "Numerai Classic", date(2031, 10, 1),
        None, None, "",
    )  # fmt: skip


async def test_the_picture_of_the_sample_names_its_totals(source: SampleSource) -> None:
    record = await pay_record(source, "model_07585", rounds="311-321")
    picture = picture_of_record(record)
    shown = check_whole(picture)
    assert min(near(shown, colour).sum() for colour in (GAIN, LOSS, CURRENT)) > 500
    best, worst = int(record.payout.argmax()), int(record.payout.argmin())
    for part in (
        f"Together {record.earned:.1f} NMR are final.",
        f"The best is round {311 + best} with {record.payout[best]:.1f} NMR",
        f"the worst round {311 + worst} with −{-record.payout[worst]:.2f} NMR",
    ):
        assert part in picture.alt


def test_bars_are_as_high_as_the_pay() -> None:
    shown = check_whole(picture_of_record(made_up([1.0, 2.0, 4.0, -3.0])))
    gain, loss = near(shown, GAIN), near(shown, LOSS)
    columns = np.flatnonzero(gain.any(axis=0))
    bars = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    heights = [gain[:, bar[len(bar) // 2]].sum() for bar in bars] + [loss.any(axis=1).sum()]
    np.testing.assert_allclose(np.array(heights) / heights[0], [1, 2, 4, 3], rtol=0.06)


@pytest.mark.parametrize(("pay", "colour"), [(2.0, GAIN), (-2.0, LOSS)])
def test_pending_bars_are_hollow(pay: float, colour: str) -> None:
    final, pending = (picture_of_record(made_up([pay] * 4, pending=count)) for count in (0, 4))
    full, hollow = near(check_whole(final), colour), near(check_whole(pending), colour)
    assert 0 < hollow.sum() < 0.1 * full.sum()
    for axis in (0, 1):  # the outlines are where the bars would be
        outline, bars = np.flatnonzero(hollow.any(axis=axis)), np.flatnonzero(full.any(axis=axis))
        np.testing.assert_allclose(outline[[0, -1]], bars[[0, -1]], atol=4)
    total = f"{'' if pay > 0 else '−'}8.00 NMR"
    assert f"Together 0 NMR are final and {total} pending." in pending.alt
    assert "pending" not in final.alt


@pytest.mark.parametrize("scale", [1e7, 12_345.678, 1.0, 1e-4, 1e-9, 0.0])
def test_pay_of_any_size_fits(scale: float) -> None:
    check_whole(picture_of_record(made_up((scale * np.sin(np.arange(20))).tolist(), pending=4)))


@pytest.mark.parametrize(
    ("payout", "pending"),
    [([0.5], 0), ([0.5], 1), ([0.0], 0), ([-1.0] * 20, 0), (np.sin(range(158)).tolist(), 20)],
)
def test_odd_records_are_drawn_whole(payout: list[float], pending: int) -> None:
    assert near(check_whole(picture_of_record(made_up(payout, pending))), CURRENT).any()


@pytest.mark.parametrize("name", NAMES, ids=len)
def test_any_name_fits(name: str) -> None:
    check_whole(picture_of_record(made_up([1.0, -1.0], 1, name)))


def test_the_same_record_is_the_same_picture() -> None:
    assert picture_of_record(made_up([1.0, -2.0], 1)) == picture_of_record(made_up([1.0, -2.0], 1))
