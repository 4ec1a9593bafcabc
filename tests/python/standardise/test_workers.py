"""Workers answer what this process would, say what went wrong, and do not outlive their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from customer360.standardise import udfs
from customer360.standardise.workers import WorkerError, Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(2, rows_in_process=0)
    yield pool
    pool.close()


def processes(pool: Workers) -> list[subprocess.Popen[bytes]]:
    return [w._process for w in pool._workers if w._process is not None]


def test_workers_answer_what_this_process_answers(workers: Workers) -> None:
    statement = """
        select
            i, person_name('Anna Nr' || i % 7 || ' 田中', null, null, null),
            email('t.tanaka' || i || '@example.com'), phone('+81 3 1234 ' || i, 'JP'),
            address(i || ' Main Street', null, null, '150-0041', null),
            organization_name('株式会社アクメ' || i)
        from range(5000) as numbers (i)
        order by i
    """
    answers = []
    for pool in (Workers(0), workers):
        with duckdb.connect() as con:
            udfs.register(con, workers=pool)
            answers.append(con.execute(statement).fetchall())
    assert answers[0] == answers[1]
    assert processes(workers)


def test_few_rows_start_no_process() -> None:
    pool = Workers(2, rows_in_process=10_000)
    with duckdb.connect() as con:
        udfs.register(con, workers=pool)
        con.execute("select email('a' || i || '@b.com') from range(3000) as r (i)").fetchall()
    assert not processes(pool)


def test_an_error_in_a_worker_says_which_function_and_why(workers: Workers) -> None:
    run = workers.spread("phone", udfs.phones)
    with pytest.raises(WorkerError, match=r"(?s)phone\(\) failed.*AttributeError"):
        run(pa.array([1, 2]), pa.array(["JP", "JP"]))
    # the worker is there for the next question
    assert run(pa.array(["03-1234-5678"]), pa.array(["JP"])).to_pylist() == ["+81312345678"]


def test_a_worker_that_was_killed_is_an_error_once(workers: Workers) -> None:
    run = workers.spread("phone", udfs.phones)
    arguments = pa.array(["03-1234-5678"]), pa.array(["JP"])
    run(*arguments)
    for process in processes(workers):
        process.kill()
        process.wait()
    with pytest.raises(WorkerError, match="ended with exit code"):
        run(*arguments)
    assert run(*arguments).to_pylist() == ["+81312345678"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_workers_end_with_their_parent_however_it_ends() -> None:
    program = (
        "import time, pyarrow as pa\n"
        "from customer360.standardise import udfs\n"
        "from customer360.standardise.workers import Workers\n"
        "pool = Workers(2, rows_in_process=0)\n"
        "pool.spread('email', udfs.emails)(pa.array(['a@b.com']))\n"
        "print(*[w._process.pid for w in pool._workers if w._process], flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert children
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(is_running(pid) for pid in children)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # an orphan that has ended may wait for the system to collect it
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")
