{% test between(model, column_name, low=none, high=none) %}
-- The value is null or lies between the two bounds, both included.
select {{ column_name }}
from {{ model }}
where
    {{ column_name }} < {{ low if low is not none else column_name }}
    or {{ column_name }} > {{ high if high is not none else column_name }}
{% endtest %}
