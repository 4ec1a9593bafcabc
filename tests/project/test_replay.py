"""Whole builds, delivery after delivery, on what the last one left, beside builds from nothing."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from tests.project.builds import DEMO, FILES_ONLY, HISTORIES, Customer360

# what a build from nothing has to find as well, row for row and bit for bit
COMPARED = ("conformed", "identity", "marts")
# the run's own: what it fitted, what the registry knew before, what it proposed and how that was
# judged, what it published
OF_A_RUN = {
    "identity_record_marks",
    "identity_recycled_keys",
    "fit",
    "identity_term_counts",
    "identity_value_frequencies",
    "assign",
    "identity_proposed_events",
    "gate",
    "identity_gates",
    "publish",
    "log_registry",
    *HISTORIES,
}


def rows(project: Customer360) -> dict[str, int]:
    """Each table and a sum over its rows."""
    with duckdb.connect(str(project.home / "warehouse.duckdb"), read_only=True) as con:
        con.execute(f"attach '{project.home / 'registry.duckdb'}' as registry (read_only)")
        names = con.execute(
            "select schema_name, table_name from duckdb_tables()"
            f" where database_name = 'warehouse' and schema_name in {COMPARED}"
        ).fetchall()
        return {
            f"{schema}.{name}": con.execute(
                f"select sum(hash(row_of)::hugeint) from warehouse.{schema}.{name} as row_of"
            ).fetchall()[0][0]
            for schema, name in names
            if name not in OF_A_RUN
        }


def assert_as_from_nothing(
    project: Customer360, folder: Path, variables: Mapping[str, object] | None = None
) -> None:
    """Build a copy with the same registry from nothing: every table is the same."""
    anew = project.copy_to(folder)
    before = project.holders()
    anew.run("--full-refresh", variables=variables)
    assert anew.holders() == before
    kept, fresh = rows(project), rows(anew)
    assert len(kept) > 40
    assert {name for name in kept if kept[name] != fresh.get(name)} == set()
    shutil.rmtree(folder)


HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address\n"
PEOPLE = """1,John Doe,1980-02-03,doe@example.com,,02139,12 Main Street
2,John Doe,,doe@example.com,,,
3,田中太郎,1975-05-01,t.tanaka@example.com,090-1234-5678,100-0001,千代田1-1
4,タナカタロウ,1975-05-01,,09012345678,1000001,
5,Mary Major,1990-10-10,,+1 202-555-0199,94105,1 Elm Street
"""
# an office: six more names read the mailbox
COLLEAGUES = """11,Alice Young,1961-01-01,doe@example.com,,10001,1 First Street
12,Brian Quinn,1962-02-02,doe@example.com,,10002,2 Second Street
13,Carol Zimmer,1963-03-03,doe@example.com,,10003,3 Third Street
14,Derek Xavier,1964-04-04,doe@example.com,,10004,4 Fourth Street
15,Emily Upton,1965-05-05,doe@example.com,,10005,5 Fifth Street
16,Frank Vance,1966-06-06,doe@example.com,,10006,6 Sixth Street
"""


def test_values_turn_generic_and_back_and_decisions_come_and_go(
    fresh: Customer360, tmp_path: Path
) -> None:
    variables = {"systems": [*FILES_ONLY["systems"], "stewardship"]}
    (fresh.landing / "stewardship").mkdir()

    def deliver(people: str, decisions: str = "") -> None:
        (fresh.landing / "files" / "party_records.csv").write_text(HEADER + people, "utf-8")
        (fresh.landing / "stewardship" / "steward_decisions.csv").write_text(
            f"record_key_a,record_key_b,decision,decided_by,decided_at,reason\n{decisions}", "utf-8"
        )
        fresh.run(variables=variables)

    def together(a: int, b: int) -> bool:
        holders = fresh.holders()
        return holders[f"files/main/party/{a}"] == holders[f"files/main/party/{b}"]

    deliver(PEOPLE)
    first = fresh.holders()
    assert together(1, 2)
    assert together(3, 4)
    # the mailbox becomes an office's; a steward parts two records; one record is corrected
    deliver(
        PEOPLE.replace("1 Elm Street", "2 Elm Street") + COLLEAGUES,
        "files/main/party/3,files/main/party/4,different,anna,2026-11-01T09:00:00,brothers\n",
    )
    assert not together(1, 2)
    assert not together(3, 4)
    assert_as_from_nothing(fresh, tmp_path / "second", variables)
    # all of it is taken back
    deliver(PEOPLE)
    assert fresh.holders() == first
    assert_as_from_nothing(fresh, tmp_path / "third", variables)


# what the column is called that says when a row came to be, the most telling first
CREATED = (
    "createddate",
    "creationdate",
    "createdat",
    "created",
    "datejoined",
    "bookedat",
    "occurredat",
    "eventdate",
    "eventtimestamp",
    "startsat",
    "since",
    "asof",
)
# the file whose rows those of another go with, and the key of both
GOES_WITH = {
    "customer_addresses": ("customers", "customerno"),
    "order_items": ("orders", "orderno"),
}
DAYS = 3


def column_of(con: duckdb.DuckDBPyConnection, read: str, *names: str) -> str:
    """The first of the columns that the file has, however it spells it."""
    columns = {
        column.lower().replace("_", "").replace(" ", ""): column
        for column in con.sql(f"from {read}").columns
    }
    return next(f'"{columns[name]}"' for name in names if name in columns)


def deliver_day(landing: Path, day: int) -> None:
    """Write the demo as it was on the n-th of a few days; on the last one it is complete."""
    with duckdb.connect() as con:
        files = sorted(file for file in DEMO.rglob("*.*") if file.suffix in (".csv", ".parquet"))
        for file in sorted(files, key=lambda file: file.stem in GOES_WITH):
            target = landing / file.relative_to(DEMO)
            target.parent.mkdir(parents=True, exist_ok=True)
            csv = file.suffix == ".csv"
            read = "read_csv('{}', all_varchar = true)" if csv else "'{}'"
            read = read.format(file)
            if file.stem in GOES_WITH:
                parent, name = GOES_WITH[file.stem]
                key = column_of(con, read, name)
                beside = target.with_stem(parent)
                parents = f"read_csv('{beside}', all_varchar = true)" if csv else f"'{beside}'"
                kept = f"select * from {read} where {key} in (select {key} from {parents})"
            else:
                # texts of one form sort like their days do, or nearly: any order will do
                column = column_of(con, read, *CREATED)
                kept = (
                    f"select * exclude (line, part) from (select *, ntile({DAYS})"
                    f" over (order by {column}, line) as part"
                    f" from (select *, row_number() over () as line from {read}))"
                    f" where part <= {day}"
                )
            options = "header" if csv else "format parquet"
            con.execute(f"copy ({kept}) to '{target}' ({options})")


def test_the_demo_day_by_day_ends_like_the_demo_at_once(tmp_path: Path, demo: Customer360) -> None:
    project = Customer360(tmp_path / "landing", tmp_path / "home", tmp_path / "scratch")
    for day in range(1, DAYS + 1):
        deliver_day(project.landing, day)
        project.run()
        assert_as_from_nothing(project, tmp_path / f"day_{day}")
    assert set(project.holders()) == set(demo.holders())
