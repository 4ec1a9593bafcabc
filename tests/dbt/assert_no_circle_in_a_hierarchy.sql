-- A source that puts a company above itself, over others, is reported. The circle is cut at its
-- newest link, so this is a warning.
{{ config(severity='warn') }}

select
    hierarchy,
    gpid,
    parent_gpid
from {{ ref('organization_links') }}
where status = 'cycle'
