"""An export is there as a whole or not at all, and replaces nothing but an earlier one."""

import hashlib
import json
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from customer360.export import MANIFEST, ExportError, export, main

TABLES = """
create table build_info as
select 7::bigint as commit_number, 'run' as run_id, timestamp '2026-11-01 10:00:00' as published_at;
create table fct_orders as
select i as order_key, (i * 1.1)::decimal(18,2) as total_amount, '田中' as name
from range(3) as t(i);
create table totals as select 170141183460469231731687303715884105::hugeint as total;
create table nothing (gpid varchar, since timestamp, keys varchar[]);
create macro resolve(key) as table from fct_orders where order_key = key
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    file = tmp_path / "home" / "published" / "customer360.duckdb"
    file.parent.mkdir(parents=True)
    with duckdb.connect(str(file)) as con:
        con.execute(TABLES)
    shutil.copy(file, file.with_name("customer360_restricted.duckdb"))
    return file


def exported(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_table_is_a_file_with_its_rows_and_types(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bi" / "customer360"
    export(published, folder, restricted=False)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    assert (manifest["published_file"], manifest["commit_number"]) == ("customer360.duckdb", 7)
    assert manifest["published_at"] == "2026-11-01T10:00:00+00:00"
    assert {t["name"]: t["rows"] for t in manifest["tables"]} == {
        "build_info": 1,
        "fct_orders": 3,
        "nothing": 0,
        "totals": 1,
    }
    for table in manifest["tables"]:
        content = (folder / table["file"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            table["bytes"],
            table["sha256"],
        )
    with duckdb.connect(str(published), read_only=True) as con:
        for table in manifest["tables"]:
            read = con.sql(f"from read_parquet('{folder / table['file']}')")
            assert read.columns == [column["name"] for column in table["columns"]]
            assert read.fetchall() == con.sql(f"from {table['name']}").fetchall()
    assert sorted(exported(folder)) == sorted(
        [
            MANIFEST,
            *(f"{name}.parquet" for name in ("build_info", "fct_orders", "nothing", "totals")),
        ]
    )
    assert [path.name for path in folder.parent.iterdir()] == ["customer360"]


def test_an_export_replaces_the_former_as_a_whole(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bi"
    export(published, folder, restricted=False)
    with duckdb.connect(str(published)) as con:
        con.execute("drop table totals; insert into fct_orders values (9, 1, 'Doe')")
    export(published, folder, restricted=False)
    assert "totals.parquet" not in exported(folder)
    assert duckdb.sql(f"select count(*) from '{folder}/fct_orders.parquet'").fetchall() == [(4,)]


def test_a_failing_export_leaves_the_former(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bi"
    export(published, folder, restricted=False)
    before = exported(folder)
    with duckdb.connect(str(published)) as con:
        con.execute("insert into fct_orders values (9, 1, 'Doe'); create table \"no/file\" (a int)")
    with pytest.raises(duckdb.IOException):
        export(published, folder, restricted=False)
    assert exported(folder) == before
    assert not list(tmp_path.glob(".bi.*"))


def test_what_a_killed_export_left_is_put_right(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bi"
    export(published, folder, restricted=False)
    before = exported(folder)
    # killed between the two renames, and before that in the middle of a file
    folder.replace(tmp_path / ".bi.old")
    (tmp_path / ".bi.new").mkdir()
    (tmp_path / ".bi.new" / "fct_orders.parquet").write_bytes(b"PAR1")
    with pytest.raises(ExportError, match="run `make build` first"):
        export(tmp_path / "gone.duckdb", folder, restricted=False)
    export(published, folder, restricted=False)
    assert exported(folder).keys() == before.keys()
    assert not list(tmp_path.glob(".bi.*"))


@pytest.mark.parametrize("name", ["notes.txt", "other.parquet", MANIFEST])
def test_nothing_else_is_ever_replaced(name: str, published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bi"
    folder.mkdir()
    (folder / name).write_text("{}")
    with pytest.raises(ExportError, match="no export wrote it"):
        export(published, folder, restricted=False)
    assert exported(folder) == {name: b"{}"}
    (folder / name).unlink()
    export(published, folder, restricted=False)
    (folder / "report.pbix").write_text("mine")
    with pytest.raises(ExportError, match=r"report\.pbix"):
        export(published, folder, restricted=False)
    assert (folder / "report.pbix").read_text() == "mine"


def test_personal_data_never_takes_the_place_of_an_open_export(
    published: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "bi"
    export(published, folder, restricted=False)
    with pytest.raises(ExportError, match="name another folder"):
        export(published.with_name("customer360_restricted.duckdb"), folder, restricted=True)
    own = tmp_path / "own"
    export(published.with_name("customer360_restricted.duckdb"), own, restricted=True)
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in own.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("answer", "options", "is_exported"),
    [
        ("restricted", [], True),
        ("yes", [], False),
        (None, [], False),
        (None, ["--yes"], True),
    ],
)
def test_the_restricted_file_is_exported_only_when_somebody_says_so(
    answer: str | None,
    options: list[str],
    is_exported: bool,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUSTOMER360_HOME", str(published.parents[1]))
    answers = tmp_path / "answers"
    answers.write_text(f"{answer}\n" if answer else "")
    with answers.open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        code = main([str(tmp_path / "own"), "--restricted", *options])
    assert (code == 0) is is_exported
    assert (tmp_path / "own").exists() is is_exported
