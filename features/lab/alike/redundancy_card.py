"""The answer on which models say the same."""

import math
from functools import partial

from features.lab.alike.redundancy import SHOWN, Redundancy
from features.lab.alike.redundancy_chart import picture_of_closest, picture_of_clusters
from features.stakes.alike.scores import LEVEL
from scoring.lab.many_models import ALIKE
from tournament.overview import Likeness
from ui.answer import Answer, Asked, Choice, Menu, text_field
from ui.card import AMBER, Card, bullets, section, sections
from ui.text import plain
from wording.numbers import counted, p_told, whole

REDUNDANCY_FIELDS = {
    "name": text_field("name", "A model", "A model or an account", "As it is spelled on the leaderboard")
}
METHOD = (
    "r: correlation of scores beyond each round's mean, overlapping rounds allowed for (Bartlett 1935)",
    f"alike from r {ALIKE:g}: of unlike pairs with the fewest rounds no more than 1 in 70 comes as far",
    "clusters: average linkage, [Mantegna 1999](https://doi.org/10.1007/s100510050929): no chains",
    f"clear: Student's t, one-sided, {100 * LEVEL:g} % after Holm's correction (Holm 1979)",
    "independent: n² / Σ r² over all pairs, r 0 below the limit",
)
CANT = (
    "Scores alike are not proof of one owner: many send the same public example predictions.",
    "Models that differ in what their scores never met, like a rare market, look alike.",
    "Below the limit r counts as 0, so models that share half of what they say count as independent.",
    "Who has too few rounds is not compared, whatever it says.",
)


def redundancy_answer(found: Redundancy, asked: Asked) -> Answer:
    """The reply to `/weights redundancy`."""
    draw = None
    if found.name and found.closest:
        draw = partial(picture_of_closest, found)
    elif not found.name and found.clusters:
        draw = partial(picture_of_clusters, found)
    guessed = " · accounts guessed from models' names" if found.guessed and not found.name else ""
    card = Card(
        plain(found.finding.removesuffix(".")),
        plain(found.numbers),
        draw,
        sections(f"**How sure** {found.sure}", _told(found.told)),
        f"{found.source}, {found.day}, {found.alike.told_by}{guessed}",
        AMBER,
    )
    pages = [
        _clusters_page(found),
        Card("How it is told", _method(found), small=" · ".join(METHOD), colour=AMBER),
    ]
    if found.closest:
        pages.insert(0, _closest_page(found))
    everyone, named = Choice("All models", {"name": None}), Choice("A model …", "name")
    chosen = everyone if not asked["name"] else Choice(plain(found.name)[:80], {"name": asked["name"]})
    menu = Menu("name", (everyone, *([chosen] if asked["name"] else []), named), chosen)
    return Answer(card, (menu,), tuple(pages))


def _told(likeness: Likeness | None) -> str:
    """What Numerai tells of the predictions themselves; "" where it doesn't."""
    if likeness is None:
        return ""
    parts = [
        f"{value:.2f} {what}"
        for value, what in (
            (likeness.mean_with_others, "with other staked models on average"),
            (likeness.highest_with_another, "with the one most like it"),
        )
        if not math.isnan(value)
    ]
    of = f"**Numerai's own** correlations of its predictions in round {likeness.round}"
    return f"{of}: {', '.join(parts)}." if parts else ""


def _closest_page(found: Redundancy) -> Card:
    rows = [
        f"{plain(each.name)}: r {each.r:.2f} ± {each.se:.2f}, "
        f"{'clear' if each.is_clear else 'not clear'} ({p_told(each.p)})"
        for each in found.closest
    ]
    after = f"± is one standard error; p with all {counted(found.others, 'other')} counted."
    return Card("Most like it", bullets(rows), after=after, colour=AMBER)


def _clusters_page(found: Redundancy) -> Card:
    rows = [each.told for each in found.clusters[: 2 * SHOWN]]
    more = len(found.clusters) - len(rows)
    if more > 0:
        rows.append(f"{counted(more, 'more cluster')} of two or more")
    of = f"{counted(found.alike.compared, 'model')} compared, {counted(found.found, 'cluster')}"
    text = bullets(rows) or "No two models are alike."
    return Card(
        "Clusters", sections(f"{of}, {whole(found.found - len(found.clusters))} of one.", text), colour=AMBER
    )


def _method(found: Redundancy) -> str:
    return sections(found.alike.told, found.owners, section("What it can't say", bullets(CANT)))
