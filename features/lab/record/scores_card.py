"""The answer on how repeatable scores are."""

import math
from functools import partial

from features.lab.record.scores import Repeatability, ScoresRepeated
from features.lab.record.scores_chart import picture_of_scores
from scoring.lab.track_record import Estimate
from ui.answer import Answer
from ui.card import AMBER, Card, age_line, bullets, section, sections
from ui.text import plain
from wording.numbers import brief, counted, number, score_name, span, whole

METHOD = (
    "Signal: covariance of a model's scores in rounds that share no day · errors: blocks of rounds left out "
    "(Künsch 1989) · overlap: Bartlett 1946 · half: Efron and Morris 1975"
)


def repeated_answer(found: ScoresRepeated) -> Answer:
    """The reply to `/record scores`."""
    first = next((each for each in found.scores if each.is_seen), found.scores[0])
    card = Card(
        plain(found.finding.removesuffix(".")),
        _in_one_line(first),
        partial(picture_of_scores, found),
        "**How sure** Lines are 95 % intervals. What crosses 0 may be all luck, or hide what is too small to "
        f"see yet. {counted(len(found.scores), 'score was', 'scores were')} looked at.",
        f"{found.source}, {found.span}, final scores of everybody{age_line(found.asked_at)}",
        AMBER,
    )
    return Answer(card, (), (_numbers_page(found), _halves_page(found), _meaning_page(found)))


def _in_one_line(each: Repeatability) -> str:
    name = score_name(each.score)
    if not each.can_be_told:
        return f"Of {name} there are too few rounds yet to tell what of one comes again."
    if not each.is_seen:
        return (
            f"Of how models differ in one round of {name} nothing is seen to come again: "
            f"{number(100 * each.share.low)} to {number(100 * each.share.high)} % might be their own."
        )
    return (
        f"Of how models differ in one round of {name}, **{brief(100 * each.share.value)} %** is their own "
        f"and comes again; the rest is luck of that round. {_until_half(each)}"
    )


def _until_half(each: Repeatability) -> str:
    """How many rounds it takes until half of how means differ is no luck, in a sentence."""
    if math.isnan(each.half):
        return ""
    if math.isinf(each.half):
        least = (
            ""
            if math.isinf(each.half_low) or math.isnan(each.half_low)
            else f", and {whole(each.half_low)} at least"
        )
        return f"Until half of a mean's lead is no luck it may take more rounds than there will be{least}."
    between = ""
    if not math.isnan(each.half_low):
        most = "never" if math.isinf(each.half_high) else whole(each.half_high)
        between = f" ({whole(each.half_low)} to {most})"
    return f"Half of a mean's lead is no luck after {counted(round(each.half), 'round')}{between}."


def _numbers_page(found: ScoresRepeated) -> Card:
    first, last = found.lags
    means = 2 * found.overlap
    parts = [
        section(
            f"{score_name(each.score)}, {span(each.first_round, each.last_round)}, "
            f"{counted(each.models, 'model')}",
            "\n".join(
                (
                    f"Signal in one round: {_told(each.share)}",
                    f"One round's ranking, and another's {first} to {last} later: {_told(each.lasting)}",
                    f"Means of {counted(means, 'round')}, and of the next {means}: {_told(each.means)}",
                    f"Overlap raises the variance of a mean: {_told(each.inflation)} times",
                    _until_half(each),
                )
            ),
        )
        for each in found.scores
    ]
    return Card(
        "How repeatable, in numbers",
        sections("Correlations: 1 is the same ranking again, 0 none. With 95 % intervals.", *parts),
        small=METHOD,
        colour=AMBER,
    )


def _halves_page(found: ScoresRepeated) -> Card:
    lines: list[str] = []
    for each in found.scores:
        if math.isnan(each.earlier.low) or math.isnan(each.later.low):
            lines.append(f"{score_name(each.score)}: too few rounds to tell halves apart.")
            continue
        verdict = (
            "They differ by more than chance of one look; of several looks one may."
            if each.halves_differ
            else "No change can be claimed."
        )
        lines.append(
            f"{score_name(each.score)}: {_told(each.earlier)}, then {_told(each.later)}. {verdict}".replace(
                "*", ""
            )
        )
    return Card(
        "Earlier and later rounds",
        sections(
            "How far one round's ranking says that of later ones, in the first half of the rounds and in the "
            "second.",
            bullets(lines),
        ),
        colour=AMBER,
    )


def _meaning_page(found: ScoresRepeated) -> Card:
    told = [
        "A score that does not come again can't tell good models from lucky ones, however it is paid.",
        "It may still be true of its round: this is about who comes out ahead again, not about the fund.",
        "Who left is missing from the rounds afterwards: models that stay need not be like all.",
        f"Rounds that share a day are never compared: they are {found.overlap + 1} or more apart.",
    ]
    return Card("What this can't say", bullets([*told, *([found.left] if found.left else [])]), colour=AMBER)


def _told(found: Estimate) -> str:
    if math.isnan(found.value):
        return "not told"
    if math.isnan(found.low):
        return f"{number(found.value)} (too few rounds for an interval)"
    return f"**{number(found.value)}** ({number(found.low)} to {number(found.high)})"
