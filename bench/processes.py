"""A function in a process of its own, and the most memory that it and its children held."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_SECONDS_BETWEEN_LOOKS = 0.1
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
_PROCESSES = Path("/proc")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What a process gave back.

    Attributes:
        value: what the function returned.
        peak_gib: the most resident memory of the process and all below it at one moment; shared
            pages count once per process. Where there is no /proc, that of the process alone.

    """

    value: T
    peak_gib: float


def run(function: Callable[..., T], *arguments: Any) -> Outcome[T]:
    """Run the function in a new process.

    Raises:
        RuntimeError: with the traceback, when the function raises or the process dies.

    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(theirs, function, arguments))
    process.start()
    theirs.close()
    assert process.pid is not None
    peak = 0
    while not ours.poll(_SECONDS_BETWEEN_LOOKS):
        peak = max(peak, _resident(process.pid))
    try:
        is_done, value, own_peak = ours.recv()
    except EOFError:
        process.join()
        raise RuntimeError(
            f"{function.__qualname__} died with exit code {process.exitcode}; a negative one is a"
            " signal, and -9 most often means that memory ran out"
        ) from None
    process.join()
    if not is_done:
        raise RuntimeError(str(value))
    return Outcome(value, max(peak, own_peak) / 2**30)


def _answer(connection: Connection, function: Callable[..., T], arguments: tuple[Any, ...]) -> None:
    answer: tuple[bool, Any]
    try:
        answer = True, function(*arguments)
    except BaseException:
        answer = False, traceback.format_exc()
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT
    connection.send((*answer, own_peak))
    connection.close()


def _resident(pid: int) -> int:
    """Bytes that a process and all below it hold."""
    page = os.sysconf("SC_PAGE_SIZE")
    total = 0
    for each in _family(pid):
        try:
            total += int((_PROCESSES / str(each) / "statm").read_text().split()[1]) * page
        except (OSError, IndexError):
            # it has ended in the meantime
            continue
    return total


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in (_PROCESSES / str(pid) / "task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in found:
            yield from _family(int(child))
