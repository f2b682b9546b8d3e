"""CORR of the meta model round by round, what each model adds to it, and MMC where none was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scoring.meta_model import (
    MmcScale,
    contributions,
    derived_mmc,
    fit_meta_model,
    fit_mmc_scale,
    meta_model_corr,
)
from tournament.source import Floats, History, Numbers, Rounds, TournamentField
from wording.numbers import counted, number, percent, score_name, span

MMC_OF = {"corr": "mmc", "corr60": "mmc60"}  # which MMC goes with which CORR
WITH_META_MODEL, PUBLISHED = "corr_with_meta_model", "published_mmc"
FITTED = 50  # rounds with a published MMC, the newest, whose rows tell how large MMC is
ENOUGH = 30  # models with an MMC from which a round's meta model is fitted instead of taken as a ratio


@dataclass(frozen=True)
class ImpliedMetaModel:
    """The meta model in rounds (r,), in order, as the scores of its models imply it.

    corr: its CORR. mean_score: the stake-weighted mean CORR of its models, which leaves out what mixing
    predictions takes out, and is not the meta model. share: how much of all stake at risk is in both, from 0
    to 1. NaN where it can't be told. scale: MMC as a multiple of the contribution, fitted to rows of
    scale_rounds; empty where no MMC was ever published beside a correlation.
    """

    score: str  # the CORR it is told in
    numbers: Numbers
    corr: Floats
    mean_score: Floats
    share: Floats
    scale: MmcScale
    scale_rounds: Numbers
    fitted: Numbers = field(repr=False)  # rounds whose CORR comes from a published MMC

    @property
    def mmc(self) -> str:
        """The MMC that is derived from it."""
        return MMC_OF[self.score]

    @property
    def derived_from(self) -> str:
        """How MMC is derived, in a sentence for small print; "" where it can't be."""
        if not self.can_derive:
            return ""
        corr, mmc = score_name(self.score), score_name(self.mmc)
        return (
            f"{mmc} is derived: {number(self.scale.scale)} x ({corr} - correlation with the meta model x its "
            f"{corr}), fitted to {counted(self.scale.rows, f'published {mmc}', f'published {mmc}s')} of "
            f"{span(int(self.scale_rounds[0]), int(self.scale_rounds[-1]))} "
            f"(r {number(self.scale.r)}, rmse {number(self.scale.rmse)})."
        )

    @property
    def proxy(self) -> str:
        """Of how much of the stake it is made, in a sentence; "" where it is made of all, or nobody knows."""
        known = self.share[~np.isnan(self.share) & ~np.isnan(self.corr)]
        if not known.size or known.min() > 0.95:
            return ""
        return f"A proxy: it is implied by models with {percent(float(np.median(known)))} of the stake."

    @property
    def can_derive(self) -> bool:
        """Whether an MMC can be derived at all."""
        return bool(np.isfinite(self.scale.scale) and self.scale.scale > 0)

    def of_rows(self, rows: History) -> Floats:
        """CORR of the meta model in the round of each row (n,); NaN where it is not told."""
        if not self.numbers.size:
            return np.full(rows.round.size, np.nan)
        at = np.minimum(np.searchsorted(self.numbers, rows.round), self.numbers.size - 1)
        return np.where(self.numbers[at] == rows.round, self.corr[at], np.nan)

    def contributions(self, rows: History) -> Floats:
        """What each row (n,) adds to the meta model: CORR - correlation with it x its CORR."""
        return _column(rows.scores, self.score, rows) - _column(
            rows.likeness, WITH_META_MODEL, rows
        ) * self.of_rows(rows)

    def derived_mmc(self, rows: History) -> Floats:
        """MMC of each row (n,) as its contribution implies it; NaN where that is not told."""
        return derived_mmc(self.contributions(rows), self.scale.scale)


def meta_model_of(
    everyone: TournamentField, calendar: Rounds, *, score: str = "corr", interim: bool = False
) -> ImpliedMetaModel:
    """The meta model of every round in which rows have a stake, a CORR and a correlation with it.

    Of final rows, unless interim ones are to count too. Where enough models have a published MMC its CORR is
    fitted to that; elsewhere it is the ratio of stake x CORR to stake x correlation.
    """
    found: dict[int, tuple[float, float, float]] = {}
    fitted: list[int] = []
    published: dict[int, tuple[Floats, Floats]] = {}
    at_risk = dict(zip(calendar.number.tolist(), calendar.total_at_risk.tolist(), strict=True))
    for piece in everyone.pieces():
        if WITH_META_MODEL not in piece.likeness or score not in piece.scores:
            continue
        rows = piece if interim else piece.only(piece.resolved)
        starts = np.flatnonzero(np.diff(np.sort(rows.round), prepend=-1))
        order = np.argsort(rows.round, kind="stable")
        for which in np.split(order, starts[1:]) if order.size else ():
            corr, alike = rows.scores[score][which], rows.likeness[WITH_META_MODEL][which]
            stake, mmc = rows.stake[which], published_mmc(rows, MMC_OF[score])[which]
            number_of = int(rows.round[which[0]])
            whole = meta_model_corr(corr, alike, stake)
            counts = ~np.isnan(corr) & ~np.isnan(alike) & (stake > 0)
            held = float(stake[counts].sum())
            if np.isnan(whole):
                continue
            mean = float(stake[counts] @ corr[counts]) / held
            owed = contributions(corr, alike, stake)
            known = ~np.isnan(owed) & ~np.isnan(mmc)
            if known.any():
                published[number_of] = (mmc[known], owed[known])
            if np.count_nonzero(known) >= ENOUGH:
                fit = fit_meta_model(mmc[known], corr[known], alike[known])
                if np.isfinite(fit.corr):
                    whole = fit.corr
                    fitted.append(number_of)
            total = at_risk.get(number_of, np.nan)
            found[number_of] = (whole, mean, held / total if total > 0 else np.nan)
    numbers = np.array(sorted(found), dtype=np.int64)
    columns = np.array([found[each] for each in numbers.tolist()], dtype=np.float64).reshape(-1, 3)
    newest = sorted(published)[-FITTED:]
    both = [np.concatenate([published[each][at] for each in newest] or [np.empty(0)]) for at in (0, 1)]
    return ImpliedMetaModel(
        score=score,
        numbers=numbers,
        corr=columns[:, 0],
        mean_score=columns[:, 1],
        share=columns[:, 2],
        scale=fit_mmc_scale(*both),
        scale_rounds=np.array(newest, dtype=np.int64),
        fitted=np.array(sorted(fitted), dtype=np.int64),
    )


def published_mmc(rows: History, mmc: str) -> Floats:
    """The MMC of each row (n,) that was published; NaN elsewhere."""
    told = _column(rows.scores, mmc, rows)
    if mmc != "mmc" or PUBLISHED not in rows.likeness:
        return told
    return np.where(np.isnan(told), rows.likeness[PUBLISHED], told)


def _column(columns: Mapping[str, Floats], name: str, rows: History) -> Floats:
    return columns[name] if name in columns else np.full(rows.round.size, np.nan)
