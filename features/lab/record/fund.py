"""A record against the fund, never by itself: the difference, what it adds, and a Sharpe ratio deflated."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.lab.record.tables import RecordTables, beyond, means_of
from features.meta_model.implied import ImpliedMetaModel, meta_model_of
from scoring.intervals import FEWEST, Interval, ewc_interval
from scoring.lab.redundancy import clusters, score_similarity
from scoring.lab.track_record import variance_inflation
from scoring.overfitting import deflated_sharpe_ratio
from tournament.source import Floats, Rounds, TournamentField

PEERS = 400  # models that are looked at for how many tries are different: those with most of the rounds
ALIKE = 0.5  # models whose scores have this r or more are one try


@dataclass(frozen=True)
class FundGap:
    """A record's differences to the fund, or to everybody's mean, by round; `adds` is its contribution.

    sharpe: mean by standard deviation of the difference, of one round. deflated: the probability that its
    true one is above what luck gives the best of `trials` different models; periods: the rounds it is worth.
    """

    to_fund: bool
    first_round: int
    last_round: int
    rounds: int
    difference: Interval
    adds: Interval | None
    sharpe: float
    deflated: float
    deflated_all: float  # if every model were a try of its own
    periods: float
    trials: float
    peers: int
    spread: float  # of the peers' Sharpe ratios
    ahead: float  # share of the peers whose mean difference is above 0
    proxy: str  # of how much of the stake the fund is made, in a sentence


def gap_to_fund(
    everyone: TournamentField,
    calendar: Rounds,
    tables: RecordTables,
    score: str,
    columns: NDArray[np.intp],
) -> FundGap | None:
    """The difference to the implied meta model; None where fewer rounds have one than an interval takes."""
    fund = meta_model_of(everyone, calendar, score=score)
    known = np.isin(tables.numbers, fund.numbers)
    corr = np.full(tables.numbers.size, math.nan)
    corr[known] = fund.corr[np.isin(fund.numbers, tables.numbers)]
    table = tables.of(score) - corr[:, np.newaxis]
    return _gap(tables, table, columns, _adds(everyone, tables, fund, columns), fund.proxy, to_fund=True)


def gap_to_everybody(tables: RecordTables, score: str, columns: NDArray[np.intp]) -> FundGap | None:
    """The same to everybody's mean, where no fund is known in a score."""
    return _gap(tables, beyond(tables.of(score)), columns, None, "", to_fund=False)


def _gap(
    tables: RecordTables,
    table: Floats,
    columns: NDArray[np.intp],
    adds: Floats | None,
    proxy: str,
    *,
    to_fund: bool,
) -> FundGap | None:
    own = means_of(table[:, columns].T)
    there = np.flatnonzero(~np.isnan(own))
    if there.size < FEWEST:
        return None
    gap, beside = own[there], table[there]
    inflation = variance_inflation(beside, overlap=tables.overlap)
    periods = max(2.0, there.size / max(inflation, 1.0)) if inflation == inflation else math.nan
    often = np.count_nonzero(~np.isnan(beside), axis=0)
    peers = np.flatnonzero(often >= max(FEWEST, there.size / 2))
    looked = np.sort(peers[np.argsort(-often[peers], kind="stable")][:PEERS])
    ratios = np.array([_sharpe(each[~np.isnan(each)]) for each in beside[:, peers].T])
    spread = float(np.nanstd(ratios, ddof=1)) if np.count_nonzero(~np.isnan(ratios)) > 1 else math.nan
    trials = different_tries(beside[:, looked], tables.overlap) * peers.size / max(looked.size, 1)
    sharpe = _sharpe(gap)
    return FundGap(
        to_fund=to_fund,
        first_round=int(tables.numbers[there[0]]),
        last_round=int(tables.numbers[there[-1]]),
        rounds=there.size,
        difference=ewc_interval(gap),
        adds=None if adds is None else ewc_interval(adds[~np.isnan(adds)]),
        sharpe=sharpe,
        deflated=_deflated(gap, sharpe, periods, trials, spread),
        deflated_all=_deflated(gap, sharpe, periods, float(peers.size), spread),
        periods=periods,
        trials=trials,
        peers=peers.size,
        spread=spread,
        ahead=float(np.mean(means_of(beside[:, peers]) > 0)) if peers.size else math.nan,
        proxy=proxy,
    )


def different_tries(table: Floats, overlap: int) -> float:
    """How many of these models (r, n) differ: clusters of those whose scores have an r of .5 or more."""
    if table.shape[1] < 2:
        return float(table.shape[1])
    fewest = min(40, max(FEWEST, len(table) // 2))
    alike = score_similarity(table, overlap=overlap, fewest=fewest)
    return float(clusters(alike.r, ALIKE).max() + 1)


def _adds(
    everyone: TournamentField, tables: RecordTables, fund: ImpliedMetaModel, columns: NDArray[np.intp]
) -> Floats:
    """What the models of these columns add to the meta model, their mean by round (r,)."""
    total, count = np.zeros((2, tables.numbers.size))
    which: list[int] = columns.tolist()
    names = {tables.models[each] for each in which}
    for piece in everyone.pieces(tables.numbers):
        own = [at for at, name in enumerate(piece.models) if name in names]
        rows = piece.only(np.isin(piece.model, own) & piece.resolved)
        values = fund.contributions(rows)
        known = ~np.isnan(values)
        at = np.searchsorted(tables.numbers, rows.round[known])
        total += np.bincount(at, weights=values[known], minlength=total.size)
        count += np.bincount(at, minlength=total.size)
    return np.divide(total, count, out=np.full(total.size, math.nan), where=count > 0)


def _sharpe(values: Floats) -> float:
    spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return float(values.mean()) / spread if spread > 1e-12 else math.nan


def _deflated(values: Floats, sharpe: float, periods: float, trials: float, spread: float) -> float:
    if any(math.isnan(each) for each in (sharpe, periods, trials, spread)) or trials < 1:
        return math.nan
    z: Floats = values - values.mean()
    square, cube, fourth = (float((z**power).mean()) for power in (2, 3, 4))
    return deflated_sharpe_ratio(
        sharpe,
        periods,
        skew=cube / square**1.5,
        kurtosis=fourth / square**2,
        trials=trials,
        trial_sd=spread,
    )
