"""MMC where none was published: by hand, on rows whose MMC is on record, and where it can't be told."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.meta_model.derived import LEAST_SHARE, DerivedMmc, derive_mmc, derived_of
from features.meta_model.implied import ImpliedMetaModel, meta_model_of, published_mmc
from scoring.meta_model import contributions
from tests.features.meta_model.test_implied import calendar_of, rows_of
from tests.features.simulation.proposed import MadeUp
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE, History, TournamentField

NAN = math.nan
UNTIL = date(2031, 5, 4)
CORR, ALIKE, STAKE = [0.02, 0.03, -0.01], [0.5, 0.9, 0.2], [100.0, 200.0, 100.0]
OWED = np.array([0.006, 0.0048, -0.0156])  # CORR - alike x .028, the CORR of the meta model
SPAN = {"corr": (7, 8), "mmc": (7, 8)}


def two_rounds(**changed: Any) -> History:
    """Round 7 with an MMC of .8 x what each model adds, and the same round again as 8, with none."""
    mmc = [*(0.8 * OWED), NAN, NAN, NAN]
    rows = rows_of([7] * 3 + [8] * 3, CORR * 2, ALIKE * 2, STAKE * 2, mmc=mmc)
    models = ("owl_0", "owl_1", "owl_2")
    return replace(rows, models=models, model=np.tile(np.arange(3), 2), **changed)


def made(rows: History, total: float = 500.0) -> MadeUp:
    return MadeUp(rows, calendar_of(sorted(set(rows.round.tolist())), total))


def derive(source: MadeUp, *paid: str, asked: History | None = None) -> DerivedMmc | None:
    assert source.rows is not None
    everyone = TournamentField.of(source.rows)
    field = everyone if asked is None else TournamentField.of(asked)
    scores = dict.fromkeys(source.rows.scores, (7, 8))
    return derive_mmc(source, everyone, source.known_rounds, UNTIL, scores, field, paid or ("mmc",))


def some(found: DerivedMmc | None) -> DerivedMmc:
    assert found is not None
    return found


def test_two_rounds_by_hand() -> None:
    source = made(two_rounds())
    found = some(derive(source))
    rows = found.filled(two_rounds())
    np.testing.assert_allclose(rows.scores["mmc"], [*(0.8 * OWED), *(0.8 * OWED)])
    np.testing.assert_array_equal(found.is_derived(rows), [False] * 3 + [True] * 3)
    assert found.told == "MMC is derived in rounds 7-8"
    assert found.label == " (MMC derived)"
    assert found.scores({"corr": (7, 8)}) == {"corr": (7, 8), "mmc": (7, 8)}
    assert found.scores({"corr": (7, 8), "mmc": (3, 7)}) == {"corr": (7, 8), "mmc": (3, 8)}
    # as a field, round by round; it was made by what is exact, so nothing is off
    field = found.filled_field(TournamentField.of(two_rounds()))
    np.testing.assert_allclose(field.read(np.array([8])).scores["mmc"], 0.8 * OWED)
    np.testing.assert_allclose(found.error(rows, lambda _: np.full(6, 2.0)), 0, atol=1e-12)


def test_a_model_without_a_correlation_has_none_and_interim_rows_neither() -> None:
    rows = two_rounds()
    alike = rows.likeness["corr_with_meta_model"].copy()
    alike[4] = NAN
    resolved = np.array([True] * 5 + [False])
    rows = replace(rows, likeness={"corr_with_meta_model": alike}, resolved=resolved)
    found = some(derive(made(rows)))
    np.testing.assert_array_equal(found.is_derived(found.filled(rows)), [False] * 3 + [True, False, False])
    assert np.isnan(found.filled(rows).scores["mmc"][4:]).all()


def test_one_models_own_rows_get_their_correlation_from_the_whole_round() -> None:
    source = made(two_rounds())
    rows = two_rounds()
    own = replace(rows.only(rows.model == 1), name="owl_1", kind="model", models=("owl_1",))
    own = replace(own, model=np.zeros(2, dtype=np.int64), likeness={})
    found = some(derive(source, asked=own))
    np.testing.assert_allclose(found.filled(own).scores["mmc"], [0.8 * 0.0048] * 2)
    unknown = replace(own, models=("nobody",))
    np.testing.assert_allclose(found.filled(unknown).scores["mmc"], [0.8 * 0.0048, NAN])


@pytest.mark.parametrize(
    ("change", "paid"),
    [
        (lambda rows: rows, ("corr", "tc")),
        (lambda rows: rows, ()),
        (lambda rows: rows, ("mmc60",)),
        (lambda rows: rows, ("mmc", "fnc_v4")),
        (lambda rows: replace(rows, likeness={}), ("mmc",)),
        (lambda rows: replace(rows, scores={"corr": rows.scores["corr"]}), ("mmc",)),
        (lambda rows: rows.only(rows.round == 7), ("mmc",)),
        (lambda rows: replace(rows, scores={**rows.scores, "mmc": -rows.scores["mmc"]}), ("mmc",)),
    ],
    ids=[
        "no MMC is paid",
        "nothing is paid",
        "no CORR60",
        "FNCv4 lacks too",
        "no correlation",
        "never published",
        "all published",
        "MMC against CORR",
    ],
)
def test_where_nothing_can_be_derived_or_need_be(
    change: Callable[[History], History], paid: tuple[str, ...]
) -> None:
    source = made(change(two_rounds()))
    assert source.rows is not None
    scores = dict.fromkeys(source.rows.scores, (7, 8))
    everyone = TournamentField.of(source.rows)
    assert derive_mmc(source, everyone, source.known_rounds, UNTIL, scores, everyone, paid) is None
    assert derive_mmc(source, None, source.known_rounds, UNTIL, scores, everyone, paid) is None


def test_rounds_of_which_too_little_of_the_stake_is_known_have_none() -> None:
    enough = 400 / LEAST_SHARE
    assert derive(made(two_rounds(), enough * 0.99)) is not None
    assert derive(made(two_rounds(), enough * 1.01)) is None


def test_mmc60_is_derived_from_corr60() -> None:
    rows = two_rounds()
    rows = replace(rows, scores={"corr60": rows.scores["corr"], "mmc60": rows.scores["mmc"]})
    found = some(derive(made(rows), "mmc60"))
    np.testing.assert_allclose(found.filled(rows).scores["mmc60"], np.tile(0.8 * OWED, 2))
    assert found.how[0].startswith("MMC60 is derived: 0.8000 x (CORR60 - correlation with the meta model x")
    assert found.label == " (MMC60 derived)"


async def test_a_source_says_what_it_can_derive_of_what_it_has_nowhere() -> None:
    published = two_rounds()
    bare = replace(
        published,
        scores={"corr": published.scores["corr"]},
        likeness={**published.likeness, "published_mmc": published.scores["mmc"]},
    )
    found = await derived_of(made(bare))
    assert some(found).told == "MMC is derived in rounds 7-8"
    rows = some(found).filled(bare)
    np.testing.assert_array_equal(some(found).is_derived(rows), [False] * 3 + [True] * 3)
    np.testing.assert_allclose(rows.scores["mmc"], np.tile(0.8 * OWED, 2))
    assert await derived_of(made(published)) is None, "it has MMC"
    assert await derived_of(MadeUp(None, calendar_of([7], 1.0))) is None, "nobody's rows are read"

    class Unread(MadeUp):
        async def scores(self) -> dict[str, tuple[int, int]]:
            return {"corr": (7, 8)}

    assert await derived_of(Unread(None, calendar_of([7], 1.0))) is None, "nobody's rows are read"


def test_the_meta_model_of_a_source_is_worked_out_once() -> None:
    source, other = made(two_rounds()), made(two_rounds())
    everyone = TournamentField.of(two_rounds())

    def meta_model(of: MadeUp, until: date = UNTIL) -> ImpliedMetaModel:
        found = derive_mmc(of, everyone, of.known_rounds, until, SPAN, everyone, ("mmc",))
        return some(found).meta_models["mmc"]

    once = meta_model(source)
    assert meta_model(source) is once
    assert meta_model(other) is not once, "another source is another"
    assert meta_model(source) is once
    assert meta_model(source, date(2031, 5, 5)) is not once, "another day has other rows"


# ---------------------------------------------------------------- rows whose MMC is on record


@pytest.fixture(scope="module")
def on_record() -> pd.DataFrame:
    """Rows that were paid by CORR and MMC, final ones."""
    paid = pd.read_csv(FOLDER / "payouts_paid.csv.gz")
    return paid[(paid["second_score_name"] == "mmc") & (paid["round"] < 274)]


@pytest.mark.slow
async def test_pay_recomputed_with_a_derived_mmc_is_nearly_what_was_paid(
    source: SampleSource, on_record: pd.DataFrame
) -> None:
    """One k, the meta model as stakes alone imply it: r .9955, 10,107 against 10,277 NMR."""
    (rows,) = (await source.everyone()).pieces()
    meta_model = meta_model_of(await source.everyone(), await source.rounds())
    owed = np.full(rows.round.size, np.nan)
    for number in range(225, 274):
        at = np.flatnonzero((rows.round == number) & rows.resolved)
        alike = rows.likeness["corr_with_meta_model"][at]
        owed[at] = contributions(rows.scores["corr"][at], alike, rows.stake[at])
    found = some(await derived_of(source))
    filled = found.filled(rows)
    assert not found.is_derived(filled)[~np.isnan(published_mmc(rows, "mmc"))].any()
    frame = pd.DataFrame(
        {
            "model": np.array(rows.models)[rows.model],
            "round": rows.round,
            "by_stakes": meta_model.scale.scale * owed,
            "derived": meta_model.derived_mmc(rows),
            "stake": rows.stake,
            "factor": rows.payout_factor,
            "published": published_mmc(rows, "mmc"),
        }
    ).dropna()
    both = frame.merge(on_record, on=["model", "round"])
    assert (len(both), both["model"].nunique(), both["round"].nunique()) == (5526, 216, 49)
    np.testing.assert_allclose(both["published"], both["second_score"])
    chose = both[both["second_multiplier"] > 0]

    def pay(mmc: str) -> pd.Series:
        score = chose["corr_multiplier"] * chose["corr"] + chose["second_multiplier"] * chose[mmc]
        return chose["stake"] * np.clip(chose["factor"] * score, -0.25, 0.25)

    assert pay("published").sum() == pytest.approx(chose["payout_nmr"].sum(), abs=0.1)
    assert pay("published").sum() == pytest.approx(10_277, abs=1)
    assert pay("by_stakes").sum() == pytest.approx(10_107, abs=1)
    assert np.corrcoef(pay("by_stakes"), pay("published"))[0, 1] == pytest.approx(0.9955, abs=1e-4)
    # where a published MMC of others fits the round's meta model, as here, it is nearer still
    assert np.corrcoef(pay("derived"), pay("published"))[0, 1] > 0.9995
    # the error that answers state, were it alike for all models of a round, is about what it is in a round
    weight = 2 * both["stake"] * both["factor"]
    off = (weight * (both["by_stakes"] - both["published"])).groupby(both["round"]).sum()
    of_stated = off / (weight * meta_model.scale.rmse).groupby(both["round"]).sum()
    assert math.sqrt((of_stated**2).mean()) == pytest.approx(0.91, abs=0.03)
    assert of_stated.autocorr(1) > 0.2, "neighbouring rounds tend to err alike"


@pytest.mark.slow
async def test_models_with_little_of_the_stake_imply_another_meta_model(source: SampleSource) -> None:
    """Why rounds 307 to 321 get none: those whose rows are final there have .9 % in the rounds before."""
    everyone, calendar = await source.everyone(), await source.rounds()
    (rows,) = everyone.pieces()
    left = np.unique(rows.model[(rows.round > 306) & (rows.stake > 0) & rows.resolved])
    alone = TournamentField.of(rows.only(np.isin(rows.model, left)))
    of_all, of_few = (meta_model_of(each, calendar) for each in (everyone, alone))
    inside = [(each.numbers >= 274) & (each.numbers <= 306) for each in (of_all, of_few)]
    assert np.median(of_few.share[inside[1]]) == pytest.approx(0.009, abs=0.001)
    apart = of_few.corr[inside[1]] - of_all.corr[inside[0]]
    assert math.sqrt(np.mean(apart**2)) == pytest.approx(0.024, abs=0.001)
    after = of_all.share[of_all.numbers > 306]
    assert after.size == 15
    assert after.max() < LEAST_SHARE < of_all.share[of_all.numbers <= 306].min()
    assert some(await derived_of(source)).told == "MMC is derived in rounds 182-306"
    assert everyone.kind == EVERYONE
