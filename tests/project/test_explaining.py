"""The means of a steward: queue, health, quality, explanations and the page, over the demo."""

import json
import re
import stat
from collections import Counter
from pathlib import Path

import pytest

from customer360.explain import ExplanationError, explain_link, explain_party, main, not_kept
from customer360.matching.model import PartyType
from customer360.report import ReportError, write_report
from tests.project.builds import Customer360

WITH_STEWARDS = {"systems": ["files", "stewardship"]}
PARTIES = """source_key,full_name,birth_date,emails,phones
1,John Doe,1980-02-03,john@example.org,+1 212 555 0142
2,John Doe,1980-02-03,john@example.org,+1 212 555 0142
3,Jane Roe,1991-07-08,jane@example.net,+1 212 555 0187
4,Mary Major,1970-01-09,mary@example.com,+1 212 555 0163
5,Richard Miles,1966-11-12,richard@example.com,+1 212 555 0175
6,Richard Miles,1966-11-12,richard@example.com,+1 212 555 0175
"""
KNOWN = """record_key,known_party
files/main/party/1,a
files/main/party/2,a
files/main/party/3,b
files/main/party/4,b
files/main/party/5,c
files/main/party/6,c
files/main/party/gone,c
"""
DECISIONS = """record_key_a,record_key_b,decision,decided_by,decided_at,reason
files/main/party/1,files/main/party/2,different,Anna,2026-03-01,father and son
"""


def test_every_party_of_several_records_hangs_on_one_root(demo: Customer360) -> None:
    rows = demo.query(
        "select record_count, count(tree.record_key), count(*) filter (where depth = 0),"
        " count(parent_record_key)"
        " from identity_clusters"
        " inner join bridge_party_source as bridge using (gpid)"
        " left join identity_party_tree as tree on bridge.record_key = tree.record_key"
        " where bridge.is_current and record_count > 1"
        " group by gpid, record_count"
    )
    assert len(rows) > 1000
    assert all(
        records == placed == linked + 1 and roots == 1 for records, placed, roots, linked in rows
    )


def test_no_link_across_is_stronger_than_the_one_of_the_tree(demo: Customer360) -> None:
    rows = demo.query(
        """
        select edges.match_weight, tree.match_weight
        from identity_party_tree as tree
        inner join identity_party_tree as a on tree.cluster_id = a.cluster_id
        inner join identity_edges as edges on a.record_key = edges.record_key_a
        inner join identity_party_tree as b
            on edges.record_key_b = b.record_key and tree.cluster_id = b.cluster_id
        where
            tree.parent_record_key is not null
            and (a.place between tree.place and tree.place + tree.records_below - 1)
            <> (b.place between tree.place and tree.place + tree.records_below - 1)
            and edges.match_weight > tree.match_weight
        """
    )
    assert rows == []


def test_two_parties_are_asked_about_once(demo: Customer360) -> None:
    rows = demo.query("select kind, gpid_a, gpid_b from identity_review_queue")
    assert len(rows) > 100
    asked = Counter((kind, *sorted((a, b))) for kind, a, b in rows)
    assert max(asked.values()) == 1
    assert all((a == b) == (kind == "split?") for kind, a, b in rows)


def test_the_head_of_the_queue_is_worth_looking_at(demo: Customer360) -> None:
    """Of what the whole queue would put right, the first third does most."""
    truth = demo.landing.parent / "demo_truth" / "parties.csv"
    ((head, everything),) = demo.query(
        f"""
        select
            count(*) filter (where priority <= (select count(*) // 3 from identity_review_queue)),
            count(*)
        from identity_review_queue
        inner join read_csv('{truth}') as a on record_key_a = a.record_key
        inner join read_csv('{truth}') as b on record_key_b = b.record_key
        where (kind = 'join?') = (a.party_id = b.party_id)
        """,
        restricted=True,
    )
    assert everything > 20
    assert head > everything / 2


def test_only_the_restricted_queue_shows_who_it_is_about(demo: Customer360) -> None:
    query = "select column_name from (describe identity_review_queue)"
    open_columns = {name for (name,) in demo.query(query)}
    hidden = {name for (name,) in demo.query(query, restricted=True)} - open_columns
    assert {"names_a", "emails_b", "decision_line"} <= hidden
    assert {"record_key_a", "gpid_b", "evidence", "records_moved"} <= open_columns
    ((named,),) = demo.query(
        "select count(*) from identity_review_queue where len(names_a) > 0", restricted=True
    )
    assert named > 50


def test_the_model_says_how_good_it_holds_itself_to_be(demo: Customer360) -> None:
    rows = demo.query(
        "select party_type, precision, recall from identity_quality where basis = 'model'"
    )
    assert {row[0] for row in rows} == {"person", "organization"}
    assert all(0.8 < value <= 1 for row in rows for value in row[1:])


def test_explain_party_has_every_record_in_its_tree(demo: Customer360) -> None:
    ((gpid, count, weakest),) = demo.query(
        "select gpid, record_count, weakest_link_weight from identity_clusters"
        " where weakest_link_weight < 100 order by record_count desc, gpid limit 1"
    )
    rows = explain_party(demo.home, gpid)
    tree = [row for row in rows if row[0].startswith("tree")]
    assert len({row[1] for row in tree}) == count
    assert [row[4] for row in rows if row[0] == "weakest link"] == [
        pytest.approx(weakest, abs=0.01)
    ]


def test_a_pair_that_was_not_kept_is_scored_on_demand(demo: Customer360) -> None:
    ((a, b),) = demo.query(
        """
        select min(a.record_key), min(b.record_key)
        from dim_party as one
        inner join dim_party as other
            on one.birth_year = other.birth_year and one.locality = other.locality
            and one.gpid < other.gpid
        inner join bridge_party_source as a on one.gpid = a.gpid and a.is_current
        inner join bridge_party_source as b on other.gpid = b.gpid and b.is_current
        anti join identity_edges
            on least(a.record_key, b.record_key) = identity_edges.record_key_a
            and greatest(a.record_key, b.record_key) = identity_edges.record_key_b
        where one.party_type = 'person' and other.party_type = 'person'
        group by a.record_key, b.record_key
        order by a.record_key, b.record_key
        limit 1
        """,
        restricted=True,
    )
    lines = {line.step: line for line in explain_link(demo.home, a, b)}
    assert {"compared", "never compared"} & set(lines)
    assert "not scored" not in lines
    assert lines["total"].bits is not None and lines["total"].bits < 0
    assert (lines["result"].finding or "").startswith("two parties")


def test_a_score_on_demand_is_the_score_of_the_build(demo: Customer360) -> None:
    ((settings,),) = demo.query("select settings from build_info")
    for party_type in PartyType:
        ((a, b, weight),) = demo.query(
            "select record_key_a, record_key_b, match_weight from identity_edges"
            f" where party_type = '{party_type.value}' order by match_weight limit 1",
            restricted=True,
        )
        lines = {
            line.step: line.bits
            for line in not_kept(demo.home, party_type, a, b, json.loads(settings))
        }
        assert lines["total"] == pytest.approx(weight, abs=1e-6)
        assert "compared" in lines


def test_without_a_build_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ExplanationError, match="run `make build` first"):
        explain_link(tmp_path, "a", "b")
    with pytest.raises(ReportError, match="run `make build` first"):
        write_report(tmp_path)


@pytest.fixture(scope="module")
def report(demo: Customer360, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(demo.copy_to(tmp_path_factory.mktemp("report")).home)


def test_the_page_is_for_its_owner_and_not_among_the_published(report: Path) -> None:
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert report.parent.name != "published"


def test_the_page_fetches_nothing(report: Path) -> None:
    page = report.read_text("utf-8")
    assert "default-src 'none'" in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.S)
    assert re.findall(r"""<(?:link|img|iframe)|\ssrc=|href=["'](?!#)|url\(|@import""", markup) == []


def test_the_page_shows_pictures_queue_and_quality(report: Path, demo: Customer360) -> None:
    page = report.read_text("utf-8")
    charts = [
        json.loads(text)
        for text in re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    ]
    assert len(charts) >= 2 + 1 + 4 + 2
    assert all("vega-lite" in chart["$schema"] or "vconcat" in chart for chart in charts)
    ((line,),) = demo.query(
        "select decision_line from identity_review_queue where priority = 1", restricted=True
    )
    assert line in page
    for section in ("quality", "queue", "weights", "sizes", "cuts", "links", "model"):
        assert f'<h2 id="{section}">' in page


@pytest.fixture(scope="module")
def stewarded(tmp_path_factory: pytest.TempPathFactory) -> Customer360:
    """Six records, two that a steward holds apart, and a sample with known truth."""
    folder = tmp_path_factory.mktemp("stewarded")
    project = Customer360(folder / "landing", folder / "home", folder / "scratch")
    for name, text in (
        ("files/party_records.csv", PARTIES),
        ("stewardship/known_parties.csv", KNOWN),
        ("stewardship/steward_decisions.csv", DECISIONS),
    ):
        (project.landing / name).parent.mkdir(parents=True, exist_ok=True)
        (project.landing / name).write_text(text, "utf-8")
    project.run(variables=WITH_STEWARDS)
    return project


def test_a_sample_with_known_truth_is_measured_against(stewarded: Customer360) -> None:
    rows = stewarded.query(
        "select precision, recall, joined_pairs, label_count from identity_quality"
        " where basis = 'known parties'"
    )
    assert rows == [(1.0, pytest.approx(1 / 3, abs=1e-6), 1, 15)]


def test_what_a_steward_decided_is_a_label_and_no_question(stewarded: Customer360) -> None:
    rows = stewarded.query("select record_key_a, record_key_b from identity_review_queue")
    assert ("files/main/party/1", "files/main/party/2") not in rows
    assert stewarded.query(
        "select label_count, measured_share from identity_quality where basis = 'decisions'"
    ) == [(1, 0.0)]
    assert stewarded.query(
        "select is_joined, decision_count, same_count from identity_quality_strata"
        " where decision_count > 0"
    ) == [(True, 1, 0)]


def test_an_explanation_has_the_words_of_the_steward_for_those_who_may_read_them(
    stewarded: Customer360,
) -> None:
    query = (
        "select finding from explain_link('files/main/party/2', 'files/main/party/1')"
        " where step in ('decision', 'guard') order by step"
    )
    assert stewarded.query(query, restricted=True) == [
        ("different by Anna on 2026-03-01: father and son (in force)",),
        ("not joined, steward decision",),
    ]
    assert stewarded.query(query) == [
        ("different (in force)",),
        ("not joined, steward decision",),
    ]


def test_the_command_prints_a_link_and_a_party(
    stewarded: Customer360, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER360_HOME", str(stewarded.home))
    assert main(["files/main/party/5", "files/main/party/6"]) == 0
    assert "same party P" in capsys.readouterr().out
    assert main([stewarded.holders()["files/main/party/5"]]) == 0
    assert "weakest link" in capsys.readouterr().out
    monkeypatch.setenv("CUSTOMER360_HOME", str(stewarded.landing))
    assert main(["a", "b"]) == 1
    assert "run `make build` first" in capsys.readouterr().err
