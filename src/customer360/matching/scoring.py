"""From evidence to the weight of a match.

A match must beat two other explanations of the same evidence: two strangers, and two relatives or
flatmates, who share a surname, an address and often a telephone. In bits (log2):

    S = Σ log2(m / u)            match against stranger
    H = Σ log2(m / household)    match against relative
    W = log2 λ + S + N − log2(1 + λ_h · 2^(S + N − H))

λ and λ_h are the shares of matches and of relatives among all pairs, N corrects the two name
comparisons by how common the combination of both names is. The probability is 1 / (1 + 2^−W).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from customer360.matching.model import Comparison, Level, PartyType
from customer360.matching.release import Release
from customer360.matching.splink_engine import compared, gamma

_NAME_TERM_LIMIT = 4
# Words go together in company names more often than chance has it, and a name alone joins two
# companies for good: what chance may repeat is counted so many times. A branch is mostly one of a
# company that is here as well.
_CHANCE_FACTOR = 2
_BRANCH_FACTOR = 0.5
_FAMILY_AGREES = ("same", "same across scripts", "same sound", "swapped with given name")
_COMPANY_AGREES = (
    "same",
    "same across scripts",
    "same sound in other characters",
    "same but for spelling",
    "one slip",
    "one slip across scripts",
)
_GIVEN_AGREES = (
    "same",
    "same across scripts",
    "same sound or nickname",
    "same initial, no more known",
)


@dataclass(frozen=True)
class DuplicateFreeSources:
    """Sources that hold no party twice, as far as their owners know.

    Attributes:
        patterns: system/instance/object in shell style, such as commerce_cloud/*/customer.
        bits: how much evidence it takes to believe otherwise.

    """

    patterns: Sequence[str] = ()
    bits: float = 0.0

    def members(self, records: str) -> str:
        """SQL of the records of such sources: `record_id, source_object`."""
        listed = " or ".join(f"source_object glob '{pattern}'" for pattern in self.patterns)
        return (
            "select record_id, regexp_extract(record_key, '^[^/]+/[^/]+/[^/]+') as source_object"
            f" from {records} where {listed}"
        )


def score_pairs(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str,
    pairs: str,
    release: Release,
    result: str,
    least_weight: float = -math.inf,
    duplicate_free: DuplicateFreeSources = DuplicateFreeSources(),
) -> None:
    """Create the temporary table `result`: the pairs with weight and evidence.

    Args:
        con: a connection.
        records: the records, as for `compared`.
        pairs: `record_id_l, record_id_r`, as for `compared`.
        release: the frozen model.
        result: name of the table to create: `record_id_l, record_id_r, match_weight` (W),
            `stranger_weight` (S), `household_weight` (H), `name_weight` (N), `prior_weight`
            (log2 λ), all in bits, and `evidence`, a list of `comparison, level, bits`.
        least_weight: pairs of less bits are left out.
        duplicate_free: two records of one of these sources have evidence against them: it is part
            of S and H, so that it counts in clusters too, and has a line of its own in `evidence`.

    """
    with compared(
        con,
        records=records,
        pairs=pairs,
        comparisons=release.comparisons,
        chances=release.chances,
        result="compared_pairs",
    ):
        weighed = weigh(
            records=records,
            release=release,
            compared="compared_pairs",
            duplicate_free=duplicate_free,
        )
        least = f"where match_weight >= {least_weight}" if math.isfinite(least_weight) else ""
        con.execute(
            f"""
            create or replace temp table {result} as
            select
                record_id_l,
                record_id_r,
                match_weight,
                stranger_weight,
                household_weight,
                name_weight,
                prior_weight,
                {_evidence(release.comparisons)} as evidence
            from (
                select
                    *,
                    prior_weight + stranger_weight + name_weight - log2(
                        1 + {release.household_share}
                        * pow(2, stranger_weight + name_weight - household_weight)
                    ) as match_weight
                from ({weighed})
            )
            {least}
            """
        )


def weigh(
    *,
    records: str,
    release: Release,
    compared: str,
    duplicate_free: DuplicateFreeSources = DuplicateFreeSources(),
) -> str:
    """SQL of the compared pairs with S, H, N and log2 λ beside them.

    A record's source decides λ: two records of one source are seldom the same party.
    """
    comparisons = release.comparisons
    stranger = " + ".join(f"compared.bits_{c.name}" for c in comparisons)
    household = " + ".join(_household_bits(c) for c in comparisons)
    source_weight, sources = "0::double", ""
    if duplicate_free.patterns:
        source_weight = (
            "case when left_source.source_object = right_source.source_object"
            f" then -{duplicate_free.bits}::double else 0 end"
        )
        sources = "".join(
            f" left join ({duplicate_free.members(records)}) as {side}_source"
            f" on compared.record_id_{side[0]} = {side}_source.record_id"
            for side in ("left", "right")
        )
    return f"""
        select
            compared.*,
            left_record.source = right_record.source as is_same_source,
            {source_weight} as source_weight,
            {stranger} + source_weight as stranger_weight,
            {household} + source_weight as household_weight,
            {_name_weight(release)} as name_weight,
            case when left_record.source = right_record.source
                then log2({release.within_share}::double)
                else log2({release.between_share}::double)
            end as prior_weight
        from {compared} as compared
        inner join {records} as left_record on compared.record_id_l = left_record.record_id
        inner join {records} as right_record on compared.record_id_r = right_record.record_id
        {sources}
        """


def _household_bits(comparison: Comparison) -> str:
    """SQL of log2(m / household share); where relatives are like strangers, log2(m / u)."""
    cases = " ".join(
        f"when {gamma(comparison, level)} then log2({level.m / level.household}::double)"
        for level in comparison.levels
        if level.household is not None
    )
    bits = f"compared.bits_{comparison.name}"
    return f"case compared.gamma_{comparison.name} {cases} else {bits} end" if cases else bits


def _name_weight(release: Release) -> str:
    """SQL of N: what counting the bearers of the whole name adds to the chance of its parts.

    The frequency of a name counts the party's own records too, and the chances of a given and a
    family name do not multiply. `others` is the share of records that bear the name and belong to
    somebody else: those beyond what one party has, give or take one and a half standard deviations.
    """
    records = max(release.record_count, 1)
    per_party = 1 + 2 * release.matches_per_record
    own = per_party + 1.5 * per_party**0.5

    def others(frequency: str) -> str:
        bearers = f"greatest(left_record.{frequency}, right_record.{frequency}) * {records}"
        return f"greatest({bearers} - {own}, {0.05 * per_party}) / {records}"

    if release.party_type is PartyType.ORGANIZATION:
        company = release.comparisons[0]
        agree = f"compared.gamma_{company.name} in ({_gammas(company, _COMPANY_AGREES)})"
        frequency = "greatest(left_record.tf_company_name, right_record.tf_company_name)"
        # what its words would make of it by chance: there are many 山田建設
        by_chance = "greatest(left_record.tf_name_words, right_record.tf_name_words)"
        by_chance = (
            "case when left_record.is_branch or right_record.is_branch"
            f" then {_BRANCH_FACTOR} else {_CHANCE_FACTOR} end * {by_chance}"
        )
        ratio = f"{frequency} / ({others('tf_company_name')} + {by_chance})"
    else:
        family, given = release.comparisons[0], release.comparisons[1]
        agree = (
            f"compared.gamma_{family.name} in ({_gammas(family, _FAMILY_AGREES)})"
            f" and compared.gamma_{given.name} in ({_gammas(given, _GIVEN_AGREES)})"
        )
        independent = (
            "(greatest(left_record.tf_family_key, right_record.tf_family_key)"
            " * greatest(left_record.tf_given_key, right_record.tf_given_key))"
        )
        ratio = f"{independent} / (0.5 * {others('tf_full_name')} + 0.5 * {independent})"
    limit = _NAME_TERM_LIMIT
    return (
        f"case when {agree} then greatest(-{limit}, least({limit}, log2({ratio})))"
        " else 0 end::double"
    )


def _gammas(comparison: Comparison, names: Sequence[str]) -> str:
    return ", ".join(
        str(gamma(comparison, level)) for level in comparison.levels if level.name in names
    )


def _evidence(comparisons: Sequence[Comparison]) -> str:
    items = ", ".join(
        f"struct_pack(comparison := '{c.name}', level := case gamma_{c.name}"
        f" {' '.join(_level_name(c, level) for level in c.levels)} end, bits := bits_{c.name})"
        for c in comparisons
    )
    source = (
        "struct_pack(comparison := 'source', level := case when source_weight <> 0"
        " then 'two records of a source without duplicates' end, bits := source_weight)"
    )
    return f"list_filter([{items}, {source}], lambda e: e.level is not null)"


def _level_name(comparison: Comparison, level: Level) -> str:
    name = level.name.replace("'", "''")
    return f"when {gamma(comparison, level)} then '{name}'"
