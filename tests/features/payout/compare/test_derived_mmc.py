"""Rules that pay by MMC on rounds that never published it: as pandas has it, labelled, and with its error."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_card, comparison_pages
from features.payout.compare_chart import picture_of_comparison
from features.payout.several import several_payouts
from features.payout.several_card import several_card
from tests.features.meta_model.test_derived import made, two_rounds
from tests.features.payout.compare.by_pandas import ACCOUNT, MODEL, ONE_THREE
from tournament.sample import FOLDER, SampleSource
from tournament.source import EVERYONE
from wording.numbers import number

LARGEST = "model_07585"
TODAY, OWED = "0.5xCORR + 2xMMC", np.array([0.006, 0.0048, -0.0156])


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Final rows of rounds 274 to 306 with an MMC that pandas derives, by the scale that it fits."""
    every = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
    every = every[every["round"] < 307].dropna(subset=["corr", "corr_with_meta_model"])
    stake = every["stake_nmr"].fillna(0)
    by_round = every.assign(above=stake * every["corr"], below=stake * every["corr_with_meta_model"]).groupby(
        "round"
    )
    whole = by_round["above"].transform("sum") / by_round["below"].transform("sum")
    every = every.assign(owed=every["corr"] - every["corr_with_meta_model"] * whole)
    paid = pd.read_csv(FOLDER / "payouts_paid.csv.gz")
    paid = paid[(paid["second_score_name"] == "mmc") & (paid["round"] < 274)]
    both = every.merge(paid[["model", "round", "second_score"]], on=["model", "round"])
    k = (both["second_score"] * both["owed"]).sum() / (both["owed"] ** 2).sum()
    rmse = math.sqrt(((both["second_score"] - k * both["owed"]) ** 2).mean())
    found = every[every["round"] > 273].assign(mmc=lambda frame: k * frame["owed"])
    found.attrs["rmse"] = rmse
    return found[(found["stake_nmr"] > 0) & found["payout_nmr"].notna()]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "column"), [(EVERYONE, None), (MODEL, "model"), (ACCOUNT, "account")])
@pytest.mark.parametrize(
    ("rule", "corr", "tc", "mmc"), [(TODAY, 0.5, 0, 2), ("3C + 15M", 3, 0, 15), ("1C1T1M", 1, 1, 1)]
)
async def test_it_pays_what_pandas_derives(
    source: SampleSource,
    rows: pd.DataFrame,
    name: str,
    column: str | None,
    rule: str,
    corr: float,
    tc: float,
    mmc: float,
) -> None:
    found = await compare_payouts(source, name, rule, rounds="280-306")
    own = rows[(rows["round"] >= 280) & ((rows[column] == name) if column else True)]
    own = own[own["tc"].notna() | (tc == 0)]
    score = corr * own["corr"] + tc * own["tc"].fillna(0) + mmc * own["mmc"]
    pay = own["stake_nmr"] * (own["payout_factor"] * score).clip(-0.25, 0.25)
    by_round = pay.groupby(own["round"]).sum()
    np.testing.assert_array_equal(found.rounds, by_round.index)
    np.testing.assert_allclose(found.proposed.by_round, by_round, rtol=1e-9, atol=1e-9)
    assert found.derived is not None
    assert (found.derived.rows, found.derived.of) == (len(own), len(own))
    # the error that is stated: the rmse of the MMC in all rows of a round alike
    off = (mmc * rows.attrs["rmse"] * own["payout_factor"] * own["stake_nmr"]).groupby(own["round"]).sum()
    assert found.derived.error == pytest.approx(math.sqrt((off**2).mean()))


@pytest.mark.slow
async def test_what_rests_on_it_says_so_and_how_well_it_is_known(source: SampleSource) -> None:
    found = await compare_payouts(source, EVERYONE, TODAY)
    assert found.derived is not None
    assert found.span == "rounds 287-306"
    assert found.heading.endswith(" less in rounds 287-306; 37,428 less over all 105 (MMC derived)")
    assert found.finding.endswith(" NMR less over all 105 (MMC derived).")
    small = "MMC derived in 287-306 (k 0.79, r 0.93, rmse 0.0044)"
    assert comparison_card(found, "").small.endswith(f" · {small}")
    pages = "\n".join(card.text for card in comparison_pages(found))
    assert "MMC is derived: 0.7939 x (CORR - correlation with the meta model x its CORR), fitted to" in pages
    stands = f"It stands in {found.rows:,} of {found.rows:,} rows compared, rounds 287-306. It is MMC at the"
    assert stands in pages
    off = "An MMC that is off by its rmse moves the difference by 400.0 NMR in a typical round, less where"
    assert off.replace("400.0", number(found.derived.error)) in pages
    picture = picture_of_comparison(found, titled=True)
    assert picture.png
    percent = await compare_payouts(source, MODEL, TODAY, unit="%")
    assert percent.derived is not None
    sentence = percent.derived.sentences[-1]
    assert f"moves the difference by {percent.derived.error:.4f} points of stake in a typical" in sentence


async def test_published_rows_keep_theirs_and_the_rest_is_counted(source: SampleSource) -> None:
    found = await compare_payouts(source, EVERYONE, TODAY, rounds="230-240")
    assert found.derived is not None
    assert 0 < found.derived.rows < found.derived.of == found.rows
    some = f"It stands in {found.derived.rows:,} of {found.rows:,} rows compared, rounds 230-240; the others"
    assert any(sentence.startswith(some) for sentence in found.assumptions)


async def test_only_the_difference_of_two_rules_by_mmc_is_off(source: SampleSource) -> None:
    async def error(proposed: str, current: str) -> float:
        found = await compare_payouts(source, MODEL, proposed, current=current)
        assert found.derived is not None
        return found.derived.error

    two = await error("2M", "1C")
    assert await error("1C", "2M") == pytest.approx(two)
    assert await error("3M", "1M") == pytest.approx(two)
    assert await error("1C1M", "1M") == 0


async def test_other_stakes_are_off_by_their_share(source: SampleSource) -> None:
    async def error(**asked: Any) -> float:
        found = await compare_payouts(source, MODEL, "1C2M", current="1C", stake=50, **asked)
        assert found.derived is not None
        return found.derived.error

    share = await error(unit="%") / 100
    assert await error() == pytest.approx(50 * share)
    assert await error(basis="fixed") == pytest.approx(50 * share)
    assert await error(basis="per-round") == pytest.approx(50 * share / 5)


async def test_nothing_is_said_where_no_mmc_is_paid(source: SampleSource) -> None:
    found = await compare_payouts(source, EVERYONE, ONE_THREE)
    assert found.derived is None
    assert "derived" not in f"{found.finding}{found.heading}{found.how_sure}{found.assumptions}"
    assert "derived" not in comparison_card(found, "").small


async def test_rounds_in_which_it_cannot_be_derived_say_in_which_it_can(source: SampleSource) -> None:
    for rounds in ("311-321", "322-325"):
        with pytest.raises(ValueError, match="without a score that the proposed rule pays") as caught:
            await compare_payouts(source, EVERYONE, TODAY, rounds=rounds)
        assert str(caught.value).endswith(" pays. MMC is derived in rounds 182-306. Try other rounds.")


async def test_several_rules_are_labelled_too(source: SampleSource) -> None:
    found = await several_payouts(source, [LARGEST], [ONE_THREE, TODAY, "2C1T"])
    assert found.derived is not None
    card = several_card(found, "")
    assert card.heading.endswith(" in rounds 287-306 (MMC derived)")
    assert "MMC derived in 287-306 (k 0.79, r 0.93, rmse 0.0044)" in card.small
    without = await several_payouts(source, [LARGEST], [ONE_THREE, "1C", "2C1T"])
    assert without.derived is None
    assert "derived" not in several_card(without, "").small


async def test_two_rounds_by_hand() -> None:
    """The second round had no MMC: .8 x what each adds, exactly, at factor 1."""
    rows = two_rounds()
    rows = replace(rows, round=rows.round + 309)
    source = made(replace(rows, payout=rows.stake * rows.scores["corr"]))
    found = await compare_payouts(source, EVERYONE, "1xCORR + 10xMMC", rounds="all")
    corr = np.array([0.02, 0.03, -0.01])
    pay = np.array([100.0, 200.0, 100.0]) @ np.clip(corr + 8 * OWED, -0.25, 0.25)
    np.testing.assert_allclose(found.proposed.by_round, [pay, pay])
    np.testing.assert_allclose(found.current.by_round, 7.0)
    assert found.derived is not None
    assert (found.derived.rows, found.derived.of, found.derived.rounds.tolist()) == (3, 6, [317])
    own = await compare_payouts(source, "owl_1", "10xMMC", rounds="all")
    np.testing.assert_allclose(own.proposed.by_round, 200 * 8 * 0.0048)


async def test_while_nobodys_rows_are_read_the_data_has_no_mmc() -> None:
    rows = two_rounds()
    alone = replace(made(replace(rows, scores={"corr": rows.scores["corr"]})), live=True)

    class Unread(type(alone)):  # type: ignore[misc]
        async def everyone(self) -> Any:
            return await replace(alone, rows=None).everyone()

        async def history(self, name: str) -> Any:
            return await alone.history(name)

    source = Unread(**vars(alone))
    with pytest.raises(
        ValueError, match=r"^This data has no MMC, so that rule can't be priced\. It has CORR"
    ):
        await compare_payouts(source, "owl_1", "1xCORR + 2xMMC")
