-- The check characters of published examples; an id of any other length is left as it is.
with

examples as (
    select
        pairs.given,
        pairs.expected
    from (
        values
        ('001A0000006Vm9u', '001A0000006Vm9uIAC'),
        ('500A0000009lCXl', '500A0000009lCXlIAM'),
        ('0032000000abcde', '0032000000abcdeAAA'),
        ('003AbCdEfGhIjKl', '003AbCdEfGhIjKlIVK'),
        ('ABCDEABCDEABCDE', 'ABCDEABCDEABCDE555'),
        ('001A0000006Vm9uIAC', '001A0000006Vm9uIAC'),
        (' 001A0000006Vm9u ', '001A0000006Vm9uIAC'),
        ('C-1001', 'C-1001'),
        (null, null)
    ) as pairs (given, expected)
),

widened as (
    select
        given,
        expected,
        {{ salesforce_id('given') }} as actual
    from examples
)

select * from widened
where actual is distinct from expected
