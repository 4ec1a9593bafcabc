"""Whole builds, shared by the tests of a session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.builds import DEMO, WITHOUT_TESTS, Customer360
from tests.project.canaries import VARIABLES, Canaries, World, write_desks, write_landing


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """The demo, built once with every dbt test; read it, do not build on it."""
    folder = tmp_path_factory.mktemp("demo")
    project = Customer360(DEMO, folder / "home", folder / "scratch")
    project.build()
    return project


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A landing folder of canaries, built once; read it, do not build on it."""
    folder = tmp_path_factory.mktemp("canaries")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    canaries = Canaries()
    write_landing(project.landing, canaries)
    write_desks(project.landing, canaries)
    project.build(*WITHOUT_TESTS, variables=VARIABLES)
    return World(project, canaries)


@pytest.fixture
def fresh(tmp_path: Path) -> Customer360:
    """An empty landing folder with only the files adapter in mind."""
    (tmp_path / "landing" / "files").mkdir(parents=True)
    return Customer360(tmp_path / "landing", tmp_path / "home", tmp_path / "scratch")


@pytest.fixture
def write_parties(fresh: Customer360) -> Callable[[str], None]:
    """Write the flat party file of the fresh project."""

    def write(text: str) -> None:
        (fresh.landing / "files" / "party_records.csv").write_text(text, encoding="utf-8")

    return write
