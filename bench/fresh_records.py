"""Party records as a base holds them on its first day, for measuring speed: nobody is real.

Japanese names come from the project's lexica by how common they are, western ones from the demo's
lists with a tail of rare ones, so that words repeat about as often as among real people. The same
number of records gives the same records.
"""

import random
from dataclasses import asdict, fields
from itertools import product
from pathlib import Path

import duckdb

from customer360.demo import western_names
from customer360.demo.places import STREETS, TOWNS, Town
from customer360.standardise import lexicon

LEXICA = Path(lexicon.__file__).parents[1] / "lexica"

# surnames and given names that are in no list: every combination of these parts
_RARE_STARTS = """
Ald Ash Ban Bar Beck Ber Blan Brad Bren Brin Cal Car Cas Chal Chat Clay Clin Cor Cran Crom Dal Dar
Del Den Dob Dor Dray Dun Eger Eld Ell Fal Far Fen Fro Gal Gar Gil Glan Gor Gran Hal Ham Har Hen Hol
Hor Hul Ing Ket Kil Kirk Lam Lan Led Lin Lock Lud Mad Mar Mel Mer Mil Mon Mor Nor Nun Oak Ol Pan Per
Pol Pren Quin Ram Ran Red Rich Rob Ros Rut Sal San Sel Shel Sil Stan Stap Swin Tal Tan Thorn Til Tor
Tren Tur Val Ver Wal War Wes Whit Win Wol Yar
"""
_RARE_MIDDLES = ("", "a", "e", "i", "en", "er", "ing", "is", "o", "or")
_RARE_ENDS = """
bach berg borne bridge brook burn bury by dale don field ford garten gate ham hart hausen heim hill
holm hurst land ler ley low man mann mark mere mont more ner ness ridge rick sen ser shaw sohn son
stead stein stock stone ton tree vale ville wald ward way well wick wood worth
"""

_HOSTS = """
gmail.com gmail.com gmail.com gmail.com yahoo.com yahoo.com outlook.com hotmail.com icloud.com
aol.com web.de gmx.de orange.fr btinternet.com yahoo.co.jp docomo.ne.jp ezweb.ne.jp softbank.jp
"""

_NORTH_AMERICAN_AREAS = """
201 202 206 212 213 214 215 216 303 305 310 312 313 314 404 408 412 414 415 503 512 602 602 612 614
615 617 619 646 702 704 713 716 718 813 816 818 904 916 917 919 949 954 972
"""

_MACROS = """
create macro share(id, salt) as (hash(xor(hash(id), hash(salt))) >> 11) / 9007199254740992.0;
create macro number(id, salt, size) as floor(share(id, salt) * size)::integer;
create macro pick(list, id, salt) as list[1 + number(id, salt, len(list))];
-- from 1 to size, small ranks often and large ones seldom, as names are distributed
create macro rank_of(id, salt, size) as floor(power(size, sqrt(share(id, salt))))::integer;
create macro with_typo(word, id, salt) as
    case
        when share(id, salt) < 0.015 and length(word) > 3
            then left(word, 2) || substr(word, 4)
        else word
    end;
"""

_JAPANESE_NAMES = f"""
create table readings as
select key, arg_max(kana, family) as family_kana, arg_max(kana, given) as given_kana
from (
    select columns.* from read_parquet('{LEXICA}/japanese_readings.parquet') as columns
) as t (kana, key, family, given)
group by key;

create table japanese_families as
select
    row_number() over (order by weight desc, kanji) as rank,
    kanji,
    family_kana as kana,
    upper(left(key, 1)) || substr(key, 2) as latin
from read_parquet('{LEXICA}/japanese_family_names.parquet') as names (kanji, keys, weight)
inner join readings on readings.key = split_part(keys, ' ', 1)
qualify rank <= 30000;

create table japanese_givens as
select
    row_number() over (order by weight desc, kanji) as rank,
    kanji,
    given_kana as kana,
    upper(left(key, 1)) || substr(key, 2) as latin
from read_parquet('{LEXICA}/japanese_given_names.parquet') as names (kanji, keys, weight)
inner join readings on readings.key = split_part(keys, ' ', 1)
qualify rank <= 40000;
"""

_PERSONS = """
create table persons as
with

numbered as (
    select
        p,
        case
            when share(p // 2, 'country') < 0.42 then 'US'
            when share(p // 2, 'country') < 0.52 then 'GB'
            when share(p // 2, 'country') < 0.62 then 'DE'
            when share(p // 2, 'country') < 0.70 then 'FR'
            else 'JP'
        end as country
    from range(getvariable('persons')) as persons (p)
),

western as (
    select p, country, null as family_kanji, null as given_kanji, null as family_kana,
        null as given_kana, families.name as family, givens.name as given
    from numbered
    inner join western_families as families
        on families.rank = rank_of(p, 'family', 50000)
    inner join western_givens as givens
        on givens.rank = rank_of(p, 'given', 9000)
    where country != 'JP'
),

japanese as (
    select p, country, families.kanji, givens.kanji, families.kana, givens.kana,
        families.latin, givens.latin
    from numbered
    inner join japanese_families as families on families.rank = rank_of(p, 'family', 30000)
    inner join japanese_givens as givens on givens.rank = rank_of(p, 'given', 40000)
    where country = 'JP'
)

select
    *,
    p // 2 as household,
    date '1935-01-01' + number(p, 'birth', 27000) as birth_date,
    lower(strip_accents(regexp_replace(family, '[^[:alpha:]]', '', 'g'))) as family_ascii,
    lower(strip_accents(regexp_replace(given, '[^[:alpha:]]', '', 'g'))) as given_ascii
from (from western union all from japanese);
"""

_RECORDS = """
create table written as
select
    i, p, country, household,
    case
        when share(i, 'system') < 0.4 then 'crm'
        when share(i, 'system') < 0.75 then 'shop'
        when share(i, 'system') < 0.9 then 'service'
        else 'marketing'
    end as system,
    share(i, 'style') as style,
    with_typo(family, i, 'family typo') as family,
    with_typo(given, i, 'given typo') as given,
    family_kanji, given_kanji, family_kana, given_kana, family_ascii, given_ascii, birth_date,
    [
        given_ascii || '.' || family_ascii,
        given_ascii || '.' || family_ascii || number(p, 'digits', 99),
        left(given_ascii, 1) || family_ascii || number(p, 'digits', 999),
        family_ascii || '.' || given_ascii,
        given_ascii || '_' || family_ascii || number(p, 'digits', 9),
        left(given_ascii, 1) || '.' || family_ascii,
        given_ascii || family_ascii || year(birth_date),
        given_ascii || number(p, 'digits', 9999)
    ] as mailboxes,
    case country
        when 'JP' then '0' || pick(['90', '80', '70'], p, 'prefix')
            || '-' || 1000 + number(p, 'line', 9000) || '-' || 1000 + number(p, 'end', 9000)
        when 'US' then pick(getvariable('areas'), p, 'prefix')
            || '-' || 200 + number(p, 'line', 800) || '-' || 1000 + number(p, 'end', 9000)
        when 'GB' then '07' || 400 + number(p, 'line', 500)
            || ' ' || 100000 + number(p, 'end', 900000)
        when 'DE' then '0171 ' || 1000000 + number(p, 'end', 9000000)
        else '06 ' || printf('%02d %02d %02d %02d', number(p, 'a', 100), number(p, 'b', 100),
            number(p, 'c', 100), number(p, 'd', 100))
    end as mobile,
    rank_of(p, 'company', 20000) + 30000 as company_rank
from (
    select i, number(i, 'person', getvariable('persons')) as p
    from range(getvariable('records')) as records (i)
)
inner join persons using (p);

create table homes as
with

households as (
    select household, any_value(country order by p) as country
    from persons
    group by household
),

placed as (
    select
        household,
        country,
        rank_of(household, 'street', case when country in ('US', 'GB') then 8000 else 4000 end)
            as street_rank,
        number(household, 'town', town_count) as town_rank
    from households
    inner join (select town.country, count(*) as town_count from towns group by all)
        using (country)
)

select
    household,
    towns.town,
    case placed.country
        when 'JP' then 1 + number(household, 'chome', 8) || '-' || 1 + number(household, 'ban', 30)
            || '-' || 1 + number(household, 'go', 25)
        else rank_of(household, 'house', 9000)::varchar
    end as house,
    case
        when placed.country = 'DE' then families.name || 'straße'
        when placed.country = 'FR' then 'rue ' || families.name
        when share(household, 'known street') < 0.4
            then pick(getvariable('streets'), household, 'street')
        else families.name
            || pick([' Street', ' Avenue', ' Road', ' Lane', ' Drive'], household, 'kind')
    end as street
from placed
inner join western_families as families on families.rank = street_rank
inner join towns
    on placed.country = towns.town.country
    and towns.rank = placed.town_rank;

create table party_records as
with

named as (
    select
        written.*,
        homes.town,
        homes.house,
        homes.street,
        family_kanji is not null as is_japanese,
        mailboxes[1 + number(p, 'mailbox', 8)] || '@'
        || pick(getvariable('hosts'), p, 'host') as first_email,
        mailboxes[1 + number(p, 'other mailbox', 8)] || '@'
        || lower(companies.name) || '.com' as second_email
    from written
    inner join homes on written.household = homes.household
    inner join western_families as companies on written.company_rank = companies.rank
)

select
    'system_' || system as source_system,
    i::varchar as source_key,
    'person' as party_type,
    case
        when system not in ('shop', 'service') then null
        when share(i, 'placeholder') < 0.002
            then pick(['Guest', 'Unknown', '不明', 'test'], i, 'word')
        when is_japanese then case
            when style < 0.35 then family_kanji || ' ' || given_kanji
            when style < 0.55 then family_kanji || given_kanji
            when style < 0.65 then family_kana || ' ' || given_kana
            when style < 0.70 then family_kana || given_kana
            when style < 0.80 then upper(family) || ' ' || given
            when style < 0.90 then given || ' ' || family
            when style < 0.95 then family_kanji || '　' || given_kanji || ' 様'
            else family || ', ' || given
        end
        when system = 'service' then case
            when style < 0.35 then family || ', ' || given
            when style < 0.55 then given || ' ' || upper(family)
            when style < 0.65 then pick(['Mr.', 'Ms.', 'Dr.', 'Herr', 'Mme'], i, 'title')
                || ' ' || given || ' ' || family
            when style < 0.75 then upper(given || ' ' || family)
            else given || ' ' || family
        end
        when style < 0.80 then given || ' ' || family
        when style < 0.88 then given || ' ' || chr(65 + number(p, 'middle', 26)) || '. ' || family
        when style < 0.94 then lower(given || ' ' || family)
        when style < 0.97 then left(given, 1) || '. ' || family
        else given || ' ' || family || '-' || pick(['Smith', 'Jones', 'Meyer'], p, 'married')
    end as full_name,
    case
        when system = 'marketing' and share(i, 'nameless') < 0.4 then null
        when system in ('crm', 'marketing')
            then case when is_japanese and style < 0.8 then given_kanji else given end
    end as given_name,
    case
        when system = 'marketing' and share(i, 'nameless') < 0.4 then null
        when system in ('crm', 'marketing')
            then case when is_japanese and style < 0.8 then family_kanji else family end
    end as family_name,
    case
        when is_japanese and system = 'crm' and share(i, 'reading') < 0.7
            then family_kana || ' ' || given_kana
    end as name_reading,
    case
        when share(i, 'birth') > 0.6 then null
        when style < 0.85 then birth_date::varchar
        when is_japanese and birth_date >= date '1989-02-01'
            then 'H' || year(birth_date) - 1988 || strftime(birth_date, '.%-m.%-d')
        when is_japanese then strftime(birth_date, '%Y年%-m月%-d日')
        when country = 'US' then strftime(birth_date, '%m/%d/%Y')
        else strftime(birth_date, '%d.%m.%Y')
    end as birth_date,
    case
        when share(i, 'e-mail') < 0.12 then null
        when share(i, 'e-mail') < 0.20 then [first_email, second_email]
        when share(i, 'e-mail') < 0.30 then [upper(left(first_email, 1)) || substr(first_email, 2)]
        when share(i, 'e-mail') < 0.70 then [first_email]
        else [second_email]
    end as emails,
    case
        when share(i, 'phone') < 0.25 then null
        when system = 'crm' then [case
            when country = 'US' then '+1 ' || mobile
            when country = 'JP' and style < 0.1 then '+81' || replace(substr(mobile, 2), '-', '')
            else mobile
        end]
        when system = 'shop' then [replace(replace(mobile, '-', ''), ' ', '')]
        when country = 'US' then ['(' || left(mobile, 3) || ') ' || substr(mobile, 5)]
        else [mobile]
    end as phones,
    case
        when share(i, 'address') < 0.2 then null
        when country = 'JP' and style < 0.8 then town.district || case
            when style < 0.6 then house
            else split_part(house, '-', 1) || '丁目' || split_part(house, '-', 2) || '番'
                || split_part(house, '-', 3) || '号'
        end || case
            when style < 0.15 then ' ' || 100 + number(household, 'room', 900) || '号室' else ''
        end
        when country = 'JP' then house || ' ' || town.district_latin
        when country = 'DE' then case
            when style < 0.3 then replace(street, 'straße', 'str.') else street
        end || ' ' || house
        when country = 'FR' then house || ', ' || street
        when style < 0.25 then house || ' ' || regexp_replace(
            regexp_replace(street, ' Street$', ' St'), ' Avenue$', ' Ave.'
        )
        when style < 0.35
            then house || ' ' || street || ' Apt ' || 1 + number(household, 'room', 90)
        else house || ' ' || street
    end as street_address,
    case
        when share(i, 'address') < 0.2 then null
        when country = 'JP' and style >= 0.8 then town.city_latin
        else town.city
    end as locality,
    case
        when share(i, 'address') < 0.2 then null
        when country = 'JP' and style >= 0.8 then town.region_latin
        when country in ('JP', 'US') then town.region
    end as region,
    case
        when share(i, 'address') < 0.2 then null
        else pick(string_split(town.postal_code, ' '), household, 'postal code')
    end as postal_code,
    country as country_code,
    timestamp '2020-01-01' + to_hours(number(i, 'updated', 50000)) as updated_at
from named;
"""


def write(file: Path, records: int) -> None:
    """Write a party file of the files adapter: records of three quarters as many people."""
    rare = [
        start + middle + end
        for start, middle, end in product(_RARE_STARTS.split(), _RARE_MIDDLES, _RARE_ENDS.split())
    ]
    random.Random(1).shuffle(rare)
    families = [name for names in western_names.SURNAMES.values() for name in names] + rare
    givens = [name for names in western_names.GIVEN_NAMES.values() for name in names] + rare[:9000]
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(_MACROS)
        for table, names in (("western_families", families), ("western_givens", givens)):
            con.execute(f"create table {table} (rank integer, name varchar)")
            con.execute(
                f"insert into {table} select generate_subscripts(names, 1), unnest(names)"
                " from (select $names as names)",
                {"names": list(dict.fromkeys(names))},
            )
        columns = ", ".join(f"{field.name} varchar" for field in fields(Town))
        con.execute(f"create table towns (rank integer, town struct({columns}))")
        con.executemany(
            "insert into towns values ($rank, $town)",
            [
                {"rank": rank, "town": asdict(town)}
                for towns in TOWNS.values()
                for rank, town in enumerate(towns)
            ],
        )
        for name, values in (
            ("areas", _NORTH_AMERICAN_AREAS.split()),
            ("hosts", _HOSTS.split()),
            ("streets", [*STREETS["US"], *STREETS["GB"]]),
            ("persons", records * 3 // 4),
            ("records", records),
        ):
            con.execute(f"set variable {name} = $values", {"values": values})
        con.execute(_JAPANESE_NAMES + _PERSONS + _RECORDS)
        con.execute(f"copy party_records to '{file}' (format parquet)")
