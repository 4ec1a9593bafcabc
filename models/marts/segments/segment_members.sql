-- One row per party and segment that it is in.
with

final as (
    {%- for segment, purpose in var('segments').items() %}
    {% if not loop.first %}union all{% endif %}
    select
        gpid,
        '{{ segment }}' as segment,
        '{{ purpose }}' as purpose,
        since::timestamp as since,
        until::timestamp as until,
        reason
    from {{ ref('segment_' ~ segment) }}
    {%- endfor %}
)

select * from final
