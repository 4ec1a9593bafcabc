"""Processes beside this one that run the functions, since Python's threads share one core.

A worker is this interpreter running this module. It reads questions from its standard input, Arrow
tables with the name of a function, answers on its standard output, and ends when its input does:
with its parent, however that ends.
"""

from __future__ import annotations

import atexit
import gc
import os
import queue
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from typing import IO, Any

import pyarrow as pa

ROWS_IN_PROCESS = 25_000
"""Starting workers takes a second or two: fewer rows than these are done sooner without."""

MOST_WORKERS = 4

_LENGTH = struct.Struct("<q")
_FUNCTION = b"function"
_ERROR = b"error"

Function = Callable[..., Any]
"""Takes Arrow arrays of equal length and returns one of that length."""


class WorkerError(RuntimeError):
    """A function failed in a worker, or the worker itself did."""


def _send(stream: IO[bytes], columns: list[Any], metadata: dict[bytes, bytes]) -> None:
    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    table = table.replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    message = sink.getvalue()
    stream.write(_LENGTH.pack(message.size))
    stream.write(message)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[list[Any], dict[bytes, bytes]] | None:
    """Columns and metadata of the next message; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    message = stream.read(size)
    if len(message) < size:
        return None
    with pa.ipc.open_stream(message) as reader:
        table = reader.read_all()
    return [column.combine_chunks() for column in table.columns], table.schema.metadata or {}


class _Worker:
    """One process, started when it is first asked and again after it failed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, function: str, columns: list[Any]) -> Any:
        """The array that the function makes of the columns.

        Raises:
            WorkerError: with the traceback of the function, or how the process ended.

        """
        process = self._process = self._process or _start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(process.stdin, columns, {_FUNCTION: function.encode()})
            answer = _receive(process.stdout)
        except BrokenPipeError:
            answer = None
        if answer is None:
            self.close()
            raise WorkerError(
                f"the process that ran {function}() ended with exit code {process.returncode};"
                " was there enough memory?"
            )
        found, metadata = answer
        if _ERROR in metadata:
            raise WorkerError(f"{function}() failed:\n{metadata[_ERROR].decode()}")
        return found[0]

    def close(self) -> None:
        """End the process, if there is one, and wait until it has ended."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # what this process can import, the worker can
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


class Workers:
    """Up to `size` processes that share the work of all connections of this one."""

    def __init__(self, size: int, rows_in_process: int = ROWS_IN_PROCESS) -> None:
        self._workers = [_Worker() for _ in range(size)]
        # the one that was busy last is asked first, so that no more start than are needed
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._rows_left = rows_in_process
        atexit.register(self.close)

    def spread(self, name: str, function: Function) -> Function:
        """`function` with the same result, run by whichever worker is free.

        `name` is what it is called in `serve`. With fewer than two workers, and for the first rows,
        it runs in this process.
        """

        @wraps(function)
        def run(*columns: Any) -> Any:
            if len(self._workers) < 2:
                return function(*columns)
            if self._rows_left > 0:
                self._rows_left -= len(columns[0])
                return function(*columns)
            worker = self._idle.get()
            try:
                return worker.run(name, list(columns))
            finally:
                self._idle.put(worker)

        return run

    def close(self) -> None:
        """End all processes; those that are needed later start again."""
        for worker in self._workers:
            worker.close()


def default_size() -> int:
    """As many workers as there are cores, up to `MOST_WORKERS`."""
    return min(MOST_WORKERS, os.cpu_count() or 1)


def serve(functions: Mapping[str, Function], source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer every question from `source` on `sink` until there are no more."""
    while (question := _receive(source)) is not None:
        columns, metadata = question
        try:
            answer, notes = [functions[metadata[_FUNCTION].decode()](*columns)], {}
        except Exception:
            answer, notes = [], {_ERROR: traceback.format_exc().encode()}
        _send(sink, answer, notes)


def main() -> None:
    """Serve the functions of this package on standard input and output."""
    from customer360.standardise.udfs import SPREAD

    # the functions leave no cycles, only ever more cached words, which the collector would visit
    # again and again: a third of the whole time
    gc.disable()
    # an interrupt reaches the whole group; this process ends when its parent has
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "wb")
    # whatever a library prints must not end up between the answers
    os.dup2(2, 1)
    serve(SPREAD, sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
