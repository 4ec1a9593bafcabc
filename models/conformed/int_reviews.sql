-- One row per review.
{{ union_adapters('reviews') }}
