"""What Numerai's API is asked: the documented questions, with no more fields than the bot reads."""

MODEL = """
query($model_name: String! $tournament: Int) {
  v3UserProfile(model_name: $model_name tournament: $tournament) { id username }
}
"""

# the same profile, with what a member can prove who they are by
PROFILE = """
query($model_name: String! $tournament: Int) {
  v3UserProfile(model_name: $model_name tournament: $tournament) { id username accountName bio }
}
"""

ACCOUNT = """
query($username: String! $tournament: Int) {
  accountProfile(username: $username tournament: $tournament) { models { id displayName tournament } }
}
"""

# deprecated, but its replacement has neither stakes nor multipliers nor payouts
PERFORMANCES = """
query($modelId: String! $tournament: Int!) {
  v2RoundModelPerformances(modelId: $modelId tournament: $tournament) {
    atRisk
    payoutMultipliers { name displayName multiplier }
    roundNumber
    roundPayoutFactor
    roundResolved
    roundResolveTime
    submissionScores { day displayName payoutPending payoutSettled value }
  }
}
"""

ROUNDS = """
query($tournament: Int) {
  rounds(tournament: $tournament) {
    number openTime resolveTime resolvedGeneral payoutFactor stakeThreshold
  }
}
"""

# asked for one round at a time: over all rounds it would be megabytes
ROUND_RULE = """
query($tournament: Int $number: Int) {
  rounds(tournament: $tournament number: $number) {
    number openTime payoutFactor stakeThreshold
    roundScoreConfigs {
      name displayName isPayout minMultiplier maxMultiplier defaultMultiplier
      clipThreshold stakeThreshold payoutFactor
    }
  }
}
"""

PRICE = """
query($baseSymbol: String! $targetSymbol: String!) {
  latestCurrencyPrice(baseSymbol: $baseSymbol targetSymbol: $targetSymbol) { lastUpdated price }
}
"""

_MODEL_LEADERBOARD = """
query($limit: Int! $offset: Int!) {{
  {root}(limit: $limit offset: $offset) {{ username nmrStaked }}
}}
"""

# tournament -> the question, and the name its answer comes under
MODEL_LEADERBOARDS = {
    tournament: (_MODEL_LEADERBOARD.format(root=root), root)
    for tournament, root in {
        "classic": "v2Leaderboard",
        "signals": "signalsLeaderboard",
        "crypto": "cryptosignalsLeaderboard",
    }.items()
}

ACCOUNT_LEADERBOARD = """
query($limit: Int! $offset: Int! $tournament: Int) {
  accountLeaderboard(limit: $limit offset: $offset tournament: $tournament) { username nmrStaked }
}
"""
