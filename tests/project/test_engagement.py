"""Posts, appointments, enrichment and the app, as those see them who read the published files."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from tests.project.builds import Customer360

SYSTEMS = {"systems": ["files", "social", "appointments", "enrichment"]}
EXTRACTS = {
    "files/party_records": """\
source_key,party_type,full_name,organization_name,emails,phones,occupation,birth_date,identifiers,national_identifier
1,person,Anna Able,,anna@example.com,,Teacher,1980-05-05,,
2,person,Benjamin Baker,,baker.family@example.com,+12025550111,,,,
3,person,Cordelia Baker,,baker.family@example.com,,,,,
4,organization,,Acme Brick,,,,,website:www.acmebrick.example.com,1234567890123
""",
    "social/profiles": """\
network,profile_id,handle,display_name,email
chirps,p1,@anna_a,Anna Able,Anna@Example.com
chirps,p2,@nobody1,nobody1,
""",
    "social/interactions": """\
network,interaction_id,profile_id,kind,occurred_at,text,reply_to
chirps,1,p1,POST,2026-05-01T10:00:00Z,Where is my order?,
chirps,2,p2,like,2026-05-01T11:00:00Z,,1
chirps,3,p2,poke,2026-05-01T12:00:00Z,,1
chirps,4,p9,post,2026-05-01T13:00:00Z,Me too,1
""",
    "social/reviews": """\
network,review_id,profile_id,product_id,rating,text,created_at,updated_at
chirps,1,p1,SKU1,2,Meh,2026-05-02,2026-05-02
chirps,1,p1,SKU1,4,Better now,2026-05-02,2026-06-02
""",
    "appointments/bookings": """\
booking_id,booked_at,starts_at,duration,service,store,status,customer_number,customer_name,email,reminder_channel,reminder_sent_at
1,2026-05-01 08:00,2026-05-03 09:00,30,Fit,Rome,Completed,,Anna Able,anna@example.com,sms,2026-05-02
2,2026-05-01 08:00,2026-05-04 09:00,30,Fit,Rome,no_show,77,Anna Able,anna@example.com,,
3,2026-05-01 08:00,2026-05-05 09:00,30,Fit,Rome,postponed,,Anna Able,anna@example.com,,
""",
    "enrichment/demographics": """\
row_id,provider,provider_key,record_key,email,household_income_band,occupation,birth_year,as_of
D1,Atlas,H1,,ANNA@example.com,50k-100k,teacher,1981,2026-01-01
D2,Atlas,H1,,,100k-200k,,,2026-06-01
D3,Bureau,X1,,anna@example.com,over 200k,,,2026-03-01
D4,Bureau,X2,,baker.family@example.com,under 25k,,,2026-03-01
D5,Bureau,X3,,nobody@example.org,under 25k,,,2026-03-01
D6,Bureau,X4,files/main/party/2,baker.family@example.com,25k-50k,,,2026-03-01
""",
    "enrichment/firmographics": """\
row_id,provider,provider_key,domain,registered_number,industry,revenue,currency,as_of
F1,Atlas,C1,https://acmebrick.example.com/about,9876543210987,Bricks,12.50,USD,2026-01-01
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    folder = tmp_path_factory.mktemp("engagement")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    for name, text in EXTRACTS.items():
        path = project.landing / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    project.build(variables=SYSTEMS)
    return project


def party(project: Customer360, record_key: str) -> str:
    ((gpid,),) = project.query(
        f"select gpid from bridge_party_source where is_current and record_key = '{record_key}'",
        restricted=True,
    )
    return str(gpid)


def test_a_profile_and_a_guest_join_whom_their_address_names(built: Customer360) -> None:
    anna = party(built, "files/main/party/1")
    assert party(built, "social/main/profile/chirps:p1") == anna
    assert party(built, "appointments/main/guest_booking/1") == anna
    # a customer number without a shop names nobody
    assert party(built, "appointments/main/guest_booking/2") == anna
    assert party(built, "social/main/profile/chirps:p2") != anna


def test_a_post_of_a_profile_that_was_not_delivered_is_kept_without_a_party(
    built: Customer360,
) -> None:
    anna, other = (party(built, f"social/main/profile/chirps:p{n}") for n in (1, 2))
    assert built.query(
        "select post_key, kind, gpid, text, reply_to_key from fct_social_posts order by all",
        restricted=True,
    ) == [
        (
            f"{(key := 'social/main/interaction/chirps:')}1",
            "post",
            anna,
            "Where is my order?",
            None,
        ),
        (f"{key}2", "like", other, None, f"{key}1"),
        (f"{key}4", "post", None, "Me too", f"{key}1"),
    ]


def test_what_nobody_knows_how_to_read_is_in_quarantine(built: Customer360) -> None:
    assert built.query(
        "select source_object, reason from quarantined_records order by all", restricted=True
    ) == [
        ("booking", "status is not one of: booked, confirmed, completed, cancelled, no_show"),
        ("interaction", "kind is not one of: post, reply, like, share, follow, unfollow"),
    ]


def test_a_review_counts_once_as_it_was_last_edited(built: Customer360) -> None:
    assert built.query("select rating, text from fct_reviews", restricted=True) == [
        (4, "Better now")
    ]


def test_the_timeline_has_each_step_once(built: Customer360) -> None:
    anna = party(built, "files/main/party/1")
    assert built.query(
        "select strftime(occurred_at, '%m-%d %H'), activity_type, channel, direction"
        f" from fct_activities where gpid = '{anna}' order by all"
    ) == [
        ("05-01 08", "appointment_booked", None, "inbound"),
        ("05-01 08", "appointment_booked", None, "inbound"),
        ("05-01 10", "social_post", "social", "inbound"),
        ("05-02 00", "appointment_reminder", "sms", "outbound"),
        ("05-02 00", "review", "social", "inbound"),
        ("05-03 09", "appointment", "meeting", None),
    ]


def test_the_open_file_has_no_text_and_no_key_that_leads_to_a_profile(built: Customer360) -> None:
    for table in ("fct_social_posts", "fct_reviews", "fct_activities", "fct_appointments"):
        columns = {name for (name,) in built.query(f"select column_name from (describe {table})")}
        assert not columns & {"text", "title", "url", "subject"}
    keys = built.query(
        "select record_key from fct_social_posts union select post_key from fct_social_posts"
        " union select record_key from fct_reviews union select source_key from bridge_party_source"
        " where source_system = 'social'"
    )
    assert len(keys) > 5
    assert [key for (key,) in keys if "chirps:" in key] == []


def test_the_first_key_that_names_exactly_one_party_decides(built: Customer360) -> None:
    anna, ben, acme = (party(built, f"files/main/party/{n}") for n in (1, 2, 4))
    assert built.query(
        "select distinct enrichment_key[-2:], gpid, matched_by, problem from fct_enrichment"
        " order by all"
    ) == [
        ("D1", anna, "email", None),
        ("D2", anna, "provider_key", None),
        ("D3", anna, "email", None),
        ("D4", None, None, "names several parties"),
        ("D5", None, None, "names nobody known"),
        ("D6", ben, "record_key", None),
        ("F1", acme, "domain", None),
    ]


def test_the_newest_answer_is_in_force_unless_it_contradicts_what_we_know(
    built: Customer360,
) -> None:
    anna, acme = (party(built, f"files/main/party/{n}") for n in (1, 4))
    assert built.query(
        "select attribute, provider, value, as_of, is_in_force, first_party_value,"
        f" contradicts_first_party from party_enrichment where gpid in ('{anna}', '{acme}')"
        " order by party_type desc, attribute, provider",
        restricted=True,
    ) == [
        ("birth_year", "Atlas", "1981", date(2026, 1, 1), False, "1980", True),
        ("household_income_band", "Atlas", "100k-200k", date(2026, 6, 1), True, None, False),
        ("household_income_band", "Bureau", "over 200k", date(2026, 3, 1), False, None, False),
        ("occupation", "Atlas", "teacher", date(2026, 1, 1), True, "Teacher", False),
        (
            "corporate_number", "Atlas", "9876543210987", date(2026, 1, 1), False,
            "1234567890123", True,
        ),
        ("industry", "Atlas", "Bricks", date(2026, 1, 1), True, None, False),
        ("revenue", "Atlas", "12.50", date(2026, 1, 1), True, None, False),
    ]  # fmt: skip
    assert built.query(
        f"select birth_year, occupation from dim_party where gpid = '{anna}'", restricted=True
    ) == [(1980, "Teacher")]


def test_the_open_file_has_what_is_said_of_organizations_only(built: Customer360) -> None:
    for table in ("fct_enrichment", "party_enrichment"):
        assert built.query(
            f"select party_type, count(*) > 0, count(value) > 0 from {table} group by 1 order by 1"
        ) == [("organization", True, True), ("person", True, False)]


def test_no_value_of_a_provider_can_become_a_golden_value(demo: Customer360) -> None:
    """Nothing that identity or the golden record is made of reads what providers say."""
    manifest = json.loads((demo.scratch / "target" / "manifest.json").read_text("utf-8"))
    parents = manifest["parent_map"]
    reached, frontier = set(), ["model.customer360.dim_party", "model.customer360.gpid_events"]
    while frontier:
        node = frontier.pop()
        if node not in reached:
            reached.add(node)
            frontier += parents.get(node, [])
    assert "model.customer360.int_party_records" in reached
    assert not [node for node in reached if "enrichment" in node]


def test_a_complaint_on_social_media_leads_to_the_open_opportunity(demo: Customer360) -> None:
    truth = Path(demo.landing).parent / "demo_truth" / "sentiments.csv"
    with truth.open(encoding="utf-8", newline="") as file:
        negative = [row["key"] for row in csv.DictReader(file) if row["sentiment"] == "negative"]
    listed = ", ".join(f"'{key}'" for key in negative)
    rows = demo.query(
        f"""
        select distinct posts.gpid from fct_social_posts as posts
        left join party_relationship as employed on posts.gpid = employed.gpid
        inner join fct_opportunities as deals
            on deals.gpid in (posts.gpid, employed.related_gpid) and not deals.is_closed
        where posts.post_key in ({listed}) and posts.occurred_at >= timestamp '2026-09-01'
        """,
        restricted=True,
    )
    assert len(rows) >= 5


def test_the_app_belongs_to_the_customer_who_signed_in(demo: Customer360) -> None:
    ((known, anonymous, wrong),) = demo.query(
        """
        select
            count(sessions.gpid),
            count(*) - count(sessions.gpid),
            count(*) filter (sessions.gpid <> customers.gpid)
        from fct_activities as sessions
        left join bridge_party_source as customers
            on
                sessions.record_key = 'web/main/user/' || customers.source_key
                and customers.source_object = 'customer'
                and customers.is_current
        where sessions.channel = 'app'
        """
    )
    assert known > 100
    assert anonymous > 50
    assert wrong == 0
