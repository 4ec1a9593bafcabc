-- One row per time that a record was new or said other things than before, in hashes.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    database='registry',
    schema='main'
) }}
with

marks as (
    select * from {{ ref('identity_record_marks') }}
),

recycled as (
    select * from {{ ref('identity_recycled_keys') }}
),

entries as (
    select * from {{ source('registry', 'record_identity_log') }}
),

-- after the commit: a build that dies in between finds its own events in the registry
head as (
    select coalesce(max(commit_number), 0) as commit_number
    from {{ ref('gpid_events') }}
),

-- what a record no longer says still holds, as long as it is about the same party
final as (
    select
        marks.record_key,
        marks.last_entry_number + 1 as entry_number,
        head.commit_number,
        '{{ invocation_id }}' as run_id,
        marks.party_type,
        marks.made_with,
        marks.content_hash,
        coalesce(marks.name_marks, former.name_marks) as name_marks,
        coalesce(marks.given_name_marks, former.given_name_marks) as given_name_marks,
        coalesce(marks.birth_date_mark, former.birth_date_mark) as birth_date_mark,
        coalesce(marks.mailbox_marks, former.mailbox_marks) as mailbox_marks,
        coalesce(marks.phone_marks, former.phone_marks) as phone_marks,
        coalesce(marks.national_id_mark, former.national_id_mark) as national_id_mark,
        coalesce(marks.other_marks, former.other_marks) as other_marks
    from marks
    cross join head
    left join recycled
        on marks.record_key = recycled.record_key
    left join entries as former
        on marks.record_key = former.record_key
        and marks.last_entry_number = former.entry_number
        and marks.party_type = former.party_type
        and marks.made_with = former.made_with
        and coalesce(recycled.outcome, 'same party') = 'same party'
    -- while nobody has decided the key stands for whom it stood
    where recycled.outcome is distinct from 'quarantined'
)

select * from final
