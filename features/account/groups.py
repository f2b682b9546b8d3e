"""Names that a member groups under a name of their own, and types in their place."""

from datetime import datetime

from governance.text import clean_line
from storage.database import Database
from storage.members.groups import MOST_GROUPS, NameGroup, groups_of, keep_group, remove_group
from tournament.source import EVERYONE, Source
from wording.names import BETWEEN_NAMES, find_name, names_typed
from wording.numbers import counted, listed

LONGEST = 32  # characters of a group's name
EXAMPLE = "/account group name:herd who:heron_1, heron_2"


async def save_group(
    database: Database, source: Source, member_id: int, typed: str, who: str, now: datetime
) -> NameGroup:
    """Keep names, as the source spells them, under the name that was typed, in place of an earlier group.

    Raises ValueError for a name that is none or is a model's, and for names that are not there.
    """
    name = _group_name(typed)
    taken = await source.find(name)
    if taken is not None:
        what = "all models" if taken == EVERYONE else "a model or an account"
        raise ValueError(f"“{taken}” is {what} already: call the group otherwise.")
    names = tuple(dict.fromkeys([await find_name(source, each) for each in names_typed(who)]))
    group = NameGroup(member_id, name, source.tournament, names, now)
    if not await keep_group(database, group):
        raise ValueError(
            f"You have {counted(MOST_GROUPS, 'group')}, which is as many as are kept. Remove one first."
        )
    return group


async def forget_group(database: Database, member_id: int, typed: str) -> str:
    """Remove the member's group and return its name. Raises ValueError where there is none."""
    group = await find_group(database, member_id, typed)
    await remove_group(database, member_id, group.name)
    return group.name


async def groups_kept(database: Database, member_id: int) -> list[NameGroup]:
    """All of the member's groups. Raises ValueError, with how to save one, where there is none."""
    groups = await groups_of(database, member_id)
    if not groups:
        raise ValueError(f"You have no groups yet. Save one like {EXAMPLE}.")
    return groups


async def find_group(database: Database, member_id: int, typed: str) -> NameGroup:
    """The member's group of that name. Raises ValueError with the groups there are."""
    wanted, groups = clean_line(typed).casefold(), await groups_kept(database, member_id)
    for group in groups:
        if group.name.casefold() == wanted:
            return group
    raise ValueError(f"You have no group of that name: yours {_yours(groups)}.")


async def names_meant(
    database: Database, member_id: int, typed: str, tournament: str | None
) -> tuple[str, str | None]:
    """(names, tournament) that a member means: each group of theirs is the names in it.

    A group is meant in its own tournament, which is the answer's where none was picked.
    """
    groups = {group.name.casefold(): group for group in await groups_of(database, member_id)}
    meant: list[str] = []
    for part in BETWEEN_NAMES.split(typed):
        group = groups.get(clean_line(part).casefold())
        if group is None or tournament not in (None, group.tournament):
            meant.append(part)
            continue
        meant += group.names
        tournament = group.tournament
    return (", ".join(meant), tournament) if groups else (typed, tournament)


async def suggest_groups(database: Database, member_id: int, typed: str) -> list[tuple[str, str]]:
    """(shown, typed) of the member's groups to offer while they type."""
    wanted = typed.strip().casefold()
    return [
        (f"{group.name} · your {counted(len(group.names), 'name')}", group.name)
        for group in await groups_of(database, member_id)
        if wanted in group.name.casefold()
    ]


def _group_name(typed: str) -> str:
    name = clean_line(typed)
    if not name:
        raise ValueError(f"That name is empty. Save a group like {EXAMPLE}.")
    if len(name) > LONGEST:
        raise ValueError(f"That name has {counted(len(name), 'character')}; a group's has at most {LONGEST}.")
    if BETWEEN_NAMES.search(name):
        raise ValueError("A group's name has no comma and no semicolon: those stand between names.")
    return name


def _yours(groups: list[NameGroup]) -> str:
    names = listed([group.name for group in groups])
    return f"is {names}" if len(groups) == 1 else f"are {names}"
