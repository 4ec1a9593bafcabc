"""The shape of the project, checked over dbt's manifest and the library's imports."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from customer360.privacy import ColumnClass, OpenForm, PrivacyClass, PrivacyError
from tests.project.builds import PROJECT, Customer360

LAYERS = ["staging", "conformed", "identity", "marts"]
READS = {
    "staging": {"staging"},
    "conformed": {"staging", "conformed"},
    "identity": {"conformed", "identity"},
    # operations read the landing's own bookkeeping, which staging offers
    "marts": {"conformed", "identity", "marts"},
}
BOOKKEEPING = "landing"
# what a model can read that is none of its inputs: the clock, chance, dbt's own run, files
MORE_THAN_INPUTS = re.compile(
    r"\bnow\(|\bcurrent_(date|time)|\brandom\(|\buuid\(|\bmain\.|\brun_id\(|\bhome\(|environ"
)
# what makes a model be made in every build
ALWAYS_MADE = ("build_moment()", "invocation_id", "run_started_at")


@pytest.fixture(scope="module")
def manifest(demo: Customer360) -> dict[str, Any]:
    return json.loads((demo.scratch / "target" / "manifest.json").read_text("utf-8"))


def layer(node: dict[str, Any]) -> str:
    """Python models belong to the layer whose schema they are built in."""
    folder = node["fqn"][1]
    return folder if folder in LAYERS else node["config"]["schema"]


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]


def test_a_layer_reads_only_the_layer_before_it(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in models(manifest):
        for parent_id in node["depends_on"]["nodes"]:
            parent = manifest["nodes"].get(parent_id)
            if parent is None or parent["resource_type"] == "seed":
                continue
            is_bookkeeping = BOOKKEEPING in parent["fqn"] and layer(node) == "marts"
            if layer(parent) not in READS[layer_of(node)] and not is_bookkeeping:
                wrong.append(f"{node['name']} ({layer(node)}) reads {parent['name']}")
    assert wrong == []


def layer_of(node: dict[str, Any]) -> str:
    return "identity" if layer(node) == "main" else layer(node)


def test_only_staging_reads_extracts_and_only_identity_the_registry(
    manifest: dict[str, Any],
) -> None:
    for node in models(manifest):
        for source_id in (i for i in node["depends_on"]["nodes"] if i.startswith("source.")):
            name = manifest["sources"][source_id]["source_name"]
            expected = "identity" if name == "registry" else "staging"
            assert layer_of(node) == expected, f"{node['name']} reads source {name}"


def test_only_identity_writes_the_registry(manifest: dict[str, Any]) -> None:
    writers = {n["name"] for n in models(manifest) if n["database"] == "registry"}
    assert writers == {
        "gate_overrides",
        "generic_value_events",
        "gpid_events",
        "model_releases",
        "record_identity_log",
        "release_frequencies",
        "steward_decision_log",
    }
    for node in models(manifest):
        if node["name"] in writers:
            assert node["fqn"][1] == "identity"
            assert node["config"]["full_refresh"] is False


def test_the_registry_is_logged_after_all_that_writes_to_it_and_before_it_is_published(
    manifest: dict[str, Any],
) -> None:
    writers = {n["unique_id"] for n in models(manifest) if n["database"] == "registry"}
    log = "model.customer360.log_registry"
    assert writers <= set(manifest["nodes"][log]["depends_on"]["nodes"])
    assert log in manifest["nodes"]["model.customer360.publish"]["depends_on"]["nodes"]


def test_publish_is_last_and_depends_on_every_mart(manifest: dict[str, Any]) -> None:
    children = manifest["child_map"]["model.customer360.publish"]
    assert [c for c in children if c.startswith("model.")] == []
    direct = set(manifest["nodes"]["model.customer360.publish"]["depends_on"]["nodes"])
    reached, frontier = set(direct), list(direct)
    while frontier:
        for parent in manifest["parent_map"].get(frontier.pop(), []):
            if parent not in reached:
                reached.add(parent)
                frontier.append(parent)
    marts = {n["unique_id"] for n in models(manifest) if n["fqn"][1] == "marts"}
    assert marts - reached == set()


def test_every_model_and_column_is_described(manifest: dict[str, Any], demo: Customer360) -> None:
    missing = []
    for node in models(manifest):
        if not node["description"]:
            missing.append(node["name"])
        missing += [
            f"{node['name']}.{column['name']}"
            for column in node["columns"].values()
            if not column["description"]
        ]
    for source in manifest["sources"].values():
        if not source["description"]:
            missing.append(source["name"])
    assert missing == []


def test_every_column_has_a_privacy_class(manifest: dict[str, Any]) -> None:
    seeds = [n for n in manifest["nodes"].values() if n["resource_type"] == "seed"]
    wrong = []
    for node in [*models(manifest), *seeds, *manifest["sources"].values()]:
        for column in node["columns"].values():
            try:
                ColumnClass.of(f"{node['name']}.{column['name']}", column["config"]["meta"])
            except PrivacyError as error:
                wrong.append(str(error))
    assert wrong == []


def test_the_open_file_has_what_the_classes_in_the_yaml_allow(
    manifest: dict[str, Any], demo: Customer360
) -> None:
    allowed = {}
    for parent in manifest["nodes"]["model.customer360.publish"]["depends_on"]["nodes"]:
        node = manifest["nodes"][parent]
        meta = node["config"]["meta"]
        assert meta.get("published") in (None, "restricted"), node["name"]
        if node["columns"] and meta.get("published") != "restricted":
            allowed[meta.get("published_as", node["name"])] = {
                name
                for name, column in node["columns"].items()
                if column["config"]["meta"]["privacy"] == PrivacyClass.NONE
                or column["config"]["meta"].get("open") in list(OpenForm)
            } - {"input_hash", "made_by"}
    columns = (
        "select table_name, list(column_name) from duckdb_columns() where not internal group by 1"
    )
    published = {name: set(names) for name, names in demo.query(columns)}
    del published["build_info"]
    assert published == allowed


def test_no_column_is_left_out_of_the_yaml(manifest: dict[str, Any], demo: Customer360) -> None:
    actual: dict[str, set[str]] = {}
    for table, column in demo.warehouse(
        "select table_name, column_name from information_schema.columns"
        " where table_schema in ('staging', 'conformed', 'identity', 'marts')"
    ):
        actual.setdefault(table, set()).add(column)
    wrong = {}
    for node in models(manifest):
        if node["language"] == "python" or node["database"] == "registry":
            continue
        difference = actual[node["alias"]] ^ set(node["columns"])
        if difference:
            wrong[node["name"]] = sorted(difference)
    assert wrong == {}


def test_identity_and_marts_have_contracts(manifest: dict[str, Any]) -> None:
    without = [
        node["name"]
        for node in models(manifest)
        if node["fqn"][1] in ("identity", "marts")
        and node["language"] == "sql"
        and not node["config"]["contract"]["enforced"]
    ]
    assert without == []


def test_every_model_has_a_tested_key(manifest: dict[str, Any]) -> None:
    tested = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and test.get("test_metadata")
        and test["test_metadata"]["name"] in ("unique", "unique_combination")
    }
    without = [
        node["name"]
        for node in models(manifest)
        if node["language"] == "sql" and node["unique_id"] not in tested
    ]
    assert without == []


def test_columns_that_are_never_null_are_tested_in_one_scan(manifest: dict[str, Any]) -> None:
    tests = [n for n in manifest["nodes"].values() if n["resource_type"] == "test"]
    alone = [
        f"{test['attached_node']}: {test['column_name']}"
        for test in tests
        if (test.get("test_metadata") or {}).get("name") == "not_null"
        and test["config"]["where"] is None
        and test["config"]["severity"].lower() == "error"
    ]
    assert alone == [], "list them in never_null under the model's data_tests"
    lists = [
        test["attached_node"]
        for test in tests
        if (test.get("test_metadata") or {}).get("name") == "never_null"
        and test["config"]["where"] is None
    ]
    assert lists
    assert sorted(set(lists)) == sorted(lists), "one list for a table"


def test_never_null_names_the_columns_that_have_nulls(manifest: dict[str, Any]) -> None:
    test = next(
        node
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "never_null"
        and node["attached_node"] == "model.customer360.party_relationship"
    )
    columns = test["test_metadata"]["kwargs"]["columns"]
    full, empty = [", ".join(f"{value} as {c}" for c in columns) for value in ("1", "null")]
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as warehouse; create schema warehouse.marts")
        con.execute(f"create table warehouse.marts.party_relationship as select {full}")
        verdict = f"select {test['config']['fail_calc']} from ({test['compiled_code']})"
        assert con.execute(verdict).fetchall() == [(0,)]
        con.execute(f"insert into warehouse.marts.party_relationship select {empty} from range(2)")
        assert {row[1:] for row in con.execute(test["compiled_code"]).fetchall()} == {
            (column, 2) for column in columns
        }
        with pytest.raises(duckdb.InvalidInputException) as failure:
            con.execute(verdict)
    assert all(f"{column} (2 rows)" in str(failure.value) for column in columns)


def test_a_model_that_reads_more_than_its_inputs_is_always_made(manifest: dict[str, Any]) -> None:
    found = {
        node["name"]: (
            node["config"]["meta"].get("always_made", False)
            or any(word in node["raw_code"] for word in ALWAYS_MADE)
            or any(
                parent.startswith("source.customer360.registry.")
                for parent in node["depends_on"]["nodes"]
            )
        )
        for node in models(manifest)
        if MORE_THAN_INPUTS.search(node["raw_code"])
    }
    assert found.keys() >= {"decide", "assign", "log_registry", "publish", "identity_health"}
    assert [name for name, is_always_made in found.items() if not is_always_made] == []


def test_python_models_are_doorways() -> None:
    for path in (PROJECT / "python_models").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert [f.name for f in functions] == ["model"], path.name
        assert not any(isinstance(node, ast.For | ast.While | ast.If) for node in ast.walk(tree)), (
            f"{path.name} has logic of its own"
        )


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_the_library_knows_nothing_of_dbt_and_one_module_imports_splink() -> None:
    modules = list((PROJECT / "src" / "customer360").rglob("*.py"))
    assert modules
    assert [m.name for m in modules if {"dbt", "dbt_common"} & imports(m)] == []
    assert [m.name for m in modules if "splink" in imports(m)] == ["splink_engine.py"]


def test_only_the_expectations_import_great_expectations() -> None:
    modules = [*(PROJECT / "src").rglob("*.py"), *(PROJECT / "python_models").glob("*.py")]
    importing = {m.name for m in modules if "great_expectations" in imports(m)}
    assert importing == {"checkpoint.py", "suites.py"}
