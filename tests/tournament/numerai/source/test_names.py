"""Who there is according to a live source: found by asking, and known behind the scenes."""

from datetime import timedelta

import pytest

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import eventually
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource
from tournament.source import EVERYONE, Names, Source, SourceError


async def test_it_is_a_source_that_says_what_it_is(live: NumeraiSource) -> None:
    source: Source = live
    assert (source.label, source.tournament) == ("Numerai Classic", "classic")


async def test_a_model_is_found_by_asking_for_it(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.find("  late_starter ") == "late_starter"
    assert [asked.variables["tournament"] for asked in api.asked("v3UserProfile")] == [8]
    history = await live.history("late_starter")
    assert (history.name, history.kind, history.models) == ("late_starter", "model", ("late_starter",))


async def test_an_account_is_its_models(live: NumeraiSource) -> None:
    assert await live.find("drifters") == "drifters"
    history = await live.history("drifters")
    assert (history.kind, history.models) == ("account", ("drifter", "drifter_2"))


@pytest.mark.slow
async def test_a_name_of_both_means_the_account_unless_the_model_is_all_it_has(live: NumeraiSource) -> None:
    assert (await live.history("tidewater")).kind == "account"
    assert len((await live.history("tidewater")).models) == 10
    assert (await live.history("tidewater_2")).kind == "model"
    assert (await live.history("solo_wren")).kind == "model"


@pytest.mark.parametrize(
    "typed", ["nobody_at_all", "", "   ", "harbor_light", "Ωμέγα", "x" * 100, '"}) { evil }']
)
async def test_nobody_is_nobody(live: NumeraiSource, typed: str) -> None:
    assert await live.find(typed) is None


async def test_an_unknown_name_has_no_history(live: NumeraiSource) -> None:
    with pytest.raises(KeyError, match="nobody_at_all"):
        await live.history("nobody_at_all")


async def test_everyone_is_always_there(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.find("Everyone") == EVERYONE
    assert api.asked("v3UserProfile") == []


async def test_names_come_behind_the_scenes(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.names() == Names((), ())

    async def has_accounts() -> bool:
        return bool((await live.names()).accounts)

    await eventually(has_accounts)
    names = await live.names()
    classic = [model.name for model in api.models.values() if numerai_data.CLASSIC in model.spans]
    assert names.models == tuple(sorted(classic))
    assert "hundred_herons" in names.accounts
    assert "harbor" not in names.accounts
    pages = [asked.variables["offset"] for asked in api.asked("v2Leaderboard")]
    assert pages == [0, 200, len(classic)]  # the server's pages are smaller than what was asked for

    assert await live.find("TIDEWATER_3") == "tidewater_3"
    assert api.asked("v3UserProfile") == []


async def test_names_are_remembered_and_read_again_when_they_are_old(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.refresh_board()
    await live.close()
    asked = len(api.requests)
    again = source_of("classic", api, database, present)
    assert "tidewater" in (await again.names()).models
    assert len(api.requests) == asked
    present.moment += timedelta(hours=6)
    api.models["newcomer"] = numerai_data.Invented("newcomer", "newcomers", 1.0)
    api.forget()

    async def has_newcomer() -> bool:
        return "newcomer" in (await again.names()).models

    await eventually(has_newcomer)
    await again.close()


async def test_a_name_that_is_gone_since_is_a_sentence(live: NumeraiSource, api: LoopbackNumerai) -> None:
    await live.refresh_board()
    del api.models["late_starter"]
    name = await live.find("late_starter")
    assert name == "late_starter"
    with pytest.raises(SourceError, match="no longer knows anybody called late_starter"):
        await live.history(name)
