"""dbt-duckdb plugin: what has to be true before the first model runs.

dbt-duckdb calls it each time it opens the warehouse file. It checks the variables, waits until no
other build works on the home folder, checks the registry and brings its log up to date, checks the
release of the matching model, turns the landing folder into views and registers the SQL functions.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.events.logging import AdapterLogger
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id
from duckdb import DuckDBPyConnection

from customer360 import (
    build_lock,
    build_runs,
    engine,
    erasure,
    landing,
    registry,
    registry_checks,
    registry_log,
    releases,
    scratch,
)
from customer360.build_lock import BuildLockError
from customer360.fingerprint import code_fingerprint
from customer360.keys import IdKey, IdKeyError
from customer360.matching.release import ReleaseError
from customer360.publication import is_published
from customer360.registry import RegistryError
from customer360.registry_checks import WarehouseError
from customer360.settings import Settings, SettingsError, load_settings
from customer360.standardise import udfs

_CODE_FOLDERS = ("models", "python_models", "macros")


class Plugin(BasePlugin):
    """Prepares a connection for a build, or raises `DbtRuntimeError` that says what to do."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Keep the profile's paths; nothing is touched before a connection is opened."""
        self._home = Path(plugin_config["home"])
        self._landing = Path(plugin_config["landing"])
        self._allow_development_key = bool(plugin_config["allow_development_key"])

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Check what can be checked before DuckDB creates any file."""
        try:
            self._settings = _project_settings()
            self._key = IdKey.from_environment(
                os.environ, allow_development_key=self._allow_development_key
            )
        except (SettingsError, IdKeyError) as error:
            raise DbtRuntimeError(str(error)) from None
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            build_lock.hold(
                self._home,
                wait_seconds=self._settings.wait_for_other_build_seconds,
                tell=AdapterLogger("customer360").warning,
            )
            scratch.remove_abandoned(self._home)
            registry_checks.check_files(self._home)
        except OSError as error:
            raise DbtRuntimeError(
                f"CUSTOMER360_HOME {self._home} cannot be created or written: {error}"
            ) from None
        except (BuildLockError, RegistryError, WarehouseError) as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Attach the registry, prepare the landing views, register the functions."""
        try:
            registry.attach(conn, self._home)
            registry_checks.check_registry(conn, self._home, self._key)
            # what a build committed that died before it came to the log
            registry_log.append(conn, self._home, run_id=get_invocation_id())
            releases.check_release(
                conn,
                "registry.main.model_releases",
                releases.release_id(self._settings.model_release),
            )
            self._key.register_minting(conn)
            self._key.register_tokens(conn)
            erasure.prepare_cursor(conn)
            files = landing.prepare(
                conn,
                landing=self._landing,
                project=_project_dir(),
                systems=self._settings.systems,
                instances=self._settings.instances,
                deliveries=landing.Deliveries(self._home, self._settings.deliveries),
                has_erasures=erasure.has_erasures(conn),
                accepted=self._settings.accept_landing_changes,
                tell=AdapterLogger("customer360").warning,
            )
        except (RegistryError, ReleaseError, landing.LandingError) as error:
            raise DbtRuntimeError(str(error)) from None
        udfs.register(conn)
        project = _project_dir()
        self._code = code_fingerprint(*(project / folder for folder in _CODE_FOLDERS))
        self._made_with = f"{code_fingerprint()} {erasure.fingerprint(conn)}"
        self._inputs = build_runs.inputs_fingerprint(
            landing=self._landing.resolve(),
            files=files,
            seeds=project / "seeds",
            code=self._code,
            variables=self._settings.model_dump_json(),
        )
        self._moment = datetime.now(UTC).replace(tzinfo=None)
        self._is_as_built = (
            not get_flags().FULL_REFRESH
            and is_published(self._home)
            and build_runs.is_as_built(conn, self._inputs, self._moment)
        )

    def configure_cursor(self, cursor: DuckDBPyConnection) -> None:
        """Sign what this cursor commits with dbt's invocation id."""
        engine.set_run_id(cursor, get_invocation_id())
        engine.set_code_fingerprint(cursor, self._code)
        engine.set_made_with(cursor, self._made_with)
        engine.set_mark_salt(cursor, self._key.token("marks of records"))
        engine.set_full_refresh(cursor, bool(get_flags().FULL_REFRESH))
        self._key.register_tokens(cursor)
        erasure.prepare_cursor(cursor)
        build_runs.prepare_cursor(
            cursor, inputs=self._inputs, is_as_built=self._is_as_built, moment=self._moment
        )


def _project_dir() -> Path:
    return Path(get_flags().PROJECT_DIR).resolve()


def _project_settings() -> Settings:
    project = yaml.safe_load((_project_dir() / "dbt_project.yml").read_text(encoding="utf-8"))
    return load_settings(project["vars"], get_flags().VARS or {})
