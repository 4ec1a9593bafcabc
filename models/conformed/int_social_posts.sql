-- One row per post, reply, reaction or follow.
{{ union_adapters('social_posts') }}
