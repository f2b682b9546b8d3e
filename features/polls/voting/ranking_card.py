"""The card of a ranking that is being put together, and what stands under it."""

from typing import Any

import discord

from features.polls.poll_card import enough_words
from features.polls.view import PollView
from features.polls.voting.ranking import RankingDraft
from ui.card import Card
from ui.text import caption, plain, shortened

LABEL = 100  # characters of a line of a menu
ROOM = 3200  # characters of the card that the ranked options may take
CHANGED = "**Not cast** This ranking was changed elsewhere. Look at it again, then cast it."


def ranking_card(view: PollView, draft: RankingDraft, selected: int | None, told: str = "") -> Card:
    """What is ranked so far, and which of it the buttons move; told: what the member must know first."""
    ranked = len(draft.order)
    lines: list[str] = []
    for rank in draft.ranks:
        number = f"**{len(lines) + 1}{' =' if len(rank) > 1 else ''}**"
        lines += [f"{number} {_named(draft, place, ROOM // ranked)}" for place in rank]
    moves = "" if selected is None else f"**The buttons move** {_named(draft, selected, LABEL)}"
    return Card(
        f"Your ranking in poll #{view.poll.number}: {ranked} of {len(draft.options)}",
        "\n".join(lines) or "Pick your first choice, then the next. Whom you leave out comes last.",
        after="\n".join(filter(None, (told, moves))),
        small=f"Nothing is cast yet. {enough_words(view)}",
    )


def ranking_rows(
    view: PollView, draft: RankingDraft, selected: int | None
) -> list[list[discord.ui.Item[Any]]]:
    """The menus and buttons under it; each says in its id what it does, and with which ranking."""
    order, poll_id = draft.order, view.poll.poll_id
    left = [place for place in range(len(draft.options)) if place not in order]
    rows: list[list[discord.ui.Item[Any]]] = []
    if left:
        rows.append([_menu(draft, "next", poll_id, left, f"Choice number {len(order) + 1}")])
    if len(order) > 1:
        rows.append([_menu(draft, "pick", poll_id, order, "Which one to move", selected)])
    if selected is not None:
        at = next(at for at, rank in enumerate(draft.ranks) if selected in rank)
        equal = len(draft.ranks[at]) > 1
        first, last = at == 0 and not equal, at == len(draft.ranks) - 1 and not equal
        rows.append(
            [
                _button(draft, "up", poll_id, "Up", selected, off=first),
                _button(draft, "down", poll_id, "Down", selected, off=last),
                _button(draft, "level", poll_id, "Not equal" if equal else "= above", selected, off=first),
                _button(draft, "out", poll_id, "Take out", selected),
            ]
        )
    rows.append(
        [
            _button(draft, "cast", poll_id, "Cast this ranking", off=not order),
            _button(draft, "undo", poll_id, "Undo", off=len(draft.steps) == 1),
            _button(draft, "again", poll_id, "Start again", off=not order),
            _button(draft, "type", poll_id, "Type it"),
            _button(draft, "abstain", poll_id, "I abstain"),
        ]
    )
    return rows


def _named(draft: RankingDraft, place: int, most: int) -> str:
    return shortened(plain(draft.options[place]), max(LABEL, most))


def _menu(
    draft: RankingDraft, verb: str, poll_id: int, places: list[int], hint: str, chosen: int | None = None
) -> discord.ui.Select[Any]:
    return discord.ui.Select(
        custom_id=f"poll:rank-{verb}:{poll_id}",
        placeholder=hint,
        options=[
            discord.SelectOption(
                label=caption(draft.options[place], LABEL), value=str(place), default=place == chosen
            )
            for place in places
        ],
    )


def _button(
    draft: RankingDraft, verb: str, poll_id: int, label: str, place: int = 0, *, off: bool = False
) -> discord.ui.Button[Any]:
    style = discord.ButtonStyle.success if verb == "cast" else discord.ButtonStyle.secondary
    return discord.ui.Button(
        label=label,
        style=style,
        disabled=off,
        custom_id=f"poll:rank-{verb}:{poll_id}:{place}:{draft.mark}",
    )
