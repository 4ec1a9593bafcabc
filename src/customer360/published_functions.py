"""The SQL functions of the published files: table macros, so that every DuckDB client has them.

They read the tables beside them. The open file has no words of stewards and no direct personal
data, so its functions say what was decided but not by whom and why. Tokens are in another order
than the keys they stand for, so a pair is looked up whichever of the two comes first.
"""

from customer360.consent import Channel, Purpose
from customer360.finding_functions import finding_functions
from customer360.matching import terms

# Of customer360.keys, in SQL that DuckDB 1.4 understands; models have macros/is_valid_gpid.sql.
IS_VALID_GPID = """
create macro is_valid_gpid(gpid) as
    regexp_full_match(gpid, 'P[0-9A-HJKMNP-TV-Z]{16}[0-9A-Z]')
    and list_reduce(
        list_prepend(36, list_transform(
            range(1, 18),
            lambda i: strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', gpid[i]) - 1
        )),
        lambda product, value: ((product + value + 35) % 36 + 1) * 2 % 37
    ) + strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', gpid[18]) - 1 in (1, 37);
"""

# One macro for both, since the macros of DuckDB 1.4 cannot tell an argument's type by signature.
_HISTORY = """
create macro bridge_as_of(moment) as table
with asked as (
    select
        regexp_full_match(moment::varchar, '[0-9]+') as is_commit,
        case when is_commit then moment::varchar::bigint end as commit_number,
        case when is_commit then null else coalesce(
            try_cast(moment::varchar as timestamp),
            error('bridge_as_of takes a commit number or a timestamp (UTC), not '
                || coalesce(moment::varchar, 'null'))
        ) end as committed_at
)
select bridge.*
from bridge_party_source as bridge
cross join asked
where case when asked.is_commit
    then bridge.valid_from_commit <= asked.commit_number
        and (bridge.valid_to_commit > asked.commit_number or bridge.valid_to_commit is null)
    else bridge.valid_from <= asked.committed_at
        and (bridge.valid_to > asked.committed_at or bridge.valid_to is null)
    end;
create macro gpid_changes(since_commit) as table
select * from gpid_history
where commit_number > since_commit
order by commit_number, change_number;
"""

_EXPLAIN_LINK = """
create macro explain_link(a, b) as table
with pair as (
    select * from identity_edges
    where record_key_a in (a, b) and record_key_b in (a, b)
),
evidence as (
    select unnest(evidence, recursive := true) from pair
),
parties as (
    select
        max(gpid) filter (where record_key = a) as gpid_a,
        max(gpid) filter (where record_key = b) as gpid_b,
        max(party_type) filter (where record_key = a) as party_type_a,
        max(party_type) filter (where record_key = b) as party_type_b
    from bridge_party_source
    where is_current and record_key in (a, b)
),
lines as (
    select 1 as place, comparison as step, "level" as finding, bits from evidence
    union all
    select 2, 'combination of names', '{name}', name_weight
    from pair where name_weight <> 0
    union all
    select 3, 'prior', '{prior}', prior_weight from pair
    union all
    select 4, 'relative', case party_type {relative} end,
        match_weight - prior_weight - stranger_weight - name_weight
    from pair
    union all
    select 5, 'total', 'probability ' || round(match_probability, 6)::varchar, match_weight
    from pair
    union all
    select 6, case when starts_with(link_type, 'rule: ') then 'rule' else 'declared' end,
        case when starts_with(link_type, 'rule: ') then link_type[7:]
            else link_type || ' by ' || declared_by
        end || case when weight >= 10000 then ', whatever the score' else '' end,
        case when weight < 10000 then weight end
    from identity_declared_edges
    where record_key_a in (a, b) and record_key_b in (a, b)
        -- told below, in the steward's words
        and link_type <> 'steward decision'
    union all
    select 7, 'decision', decision || {by_whom} || ' (' || status || ')', null
    from identity_decisions
    where record_key_a in (a, b) and record_key_b in (a, b)
    union all
    select 8, 'guard', 'not joined, ' || reason, null
    from identity_cut_links
    where record_key_a in (a, b) and record_key_b in (a, b)
    union all
    select 9, 'not scored', case
            when a = b then 'it is one record'
            when party_type_a <> party_type_b
                then 'a person and an organization are never compared'
            else 'no rule brings the two together, or their score is too low to be kept.'
                || ' Ask which: make explain A=' || a || ' B=' || b
        end, null
    from parties
    where gpid_a is not null and gpid_b is not null and not exists (select 1 from pair)
    union all
    select 10, 'result', case
        when gpid_a is null and gpid_b is null then 'no record has either key'
        when gpid_a is null then 'no record has the key ' || a
        when gpid_b is null then 'no record has the key ' || b
        when gpid_a = gpid_b then 'same party ' || gpid_a
        else 'two parties, ' || gpid_a || ' and ' || gpid_b
    end, null
    from parties
)
select step, finding, round(bits, 2) as bits from lines order by place, abs(bits) desc, finding;
"""

_EXPLAIN_PARTY = """
create macro explain_party(party) as table
with asked as (
    select coalesce(
        (select max(live_gpid) from gpid_redirect where retired_gpid = party), party
    ) as gpid
),
health as (
    select identity_clusters.* from identity_clusters semi join asked using (gpid)
),
members as (
    select record_key from bridge_party_source semi join asked using (gpid) where is_current
),
tree as (
    select identity_party_tree.* from identity_party_tree semi join members using (record_key)
),
inner_links as (
    select record_key_a, record_key_b, match_weight, evidence
    from identity_edges
    where record_key_a in (from members) and record_key_b in (from members)
),
held as (
    select
        tree.*,
        case
            when tree.parent_record_key is null then 'first record'
            when tree.link_type <> 'score' then tree.link_type
            else array_to_string(list_transform(
                list_filter(inner_links.evidence, lambda e: e.bits >= 2),
                lambda e: e.comparison || ': ' || e."level"
            ), ', ')
        end as reason
    from tree
    left join inner_links
        on inner_links.record_key_a in (tree.record_key, tree.parent_record_key)
        and inner_links.record_key_b in (tree.record_key, tree.parent_record_key)
),
weakest as (
    select * from held
    where parent_record_key is not null
    order by match_weight, record_key
    limit 1
),
lines as (
    select 1 as part_place, 0 as place, 'party' as part, null as record_key, null as linked_to,
        case when party <> gpid then 'now ' else '' end || party_type || ' ' || gpid || ': '
        || record_count || case when record_count = 1 then ' record' else ' records' end
        || case when record_count > 1
            then ', ' || pairs_kept || ' of ' || pairs_possible || ' pairs have evidence, '
                || pairs_against || ' against'
            else '' end as finding,
        null as bits
    from health
    union all
    select 1, 1, 'party', null, null, 'no party has this GPID', null
    where not exists (select 1 from health)
    union all
    select 2, place, 'tree' || repeat(' ›', depth), record_key, parent_record_key, reason,
        case when match_weight < 10000 then match_weight end
    from held
    union all
    select 3, 0, 'weakest link', record_key, parent_record_key,
        case when match_weight >= 10000 then 'trusted or decided'
            when links_across > 1 then 'one of ' || links_across || ' links across'
            else 'the only link across' end
        || '; without it ' || records_below || ' and ' || records_beside || ' records',
        case when match_weight < 10000 then match_weight end
    from weakest
    union all
    select 4, tree.place, 'without it', tree.record_key, null, 'would be another party', null
    from tree, weakest
    where (
        tree.place between weakest.place and weakest.place + weakest.records_below - 1
    ) = (weakest.records_below <= weakest.records_beside)
    union all
    select 5, 0, 'conflict', null, null, conflict, null from health where has_conflict
    union all
    select 6, row_number() over (order by match_weight, record_key_a, record_key_b), 'against',
        record_key_a, record_key_b,
        array_to_string(list_transform(
            list_filter(evidence, lambda e: e.bits < 0),
            lambda e: e.comparison || ': ' || e."level"
        ), ', '), match_weight
    from inner_links
    where match_weight < 0
    union all
    select 7, row_number() over (order by decided_at, record_key_a, record_key_b), 'decision',
        record_key_a, record_key_b, decision || {by_whom} || ' (' || status || ')', null
    from identity_decisions
    where record_key_a in (from members) or record_key_b in (from members)
    union all
    select 8, priority, 'question', record_key_a, record_key_b,
        kind || ' number ' || priority || ' of identity_review_queue, ' || reason, match_weight
    from identity_review_queue
    where gpid_a in (from asked) or gpid_b in (from asked)
)
select part, record_key, linked_to, finding, round(bits, 2) as bits
from lines
order by part_place, place;
"""


# Says no where nobody said yes, and where time has passed over what the build knew.
_MAY_CONTACT = """
create macro may_contact(party, asked_purpose, asked_channel) as table
with asked as (
    select
        coalesce(
            (select live_gpid from gpid_redirect where retired_gpid = party), party
        ) as gpid,
        case when asked_purpose in ({purposes}) then asked_purpose else error(
            'may_contact knows no purpose ' || coalesce(asked_purpose, 'null')
        ) end as purpose,
        case when asked_channel in ({channels}) then asked_channel else error(
            'may_contact knows no channel ' || coalesce(asked_channel, 'null')
        ) end as channel,
        now() at time zone 'UTC' as asked_at
)
select
    asked.gpid,
    asked.purpose,
    asked.channel,
    coalesce(consent.is_allowed and coalesce(consent.until > asked.asked_at, true), false)
        as is_allowed,
    case when consent.until <= asked.asked_at then 'may have changed, build again'
        else coalesce(consent.status, 'unknown') end as status,
    exists (
        select 1 from party_suppression as suppression
        where suppression.gpid = asked.gpid and suppression.is_active
            and suppression.stops_contact and suppression.channel in ('any', asked.channel)
    ) as is_suppressed,
    consent.since,
    consent.until
from asked
left join party_consent as consent
    on consent.gpid = asked.gpid and consent.purpose = asked.purpose
    and consent.channel = asked.channel;
"""


def published_functions(*, is_open: bool) -> str:
    """SQL that creates the functions beside the published tables.

    Args:
        is_open: for the file without direct personal data.

    """
    by_whom = (
        "''"
        if is_open
        else "' by ' || decided_by || ' on ' || decided_at::date"
        " || case when reason is null then '' else ': ' || reason end"
    )
    relative = " ".join(
        f"when '{party_type}' then '{finding}'" for party_type, finding in terms.RELATIVE.items()
    )
    explain_link = (
        _EXPLAIN_LINK.replace("{name}", terms.NAME)
        .replace("{prior}", terms.PRIOR)
        .replace("{relative}", relative)
    )
    return (
        IS_VALID_GPID
        + finding_functions(is_open=is_open)
        + _HISTORY
        + (explain_link + _EXPLAIN_PARTY).replace("{by_whom}", by_whom)
        + _MAY_CONTACT.format(
            purposes=", ".join(f"'{purpose}'" for purpose in Purpose),
            channels=", ".join(f"'{channel}'" for channel in Channel),
        )
    )
