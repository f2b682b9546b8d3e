"""The answer to `/record score-file`."""

import io
import math
from functools import partial

import discord

from features.lab.predictions import LARGEST
from features.lab.score_file import CORR, FNC, MMC, FileScores, Score, score_file, scores_csv
from features.lab.score_file_chart import picture_of_scores
from kept import Turns
from tools import content_of, tools_of
from ui.card import Card, message_of, send
from ui.text import plain
from wording.numbers import MINUS, counted, plus_minus

MEANS = {CORR: "with the target", MMC: "beyond the meta model", FNC: "beyond the features"}
LIMITS = "Sharpe is mean over sd of an era · eras a model was trained on score too well · file not kept"
AWAY = "scored by the bot itself, as the machines for it were away"
TABLE = "scores.csv"
BUSY = "Your last file is still being scored: wait for its answer, then send this one."


def turns_of_files() -> Turns:
    """One file at a time, whoever sends it: it takes the memory of one."""
    return Turns(1, 1, BUSY)


async def score_and_show(interaction: discord.Interaction, file: discord.Attachment, turns: Turns) -> None:
    """Score a file and show the scores, with a CSV of them; the member has been told to wait.

    The file is read once, in memory: nothing of it is kept, and nothing of it is logged.
    """

    async def told(seconds: float) -> None:
        await interaction.followup.send("Others' files come first: yours is next.", ephemeral=True)

    async with turns.turn(interaction.user.id, told):
        content = await content_of(file, LARGEST, "a file of predictions")
        found = await score_file(content, tools_of(interaction).scheduler)
    message = await message_of(tools_of(interaction).drawing, [scores_card(found)])
    message.files.append(discord.File(io.BytesIO(scores_csv(found).encode()), filename=TABLE))
    message.view.add_item(discord.ui.File(f"attachment://{TABLE}"))
    await send(interaction, message)


def scores_card(found: FileScores) -> Card:
    """The finding, each score with what it means and how sure it is, and what was left out."""
    corr = found.scores[CORR]
    known = [score for score in found.scores.values() if score.eras]
    parts = [f"{score.which} {decimal(score.mean)}{' an era' if score is corr else ''}" for score in known]
    verdicts = [score.verdict for score in known]
    alike = len(set(verdicts)) == 1
    heading = (
        f"{', '.join(parts)}: {verdicts[0]}"
        if alike and len(parts) > 1
        else "; ".join(f"{part}, {verdict}" for part, verdict in zip(parts, verdicts, strict=True))
    )
    none = [score.which for score in found.scores.values() if not score.eras]
    unknown = [f"No era has {name}." for name in none]
    away = AWAY if found.others_were_away else ""
    sure = "Range of the mean: 19 in 20 sure."
    return Card(
        heading,
        "\n".join([*(_line(score) for score in known), *unknown]),
        draw=partial(picture_of_scores, found),
        after=sure if any(score.verdict == "more than luck" for score in known) else "",
        small=" · ".join(filter(None, (_size(found), plain(found.left_out), away, LIMITS))),
    )


def _line(score: Score) -> str:
    """A score in a line: what it is, where its mean lies, how it swings."""
    parts = [f"**{score.which}** {MEANS[score.which]}: above 0 in {score.above_0:,} of {score.eras:,}"]
    if not math.isnan(score.interval.low):
        parts.append(f"mean {decimal(score.interval.low)} to {decimal(score.interval.high)}")
    if not math.isnan(score.sharpe):
        parts.append(f"sd {decimal(score.sd)}, Sharpe {plus_minus(score.sharpe, 2)}")
    return ", ".join(parts)


def _size(found: FileScores) -> str:
    features = f", {counted(found.features, 'feature')}" if found.features else ""
    return f"{counted(found.rows, 'row')}, {counted(len(found.eras), 'era')}{features}"


def decimal(value: float) -> str:
    """A score as members write it: .0213, −.0041."""
    text = f"{abs(value):.4f}"
    text = text.removeprefix("0") if abs(value) < 1 else text
    return f"{MINUS}{text}" if value < 0 and text.strip(".0") else text
