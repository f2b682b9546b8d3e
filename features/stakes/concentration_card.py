"""The answers on who holds the stake: how concentrated it is, how that changed, and one holder among all."""

import math
from functools import partial

from features.stakes.concentration import REFITS, REJECTED, RIVALS, SPREAD_REFITS, StakeConcentration, Tail
from features.stakes.concentration_chart import picture_of_holder, picture_of_lorenz, picture_of_tail
from features.stakes.history import StakeHistory
from features.stakes.history_chart import picture_of_stake_history
from features.stakes.holders import Holder
from features.stakes.moments import Moments
from scoring.tails import TailComparison
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, BLUE, GREEN, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import amount, counted, number, p_told, percent, whole

GUESSED = "Accounts are guesses from the models' names: one wrong guess can change every number."
MEASURES = (
    "Half: the smallest number that has more than half (Srinivasan and Lee 2017) · effective number: "
    "[Hill 1973](https://doi.org/10.2307/1934352) · Gini 1912 · Theil 1967 · intervals: resamples of a part "
    "of the holders (Bickel, Götze and van Zwet 1997)"
)
TAILS = (
    "[Clauset, Shalizi and Newman 2009](https://doi.org/10.1137/070710111) · laws compared as in "
    "[Vuong 1989](https://doi.org/10.2307/1912557)"
)
UNITS = (
    ("account", False, "By account"),
    ("model", False, "By model"),
    ("cluster", False, "By cluster of accounts that score alike"),
    ("account", True, "By account, those without a stake too"),
    ("model", True, "By model, those without a stake too"),
    ("cluster", True, "By cluster, those without a stake too"),
)
CONCENTRATION_FIELDS = {
    "day": text_field("day", "Another day or round", "A kept day or a round", "Like 2022-12-22, or round 318")
}
WHO_FIELDS = {
    "name": text_field(
        "name", "Somebody else", "An account or a model", "As it is spelled on the leaderboard"
    )
}


def concentration_answer(found: StakeConcentration, asked: Asked, when: Moments) -> Answer:
    """The reply to `/stakes concentration`. when: the days and rounds that its menu offers."""
    return Answer(
        concentration_card(found),
        menus=(_units(found, asked), _when(found, asked, when)),
        details=(_measures_page(found), _tail_page(found)),
    )


def concentration_card(found: StakeConcentration) -> Card:
    """How many hold half, with the Lorenz curve."""
    shares = [
        f"{_largest(k)} {'hold' if k > 1 else 'holds'} {percent(share)}" for k, share in found.top.items()
    ]
    low, high = found.intervals.nakamoto
    sure = found.certainty
    if not math.isnan(low):
        counts = found.limit or found.counts or "Everybody is counted."
        if found.alike is not None:
            counts = f"{counts} {found.alike.briefly}"
        sure = f"{counts} Drawn from many like them, it could be {whole(low)} to {whole(high)}."
    guessed = " · accounts guessed from models' names" if found.holders.guessed else ""
    return Card(
        heading=plain(found.finding),
        text=" · ".join([f"Of {found.who} with {amount(found.measures.stake, 'NMR')}", *shares[1:2]]),
        draw=partial(picture_of_lorenz, found),
        after=f"**How sure** {sure}",
        small=f"{found.holders.source}, {found.said}{guessed}",
        colour=AMBER,
    )


def _measures_page(found: StakeConcentration) -> Card:
    measures, between = found.measures, found.intervals
    zeros = ""
    if found.without_stake:
        zeros = f"{found.without_stake:,} without a stake {'count too' if found.zeros else 'are left out'}."
        if found.without_stake == 1 and not found.zeros:
            zeros = "1 without a stake is left out."
    rows = (
        f"**{whole(measures.half)}** hold half{_between(*between.nakamoto)}",
        f"**{whole(found.third)}** hold a third",
        f"**{whole(measures.effective_number)}** effective number{_between(*between.effective_number)}",
        f"**{measures.gini:.3f}** Gini{_between(*between.gini, decimals=2)}",
        f"**{number(found.theil)}** Theil{_theil(found)}",
    )
    shares = [f"{_largest(k)} {percent(share)}" for k, share in found.top.items()]
    apart = found.apart
    return Card(
        "How unequal, in numbers",
        sections(
            f"By {found.holders.unit}, {amount(measures.stake, 'NMR')} {found.said}. {zeros}".strip(),
            "\n".join(rows),
            section("Of all stake", f"{', '.join(shares)}." if shares else ""),
            ""
            if apart is None
            else section(
                "If one guess is wrong",
                f"The names of {counted(apart.models, 'model')} make them one account with "
                f"{percent(apart.share)} of all stake. Taken apart, **{whole(apart.measures.half)}** hold "
                f"half and the effective number is **{whole(apart.measures.effective_number)}**.",
            ),
            section(
                "Without the largest",
                "\n".join(
                    f"Without {_largest(k)}: {whole(rest.half)} hold half, "
                    f"effective number {whole(rest.effective_number)}"
                    for k, rest in found.left_out.items()
                ),
            ),
            section(
                "Who is alike",
                "" if found.alike is None or not (found.limit or found.counts) else found.alike.told,
            ),
            section("How sure", found.certainty),
        ),
        small=MEASURES,
        colour=AMBER,
    )


def _tail_page(found: StakeConcentration) -> Card:
    tail = found.tail
    fitted = could = ""
    if tail.fit.tail_size:
        rows = [f"{RIVALS[law].capitalize()} is {_compared(tail.comparisons[law])}." for law in RIVALS]
        spread = (
            "too few different stakes to say how sure"
            if math.isnan(tail.alpha_se)
            else f"± {tail.alpha_se:.2f}, the standard error over {SPREAD_REFITS} resamples, "
            "each with a start of its own"
        )
        fitted = section(
            f"Tail of {tail.fit.tail_size:,} from {amount(tail.fit.xmin, 'NMR')} on",
            f"Exponent {tail.fit.alpha:.2f} ({spread}). Against the power law:\n" + bullets(rows),
        )
        ruled_out = "ruled out" if tail.refused else "not ruled out"
        could = section(
            "Could it have come from a power law?",
            f"Of {REFITS} samples drawn from the fitted power law, {percent(tail.goodness)} fit their own "
            f"law worse than these stakes fit theirs. It is {ruled_out}: that takes {percent(REJECTED)} or "
            "less.",
        )
    return Card(
        f"By {found.holders.unit}: {_begun(tail).removesuffix('.')}",
        sections(
            fitted,
            could,
            ""
            if found.apart is None
            else section(
                "If one guess is wrong", f"With the models of that account apart: {_begun(found.apart.tail)}"
            ),
        ),
        draw=partial(picture_of_tail, found),
        small=f"{found.holders.source}, {found.said} · {TAILS}",
        colour=AMBER,
    )


def _units(found: StakeConcentration, asked: Asked) -> Menu:
    choices = {(unit, zeros): Choice(label, {"unit": unit, "zeros": zeros}) for unit, zeros, label in UNITS}
    return Menu(
        "unit",
        tuple(choices.values()),
        choices[found.holders.unit, asked["zeros"]],
    )


def _when(found: StakeConcentration, asked: Asked, when: Moments) -> Menu:
    newest = Choice(f"Newest stakes, {when.days[0]}", {"day": None})
    choices = [newest]
    choices += [Choice(f"Stakes of {day}", {"day": str(day)}) for day in when.days[1:]]
    choices += [
        Choice(f"At risk in round {each}", {"day": f"round {each}"}, "of the models in this data")
        for each in when.rounds
    ]
    chosen = next((each for each in choices if each.change == {"day": asked.get("day")}), None)
    if chosen is None:
        chosen = Choice(f"{found.said[:1].upper()}{found.said[1:]}", {"day": asked.get("day")})
    return Menu("day", (*choices, Choice("Another day or round …", "day")), chosen)


def holder_answer(found: Holder) -> Answer:
    """The reply to `/stakes who`."""
    lines: list[str] = []
    if found.stake:
        ties = f", as {counted(found.ties, 'other')}" if found.ties else ""
        of = "" if found.models is None else f" in {counted(found.models, 'model')}"
        lines = [
            f"{amount(found.stake, 'NMR')}{of}{ties}",
            f"It would take **{whole(found.like_it)}** {found.unit}s like it to hold half. "
            f"The {whole(found.half)} largest do.",
        ]
    return Answer(
        Card(
            heading=plain(found.finding.removesuffix(".")),
            text="\n".join(lines),
            draw=partial(picture_of_holder, found) if found.stake else None,
            after=f"**How sure** {GUESSED}" if found.guessed else "",
            small=f"{found.source}, on {found.day} · as listed, nothing is estimated",
            colour=BLUE,
        )
    )


def history_answer(history: StakeHistory, asked: Asked) -> Answer:
    """The reply to `/stakes history`."""
    last = history.measures[-1]
    choices = {unit: Choice(f"By {unit}", {"unit": unit}) for unit in ("account", "model")}
    one_day = "A day joins whenever the stakes of it are kept." if len(history.days) == 1 else ""
    guessed = " · accounts guessed from models' names" if history.guessed else ""
    return Answer(
        Card(
            heading=plain(history.finding.removesuffix(".")),
            text=f"Effective number {whole(last.effective_number)} · Gini {last.gini:.3f} · {one_day}".rstrip(
                " ·"
            ),
            draw=partial(picture_of_stake_history, history),
            after=sections(
                f"{'. '.join(history.over_years)}." if history.over_years else "",
                "**How sure** every stake of each day is counted; between the days nothing is known.",
            ),
            small=f"{history.source}, {history.days[0]} to {history.days[-1]} · by {history.unit}{guessed}",
            colour=GREEN,
        ),
        menus=(Menu("unit", tuple(choices.values()), choices[asked["unit"]]),),
        details=(_days_page(history),),
    )


def _days_page(history: StakeHistory) -> Card:
    rows = [
        f"`{day}  {whole(each.half):>5}  {whole(each.effective_number):>5}  {each.gini:.3f}`"
        for day, each in zip(history.days, history.measures, strict=True)
    ][::-1]
    return Card(
        f"{counted(len(history.days), 'day')}, the newest first",
        "\n".join(["`day          half   eff.   Gini`", *rows]),
        after=GUESSED if history.guessed else "",
        small=MEASURES,
        colour=GREEN,
    )


def _largest(k: int) -> str:
    return f"the {k} largest" if k > 1 else "the largest"


def _between(low: float, high: float, *, decimals: int | None = None) -> str:
    if math.isnan(low):
        return ""
    ends = (f"{end:.{decimals}f}" if decimals is not None else whole(end) for end in (low, high))
    return f" (95 %: {' to '.join(ends)})"


def _theil(found: StakeConcentration) -> str:
    total = found.theil_within + found.theil_between
    if not total > 0:
        return ""
    return (
        f"; by model {number(total)}, of which {percent(found.theil_between / total)} lies between accounts, "
        f"{percent(found.theil_within / total)} within"
    )


def _begun(tail: Tail) -> str:
    """Its verdict as the rest of a sentence."""
    return f"{tail.verdict[:1].lower()}{tail.verdict[1:]}"


def _compared(rival: TailComparison) -> str:
    if -1e-3 < rival.log_likelihood_ratio <= 0:
        return "no better"
    side = "worse" if rival.log_likelihood_ratio > 0 else "better"
    return f"{side} ({p_told(rival.p_value)})"
