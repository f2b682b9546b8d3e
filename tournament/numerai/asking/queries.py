"""What Numerai's API is asked: the documented questions, with no more fields than the bot reads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Fields = Mapping[str, Any]  # a field's name -> the fields under it, empty for a plain value


@dataclass(frozen=True)
class Query:
    """One question: its root field, the arguments with their types, and the fields that are read.

    fields and needs are written as in a query; what is not needed is left out where the API has it no more.
    `lost` says for such a field what can't be answered then.
    """

    says: str
    root: str
    takes: Mapping[str, str]
    fields: str
    needs: str
    lost: Mapping[str, str] = field(default_factory=dict)
    narrows: Mapping[str, str] = field(default_factory=dict)  # arguments that are given where they are known
    if_known: str = ""  # of the fields, those that are asked for only where the API is known to have them

    def paths(self) -> tuple[str, ...]:
        """Every field that is read, like "submissionScores.value"."""
        return tuple(_paths(parsed(self.fields)))

    def needed(self) -> frozenset[str]:
        """The paths without which there is no answer."""
        return frozenset(_paths(parsed(self.needs)))

    def uncertain(self) -> frozenset[str]:
        """The paths that are asked for only where the API is known to have them."""
        paths = list(_paths(parsed(self.if_known)))
        return frozenset(path for path in paths if not any(each.startswith(f"{path}.") for each in paths))

    def text(
        self, *, without: frozenset[str] = frozenset(), takes: Mapping[str, tuple[str, str]] | None = None
    ) -> str:
        """The query, without these paths.

        takes: how the API spells an argument and which type it has, where that is known.
        """
        told = {name: (name, kind) for name, kind in self.takes.items()} | dict(takes or {})
        declared = " ".join(f"${name}: {kind}" for name, (_, kind) in told.items())
        given = " ".join(f"{spelled}: ${name}" for name, (spelled, _) in told.items())
        fields = _written(parsed(self.fields), without)
        if not told:
            return f"query {{ {self.root} {fields} }}"
        return f"query({declared}) {{ {self.root}({given}) {fields} }}"


# how an argument is spelled elsewhere: documents of the API differ
OTHER_SPELLINGS = MappingProxyType({"model_name": "modelName"})

_NAMED = {"username": "String!", "tournament": "Int"}
_OF_MODEL = {"model_name": "String!", "tournament": "Int"}
_PAGE = {"limit": "Int!", "offset": "Int!"}

MODEL = Query("whether there is a model", "v3UserProfile", _OF_MODEL, "id username", "id username")

# the same profile, with what a member can prove who they are by
PROFILE = Query(
    "whose a model is and what its bio says",
    "v3UserProfile",
    _OF_MODEL,
    "id username accountName bio",
    "id username accountName bio",
)

ACCOUNT = Query(
    "the models of an account",
    "accountProfile",
    _NAMED,
    "models { id displayName tournament }",
    "models { id displayName }",
    {"models.tournament": "which tournament a model of an account is in"},
)

# the same account, with what a member can prove who they are by
OWNER = Query(
    "whose an account is",
    "accountProfile",
    _NAMED,
    "bio models { id displayName tournament } discord { userId }",
    "models { id displayName }",
    {"discord": "which Discord account an owner has linked", "bio": "the bio of an account"},
)

# deprecated, but its successor has neither what was at risk nor the multipliers of a round
PERFORMANCES = Query(
    "a model's rounds",
    "v2RoundModelPerformances",
    {"modelId": "String!", "tournament": "Int!"},
    "atRisk payoutMultipliers { name displayName multiplier } roundNumber roundPayoutFactor roundResolved "
    "roundResolveTime prevWeekChurnMax prevWeekTurnoverMax churnThreshold turnoverThreshold "
    "submissionScores { day displayName payoutPending payoutSettled value }",
    "atRisk roundNumber roundResolved submissionScores { displayName value }",
    {
        "payoutMultipliers": "the multipliers of a round",
        "prevWeekChurnMax": "churn",
        "prevWeekTurnoverMax": "turnover",
        "roundPayoutFactor": "payout factors",
        "submissionScores.payoutPending": "payouts so far",
        "submissionScores.payoutSettled": "payouts",
    },
    {"roundNumberGte": "Int"},
    "prevWeekChurnMax prevWeekTurnoverMax churnThreshold turnoverThreshold",
)

# with what a round's scores were on each day: asked only for who wants to know where an open round may end
DAILY = Query(
    "a model's scores day by day",
    "submissionScores",
    {"modelId": "ID!", "tournament": "Int"},
    "day displayName roundNumber value",
    "day displayName roundNumber value",
    narrows={"lastNRounds": "Int"},
)

ROUNDS = Query(
    "the rounds",
    "rounds",
    {"tournament": "Int"},
    "number openTime resolveTime resolvedGeneral payoutFactor stakeThreshold",
    "number openTime",
    {"payoutFactor": "payout factors and the stake at risk in all", "resolveTime": "when a round resolves"},
)

# asked for one round at a time: over all rounds it would be megabytes
ROUND_RULE = Query(
    "the rule that a round announces",
    "rounds",
    {"tournament": "Int", "number": "Int"},
    "number openTime payoutFactor stakeThreshold roundScoreConfigs { name displayName isPayout minMultiplier "
    "maxMultiplier defaultMultiplier clipThreshold stakeThreshold payoutFactor }",
    "number openTime roundScoreConfigs { displayName isPayout defaultMultiplier }",
    {"roundScoreConfigs.clipThreshold": "the clip that a round announces"},
)

PRICE = Query(
    "the price of NMR",
    "latestCurrencyPrice",
    {"baseSymbol": "String!", "targetSymbol": "String!"},
    "lastUpdated price",
    "lastUpdated price",
)

# one of each tournament
MODEL_LEADERBOARDS: Mapping[str, Query] = MappingProxyType(
    {
        tournament: Query(
            f"the models of {tournament.title()}", root, _PAGE, "username nmrStaked", "username",
            {"nmrStaked": "the stake of a model"},
        )
        for tournament, root in {
            "classic": "v2Leaderboard",
            "signals": "signalsLeaderboard",
            "crypto": "cryptosignalsLeaderboard",
        }.items()
    }
)  # fmt: skip

# the scores that a tournament is or was lately paid by, and what people call them
_SCORES = {
    "classic": {"v2Corr20": "CORR", "mmc": "MMC", "corr60": "CORR60", "mmc60": "MMC60"},
    "signals": {
        "alpha": "Alpha", "mpc": "MPC", "fncV4": "FNCv4", "mmc": "MMC", "ncorr": "NCORR", "nmmc": "NMMC",
    },
    "crypto": {"corr": "CORR", "mmc": "MMC"},
}  # fmt: skip
_LIKENESS = "corrWMetaModel apcwnm mcwnm"

# every model of a round at once, some megabytes; one of each tournament, for each is paid by other scores
ROUND_DETAILS: Mapping[str, Query] = MappingProxyType(
    {
        tournament: Query(
            f"whole rounds of {tournament.title()}",
            "roundDetails",
            {"tournament": "Int!", "roundNumber": "Int!"},
            "roundNumber roundResolved roundResolveTime payoutFactor totalAtStake "
            "payoutMultipliers { displayName multiplier } "
            "models { id modelName selectedStakeValue payoutPending payoutSettled "
            f"{' '.join(scores)} {_LIKENESS} }}",
            "roundNumber models { modelName }",
            {
                "totalAtStake": "how much of a round's stake everyone is",
                "payoutMultipliers": "what everyone was paid by",
                "models.selectedStakeValue": "the stake of everyone",
                "models.payoutSettled": "what everyone was paid",
            }
            | {f"models.{field}": f"everyone's {score}" for field, score in scores.items()},
            if_known="models { ncorr nmmc }" if "ncorr" in scores else "",
        )
        for tournament, scores in _SCORES.items()
    }
)

ACCOUNT_LEADERBOARD = Query(
    "the accounts",
    "accountLeaderboard",
    {**_PAGE, "tournament": "Int"},
    "username nmrStaked",
    "username",
    {"nmrStaked": "the stake of an account"},
)

# whether the scores of the day are out; Crypto has no such page
PIPELINES = MappingProxyType({"classic": "classic", "signals": "signals"})
PIPELINE = Query(
    "whether the day's scores are out",
    "pipelineStatus",
    {"tournament": "String!"},
    "isScoringDay scoredAt scoreP90Eta",
    "scoredAt",
    {"isScoringDay": "on which days there are scores", "scoreP90Eta": "when scores are expected"},
    if_known="scoreP90Eta",
)

# years of total stake and of who stakes; one of each tournament
OVERVIEWS: Mapping[str, Query] = MappingProxyType(
    {
        tournament: Query(
            f"the history of stake in {tournament.title()}",
            root,
            {},
            "totalAtStakeValues { time value } stakedAccounts { date count } stakedModels { date count }",
            "",
            {
                "totalAtStakeValues": "how the total stake changed",
                "stakedAccounts": "how many accounts stake",
                "stakedModels": "how many models have a stake",
            },
            if_known="stakedAccounts { date count } stakedModels { date count }"
            if tournament != "classic"
            else "",
        )
        for tournament, root in {
            "classic": "tournamentOverview",
            "signals": "signalsLeaderboardOverview",
            "crypto": "cryptosignalsLeaderboardOverview",
        }.items()
    }
)

ALL = (
    *MODEL_LEADERBOARDS.values(),
    ACCOUNT_LEADERBOARD,
    MODEL,
    PROFILE,
    ACCOUNT,
    OWNER,
    PERFORMANCES,
    DAILY,
    ROUNDS,
    ROUND_RULE,
    *ROUND_DETAILS.values(),
    PRICE,
    PIPELINE,
    *OVERVIEWS.values(),
)

_TYPE = "{ name ofType { name ofType { name ofType { name } } } }"
# which fields there are, those that are deprecated included: the bot reads some
INTROSPECTION = (
    "query { __schema { "
    f"queryType {{ fields(includeDeprecated: true) {{ name type {_TYPE} "
    "args { name type { kind name ofType { kind name ofType { kind name } } } } } } "
    f"types {{ name fields(includeDeprecated: true) {{ name type {_TYPE} }} }} }} }}"
)


def parsed(text: str) -> Fields:
    """Fields as written in a query, by name."""
    levels: list[dict[str, Any]] = [{}]
    last: dict[str, Any] = levels[0]
    for word in re.findall(r"\w+|[{}]", text):
        if word == "{":
            levels.append(last)
        elif word == "}":
            levels.pop()
        else:
            last = levels[-1][word] = {}
    return levels[0]


def _paths(fields: Fields, above: str = "") -> Iterator[str]:
    for name, under in fields.items():
        yield f"{above}{name}"
        yield from _paths(under, f"{above}{name}.")


def _written(fields: Fields, without: frozenset[str], above: str = "") -> str:
    words = [
        f"{name} {_written(under, without, f'{above}{name}.')}" if under else name
        for name, under in fields.items()
        if f"{above}{name}" not in without
    ]
    return f"{{ {' '.join(words)} }}"
