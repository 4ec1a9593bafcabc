-- A returned line is a line of an order that is delivered. Only a warning: extracts taken at
-- different times hold returns of orders that they do not hold.
{{ config(severity='warn') }}
select
    returns.return_line_key,
    returns.order_line_key
from {{ ref('fct_returns') }} as returns
left join {{ ref('fct_order_lines') }} as lines
    on returns.order_line_key = lines.order_line_key
where lines.order_line_key is null
