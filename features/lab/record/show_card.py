"""The answer on what a track record proves."""

import math
from functools import partial

from features.lab.record.fund import ALIKE, PEERS, FundGap
from features.lab.record.show import BEYOND_SIGHT, TrackRecord
from features.lab.record.show_chart import picture_of_record
from ui.answer import Answer, Choice, Menu, text_field
from ui.card import AMBER, Card, age_line, bullets, section, sections
from ui.text import plain
from wording.numbers import counted, number, percent, score_name, signed, span, whole

SHOW_FIELDS = {
    "name": text_field(
        "name", "Somebody else", "A model or an account", "As it is spelled on the leaderboard"
    )
}
METHOD = (
    "Drawn to everybody's mean: Efron and Morris 1975 · intervals: Lazarus, Lewis, Stock and Watson 2018 · "
    "deflated Sharpe: Bailey and López de Prado 2014 · clusters: Mantegna 1999"
)


def record_answer(found: TrackRecord) -> Answer:
    """The reply to `/record show`."""
    card = Card(
        plain(found.finding.removesuffix(".")),
        f"**{number(found.mean)}** a round in {counted(found.rounds, 'round')}; everybody "
        f"{number(found.everybody)} in the same. {_luck(found)}",
        partial(picture_of_record, found),
        f"**How sure** Its rounds overlap: they are worth {counted(round(found.worth), 'independent one')}. "
        f"{_against(found)}",
        f"{found.source}, {found.span}, final scores{age_line(found.asked_at)}",
        AMBER,
    )
    menu = _menu(found)
    return Answer(card, (menu,), (_luck_page(found), _fund_page(found), _meaning_page(found)))


def _luck(found: TrackRecord) -> str:
    """How much of the lead is luck, in plain words."""
    what = "lead" if found.lead >= 0 else "gap"
    between = f"{_signed(found.likely_low)} to {_signed(found.likely_high)}"
    if not found.kept:
        return f"By everybody's records its {what} of {_signed(found.lead)} is luck; it may be {between}."
    return (
        f"By everybody's records {percent(1 - found.kept)} of its {what} of {_signed(found.lead)} is luck: "
        f"{_signed(found.likely)} is likely ({between})."
    )


def _against(found: TrackRecord) -> str:
    """The difference to the fund on the card, in one line or two."""
    gap = found.gap
    if gap is None:
        return "It has too few rounds to be held against the fund."
    difference = gap.difference
    beside = "the fund" if gap.to_fund else "everybody's mean"
    told = f"Against {beside} {_interval(difference.mean, difference.low, difference.high)}"
    if gap.adds is not None:
        told += f"; what it adds {_interval(gap.adds.mean, gap.adds.low, gap.adds.high)}"
    if math.isnan(gap.deflated):
        return f"{told}."
    tries = counted(round(gap.trials), "different try", "different tries")
    return f"{told}. Ahead beyond the luck of {tries}: probability {_chance(gap.deflated)} (deflated Sharpe)."


def _luck_page(found: TrackRecord) -> Card:
    half = (
        "No number of rounds would make its own record weigh half: none of this score is seen to come again."
        if math.isinf(found.half)
        else f"Its record weighs half after {counted(round(found.half), 'round')}: it has {found.rounds:,}."
    )
    rows = [
        f"Beyond everybody's mean: {_signed(found.lead)} a round, standard error {number(found.error)}.",
        f"What stays of it: {percent(found.kept)} ({percent(found.kept_low)} to {percent(found.kept_high)}, "
        "by how sure it is how much of the score comes again).",
        half,
        f"Rank {found.rank:,} of {counted(found.others.size, 'model')} by the lead as it was.",
        f"Overlap raises the variance of a mean {number(found.inflation)} times.",
    ]
    if not found.is_told:
        rows.append(_clear(found))
    return Card("How much is luck", bullets(rows), small=METHOD, colour=AMBER)


def _clear(found: TrackRecord) -> str:
    if math.isinf(found.clear):
        return "How many rounds it takes to tell it from luck can't be said."
    if found.clear > BEYOND_SIGHT + found.rounds:
        return (
            f"If it goes on like that, it takes more than {BEYOND_SIGHT:,} more rounds to tell it from luck."
        )
    count = counted(round(found.clear), "round")
    return f"If it goes on like that, it is told from luck after {count} in all, four times of five."


def _fund_page(found: TrackRecord) -> Card:
    gap = found.gap
    if gap is None:
        return Card("Against the fund", "It has too few rounds with a fund to be held against.", colour=AMBER)
    heading = "Against the fund" if gap.to_fund else "Against everybody's mean"
    why = "" if gap.to_fund else f"No fund is known in {found.shown}, so it is held against everybody's mean."
    what = "implied CORR of the meta model" if gap.to_fund else "everybody's mean"
    rows = [
        f"Difference to {what} in {counted(gap.rounds, 'round')} of {span(gap.first_round, gap.last_round)}: "
        f"{_interval(gap.difference.mean, gap.difference.low, gap.difference.high)} a round."
    ]
    if gap.adds is not None:
        rows.append(
            "What it adds (CORR less its correlation with the fund x the fund's CORR): "
            f"{_interval(gap.adds.mean, gap.adds.low, gap.adds.high)} a round."
        )
    if not math.isnan(gap.ahead):
        rows.append(
            f"Of {counted(gap.peers, 'model')} with a record like it, {percent(gap.ahead)} were ahead."
        )
    return Card(
        heading,
        sections(why, bullets(rows), section("Deflated Sharpe ratio", _deflated(gap))),
        after=gap.proxy,
        small=METHOD,
        colour=AMBER,
    )


def _deflated(gap: FundGap) -> str:
    if math.isnan(gap.deflated):
        return "It can't be told: too few models to compare with, or a difference that never changes."
    looked = f", counted among the {PEERS} with most rounds" if gap.peers > PEERS else ""
    tries = counted(round(gap.trials), "different try", "different tries")
    return (
        f"{number(gap.sharpe)} a round is the Sharpe ratio of that difference, in rounds worth "
        f"{whole(gap.periods)}. {counted(gap.peers, 'model')} with a record like it are {tries} (r below "
        f"{ALIKE}{looked}), whose ratios spread by {number(gap.spread)}. That it is above the luck of "
        f"the best of them has a probability of {_chance(gap.deflated)}; {_chance(gap.deflated_all)} if "
        "every model were a try of its own. A ratio of the score itself would be high for anybody, since "
        "rounds are good or bad for all."
    )


def _meaning_page(found: TrackRecord) -> Card:
    told = [
        "Luck is judged by everybody's records of this score: what of one round comes again in later ones.",
        "Past rounds say nothing of a model that was changed since.",
        "Behind the fund is no fault: it mixes many predictions, and what one adds to it is another number.",
    ]
    if found.kind == "account":
        told.append(
            f"An account is the mean score of its {counted(found.models, 'model')} in each round; what their "
            "predictions would score together is not public."
        )
    return Card("What this can't say", bullets([*told, *([found.left] if found.left else [])]), colour=AMBER)


def _menu(found: TrackRecord) -> Menu:
    choices = tuple(Choice(score_name(each), {"score": each}) for each in found.scores)
    chosen = next(each for each in choices if each.change == {"score": found.score})
    return Menu("score", (*choices, Choice("Somebody else …", "name")), chosen)


def _signed(value: float) -> str:
    """A difference with its sign and four decimals at most."""
    return signed(value, "").strip()


def _interval(mean: float, low: float, high: float) -> str:
    return f"{_signed(mean)} ({_signed(low)} to {_signed(high)})"


def _chance(share: float) -> str:
    return "under .01" if share < 0.01 else "over .99" if share > 0.99 else f"{share:.2f}".removeprefix("0")
