"""A build that takes over what an earlier one found ends where a build from nothing would.

The sequences run the real models' functions on the demo's own records. The caps of the blocking
rules are lowered for them, so that a few hundred records cross them again and again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from customer360.edges import match_records
from customer360.matching import blocking
from customer360.matching.scoring import DuplicateFreeSources
from customer360.partition import cluster_records
from tests.project.builds import EDGES, Customer360

RELEASE = "release-1"
RECORDS = 240
CAP = 3


@pytest.fixture
def con(demo: Customer360) -> Iterator[duckdb.DuckDBPyConnection]:
    """Some parties of the demo with all their records, and others' records to change them into."""
    with duckdb.connect() as con:
        con.execute(f"attach '{demo.home / 'warehouse.duckdb'}' as warehouse (read_only)")
        con.execute(f"attach '{demo.home / 'registry.duckdb'}' as registry (read_only)")
        con.execute(
            f"""
            create view releases as from registry.model_releases;
            create view events as from registry.gpid_events;
            create table pool as
            select record.* replace (row_number() over (order by membership.component_id,
                record.record_key) as record_id)
            from warehouse.identity.identity_comparison_records as record
            inner join warehouse.identity.identity_membership as membership using (record_key)
            order by record_id
            limit {2 * RECORDS};
            create table all_declared as
            from warehouse.identity.identity_declared_edges
            semi join pool on record_key_a = record_key;
            create table ruled as from warehouse.identity.identity_rule_values;
            """
        )
        yield con


@pytest.fixture
def low_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    for party_type, rules in blocking.RULES.items():
        lowered = tuple(replace(rule, cap=min(rule.cap, CAP)) for rule in rules)
        monkeypatch.setitem(blocking.RULES, party_type, lowered)


@dataclass(frozen=True)
class State:
    """What a build found, in tables."""

    con: duckdb.DuckDBPyConnection
    name: str

    def build(self, *, former: "State | None") -> "State":
        """Match and cluster the tables `records` and `declared`."""
        con = self.con
        con.execute(
            f"create or replace table {self.name}_matched as select * from ({{}})".format(
                match_records(
                    con,
                    records="records",
                    releases="releases",
                    release_id=RELEASE,
                    review_threshold=-4,
                    max_pairs_per_record=1000,
                    duplicate_free=DuplicateFreeSources(),
                    former=f"{former.name}_matched" if former else None,
                ).sql_query()
            )
        )
        con.execute(
            f"create or replace table {self.name}_edges as {EDGES.format(self.name + '_matched')}"
        )
        con.execute(
            f"create or replace table {self.name}_clusters as select * from ({{}})".format(
                cluster_records(
                    con,
                    records="records",
                    releases="releases",
                    release_id=RELEASE,
                    edges=f"{self.name}_edges",
                    declared="declared",
                    rule_values="ruled",
                    events="events",
                    link_threshold=-1,
                    largest_component=12,
                    duplicate_free=DuplicateFreeSources(),
                    former=f"{former.name}_clusters" if former else None,
                ).sql_query()
            )
        )
        return self

    def differences(self, other: "State") -> list[tuple[object, ...]]:
        """Rows that only one of the two has, keys, edges, weights to the last bit, clusters."""
        found = []
        for table in ("matched", "edges", "clusters"):
            for one, another in ((self, other), (other, self)):
                found += self.con.execute(
                    f"from {one.name}_{table} except all from {another.name}_{table}"
                ).fetchall()
        return found


# what happens to a place between two builds: it is empty, holds its record, or another's words
contents = st.lists(st.integers(0, 2), min_size=RECORDS, max_size=RECORDS)
decisions = st.lists(
    st.tuples(st.integers(1, RECORDS), st.integers(1, RECORDS), st.booleans()), max_size=4
)
batches = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, RECORDS), st.integers(0, 3)), min_size=1, max_size=30),
        decisions,
    ),
    min_size=2,
    max_size=5,
)


def deliver(
    con: duckdb.DuckDBPyConnection, places: dict[int, int], decided: list[tuple[int, int, bool]]
) -> None:
    """Make the tables of one delivery.

    A place holds its own record (1), nothing (0), what another record says (2), or what many
    records say, so that values become crowded (3).
    """
    con.register("delivered", pa.table({"place": list(places), "content": list(places.values())}))
    con.register(
        "decided",
        pa.table(
            {
                "a": pa.array([a for a, _, _ in decided], pa.int64()),
                "b": pa.array([b for _, b, _ in decided], pa.int64()),
                "same": pa.array([same for _, _, same in decided], pa.bool_()),
            }
        ),
    )
    con.execute(
        f"""
        create or replace table records as
        select said.* replace (
            cast(md5_number_lower(own.record_key) >> 1 as bigint) as record_id,
            own.record_key as record_key,
            own.source as source,
            own.party_type as party_type
        )
        from delivered
        inner join pool as own on own.record_id = delivered.place
        inner join pool as said on said.record_id = case delivered.content
            when 1 then delivered.place
            when 2 then delivered.place + {RECORDS}
            else 1 + delivered.place % 2
        end and said.party_type = own.party_type
        where content > 0;
        create or replace table declared as
        from all_declared
        union all by name
        select a.record_key as record_key_a, b.record_key as record_key_b, a.party_type,
            'steward decision' as link_type, 'tests' as declared_by,
            case when same then 10000.0 else -10000.0 end as weight, 1 as precedence
        from decided
        inner join pool as a on a.record_id = least(decided.a, decided.b)
        inner join pool as b on b.record_id = greatest(decided.a, decided.b)
        where a.party_type = b.party_type and decided.a <> decided.b
        """
    )
    con.unregister("delivered")
    con.unregister("decided")


def follow(
    con: duckdb.DuckDBPyConnection,
    deliveries: list[tuple[list[tuple[int, int]], list[tuple[int, int, bool]]]],
) -> None:
    """Build after each delivery, on what the last build left, and compare with one from nothing."""
    places = dict.fromkeys(range(1, RECORDS + 1), 1)
    deliver(con, places, [])
    kept = State(con, "kept_0").build(former=None)
    for number, (changes, decided) in enumerate(deliveries, start=1):
        places |= dict(changes)
        deliver(con, places, decided)
        kept = State(con, f"kept_{number % 2}").build(former=kept)
        fresh = State(con, "fresh").build(former=None)
        assert kept.differences(fresh) == []


@pytest.mark.usefixtures("low_caps")
@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(deliveries=batches)
def test_any_sequence_of_deliveries_ends_like_a_build_from_nothing(
    con: duckdb.DuckDBPyConnection, deliveries: list[tuple[list, list]]
) -> None:
    follow(con, deliveries)


@pytest.mark.long
@pytest.mark.usefixtures("low_caps")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries=batches)
def test_many_sequences_of_deliveries_end_like_a_build_from_nothing(
    con: duckdb.DuckDBPyConnection, deliveries: list[tuple[list, list]]
) -> None:
    follow(con, deliveries)


@pytest.mark.usefixtures("low_caps")
def test_a_value_that_becomes_crowded_and_empties_again_is_looked_at_anew(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Up to the cap, over it, and back: pairs of unchanged records lose and regain their edge."""
    crowd = [(place, 3) for place in range(1, 40)]
    empty = [(place, 0) for place in range(1, 40)]
    back = [(place, 1) for place in range(1, 40)]
    follow(con, [(crowd, []), (crowd[:-20] + empty[-20:], []), (back, []), (empty[5:], [])])


def test_nothing_new_takes_over_everything(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(con, dict.fromkeys(range(1, RECORDS + 1), 1), [])
    first = State(con, "kept_0").build(former=None)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing has to be scored")

    monkeypatch.setattr("customer360.edges.score_pairs", refuse)
    monkeypatch.setattr("customer360.partition.score_pairs", refuse)
    again = State(con, "kept_1").build(former=first)
    assert again.differences(first) == []


def test_a_record_that_joins_the_end_of_a_chain_has_the_whole_chain_looked_at(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """a-b-c-d-e hang together link by link; then n joins e."""
    deliver(con, dict.fromkeys(range(1, 7), 1), [])
    keys = [key for (key,) in con.execute("select record_key from records order by all").fetchall()]
    assert len(keys) == 6
    con.execute("update records set party_type = 'person'")

    def link(count: int) -> None:
        con.execute(
            "create or replace table declared as select a as record_key_a, b as record_key_b,"
            " 'person' as party_type, 'crm_id' as link_type, 'tests' as declared_by,"
            " null::timestamp as declared_at, 12.0 as weight, 4 as precedence"
            " from (select unnest(?) as a, unnest(?) as b)",
            [keys[:count], keys[1 : count + 1]],
        )

    link(4)
    con.execute("create or replace table everybody as from records")
    con.execute("delete from records where record_key = ?", [keys[5]])
    chain = State(con, "kept_0").build(former=None)
    con.execute("create or replace table records as from everybody")
    link(5)
    longer = State(con, "kept_1").build(former=chain)
    assert longer.differences(State(con, "fresh").build(former=None)) == []
    components = con.execute("select count(distinct component_id) from kept_1_clusters").fetchall()
    assert components == [(1,)]
