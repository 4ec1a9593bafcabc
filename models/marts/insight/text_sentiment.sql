-- One row per text that a customer wrote: how it sounds.
with

final as (
    select
        texts.text_key,
        texts.gpid,
        texts.text_source,
        texts.written_at,
        readings.language,
        readings.sentiment_score,
        readings.sentiment
    from {{ ref('insight_texts') }} as texts
    inner join {{ ref('score_texts') }} as readings
        on texts.text = readings.text
)

select * from final
