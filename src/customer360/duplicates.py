"""Who of the parties is already somebody that is being typed in: scored as a build would score it.

What is typed goes through the models' own SQL, as a record of a source of its own; the blocking
rules bring it together with records of the last build, and the release in force weighs the pairs.
Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from customer360.engine import set_code_fingerprint, set_full_refresh
from customer360.matching.blocking import record_keys, rule_property
from customer360.matching.model import PartyType
from customer360.matching.scoring import DuplicateFreeSources, score_pairs
from customer360.registry import REGISTRY_FILE, WAREHOUSE_FILE, quoted
from customer360.releases import releases_in_force
from customer360.standardise import udfs
from customer360.standardise.workers import Workers

SOURCE = ("entry_form", "main", "entry")
RECORD_KEY = "/".join((*SOURCE, "typed"))

# what makes a comparison record of what a source says, in the order of the flow
MODELS = (
    "int_emails",
    "int_phones",
    "int_addresses",
    "int_birth_dates",
    "int_person_name_spellings",
    "int_person_names",
    "int_organization_name_spellings",
    "int_organization_names",
    "int_party_record_contacts",
    "int_party_records_standardised",
    "int_party_identifiers",
    "identity_records",
    "identity_comparison_records",
)
_INPUT = "int_party_records"
_FILES = {"warehouse": WAREHOUSE_FILE, "registry": REGISTRY_FILE}
# evidence of fewer bits is no reason
_TELLING_BITS = 1


class EntryError(RuntimeError):
    """There is nothing to compare with, or nothing to compare; the message says what to do."""


@dataclass(frozen=True)
class Entry:
    """What somebody types into a form; any format, any script, and whatever is not known is None.

    The fields are those of the files adapter.
    """

    party_type: PartyType = PartyType.PERSON
    full_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    name_reading: str | None = None
    organization_name: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    emails: Sequence[str] = ()
    phones: Sequence[str] = ()
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    national_identifier: str | None = None
    birth_place: str | None = None
    occupation: str | None = None


@dataclass(frozen=True)
class Match:
    """A record that may be of the same party.

    Attributes:
        gpid: its party.
        record_key: the record.
        match_weight: W of the release, in bits.
        match_probability: the same as a probability.
        reason: the evidence for it, the strongest first.
        objection: the evidence against it; empty where there is none.

    """

    gpid: str
    record_key: str
    match_weight: float
    match_probability: float
    reason: str
    objection: str


def check_home(home: Path) -> None:
    """Make sure that there is a build to look into.

    Raises:
        EntryError: there is none.

    """
    for file in _FILES.values():
        if not (home / file).exists():
            raise EntryError(f"{home / file} does not exist yet: run `make build` first.")


class DuplicateFinder:
    """Scores entries against the records of one build, one after the other."""

    def __init__(
        self,
        home: Path,
        models: Mapping[str, str],
        *,
        model_release: int,
        duplicate_free: DuplicateFreeSources,
    ) -> None:
        """Open the last build for reading.

        Args:
            home: the folder of the database files.
            models: the compiled SQL of `MODELS`, by name.
            model_release: number of the release in force.
            duplicate_free: as for `score_pairs`.

        Raises:
            EntryError: there is no build, or one is at work.

        """
        self._models = models
        self._duplicate_free = duplicate_free
        check_home(home)
        self.con = duckdb.connect()
        for name, file in _FILES.items():
            try:
                self.con.execute(f"attach {quoted(home / file)} as {name} (read_only)")
            except duckdb.IOException:
                raise EntryError(
                    f"{home / file} is in use by a build; try again when it has ended."
                ) from None
        self._releases = releases_in_force(
            self.con, "registry.main.model_releases", f"release-{model_release}"
        )
        # one record is not worth other processes
        udfs.register(self.con, workers=Workers(0))
        set_code_fingerprint(self.con, "entry")
        set_full_refresh(self.con, is_full_refresh=True)

    def close(self) -> None:
        """Let go of the files."""
        self.con.close()

    def find(self, entry: Entry) -> list[Match]:
        """Find the records that may be of the party that is typed in, the likeliest first.

        Raises:
            EntryError: nothing was typed that could be compared.

        """
        release = self._releases.get(entry.party_type)
        if release is None:
            return []
        self._standardise(entry)
        self._bring_together(entry.party_type)
        score_pairs(
            self.con,
            records="entry_records",
            pairs="entry_pairs",
            release=release,
            result="entry_scores",
            duplicate_free=self._duplicate_free,
        )
        rows = self.con.execute(
            f"""
            select
                bridge.gpid,
                bridge.record_key,
                scores.match_weight,
                1 / (1 + pow(2, -scores.match_weight)),
                array_to_string(list_transform(
                    list_reverse_sort(list_transform(
                        list_filter(scores.evidence, lambda e: e.bits >= {_TELLING_BITS}),
                        lambda e: {{'bits': e.bits, 'text': e.comparison || ': ' || e."level"}}
                    )), lambda e: e.text), ', '),
                array_to_string(list_transform(
                    list_sort(list_transform(
                        list_filter(scores.evidence, lambda e: e.bits <= -{_TELLING_BITS}),
                        lambda e: {{'bits': e.bits, 'text': e.comparison || ': ' || e."level"}}
                    )), lambda e: e.text), ', ')
            from entry_scores as scores
            inner join entry_records as found
                on found.record_id in (scores.record_id_l, scores.record_id_r)
                and found.record_key <> '{RECORD_KEY}'
            inner join warehouse.marts.bridge_party_source as bridge
                on found.record_key = bridge.record_key and bridge.is_current
            order by scores.match_weight desc, bridge.record_key
            """
        ).fetchall()
        return [Match(*row) for row in rows]

    def _standardise(self, entry: Entry) -> None:
        """Make `identity_comparison_records` of the entry, through all models on the way."""
        said = {name: value or None for name, value in asdict(entry).items()}
        self.con.execute(
            f"create or replace temp table {_INPUT} as"
            f" select * from warehouse.conformed.{_INPUT} where false"
        )
        said |= dict(
            zip(("source_system", "source_instance", "source_object"), SOURCE, strict=True),
            record_key=RECORD_KEY,
            source_key="typed",
            is_deleted=False,
        )
        said = {name: value for name, value in said.items() if value is not None}
        self.con.execute(
            f"insert into {_INPUT} ({', '.join(said)}) values ({', '.join('?' * len(said))})",
            list(said.values()),
        )
        for name in MODELS:
            sql = self._models[name]
            for made in (_INPUT, *MODELS):
                for schema in ("conformed", "identity"):
                    sql = sql.replace(f'"warehouse"."{schema}"."{made}"', f"temp.{made}")
            self.con.execute(f"create or replace temp table {name} as {sql}")

    def _bring_together(self, party_type: PartyType) -> None:
        """Make `entry_records` and `entry_pairs`: the entry, and the records that share a key."""
        self.con.execute(
            "create or replace temp table entry_keys as"
            f" select unnest({record_keys(party_type)}) as key"
            " from temp.identity_comparison_records"
        )
        if not self.con.execute("select 1 from entry_keys limit 1").fetchall():
            raise EntryError("nothing was typed by which a record could be found.")
        self.con.execute(
            f"""
            create or replace temp table entry_candidates as
            with holders as (
                select record_id, unnest(list_intersect(blocking_keys, asked.keys)) as key
                from warehouse.identity.match, (select list(key) as keys from entry_keys) as asked
                where party_type = '{party_type.value}'
                    and list_has_any(blocking_keys, asked.keys)
            )
            select distinct record_id
            from holders
            semi join (
                select key
                from holders
                group by key
                having count(*) < {rule_property(party_type, "cap")}
            ) as usable using (key);
            create or replace temp table entry_records as
            select * from temp.identity_comparison_records
            union all by name
            select records.*
            from warehouse.identity.identity_comparison_records as records
            semi join entry_candidates using (record_id);
            create or replace temp table entry_pairs as
            select
                least(typed.record_id, entry_candidates.record_id) as record_id_l,
                greatest(typed.record_id, entry_candidates.record_id) as record_id_r
            from entry_candidates
            cross join temp.identity_comparison_records as typed
            """
        )
