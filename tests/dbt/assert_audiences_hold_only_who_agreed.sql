-- Nobody is in an audience without consent to its purpose and channel, or with contact stopped.
with

members as (
    {%- for purpose in ['marketing', 'service', 'research'] %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ purpose }}' as purpose,
        gpid,
        channel
    from {{ ref('audience_' ~ purpose) }}
    {%- endfor %}
),

final as (
    select members.*
    from members
    left join {{ ref('party_consent') }} as consent
        on members.gpid = consent.gpid
        and members.purpose = consent.purpose
        and members.channel = consent.channel
    left join {{ ref('party_suppression') }} as suppression
        on members.gpid = suppression.gpid
        and suppression.is_active
        and suppression.stops_contact
        and coalesce(suppression.channel, members.channel) = members.channel
    where
        not coalesce(consent.is_allowed, false)
        or suppression.gpid is not null
)

select * from final
