"""How two organization records are compared.

There is no household here; what shares an address or a domain but not a name is a branch or a
subsidiary, and stays apart.
"""

from customer360.matching.model import ELSE, Comparison, Level

_ACROSS_SCRIPTS = "is_latin_name_l <> is_latin_name_r"
_SAME_PLACE = "(postal_l = postal_r or place_l = place_r)"

COMPANY_NAME = Comparison(
    name="company_name",
    missing="core_name_l is null or core_name_r is null",
    levels=(
        Level("same", "core_name_l = core_name_r", 0.70, frequency="core_name"),
        # one key of each organization is its whole name in Latin letters
        Level(
            "same across scripts",
            f"{_ACROSS_SCRIPTS} and (list_contains(name_keys_l, replace(core_name_r, ' ', ''))"
            " or list_contains(name_keys_r, replace(core_name_l, ' ', '')))",
            0.75,
            frequency="core_name",
            group="across",
            is_refined=False,
        ),
        Level(
            "different across scripts",
            _ACROSS_SCRIPTS,
            0.25,
            u=0.99,
            group="across",
            is_refined=False,
        ),
        Level("same words", "name_keys_l = name_keys_r", 0.08, frequency="core_name"),
        Level(
            "one letter off",
            "jaro_winkler_similarity(core_name_l, core_name_r) >= 0.94"
            " and damerau_levenshtein(core_name_l, core_name_r) <= 1 + length(core_name_l) // 12",
            0.10,
            u=1e-4,
        ),
        Level(
            "words in common",
            "len(list_intersect(name_keys_l, name_keys_r)) * 2"
            " >= greatest(len(name_keys_l), len(name_keys_r))",
            0.06,
            frequency="name_key",
        ),
        Level(
            "similar or part of the other",
            "jaro_winkler_similarity(core_name_l, core_name_r) >= 0.88"
            " or (length(core_name_l) >= 4 and starts_with(core_name_r, core_name_l))"
            " or (length(core_name_r) >= 4 and starts_with(core_name_l, core_name_r))",
            0.03,
            u=0.004,
        ),
        Level("different", ELSE, 0.03, u=0.99),
    ),
)

REGISTRATION = Comparison(
    name="registration_number",
    missing="national_id_l is null or national_id_r is null",
    levels=(
        Level("same", "national_id_l = national_id_r", 0.95, frequency="national_id"),
        Level(
            "one digit off", "damerau_levenshtein(national_id_l, national_id_r) <= 1", 0.02, u=2e-5
        ),
        Level("different", ELSE, 0.03, u=0.999),
    ),
)

DOMAIN = Comparison(
    name="domain",
    missing="company_domains_l is null or company_domains_r is null",
    levels=(
        Level(
            "same", "list_has_any(company_domains_l, company_domains_r)", 0.85, frequency="domain"
        ),
        Level("different", ELSE, 0.15, u=0.99),
    ),
)

PHONE = Comparison(
    name="phone",
    missing="phones_l is null or phones_r is null",
    levels=(
        Level("same", "list_has_any(phones_l, phones_r)", 0.60, frequency="phone"),
        Level("one digit off", "damerau_levenshtein(phones_l[1], phones_r[1]) <= 1", 0.02, u=2e-5),
        Level("different", ELSE, 0.38, u=0.999),
    ),
)

ADDRESS = Comparison(
    name="address",
    missing=(
        "coalesce(street_l, postal_l, place_l) is null"
        " or coalesce(street_r, postal_r, place_r) is null"
    ),
    levels=(
        Level(
            "same street and place",
            f"street_l = street_r and {_SAME_PLACE}"
            " and house_number_l is not distinct from house_number_r",
            0.45,
            frequency="street",
        ),
        Level(
            "similar street and place",
            f"{_SAME_PLACE} and jaro_winkler_similarity(street_l, street_r) >= 0.88",
            0.12,
            u=1e-3,
        ),
        Level("same postal code", "postal_l = postal_r", 0.10, frequency="postal"),
        Level("same town", "place_l = place_r", 0.08, frequency="place"),
        Level("different", ELSE, 0.25, u=0.95),
    ),
)

ORGANIZATION_COMPARISONS = (COMPANY_NAME, REGISTRATION, DOMAIN, PHONE, ADDRESS)
