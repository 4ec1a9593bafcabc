"""Who may be contacted: rules that hold whatever people said, and whatever records are one party.

The properties run the models' own SQL, as dbt compiles it, over worlds that hypothesis makes up.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer360.consent import Channel, Purpose
from customer360.keys import IdKey
from tests.project.builds import FILES_ONLY, PROJECT, Customer360, explain

NOW = datetime(2026, 7, 1)
RECORDS = ("s/i/o/1", "s/i/o/2", "s/i/o/3")
EMAILS = ("a@x.com", "b@x.com")
PHONES = ("+12025550101", "+12025550102")
REACH = {"email": {"email"}, "phone": {"phone", "sms"}}
# in the order in which they read each other
MODELS = (
    "record_contact_points",
    "consent_events",
    "suppressions",
    "suppressed_records",
    "stated_consent",
    "contact_point_consent",
    "party_suppression",
    "party_consent",
)
INPUTS = """
create schema warehouse.conformed;
create schema warehouse.marts;
create schema warehouse.seeds;
create table warehouse.seeds.consent_terms (column_name varchar, term varchar, meaning varchar);
create table warehouse.conformed.int_consent_events (
    event_key varchar, source_system varchar, source_instance varchar, record_key varchar,
    contact_point_type varchar, contact_point varchar, country_code varchar, purpose varchar,
    channel varchar, status varchar, legal_basis varchar, effective_from timestamp,
    effective_to timestamp, is_time_unreadable boolean, recorded_at timestamp, evidence varchar);
create table warehouse.conformed.int_contact_suppressions (
    suppression_id varchar, action varchar, kind varchar, gpid varchar, record_key varchar,
    contact_point_type varchar, contact_point varchar, country_code varchar, channel varchar,
    starts_at varchar, ends_at varchar, decided_by varchar, reason varchar, delivered_in varchar);
create table warehouse.conformed.int_consent_contact_points (
    contact_point_type varchar, contact_point_text varchar, country_code varchar,
    contact_point varchar, contact_point_token varchar);
create table warehouse.conformed.int_party_record_contacts (
    record_key varchar, emails varchar[], phones varchar[]);
create table warehouse.conformed.int_party_identifiers (
    record_key varchar, identifier_type varchar, value varchar);
create table warehouse.marts.bridge_party_source (
    gpid varchar, record_key varchar, valid_from timestamp, valid_to timestamp,
    is_current boolean);
create view warehouse.marts.record_parties as
from warehouse.marts.bridge_party_source select record_key, gpid where is_current;
"""


@dataclass(frozen=True)
class Event:
    """What somebody said: about a contact point, as the person of a record, or both."""

    contact_point: str | None
    record_key: str | None
    purpose: str
    channel: str
    status: str
    start: int | None
    end: int | None
    recorded: int | None

    def row(self, key: str) -> tuple[Any, ...]:
        kind = None if self.contact_point is None else kind_of(self.contact_point)
        return (
            *(key, "c", "i", self.record_key, kind, self.contact_point, None),
            *(self.purpose, self.channel, self.status, None, day(self.start), day(self.end)),
            *(False, day(self.recorded), None),
        )


@dataclass(frozen=True)
class Stop:
    """A suppression of a party, a record or a contact point."""

    gpid: str | None
    record_key: str | None
    contact_point: str | None
    kind: str
    start: int | None
    end: int | None

    def row(self, key: str) -> tuple[Any, ...]:
        kind = None if self.contact_point is None else kind_of(self.contact_point)
        times = [None if each is None else str(day(each)) for each in (self.start, self.end)]
        return (
            *(key, None, self.kind, self.gpid, self.record_key, kind, self.contact_point, None),
            *(None, *times, "somebody", None, "seed"),
        )


@dataclass(frozen=True)
class World:
    """What the records carry, what was said, and which records were one party since which day."""

    contacts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    events: tuple[Event, ...]
    stops: tuple[Stop, ...] = ()


# who holds a record from a day on: record → gpid
Partition = dict[str, str]
History = Sequence[tuple[int, Partition]]
# (gpid or contact point, purpose, channel) → (is_allowed, status, is_suppressed)
Answers = dict[tuple[str, str, str], tuple[bool, str, bool]]


def day(number: int | None) -> datetime | None:
    return None if number is None else NOW + timedelta(days=number)


def kind_of(contact_point: str) -> str:
    return "email" if "@" in contact_point else "phone"


class Privacy:
    """The models of consent, on a database of their own."""

    def __init__(self, sql: dict[str, str]) -> None:
        self._sql = sql
        self._con = duckdb.connect()
        self._con.execute("attach ':memory:' as warehouse")
        self._con.execute(INPUTS)
        # the worlds are small
        self._con.execute("set threads = 1")
        self._con.execute("set variable build_moment = $now", {"now": NOW})
        IdKey.from_environment({}, allow_development_key=True).register_tokens(self._con)
        with (PROJECT / "seeds" / "consent_terms.csv").open(encoding="utf-8") as file:
            self._fill("seeds.consent_terms", [tuple(row.values()) for row in csv.DictReader(file)])
        points = [(kind_of(each), each, None, each, each) for each in (*EMAILS, *PHONES)]
        self._fill("conformed.int_consent_contact_points", points)

    def _fill(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self._con.execute(f"truncate warehouse.{table}")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._con.executemany(f"insert into warehouse.{table} values ({marks})", rows)

    def ask(self, world: World, history: History) -> tuple[Answers, Answers]:
        """What the models say of parties, and of contact points."""
        events = [event.row(f"e/{i}") for i, event in enumerate(world.events)]
        stops = [stop.row(f"S{i}") for i, stop in enumerate(world.stops)]
        contacts = [(key, list(e), list(p)) for key, (e, p) in world.contacts.items()]
        self._fill("conformed.int_consent_events", events)
        self._fill("conformed.int_contact_suppressions", stops)
        self._fill("conformed.int_party_record_contacts", contacts)
        self._fill("marts.bridge_party_source", list(bridge(history)))
        for model in MODELS:
            self._con.execute(
                f"create or replace table warehouse.marts.{model} as {self._sql[model]}"
            )
        return (
            self._answers("party_consent", "gpid"),
            self._answers("contact_point_consent", "contact_point"),
        )

    def _answers(self, model: str, key: str) -> Answers:
        rows = self._con.execute(
            f"select {key}, purpose, channel, is_allowed, status, is_suppressed"
            f" from warehouse.marts.{model}"
        ).fetchall()
        answers = {row[:3]: row[3:] for row in rows}
        assert len(answers) == len(rows), f"{model} answers twice"
        return answers

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._con.execute(sql).fetchall()


def bridge(history: History) -> Iterator[tuple[Any, ...]]:
    """The rows of bridge_party_source."""
    for place, (start, partition) in enumerate(history):
        following = history[place + 1] if place + 1 < len(history) else None
        for record, gpid in partition.items():
            end = None if following is None else day(following[0])
            yield (gpid, record, day(start), end, following is None)


@pytest.fixture(scope="module")
def privacy(tmp_path_factory: pytest.TempPathFactory) -> Privacy:
    folder = tmp_path_factory.mktemp("consent")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    (project.landing / "files").mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text("source_key\n1\n", "utf-8")
    result = project.dbt("compile", "--select", "path:models/marts/privacy", variables=FILES_ONLY)
    assert result.success, explain(result)
    compiled = project.scratch / "target/compiled/customer360/models/marts/privacy"
    return Privacy({model: (compiled / f"{model}.sql").read_text("utf-8") for model in MODELS})


# more grants than anything else: only what is allowed can be allowed wrongly
DAYS = st.sampled_from([-4, -3, -3, -2, -2, -1, 0, 2])
STATUSES = ["granted"] * 6 + ["denied", "withdrawn", "pending", "bounced"]
EVENTS = st.builds(
    Event,
    contact_point=st.sampled_from([*EMAILS, *EMAILS, *PHONES, None]),
    record_key=st.sampled_from([None, None, None, *RECORDS]),
    purpose=st.sampled_from(["marketing"] * 6 + ["all", "no such word"]),
    channel=st.sampled_from(["email"] * 5 + ["sms", "any", "no such word"]),
    status=st.sampled_from(STATUSES),
    start=st.one_of(DAYS, DAYS, st.none()),
    end=st.one_of(st.none(), st.none(), DAYS),
    recorded=st.one_of(st.none(), DAYS),
)
CONTACTS = st.fixed_dictionaries(
    {
        record: st.tuples(
            st.lists(st.sampled_from(EMAILS), unique=True, max_size=1).map(tuple),
            st.sampled_from([(), (), PHONES[:1], PHONES[1:]]),
        )
        for record in RECORDS
    }
)
STOPS = st.builds(
    Stop,
    gpid=st.sampled_from([None, "P0", "P1"]),
    record_key=st.sampled_from([None, *RECORDS]),
    contact_point=st.sampled_from([None, *EMAILS]),
    kind=st.sampled_from(["stop_contact", "litigation_hold"]),
    # as it was placed before anything was merged
    start=st.integers(-20, -11),
    end=st.one_of(st.none(), DAYS),
).filter(lambda stop: bool(stop.gpid or stop.record_key or stop.contact_point))
WORLDS = st.builds(
    World,
    contacts=CONTACTS,
    events=st.lists(EVENTS, max_size=8).map(tuple),
    stops=st.lists(STOPS, max_size=1).map(tuple),
)
PARTITIONS = st.fixed_dictionaries(
    {record: st.sampled_from(["P0", "P1", "P2"]) for record in RECORDS}
)
CHECKED = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BEGINNING = -30


def merged(partition: Partition) -> Partition:
    return {record: "P0" if gpid == "P1" else gpid for record, gpid in partition.items()}


def can_be_reached(world: World, partition: Partition, gpid: str, channel: str) -> bool:
    """Whether a record of the party has a contact point that the channel reaches."""
    return any(
        channel in REACH[kind_of(contact_point)]
        for record, holder in partition.items()
        if holder == gpid
        for values in world.contacts[record]
        for contact_point in values
    )


def about_parties_that_exist(world: World, partition: Partition) -> World:
    """A suppression of a GPID before it exists waits for its first records: that is no merge."""
    existing = set(partition.values())
    stops = tuple(s for s in world.stops if s.gpid is None or s.gpid in existing)
    return replace(world, stops=stops)


@settings(CHECKED, max_examples=80)
@given(WORLDS, PARTITIONS)
def test_a_merge_never_grants_what_either_side_lacked(
    privacy: Privacy, world: World, partition: Partition
) -> None:
    """A side that the channel cannot reach, and that nothing was said of, lacks nothing."""
    world = about_parties_that_exist(world, partition)
    before, points_before = privacy.ask(world, [(BEGINNING, partition)])
    after, points_after = privacy.ask(world, [(BEGINNING, partition), (-10, merged(partition))])
    assert points_after == points_before
    for (gpid, purpose, channel), (is_allowed, *_) in after.items():
        if gpid != "P0":
            assert before[gpid, purpose, channel] == after[gpid, purpose, channel]
        elif is_allowed:
            for side in {"P0", "P1"} & set(partition.values()):
                was = before.get((side, purpose, channel))
                assert was[0] if was else not can_be_reached(world, partition, side, channel)


@CHECKED
@given(WORLDS, PARTITIONS)
def test_what_one_side_refused_the_merged_party_refuses(
    privacy: Privacy, world: World, partition: Partition
) -> None:
    world = about_parties_that_exist(world, partition)
    before, _ = privacy.ask(world, [(BEGINNING, partition)])
    after, _ = privacy.ask(world, [(BEGINNING, partition), (-10, merged(partition))])
    for (gpid, purpose, channel), (is_allowed, *_) in before.items():
        if not is_allowed:
            holder = "P0" if gpid == "P1" else gpid
            assert not after[holder, purpose, channel][0]


@CHECKED
@given(WORLDS, PARTITIONS)
def test_a_split_restores_both_sides(privacy: Privacy, world: World, partition: Partition) -> None:
    world = about_parties_that_exist(world, partition)
    before = privacy.ask(world, [(BEGINNING, partition)])
    history = [(BEGINNING, partition), (-10, merged(partition)), (-5, partition)]
    assert privacy.ask(world, history) == before


@CHECKED
@given(WORLDS, PARTITIONS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_events_change_nothing(
    privacy: Privacy, world: World, partition: Partition, random: Any
) -> None:
    history = [(BEGINNING, partition)]
    events = [*world.events, *world.events[: random.randint(0, len(world.events))]]
    random.shuffle(events)
    shuffled = replace(world, events=tuple(events))
    assert privacy.ask(shuffled, history) == privacy.ask(world, history)


@CHECKED
@given(WORLDS, PARTITIONS)
def test_unknown_is_no(privacy: Privacy, world: World, partition: Partition) -> None:
    """Nobody is allowed anything that nobody granted, of every address that the channel reaches."""
    parties, points = privacy.ask(world, [(BEGINNING, partition)])
    for (gpid, purpose, channel), (is_allowed, *_) in parties.items():
        for record in (r for r, holder in partition.items() if holder == gpid and is_allowed):
            for contact_point in (p for values in world.contacts[record] for p in values):
                if channel in REACH[kind_of(contact_point)]:
                    assert points[contact_point, purpose, channel][0]
    grants = [event for event in world.events if event.status == "granted"]
    if not grants:
        assert not any(is_allowed for is_allowed, *_ in [*parties.values(), *points.values()])


def last_word(events: Sequence[Event]) -> bool | None:
    """By the rule in words: the latest that has begun, no ended denial, and of ties the least."""
    counting = []
    for event in events:
        is_grant = event.status == "granted"
        start = event.recorded if event.start is None else event.start
        begins = start if start is not None else (-1000 if is_grant else 1000)
        has_ended = event.end is not None and event.end <= 0
        if event.status == "bounced" or (start is not None and start > 0):
            continue
        if has_ended and not is_grant:
            continue
        recorded = begins if event.recorded is None else event.recorded
        counting.append((begins, recorded, is_grant and not has_ended))
    if not counting:
        return None
    latest = max(each[:2] for each in counting)
    return all(is_allowed for *when, is_allowed in counting if tuple(when) == latest)


# few days, so that many events are equally late
ONE_ADDRESS = st.builds(
    Event,
    contact_point=st.just(EMAILS[0]),
    record_key=st.none(),
    purpose=st.just("marketing"),
    channel=st.just("email"),
    status=st.sampled_from(["granted", "granted", "denied", "pending", "bounced"]),
    start=st.sampled_from([-2, -1, -1, -1, 0, 1, None]),
    end=st.sampled_from([None, None, None, -1, 0, 1]),
    recorded=st.sampled_from([None, None, None, -1]),
)


@settings(CHECKED, max_examples=60)
@given(st.lists(ONE_ADDRESS, min_size=1, max_size=5).map(tuple))
def test_of_one_contact_point_the_latest_in_force_wins_and_ties_deny(
    privacy: Privacy, events: tuple[Event, ...]
) -> None:
    world = World(dict.fromkeys(RECORDS, ((), ())), events)
    _, points = privacy.ask(world, [(BEGINNING, dict.fromkeys(RECORDS, "P0"))])
    answer = points.get((EMAILS[0], "marketing", "email"))
    assert (answer and answer[0]) == last_word(events)


# -- cases -------------------------------------------------------------------------------------

ONE = dict.fromkeys(RECORDS, "P0")
GRANT = Event(EMAILS[0], None, "marketing", "email", "granted", -3, None, None)
A_AND_PHONE = {
    RECORDS[0]: (EMAILS[:1], PHONES[:1]),
    **dict.fromkeys(RECORDS[1:], ((), ())),
}


def test_an_address_that_tells_who_speaks_of_messages_grants_them_for_the_number(
    privacy: Privacy,
) -> None:
    sms = replace(GRANT, channel="sms")
    parties, points = privacy.ask(World(A_AND_PHONE, (sms,)), [(BEGINNING, ONE)])
    assert points == {(PHONES[0], "marketing", "sms"): (True, "granted", False)}
    assert parties == {("P0", "marketing", "sms"): (True, "granted", False)}


def test_a_denial_of_no_known_purpose_or_channel_is_one_of_all(privacy: Privacy) -> None:
    no = replace(GRANT, status="opt-out", purpose="?", channel="fax", start=-1)
    parties, _ = privacy.ask(World(A_AND_PHONE, (GRANT, no)), [(BEGINNING, ONE)])
    assert parties == {
        ("P0", purpose, channel): (False, "denied", False)
        for purpose in Purpose
        for channel in Channel
    }
    yes = replace(no, status="granted")
    assert privacy.ask(World(A_AND_PHONE, (yes,)), [(BEGINNING, ONE)]) == ({}, {})


def test_an_ended_consent_does_not_fall_back_to_an_older_one(privacy: Privacy) -> None:
    events = (GRANT, replace(GRANT, start=-2, end=-1))
    parties, _ = privacy.ask(World(A_AND_PHONE, events), [(BEGINNING, ONE)])
    assert parties["P0", "marketing", "email"] == (False, "expired", False)
    pause = replace(GRANT, status="denied", start=-2, end=-1)
    parties, _ = privacy.ask(World(A_AND_PHONE, (GRANT, pause)), [(BEGINNING, ONE)])
    assert parties["P0", "marketing", "email"] == (True, "granted", False)


def test_the_next_moment_of_change_is_told(privacy: Privacy) -> None:
    stop = Stop(None, RECORDS[0], None, "stop_contact", 2, None)
    world = World(A_AND_PHONE, (replace(GRANT, end=3),), (stop,))
    parties, points = privacy.ask(world, [(BEGINNING, ONE)])
    assert parties["P0", "marketing", "email"] == (True, "granted", False)
    assert points[EMAILS[0], "marketing", "email"] == (True, "granted", False)
    for model in ("party_consent", "contact_point_consent"):
        assert privacy.rows(f"select until from warehouse.marts.{model}") == [(day(2),)]


def test_a_stop_of_a_gpid_follows_the_records_that_it_had(privacy: Privacy) -> None:
    apart = {RECORDS[0]: "P0", RECORDS[1]: "P1", RECORDS[2]: "P2"}
    contacts: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    contacts = dict.fromkeys(RECORDS, ((), ()))
    contacts[RECORDS[0]], contacts[RECORDS[1]] = ((EMAILS[0],), ()), ((EMAILS[1],), ())
    grants = (GRANT, replace(GRANT, contact_point=EMAILS[1]))
    history = [(BEGINNING, apart), (-10, merged(apart)), (-5, apart)]
    for start, suppressed in ((-20, {"P0"}), (-8, {"P0", "P1"}), (-2, {"P0"}), (None, {"P0"})):
        stop = Stop("P0", None, None, "stop_contact", start, None)
        parties, points = privacy.ask(World(contacts, grants, (stop,)), history)
        who = {gpid for (gpid, *_), (*_, is_suppressed) in parties.items() if is_suppressed}
        assert who == suppressed, start
        assert points[EMAILS[0], "marketing", "email"] == (False, "granted", True)


def test_a_litigation_hold_stops_no_contact_and_blocks_erasure_until_it_ends(
    privacy: Privacy,
) -> None:
    hold = Stop(None, None, EMAILS[0], "litigation_hold", -3, None)
    world = World(A_AND_PHONE, (GRANT,), (hold, replace(hold, end=-1)))
    parties, _ = privacy.ask(world, [(BEGINNING, ONE)])
    assert parties["P0", "marketing", "email"] == (True, "granted", False)
    assert privacy.rows(
        "select suppression_id, blocks_erasure, stops_contact, is_active"
        " from warehouse.marts.party_suppression order by all"
    ) == [("S0", True, False, True), ("S1", True, False, False)]


# -- whole builds ------------------------------------------------------------------------------

WITH_CONSENT = {"systems": ["files", "consent"]}
PARTIES = (
    "source_key,full_name,emails\n1,John Doe,john.doe@example.com\n2,Mary Major,m@example.org\n"
)
EVENT_HEADER = (
    "Receipt Id,Identifier,Purpose,Channel,Transaction Type,Interaction Date,Expiry Date\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("with_consent")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    for system in ("files", "consent"):
        (project.landing / system).mkdir(parents=True)
    (project.landing / "files" / "party_records.csv").write_text(PARTIES, "utf-8")
    (project.landing / "consent" / "consent_events.csv").write_text(
        EVENT_HEADER
        + "R1,John.Doe@example.com,Newsletter,E-Mail,CONFIRMED,2024-01-01T10:00:00Z,\n"
        + "R2,m@example.org,Newsletter,email,CONFIRMED,2024-01-01,31/31/2024\n"
        + "R2,m@example.org,Survey,email,CONFIRMED,2024-01-01,2999-01-01\n",
        "utf-8",
    )
    project.build(variables=WITH_CONSENT)
    return project


def test_a_consent_whose_end_cannot_be_read_is_none(built: Customer360) -> None:
    assert built.query(
        "select p.display_name, c.purpose, c.is_allowed, c.status from party_consent as c"
        " inner join dim_party as p using (gpid) order by all",
        restricted=True,
    ) == [("John Doe", "marketing", True, "granted"), ("Mary Major", "research", True, "granted")]


def test_a_build_after_a_consent_has_ended_finds_a_change(
    built: Customer360, tmp_path: Path
) -> None:
    project = built.copy_to(tmp_path)
    limit = project.warehouse("from conformed.int_time_limits")
    assert limit == [(datetime(2999, 1, 1),)]
    assert project.made(WITH_CONSENT) == set()
    with duckdb.connect(str(project.home / "warehouse.duckdb")) as con:
        con.execute("update conformed.int_time_limits set holds_until = '2025-01-01'")
    assert {"party_consent", "publish"} <= project.made(WITH_CONSENT)
    assert project.made(WITH_CONSENT) == set()


def test_no_contact_point_is_in_the_open_file_and_its_token_is_in_both(built: Customer360) -> None:
    tokens = "select contact_point_token from contact_point_consent order by all"
    assert built.query(tokens) == built.query(tokens, restricted=True)
    assert len(set(built.query(tokens))) == 2
    for table in ("party_consent", "contact_point_consent", "consent_events", "suppressions"):
        columns = built.query(f"select column_name from (describe {table})")
        assert not {("contact_point",), ("evidence",), ("decided_by",)} & set(columns)


def test_a_suppression_that_nobody_understands_stops_the_build(
    built: Customer360, tmp_path: Path
) -> None:
    project = replace(built.copy_to(tmp_path), landing=tmp_path / "landing")
    for file in built.landing.rglob("*.csv"):
        copy = project.landing / file.relative_to(built.landing)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    suppressions = project.landing / "consent" / "suppressions.csv"
    header = "suppression_id,kind,record_key,starts_at,decided_by\n"
    suppressions.write_text(header + "S1,stop_contakt,files/main/party/1,soon,desk\n", "utf-8")
    result = project.dbt("build", variables=WITH_CONSENT)
    assert not result.success
    assert "assert_suppressions_can_be_used" in explain(result)
    assert project.warehouse("select problem from marts.suppressions") == [
        ("kind is neither stop_contact nor litigation_hold; starts_at is no time",)
    ]
    suppressions.write_text(
        header + "S1,stop_contact,files/main/party/1,2024-05-01,desk\n", "utf-8"
    )
    project.build(variables=WITH_CONSENT)
    assert project.query("select is_allowed, is_suppressed from party_consent order by all") == [
        (False, True),
        (True, False),
    ]


def test_may_contact_says_no_unless_somebody_said_yes(built: Customer360, tmp_path: Path) -> None:
    ask = (
        "select purpose, channel, answer.is_allowed, answer.status from dim_party as d,"
        " (values ('marketing', 'email'), ('research', 'email'), ('research', 'sms')) as q (p, c),"
        " may_contact(d.gpid, p, c) as answer where display_name = '{}' order by all"
    )
    assert built.query(ask.format("Mary Major"), restricted=True) == [
        ("marketing", "email", False, "unknown"),
        ("research", "email", True, "granted"),
        ("research", "sms", False, "unknown"),
    ]
    with pytest.raises(duckdb.Error, match="may_contact knows no purpose fun"):
        built.query("from may_contact('P0', 'fun', 'email')")
    assert built.query("select is_allowed from may_contact('P0', 'research', 'email')") == [
        (False,)
    ]
    # a reader of an old publication is not told what has ended since
    project = built.copy_to(tmp_path)
    with duckdb.connect(str(project.home / "published" / "customer360_restricted.duckdb")) as con:
        con.execute("update party_consent set until = '2025-01-01' where purpose = 'research'")
    assert project.query(ask.format("Mary Major"), restricted=True)[1] == (
        "research", "email", False, "may have changed, build again"
    )  # fmt: skip
