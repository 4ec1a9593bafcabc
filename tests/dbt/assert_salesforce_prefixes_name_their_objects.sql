-- A key is classified only when it looks like an id: three known characters are not enough.
with

examples as (
    select
        pairs.given,
        pairs.expected
    from (
        values
        ('0035g00000AbCdEAAV', 'contact'),
        ('0035g00000AbCdE', 'contact'),
        ('00Q5g00000AbCdEAAV', 'lead'),
        ('0015g00000AbCdEAAV', 'account'),
        ('0065g00000AbCdEAAV', 'opportunity'),
        ('5005g00000AbCdEAAV', 'case'),
        ('0055g00000AbCdEAAV', null),
        ('00q5g00000AbCdEAAV', null),
        ('003@example.com', null),
        ('0031234', null),
        (null, null)
    ) as pairs (given, expected)
),

classified as (
    select
        given,
        expected,
        {{ salesforce_object('given') }} as actual
    from examples
)

select * from classified
where actual is distinct from expected
