"""Each gate, on tables made by hand: what opens it, what closes it, and what it says."""

from collections.abc import Sequence

import duckdb
import pytest

from customer360.gates import Gate, GateError, Limits, check_gates

LIMITS = Limits(max_churn=0.05, max_cluster_records=50, max_lost_share={"default": 0.2})
EXTRACT = ("files/main/party", 100, 100, 0, 0, 0, 0, 100, True)


def key(number: int) -> str:
    return f"files/main/party/{number:03}"


class Base:
    """A hundred records in fifty parties of two, as a build finds them."""

    def __init__(self) -> None:
        self.records = {key(n): False for n in range(100)}
        self.membership = [(key(n), key(n - n % 2)) for n in range(100)]
        self.held: list[tuple[int, str, str | None, str | None]] = [
            (1, key(n), f"P{n // 2}", None) for n in range(100)
        ]
        self.proposed: list[tuple[int, str, str | None, str | None]] = []
        self.extracts: list[Sequence[object]] = [EXTRACT]
        self.recycled: list[tuple[str, str]] = []

    def move(self, number: int, to: int) -> None:
        """A record joins the party of another one."""
        self.membership[number] = (key(number), key(to - to % 2))
        self.proposed.append((2, key(number), f"P{to // 2}", f"P{number // 2}"))

    def lose(self, number: int) -> None:
        """A record is no longer delivered."""
        self.records.pop(key(number))
        self.membership.remove((key(number), key(number - number % 2)))
        self.proposed.append((2, key(number), None, f"P{number // 2}"))
        landed = int(str(self.extracts[0][1])) - 1
        self.extracts = [("files/main/party", landed, landed, 0, 0, 0, 0, landed, True)]

    def check(
        self, limits: Limits = LIMITS, overrides: dict[str, str] | None = None
    ) -> dict[str, tuple[object, ...]]:
        with duckdb.connect() as con:
            con.execute("create table records (record_key text, is_deleted bool)")
            con.execute("create table membership (record_key text, cluster_id text)")
            con.execute("create table recycled (record_key text, outcome text)")
            con.execute(
                "create table extracts (delivered_in text, landed int, latest int, quarantined int,"
                " superseded int, deleted int, suppressed int, party_records int,"
                " is_record_per_row bool)"
            )
            for table in ("events", "proposed"):
                con.execute(
                    f"create table {table} (commit_number int, record_key text, gpid text,"
                    " other_gpid text)"
                )
            for table, rows in (
                ("records", self.records.items()),
                ("membership", self.membership),
                ("events", self.held),
                ("proposed", self.proposed),
                ("extracts", self.extracts),
                ("recycled", self.recycled),
            ):
                for row in rows:
                    marks = ", ".join("?" * len(row))
                    con.execute(f"insert into {table} values ({marks})", list(row))
            con.execute(
                "create view delivered as select *, 'files/main/party' as delivered_in from records"
            )
            found = check_gates(
                con,
                records="delivered",
                membership="membership",
                events="events",
                proposed="proposed",
                extracts="extracts",
                recycled="recycled",
                limits=limits,
                overrides=overrides or {},
            ).fetchall()
        return {str(row[0]): row[1:] for row in found}


@pytest.fixture
def base() -> Base:
    return Base()


def test_every_gate_is_open_where_nothing_changes(base: Base) -> None:
    found = base.check()
    assert list(found) == [gate.value for gate in Gate]
    assert all(
        is_passed and not is_overridden for _, _, is_passed, is_overridden, *_ in found.values()
    )


def test_churn_is_the_share_of_the_records_that_stay_and_change_their_gpid(base: Base) -> None:
    for number in (1, 3, 5, 7, 9):
        base.move(number, to=50)
    base.lose(99)
    assert base.check()["max_churn"][0] == 0.05
    base.move(11, to=50)
    with pytest.raises(GateError) as error:
        base.check()
    assert "max_churn: 6 of the 99 records" in str(error.value)
    assert "6.00% of 100; at most 5.00% may" in str(error.value)
    assert f"{key(1)} from P0 to P25; {key(3)} from P1 to P25" in str(error.value)
    assert '"override_gates": {"max_churn": "<why this is right>"}' in str(error.value)


def test_a_new_record_and_a_first_build_are_no_churn(base: Base) -> None:
    base.proposed = [(1, record, gpid, None) for _, record, gpid, _ in base.held]
    base.held = []
    assert base.check(Limits(0, 50, {"default": 0}))["max_churn"][0] == 0


def test_a_share_of_few_records_is_taken_as_if_there_were_a_hundred() -> None:
    base = Base()
    for number in range(20, 100):
        base.lose(number)
    base.held = [event for event in base.held if event[1] < key(20)]
    base.proposed = []
    base.move(1, to=4)
    assert base.check()["max_churn"][0] == 0.01
    with pytest.raises(GateError, match="1 of the 20 records"):
        base.check(Limits(0, 50, {"default": 1}))


def test_a_cluster_above_the_cap_closes_its_gate(base: Base) -> None:
    assert base.check(Limits(1, 2, {"default": 0}))["max_cluster_records"][:3] == (2, 2, True)
    base.move(3, to=0)
    with pytest.raises(GateError) as error:
        base.check(Limits(1, 2, {"default": 0}))
    assert "has 3 records; at most 2 may be in one; 1 cluster is larger" in str(error.value)
    assert f"the cluster of {key(0)} with 3 records" in str(error.value)


def test_a_source_that_loses_more_than_its_share_closes_its_gate(base: Base) -> None:
    for number in range(20):
        base.lose(number)
    assert base.check()["max_lost_share"][0] == 0.2
    base.lose(20)
    with pytest.raises(GateError, match=r"files/main/party lost 21 of its 100 records, 21\.00%"):
        base.check()
    wide = Limits(0, 50, {"default": 0, "files/*/party": 0.3, "files/main/*": 0})
    assert base.check(wide)["max_lost_share"][1] == 0.3, "the first pattern that matches counts"


@pytest.mark.parametrize(
    "extract",
    [
        ("files/main/party", 101, 100, 0, 0, 0, 0, 100, True),
        ("files/main/party", 101, 101, 0, 0, 0, 0, 100, True),
        ("files/main/party", 101, 101, 0, 0, 0, 0, 101, True),
    ],
    ids=["a row is lost on landing", "a row is lost by the adapter", "a record has no cluster"],
)
def test_rows_that_do_not_add_up_close_their_gate(base: Base, extract: Sequence[object]) -> None:
    base.extracts = [extract]
    with pytest.raises(GateError, match="landed_rows_add_up: 1 extract whose rows do not add up"):
        base.check()


def test_orders_of_which_some_are_parties_need_not_be_a_party_per_row(base: Base) -> None:
    base.extracts = [("files/main/party", 300, 300, 0, 0, 0, 0, 100, False)]
    assert base.check()["landed_rows_add_up"][0] == 0


def test_a_record_without_a_cluster_or_with_two_closes_its_gate(base: Base) -> None:
    base.membership.remove((key(7), key(6)))
    base.membership.append((key(9), key(0)))
    with pytest.raises(GateError) as error:
        base.check(overrides={"one_cluster_per_record": "because"})
    assert "one_cluster_per_record: 2 records" in str(error.value)
    assert f"{key(7)} has 0 instead of 1; {key(9)} has 2 instead of 1" in str(error.value)


def test_a_deleted_record_that_has_a_cluster_closes_its_gate(base: Base) -> None:
    base.records[key(7)] = True
    with pytest.raises(GateError, match=f"{key(7)} has 1 instead of 0"):
        base.check()


@pytest.mark.parametrize(
    "proposed",
    [
        [(2, key(0), "P1", "P0")],
        [(2, key(0), None, "P0")],
        [(2, key(0), "P1", "P0"), (2, key(1), "P1", "P0")],
        [(2, "files/main/party/new", "P0", None)],
    ],
    ids=["two GPIDs in a cluster", "a record without GPID", "two clusters of a GPID", "no cluster"],
)
def test_events_that_do_not_lead_to_the_clusters_close_their_gate(
    base: Base, proposed: list[tuple[int, str, str | None, str | None]]
) -> None:
    base.proposed = proposed
    with pytest.raises(GateError, match="events_lead_to_clusters") as error:
        base.check(overrides=dict.fromkeys(Gate, "because"))
    assert "override_gates" not in str(error.value), "a faulty build cannot be waved through"


def test_all_closed_gates_are_listed_and_an_override_opens_only_its_own(base: Base) -> None:
    for number in range(31, 50, 2):
        base.move(number, to=50)
    for number in range(30):
        base.lose(number)
    with pytest.raises(GateError) as error:
        base.check()
    assert "2 gates are closed" in str(error.value)
    with pytest.raises(GateError) as error:
        base.check(overrides={"max_churn": "reviewed"})
    assert "max_churn:" not in str(error.value)
    assert "max_lost_share:" in str(error.value)
    found = base.check(
        overrides={"max_churn": "reviewed", "max_lost_share": "sold", "max_cluster_records": "x"}
    )
    assert found["max_churn"][2:5] == (False, True, "reviewed")
    assert found["max_lost_share"][2:5] == (False, True, "sold")
    assert found["max_cluster_records"][2:5] == (True, False, None), "it was not needed"


def test_a_record_in_quarantine_needs_no_cluster_and_counts_as_lost() -> None:
    base = Base()
    for number in range(20):
        base.membership.remove((key(number), key(number - number % 2)))
        base.proposed.append((2, key(number), None, f"P{number // 2}"))
        base.recycled.append((key(number), "quarantined"))
    found = base.check()
    assert found[Gate.MAX_LOST_SHARE][0] == 0.2
    # the next one would be too many
    base.membership.remove((key(20), key(20)))
    base.proposed.append((2, key(20), None, "P10"))
    base.recycled.append((key(20), "new incarnation"))
    with pytest.raises(GateError, match="max_lost_share") as error:
        base.check()
    assert "one_cluster_per_record" in str(error.value)
