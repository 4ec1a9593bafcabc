-- Nothing is paid back of what did not come in, and never more than came in. Only a warning, since
-- the provider's books are what they are: somebody should know.
{{ config(severity='warn') }}
select
    payment_key,
    payment_status,
    amount,
    refunded_amount
from {{ ref('fct_payments') }}
where refunded_amount > (case when is_successful then amount else 0 end) or refunded_amount < 0
