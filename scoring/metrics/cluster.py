"""Other machines to score on: dask's executor, and one error whatever becomes of them."""

# dask brings types for little of it
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from typing import Any

PATIENCE = 5.0  # seconds until a scheduler that says nothing is away
NEEDED = "Scoring on other machines needs dask: pip install 'roundtable[cluster]'."


class ClusterError(Exception):
    """Other machines can't score, and why in a sentence; nothing was wrong with what was to be scored."""


@contextmanager
def cluster_executor(address: str, *, patience: float = PATIENCE) -> Generator[Executor]:
    """The executor of the dask scheduler at an address like tcp://127.0.0.1:8786, for as long as it is held.

    What a worker held that is gone is worked out again by another. Raises ClusterError where dask is not
    installed, nothing answers within `patience` seconds, no worker is there, or the work broke off over
    there; a ValueError of the work stays what it is.
    """
    client, quiet = _connected(address, patience)
    try:
        with quiet:
            # no two tasks are the same: their inputs need not be read through to tell
            yield client.get_executor(pure=False)
    except (ValueError, ClusterError):
        raise
    except Exception as error:
        told = str(error).split("\n")[0][:200]
        raise ClusterError(f"Scoring at {address} broke off: {told or type(error).__name__}") from error
    finally:
        _close(client, patience)


def _connected(address: str, patience: float) -> tuple[Any, Any]:
    """A client with at least one worker, and dask's settings while it is used."""
    scheme, _, place = address.partition("://")
    if scheme not in ("tcp", "tls") or not all(place.rpartition(":")):
        raise ClusterError(
            f"“{address[:60]}” is no scheduler's address: one looks like tcp://127.0.0.1:8786."
        )
    try:
        from dask import config
        from distributed import Client
    except ImportError as error:
        raise ClusterError(NEEDED) from error
    try:
        # a client waits without end for a scheduler that takes its call and never answers
        asyncio.run(_greeted(address, patience))
        client: Any = Client(address, timeout=patience, set_as_default=False)
    except Exception as error:
        raise ClusterError(f"No dask scheduler answers at {address}.") from error
    try:
        client.wait_for_workers(1, timeout=patience)
        # a worker that lacks this package would end at the first task, and so would the next with the same
        client.submit(exec, "import scoring", pure=False).result(timeout=patience)
    except ImportError as error:
        _close(client, patience)
        raise ClusterError(f"The workers at {address} lack this package: install it there too.") from error
    except Exception as error:
        _close(client, patience)
        raise ClusterError(f"The dask scheduler at {address} has no worker that answers.") from error
    # a task's inputs go with it: the scheduler keeps them until it is done, and a worker that dies takes none
    # along. dask warns of that, and would have large ones put on one worker beforehand, and lost with it
    return client, config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})


async def _greeted(address: str, patience: float) -> None:
    """Ask a scheduler who it is. Raises TimeoutError or OSError where it does not say so in time."""
    from distributed import Security, rpc

    arguments: Any = Security().get_connection_args("client")
    async with asyncio.timeout(patience), rpc(address, timeout=patience, connection_args=arguments) as asked:
        await asked.identity()


def _close(client: Any, patience: float) -> None:
    with suppress(TimeoutError, OSError):  # whoever is gone takes no leave
        client.close(timeout=patience)
