"""uv and pip install the same: the requirements files say what pyproject.toml says, one version of each."""

import re
from collections.abc import Iterator
from importlib.metadata import distribution
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.hosting.locking import ROOT, constraints, file_of, groups, included, pins_of

GROUPS = tuple(groups())
INSTALLED = ("bot", "demo", "dev")  # here, where the tests run


def pinned(group: str) -> dict[str, Requirement]:
    """What a file says of this kind of machine, by name."""
    lines = [Requirement(line) for line in pins_of(group)]
    return {
        canonicalize_name(each.name): each for each in lines if each.marker is None or each.marker.evaluate()
    }


def needed(written: list[str]) -> set[str]:
    """Names of what requirements bring along here, by what the installed packages say of themselves."""
    waiting = [Requirement(each) for each in written]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        key = canonicalize_name(one.name), frozenset(one.extras)
        if key in seen:
            continue
        seen.add(key)
        waiting += brought_by(one)
    return {name for name, _ in seen}


def brought_by(one: Requirement) -> Iterator[Requirement]:
    for line in distribution(one.name).requires or ():
        other = Requirement(line)
        extras = ("", *one.extras)
        if other.marker is None or any(other.marker.evaluate({"extra": extra}) for extra in extras):
            yield other


@pytest.mark.parametrize("group", GROUPS)
def test_a_file_has_what_its_group_names(group: str) -> None:
    found = pinned(group)
    named = chain.from_iterable(groups()[each] for each in included()[group])
    for written in map(Requirement, named):
        assert found[canonicalize_name(written.name)].specifier == written.specifier, written


@pytest.mark.parametrize("group", INSTALLED)
def test_a_file_has_all_that_comes_along_and_nothing_else(group: str) -> None:
    named = chain.from_iterable(groups()[each] for each in included()[group])
    assert set(pinned(group)) == needed(list(named))


@pytest.mark.parametrize("group", INSTALLED)
def test_what_is_installed_here_is_what_the_files_say(group: str) -> None:
    for name, each in pinned(group).items():
        assert each.specifier.contains(distribution(name).version), each


def test_uv_is_told_the_versions_of_the_files() -> None:
    assert constraints() == sorted({line for group in GROUPS for line in pins_of(group)})
    one_version = re.compile(r"[\w.-]+(\[[\w,]+\])?==[\w.]+( ; .+)?")
    assert [line for line in constraints() if not one_version.fullmatch(line)] == []


def test_each_file_is_of_a_group() -> None:
    assert {file.name for file in ROOT.glob("requirements*.txt")} == {file_of(group) for group in GROUPS}
