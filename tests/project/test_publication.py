"""What readers see while builds fail, and what the published files are."""

from pathlib import Path

import duckdb
import pytest

from tests.project.builds import FILES_ONLY, Customer360, copy_of_the_project

PARTIES = "source_key,full_name,emails\n1,John Doe,john@example.com\n2,Jane Roe,jane@example.com\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("publication")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(PARTIES, "utf-8")
    project.build(variables=FILES_ONLY)
    return project


def test_a_failing_test_upstream_leaves_the_former_publication(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    before = (project.home / "published" / "customer360.duckdb").stat()
    copy = copy_of_the_project(tmp_path / "project")
    failing = copy / "tests" / "dbt" / "assert_nobody_is_called_doe.sql"
    failing.write_text("select * from {{ ref('dim_party') }} where display_name like '%Doe%'\n")
    result = project.dbt("build", variables=FILES_ONLY, project_dir=copy)
    assert not result.success
    status = {node.node.name: node.status for node in result.result}
    assert status["assert_nobody_is_called_doe"] == "fail"
    assert status["publish"] == "skipped"
    after = (project.home / "published" / "customer360.duckdb").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert project.query("select count(*) from bridge_party_source") == [(2,)]


def test_a_reader_keeps_its_file_while_a_build_publishes(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    published = project.home / "published" / "customer360.duckdb"
    with duckdb.connect(str(published), read_only=True) as reader:
        before = reader.execute("select published_at from build_info").fetchall()
        project.run("--full-refresh", variables=FILES_ONLY)
        assert reader.execute("select published_at from build_info").fetchall() == before
    assert project.query("select published_at from build_info") != before


def test_the_restricted_file_is_its_owners_until_somebody_changes_that(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    published = project.home / "published"
    is_open, restricted = (
        published / name for name in ("customer360.duckdb", "customer360_restricted.duckdb")
    )
    assert restricted.stat().st_mode & 0o777 == 0o600
    assert is_open.stat().st_mode & 0o444 == 0o444
    restricted.chmod(0o640)
    project.run("--full-refresh", "--select", "publish", variables=FILES_ONLY)
    assert restricted.stat().st_mode & 0o777 == 0o640


def test_older_clients_can_read_the_publication(built: Customer360) -> None:
    published = built.home / "published" / "customer360.duckdb"
    with duckdb.connect(str(published), read_only=True) as con:
        ((version,),) = con.execute(
            "select tags['storage_version'] from duckdb_databases()"
            " where database_name = current_database()"
        ).fetchall()
    assert version.startswith("v1.4")


def test_facts_of_systems_that_are_not_connected_are_empty_but_there(built: Customer360) -> None:
    facts = "select table_name from duckdb_tables() where starts_with(table_name, 'fct_')"
    names = [name for (name,) in built.query(facts)]
    assert {"fct_orders", "fct_quotes", "fct_activities"} <= set(names)
    for name in names:
        assert built.query(f"select count(*) from {name}") == [(0,)]


def test_prod_refuses_to_run_without_a_key_of_its_own(built: Customer360, tmp_path: Path) -> None:
    project = built.copy_to(tmp_path)
    result = project.dbt("build", "--target", "prod", variables=FILES_ONLY)
    assert not result.success
    assert "CUSTOMER360_ID_KEY" in str(result.exception)
