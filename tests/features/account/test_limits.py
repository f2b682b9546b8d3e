"""Churn and turnover over their limits, or close to them, are told where one looks at one's account."""

import json
from typing import Any

import pytest

from features.account.account_card import account_card
from features.account.link import LinkedAccount, link_account
from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Json, Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.notices import near_limits
from tournament.numerai.source import NumeraiSource

pytestmark = pytest.mark.slow


class Churning(LoopbackNumerai):
    """An API that tells the churn of each model: this much in the round, twice that a round before."""

    def __init__(self, churn: dict[str, Any]) -> None:
        super().__init__(first_round=1395)
        self.churn = churn

    def _v2RoundModelPerformances(self, variables: dict[str, Any]) -> list[Json]:  # noqa: N802
        model = self._model(variables["modelId"])
        assert model is not None
        told = self.churn.get(model.name)
        more = {"prevWeekChurnMax": told, "churnThreshold": "0.15", "prevWeekTurnoverMax": 0.1}
        rows = super()._v2RoundModelPerformances(variables) or []
        return [
            {**row, **more, "turnoverThreshold": 0.25, "prevWeekChurnMax": told if at == 0 else 0.5}
            for at, row in enumerate(rows)
        ]


async def linked(database: Database, api: LoopbackNumerai, name: str, *, look: bool = True) -> LinkedAccount:
    live = NumeraiSource(database, tournament="signals", address=api.address, now=Present(), patience=CALM)
    if look:
        await live.look_at_schema()
    account = await link_account(database, live, 1, name, numerai_data.NOW)
    await live.close()
    return account


@pytest.mark.parametrize(
    ("churn", "words"),
    [
        (0.162, "had a churn of 16.2 % in its last week, over the limit of 15.0 %."),
        (0.14, "had a churn of 14.0 % in its last week, close to the limit of 15.0 %."),
        ("0.140", "had a churn of 14.0 % in its last week, close to the limit of 15.0 %."),
        (0.05, ""),
    ],
)
async def test_a_limit_that_is_near_is_told(database: Database, churn: Any, words: str) -> None:
    async with Churning({"harbor_light": churn}) as api:
        account = await linked(database, api, "harbor_light")
        assert account.warnings == ((f"harbor_light {words}",) if words else ())
        assert ("**Mind** harbor" in account_card(account).after) == bool(words)


@pytest.mark.parametrize("churn", [None, "much", [], -1e30, 1e30, True])
async def test_what_is_no_share_warns_of_nothing(database: Database, churn: Any) -> None:
    async with Churning({"harbor_light": churn}) as api:
        warned = (await linked(database, api, "harbor_light")).warnings
        # the newest that is told at all counts
        assert all("50.0 %" in each for each in warned) or churn == 1e30
        assert json.dumps(warned)


async def test_an_api_without_churn_is_asked_for_the_rest(database: Database) -> None:
    async with Churning({"harbor_light": 0.2}) as api:
        for line in ("prevWeekChurnMax: Float", "prevWeekTurnoverMax: Float"):
            api.change(line, "")
        assert (await linked(database, api, "harbor_light")).warnings == ()


async def test_churn_is_asked_for_only_where_it_is_known_to_be_told(database: Database) -> None:
    async with Churning({"harbor_light": 0.2}) as api:
        assert (await linked(database, api, "harbor_light", look=False)).warnings == ()
        [asked] = api.asked("v2RoundModelPerformances")
        assert "Churn" not in asked.query


def test_many_warnings_are_two_and_a_number() -> None:
    names = [f"model_{n}" for n in range(5)]
    told = near_limits(
        {name: {"limits": {"churn": [0.15 + at / 100, 0.15]}} for at, name in enumerate(names)}
    )
    assert [each.split()[0] for each in told] == names[::-1]
