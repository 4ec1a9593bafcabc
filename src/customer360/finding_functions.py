"""The SQL functions that find parties: by an identifier, by what somebody types.

Table macros of the published files, for every DuckDB client. What is typed is folded in SQL
(`written_forms`); how names are read, and what is near what, is in the tables that the build made:
`party_search_words` has every word of every name, `party_search_grams` the pieces by which misspelt
words are found, `party_search_terms` who has the word. All three are sorted, so that DuckDB reads
the few row groups that a query is about.
"""

from customer360.written_forms import written_form_macros

# a party found by less is no answer
_LEAST_SCORE = 0.45
_MOST_FOUND = 20
_MOST_WORDS = 6

_PERSONAL = (
    "this file has no e-mail addresses, telephone numbers and personal identifiers; ask"
    " customer360_restricted.duckdb"
)

_IS_KNOWN_KIND = """
    case
        when kind in ({kinds})
            or exists (select 1 from bridge_party_source where source_system = kind)
            {or_type}
            then kind
        else error('resolve knows no kind of identifier and no source system '
            || coalesce(kind, 'null') || '; try {try_kinds} or a system{elsewhere}')
    end
"""

# Numbers as people type them: +81 (0)90-1234-5678, 090 1234 5678 ext. 9
_PHONE_MACROS = """
create macro half_width_digits(text) as
    translate(text, '０１２３４５６７８９＋－−（）　', '0123456789+--() ');
create macro dialled_digits(text) as
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        half_width_digits(lower(text)), '(ext|x|内線|#).*$', ''),
        '[^0-9+]*\\(0\\)', ''),
        '^[^0-9+]*(00|\\+|011)', '+'),
        '[^0-9+]', '', 'g');
create macro is_dialled_as(digits, phone_number) as
    phone_number = '+' || ltrim(digits, '+')
    or (
        not starts_with(digits, '+') and length(ltrim(digits, '0')) >= 7
        and ends_with(phone_number, ltrim(digits, '0'))
        and length(phone_number) - length(ltrim(digits, '0')) between 2 and 4
    );
"""

_RESOLVE = """
create macro resolve(kind, key) as table
with asked as (
    select {is_known_kind} as kind, trim(key::varchar) as key
),
found as (
    select orders.record_key, orders.gpid
    from fct_orders as orders, asked
    where asked.kind = 'order' and orders.order_number = asked.key
    union
    select cases.record_key, cases.gpid
    from fct_cases as cases, asked
    where asked.kind = 'case' and cases.case_number = asked.key
    union
    select bridge.record_key, bridge.gpid
    from bridge_party_source as bridge, asked
    where bridge.is_current and (
        (asked.kind = 'record' and bridge.record_key = asked.key)
        or (bridge.source_system = asked.kind and bridge.source_key = asked.key)
        or (asked.kind = 'gpid' and bridge.gpid = coalesce(
            (select max(live_gpid) from gpid_redirect where retired_gpid = key), asked.key
        ))
    )
    {by_identifier}
)
select
    found.gpid,
    found.record_key,
    coalesce(bridge.party_type, parties.party_type) as party_type,
    bridge.match_probability
from found
left join bridge_party_source as bridge
    on found.record_key = bridge.record_key and bridge.is_current
left join dim_party as parties on found.gpid = parties.gpid
order by found.gpid, found.record_key;
"""

_BY_IDENTIFIER = """
    union
    select identifiers.record_key, identifiers.gpid
    from party_identifiers as identifiers, asked
    where asked.kind not in ('email', 'phone', 'device')
        and identifiers.identifier_type = asked.kind
        and identifiers.value in (asked.key, lower(asked.key))
    union
    select identifiers.record_key, identifiers.gpid
    from party_identifiers as identifiers, asked
    where asked.kind = 'email' and identifiers.identifier_type = 'email'
        and identifiers.value = folded_characters(asked.key)
    union
    select identifiers.record_key, identifiers.gpid
    from party_identifiers as identifiers, asked
    where asked.kind = 'phone' and identifiers.identifier_type = 'phone'
        and is_dialled_as(dialled_digits(asked.key), identifiers.value)
    union
    -- no record, but a party that it certainly belonged to at some time
    select null, devices.gpid
    from anonymous_identity_windows as devices, asked
    where asked.kind = 'device' and devices.anonymous_id = asked.key
"""

# of macros/search_grams.sql
SEARCH_GRAMS = """
create macro search_grams(term) as
    case
        when regexp_matches(term, '^[ -~]{3,20}$') then list_append(
            list_distinct(list_transform(
                range(1, length(term) + 1), lambda i: substr(' ' || term || ' ', i, 3)
            )),
            '=' || array_to_string(list_sort(string_split(term, '')), '')
        )
        when regexp_matches(term, '^[^ -~]{2,20}$') then list_distinct(list_transform(
            range(1, length(term)), lambda i: substr(term, i, 2)
        ))
    end;
"""

# a word that starts a name, one among the characters of a longer one, or a misspelt one
_WORD_SIMILARITY = """
create macro word_similarity(word, term) as
    case
        when word = term then 1.0
        when starts_with(term, word) then 0.8 + 0.15 * length(word) / length(term)
        when not regexp_matches(word, '[ -~]') and contains(term, word)
            then 0.7 + 0.2 * length(word) / length(term)
        else greatest(
            0.0,
            1 - 0.9 * damerau_levenshtein(word, term)::double
                / least(length(word), length(term))
        )
    end;
"""

_SEARCH_NAMES = """
create macro begun_word(text) as lower(strip_accents(string_split(trim(text), ' ')[-1]));
create macro search_names(asked_text) as table
with asked as materialized (
    select written_form(asked_text) as written
),
-- the whole, its words, and its halves if it has no blank: each is folded once
pieces as materialized (
    select written, piece, latin_form(piece) as latin
    from (
        select written, unnest(list_distinct(list_concat(
            [written],
            string_split(written, ' ')[:{most_words}],
            case when not contains(written, ' ') and length(written) between 2 and 24
                then flatten(list_transform(
                    range(1, length(written)),
                    lambda cut: [left(written, cut), substr(written, cut + 1)]
                ))
                else [] end
        ))) as piece
        from asked
        where written <> ''
    )
),
alternatives as (
    select 0 as alternative, string_split(written, ' ')[:{most_words}] as words
    from pieces
    where piece = written
    union all
    -- letters beside kanji are a word of their own
    select 1, string_split(latin, ' ')[:{most_words}]
    from pieces
    where piece = written
        and len(string_split(latin, ' ')) <> len(string_split(written, ' '))
    union all
    -- two names without a blank between them
    select 1 + length(piece), [piece, substr(written, length(piece) + 1)]
    from pieces
    where not contains(written, ' ') and piece <> written and starts_with(written, piece)
),
tokens as materialized (
    select alternative, alternative >= 2 as is_cut, place, words[place] as word
    from (select *, unnest(range(1, len(words) + 1)) as place from alternatives)
),
forms as materialized (
    select alternative, is_cut, place, form, max(fidelity) as fidelity
    from (
        select
            tokens.alternative, tokens.is_cut, tokens.place,
            unnest(list_concat(
                [tokens.word, coalesce(pieces.latin, tokens.word)],
                spellings(coalesce(pieces.latin, tokens.word))
            )) as form,
            case when form in (tokens.word, pieces.latin) then 1.0 else 0.98 end as fidelity
        from tokens
        left join pieces on tokens.word = pieces.piece
    )
    group by alternative, is_cut, place, form
),
known as (
    select forms.*, words.*
    from forms
    inner join party_search_words as words on forms.form = words.term
),
exact as (
    select alternative, is_cut, place, term, party_count, fidelity as similarity from known
    union all
    -- as kanji are read
    select
        known.alternative, known.is_cut, known.place, words.term, words.party_count,
        0.95 as similarity
    from (select alternative, is_cut, place, unnest(readings) as reading from known) as known
    inner join party_search_words as words on known.reading = words.term
),
-- what may be misspelt, or is only begun
numbered_forms as materialized (
    select form, row_number() over (order by form) as form_number, search_grams(form) as grams
    from forms
    where not is_cut
    group by form
),
asked_grams as materialized (
    select form_number, len(grams) as gram_count, unnest(grams) as gram
    from numbered_forms
),
near as (
    select
        asked_grams.form_number,
        grams.term_number,
        -- the same letters in another order are enough
        sum(case when asked_grams.gram[1] = '=' then 100 else 1 end)
            / any_value(asked_grams.gram_count) as share
    from asked_grams
    inner join party_search_grams as grams on asked_grams.gram = grams.gram
    group by asked_grams.form_number, grams.term_number
    having share >= 0.3
    -- of each, since very many names of companies have one word in common
    qualify row_number() over (
        partition by asked_grams.form_number order by share desc, grams.term_number
    ) <= 500
),
resembling as (
    select
        numbered_forms.form,
        words.term,
        words.party_count,
        word_similarity(numbered_forms.form, words.term) as similarity
    from near
    inner join numbered_forms on near.form_number = numbered_forms.form_number
    inner join party_search_words as words on near.term_number = words.term_number
),
candidates as (
    select alternative, is_cut, place, term, party_count, similarity from exact
    union all
    select
        forms.alternative, forms.is_cut, forms.place, resembling.term, resembling.party_count,
        0.97 * forms.fidelity * resembling.similarity
    from resembling
    inner join forms on resembling.form = forms.form and not forms.is_cut
    where resembling.similarity >= 0.6
),
chosen as materialized (
    select *
    from (
        select
            alternative, is_cut, place, term,
            any_value(party_count) as party_count,
            max(similarity) as similarity
        from candidates
        group by alternative, is_cut, place, term
    )
    qualify row_number() over (
        partition by alternative, place order by similarity desc, party_count desc, term
    ) <= case when is_cut then 4 else 12 end
),
-- a rare word says more than a common one
weights as materialized (
    select
        tokens.alternative,
        tokens.place,
        coalesce(
            ln(1 + (select count(*) from dim_party) / max(chosen.party_count)
                filter (where chosen.similarity >= 0.9)),
            least(4.0, 0.8 * any_value(length(tokens.word)))
        ) as weight,
        count(chosen.term) = 0 as is_unknown
    from tokens
    left join chosen
        on tokens.alternative = chosen.alternative and tokens.place = chosen.place
    group by tokens.alternative, tokens.place
),
totals as (
    select alternative, sum(weight) as weight
    from weights
    group by alternative
    -- both halves of a name without a blank have to be known
    having alternative < 2 or not bool_or(is_unknown)
),
wanted as (
    select
        chosen.alternative, chosen.place, chosen.term,
        weights.weight * chosen.similarity / totals.weight as score
    from chosen
    inner join weights
        on chosen.alternative = weights.alternative and chosen.place = weights.place
    inner join totals on chosen.alternative = totals.alternative
),
terms_found as (
    select wanted.alternative, wanted.place, wanted.score, terms.*
    from wanted
    inner join party_search_terms as terms on wanted.term = terms.term
    union all
    -- whoever has a word that begins as the last one does, which may not have been typed to its end
    select
        last_one.alternative, last_one.place,
        last_one.score * (0.8 + 0.15 * length(begun_word(asked_text)) / length(terms.term)), terms.*
    from party_search_terms as terms
    cross join (
        select
            weights.alternative, weights.place, 0.97 * weights.weight / totals.weight as score
        from weights
        inner join totals on weights.alternative = totals.alternative
        where weights.alternative = 0
        order by weights.place desc
        limit 1
    ) as last_one
    where length(begun_word(asked_text)) >= 3 and prefix(terms.term, begun_word(asked_text))
),
words_found as (
    select
        alternative,
        gpid,
        place,
        max(score) as score,
        arg_max(field, score) as field,
        arg_max(term, score) as term,
        max(record_count) as record_count
    from terms_found
    group by alternative, gpid, place
),
parties_found as (
    select
        alternative,
        gpid,
        sum(score) as score,
        array_to_string(list_sort(list_distinct(list(field))), ', ') as matched_on,
        string_agg(term, ' ' order by place) as found,
        min(record_count) as record_count
    from words_found
    group by alternative, gpid
)
select
    gpid,
    max(score) as score,
    arg_max(matched_on, score) as matched_on,
    arg_max(found, score) as found,
    max(record_count) as record_count
from parties_found
group by gpid
order by score desc, record_count desc, gpid
limit 100;
"""

# What is asked is a constant of every branch: DuckDB leaves out those that it is not about, and
# reads the row groups only that may have it.
_ASKED_MACROS = """
create macro typed_digits(text) as
    case when regexp_full_match(half_width_digits(text), '[-+0-9 ()./]{4,}')
        then ltrim(regexp_replace(half_width_digits(text), '[^0-9]', '', 'g'), '0')
        else '' end;
create macro may_be_key(text) as regexp_matches(text, '[0-9]') and not contains(trim(text), ' ');
create macro typed_email(text) as lower(trim(text));
create macro is_like_email(text) as
    length(text) >= 4 and contains(text, '@')
    or regexp_full_match(lower(trim(text)), '[a-z0-9_+-]*[a-z][a-z0-9_+-]*[._0-9][a-z0-9._+-]*');
"""

_SEARCH_PARTY = """
create macro search_party(asked_text) as table
with scored as (
    select
        gpid,
        -- a mailbox is named after its owner, more or less
        score * case when contains(asked_text, '@') then 0.7 else 1 end as score,
        matched_on,
        found
    from search_names(case
        when contains(asked_text, '@')
            then regexp_replace(split_part(asked_text, '@', 1), '[^\\p{L}]+', ' ', 'g')
        when regexp_matches(asked_text, '\\p{L}') then asked_text
        else '' end)
    union all
    select
        gpid,
        case
            when value = typed_email(asked_text) then 1.0
            when starts_with(value, split_part(typed_email(asked_text), '@', 1) || '@') then 0.85
            else 0.6 + 0.3 * length(asked_text) / length(value)
        end,
        'email',
        value
    from party_contact_point
    where is_like_email(asked_text) and channel = 'email' and case
        -- the same mailbox of another provider, too
        when contains(asked_text, '@') and not starts_with(trim(asked_text), '@')
            then prefix(value, split_part(typed_email(asked_text), '@', 1) || '@')
        else contains(value, typed_email(asked_text))
    end
    union all
    select
        gpid,
        case
            when is_dialled_as(dialled_digits(asked_text), value) then 1.0
            when ends_with(value, typed_digits(asked_text))
                then 0.65 + 0.3 * length(typed_digits(asked_text)) / length(value)
            else 0.5 + 0.3 * length(typed_digits(asked_text)) / length(value)
        end,
        'phone',
        value
    from party_contact_point
    where length(typed_digits(asked_text)) >= 4 and channel = 'phone'
        and contains(value, typed_digits(asked_text))
    union all
    select gpid, 1.0, identifier_type, value
    from party_identifiers
    where may_be_key(asked_text) and identifier_type not in ('email', 'phone')
        and value = lower(trim(asked_text))
    {by_key}
)
{ranked}
"""

# what both files have
_BY_KEY = """
    union all
    select gpid, 1.0, 'order', order_number
    from fct_orders
    where may_be_key(asked_text) and order_number = trim(asked_text)
    union all
    select gpid, 1.0, 'case', case_number
    from fct_cases
    where may_be_key(asked_text) and case_number = trim(asked_text)
    union all
    select gpid, 1.0, source_system || ' key', record_key
    from bridge_party_source
    where may_be_key(asked_text) and is_current and source_key = split_part(
        trim(asked_text), '/', case when contains(asked_text, '/') then 4 else 1 end
    ) and (not contains(asked_text, '/') or record_key = trim(asked_text))
    union all
    select
        gpid,
        case when length(trim(asked_text)) = 18 then 1.0
            else 0.5 + length(trim(asked_text)) / 36.0 end,
        'gpid',
        gpid
    from dim_party
    where regexp_full_match(upper(trim(asked_text)), 'P[0-9A-Z]{4,17}')
        and may_be_key(asked_text)
        and starts_with(gpid, upper(trim(asked_text)))
    union all
    select live_gpid, 1.0, 'retired gpid', retired_gpid
    from gpid_redirect
    where retired_gpid = upper(trim(asked_text))
"""

_RANKED = """
select
    scores.gpid,
    round(scores.score, 3) as score,
    scores.matched_on,
    {found}
    parties.party_type,
    {display_name} as display_name
from (
    select
        gpid,
        max(score) as score,
        arg_max(matched_on, score) as matched_on,
        arg_max(found, score) as found
    from scored
    where score >= {least_score} and gpid is not null
    group by gpid
    order by score desc, gpid
    limit {most_found} * 2
) as scores
inner join dim_party as parties on scores.gpid = parties.gpid
order by
    scores.score desc,
    -- of equals the one that is called so and nothing else, then the one that more records know
    jaro_winkler_similarity(lower({display_name}), lower(asked_text)) desc nulls last,
    parties.source_record_count desc,
    scores.gpid
limit {most_found};
"""

# The parameters of find_duplicates: what people are asked for in a form.
_FORM = (
    "full_name := null, given_name := null, family_name := null, email := null, phone := null,"
    " birth_date := null, postal_code := null"
)

# By the levels of the release (identity_weights) that a party's names and contact points can reach;
# customer360.duplicates scores with all of the model.
_FIND_DUPLICATES = """
create macro find_duplicates({form}) as table
with asked as materialized (
    select
        string_split(written_form(coalesce(family_name, full_name, '')), ' ') as family_words,
        string_split(written_form(coalesce(given_name, full_name, '')), ' ') as given_words,
        coalesce(typed_email(email::varchar), '') as email,
        coalesce(dialled_digits(phone::varchar), '') as phone_digits,
        try_cast(translate(birth_date::varchar, '/.', '--') as date) as birth_date,
        nullif(regexp_replace(upper(folded_characters(postal_code::varchar)), '[^0-9A-Z]', '', 'g'),
            '') as postal
),
-- each word, and both parts of a name without a blank
words as (
    select 'family name' as field, unnest(family_words) as word from asked
    union
    select 'given name', unnest(given_words) from asked
    union
    select field, unnest(flatten([
        list_transform(range(1, length(word)), lambda cut: left(word, cut)),
        list_transform(range(1, length(word)), lambda cut: substr(word, cut + 1))
    ])) as word
    from (
        select unnest(['family name', 'given name']) as field, family_words[1] as word
        from asked
        where family_words = given_words and len(family_words) = 1
            and length(family_words[1]) between 2 and 24
    )
),
name_forms as materialized (
    select field, word as form from words where word <> ''
    union
    select field, unnest(spellings(latin_form(word))) from words where word <> ''
),
read_forms as materialized (
    select field, form, null::bigint as party_count from name_forms
    union
    select name_forms.field, unnest(known.readings), null
    from name_forms
    inner join party_search_words as known on name_forms.form = known.term
),
points_found as materialized (
    select distinct gpid, channel
    from party_contact_point
    where (channel = 'email' and value = coalesce(typed_email(email::varchar), ''))
        or (channel = 'phone' and length(coalesce(phone::varchar, '')) > 5
            and is_dialled_as(dialled_digits(phone::varchar), value))
),
candidates as materialized (
    select gpid from points_found
    union
    select gpid
    from search_names(concat_ws(' ', family_name, given_name, full_name))
    where score >= 0.7
),
-- only those of persons: companies are found by search_party
parties as materialized (
    select parties.*
    from dim_party as parties
    semi join candidates on parties.gpid = candidates.gpid
    where parties.party_type = 'person'
),
party_terms as materialized (
    select terms.gpid, terms.field, terms.term
    from party_search_terms as terms
    semi join candidates on terms.gpid = candidates.gpid
    where terms.field <> 'company'
),
name_levels as (
    select
        party_terms.gpid,
        read_forms.field,
        max(case
            when party_terms.term = read_forms.form and party_terms.field = read_forms.field
                then 3
            when party_terms.term = read_forms.form and party_terms.field = 'nickname' then 2
            when party_terms.field = read_forms.field and length(read_forms.form) > 2
                and jaro_winkler_similarity(party_terms.term, read_forms.form) >= 0.92
                then 1
            else 0
        end) as reached,
        arg_max(party_terms.term, case
            when party_terms.term = read_forms.form then length(party_terms.term) else 0 end
        ) as term
    from party_terms
    inner join read_forms
        on party_terms.field = read_forms.field
        or (party_terms.field = 'nickname' and read_forms.field = 'given name')
    group by party_terms.gpid, read_forms.field
),
findings as (
    select
        gpid,
        replace(field, ' ', '_') as comparison,
        case
            when reached = 3 then 'same'
            when reached = 2 then 'same sound or nickname'
            when reached = 1 then 'one letter off'
            else 'different'
        end as "level",
        case when reached >= 2 then term end as term
    from name_levels
    union all
    select
        parties.gpid,
        'email',
        case when found.gpid is not null then 'same' else 'different' end,
        null
    from parties
    cross join asked
    left join points_found as found on parties.gpid = found.gpid and found.channel = 'email'
    where asked.email <> '' and parties.email is not null
    union all
    select
        parties.gpid,
        'phone',
        case when found.gpid is not null then 'same' else 'different' end,
        null
    from parties
    cross join asked
    left join points_found as found on parties.gpid = found.gpid and found.channel = 'phone'
    where asked.phone_digits <> '' and parties.phone is not null
    union all
    select
        parties.gpid,
        'birth_date',
        case
            when parties.birth_date = asked.birth_date then 'same'
            when damerau_levenshtein(
                strftime(parties.birth_date, '%Y%m%d'), strftime(asked.birth_date, '%Y%m%d')
            ) <= 1 then 'one digit off'
            when damerau_levenshtein(
                strftime(parties.birth_date, '%Y%m%d'), strftime(asked.birth_date, '%Y%m%d')
            ) <= 2 then 'two digits or one part off'
            when abs(year(parties.birth_date) - year(asked.birth_date)) between 16 and 50
                then 'a generation apart'
            else 'different'
        end,
        null
    from parties
    cross join asked
    where parties.birth_date is not null and asked.birth_date is not null
    union all
    select
        parties.gpid,
        'address',
        case
            when regexp_replace(upper(parties.postal_code), '[^0-9A-Z]', '', 'g') = asked.postal
                then 'same postal code, no street known'
            else 'different, no street known'
        end,
        null
    from parties
    cross join asked
    where parties.postal_code is not null and asked.postal is not null
),
weighed as (
    select
        findings.gpid,
        findings.comparison,
        findings."level",
        log2(weights.match_share / coalesce(
            known.party_count::double / base.party_count, weights.stranger_share
        )) as bits,
        case
            when weights.relative_share is null then bits
            else log2(weights.match_share / weights.relative_share)
        end as relative_bits,
        weights.prior_share,
        weights.prior_relative_share
    from findings
    inner join identity_weights as weights
        on weights.party_type = 'person'
        and findings.comparison = weights.comparison
        and findings."level" = weights."level"
    cross join (select count(*) as party_count from dim_party) as base
    left join party_search_words as known on findings.term = known.term
),
scores as (
    select
        gpid,
        sum(bits) as stranger_weight,
        log2(any_value(prior_share)) + stranger_weight - log2(
            1 + any_value(prior_relative_share) * pow(2, stranger_weight - sum(relative_bits))
        ) as match_weight,
        string_agg(comparison || ': ' || "level", ', ' order by bits desc)
            filter (where bits >= 1) as reason,
        string_agg(comparison || ': ' || "level", ', ' order by bits)
            filter (where bits <= -1) as objection
    from weighed
    group by gpid
)
select
    scores.gpid,
    round(1 / (1 + pow(2, -scores.match_weight)), 4) as match_probability,
    round(scores.match_weight, 2) as match_weight,
    scores.reason,
    scores.objection,
    parties.display_name
from scores
inner join parties on scores.gpid = parties.gpid
where scores.match_weight > -7
order by scores.match_weight desc, scores.gpid
limit {most_found};
"""

_NO_DUPLICATES = """
create macro find_duplicates({form}) as table
select error('find_duplicates: {personal}')::varchar as gpid;
"""

# The open file knows the names of organizations; there are few enough to look at each.
_SEARCH_OPEN_PARTY = """
create macro search_party(asked_text) as table
with asked as materialized (
    select
        list_filter(string_split(written_form(
            case when contains(asked_text, '@') then error('search_party: {personal}')
                else asked_text end
        ), ' '), lambda word: word <> '') as words
),
organizations as (
    select gpid, organization_name, regexp_split_to_array(
        lower(strip_accents(organization_name)), '[^\\p{L}\\p{N}]+'
    ) as words
    from dim_party
    where party_type = 'organization' and organization_name is not null
),
scored as (
    select
        organizations.gpid,
        list_avg(list_transform(asked.words, lambda word: list_max(list_transform(
            organizations.words,
            lambda other: case
                when word = other then 1.0
                when contains(other, word) and not regexp_matches(word, '[ -~]') then 0.9
                when length(word) > 3 and jaro_winkler_similarity(word, other) >= 0.85
                    then jaro_winkler_similarity(word, other)
                else 0.0 end
        )))) as score,
        'company' as matched_on,
        organizations.organization_name as found
    from organizations, asked
    {by_key}
)
{ranked}
"""


def finding_functions(*, is_open: bool) -> str:
    """SQL that creates `resolve` and `search_party` beside the published tables.

    Args:
        is_open: for the file without direct personal data; there `resolve` says of personal
            identifiers that they are not in it, and `search_party` finds organizations, keys and
            numbers only.

    """
    known = ["order", "case", "record", "gpid"]
    personal = ["email", "phone", "device"]
    kinds = known if is_open else [*personal, *known]
    or_type = (
        f"or kind in ({_listed(personal)}) and error('resolve: {_PERSONAL}') is null"
        if is_open
        else "or exists (select 1 from party_identifiers where identifier_type = kind)"
    )
    resolve = _RESOLVE.format(
        is_known_kind=_IS_KNOWN_KIND.format(
            kinds=_listed(kinds),
            or_type=or_type,
            try_kinds=", ".join(kinds),
            elsewhere="; all others are in customer360_restricted.duckdb only" if is_open else "",
        ),
        by_identifier="" if is_open else _BY_IDENTIFIER,
    )
    ranked = _RANKED.format(
        found="" if is_open else "scores.found,",
        display_name="parties.organization_name" if is_open else "parties.display_name",
        least_score=_LEAST_SCORE,
        most_found=_MOST_FOUND,
    )
    search = (_SEARCH_OPEN_PARTY if is_open else _SEARCH_PARTY).replace("{by_key}", _BY_KEY)
    search = search.replace("{ranked}", ranked).replace("{personal}", _PERSONAL)
    index = (
        ""
        if is_open
        else SEARCH_GRAMS
        + _WORD_SIMILARITY
        + _SEARCH_NAMES.replace("{most_words}", str(_MOST_WORDS))
    )
    duplicates = (
        (_NO_DUPLICATES if is_open else _FIND_DUPLICATES)
        .replace("{form}", _FORM)
        .replace("{personal}", _PERSONAL)
        .replace("{most_found}", str(_MOST_FOUND))
    )
    return (
        written_form_macros()
        + _PHONE_MACROS
        + _ASKED_MACROS
        + resolve
        + index
        + search
        + duplicates
    )


def _listed(kinds: list[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)
