-- One row per content that is in quarantine: since when.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    post_hook="delete from {{ this }} where run_id <> '{{ invocation_id }}'"
) }}
with

quarantined_rows as (
    select distinct
        {{ quarantine_token(
            "concat_ws('/', source_system, source_instance, source_object)", 'payload'
        ) }} as content_token
    from {{ ref('stg_landing__quarantined_rows') }}
),

-- records that wait for a steward, because their key came to stand for somebody else
waiting_records as (
    select {{ quarantine_token('records.delivered_in', 'recycled.change_id') }} as content_token
    from {{ ref('identity_recycled_keys') }} as recycled
    inner join {{ ref('int_party_records') }} as records
        on recycled.record_key = records.record_key
    where recycled.outcome = 'quarantined'
),

contents as (
    select content_token from quarantined_rows
    union
    select content_token from waiting_records
),

known as (
    select
        content_token,
        {{ 'first_seen_at' if is_incremental() else 'cast(null as timestamp)' }} as first_seen_at
    from {{ this if is_incremental() else 'contents' }}
),

-- the rows of the build before are deleted once these are there
final as (
    select
        contents.content_token,
        coalesce(known.first_seen_at, {{ build_moment() }}) as first_seen_at,
        '{{ invocation_id }}' as run_id
    from contents
    left join known
        on contents.content_token = known.content_token
)

select * from final
