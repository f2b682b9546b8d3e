"""The bundled sample: real weekly rounds 168 to 325, read once from data/sample."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from scoring.rules import PayoutRule
from tournament.overview import DailyScores, Likeness, ScoresOfTheDay, StakeOverYears
from tournament.source import (
    EVERYONE,
    Currency,
    Floats,
    History,
    ModelClaim,
    Names,
    Rounds,
    Stakes,
    Tournament,
    TournamentField,
)

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent.parent / "data" / "sample"
LISTED_ON = date(2022, 12, 22)  # the day of the leaderboard and of what was known of the rounds
# two exports make the sample: whoever has a round after the first one's last is in the second
EXPORTS = (date(2022, 4, 9), date(2022, 7, 23))
LAST_OF_FIRST = 310
SAME_UNIT = 200  # the first round whose TC is in the unit of all later ones
OPEN_WHEN_PAID = 274  # the first round that was still open when the payouts with their MMC were exported
NO_TC = (186, 192)  # rounds in which TC is 0 for everybody
NOT_HERE = (
    "Nobody can be verified here: this bot runs on its bundled sample, whose names are replaced. "
    "Whoever runs it has to switch to Numerai's live numbers first."
)
LIKENESS = ("corr_with_meta_model",)
CHOSEN = {"corr": "corr_multiplier", "tc": "tc_multiplier"}


@dataclass(frozen=True)
class _Loaded:
    names: Names
    spelled: dict[str, str]  # in lower case -> as it is spelled
    owned: dict[str, tuple[str, ...]]  # guessed account -> its models
    rounds: Rounds
    stakes: Stakes
    everyone: History
    field: TournamentField
    scores: dict[str, tuple[int, int]]
    usd_by_day: dict[str, float]


class SampleSource:
    """Source over the files in data/sample; reads them on the first question, off the event loop."""

    label = "Sample, 2022"
    tournament: Tournament = "classic"
    live = False
    caveats: Mapping[str, str] = MappingProxyType(
        {
            "account": "That these models are one account is a guess from their names.",
            EVERYONE: "The sample is who stayed on a leaderboard, 17 % of all stake at best: "
            "not the tournament.",
        }
    )

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._loaded: _Loaded | None = None
        self._lock = asyncio.Lock()

    async def _data(self) -> _Loaded:
        async with self._lock:
            if self._loaded is None:
                self._loaded = await asyncio.to_thread(_load, self._folder)
            return self._loaded

    async def names(self) -> Names:
        """Models and guessed accounts of the sample."""
        return (await self._data()).names

    async def find(self, typed: str) -> str | None:
        """Any of the names, whatever its case."""
        return (await self._data()).spelled.get(typed.strip().casefold())

    async def rounds(self) -> Rounds:
        """Rounds 168 to 382; only those up to 325 have scores, and only those up to 321 final ones."""
        return (await self._data()).rounds

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        """CORR for every final round, TC from round 200, FNCv3 from the rounds that first had it."""
        return (await self._data()).scores

    async def stakes(self) -> Stakes:
        """The leaderboard of one day in December 2022, months after the last scores of the sample."""
        return (await self._data()).stakes

    async def until(self) -> date:
        """The day of the second export."""
        return EXPORTS[1]

    async def live_rule(self) -> PayoutRule | None:
        """None: nothing is announced in the past."""
        return None

    async def live_rule_differs(self) -> str:
        """Nothing to compare."""
        return ""

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        """The price of the day of the second export."""
        day = await self.until()
        price = (await self._data()).usd_by_day.get(day.isoformat())
        return None if price is None else (day, price)

    async def price_of_day(self, currency: Currency) -> Mapping[str, float]:
        """The price of every day from April 2022 to February 2023, in USD alone."""
        return (await self._data()).usd_by_day if currency == "USD" else {}

    async def keep_prices(self) -> None:
        """Nothing: they are bundled."""

    async def history(self, name: str) -> History:
        """Rows of a model or a guessed account."""
        data = await self._data()
        if name == EVERYONE or name not in data.spelled.values():
            raise KeyError(name)
        models = data.owned.get(name, (name,))
        rows = np.isin(data.everyone.model, np.searchsorted(data.names.models, models))
        return replace(
            data.everyone.only(rows),
            name=name,
            kind="account" if name in data.owned else "model",
            models=models,
            model=np.unique(data.everyone.model[rows], return_inverse=True)[1],
        )

    async def everyone(self) -> TournamentField:
        """Rounds 168 to 325 of whoever is in the sample."""
        return (await self._data()).field

    async def scores_of_the_day(self) -> ScoresOfTheDay | None:
        """None: no scores are to come."""
        return None

    async def likeness(self, model: str) -> Likeness | None:
        """None: predictions are nobody's to compare here."""
        return None

    async def daily_scores(self, model: str) -> DailyScores | None:
        """None: the sample has the scores of one day of each round."""
        return None

    async def stake_over_years(self) -> StakeOverYears | None:
        """None: of other days than the leaderboard's there is nothing."""
        return None

    async def progress(self) -> str:
        """Nothing: all of it is here."""
        return ""

    async def claims(self, account: str | None, model: str) -> ModelClaim:
        """Nothing: the names of the sample are replaced."""
        raise ValueError(NOT_HERE)

    async def models_now(self, account: str) -> tuple[str, ...]:
        """Nothing: the names of the sample are replaced."""
        raise ValueError(NOT_HERE)


def rounds_frame(folder: Path = FOLDER) -> "pd.DataFrame":
    """The sample as the bot reads it, for notebooks: a row per model and round, in the order of both.

    Columns: model, account (guessed), round, opened and resolves (UTC), resolved (whether its numbers are
    final), each score (TC only from round 200, the first in the unit of all later ones), the multipliers its
    owner had chosen, payout_factor, stake_nmr and payout_nmr.
    """
    import pandas as pd

    loaded = _load(folder)
    rows, rounds = loaded.everyone, loaded.rounds
    account = {model: name for name, models in loaded.owned.items() for model in models}
    models = np.array(rows.models, dtype=object)[rows.model]
    at = np.searchsorted(rounds.number, rows.round)
    return pd.DataFrame(
        {
            "model": models,
            "account": [account[model] for model in models],
            "round": rows.round,
            "opened": pd.to_datetime(rounds.opened[at], utc=True),
            "resolves": pd.to_datetime(rounds.resolves[at], utc=True),
            "resolved": rows.resolved,
            **rows.scores,
            **{CHOSEN[score]: multiplier for score, multiplier in rows.chosen.items()},
            "payout_factor": rows.payout_factor,
            "stake_nmr": rows.stake,
            "payout_nmr": rows.payout,
        }
    )


def _load(folder: Path) -> _Loaded:
    import pandas as pd  # a quarter of a second that must not delay the gateway

    rows = pd.read_csv(folder / "performance_r168_r325.csv.gz").sort_values(["model", "round"])
    model, models = pd.factorize(rows["model"], sort=True)
    number = rows["round"].to_numpy(np.int64)
    rounds = _load_rounds(folder)
    later = np.isin(model, model[number > LAST_OF_FIRST])
    exported = np.array(EXPORTS, dtype="datetime64[s]")[later.astype(np.intp)]
    resolved = rounds.resolves[np.searchsorted(rounds.number, number)] <= exported
    tc, is_old = rows["tc"].to_numpy(np.float64), number < SAME_UNIT
    owned = {str(account): tuple(sorted(set(names))) for account, names in rows.groupby("account")["model"]}
    names = Names(models=tuple(models), accounts=tuple(sorted(owned)))
    everyone = History(
        name=EVERYONE,
        kind="everyone",
        models=names.models,
        model=model.astype(np.int64),
        round=number,
        scores={
            "corr": rows["corr"].to_numpy(np.float64),
            "tc": np.where(is_old, np.nan, tc),
            "fnc_v3": rows["fnc_v3"].to_numpy(np.float64),
        },
        chosen={score: rows[column].to_numpy(np.float64) for score, column in CHOSEN.items()},
        payout_factor=rows["payout_factor"].to_numpy(np.float64),
        stake=rows["stake_nmr"].to_numpy(np.float64),
        payout=rows["payout_nmr"].to_numpy(np.float64),
        resolved=resolved,
        likeness={
            **{name: rows[name].to_numpy(np.float64) for name in LIKENESS if name in rows},
            "published_mmc": _load_mmc(folder, rows),
        },
        other_unit={"tc": np.where(is_old & ~np.isin(number, NO_TC), tc, np.nan)},
    )
    scored = {score: number[resolved & ~np.isnan(values)] for score, values in everyone.scores.items()}
    return _Loaded(
        names=names,
        spelled={name.casefold(): name for name in (EVERYONE, *names.accounts, *names.models)},
        owned=owned,
        rounds=rounds,
        stakes=_load_stakes(folder),
        everyone=everyone,
        field=TournamentField.of(everyone),
        usd_by_day=dict(pd.read_csv(folder / "nmr_usd_daily.csv").itertuples(index=False, name=None)),
        scores={score: (int(rows.min()), int(rows.max())) for score, rows in scored.items() if rows.size},
    )


def _load_mmc(folder: Path, rows: "pd.DataFrame") -> Floats:
    """The MMC of each row, of the rounds that had resolved when payouts were exported; NaN without one."""
    import pandas as pd

    file = folder / "payouts_paid.csv.gz"
    if not file.exists():
        return np.full(len(rows), np.nan)
    paid = pd.read_csv(file, usecols=["model", "round", "second_score_name", "second_score"])
    paid = paid[(paid["second_score_name"] == "mmc") & (paid["round"] < OPEN_WHEN_PAID)]
    by_row = paid.set_index(["model", "round"])["second_score"]
    wanted = pd.MultiIndex.from_arrays([rows["model"], rows["round"]])
    return by_row.reindex(wanted).to_numpy(np.float64)


def _load_stakes(folder: Path) -> Stakes:
    import pandas as pd

    rows = pd.read_csv(
        folder / f"leaderboard_{LISTED_ON}.csv.gz", usecols=["model", "account", "nmr_staked"]
    ).sort_values("model")
    owner, accounts = pd.factorize(rows["account"], sort=True)
    stake = rows["nmr_staked"].to_numpy(np.float64)
    return Stakes(
        day=LISTED_ON,
        models=tuple(rows["model"]),
        model_stake=stake,
        accounts=tuple(accounts),
        account_stake=np.bincount(owner, weights=stake).astype(np.float64),
        account_of=owner.astype(np.intp),
        guessed=True,
    )


def _load_rounds(folder: Path) -> Rounds:
    import pandas as pd

    rounds = pd.read_csv(folder / f"rounds_{LISTED_ON}.csv").sort_values("round")

    def times(column: str) -> np.ndarray:
        return rounds[column].str.removesuffix("Z").to_numpy(dtype="datetime64[s]")

    return Rounds(
        number=rounds["round"].to_numpy(np.int64),
        opened=times("open_time"),
        resolves=times("resolve_time"),
        total_at_risk=rounds["total_at_risk_nmr"].to_numpy(np.float64),
        stake_threshold=rounds["stake_threshold_nmr"].to_numpy(np.float64),
        payout_factor=rounds["payout_factor"].to_numpy(np.float64),
        paid=~rounds["is_daily"].to_numpy(bool),
    )
