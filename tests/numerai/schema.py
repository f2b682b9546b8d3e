"""The part of Numerai's GraphQL schema that the bot and numerapi ask, as it is documented."""

SCHEMA = """
enum RoundStatus { OPEN RESOLVED CLOSED }

type Query {
  v3UserProfile(model_name: String!, tournament: Int): Profile
  accountProfile(username: String!, tournament: Int): Account
  v2RoundModelPerformances(modelId: String!, tournament: Int!, roundNumberGte: Int, lastNRounds: Int):
    [Performance] @deprecated(reason: "ask submissionScores")
  submissionScores(modelId: ID!, displayName: String, version: String, day: Int, resolved: Boolean,
    tournament: Int, lastNRounds: Int, distinctOnRound: Boolean): [SubmissionScore]
  rounds(tournament: Int, number: Int, target: String, status: RoundStatus, limit: Int): [Round]
  roundDetails(tournament: Int!, roundNumber: Int!): RoundDetails
  pipelineStatus(tournament: String!, date: String): Pipeline
  tournamentOverview: Overview
  signalsLeaderboardOverview: Overview
  cryptosignalsLeaderboardOverview: Overview
  latestCurrencyPrice(baseSymbol: String!, targetSymbol: String!): Price
  v2Leaderboard(limit: Int, offset: Int): [ModelRank]
  signalsLeaderboard(limit: Int, offset: Int): [ModelRank]
  cryptosignalsLeaderboard(limit: Int, offset: Int): [ModelRank]
  accountLeaderboard(limit: Int, offset: Int, tournament: Int): [AccountRank]
}

type Profile { id: ID startDate: String username: String accountName: String bio: String nmrStaked: String }

type Account { username: String bio: String models: [AccountModel] discord: DiscordAccount }

type DiscordAccount { userId: String username: String }

type AccountModel { id: ID displayName: String tournament: Int }

type Performance {
  atRisk: String
  payoutMultipliers: [Multiplier]
  prevWeekChurnMax: Float
  prevWeekTurnoverMax: Float
  churnThreshold: Float
  turnoverThreshold: Float
  roundNumber: Int
  roundOpenTime: String
  roundPayoutFactor: String
  roundResolved: Boolean
  roundResolveTime: String
  roundTarget: String
  submissionScores: [Score]
}

type Multiplier {
  id: ID scoreConfigId: ID name: String version: String displayName: String multiplier: Float
}

type Score {
  date: String
  day: Int
  displayName: String
  payoutPending: String
  payoutSettled: String
  percentile: Float
  value: Float
}

type SubmissionScore {
  roundId: ID submissionId: ID roundNumber: Int roundResolveTime: String roundScoreTime: String
  roundCloseStakingTime: String value: Float percentile: Float displayName: String version: String
  date: String day: Int resolveDate: String resolved: Boolean
}

type Round {
  id: ID
  tournament: Int
  number: Int
  target: String
  openTime: String
  closeTime: String
  closeStakingTime: String
  scoreTime: String
  resolveTime: String
  resolvedGeneral: Boolean
  resolvedStaking: Boolean
  payoutFactor: String
  stakeThreshold: Float
  dataDatestamp: Int
  roundScoreConfigs: [ScoreConfig]
}

type ScoreConfig {
  id: ID scoreConfigId: ID name: String version: String displayName: String
  roundNumberStart: Int roundNumberEnd: Int
  totalScoreDays: Int returnsLagDays: Int dataDelayDays: Int universe: String
  isCanonScore: Boolean isPayout: Boolean scoringStart: String scoringEnd: String
  minMultiplier: Float maxMultiplier: Float defaultMultiplier: Float
  clipThreshold: Float stakeThreshold: Float payoutFactor: String
}

type RoundDetails {
  roundNumber: Int tournament: Int status: String roundTarget: String roundResolved: Boolean
  roundResolveTime: String openTime: String closeTime: String closeStakingTime: String scoreTime: String
  scoresUpdatedTime: String isDaily: Boolean payoutFactor: String totalAtStake: Float totalPayout: String
  totalEarned: String totalBurned: String totalStakes: Int totalSubmitted: Int
  payoutMultipliers: [DisplayMultiplier]
  models: [RoundModel]
}

type Overview {
  totalAtStake: String totalNetEarnings: String
  totalAtStakeValues: [StakeAt] stakedAccounts: [Count] stakedModels: [Count]
}

type StakeAt { time: String value: Float }

type Count { date: String count: Int }

type DisplayMultiplier { displayName: String multiplier: Float }

type RoundModel {
  id: ID modelName: String team: Boolean
  selectedStakeValue: String payoutPending: String payoutSettled: String
  corr: Float corr20: Float v2Corr20: Float corr60: Float corrV4: Float fnc: Float fncV3: Float fncV4: Float
  mmc: Float mmc60: Float bmc: Float tc: Float alpha: Float mpc: Float ncorr: Float nmmc: Float
  corrWMetaModel: Float cwmm: Float apcwnm: Float apcwsm: Float mcwnm: Float mcwsm: Float
}

type Pipeline {
  dataReadyAt: String isScoringDay: Boolean resolvedAt: String scoredAt: String startedAt: String
  scoreP90Eta: String resolveP90Eta: String
  tournament: String
}

type Price { baseSymbol: String targetSymbol: String lastUpdated: String price: String }

type ModelRank {
  nmrStaked: String rank: Int prevRank: Int username: String team: Boolean sharpe: Float today: Float
  corr20Rep: Float corr20V2Rep: Float corj60Rep: Float fncRep: Float fncV3Rep: Float tcRep: Float tcRank: Int
  mmc: Float mmcRep: Float mmcRank: Int bmcRep: Float icRep: Float icRank: Int corrRep: Float
  return_1_day: Float return_52_weeks: Float return_13_weeks: Float
}

type AccountRank {
  displayName: String nmrStaked: String rank: Int username: String
  v2Corr20: Float cort20: Float corJ60: Float corrV4: Float fncV4: Float icV2: Float mmc: Float ric: Float
  return1y: Float return3m: Float returnAllTime: Float
  return1yNmr: Float return3mNmr: Float returnAllTimeNmr: Float
}
"""
