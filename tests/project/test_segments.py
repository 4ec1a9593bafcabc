"""Who is in a segment, who may be addressed, and that nobody can read the ones who may not be."""

from collections.abc import Callable

import yaml

from tests.project.builds import DEMO, PROJECT, Customer360

SEGMENTS = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]["segments"]


def test_every_file_is_a_segment_that_is_named(demo: Customer360) -> None:
    files = {p.stem for p in (PROJECT / "models" / "marts" / "segments").glob("segment_*.sql")}
    made_of_them = {"changes", "members", "overlap", "size_history", "sizes"}
    assert {name.removeprefix("segment_") for name in files} - made_of_them == set(SEGMENTS)
    assert len(SEGMENTS) >= 15
    empty = demo.query("select segment from segment_sizes where member_count = 0")
    assert empty == []


def test_audiences_are_the_only_published_lists_of_members(demo: Customer360) -> None:
    for restricted in (False, True):
        lists = demo.query(
            "select table_name from duckdb_columns() where column_name in ('gpid', 'segment')"
            " group by 1 having count(*) = 2 order by 1",
            restricted=restricted,
        )
        assert lists == [("audience_marketing",), ("audience_research",), ("audience_service",)]
    for (audience,) in lists:
        assert demo.query(f"select count(*) > 0 from {audience}") == [(True,)], audience


def test_an_audience_is_the_segment_without_those_who_did_not_agree(demo: Customer360) -> None:
    rows = demo.warehouse(
        """
        select
            count(*) as members,
            count(*) filter (consent.gpid is not null) as agreed,
            count(*) filter (audience.gpid is not null) as addressed,
            count(*) filter ((consent.gpid is null) <> (audience.gpid is null)) as wrong
        from marts.segment_members as members
        left join (
            select distinct gpid, purpose from marts.party_consent where is_allowed
        ) as consent using (gpid, purpose)
        left join (
            select distinct gpid, segment from marts.audience_members
        ) as audience using (gpid, segment)
        """
    )
    ((members, agreed, addressed, wrong),) = rows
    assert wrong == 0
    assert members > agreed == addressed > 100


ORDER_HEADER = "orderNo,customerNo,creationDate,status,currency,orderTotal,guest\n"
CUSTOMERS = (
    "customerNo,customerId,email,firstName,lastName,creationDate,lastModified\n"
    "1,a,mio.hara@mail.example.jp,Mio,Hara,2025-01-01,2026-01-01\n"
)


def test_a_member_who_leaves_is_told(
    fresh: Customer360, write_parties: Callable[[str], None]
) -> None:
    variables = {"systems": ["files", "commerce_cloud"], "instances": {}}
    write_parties("source_key,party_type,full_name\n1,person,Mio Hara\n")
    shop = fresh.landing / "commerce_cloud"
    shop.mkdir()
    for extract in (DEMO / "commerce_cloud" / "jp").glob("*.csv"):
        header = extract.read_text("utf-8").splitlines()[0]
        (shop / extract.name).write_text(header + "\n", "utf-8")
    (shop / "customers.csv").write_text(CUSTOMERS, "utf-8")
    first = "O1,1,2026-01-01T10:00:00Z,COMPLETED,JPY,1000,false\n"
    (shop / "orders.csv").write_text(ORDER_HEADER + first, "utf-8")
    fresh.run(variables=variables)
    members = "select segment, since::date::varchar from marts.segment_members"
    assert fresh.warehouse(members) == [("first_purchase", "2026-01-01")]

    # nearly a year later nothing is first any more, but a customer came back
    later = "O2,1,2026-11-01T10:00:00Z,COMPLETED,JPY,1000,false\n"
    much_later = "O3,1,2999-01-01T10:00:00Z,COMPLETED,JPY,1000,false\n"
    (shop / "orders.csv").write_text(ORDER_HEADER + first + later + much_later, "utf-8")
    fresh.run(variables=variables)
    # what lies after the build does not count
    assert fresh.warehouse("select as_of::date::varchar from conformed.int_as_of") == [
        ("2026-11-01",)
    ]
    changes = "select segment, change from marts.segment_changes order by changed_at"
    assert fresh.warehouse(changes) == [("first_purchase", "entered"), ("first_purchase", "left")]
    sizes = (
        "select members, entered_count, left_count from segment_size_history"
        " where segment = 'first_purchase' order by built_at"
    )
    assert fresh.query(sizes) == [(1, 1, 0), (0, 0, 1)]
