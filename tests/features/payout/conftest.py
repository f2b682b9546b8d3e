"""The rows of the sample, read directly."""

import pandas as pd
import pytest

from tournament.sample import FOLDER


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
