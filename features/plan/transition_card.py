"""The answer to what a change of rules costs, with menus for how it is softened."""

from collections.abc import Sequence
from functools import partial

from features.plan.transition import SoftenedChange
from features.simulation.impact_chart import picture_of_pay, picture_of_softening
from features.simulation.impact_details_card import impact_pages
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, Card
from ui.text import plain
from wording.numbers import counted

TRANSITION_FIELDS = {
    "proposed": text_field("proposed", "Another rule", "The rule to change to", "Like 1C3T"),
    "current": text_field("current", "Another old rule", "The rule to change from", "Like 2C1T"),
}
WEEKS, PHASES, KEPT = (0, 4, 8, 12, 26), (0, 10, 20, 40), (13, 26, 52)


def transition_answer(found: SoftenedChange, asked: Asked) -> Answer:
    """The reply to `/plan transition`."""
    draw = partial(picture_of_softening, found.window) if found.costs.size else None
    draw = draw or partial(picture_of_pay, found.pay, found.window)
    lines = [f"{found.current} to {found.proposed}, {found.terms}.", found.between]
    lines.append(found.compensation if asked["compensation"] == "full" else "")
    card = Card(
        plain(found.finding),
        plain(" ".join(filter(None, lines))),
        draw,
        f"**How sure** {plain(found.who)}",
        f"{found.impact.source}, until {found.impact.until} · nobody changes behaviour · advisory",
        AMBER,
    )
    pages = [
        Card(name, text, picture, colour=AMBER)
        for name, text, picture in impact_pages(found.impact)
        if text or picture is not None
    ]
    notices = [
        (f"{counted(each, 'week')} of notice" if each else "No notice", {"notice": each}) for each in WEEKS
    ]
    phases = [
        (f"Phased in over {counted(each, 'round')}" if each else "No phase-in", {"phase_in": each})
        for each in PHASES
    ]
    paid_back: list[tuple[str, Asked]] = [
        ("No compensation", {"compensation": "none", "grandfather": 0}),
        ("Whoever loses is paid back", {"compensation": "full", "grandfather": 0}),
    ]
    for each in KEPT:
        told = f"Who is there keeps the old rule for {counted(each, 'round')}"
        paid_back.append((told, {"compensation": "none", "grandfather": each}))
    menus = (
        _menu("notice", asked, notices, f"{counted(asked['notice'], 'week')} of notice"),
        _menu("phase", asked, phases, f"Phased in over {counted(asked['phase_in'], 'round')}"),
        _menu("back", asked, paid_back, f"The old rule for {counted(asked['grandfather'], 'round')}"),
    )
    return Answer(card, menus, tuple(pages))


def _menu(name: str, asked: Asked, kinds: Sequence[tuple[str, Asked]], otherwise: str) -> Menu:
    lines = tuple(Choice(told, change) for told, change in kinds)
    now = {key: asked[key] for key in lines[0].change} if not isinstance(lines[0].change, str) else {}
    chosen = next((each for each in lines if each.change == now), None)
    return Menu(name, lines, chosen or Choice(otherwise, now))
