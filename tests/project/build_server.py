"""A process that has dbt loaded and the project parsed, and forks a process for every build.

Builds that get killed need processes of their own; loading dbt and parsing the project for each of
them would take longer than the builds. One JSON line on standard input asks for something, one on
standard output answers: `{"start": …}` the process id, `{"wait": pid}` the exit code (negative: the
signal that ended it).
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

_TOUCHES = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}


def serve(options: list[str]) -> None:
    """Answer until standard input ends."""
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    manifest = dbtRunner().invoke(["parse", "--no-partial-parse", *options]).result
    assert isinstance(manifest, Manifest)
    for line in requests:
        request = json.loads(line)
        if "start" in request:
            answer = os.fork()
            if answer == 0:
                _build(manifest, **request["start"])
        else:
            _, status = os.waitpid(request["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        print(json.dumps(answer), file=answers, flush=True)


def _build(
    manifest: Manifest,
    arguments: list[str],
    environment: dict[str, str],
    output: str,
    death: dict[str, Any] | None,
) -> None:
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    callbacks = [_deadly(**death)] if death else []
    result = dbtRunner(manifest, callbacks=callbacks).invoke(arguments)
    if result.exception:
        print(result.exception, flush=True)
    sys.exit(0 if result.success else 1)


def _deadly(
    after_nodes: int = 0,
    start_of: str = "",
    delay: float = 0,
    rename_to: str = "",
    touches_of: str = "",
    touch: int = 0,
) -> Callable[[EventMsg], None]:
    """End this process as SIGKILL does: when so many nodes are done; when a node starts, or some
    seconds later; right before a file is renamed to that name; or right before the n-th time that
    Python makes, opens, renames or removes a file or folder with that text in its path."""
    finished = touched = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def listen(event: EventMsg) -> None:
        nonlocal finished
        if event.info.name == "NodeFinished":
            finished += 1
            if finished == after_nodes:
                die()
        if event.info.name == "NodeStart" and event.data.node_info.node_name == start_of:
            if delay:
                # nobody handles this signal: the kernel ends the process, whatever it is doing
                signal.setitimer(signal.ITIMER_REAL, delay)
            else:
                die()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal touched
        if rename_to and event == "os.rename" and str(arguments[1]).endswith(rename_to):
            die()
        if touches_of and event in _TOUCHES and touches_of in str(arguments[0]):
            touched += 1
            if touched == touch:
                die()

    if rename_to or touches_of:
        sys.addaudithook(watch)
    return listen


if __name__ == "__main__":
    serve(sys.argv[1:])
