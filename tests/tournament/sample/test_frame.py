"""The sample as a DataFrame, beside the file it comes from."""

import pandas as pd
import pytest

from scoring import payouts
from tournament.sample import FOLDER, rounds_frame

KEYS = ["model", "round"]


@pytest.mark.slow
def test_the_frame_holds_every_row_of_the_file() -> None:
    frame, file = rounds_frame(), pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
    assert list(frame.columns[:6]) == ["model", "account", "round", "opened", "resolves", "resolved"]
    both = frame.merge(file, on=KEYS, suffixes=("", "_file"), validate="one_to_one")
    assert len(both) == len(frame) == len(file)
    for column in ("account", "corr", "stake_nmr", "payout_nmr", "payout_factor", "tc_multiplier", "fnc_v3"):
        pd.testing.assert_series_equal(both[column], both[f"{column}_file"], check_names=False)
    since = both[both["round"] >= 200]  # TC of earlier rounds is in another unit
    pd.testing.assert_series_equal(since["tc"], since["tc_file"], check_names=False)
    rounds = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").set_index("round")
    for column, there in (("opened", "open_time"), ("resolves", "resolve_time")):
        assert (frame[column] == pd.to_datetime(frame["round"].map(rounds[there]))).all()


@pytest.mark.slow
def test_its_columns_go_into_payouts_as_they_are() -> None:
    frame = rounds_frame()
    late = frame[(frame["round"] >= 316) & (frame["stake_nmr"] > 0)]
    paid = payouts(
        late[["tc", "corr"]],
        late[["corr_multiplier", "tc_multiplier"]],
        late["stake_nmr"].sample(frac=1, random_state=1),
        factor=late["payout_factor"],
        clip=0.25,
    )
    apart = (pd.Series(paid) - late["payout_nmr"]).abs() / late["stake_nmr"]
    assert (apart < 1e-4).mean() > 0.95
