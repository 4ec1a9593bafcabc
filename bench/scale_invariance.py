"""Scale invariance: the same 5,000 records alone, and inside half a million others.

Both are ordinary builds, each with the release that it fits on what it sees, because that is what
happens when a company grows. The 5,000 are of whole households, but for some records of the same
people that only the large build has. A link between two records of one person that such a record
shares a party with is one that the others legitimately add; every other difference is a failure of
invariance, right or wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench import households
from bench.benchmarks import HOME_FOLDER, LANDING_FOLDER, TRUTH_FILE
from bench.builds import build, publication
from bench.party_file import Record, write_landing, write_truth
from customer360.demo.dice import Dice

NAME = "scale_invariance"
PEOPLE = 217_000
SAMPLE = 5_000
_ALONE, _INSIDE = "alone", "inside"
_LEFT_OUT_SHARE = 0.08


@dataclass(frozen=True)
class Differences:
    """How two partitions of the sample differ, in pairs of its records.

    Attributes:
        joined_in_both: pairs that both builds join.
        alone_only, alone_only_true: pairs that only the small build joins; truly one person.
        inside_only, inside_only_true: pairs that only the large build joins; truly one person.
        explained: of the latter, those that records of the others link.

    """

    joined_in_both: int
    alone_only: int
    alone_only_true: int
    inside_only: int
    inside_only_true: int
    explained: int

    @property
    def changed_share(self) -> float:
        """Unexplained differences per pair that both builds join."""
        unexplained = self.alone_only + self.inside_only - self.explained
        return unexplained / max(1, self.joined_in_both)


@dataclass(frozen=True)
class ScaleRow:
    """The sample built alone and inside others.

    Attributes:
        sample, others: records.
        differences: between the two partitions of the sample.
        seconds_alone, seconds_inside: wall clock of the builds.

    """

    sample: int
    others: int
    differences: Differences
    seconds_alone: float
    seconds_inside: float


def measure(folder: Path, *, people: int = PEOPLE, sample: int = SAMPLE) -> ScaleRow:
    """Build the sample alone and inside the others, and compare.

    Raises:
        RuntimeError: when a build fails.

    """
    everybody = households.records(people)
    chosen = choose(everybody, sample)
    seconds = {}
    for name, found in ((_ALONE, chosen), (_INSIDE, everybody)):
        place = folder / name
        write_landing(found, place / LANDING_FOLDER)
        write_truth(found, place / TRUTH_FILE)
        run = build(landing=place / LANDING_FOLDER, home=place / HOME_FOLDER, work=place)
        seconds[name] = run.seconds
    con = duckdb.connect()
    con.execute(
        "create table truth as select record_key, party_id"
        f" from read_csv('{folder / _INSIDE / TRUTH_FILE}', all_varchar = true)"
    )
    for name in (_ALONE, _INSIDE):
        with publication(folder / name / HOME_FOLDER) as published:
            bridge = published.sql(
                "select record_key, gpid as party_id from bridge_party_source where is_current"
            ).to_arrow_table()
        con.register("bridge", bridge)
        con.execute(f"create table {name} as from bridge")
        con.unregister("bridge")
    return ScaleRow(
        sample=len(chosen),
        others=len(everybody) - len(chosen),
        differences=compare(con),
        seconds_alone=seconds[_ALONE],
        seconds_inside=seconds[_INSIDE],
    )


def compare(con: duckdb.DuckDBPyConnection) -> Differences:
    """Compare the partitions in the tables `alone` and `inside` on the records of `alone`.

    Args:
        con: a connection with these tables and `truth`, each of `record_key, party_id`; `inside`
            and `truth` hold all records.

    """
    return Differences(*con.execute(_DIFFERENCES).fetchall()[0])


def choose(everybody: list[Record], sample: int) -> list[Record]:
    """The first people's records up to the sample, without those that are left to the others."""
    kept = [
        record
        for record in sorted(everybody, key=lambda record: (record.party_id, record.record_key))
        if not Dice("left to the others", record.record_key).chance(_LEFT_OUT_SHARE)
    ]
    return kept[:sample]


# one row: the counts of Differences in its order
_DIFFERENCES = """
with

-- pairs of the sample that a build joins
joined_alone as (
    select l.record_key as l, r.record_key as r
    from alone as l
    inner join alone as r on l.party_id = r.party_id and l.record_key < r.record_key
),

sample_inside as (
    select inside.* from inside semi join alone using (record_key)
),

joined_inside as (
    select l.record_key as l, r.record_key as r, l.party_id
    from sample_inside as l
    inner join sample_inside as r on l.party_id = r.party_id and l.record_key < r.record_key
),

-- true people who have a record of the others in that party
carriers as (
    select distinct inside.party_id, truth.party_id as person
    from inside
    anti join alone using (record_key)
    inner join truth using (record_key)
),

pairs as (
    select
        joined_alone.l is not null as is_alone,
        joined_inside.l is not null as is_inside,
        truth_l.party_id = truth_r.party_id as is_true,
        carriers.person is not null as is_carried
    from joined_alone
    full join joined_inside using (l, r)
    inner join truth as truth_l on l = truth_l.record_key
    inner join truth as truth_r on r = truth_r.record_key
    left join carriers
        on joined_inside.party_id = carriers.party_id
        and truth_l.party_id = carriers.person
        and truth_r.party_id = carriers.person
)

select
    count(*) filter (is_alone and is_inside),
    count(*) filter (is_alone and not is_inside),
    count(*) filter (is_alone and not is_inside and is_true),
    count(*) filter (is_inside and not is_alone),
    count(*) filter (is_inside and not is_alone and is_true),
    count(*) filter (is_inside and not is_alone and is_true and is_carried)
from pairs
"""
