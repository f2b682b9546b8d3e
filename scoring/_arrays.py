"""Arrays as the public functions take them: read, checked, and put in one order by their labels.

Series and DataFrames are known by their type alone: pandas is never imported here.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

P = ParamSpec("P")
R = TypeVar("R")

_SHOWN = 5  # bad positions that are named


class BadValuesError(ValueError):
    """Some values can't be what they should be; bad says which."""

    def __init__(self, sentence: str, bad: NDArray[np.bool_], names: tuple[Any, ...] = ()) -> None:
        told = [_place(at, names or (None,) * bad.ndim) for at in np.argwhere(bad)[:_SHOWN].tolist() if at]
        more = np.count_nonzero(bad) - len(told)
        named = any(name is not None for name in names)
        where = ", ".join(told) + (f" and {more:,} more" if more else "")
        places = where if named else f"position{'s' if len(told) > 1 else ''} {where}, counted from 0"
        super().__init__(f"{sentence.removesuffix('.')} (see {places})." if told else sentence)
        self.sentence, self.bad = sentence, bad


def refuse(bad: NDArray[np.bool_] | np.bool_ | bool, sentence: str) -> None:
    """ValueError with the sentence, and the positions that are bad, if any is."""
    places = np.asarray(bad, dtype=np.bool_)
    if places.any():
        raise BadValuesError(sentence, places)


def common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape to which all of these broadcast; ValueError says which do not fit."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"The shapes do not fit each other: {told}.") from error


def as_numbers(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """The same as float64; ValueError says what (`The stake`, ...) can't be read as numbers."""
    try:
        read = np.asarray(_plain(values) if has_labels(values) else values)
        if read.dtype.kind in "mMSUc" or (
            read.dtype == object and any(isinstance(v, str) for v in read.flat)
        ):
            raise TypeError
        return read.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers.") from error


def has_labels(value: object) -> bool:
    """Whether it is a Series, a DataFrame or an Index of pandas."""
    # another thread may be in the midst of loading pandas, which has no kinds of its own until it is done
    kinds = (getattr(sys.modules.get("pandas"), kind, None) for kind in ("Series", "DataFrame", "Index"))
    return isinstance(value, tuple(kind for kind in kinds if kind is not None))


class Labels:
    """The labels of each axis, by its name: what comes first sets the order, and the rest is put in it.

    Axes are spelled from the last one: a Series given for `round model` has models, a DataFrame both. Spelled
    `|round model`, a Series has rounds.
    """

    def __init__(self) -> None:
        self._of: dict[str, Any] = {}

    def read(self, values: Any, axes: str, what: str) -> Any:
        """Values as a plain array in the order of the labels so far; what has no labels stays as it is."""
        if not has_labels(values):
            return values
        if axes.startswith("{"):
            self._keep(axes, values.index, what)
            return dict(zip(values.index, _plain(values).tolist(), strict=True))
        plain = _plain(values, what)
        if values.ndim == 1 and not hasattr(values, "index"):
            return plain
        names = axes.removeprefix("|").split()
        if values.ndim > len(names):
            raise ValueError(f"{what} must be a list, not a table.")
        names = names[: values.ndim] if axes.startswith("|") else names[-values.ndim :]
        if values.ndim == 1:
            other = next(
                (name for name in axes.removeprefix("|").split() if self._fits(name, values.index)), ""
            )
            if other and not self._fits(names[0], values.index):  # a number for each row of a table
                return np.expand_dims(self._ordered(plain, 0, other, values.index, what), 1)
            return self._ordered(plain, 0, names[0], values.index, what)
        for at, (name, index) in enumerate(zip(names, (values.index, values.columns), strict=True)):
            plain = self._ordered(plain, at, name, index, what)
        return plain

    def give(self, result: Any, axes: str | Mapping[str, str]) -> Any:
        """The result with the labels of its axes, where it has any; of a dataclass, its fields."""
        if not self._of:
            return result
        if isinstance(axes, Mapping):
            changed: dict[str, Any] = {}
            for path, those in axes.items():
                field, _, inner = path.partition(".")
                before = changed.get(field, getattr(result, field))
                changed[field] = self.give(before, {inner: those} if inner else those)
            return replace(result, **changed)
        if isinstance(result, tuple):
            return tuple(self.give(each, axes) for each in cast("tuple[Any, ...]", result))
        pandas: Any = sys.modules["pandas"]
        if axes.startswith("{"):
            return pandas.Series(list(result.values()), index=self._of[axes])
        names = axes.removeprefix("|").split()
        if not isinstance(result, np.ndarray):
            return result
        array = cast("NDArray[Any]", result)
        if not 0 < array.ndim <= len(names):
            return array
        names = names[: array.ndim] if axes.startswith("|") else names[-array.ndim :]
        index = [self._of.get(name) for name in names]
        if all(labels is None for labels in index):
            return array
        if any(
            labels is not None and len(labels) != size
            for labels, size in zip(index, array.shape, strict=True)
        ):
            return array
        return pandas.Series(array, *index) if array.ndim == 1 else pandas.DataFrame(array, *index)

    def places(self, error: BadValuesError) -> ValueError:
        """The same error with labels in place of positions, where it is clear which."""
        names: list[Any] = []
        for size in error.bad.shape:
            fitting = [index for index in self._of.values() if len(index) == size]
            names.append(fitting[0] if len(fitting) == 1 else None)
        return BadValuesError(error.sentence, error.bad, tuple(names))

    def numbers_of(self, values: ArrayLike, axis: str, what: str) -> ArrayLike:
        """Positions of labels in the order of an axis; without labels there, the values themselves."""
        index = self._of.get(axis)
        if index is None:
            return values
        numbers = index.get_indexer(np.asarray(values))
        if (numbers < 0).any():
            missing = np.asarray(values)[numbers < 0][0]
            raise ValueError(f"{what} name {missing}, which is not among the labels of the others.")
        return numbers

    def _fits(self, name: str, index: Any) -> bool:
        known = self._of.get(name)
        return known is not None and len(known) == len(index) and bool(index.isin(known).all())

    def _keep(self, name: str, index: Any, what: str) -> None:
        if not index.is_unique:
            raise ValueError(f"{what} have the label {index[index.duplicated()][0]} more than once.")
        self._of.setdefault(name, index)

    def _ordered(self, plain: NDArray[Any], at: int, name: str, index: Any, what: str) -> NDArray[Any]:
        first = self._of.setdefault(name, index)
        if index.equals(first):
            return plain
        for labels in (first, index):
            if not labels.is_unique:
                again = labels[labels.duplicated()][0]
                raise ValueError(f"{what} can't be put in order: the label {again} is there more than once.")
        places = index.get_indexer(first)
        if len(index) != len(first) or (places < 0).any():
            [missing, *_] = first[places < 0] if (places < 0).any() else index[~index.isin(first)]
            whose = what[:1].lower() + what[1:]
            raise ValueError(f"The labels of {whose} are not those of the others: {missing} is in one alone.")
        return np.take(plain, places, axis=at)


def labelled(
    gives: str | Mapping[str, str] = "", /, **axes: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A function on plain arrays as one that puts Series and DataFrames in one order by their labels.

    axes: the axes of each array it takes, as Labels spells them; axes of the same name have the same labels,
    in any order, or are refused. gives: those of the result, which has labels where an argument had them.
    A table given for any other argument is refused.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        order = tuple(signature.parameters)

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            any_labels = False
            for name, value in _named(order, args, kwargs):
                if has_labels(value) or (isinstance(value, np.ndarray) and value.ndim):
                    if name not in axes:
                        raise ValueError(f"“{name}” must be one value, not a list.")
                    any_labels = any_labels or not isinstance(value, np.ndarray)
            if not any_labels:
                return function(*args, **kwargs)
            labels, bound = Labels(), signature.bind(*args, **kwargs)
            for name, those in axes.items():
                if name in bound.arguments:
                    bound.arguments[name] = labels.read(bound.arguments[name], those, _spelled(name))
            try:
                return labels.give(function(*bound.args, **bound.kwargs), gives)
            except BadValuesError as error:
                raise labels.places(error) from None

        return called

    return decorate


def _place(at: list[int], names: tuple[Any, ...]) -> str:
    told = [str(number if name is None else name[number]) for number, name in zip(at, names, strict=True)]
    return told[0] if len(told) == 1 else f"({', '.join(told)})"


def _named(
    order: tuple[str, ...], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    yield from zip(order, args, strict=False)
    yield from kwargs.items()


def _spelled(name: str) -> str:
    return f"The {name.replace('_', ' ')}"


def _plain(values: Any, what: str = "The values") -> NDArray[Any]:
    """Values of a Series, a DataFrame or an Index, where missing ones are NaN, or None among labels."""
    if values.ndim == 2:
        columns = [values.iloc[:, at] for at in range(values.shape[1])]
        read: list[NDArray[Any]] = [as_numbers(_plain(each), f"{what} of {each.name}") for each in columns]
        return np.stack(read, axis=1) if read else np.empty((len(values), 0))
    kind = getattr(values.dtype, "kind", "O")
    if kind in "fiub":
        held = np.dtype(np.float64) if values.hasnans else getattr(values.dtype, "numpy_dtype", values.dtype)
        return np.asarray(values.to_numpy(dtype=held, **({"na_value": np.nan} if values.hasnans else {})))
    if kind == "M":
        return np.asarray(values.to_numpy(dtype="datetime64[ns]"))
    plain: NDArray[Any] = np.array(values.to_numpy(dtype=object), dtype=object)
    plain[np.asarray(values.isna())] = None
    return plain
