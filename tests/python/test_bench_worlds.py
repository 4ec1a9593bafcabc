"""The benchmark's worlds: made the same every time, and truthful."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from bench import households, japanese, organizations, scale_invariance
from bench.benchmarks import BENCHMARKS, Target
from bench.party_file import PARTY_FILE, Record, write_landing, write_truth

World = Callable[[int], list[Record]]
SIZE = 300
WORLDS: dict[str, World] = {
    "japanese": lambda people: japanese.records(japanese.real_names(), people),
    "japanese_homonyms": lambda people: japanese.records(japanese.few_names(), people),
    "households": lambda people: households.records(people),
    "organizations": lambda people: organizations.records(people),
}


@pytest.fixture(params=WORLDS, scope="module")
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param]


@pytest.fixture(scope="module")
def found(world: World) -> list[Record]:
    return world(SIZE)


def test_a_world_is_the_same_every_time(world: World, found: list[Record], tmp_path: Path) -> None:
    for name, records in (("one", found), ("other", world(SIZE))):
        write_landing(records, tmp_path / name)
        write_truth(records, tmp_path / name / "truth.csv")
    for file in (PARTY_FILE, Path("truth.csv")):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_every_party_has_records_and_every_record_a_key_of_its_own(found: list[Record]) -> None:
    assert len({record.party_id for record in found}) == SIZE
    assert len({record.record_key for record in found}) == len(found)


def test_every_record_says_more_than_a_name(found: list[Record]) -> None:
    bare = [
        record
        for record in found
        if not (
            record.emails
            or record.phones
            or record.birth_date
            or record.street_address
            or record.postal_code
            or record.national_identifier
        )
    ]
    assert bare == []


def test_the_order_of_records_tells_no_parties(found: list[Record]) -> None:
    neighbours = sum(a.party_id == b.party_id for a, b in pairwise(found))
    assert neighbours < len(found) * 0.03


def test_the_truth_names_the_records_of_the_party_file(found: list[Record], tmp_path: Path) -> None:
    write_landing(found, tmp_path)
    write_truth(found, tmp_path / "truth.csv")
    keys = duckdb.sql(
        f"select source_system || '/main/party/' || source_key from '{tmp_path / PARTY_FILE}'"
    ).fetchall()
    truth = duckdb.sql(f"select record_key from read_csv('{tmp_path / 'truth.csv'}')").fetchall()
    assert sorted(keys) == sorted(truth)


def test_namesakes_are_the_rule_where_names_are_few_and_the_exception_where_they_are_real() -> None:
    def namesakes(names: japanese.Names) -> float:
        crm = [r for r in japanese.records(names, 2000) if r.source_system == "crm"]
        people = {(r.party_id, r.family_name, r.given_name) for r in crm if r.family_name}
        full = Counter((family, given) for _, family, given in people)
        return sum(count for count in full.values() if count > 1) / sum(full.values())

    assert namesakes(japanese.few_names()) > 0.2
    assert namesakes(japanese.real_names()) < 0.02


def test_relatives_share_addresses_and_subsidiaries_share_domains() -> None:
    homes = Counter(
        (record.street_address, record.postal_code, record.party_id)
        for record in households.records(SIZE)
        if record.street_address
    )
    people_per_home = Counter((street, postal) for street, postal, _ in homes)
    assert sum(count > 1 for count in people_per_home.values()) > SIZE * 0.05
    domains = {
        (mail.split("@")[1], record.party_id)
        for record in organizations.records(SIZE)
        for mail in record.emails
        if not mail.endswith(organizations.FREE_MAIL)
    }
    owners = Counter(domain for domain, _ in domains)
    assert any(count > 1 for count in owners.values())


def test_the_sample_leaves_records_of_its_people_to_the_others() -> None:
    everybody = households.records(SIZE)
    sample = scale_invariance.choose(everybody, 400)
    keys = {record.record_key for record in sample}
    others = {record.party_id for record in everybody if record.record_key not in keys}
    assert len(sample) == len(keys) == 400
    assert others & {record.party_id for record in sample[:-5]}


def test_a_link_that_the_others_carry_is_explained_and_no_other_difference_is() -> None:
    con = duckdb.connect()
    # b–c meet through x, a record of the others; d–e only without them; f–g only with them
    con.execute(
        """
        create table truth as from (values
            ('a', 1), ('b', 2), ('c', 2), ('x', 2), ('d', 3), ('e', 3), ('f', 4), ('g', 5), ('y', 6)
        ) as t (record_key, party_id);
        create table alone as from (values
            ('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D'), ('e', 'D'), ('f', 'F'), ('g', 'G')
        ) as t (record_key, party_id);
        create table inside as from (values
            ('a', 'A'), ('b', 'B'), ('c', 'B'), ('x', 'B'), ('d', 'D'), ('e', 'E'), ('f', 'F'),
            ('g', 'F'), ('y', 'F')
        ) as t (record_key, party_id);
        """
    )
    assert scale_invariance.compare(con) == scale_invariance.Differences(
        joined_in_both=0,
        alone_only=1,
        alone_only_true=1,
        inside_only=2,
        inside_only_true=1,
        explained=1,
    )


def test_a_target_is_met_by_all_of_its_floors_or_not_at_all() -> None:
    target = Target(precision=0.975, f1=0.935)
    assert str(target) == "P ≥ .975, F1 ≥ .935"
    assert target.is_met(precision=0.98, recall=0.1, f1=0.94)
    assert not target.is_met(precision=0.97, recall=1.0, f1=0.99)


def test_every_benchmark_asks_for_something() -> None:
    assert all(str(benchmark.target) for benchmark in BENCHMARKS.values())
