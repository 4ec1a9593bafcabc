-- Every row of the seed contact_suppressions, and of a connected system, can be understood. One
-- that cannot stops the build before it publishes: somebody might be called who must not be.
select
    suppression_id,
    delivered_in,
    problem
from {{ ref('suppressions') }}
where problem is not null
