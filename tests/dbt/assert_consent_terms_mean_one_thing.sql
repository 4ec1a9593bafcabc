-- A word of a consent platform has one meaning, however it is written.
select
    column_name,
    {{ folded_term('term') }} as term
from {{ ref('consent_terms') }}
group by column_name, {{ folded_term('term') }}
having count(*) > 1
