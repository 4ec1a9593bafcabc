"""What holds for every test run."""

import gc


def pytest_unconfigure() -> None:
    """Let go of what outlives the tests.

    Hypothesis times the garbage collector through a callback that nothing takes away. It keeps the
    modules of the tests until the interpreter is gone, and DuckDB's bindings then report every
    class and type that those modules hold as leaked.
    """
    gc.callbacks.clear()
