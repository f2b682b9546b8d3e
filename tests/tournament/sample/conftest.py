"""The files of the sample, read directly."""

import pandas as pd
import pytest

from tests.tournament.sample import file_rows
from tournament.sample import FOLDER


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """As the file has them, with `final`, and without the TC of another unit."""
    shipped = file_rows.shipped()
    shipped["tc"] = shipped["tc"].where(shipped["round"] >= 200)
    return shipped


@pytest.fixture(scope="module")
def calendar() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["open_time", "resolve_time"])
