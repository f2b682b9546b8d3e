"""What the loopback API answers to each root field, over invented data."""

from typing import Any

from tests import numerai_data
from tests.numerai.crowd import Crowd
from tests.numerai.daily import by_day


class Answers:
    """One method a root field, `_` before its name: from the variables of a question to its answer."""

    numbers: range
    largest_page: int
    models: dict[str, numerai_data.Invented]
    crowd: Crowd | None
    announced: dict[str, float] | None
    bios: dict[str, Any]
    account_bios: dict[str, Any]
    discord_ids: dict[str, Any]

    def _model(self, model_id: str) -> numerai_data.Invented | None:
        return next((model for model in self.models.values() if model.id == model_id), None)

    def _v3UserProfile(self, variables: dict[str, Any]) -> numerai_data.Json | None:  # noqa: N802 - the API's word
        model = self.models.get(variables["model_name"].lower())
        if model is None or variables.get("tournament", numerai_data.CLASSIC) not in model.spans:
            return None
        return {
            "id": model.id,
            "startDate": "2024-01-02T00:00:00Z",
            "username": model.name,
            "accountName": model.account,
            "bio": self.bios.get(model.name),
            "nmrStaked": numerai_data.nmr(model.stake) if model.stake else None,
        }

    def _accountProfile(self, variables: dict[str, Any]) -> numerai_data.Json | None:  # noqa: N802
        tournament = variables.get("tournament", numerai_data.CLASSIC)
        owned = [model for model in self.models.values() if model.account == variables["username"].lower()]
        if not owned:
            return None
        linked = self.discord_ids.get(variables["username"].lower())
        return {
            "username": variables["username"].lower(),
            "bio": self.account_bios.get(variables["username"].lower()),
            "discord": None if linked is None else {"userId": linked, "username": "somebody"},
            "models": [
                {"id": model.id, "displayName": model.name, "tournament": tournament}
                for model in owned
                if tournament in model.spans
            ],
        }

    def _v2RoundModelPerformances(self, variables: dict[str, Any]) -> list[numerai_data.Json] | None:  # noqa: N802
        model = self._model(variables["modelId"])
        if model is None:
            return None
        first = variables.get("roundNumberGte") or 0
        numbers = range(max(first, self.numbers.start), self.numbers.stop)
        return list(numerai_data.performances(model, variables["tournament"], numbers))

    def _submissionScores(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        model = self._model(variables["modelId"])
        assert model is not None, variables
        numbers = self.numbers[-(variables.get("lastNRounds") or len(self.numbers)) :]
        rows = numerai_data.performances(model, variables["tournament"], numbers)
        return [
            {
                "roundNumber": row["roundNumber"],
                "roundResolveTime": row["roundResolveTime"],
                "resolved": row["roundResolved"],
                "version": "1",
                **{key: score[key] for key in ("date", "day", "displayName", "percentile", "value")},
            }
            for row in rows
            if "roundNumber" in row
            for score in by_day(model, row["roundNumber"], variables["tournament"])
            if variables.get("displayName") in (None, score["displayName"])
        ]

    def _rounds(self, variables: dict[str, Any]) -> list[numerai_data.Json]:
        wanted = variables.get("number")
        entries = [
            numerai_data.round_entry(number, variables["tournament"], self.announced)
            for number in reversed(self.numbers)
            if wanted in (None, number)
        ]
        return entries[: variables.get("limit")]

    def _roundDetails(self, variables: dict[str, Any]) -> numerai_data.Json | None:  # noqa: N802
        number, tournament = variables["roundNumber"], variables["tournament"]
        if number not in self.numbers:
            return None
        if self.crowd is not None and tournament == numerai_data.CLASSIC:
            return self.crowd.whole_round(number)
        return numerai_data.whole_round(self.models.values(), number, tournament)

    def _pipelineStatus(self, variables: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        moment = numerai_data.when(numerai_data.NOW)
        times = dict.fromkeys(("dataReadyAt", "resolvedAt", "scoredAt", "startedAt"), moment)
        return {**times, "scoreP90Eta": moment, "isScoringDay": True, "tournament": variables["tournament"]}

    def _overview(self, tournament: int) -> numerai_data.Json:
        """What the stake was on the first of each of the last thirty months."""
        days = [f"{2024 + month // 12}-{month % 12 + 1:02}-01" for month in range(5, 35)]
        return {
            "totalAtStake": numerai_data.nmr(700_000.0),
            "totalNetEarnings": numerai_data.nmr(9_000.0),
            "totalAtStakeValues": [
                {"time": f"{day}T00:00:00Z", "value": 500_000.0 + 7_000 * at} for at, day in enumerate(days)
            ],
            "stakedAccounts": [{"date": day, "count": 1_500 - 10 * at} for at, day in enumerate(days)],
            "stakedModels": [{"date": day, "count": 5_000 + tournament} for day in days],
        }

    def _tournamentOverview(self, _: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        return self._overview(numerai_data.CLASSIC)

    def _signalsLeaderboardOverview(self, _: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        return self._overview(numerai_data.SIGNALS)

    def _cryptosignalsLeaderboardOverview(self, _: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        return self._overview(numerai_data.CRYPTO)

    def _latestCurrencyPrice(self, variables: dict[str, Any]) -> numerai_data.Json:  # noqa: N802
        symbols = {key: variables[key] for key in ("baseSymbol", "targetSymbol")}
        return {**symbols, "lastUpdated": "2026-11-20 11:30:00Z", "price": "7.25000000"}

    def _v2Leaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.CLASSIC, variables)

    def _signalsLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.SIGNALS, variables)

    def _cryptosignalsLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        return self._leaderboard(numerai_data.CRYPTO, variables)

    def _leaderboard(self, tournament: int, variables: dict[str, Any]) -> list[numerai_data.Json]:
        rows = [
            {
                "username": model.name,
                "nmrStaked": numerai_data.nmr(model.stake) if model.stake else None,
                "mmcRep": None,
            }
            for model in self.models.values()
            if tournament in model.spans
        ]
        return self._page(rows, variables)

    def _accountLeaderboard(self, variables: dict[str, Any]) -> list[numerai_data.Json]:  # noqa: N802
        stakes: dict[str, float] = {}
        for model in self.models.values():
            if variables.get("tournament", numerai_data.CLASSIC) in model.spans:
                stakes[model.account] = stakes.get(model.account, 0.0) + model.stake
        rows = [
            {
                "username": account,
                "displayName": account.title(),
                "nmrStaked": numerai_data.nmr(stake),
                "return1y": None,
            }
            for account, stake in stakes.items()
        ]
        return self._page(rows, variables)

    def _page(self, rows: list[numerai_data.Json], variables: dict[str, Any]) -> list[numerai_data.Json]:
        start = variables.get("offset") or 0
        ranked = [{**row, "rank": rank} for rank, row in enumerate(rows, 1)]
        return ranked[start : start + min(variables.get("limit") or 50, self.largest_page)]
