"""The answers to what a proposal would have done: to everyone, and to the one member who asks."""

import math
from collections.abc import Sequence
from functools import partial

from features.meta_model.derived import DerivedPart
from features.simulation.effect import clearly, more_or_less, paid_heading
from features.simulation.impact_chart import (
    picture_of_holders,
    picture_of_member,
    picture_of_member_weight,
    picture_of_pay,
)
from features.simulation.impact_details_card import (
    apart_of,
    impact_pages,
    largest_of,
    member_fields,
    meta_model_line,
)
from features.simulation.pay_result import PayImpact, PayWindow
from features.simulation.proposal_impact import MemberImpact, ProposalImpact
from ui.answer import Answer, Asked, Choice, Menu
from ui.card import AMBER, GREY, Card, Draw
from ui.text import ADVISORY, plain
from wording.numbers import brief, counted, number, percent

ADVISORY_HERE = "advisory, not binding on Numerai"


def impact_answer(impact: ProposalImpact, asked: Asked, own: str | None = None) -> Answer:
    """What a proposal would have done to everyone. own: the model or account of the member who reads it."""
    details = [
        Card(name, text, draw, colour=AMBER)
        for name, text, draw in impact_pages(impact)
        if text or draw is not None
    ]
    menus = () if impact.reason_not else (*_rounds(impact, asked), _whose(asked, own))
    return Answer(impact_card(impact), menus, tuple(details))


def member_answer(impact: MemberImpact, asked: Asked, own: str | None = None) -> Answer:
    """What a proposal would have done to one model or account."""
    fields = member_fields(impact)
    pictures: list[Draw] = [partial(picture_of_member, window) for window in impact.windows]
    details = [
        Card(name, text, pictures[at] if at < len(pictures) else None)
        for at, (name, text) in enumerate(fields)
    ]
    simulated = impact.windows or impact.weight is not None
    menus = (*_rounds(impact, asked), _whose(asked, own)) if simulated else (_whose(asked, own),)
    return Answer(member_card(impact), menus, tuple(details))


def impact_card(impact: ProposalImpact) -> Card:
    """The finding, the two sums, the picture, how sure, and what was assumed."""
    small = f"{impact.source}, until {impact.until} · nobody changes what they submit · {ADVISORY_HERE}"
    title = f"**{plain(impact.title)}**"
    if impact.pay is not None:
        pay, first = impact.pay, impact.pay.windows[0]
        sums = f"{brief(first.old)} NMR by {pay.old.short}, {brief(first.new)} by {pay.new.short}"
        return Card(
            paid_heading("Everyone", pay.windows, pay.asked) + plain(pay.label),
            f"{title}\n{plain(sums)}",
            None if first.alike else partial(picture_of_pay, pay, first),
            f"**How sure** {_sure(first)}{_clear(pay, first)}",
            f"{small}{_derived(pay.derived)}",
            AMBER,
        )
    if impact.weights is not None:
        found = impact.weights
        after = "" if found.apart is None else f"**How sure** {apart_of(found)}"
        moved = f"{percent(found.moved)} of all weight moves; {largest_of(found)}.{meta_model_line(found)}"
        draw = partial(picture_of_holders, found)
        return Card(plain(found.finding), f"{title}\n{moved}", draw, after, small, AMBER)
    return Card(
        "This can't be simulated", f"{title}\n{plain(impact.reason_not)}", small=ADVISORY, colour=GREY
    )


def member_card(impact: MemberImpact) -> Card:
    """The finding in two lines, and one picture."""
    small = f"{impact.source}, until {impact.until} · nobody changes what they submit · {ADVISORY_HERE}"
    who, title = "You" if impact.yours else plain(impact.name), f"**{plain(impact.title)}**"
    if impact.windows:
        first = impact.windows[0]
        sums = f"{brief(first.old)} NMR by {impact.old}, {brief(first.new)} by {impact.new}"
        return Card(
            paid_heading(who, impact.windows, impact.asked)
            + ("" if impact.derived is None else plain(impact.derived.label)),
            f"{title}\n{plain(sums)}",
            partial(picture_of_member, first),
            f"**How sure** {_sure(first)}",
            f"{small}{_derived(impact.derived)}",
        )
    if impact.weight is not None and not math.isnan(impact.weight.after):
        before, after = 100 * impact.weight.before, 100 * impact.weight.after
        heading = f"{who} would weigh {brief(after)} % of the meta model instead of {brief(before)} %"
        times = f"{number(after / before)} times as much. {impact.weight.pay_sentence}".rstrip()
        return Card(heading, f"{title}\n{times}", partial(picture_of_member_weight, impact.weight), "", small)
    return Card(plain(impact.finding), title, small=small, colour=GREY)


def _rounds(impact: ProposalImpact | MemberImpact, asked: Asked) -> tuple[Menu, ...]:
    """Which rounds, where it is about pay."""
    pay = impact.pay if isinstance(impact, ProposalImpact) else impact
    windows: Sequence[PayWindow] = () if pay is None else pay.windows
    if pay is None or not windows:
        return ()
    choices = [
        Choice("All rounds", {"rounds": None}, "beside those that paid the scores of the old rule"),
        Choice("The last 20", {"rounds": "20"}),
        *(Choice(words, {"rounds": typed}) for typed, words in pay.offered),
    ]
    typed = asked["rounds"]
    chosen = next((each for each in choices if each.change == {"rounds": typed}), None)
    chosen = chosen or Choice(windows[0].span.capitalize(), {"rounds": typed})
    return (Menu("rounds", (*choices, Choice("Other rounds …", "rounds")), chosen),)


def _whose(asked: Asked, own: str | None) -> Menu:
    """Everyone, or a model or an account."""
    choices = [Choice("Everyone", {"name": None})]
    if own is not None:
        choices.append(Choice(f"You: {own}", {"name": own}))
    chosen = next((each for each in choices if each.change == {"name": asked["name"]}), None)
    if chosen is None:
        chosen = Choice(asked["name"][:80], {"name": asked["name"]})
    return Menu("whose", (*choices, Choice("Another model or account …", "name")), chosen)


def _sure(window: PayWindow) -> str:
    """The interval as it is said, or why there is none."""
    low, high = window.intervals.total
    if window.alike or math.isnan(low):
        return window.certainty
    turn = "luck alone could turn it" if low <= 0 <= high else "luck alone hardly explains it"
    return f"{more_or_less(low).removesuffix(' NMR')} to {more_or_less(high)} (95 %): {turn}."


def _derived(part: DerivedPart | None) -> str:
    return "" if part is None else f" · {part.small}"


def _clear(pay: PayImpact, window: PayWindow) -> str:
    clear = window.clear
    if window.alike or not clear.judged:
        return ""
    told = (
        f"Of {counted(clear.judged, pay.unit)} {clearly(clear.gain, 'gain')}, {clearly(clear.lose, 'lose')}."
    )
    return f"\n{told}"
