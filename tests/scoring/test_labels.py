"""Labels of pandas in every public function: in one order whatever the order they came in, or refused."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import scoring
from scoring.concentration import gini_weights
from tests.scoring.label_cases import CASES, STAKE, Case, with_labels

# what public functions are made of, on arrays alone; and what the columns of a file are called
WITHIN = ("tails.alternatives.", "tails.search.", "kernels.", "metrics.columns.")


def modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(scoring.__path__, "scoring."):
        if not found.name.rsplit(".", 1)[-1].startswith("_"):
            yield importlib.import_module(found.name)


@cache
def public() -> dict[str, Callable[..., Any]]:
    return {
        f"{module.__name__.removeprefix('scoring.')}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and function.__module__ == module.__name__
    }


def takes_arrays(function: Callable[..., Any]) -> list[str]:
    kinds = (
        "ArrayLike",
        "_SupportsArray",
        "Scores",
        "Multipliers",
        "Iterable[",
        "Mapping[",
        "Sequence[",
        "NDArray",
        "Numbers",
    )
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if any(kind in str(parameter.annotation) for kind in kinds)
        and "Callable" not in str(parameter.annotation)
    ]


def permuted(value: pd.Series | pd.DataFrame) -> Iterator[Any]:
    order = np.random.default_rng(2).permutation(len(value))
    yield value.iloc[order]
    if isinstance(value, pd.DataFrame):
        yield value.iloc[:, np.random.default_rng(3).permutation(value.shape[1])]


def same(got: Any, expected: Any) -> None:
    """Alike by label where there are labels."""
    if is_dataclass(expected):
        for field in fields(expected):
            same(getattr(got, field.name), getattr(expected, field.name))
    elif isinstance(expected, (pd.Series, pd.DataFrame)):
        assert type(got) is type(expected)
        ordered = got.reindex(expected.index)
        if isinstance(expected, pd.DataFrame):
            ordered = ordered.reindex(columns=expected.columns)
        np.testing.assert_allclose(ordered.to_numpy(float), expected.to_numpy(float), rtol=1e-9, atol=1e-12)
    elif isinstance(expected, dict):
        assert got == pytest.approx(expected)
    elif isinstance(expected, tuple) and not all(isinstance(each, str) for each in expected):
        for one, other in zip(got, expected, strict=True):
            same(one, other)
    elif isinstance(expected, tuple):
        assert got == expected
    else:
        np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=1e-9, atol=1e-12)


def asked(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    seeded = {"rng": np.random.default_rng(1)} if "rng" in inspect.signature(function).parameters else {}
    return function(**arguments, **seeded)


def labelled(tried: Case) -> dict[str, Any]:
    return tried.arguments | {
        key: with_labels(tried.arguments[key], axes) for key, axes in tried.axes.items()
    }


def plain(result: Any) -> Any:
    if is_dataclass(result):
        return [plain(getattr(result, field.name)) for field in fields(result)]
    if isinstance(result, tuple):
        return [plain(each) for each in result]
    return result.to_numpy() if isinstance(result, (pd.Series, pd.DataFrame)) else result


def sorted_rows(result: Any) -> Any:
    labels, *columns = result
    return sorted(zip(labels, *(np.round(column, 9) for column in columns), strict=True))


def test_every_public_function_of_two_arrays_is_tried_here() -> None:
    several = {name for name, function in public().items() if len(takes_arrays(function)) > 1}
    several -= {name for name in several if name.startswith(WITHIN)}
    assert several - CASES.keys() == set()
    assert len(several) > 25, "the functions are looked for in the wrong place"


@pytest.mark.parametrize("name", CASES)
def test_a_permuted_argument_gives_the_same_answer_or_a_refusal(name: str) -> None:
    function, tried = public()[name], CASES[name]
    whole = labelled(tried)
    expected, without = asked(function, whole), asked(function, tried.arguments)
    if not tried.own_order and name != "change.transition.transition":
        assert repr(plain(expected)) == repr(plain(without))
    for key in tried.axes:
        for moved in permuted(whole[key]):
            got = asked(function, whole | {key: moved})
            if name == "stakes.association.by_account":
                assert sorted_rows(got) == sorted_rows(expected)
            elif tried.own_order:  # resamples are drawn in the order of the first
                assert (got.n, got.slope) == (expected.n, pytest.approx(expected.slope))
            else:
                same(got, expected)


@pytest.mark.parametrize("name", CASES)
def test_labels_that_others_do_not_have_are_refused(name: str) -> None:
    function, tried = public()[name], CASES[name]
    whole = labelled(tried)
    shared = [axis for axes in tried.axes.values() for axis in axes.split()]
    for key, axes in tried.axes.items():
        if axes in ("{}", "numbered") or shared.count(axes.split()[0]) < 2:
            continue
        strange = whole[key].rename(index={whole[key].index[1]: "somebody else"})
        with pytest.raises(ValueError, match=r"labels|no scores"):
            asked(function, whole | {key: strange})


SINGLE = ("int", "float", "bool", "float | None", "int | None")


@pytest.mark.parametrize("name", [name for name in public() if not name.startswith(WITHIN)])
def test_one_number_is_never_a_series(name: str) -> None:
    function, parameters = public()[name], inspect.signature(public()[name]).parameters
    several = takes_arrays(function)
    given = {key: each.default if each.default is not each.empty else 1 for key, each in parameters.items()}
    given |= {key: CASES[name].arguments[key] if name in CASES else STAKE for key in several if key in given}
    given.pop("rng", None)
    for key, each in parameters.items():
        kind = getattr(each.annotation, "__name__", str(each.annotation))
        if (several or name == "concentration.gini_weights") and kind in SINGLE:
            with pytest.raises(ValueError, match=r"^[A-Z“][^.]*\.$") as caught:
                asked(function, given | {key: pd.Series([1.0, 2.0])})
            assert "ambiguous" not in str(caught.value)


def test_weights_of_a_gini_are_of_a_number_of_holders() -> None:
    with pytest.raises(ValueError, match=r"^“n” must be one value, not a list"):
        gini_weights(pd.Series([3, 4]))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(name for name in public() if not name.startswith(WITHIN)))
def test_help_shows_what_each_function_takes(name: str) -> None:
    kinds = {each.kind for each in inspect.signature(public()[name]).parameters.values()}
    assert not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    assert public()[name].__doc__
    assert "_SupportsArray" not in str(inspect.signature(public()[name])), "written out, nobody can read it"
