"""Write the data dictionary of the published files: `make dictionary`.

It is read from the YAML of the models, through dbt: no build and no network is needed.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from customer360.dictionary import BUILD_INFO, Column, Reader, Table, as_csv, render
from customer360.privacy import ColumnClass
from customer360.publication import BOOKKEEPING

PAGE, SPREADSHEET = "dictionary.html", "dictionary.csv"
_PUBLISH = "model.customer360.publish"
_LAYERS = ("sources", "seeds", "staging", "conformed", "identity", "marts")
DONE, FAILED = 0, 1

Node = Mapping[str, Any]


class DictionaryError(RuntimeError):
    """dbt cannot read the project; the message is its own."""


def main(arguments: Sequence[str]) -> int:
    """Write the page and the CSV file, and say where they are."""
    parser = argparse.ArgumentParser(
        prog="python -m customer360_dbt.dictionary", description=__doc__
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("target"))
    folder: Path = parser.parse_args(arguments).folder
    try:
        tables = published_tables(parse())
    except DictionaryError as error:
        print(error, file=sys.stderr)
        return FAILED
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(render(tables), "utf-8")
    # the mark tells spreadsheets that it is UTF-8
    (folder / SPREADSHEET).write_text(as_csv(tables), "utf-8-sig")
    print(f"{folder / PAGE} and {folder / SPREADSHEET}: {len(tables)} tables")
    return DONE


def parse() -> Node:
    """dbt's manifest of the project in the working directory.

    Raises:
        DictionaryError: when dbt cannot read the project.

    """
    result = dbtRunner().invoke(["parse", "--quiet"])
    if not isinstance(result.result, Manifest):
        raise DictionaryError(str(result.exception))
    return result.result.writable_manifest().to_dict(omit_none=False)


def published_tables(manifest: Node) -> list[Table]:
    """Every table of the published files, in the order in which they are published.

    Args:
        manifest: dbt's, as its manifest.json has it.

    """
    by_model = {
        identifier: str(node["config"]["meta"].get("published_as", node["name"]))
        for identifier in manifest["nodes"][_PUBLISH]["depends_on"]["nodes"]
        # what is no mart is there for the order of things
        if (node := manifest["nodes"][identifier])["columns"]
    }
    tables = [_table(manifest, identifier, by_model) for identifier in by_model]
    sections = list(dict.fromkeys(table.section for table in tables))
    return sorted([*tables, BUILD_INFO], key=lambda table: sections.index(table.section))


def _table(manifest: Node, identifier: str, published: Mapping[str, str]) -> Table:
    node = manifest["nodes"][identifier]
    tests = [
        test
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test" and test.get("attached_node") == identifier
    ]
    of_columns: dict[str, list[str]] = {}
    of_table: list[str] = []
    never_null: set[str] = set()
    for test in tests:
        kind = test["test_metadata"]["name"]
        if kind == "never_null" and test["config"]["where"] is None:
            never_null |= set(test["test_metadata"]["kwargs"]["columns"])
        elif test["column_name"]:
            of_columns.setdefault(test["column_name"], []).append(_in_words(test))
        else:
            of_table.append(_in_words(test))
    of_table += _claims(manifest, identifier)
    grain, description = _first_sentence(node["description"])
    return Table(
        name=published[identifier],
        section=_section(node),
        grain=grain,
        description=description,
        columns=tuple(
            Column(
                name=column["name"],
                data_type=column["data_type"],
                description=_one_line(column["description"]),
                privacy=ColumnClass.of(
                    f"{node['name']}.{column['name']}", column["config"]["meta"]
                ),
                is_never_null=column["name"] in never_null,
                tests=tuple(sorted(of_columns.get(column["name"], []))),
            )
            for column in node["columns"].values()
            if column["name"] not in BOOKKEEPING
        ),
        is_restricted=node["config"]["meta"].get("published") == "restricted",
        tests=tuple(sorted(of_table)),
        parents=tuple(
            sorted(
                published.get(parent) or _name(manifest, parent)
                for parent in node["depends_on"]["nodes"]
            )
        ),
        upstream=_upstream(manifest, identifier),
        readers=tuple(_readers(manifest, identifier)),
        metrics=tuple(_metrics(manifest, identifier)),
    )


def _section(node: Node) -> str:
    """The folder of a mart; what identity itself publishes is `identity`."""
    layer, *folder = node["fqn"][1:-1]
    return str(folder[0] if folder else layer)


def _in_words(test: Node) -> str:
    arguments = test["test_metadata"]["kwargs"]
    match test["test_metadata"]["name"]:
        case "unique":
            words = "unique"
        case "unique_combination":
            words = f"one row per {', '.join(arguments['columns'])}"
        case "accepted_values":
            words = f"one of {', '.join(map(str, arguments['values']))}"
        case "between":
            low, high = arguments.get("low"), arguments.get("high")
            words = " and ".join(
                part
                for part in (
                    f"at least {low:g}" if low is not None else "",
                    f"at most {high:g}" if high is not None else "",
                )
                if part
            )
        case "relationships":
            target = re.sub(r"^ref\('(.*)'\)$", r"\1", str(arguments["to"]))
            words = f"found in {target}.{arguments['field']}"
        case "never_null":
            words = f"never null: {', '.join(arguments['columns'])}"
        case other:
            words = str(other).replace("_", " ")
    where = test["config"]["where"]
    return f"{words}, where {_one_line(where)}" if where else words


def _claims(manifest: Node, identifier: str) -> Iterator[str]:
    """What tests of their own say about a table: the comment above their SQL is the rule."""
    for test in manifest["nodes"].values():
        if (
            test["resource_type"] == "test"
            and not test.get("test_metadata")
            and identifier in test["depends_on"]["nodes"]
        ):
            lines = test["raw_code"].splitlines()
            rule = takewhile(lambda line: line.startswith("--"), lines)
            yield " ".join(line.removeprefix("--").strip() for line in rule)


def _upstream(manifest: Node, identifier: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    reached: set[str] = set()
    frontier = [identifier]
    while frontier:
        for parent in manifest["parent_map"].get(frontier.pop(), []):
            if parent not in reached:
                reached.add(parent)
                frontier.append(parent)
    by_layer: dict[str, set[str]] = {}
    for parent in reached:
        by_layer.setdefault(_layer(manifest, parent), set()).add(_name(manifest, parent))
    return tuple((layer, tuple(sorted(by_layer[layer]))) for layer in _LAYERS if layer in by_layer)


def _layer(manifest: Node, identifier: str) -> str:
    if identifier.startswith("source."):
        return "sources"
    node = manifest["nodes"][identifier]
    if node["resource_type"] == "seed":
        return "seeds"
    # a Python model belongs to the layer whose schema it is built in
    return str(node["fqn"][1] if node["fqn"][1] in _LAYERS else node["config"]["schema"])


def _name(manifest: Node, identifier: str) -> str:
    if identifier.startswith("source."):
        source = manifest["sources"][identifier]
        return f"{source['source_name']}.{source['name']}"
    return str(manifest["nodes"][identifier]["name"])


def _readers(manifest: Node, identifier: str) -> Iterator[Reader]:
    for exposure in manifest["exposures"].values():
        if identifier in exposure["depends_on"]["nodes"]:
            owner = exposure["owner"]
            yield Reader(
                exposure["label"] or exposure["name"],
                ", ".join(part for part in (owner["name"], owner["email"]) if part),
            )


def _metrics(manifest: Node, identifier: str) -> Iterator[str]:
    """Metrics of the semantic models on a table, those made of others included."""
    models = {
        key
        for key, model in manifest["semantic_models"].items()
        if identifier in model["depends_on"]["nodes"]
    }
    reached: set[str] = set()
    frontier = list(models)
    while frontier:
        for child in manifest["child_map"].get(frontier.pop(), []):
            if child.startswith("metric.") and child not in reached:
                reached.add(child)
                frontier.append(child)
    yield from sorted(manifest["metrics"][key]["name"] for key in reached)


def _first_sentence(text: str) -> tuple[str, str]:
    first, end, rest = _one_line(text).partition(". ")
    return (first + "." if end else first), rest


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
