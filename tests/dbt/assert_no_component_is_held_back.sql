-- A component that is too large to be examined keeps its former partition: a warning, since it
-- points to a test account or a loading error in a source.
{{ config(severity='warn') }}

select * from {{ ref('identity_held_back') }}
