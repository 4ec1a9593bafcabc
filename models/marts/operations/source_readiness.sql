-- One row per extract of parties and measure: what it is like, before and after it is matched.
with

records as (
    select
        *,
        -- the form of the key: a run of digits is 9, a run of letters is x
        regexp_replace(
            regexp_replace(source_key, '\p{L}+', 'x', 'g'), '\p{N}+', '9', 'g'
        ) as key_form
    from {{ ref('int_party_records') }}
    where not is_deleted
),

sizes as (
    select
        delivered_in,
        count(*) as records
    from records
    group by delivered_in
),

attributes as (
    select * from {{ ref('int_source_attributes') }}
),

key_forms as (
    select
        delivered_in,
        left(key_form, 30) as form,
        count(*) as records
    from records
    group by delivered_in, form
),

ids as (
    select
        delivered_in,
        max(records) as affected,
        array_to_string(list(form order by records desc, form)[:3], ', ') as detail
    from key_forms
    group by delivered_in
),

personal_keys as (
    select
        delivered_in,
        count(*) as affected
    from records
    where contains(source_key, '@')
    group by delivered_in
),

-- values that tell nobody apart: placeholders, role mailboxes, what too many names share
shared_values as (
    select
        records.delivered_in,
        generic_values.identifier_type,
        count(distinct records.record_key) as affected,
        string_agg(distinct generic_values.reason, ', ' order by generic_values.reason) as detail
    from records
    inner join {{ ref('int_party_identifiers') }} as identifiers
        on records.record_key = identifiers.record_key
    inner join {{ ref('identity_generic_values') }} as generic_values
        on identifiers.party_type = generic_values.party_type
        and identifiers.identifier_type = generic_values.identifier_type
        and identifiers.value = generic_values.value
    group by records.delivered_in, generic_values.identifier_type
),

clustered as (
    select
        records.delivered_in,
        membership.record_key,
        count(*) over (partition by membership.cluster_id, records.delivered_in) as copies,
        row_number() over (
            partition by membership.cluster_id, records.delivered_in order by membership.record_key
        ) as copy_number,
        min(records.source_system) over same_party
        <> max(records.source_system) over same_party as is_elsewhere
    from {{ ref('identity_membership') }} as membership
    inner join records
        on membership.record_key = records.record_key
    window same_party as (partition by membership.cluster_id)
),

matched as (
    select
        delivered_in,
        count(*) filter (copy_number > 1) as duplicates,
        count(*) filter (is_elsewhere) as elsewhere
    from clustered
    group by delivered_in
),

moments as (
    select
        delivered_in,
        max(updated_at) as newest,
        max(max(updated_at)) over () as newest_of_all
    from records
    group by delivered_in
),

rhythm as (
    select
        moments.delivered_in,
        count(*) as affected,
        count(distinct cast(records.updated_at as date)) as days
    from moments
    inner join records
        on moments.delivered_in = records.delivered_in
        and records.updated_at > moments.newest - interval 30 day
    group by moments.delivered_in
),

measures as (
    select
        delivered_in,
        'completeness' as topic,
        attribute as measure,
        filled as affected,
        records as total,
        null as detail
    from attributes
    union all
    select
        delivered_in,
        'formats',
        attribute,
        usable,
        filled,
        null
    from attributes
    where usable is not null
    union all
    select
        sizes.delivered_in,
        'ids',
        'commonest form',
        ids.affected,
        sizes.records,
        ids.detail
    from sizes inner join ids on sizes.delivered_in = ids.delivered_in
    union all
    select
        sizes.delivered_in,
        'ids',
        'keys that are e-mail addresses',
        coalesce(personal_keys.affected, 0),
        sizes.records,
        null
    from sizes left join personal_keys on sizes.delivered_in = personal_keys.delivered_in
    union all
    select
        sizes.delivered_in,
        'values that tell nobody apart',
        shared_values.identifier_type,
        shared_values.affected,
        sizes.records,
        shared_values.detail
    from sizes inner join shared_values on sizes.delivered_in = shared_values.delivered_in
    union all
    select
        sizes.delivered_in,
        'matching',
        'duplicates inside the extract',
        coalesce(matched.duplicates, 0),
        sizes.records,
        null
    from sizes left join matched on sizes.delivered_in = matched.delivered_in
    union all
    select
        sizes.delivered_in,
        'matching',
        'known to another system, too',
        coalesce(matched.elsewhere, 0),
        sizes.records,
        null
    from sizes left join matched on sizes.delivered_in = matched.delivered_in
    union all
    select
        sizes.delivered_in,
        'rhythm',
        'changed in the last 30 days of the extract',
        coalesce(rhythm.affected, 0),
        sizes.records,
        case when rhythm.days is not null then 'on ' || rhythm.days || ' of 30 days' end
    from sizes left join rhythm on sizes.delivered_in = rhythm.delivered_in
    union all
    select
        delivered_in,
        'freshness',
        'days behind the newest extract',
        date_diff('day', newest, newest_of_all),
        null,
        strftime(newest, '%Y-%m-%d')
    from moments
    where newest is not null
    union all
    select
        delivered_in,
        'rows',
        'in quarantine',
        quarantined,
        landed,
        null
    from {{ ref('int_extract_counts') }}
    where is_record_per_row or quarantined > 0
    union all
    select
        delivered_in,
        'rows',
        'superseded',
        superseded,
        landed,
        null
    from {{ ref('int_extract_counts') }}
    where is_record_per_row
),

final as (
    select
        delivered_in,
        topic,
        measure,
        cast(affected as bigint) as affected,
        cast(total as bigint) as total,
        case when total > 0 then affected / total end as share,
        cast(detail as varchar) as detail
    from measures
)

select * from final
