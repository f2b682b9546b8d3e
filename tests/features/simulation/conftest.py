"""Every example simulated on the sample, and the sample as pandas prices it."""

import asyncio

import pandas as pd
import pytest

from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from tests.features.simulation.proposed import EXAMPLES, example
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER, SampleSource

OLD, NEW = (1, 3), (2, 1)


@pytest.fixture(scope="session")
def impacts(source: SampleSource) -> dict[int, ProposalImpact]:
    """Every example on the sample."""
    numbers = range(1, len(EXAMPLES) + 1)
    return {number: asyncio.run(proposal_impact(source, example(number))) for number in numbers}


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """Final staked rows with a TC, with pay under both rules and the account on the leaderboard."""
    rows = file_rows.final_rows().drop(columns="account")
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz", usecols=["model", "account"])
    rows = rows.merge(board, on="model", how="left")
    rows["account"] = rows["account"].fillna("left:" + rows["model"])
    rows = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna()].copy()
    outside = rows["round"].between(311, 315)
    for name, (corr, tc) in (("old", OLD), ("new", NEW)):
        weighted = corr * rows["corr"] + tc * rows["tc"]
        inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
        rows[name] = rows["stake_nmr"] * inside.where(
            ~outside, rows["payout_factor"] * weighted.clip(-0.25, 0.25)
        )
    rows["gap"] = rows["new"] - rows["old"]
    return rows
