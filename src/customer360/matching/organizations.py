"""How two organization records are compared.

What relatives are to a person, the companies of its group are to a company: they share the
beginning of its name, its domain, its address, its switchboard. `household` is the share of pairs
of one group that reach a level.
"""

from customer360.matching.model import ELSE, Comparison, Level

_ACROSS_SCRIPTS = "name_script_l <> name_script_r"
_SAME_PLACE = "(postal_l = postal_r or place_l = place_r)"
# a branch has an address and telephones of its own
_IS_BRANCH = "(is_branch_l or is_branch_r)"
_SAME_SOUND = "list_has_any(name_sounds_l, name_sounds_r)"
_ONE_GOES_ON = (
    "(list_has_any(name_sounds_l, name_stems_r) or list_has_any(name_stems_l, name_sounds_r))"
)
_SAME_START = "list_has_any(name_stems_l, name_stems_r)"


def _slip(one: str, other: str) -> str:
    """A typing mistake, or two in a long name; a name that several records have is none."""
    return (
        "(is_lone_name_l or is_lone_name_r)"
        f" and greatest(length({one}), length({other})) >= 6"
        f" and jaro_winkler_similarity({one}, {other}) >= 0.9"
        f" and damerau_levenshtein({one}, {other}) <= 1 + (length({one}) >= 14)::int"
    )


COMPANY_NAME = Comparison(
    name="company_name",
    missing="name_sounds_l is null or name_sounds_r is null",
    levels=(
        Level("same", "core_name_l = core_name_r", 0.76, household=0.01, frequency="company_name"),
        Level(
            "same across scripts",
            f"{_ACROSS_SCRIPTS} and {_SAME_SOUND}",
            0.84,
            household=0.01,
            frequency="company_name",
            group="across",
            is_refined=False,
        ),
        # 伊藤塗装 and 伊東塗装
        Level(
            "same sound in other characters",
            f"{_SAME_SOUND} and name_script_l = 'native'",
            0.015,
            household=0.002,
            frequency="company_name",
            is_refined=False,
        ),
        Level(
            "same but for spelling",
            _SAME_SOUND,
            0.50,
            household=0.01,
            frequency="company_name",
            is_refined=False,
        ),
        # Acme and Acme Services
        Level(
            "one is the other and more, across scripts",
            f"{_ACROSS_SCRIPTS} and {_ONE_GOES_ON}",
            0.006,
            household=0.45,
            frequency="company_name",
            group="across",
            is_refined=False,
        ),
        Level(
            "one is the other and more",
            _ONE_GOES_ON,
            0.006,
            household=0.45,
            frequency="company_name",
            is_refined=False,
        ),
        Level(
            "one slip across scripts",
            f"{_ACROSS_SCRIPTS} and {_slip('name_sounds_l[1]', 'name_sounds_r[1]')}",
            0.15,
            household=0.005,
            frequency="company_name",
            group="across",
            is_refined=False,
        ),
        Level(
            "one slip",
            f"not ({_ACROSS_SCRIPTS}) and name_script_l <> 'native'"
            f" and {_slip('name_sounds_l[1]', 'name_sounds_r[1]')}",
            0.20,
            household=0.005,
            frequency="company_name",
            is_refined=False,
        ),
        Level(
            "same beginning, across scripts",
            f"{_ACROSS_SCRIPTS} and {_SAME_START}",
            0.006,
            household=0.35,
            frequency="name_stem",
            group="across",
            is_refined=False,
        ),
        Level(
            "initials",
            "least(length(core_name_l), length(core_name_r)) between 3 and 5"
            " and (core_name_l = list_aggregate(list_transform("
            "name_words_r, lambda word: left(word, 1)), 'string_agg', '')"
            " or core_name_r = list_aggregate(list_transform("
            "name_words_l, lambda word: left(word, 1)), 'string_agg', ''))",
            0.01,
            u=1e-5,
            household=0.002,
            is_refined=False,
        ),
        Level(
            "same beginning",
            _SAME_START,
            0.006,
            household=0.35,
            frequency="name_stem",
            is_refined=False,
        ),
        Level(
            "words in common",
            "len(list_intersect(name_keys_l, name_keys_r)) * 2"
            " >= greatest(len(name_keys_l), len(name_keys_r))",
            0.02,
            household=0.05,
            frequency="name_key",
            is_refined=False,
        ),
        Level(
            "similar",
            f"not ({_ACROSS_SCRIPTS})"
            " and jaro_winkler_similarity(name_sounds_l[1], name_sounds_r[1]) >= 0.88",
            0.01,
            u=0.004,
            household=0.05,
            is_refined=False,
        ),
        Level(
            "different across scripts",
            _ACROSS_SCRIPTS,
            0.10,
            u=0.99,
            household=0.25,
            group="across",
            is_refined=False,
        ),
        Level("different", ELSE, 0.04, u=0.99, household=0.15, is_refined=False),
    ),
)

# what one legal form is called in another language
_FORMS_OF_A_KIND = (
    ("KK", "CO_LTD", "INC", "CORP", "LTD"),
    ("YK", "LTD", "CO_LTD"),
    ("GK", "LLC"),
)
_FOREIGN_FORM = " or ".join(
    f"(legal_form_l in {forms} and legal_form_r in {forms}"
    f" and (legal_form_l = '{forms[0]}' or legal_form_r = '{forms[0]}'))"
    for forms in _FORMS_OF_A_KIND
)

# two companies of one name are mostly of one country and have its usual form: agreement says next
# to nothing, so that only a difference counts, by how much rarer it is in a match
LEGAL_FORM = Comparison(
    name="legal_form",
    missing="legal_form_l is null or legal_form_r is null",
    levels=(
        Level(
            "same",
            f"legal_form_l = legal_form_r or {_FOREIGN_FORM}",
            0.99,
            u=0.99,
            group="same",
            is_refined=False,
        ),
        Level("different", ELSE, 0.07, u=0.99, household=0.70, group="different", is_refined=False),
    ),
)

REGISTRATION = Comparison(
    name="registration_number",
    missing="national_id_l is null or national_id_r is null",
    levels=(
        Level(
            "same",
            "national_id_l = national_id_r",
            0.96,
            household=1e-3,
            frequency="national_id",
            is_refined=False,
        ),
        Level(
            "one digit off",
            "damerau_levenshtein(national_id_l, national_id_r) <= 1",
            0.03,
            u=2e-5,
            is_refined=False,
        ),
        # numbers of two registers say nothing about each other
        Level(
            "of another kind",
            "regexp_replace(national_id_l, '[0-9]', '', 'g')"
            " <> regexp_replace(national_id_r, '[0-9]', '', 'g')"
            " or abs(length(national_id_l) - length(national_id_r)) > 1",
            0.99,
            u=0.99,
            group="of another kind",
            is_refined=False,
        ),
        Level("different", ELSE, 1e-6, u=0.999, is_refined=False),
    ),
)

DOMAIN = Comparison(
    name="domain",
    missing="company_domains_l is null or company_domains_r is null",
    levels=(
        Level(
            "same",
            "list_has_any(company_domains_l, company_domains_r)",
            0.85,
            household=0.50,
            frequency="domain",
        ),
        # acme.com and acme.co.jp
        Level(
            "same but for the ending",
            "list_has_any("
            "list_transform(company_domains_l, lambda domain: split_part(domain, '.', 1)),"
            " list_transform(company_domains_r, lambda domain: split_part(domain, '.', 1)))",
            0.04,
            u=1e-4,
            household=0.05,
            is_refined=False,
        ),
        Level("different", ELSE, 0.06, u=0.99, household=0.45),
    ),
)

PHONE = Comparison(
    name="phone",
    missing="phones_l is null or phones_r is null",
    levels=(
        Level(
            "same",
            "list_has_any(phones_l, phones_r)",
            0.60,
            household=0.35,
            frequency="phone",
        ),
        # a number without its country code, in a record without a country
        Level(
            "same but for the country",
            "list_has_any(list_transform(phones_l, lambda phone: right(phone, 8)),"
            " list_transform(phones_r, lambda phone: right(phone, 8)))",
            0.10,
            household=0.06,
            frequency="phone",
            is_refined=False,
        ),
        Level("one digit off", "damerau_levenshtein(phones_l[1], phones_r[1]) <= 1", 0.02, u=2e-5),
        Level("another site", _IS_BRANCH, 0.99, u=0.99, group="site", is_refined=False),
        # where they share a place, companies of one name should share a line
        Level(
            "another number of the same area",
            "left(phones_l[1], 5) = left(phones_r[1], 5)",
            0.15,
            u=0.99,
            household=0.65,
            group="same area",
            is_refined=False,
        ),
        Level("different", ELSE, 0.38, u=0.999, household=0.65),
    ),
)

_NO_ADDRESS = (
    "(coalesce(street_l, postal_l, place_l) is null"
    " or coalesce(street_r, postal_r, place_r) is null)"
)
_SAME_REGION = "coalesce(known_area_l = known_area_r, known_place_l = known_place_r)"

ADDRESS = Comparison(
    name="address",
    missing=f"{_NO_ADDRESS} and {_SAME_REGION} is null",
    levels=(
        Level(
            "same street and place",
            f"street_l = street_r and {_SAME_PLACE}"
            " and house_number_l is not distinct from house_number_r",
            0.45,
            household=0.35,
            frequency="street",
        ),
        Level(
            "same street, another number",
            f"street_l = street_r and {_SAME_PLACE}"
            " and house_number_l is not null and house_number_r is not null",
            0.02,
            household=0.02,
            frequency="street",
            is_refined=False,
        ),
        Level(
            "similar street and place",
            f"{_SAME_PLACE} and jaro_winkler_similarity(street_l, street_r) >= 0.88",
            0.12,
            u=1e-3,
            household=0.05,
        ),
        Level(
            "same postal code",
            "postal_l = postal_r",
            0.10,
            household=0.05,
            frequency="postal",
        ),
        Level("same town", "place_l = place_r", 0.08, household=0.10, frequency="place"),
        # the telephone tells where an organization is that gives no address
        Level(
            "same region",
            f"{_NO_ADDRESS} and {_SAME_REGION}",
            0.80,
            household=0.60,
            frequency="area",
            group="region",
            is_refined=False,
        ),
        Level("another site", _IS_BRANCH, 0.99, u=0.99, group="site", is_refined=False),
        Level(
            "another region",
            _NO_ADDRESS,
            0.20,
            u=0.90,
            household=0.40,
            group="region",
            is_refined=False,
        ),
        Level("different", ELSE, 0.16, u=0.95, household=0.45),
    ),
)

ORGANIZATION_COMPARISONS = (COMPANY_NAME, LEGAL_FORM, REGISTRATION, DOMAIN, PHONE, ADDRESS)
