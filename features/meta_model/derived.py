"""MMC where none was published: rows get what the implied meta model of everyone makes of their scores."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from features.meta_model.implied import (
    MMC_OF,
    WITH_META_MODEL,
    ImpliedMetaModel,
    meta_model_of,
    published_mmc,
)
from tournament.source import EVERYONE, Floats, History, Numbers, Rounds, Source, SourceError, TournamentField
from wording.numbers import amount, counted, listed, score_name, span

CORR_OF = {mmc: corr for corr, mmc in MMC_OF.items()}
# of all stake at risk in a round; models with less say little of the meta model: in rounds 274 to 306 of the
# sample the models that are left after 306, with .9 %, imply a CORR that is .024 off (rmse), all .006
LEAST_SHARE = 0.02
_FLAG = "derived_"  # of rows whose MMC is derived, beside their likeness


@dataclass(frozen=True)
class DerivedMmc:
    """By the name of an MMC, the meta model that it is derived from where none was published."""

    meta_models: Mapping[str, ImpliedMetaModel]
    everyone: TournamentField = field(repr=False)

    @property
    def names(self) -> str:
        """ "MMC", as people write it."""
        return listed([score_name(mmc) for mmc in self.meta_models])

    @property
    def label(self) -> str:
        """ " (MMC derived)", behind what is priced by it."""
        return f" ({self.names} derived)"

    @property
    def told(self) -> str:
        """ "MMC is derived in rounds 182-306": all rounds in which it can be."""
        spans = [f"{score_name(mmc)} is derived in {_span(each)}" for mmc, each in self.meta_models.items()]
        return listed(spans)

    @property
    def how(self) -> tuple[str, ...]:
        """How it is derived, in sentences."""
        models = self.meta_models.values()
        return tuple(filter(None, (told for each in models for told in (each.derived_from, each.proxy))))

    def scores(self, scores: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Scores with their first and last rounds, the rounds in which MMC is derived among them."""
        found = dict(scores)
        for mmc, meta_model in self.meta_models.items():
            numbers = _told(meta_model)
            first, last = int(numbers[0]), int(numbers[-1])
            known = found.get(mmc, (first, last))
            found[mmc] = (min(first, known[0]), max(last, known[1]))
        return found

    def filled(self, rows: History) -> History:
        """The rows, the final ones of them with an MMC where it can be derived; a published one stays."""
        scores, likeness = dict(rows.scores), dict(rows.likeness)
        likeness[WITH_META_MODEL] = self._alike(rows)
        known = replace(rows, likeness=likeness)
        for mmc, meta_model in self.meta_models.items():
            published = published_mmc(rows, mmc)
            derived = np.where(rows.resolved & np.isnan(published), meta_model.derived_mmc(known), np.nan)
            is_derived = ~np.isnan(derived)
            scores[mmc] = np.where(is_derived, derived, published)
            likeness[_FLAG + mmc] = is_derived.astype(np.float64)
        return replace(rows, scores=scores, likeness=likeness)

    def filled_field(self, rows: TournamentField) -> TournamentField:
        """The field whose rows are filled as they are read."""
        one = None if rows.kind == EVERYONE else self.filled(rows.read(rows.numbers))

        def read(wanted: Numbers) -> History:
            return self.filled(rows.read(wanted)) if one is None else one.only(np.isin(one.round, wanted))

        return replace(rows, read=read)

    def error(self, rows: History, weight: Callable[[str], Floats]) -> Floats:
        """How far pay per NMR of each filled row (n,) may be off, as a share: its rmse x the MMC's weight.

        weight: what an MMC of 1 adds to that pay (n,), of an MMC's name. 0 where nothing is derived.
        """
        off = np.zeros(rows.round.size)
        for mmc, meta_model in self.meta_models.items():
            off += meta_model.scale.rmse * rows.likeness[_FLAG + mmc] * np.abs(weight(mmc))
        return off

    def is_derived(self, rows: History) -> np.ndarray:
        """Which of the filled rows (n,) have an MMC that is derived."""
        return np.logical_or.reduce([rows.likeness[_FLAG + mmc] > 0 for mmc in self.meta_models])

    def part(self, rounds: Numbers, rows: int, of: int, error: float, unit: str) -> "DerivedPart | None":
        """What an answer rests on, of which so many rows are derived; None where none is."""
        if not rows:
            return None
        models = self.meta_models.values()
        return DerivedPart(
            names=self.names,
            fit="; ".join(
                f"k {each.scale.scale:.2f}, r {each.scale.r:.2f}, rmse {each.scale.rmse:.4f}"
                for each in models
            ),
            how=self.how,
            rounds=rounds,
            rows=rows,
            of=of,
            error=error,
            unit=unit,
        )

    def _alike(self, rows: History) -> Floats:
        """The correlation of each row (n,) with the meta model: its own, else what the whole round told."""
        if WITH_META_MODEL in rows.likeness:
            return rows.likeness[WITH_META_MODEL]
        found = np.full(rows.round.size, np.nan)
        place = {model: at for at, model in enumerate(self.everyone.models)}
        model = np.array([place.get(name, -1) for name in rows.models], dtype=np.int64)[rows.model]
        known, size = np.flatnonzero(model >= 0), len(self.everyone.models)
        wanted = rows.round[known] * size + model[known]
        for piece in self.everyone.pieces(np.unique(rows.round[known])):
            if WITH_META_MODEL not in piece.likeness:
                continue
            own = np.flatnonzero(np.isin(piece.model, model[known]))
            there = piece.round[own] * size + piece.model[own]
            _, at, which = np.intersect1d(wanted, there, return_indices=True)
            found[known[at]] = piece.likeness[WITH_META_MODEL][own[which]]
        return found


@dataclass(frozen=True)
class DerivedPart:
    """What of an answer rests on a derived MMC: so many rows of all, in these rounds (r,).

    error: how far the difference of two rules may be off for it in one round, in `unit`: the rmse of the
    MMC, were it the same for all models of a round.
    """

    names: str
    fit: str
    how: tuple[str, ...]
    rounds: Numbers
    rows: int
    of: int
    error: float
    unit: str

    @property
    def label(self) -> str:
        """ " (MMC derived)", at the end of a finding."""
        return f" ({self.names} derived)"

    @property
    def small(self) -> str:
        """ "MMC derived in 287-306 (k 0.79, r 0.93, rmse 0.0044)"."""
        return f"{self.names} derived in {self._span.partition(' ')[2]} ({self.fit})"

    @property
    def sentences(self) -> tuple[str, ...]:
        """How it is derived, of which rows, and what that leaves open."""
        rest = "" if self.rows == self.of else "; the others have one that was published"
        unit = self.unit if self.unit == "NMR" else "points of stake"
        return (
            *self.how,
            f"It stands in {self.rows:,} of {counted(self.of, 'row')} compared, {self._span}{rest}. It is MMC"
            " at the scale of the rounds it was fitted to, whatever MMC was or is in others.",
            f"An MMC that is off by its rmse moves the difference by {amount(self.error, unit)} in a typical "
            "round, less where the clip is met. Neighbouring rounds tend to err alike, and the 95 % interval,"
            " which is of luck between rounds, does not hold that error.",
        )

    @property
    def _span(self) -> str:
        return span(int(self.rounds[0]), int(self.rounds[-1]))


def told_of(part: DerivedPart | None) -> tuple[str, ...]:
    """The sentences of what rests on a derived MMC; none where nothing does."""
    return () if part is None else part.sentences


def derive_mmc(
    source: Source,
    everyone: TournamentField | None,
    calendar: Rounds,
    until: date,
    scores: Mapping[str, tuple[int, int]],
    asked: TournamentField,
    paid: Iterable[str],
) -> DerivedMmc | None:
    """What fills the MMC that rules pay by and final rows of the field that is asked lack.

    scores: those of the source. paid: those that the rules pay. None where no MMC is among them or missing,
    and where it can't be derived: while nobody's rows are read, without a correlation with the meta model, or
    where too few models ever had an MMC. It may take a second, in a thread, the first time: a source's meta
    model is kept.
    """
    paid = tuple(dict.fromkeys(paid))
    found: dict[str, ImpliedMetaModel] = {}
    if everyone is None or any(score not in scores and CORR_OF.get(score) not in scores for score in paid):
        return None  # nothing is priced, whatever is derived
    for mmc in paid:
        if mmc not in CORR_OF or (mmc in scores and not _lacks(asked, mmc)):
            continue
        version = (until, everyone.numbers.size, int(everyone.rows.sum()))
        meta_model = _kept.get(source, CORR_OF[mmc], version, everyone, calendar)
        if meta_model.can_derive and _told(meta_model).size:
            found[mmc] = meta_model
    return DerivedMmc(found, everyone) if found else None


async def derived_of(source: Source) -> DerivedMmc | None:
    """What is derived of the MMC that a source has nowhere; None where there is none, or it can't be."""
    scores = await source.scores()
    lacking = [mmc for mmc, corr in CORR_OF.items() if mmc not in scores and corr in scores]
    if not lacking:
        return None
    try:
        everyone, calendar, until = await asyncio.gather(source.everyone(), source.rounds(), source.until())
    except SourceError:
        return None
    return await asyncio.to_thread(derive_mmc, source, everyone, calendar, until, scores, everyone, lacking)


def _lacks(rows: TournamentField, mmc: str) -> bool:
    """Whether a final row with the CORR that an MMC is derived from has no MMC among its scores.

    Of a large field the oldest rows with that CORR are looked at: an MMC is missing where it is older.
    """
    for piece in rows.pieces():
        if CORR_OF[mmc] in piece.scores:
            final = piece.resolved & ~np.isnan(piece.scores[CORR_OF[mmc]])
            if final.any():
                return mmc not in piece.scores or bool(np.isnan(piece.scores[mmc][final]).any())
    return False


def _told(meta_model: ImpliedMetaModel) -> Numbers:
    return meta_model.numbers[~np.isnan(meta_model.corr)]


def _span(meta_model: ImpliedMetaModel) -> str:
    numbers = _told(meta_model)
    return span(int(numbers[0]), int(numbers[-1]))


class _Kept:
    """The meta model of each source, made once for what it has read; it goes with its source."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[int, dict[str, tuple[Hashable, ImpliedMetaModel]]] = {}

    def get(
        self, source: Source, score: str, version: Hashable, everyone: TournamentField, calendar: Rounds
    ) -> ImpliedMetaModel:
        """That of a score's rounds, without those of which too little of the stake is known."""
        with self._lock:
            if id(source) not in self._made:
                self._made[id(source)] = {}
                weakref.finalize(source, self._made.pop, id(source), None)
            of_source = self._made[id(source)]
            if score not in of_source or of_source[score][0] != version:
                found = meta_model_of(everyone, calendar, score=score)
                known = replace(found, corr=np.where(found.share < LEAST_SHARE, np.nan, found.corr))
                of_source[score] = (version, known)
            return of_source[score][1]


_kept = _Kept()
