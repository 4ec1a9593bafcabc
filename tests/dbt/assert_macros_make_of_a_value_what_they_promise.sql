-- Messy values beside what the macros must make of them.
with

examples as (
    select
        'normalize_gender' as macro,
        cases.given,
        {{ normalize_gender('cases.given') }} as actual,
        cases.expected
    from (
        values (' Male ', 'm'), ('女性', 'f'), ('x', null), (null, null)
    ) as cases (given, expected)
    union all
    select
        'from_minor_units' as macro,
        cases.given,
        cast({{ from_minor_units('1050', 'cases.given') }} as varchar) as actual,
        cases.expected
    from (
        values ('usd', '10.50'), ('JPY', '1050.00'), ('kwd', '1.05'), ('vnd', '1050.00')
    ) as cases (given, expected)
    union all
    select
        'folded_term' as macro,
        cases.given,
        {{ folded_term('cases.given') }} as actual,
        cases.expected
    from (
        values
        ('Opt-In ', 'opt_in'), ('opt in', 'opt_in'), ('OPTIN', 'optin'), ('同意　済', '同意_済'),
        (' - ', null), (null, null)
    ) as cases (given, expected)
    union all
    select
        'search_grams' as macro,
        cases.given,
        array_to_string(list_sort({{ search_grams('cases.given') }}), '|') as actual,
        cases.expected
    from (
        values
        ('brik', ' br|=bikr|bri|ik |rik'), ('田中太', '中太|田中'), ('li', null), (null, null)
    ) as cases (given, expected)
    union all
    select
        'channels_reaching' as macro,
        cases.given,
        cast({{ channels_reaching('cases.given') }} as varchar) as actual,
        cases.expected
    from (
        values ('email', '[email]'), ('phone', '[phone, sms]'), ('device_id', '[push, web]')
    ) as cases (given, expected)
    union all
    select
        'is_family_mailbox' as macro,
        cases.given,
        cast({{ is_family_mailbox('[cases.given]') }} as varchar) as actual,
        cases.expected
    from (
        values
        ('suzuki.family@mail.example.jp', 'true'),
        ('familieweber@post.example.de', 'true'),
        ('the.smiths@family.example', 'false'),
        (null, 'false')
    ) as cases (given, expected)
    union all
    select
        'numbered_local_parts' as macro,
        cases.given,
        {{ numbered_local_parts('[cases.given]', "['tanaka']", "['taro']") }}[1] as actual,
        cases.expected
    from (
        values
        ('gardenfan696@mail.example', 'gardenfan696'),
        ('gardenfan6@mail.example', null),
        ('taro1016@mail.example', null),
        ('t.tanaka77@mail.example', null),
        ('tanaka_taro77@mail.example', null),
        ('0016@mail.example', null)
    ) as cases (given, expected)
    union all
    select
        'normalize_identifier' as macro,
        cases.given,
        {{ normalize_identifier('cases.given') }} as actual,
        cases.expected
    from (
        values
        ('123-45-6789', '123456789'),
        ('ab 12', 'AB12'),
        ('T9 8765 4321 0987', '9876543210987'),
        ('T123', 'T123'),
        ('12-3', null),
        ('000-00-0000', null),
        ('n/a', null)
    ) as cases (given, expected)
    union all
    select
        'domain_of_url' as macro,
        cases.given,
        {{ domain_of_url('cases.given') }} as actual,
        cases.expected
    from (
        values
        ('https://www.Acme.example.com/about?x=1', 'acme.example.com'),
        ('acme.example', 'acme.example'),
        ('http://acme.example:8080', 'acme.example'),
        ('none', null),
        (null, null)
    ) as cases (given, expected)
    union all
    select
        'fold_text' as macro,
        cases.given,
        {{ fold_text('cases.given') }} as actual,
        cases.expected
    from (
        values ('  Sales,  Manager. ', 'sales manager'), (' - ', null)
    ) as cases (given, expected)
    union all
    select
        'source_key_of' as macro,
        cases.given,
        {{ source_key_of('cases.given') }} as actual,
        cases.expected
    from (
        values ('crm/jp/contact/1', '1'), ('crm/jp/contact/a/b/c', 'a/b/c')
    ) as cases (given, expected)
    union all
    select
        'display_name' as macro,
        cases.family_name as given,
        {{ display_name("'whole'", 'cases.given_name', 'cases.family_name') }} as actual,
        cases.expected
    from (
        values
        ('John', 'Doe', 'John Doe'),
        ('太郎', '田中', '田中 太郎'),
        (null, 'Doe', 'Doe'),
        (null, null, 'whole')
    ) as cases (given_name, family_name, expected)
    union all
    select
        'written_name' as macro,
        cases.family as given,
        {{ written_name('cases.family', 'cases.given') }} as actual,
        cases.expected
    from (
        values ('田中', '太郎', '田中 太郎'), ('田中', null, '田中'), (null, null, null)
    ) as cases (family, given, expected)
    union all
    select
        'merged_list' as macro,
        cast(cases.keys as varchar) as given,
        cast({{ merged_list('cases.keys', 'cases.others') }} as varchar) as actual,
        cast(cases.expected as varchar) as expected
    from (
        values
        (['b', 'c'], ['a', 'c'], ['a', 'b', 'c']),
        (['b'], null, ['b'])
    ) as cases (keys, others, expected)
    union all
    select
        'chosen_keys' as macro,
        cast(cases.keys as varchar) as given,
        cast({{ chosen_keys('cases.keys', 'cases.email_keys', 'cases.script') }} as varchar)
            as actual,
        cast(cases.expected as varchar) as expected
    from (
        values
        (['ayako', 'keiko'], ['keiko'], 'kanji', ['keiko']),
        (['ayako', 'keiko'], ['taro'], 'kanji', ['ayako', 'keiko']),
        (['ayako', 'keiko'], ['ayako', 'keiko'], 'kanji', ['ayako', 'keiko']),
        (['bob', 'robert'], ['bob'], 'latin', ['bob', 'robert']),
        (['ayako', 'keiko'], null, 'kanji', ['ayako', 'keiko'])
    ) as cases (keys, email_keys, script, expected)
    union all
    select
        'max_names_of' as macro,
        cases.identifier_type as given,
        cast({{ max_names_of('cases.identifier_type') }} as varchar) as actual,
        cast(cases.expected as varchar) as expected
    from (
        values
        ('phone', {{ var('max_names_per_value')['phone'] }}),
        ('no such type', {{ var('max_names_per_value')['default'] }})
    ) as cases (identifier_type, expected)
)

select * from examples
where actual is distinct from expected
