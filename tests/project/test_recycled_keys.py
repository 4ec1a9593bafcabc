"""A key that comes to stand for somebody else takes no GPID along; a person who changes does."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.project.builds import FILES_ONLY, PROJECT, WITHOUT_TESTS, Customer360, explain

HEADER = "source_key,full_name,birth_date,emails,phones,postal_code,street_address"
MARY = "5,Mary Major,1990-10-10,mary@example.org,+12025550123,94105,1 Elm Street"
OTHERS = [
    "1,John Doe,1980-02-03,john.doe@example.com,,02139,12 Main Street",
    '2,"Doe, John",1980-02-03,john.doe@example.com,,02139,12 Main St',
]
# each of these will change without becoming somebody else
OTHERS += [
    "11,Anna Single,1961-10-11,anna@example.org,+12025550111,94111,11 Elm Street",
    "12,Berta Moved,1962-11-12,berta@example.org,+12025550112,94112,12 Elm Street",
    "13,Carlo Misspelt,1963-12-13,carlo@example.org,+12025550113,94113,13 Elm Street",
    "14,Dora Blanked,1964-01-14,dora@example.org,+12025550114,94114,14 Elm Street",
    "15,Emil Renamed,1965-02-15,emil@example.org,+12025550115,94115,15 Elm Street",
]
# nobody whom the base knows
NEWCOMER = "5,Peter Newman,1971-07-07,peter@example.net,+13125550188,60601,9 Lake Shore Drive"
KEY = "files/main/party/5"
QUARANTINE = FILES_ONLY | {
    "recycled_keys": {"files/*/party": "quarantine", "default": "new_incarnation"}
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("recycled")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    deliver(project, MARY)
    project.run(variables=FILES_ONLY)
    return project


@pytest.fixture
def project(built: Customer360, tmp_path: Path) -> Customer360:
    """The same state with a landing folder of its own."""
    copy = built.copy_to(tmp_path)
    (tmp_path / "landing" / "files").mkdir(parents=True)
    return Customer360(tmp_path / "landing", copy.home, copy.scratch)


def deliver(project: Customer360, *rows: str, others: Sequence[str] = OTHERS) -> None:
    text = "\n".join([HEADER, *others, *rows]) + "\n"
    (project.landing / "files" / "party_records.csv").write_text(text, "utf-8")


def events_of_last_commit(project: Customer360) -> list[tuple[object, ...]]:
    return project.query(
        "select change_type, record_key, old_gpid, new_gpid from gpid_history"
        " where commit_number = (select max(commit_number) from gpid_history)"
        " order by change_number"
    )


def test_a_key_that_changes_into_somebody_else_takes_no_gpid_along_until_it_is_undone(
    project: Customer360,
) -> None:
    before = project.holders()
    mary, john = before[KEY], before["files/main/party/1"]
    deliver(project, NEWCOMER)
    project.build(variables=FILES_ONLY)
    peter = project.holders()[KEY]
    assert peter not in before.values()
    assert events_of_last_commit(project) == [
        ("minted", None, None, peter),
        ("retired", None, mary, None),
        ("recycled", KEY, mary, peter),
    ]
    assert project.query("from gpid_redirect") == []
    # it is known now for whom it stands: nothing more happens
    project.run(variables=FILES_ONLY)
    assert project.holders()[KEY] == peter

    # the second person of the key is one whom the base knows
    deliver(project, OTHERS[0].replace("1,", "5,", 1))
    project.run(variables=FILES_ONLY)
    assert project.holders() == {**before, KEY: john}
    assert project.query("from gpid_redirect") == []

    # the source takes it all back
    deliver(project, MARY)
    project.run(variables=FILES_ONLY)
    assert project.holders() == before
    assert project.query("from gpid_redirect") == []


def test_a_key_that_comes_back_as_somebody_else_is_a_new_party_and_as_itself_the_old_one(
    project: Customer360, tmp_path: Path
) -> None:
    before = project.holders()
    deliver(project)
    project.run(variables=FILES_ONLY)
    assert KEY not in project.holders()
    gone = project.copy_to(tmp_path / "gone")

    deliver(project, NEWCOMER)
    project.run(variables=FILES_ONLY)
    assert project.holders()[KEY] not in before.values()
    assert project.query("from gpid_redirect") == []

    itself = Customer360(project.landing, gone.home, gone.scratch)
    # after a wedding and a move: the birth date is the same
    deliver(itself, "5,Mary Smith,1990-10-10,smith@example.net,+13125550199,60601,9 Lake Road")
    itself.run(variables=FILES_ONLY)
    assert itself.holders() == before


def test_a_person_who_changes_keeps_the_gpid(project: Customer360) -> None:
    before = project.holders()
    deliver(
        project,
        MARY,
        *(
            "11,Anna Married,,anna.married@example.net,+13125550111,60601,9 Lake Road",
            "12,Berta Moved,1962-11-12,moved@example.net,+13125550112,60612,12 Lake Road",
            "13,Cralo Mispselt,1963-12-13,carlo@example.org,+12025550113,94113,13 Elm Street",
            "14,,,new@example.net,,,",
            "15,Peter Newman,,,,,",
        ),
        others=OTHERS[:2],
    )
    project.run(variables=FILES_ONLY)
    assert project.warehouse("from identity.identity_recycled_keys") == []
    assert project.holders() == before


def test_the_key_of_an_organization_stands_for_another_one_but_a_renamed_one_keeps_its_gpid(
    project: Customer360,
) -> None:
    """Three companies: one with two records, one that is renamed, one whose key is given away."""
    header = (
        "source_key,party_type,organization_name,emails,phones,postal_code,street_address,"
        "identifiers,full_name,birth_date"
    )
    acme = "{},organization,{},{},+12025550{},10001,1 Fifth Avenue,website:https://acme.example"
    other = "{0},organization,{1},{2},+14155550{3},94301,{0} Hooli Way,website:https://{4}"
    renamed, recycled = "files/main/party/23", "files/main/party/24"

    def deliver_companies(*rows: str) -> None:
        first = [
            acme.format(21, "Acme Anvils Inc.", "info@acme.example", "201"),
            acme.format(22, "ACME Anvils", "sales@acme.example", "201"),
        ]
        text = "\n".join([header, *(f"{row},," for row in (*first, *rows))]) + "\n"
        (project.landing / "files" / "party_records.csv").write_text(text, "utf-8")

    pied = other.format(23, "Pied Piper LLC", "hello@pied.example", "303", "pied.example")
    umbrella = other.format(
        24, "Umbrella GmbH", "office@umbrella.example", "404", "umbrella.example"
    )
    deliver_companies(pied, umbrella)
    # the persons of the common start are gone: that is meant
    gone = {**FILES_ONLY, "override_gates": {"max_lost_share": "another extract"}}
    project.run(variables=gone)
    before = project.holders()
    assert before["files/main/party/21"] == before["files/main/party/22"]
    assert len(set(before.values())) == 3

    deliver_companies(
        # another name, the same domain
        other.format(23, "Newname Compression Corp.", "hi@pied.example", "909", "pied.example"),
        # all is another
        "24,organization,Initech Ltd,desk@initech.example,+17135550505,77002,4 Initech Road,"
        "website:https://initech.example",
    )
    project.build(variables=FILES_ONLY)
    after = project.holders()
    assert after[renamed] == before[renamed]
    assert after[recycled] not in before.values()
    assert {key: gpid for key, gpid in after.items() if key != recycled} == {
        key: gpid for key, gpid in before.items() if key != recycled
    }
    assert events_of_last_commit(project) == [
        ("minted", None, None, after[recycled]),
        ("retired", None, before[recycled], None),
        ("recycled", recycled, before[recycled], after[recycled]),
    ]
    assert project.warehouse(
        "select party_type, differs_in, outcome from identity.identity_recycled_keys"
    ) == [("organization", "name, domain, telephone", "new incarnation")]

    # the key now stands for a company that the base knows
    deliver_companies(pied, acme.format(24, "Acme Anvils Incorporated", "hq@acme.example", "201"))
    project.run(variables=FILES_ONLY)
    assert project.holders()[recycled] == before["files/main/party/21"]
    # and the source takes it all back
    deliver_companies(pied, umbrella)
    project.run(variables=FILES_ONLY)
    assert project.holders() == before
    assert project.query("select retired_gpid from gpid_redirect") == []


def test_what_a_record_stopped_saying_still_tells_who_it_was(project: Customer360) -> None:
    before = project.holders()
    deliver(project, "5,Mary Major,,,,,")
    project.run(variables=FILES_ONLY)
    assert project.holders() == before
    deliver(project, NEWCOMER)
    project.run(variables=FILES_ONLY)
    assert project.holders()[KEY] not in before.values()


def test_a_recycled_key_waits_in_quarantine_until_a_steward_decides(
    project: Customer360, tmp_path: Path
) -> None:
    before = project.holders()
    deliver(project, NEWCOMER)
    project.build(variables=QUARANTINE)
    project.run(variables=QUARANTINE)
    assert KEY not in project.holders()
    ((record_key, reason),) = project.query(
        "select record_key, reason from quarantined_records", restricted=True
    )
    assert record_key == KEY
    assert "somebody else than before (name, birth date, e-mail, telephone)" in reason
    line = reason.split("with your name: ")[1].split(" ")[0]
    reconciled = (
        "select landed, accepted, quarantined, party_records, bridged from source_reconciliation"
        " where landed > 0"
    )
    assert project.query(reconciled) == [(8, 7, 1, 7, 7)]

    sources = tmp_path / "project"
    sources.mkdir()
    for entry in PROJECT.iterdir():
        if entry.name in ("seeds", "models", "python_models"):
            shutil.copytree(entry, sources / entry.name)
        elif not entry.name.startswith("."):
            (sources / entry.name).symlink_to(entry)
    seed = sources / "seeds" / "recycled_key_decisions.csv"
    header = seed.read_text("utf-8").splitlines()[0]
    for decision in ("new", "same"):
        decided = project.copy_to(tmp_path / decision)
        row = line.replace(",new,,,", f",{decision},aoki,2026-11-25,asked")
        seed.write_text(f"{header}\n{row}\n", "utf-8")
        result = decided.dbt("build", *WITHOUT_TESTS, variables=QUARANTINE, project_dir=sources)
        assert result.success, explain(result)
        after = decided.holders()
        assert (after == before) == (decision == "same")
        assert (after[KEY] in before.values()) == (decision == "same")
        # the decision is spent: the key now stands for whom it was decided to stand for
        if decision == "same":
            decided.run(variables=QUARANTINE)
            assert decided.holders() == after
        assert decided.query("from quarantined_records", restricted=True) == []

    deliver(project, MARY)
    project.run(variables=QUARANTINE)
    assert project.holders() == before
