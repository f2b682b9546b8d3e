"""The rows of the bundled sample by pandas alone: as the file has them, and those that are final."""

import pandas as pd

from tournament.sample import FOLDER


def shipped() -> pd.DataFrame:
    """Every row of the file, with `final`: whether its round had resolved when it was exported.

    Models with a round after 310 are from the export of 2022-07-23, all others from that of 2022-04-09.
    """
    rows = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
    rounds = pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["resolve_time"])
    resolved = rows["round"].map(rounds.set_index("round")["resolve_time"])
    is_later = rows.groupby("model")["round"].transform("max") > 310
    exported = is_later.map({True: "2022-07-23", False: "2022-04-09"})
    return rows.assign(final=resolved <= pd.to_datetime(exported, utc=True))


def final_rows() -> pd.DataFrame:
    """The final rows, without the TC of another unit that rounds before 200 have."""
    rows = shipped()
    rows["tc"] = rows["tc"].where(rows["round"] >= 200)
    return rows[rows["final"]].drop(columns="final")
