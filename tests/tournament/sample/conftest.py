"""The files of the sample, read directly."""

import pandas as pd
import pytest

from tournament.sample import FOLDER


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


@pytest.fixture(scope="module")
def calendar() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["open_time", "resolve_time"])
