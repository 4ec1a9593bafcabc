{% macro name_key() -%}
case
    when party_type = 'organization' then 'company:' || name_sounds[1]
    -- a name that was read from an e-mail address is no name that uses the address
    when is_name_from_email then null
    when given_script = 'kanji' then 'kanji:' || coalesce(family, '') || '|' || given
    -- the order of the two names, and a slip in one of them, make no other name
    when family_keys is not null or given_keys is not null
        then 'sound:' || {{ initials('family_keys', 'given_nickname_keys') }}
end
{%- endmacro %}
