"""What the bundled sample says of scores, beside values that were worked out for it by other code."""

import numpy as np
import pandas as pd
import pytest

from scoring.ahead.power import rounds_to_see
from scoring.intervals import Interval, ewc_interval
from scoring.lab.track_record import persistence
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER

pytestmark = pytest.mark.slow  # reads the sample


@pytest.fixture(scope="module")
def shipped() -> pd.DataFrame:
    rows = file_rows.shipped()
    return rows.assign(tc=rows["tc"].where(rows["round"] >= 200))


def by_round(rows: pd.DataFrame, one: str, other: str) -> Interval:
    """The mean over rounds of the rank correlation of two scores over models."""
    found = {
        number: some[one].corr(some[other], method="spearman")
        for number, some in rows.dropna(subset=[one, other]).groupby("round")
    }
    return ewc_interval(list(found.values()))


def test_scores_of_one_round_go_together(shipped: pd.DataFrame) -> None:
    """CORR with TC .182 (.145 to .219), with MMC .818 (.747 to .888), on rows as they are shipped."""
    tc = by_round(shipped, "corr", "tc")
    assert (tc.mean, tc.low, tc.high) == pytest.approx((0.182, 0.145, 0.219), abs=6e-4)
    paid = pd.read_csv(FOLDER / "payouts_paid.csv.gz")
    mmc = by_round(paid[paid["second_score_name"] == "mmc"], "corr", "second_score")
    assert (mmc.mean, mmc.low, mmc.high) == pytest.approx((0.818, 0.747, 0.888), abs=6e-4)
    # on final rows a little more of TC
    final = by_round(file_rows.final_rows(), "corr", "tc")
    assert (final.mean, final.low, final.high) == pytest.approx((0.193, 0.155, 0.230), abs=6e-4)


def test_a_round_says_little_of_the_one_five_later_before_and_after_255(shipped: pd.DataFrame) -> None:
    """On record .028 and .014 at lag 5; both lie well inside what is found, which can't be told apart."""
    corr = shipped.pivot_table(index="round", columns="model", values="corr")
    before, after = (persistence(some, first=5, last=5) for some in (corr.loc[:254], corr.loc[255:]))
    assert before.low < 0.028 < before.high
    assert after.low < 0.014 < after.high
    assert before.value == pytest.approx(0.046, abs=6e-4)
    assert after.value == pytest.approx(0.013, abs=6e-4)
    assert before.low < after.value < before.high


def test_how_many_rounds_an_edge_takes(shipped: pd.DataFrame) -> None:
    """An edge of .01 CORR beyond everybody shows in 56 rounds (on record 48), of .005 in four times those."""
    corr = shipped.pivot_table(index="round", columns="model", values="corr")
    beyond = corr.sub(corr.mean(axis=1), axis=0)
    records = [values.dropna().to_numpy() for _, values in beyond.items() if values.notna().sum() >= 80]
    found = [rounds_to_see(values) for values in records]
    some, more = (float(np.median([each.needed(edge) for each in found])) for edge in (0.01, 0.005))
    assert some == pytest.approx(56, abs=0.6)
    assert more == pytest.approx(4 * some)
