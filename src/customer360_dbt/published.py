"""dbt-duckdb plugin: the published tables under the names that dbt's models have in the warehouse.

MetricFlow asks for the marts where dbt's manifest says that they are built. What it gets are those
of the open published file, read-only: no build waits for it, nothing untested is counted, and
no direct personal data is there.
"""

from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import DuckDBPyConnection

from customer360.registry import OPEN_FILE, PUBLISHED_FOLDER, WAREHOUSE_FILE, quoted

_MARTS = "marts"


class Plugin(BasePlugin):
    """Shows the open published file as the warehouse's marts."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep where the file is."""
        self._file = Path(plugin_config["home"]) / PUBLISHED_FOLDER / OPEN_FILE

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Say what is missing before DuckDB does."""
        if not self._file.exists():
            raise DbtRuntimeError(f"{self._file} does not exist yet: run `make build` first.")

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """One view per published table, in a database that is in memory only."""
        marts = f"{Path(WAREHOUSE_FILE).stem}.{_MARTS}"
        conn.execute(f"attach {quoted(self._file)} as published (read_only)")
        conn.execute(f"attach ':memory:' as {Path(WAREHOUSE_FILE).stem}; create schema {marts}")
        for (table,) in conn.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall():
            conn.execute(f'create view {marts}."{table}" as from published.main."{table}"')
