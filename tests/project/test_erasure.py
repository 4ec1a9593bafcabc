"""Who asks to be erased is nowhere any more, and stays away when the same extract comes again."""

import csv
import gzip
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from customer360.access import PAGE
from customer360.restore import restore
from customer360_dbt import access, erase
from customer360_dbt.dry_run import DryRunError
from tests.project.builds import FILES_ONLY, PROJECT, WITHOUT_TESTS, Customer360, explain
from tests.project.canaries import VARIABLES, World, contents

_REQUEST = ("request_id", "kind", "subject", "requested_at", "deadline", "confirmed_by", "note")


class Office:
    """A project of its own, with seeds to write requests into."""

    def __init__(self, built: Customer360, folder: Path, variables: Mapping[str, Any]) -> None:
        self.root = folder / "project"
        self.root.mkdir(parents=True)
        for path in PROJECT.iterdir():
            if path.name == "seeds":
                shutil.copytree(path, self.root / "seeds")
            elif not path.name.startswith(".") and path.name not in ("target", "logs", "data"):
                (self.root / path.name).symlink_to(path)
        if built.home.exists():
            shutil.copytree(built.home, folder / "home")
        self.project = Customer360(built.landing, folder / "home", self.root)
        self.variables = dict(variables)

    def ask(self, *requests: tuple[str, ...]) -> None:
        """Write the requests into the seed."""
        with (self.root / "seeds" / "privacy_requests.csv").open("w", newline="") as file:
            csv.writer(file).writerows([_REQUEST, *requests])

    def build(self, *options: str) -> None:
        result = self.project.dbt(
            "build",
            *WITHOUT_TESTS,
            *options,
            variables=self.variables,
            project_dir=self.root,
        )
        if not result.success:
            raise DryRunError(explain(result))

    def erase(self, monkeypatch: pytest.MonkeyPatch) -> int:
        monkeypatch.chdir(self.root)
        monkeypatch.setenv("CUSTOMER360_HOME", str(self.project.home))
        return erase.main([], build=lambda home, variables, *options: self.build(*options))

    def access(self, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
        monkeypatch.chdir(self.root)
        monkeypatch.setenv("CUSTOMER360_HOME", str(self.project.home))
        monkeypatch.setenv("CUSTOMER360_LANDING", str(self.project.landing))
        return access.main([*arguments, "--vars", yaml.safe_dump(self.variables)])

    def status(self) -> dict[str, str]:
        return dict(
            self.project.warehouse("select request_id, status from marts.privacy_request_status")
        )

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every file of the home and of dbt, as text; databases and Parquet row by row, too."""
        for folder in ("target", "logs", "seeds"):
            for path in sorted((self.root / folder).rglob("*")):
                if path.is_file():
                    yield path.name, path.read_bytes().decode("utf-8", "ignore")
        for path in sorted(self.project.home.rglob("*")):
            if not path.is_file():
                continue
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            yield path.name, content.decode("utf-8", "ignore")
            if path.suffix == ".duckdb":
                yield from contents(path)
            if path.suffix == ".parquet":
                rows = duckdb.sql(f"from read_parquet('{path}')").fetchall()
                yield str(path.relative_to(self.project.home)), str(rows)


# the one person of the canaries who stays
_STAYS = "sales_cloud/main/lead/00Q5g0000000901AAA"


@pytest.fixture(scope="module")
def erased(world: World, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The world of canaries after everybody but one was erased."""
    office = Office(world.project, tmp_path_factory.mktemp("erased"), VARIABLES)
    parties = world.project.query(
        "select gpid, min(record_key) from bridge_party_source where is_current"
        f" group by gpid having not bool_or(record_key = '{_STAYS}') order by gpid",
        restricted=True,
    )
    # the office knows some by the GPID, others by a record
    office.ask(
        *(
            (f"r{number}", "erasure", names[number % 2], "2026-11-01", "", "an officer", "")
            for number, names in enumerate(parties)
        ),
        ("access", "access", _STAYS, "2026-11-01", "", "", ""),
    )
    office.build("--select", "+privacy_request_status")
    with pytest.MonkeyPatch.context() as monkeypatch:
        # what was written out before, at somebody's request or without one, has to go as well
        assert office.access(monkeypatch, "--request=access") == 0
        assert office.access(monkeypatch, parties[0][0]) == 0
        assert any(world.canaries.found(text) for name, text in office.texts() if name == PAGE)
        assert office.erase(monkeypatch) == 0
    return office


def found(office: Office, world: World) -> dict[str, set[str]]:
    """What is found of those who were erased, by file and column."""
    others = {place for place in world.canaries.values if re.search("/lead/.*/1$", place)}
    # a row without a key, and with nothing that anybody else says: nobody knows whose it is
    others.add("unusable/full_name")
    # who decided and confirmed is not who was erased
    others |= {
        place for place in world.canaries.values if re.search("(decided|confirmed)_by/", place)
    }
    places = {name: world.canaries.found(text) - others for name, text in office.texts()}
    return {name: found for name, found in places.items() if found}


def test_who_was_erased_is_found_nowhere(erased: Office, world: World) -> None:
    status = erased.status()
    # whom the office could tell what is held about them is not there any more
    assert status.pop("desk-1") == "unknown subject"
    assert set(status.values()) == {"done"}
    late = "select count(*) from marts.privacy_request_status where backups_until <= current_date"
    assert erased.project.warehouse(late) == [(0,)]
    assert found(erased, world) == {}
    # whoever stays is there, and would be found
    assert erased.project.query(
        "select record_key from bridge_party_source where is_current", restricted=True
    ) == [(_STAYS,)]
    everything = {place for _, text in erased.texts() for place in world.canaries.found(text)}
    assert len(everything) > 10


def test_the_accounts_add_up_and_facts_stay_without_their_persons(
    erased: Office, world: World
) -> None:
    ((suppressed, unbalanced),) = erased.project.query(
        "select sum(suppressed), count(*) filter (not is_balanced) from source_reconciliation"
    )
    assert suppressed > 15 and unbalanced == 0
    for table, amount in (
        ("fct_orders", "total_amount"),
        ("fct_opportunities", "amount"),
        ("fct_cases", "0"),
        ("fct_activities", "0"),
    ):
        query = f"select count(*), sum({amount}) from {table}"
        assert erased.project.query(query) == world.project.query(query)
    assert erased.project.query("select distinct gpid, record_key from fct_orders") == [
        (None, None)
    ]


def test_facts_leave_with_their_persons_where_the_office_wants_it(
    erased: Office, world: World, tmp_path: Path
) -> None:
    deleting = Office(erased.project, tmp_path, VARIABLES | {"erased_facts": "delete"})
    deleting.build()
    assert found(deleting, world) == {}
    for table in ("fct_orders", "fct_order_lines"):
        assert world.project.query(f"select count(*) > 0 from {table}") == [(True,)]
        assert deleting.project.query(f"select count(*) from {table}") == [(0,)]
    cases = "select count(*) from fct_cases where record_key is not null"
    ((left,),) = deleting.project.query("select count(*) from fct_cases")
    ((all_cases,),) = world.project.query("select count(*) from fct_cases")
    ((of_somebody,),) = world.project.query(cases)
    assert left == all_cases - of_somebody


def test_the_history_of_builds_outlives_an_erasure(erased: Office, world: World) -> None:
    runs = "select run_number, run_id from main.build_runs order by run_number"
    before = world.project.warehouse(runs)
    assert erased.project.warehouse(runs)[: len(before)] == before
    history = "select count(distinct run_id) from marts.source_reconciliation_history"
    assert erased.project.warehouse(history) > world.project.warehouse(history)


def test_the_ids_are_dead_and_the_audit_names_nobody(erased: Office, world: World) -> None:
    before = {gpid for (gpid,) in world.project.query("select gpid from dim_party")}
    gone = {
        gpid
        for (gpid,) in erased.project.query(
            "select old_gpid from gpid_history where change_type = 'erased'"
        )
    }
    assert gone == before - {g for (g,) in erased.project.query("select gpid from dim_party")}
    assert erased.project.query("from gpid_redirect") == []
    steps = erased.project.query(
        "select action, count(*), count(distinct gpid) from privacy_audit group by all order by 1"
    )
    assert steps == [
        ("erased", len(gone), len(gone)),
        ("exported", 2, 2),
        ("verified", len(gone), len(gone)),
    ]
    with (erased.root / "seeds" / "privacy_requests.csv").open(newline="") as file:
        subjects = {r["subject"] for r in csv.DictReader(file) if r["kind"] == "erasure"}
    assert subjects == gone


def test_the_same_extract_again_brings_nobody_back(
    erased: Office, world: World, tmp_path: Path
) -> None:
    again = Office(erased.project, tmp_path, VARIABLES)
    shutil.copytree(world.project.landing, tmp_path / "landing")
    # a file that was written anew, a warehouse that is lost, and a registry from its log
    for path in (tmp_path / "landing").rglob("*.csv"):
        path.touch()
    (again.project.home / "warehouse.duckdb").unlink()
    (again.project.home / "registry.duckdb").unlink()
    assert restore(again.project.home) is not None
    again.project = Customer360(tmp_path / "landing", again.project.home, again.root)
    again.build()
    assert found(again, world) == {}
    assert again.project.holders() == erased.project.holders()


HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address,updated_at\n"
ANN = "100017,Ann Example,1980-02-03,ann@example.org,+12025550117,94105,1 Elm Street,2026-01-01\n"
ANN_TOO = "100018,A Example,1980-02-03,,+12025550117,94105,1 Elm Street,2026-01-01\n"
OTHERS = "".join(
    f"1001{n},Person Number{n},19{n}-02-03,person{n}@example.com,,"
    # somebody else's postal code is Ann's number
    f"{'100017' if n == 20 else f'1000{n}'},{n} Oak St,2026-01-01\n"
    for n in range(20, 60)
)
CHANGES = {**FILES_ONLY, "deliveries": {"default": "snapshot", "files": "changes"}}


@pytest.fixture
def office(fresh: Customer360, tmp_path: Path) -> Office:
    """A base with Ann, whose source delivers changes; a damaged line and a seed name her, too."""
    file = fresh.landing / "files" / "party_records.csv"
    file.write_text(f'{HEADER}{ANN}{OTHERS}100019,"Ann Exam\n', "utf-8")
    office = Office(fresh, tmp_path / "office", CHANGES)
    office.ask(("r1", "erasure", "files/main/party/100017", "", "", "", ""))
    office.build()
    return office


def test_kept_deliveries_are_written_without_the_person(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.erase(monkeypatch) == 0
    hers = ["ann@example.org", "12025550117", "party/100017", "Ann Example"]
    assert [(n, each) for n, text in office.texts() for each in hers if each in text] == []
    (kept,) = (office.project.home / "deliveries").rglob("*.csv")
    assert len(kept.read_text("utf-8").splitlines()) == 1 + 40 + 1
    # nothing changed since, so nothing is kept again; she comes again in another file
    office.build()
    file = office.project.landing / "files" / "party_records.csv"
    file.write_text(HEADER + ANN.replace("2026-01-01", "2026-01-05"), "utf-8")
    office.build()
    assert [(n, each) for n, text in office.texts() for each in hers if each in text] == []
    assert len(office.project.holders()) == 40
    others = "select count(*) from conformed.int_party_records where postal_code = '100017'"
    assert office.project.warehouse(others) == [(1,)]


def test_a_run_that_was_interrupted_goes_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ((gpid,),) = office.project.query(
        "select gpid from bridge_party_source where source_key = '100017'", restricted=True
    )
    monkeypatch.setattr(office, "build", lambda *_: (_ for _ in ()).throw(DryRunError("killed")))
    assert office.erase(monkeypatch) == 1
    monkeypatch.undo()
    with pytest.raises(duckdb.CatalogException):
        office.status()
    assert office.erase(monkeypatch) == 0
    assert office.status() == {"r1": "done"}
    assert gpid not in office.project.holders().values()


def test_a_line_of_a_seed_that_names_the_person_is_reported(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = office.root / "seeds" / "recycled_key_decisions.csv"
    with seed.open("a") as file:
        file.write("files/main/party/100017,abc,same,a steward,,\n")
    office.build()
    assert office.erase(monkeypatch) == 1
    said = capsys.readouterr().err
    assert "recycled_key_decisions" in said and "100017" not in said
    assert office.status() == {"r1": "started"}
    # a second run does not know any more whom it looks for, but recognises the line
    assert office.erase(monkeypatch) == 1
    assert "recycled_key_decisions.csv, line 2" in capsys.readouterr().err
    seed.write_text(seed.read_text().splitlines()[0] + "\n")
    assert office.erase(monkeypatch) == 0
    assert office.status() == {"r1": "done"}


def test_a_party_that_hangs_together_weakly_waits_for_a_confirmation(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.variables |= {"review_to_bits": 60}
    file = office.project.landing / "files" / "party_records.csv"
    file.write_text(HEADER + ANN + ANN_TOO, "utf-8")
    office.build()
    assert office.status() == {"r1": "needs confirmation"}
    before = office.project.holders()
    assert office.erase(monkeypatch) == 0
    assert "confirmed_by" in capsys.readouterr().out
    assert office.project.holders() == before
    office.ask(("r1", "erasure", "files/main/party/100017", "", "", "an officer", ""))
    office.build()
    assert office.erase(monkeypatch) == 0
    assert office.status() == {"r1": "done"}
    assert len(before) - len(office.project.holders()) == 2


def test_a_request_that_the_last_build_has_not_seen_is_not_guessed_at(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.ask(
        ("r1", "erasure", "files/main/party/100017", "", "", "", ""),
        ("r2", "erasure", "files/main/party/nobody", "", "", "", ""),
    )
    assert office.erase(monkeypatch) == 1
    assert "r2" in capsys.readouterr().err
    office.ask(("r2", "erasure", "files/main/party/nobody", "", "", "", ""))
    office.build()
    assert office.status() == {"r2": "unknown subject"}
    before = office.project.holders()
    assert office.erase(monkeypatch) == 0
    assert office.project.holders() == before
