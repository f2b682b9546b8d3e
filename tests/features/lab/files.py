"""Files of predictions as members may make them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

WRITTEN = Path(__file__).parent / "parquet"  # by pyarrow 26 and polars 2, of truth.csv there
HEADER = "era,id,prediction,target\n"


def frame(eras: int = 20, stocks: int = 40, features: int = 0, seed: int = 7) -> pd.DataFrame:
    """Predictions that know a little, a meta model that knows more, and features."""
    draw = np.random.default_rng(seed)
    rows = eras * stocks
    target = draw.integers(0, 5, rows) / 4
    made = pd.DataFrame(
        {
            "era": np.repeat([f"{era:04}" for era in range(101, 101 + eras)], stocks),
            "id": [f"n{row:06x}" for row in range(rows)],
            "prediction": (draw.random(rows) + 0.1 * target).round(4),
            "target": target,
            "meta_model": draw.random(rows) + 0.3 * target,
        }
    )
    for at in range(features):
        made[f"feature_{at}"] = draw.integers(0, 5, rows) / 4 + 0.2 * made.prediction
    return made


def as_file(made: pd.DataFrame, **options: object) -> bytes:
    return made.to_csv(index=False, **options).encode()  # type: ignore[call-overload]


def rows(*lines: str) -> bytes:
    return (HEADER + "\n".join(lines)).encode()


def as_parquet(made: pd.DataFrame, folder: Path, **options: Any) -> bytes:
    import fastparquet  # here, because most who make files make no parquet

    path = folder / "made.parquet"
    fastparquet.write(str(path), made, **options)
    return path.read_bytes()


def with_footer(content: bytes, change: Callable[[Any], None]) -> bytes:
    """A parquet file whose end says something else than what is there."""
    import fastparquet

    footer = fastparquet.ParquetFile(io.BytesIO(content)).fmd
    change(footer)
    said = bytes(footer.to_bytes())
    length = int.from_bytes(content[-8:-4], "little")
    return content[: -8 - length] + said + len(said).to_bytes(4, "little") + b"PAR1"
