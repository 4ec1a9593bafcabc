from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from customer360 import landing

NOW = datetime(2026, 11, 1, 12, 0)


@dataclass
class Shop:
    """A project and a landing folder of its own, and a connection to read them with."""

    root: Path
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    instances: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, landing.Delivery] = field(
        default_factory=lambda: {"default": landing.Delivery.SNAPSHOT}
    )

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def project(self) -> Path:
        return self.root / "project"

    def declare(
        self,
        system: str,
        tables: Mapping[str, Mapping[str, str | tuple[str, dict[str, Any]]]],
        **meta: dict[str, Any],
    ) -> None:
        """Write a sources YAML: table → column → type; `table=meta` for each table.

        A column may also be given as (type, meta of the column).
        """
        listed = []
        for table, columns in tables.items():
            specs = []
            for name, spec in columns.items():
                data_type, column_meta = spec if isinstance(spec, tuple) else (spec, {})
                specs.append(
                    {"name": name, "data_type": data_type, "config": {"meta": column_meta}}
                )
            listed.append(
                {
                    "name": table,
                    "identifier": f"{system}__{table}",
                    "config": {"meta": meta.get(table, {})},
                    "columns": specs,
                }
            )
        source = {
            "name": system,
            "schema": "landing",
            "config": {"enabled": "{{ 'x' in var('systems') }}"},
            "tables": listed,
        }
        path = self.project / "models" / "staging" / system / f"_{system}__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({"version": 2, "sources": [source]}), encoding="utf-8")
        (self.landing / system).mkdir(parents=True, exist_ok=True)

    def deliver(self, name: str, content: str | bytes) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def deliver_parquet(self, name: str, query: str) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        quoted = str(path).replace("'", "''")
        duckdb.execute(f"copy ({query}) to '{quoted}' (format parquet)")
        return path

    def prepare(
        self,
        *systems: str,
        now: datetime = NOW,
        project: Path | None = None,
        accepted: Mapping[str, str] | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        staging = self.project / "models" / "staging"
        landing.prepare(
            self.con,
            landing=self.landing,
            project=project or self.project,
            systems=systems or sorted(each.name for each in staging.iterdir()),
            instances=self.instances,
            deliveries=landing.Deliveries(self.home, self.kinds),
            accepted=accepted or {},
            tell=tell,
            now=now,
        )

    def problems(self, *systems: str, project: Path | None = None) -> Sequence[str]:
        with pytest.raises(landing.LandingError) as raised:
            self.prepare(*systems, project=project)
        return raised.value.problems

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def counts(self) -> tuple[int, int, int, int]:
        """Landed, accepted, quarantined and superseded records over everything."""
        [row] = self.rows(
            "select sum(landed), sum(accepted), sum(quarantined), sum(superseded) "
            "from landing.row_counts"
        )
        return row


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def crm(shop: Shop) -> Shop:
    """A system `crm` with one keyed object, `contact`."""
    shop.declare(
        "crm",
        {"contact": {"Id": "varchar", "Name": "varchar", "Changed": "timestamp"}},
        contact={"key": ["Id"], "latest_by": ["Changed"]},
    )
    return shop


@pytest.fixture
def repository() -> Path:
    return Path(__file__).parents[3]
