-- One row per record whose key stands for somebody else than when a build last saw it.
with

marks as (
    select * from {{ ref('identity_record_marks') }}
    where last_entry_number > 0
),

-- what these keys stood for before; of another salt or version of DuckDB marks say nothing
entries as (
    select entries.*
    from {{ source('registry', 'record_identity_log') }} as entries
    semi join marks
        on entries.record_key = marks.record_key
        and entries.party_type = marks.party_type
        and entries.made_with = marks.made_with
),

-- a value that many share makes nobody the same person, and its loss nobody another one
generic as (
    select
        coalesce(
            list(
                {{ record_mark(
                    "mailbox", "case when identifier_type in ('email', 'domain') then value end"
                ) }}
            ),
            []
        )
        || coalesce(
            list({{ record_mark("phone", "case when identifier_type = 'phone' then value end") }}),
            []
        )
        || coalesce(
            list(
                {{ record_mark(
                    "national_id", "case when identifier_type = 'national_id' then value end"
                ) }}
            ),
            []
        )
        || coalesce(
            list(
                {{ record_mark(
                    "birth_date", "case when identifier_type = 'birth_date' then value end"
                ) }}
            ),
            []
        )
        || coalesce(
            list({{ record_mark("other", "identifier_type || ':' || value") }}),
            []
        ) as marks
    from {{ ref('identity_generic_findings') }}
),

-- each former meaning of a key beside the present one, kind by kind of evidence
compared as (
    select
        marks.record_key,
        marks.party_type,
        marks.content_hash,
        entries.content_hash as former_content_hash,
        entries.entry_number,
        entries.commit_number,
        entries.entry_number = marks.last_entry_number as is_last,
        {{ lists_overlap('entries.name_marks', 'marks.name_marks') }} as is_name_equal,
        {{ lists_overlap('entries.given_name_marks', 'marks.given_name_marks') }}
            as is_given_name_equal,
        -- the order of the two names does not matter
        {{ lists_overlap(
            'list_concat(entries.name_marks, entries.given_name_marks)',
            'list_concat(marks.name_marks, marks.given_name_marks)'
        ) }} as is_any_name_equal,
        entries.name_marks is not null
        and marks.name_marks is not null
        and (
            marks.party_type = 'organization'
            or (entries.given_name_marks is not null and marks.given_name_marks is not null)
        ) as is_name_comparable,
        {% for kind in ['mailbox_marks', 'phone_marks', 'other_marks'] %}
        {{ telling_marks('entries.' ~ kind) }} as former_{{ kind }},
        {{ telling_marks('marks.' ~ kind) }} as present_{{ kind }},
        {% endfor %}
        {{ telling_marks('[entries.birth_date_mark]') }} as former_birth_date_marks,
        {{ telling_marks('[marks.birth_date_mark]') }} as present_birth_date_marks,
        {{ telling_marks('[entries.national_id_mark]') }} as former_national_id_marks,
        {{ telling_marks('[marks.national_id_mark]') }} as present_national_id_marks
    from marks
    inner join entries
        on marks.record_key = entries.record_key
    cross join generic
),

judged as (
    select
        *,
        {% for kind in ['birth_date', 'mailbox', 'phone', 'national_id', 'other'] %}
        {{ lists_overlap('former_' ~ kind ~ '_marks', 'present_' ~ kind ~ '_marks') }}
            as is_{{ kind }}_equal,
        former_{{ kind }}_marks is not null
        and present_{{ kind }}_marks is not null
        and not is_{{ kind }}_equal as is_{{ kind }}_different,
        {% endfor %}
        is_birth_date_equal or is_mailbox_equal or is_phone_equal or is_national_id_equal
        or is_other_equal as is_something_equal
    from compared
),

changed as (
    select
        record_key,
        party_type,
        array_to_string(split(record_key, '/')[:3], '/') as source,
        commit_number,
        entry_number,
        left(
            md5(cast(former_content_hash as varchar) || '/' || cast(content_hash as varchar)), 8
        ) as change_id,
        concat_ws(
            ', ',
            'name',
            case when is_birth_date_different then 'birth date' end,
            case
                when is_mailbox_different
                    then case party_type when 'person' then 'e-mail' else 'domain' end
            end,
            case when is_phone_different then 'telephone' end,
            case when is_national_id_different then 'national identifier' end
        ) as differs_in
    from judged
    where
        is_last
        and is_name_comparable
        and not is_any_name_equal
        and not is_something_equal
        and (
            is_birth_date_different or is_mailbox_different or is_phone_different
            or is_national_id_different
        )
),

-- somebody whom the key stood for earlier is back
earlier as (
    select
        record_key,
        max_by(commit_number, entry_number) as commit_number
    from judged
    where
        not is_last
        and is_something_equal
        and is_name_equal
        and (party_type = 'organization' or is_given_name_equal)
    group by record_key
),

-- of a build that died after its commit the registry knows already
committed as (
    select
        record_key,
        max(commit_number) as commit_number
    from {{ source('registry', 'gpid_events') }}
    where event_type = 'recycled'
    group by record_key
),

final as (
    select
        changed.record_key,
        changed.party_type,
        changed.differs_in,
        changed.change_id,
        case
            when committed.commit_number > changed.commit_number then 'committed before'
            when decisions.decision = 'same' then 'same party'
            when decisions.decision = 'new' then 'new incarnation'
            when {{ recycled_key_policy('changed.source') }} = 'quarantine' then 'quarantined'
            else 'new incarnation'
        end as outcome,
        earlier.commit_number as was_in_commit
    from changed
    left join earlier
        on changed.record_key = earlier.record_key
    left join committed
        on changed.record_key = committed.record_key
    left join {{ ref('recycled_key_decisions') }} as decisions
        on changed.record_key = decisions.record_key
        and changed.change_id = decisions.change_id
)

select * from final
