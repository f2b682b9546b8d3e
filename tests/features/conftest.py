"""The final rows of the sample, read without the code under test."""

import pandas as pd
import pytest

from tests.tournament.sample import file_rows


@pytest.fixture(scope="session")
def rows() -> pd.DataFrame:
    return file_rows.final_rows()
