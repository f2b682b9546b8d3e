"""What is packed comes out again, to the unit of its column, and what is damaged is refused."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tournament.numerai.field.packed import as_floats, as_whole, pack, unit_of, unpack

NAMES = ("stake", "payout", "corr", "mmc60", "mean_corr_with_others")


@given(
    st.integers(0, 40).flatmap(
        lambda size: st.tuples(
            *[arrays.arrays(np.float64, size, elements=st.floats(-30, 30) | st.just(np.nan)) for _ in NAMES]
        )
    ),
    st.data(),
)
def test_columns_come_back_to_their_unit(columns: tuple[np.ndarray, ...], data: st.DataObject) -> None:
    size = columns[0].size
    model = np.array(
        sorted(data.draw(st.sets(st.integers(0, 2**30), min_size=size, max_size=size))), dtype=np.int32
    )
    whole = {name: as_whole(name, values) for name, values in zip(NAMES, columns, strict=True)}
    again, found = unpack(pack(model, whole))
    np.testing.assert_array_equal(again, model)
    for name, values in zip(NAMES, columns, strict=True):
        np.testing.assert_array_equal(found[name], whole[name])
        np.testing.assert_allclose(as_floats(name, found[name]), values, rtol=0, atol=0.51 / unit_of(name)[0])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_column_can_t_hold_is_nothing(name: str) -> None:
    kind = unit_of(name)[1]
    odd = np.array([np.nan, np.inf, -np.inf, 1e300, np.iinfo(kind).max / unit_of(name)[0] * 2])
    assert np.isnan(as_floats(name, as_whole(name, odd))).all()


def test_a_score_of_six_decimals_is_that_score_again() -> None:
    scores = np.array([0.016472, -0.055199, 0.1, 0.999999])
    assert as_floats("corr", as_whole("corr", scores)).tolist() == scores.tolist()


def test_only_what_is_wanted_is_unpacked() -> None:
    whole = {name: as_whole(name, np.arange(5.0) / 100) for name in NAMES}
    packed = pack(np.arange(5, dtype=np.int32), whole)
    assert set(unpack(packed, ["corr", "never_told"])[1]) == {"corr"}


def test_what_is_damaged_is_refused() -> None:
    packed = pack(np.arange(50, dtype=np.int32), {"corr": as_whole("corr", np.arange(50.0) / 1000)})
    head, _, rest = packed.partition(b"\n")
    bomb = zlib.compress(bytes(10_000_000))
    larger = json.dumps({"form": 1, "rows": 50, "columns": [["model", len(bomb)]]}).encode()
    for bad in (
        b"",
        b"x",
        head,
        packed[:-1],
        packed + b"x",
        head.replace(b'"form": 1', b'"form": 2') + b"\n" + rest,
        head + b"\n" + bytes(len(rest)),
        larger + b"\n" + bomb,
        b"[]\n",
        b'{"form": 1, "rows": "many", "columns": []}\n',
    ):
        with pytest.raises(ValueError, match="packed round"):
            unpack(bad)
