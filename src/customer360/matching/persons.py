"""How two person records are compared.

The shares of true matches (m) are error rates of data entry and carry over between companies; the
chances of coincidence come from the data itself, as frequencies or from random pairs.
"""

from customer360.matching.model import ELSE, Comparison, Level

_SAME_EMAIL = "list_has_any(emails_l, emails_r)"
_ACROSS_SCRIPTS = "family_script_l <> family_script_r"
_SWAPPED = "list_has_any(family_keys_l, given_keys_r) and list_has_any(given_keys_l, family_keys_r)"
# a name read from an e-mail address is no evidence beside that same address
_FAMILY_FROM_EMAIL = "(family_script_l = 'email' or family_script_r = 'email')"
_GIVEN_FROM_EMAIL = "(given_script_l = 'email' or given_script_r = 'email')"

# both names in each other's place, and one of them misspelt
_SWAPPED_WITH_A_SLIP = (
    f"not ({_ACROSS_SCRIPTS}) and ("
    "(list_has_any(family_keys_l, given_keys_r)"
    " and jaro_winkler_similarity(given_l, family_r) >= 0.85)"
    " or (list_has_any(given_keys_l, family_keys_r)"
    " and jaro_winkler_similarity(family_l, given_r) >= 0.85)"
    " or (jaro_winkler_similarity(given_l, family_r) >= 0.9"
    " and jaro_winkler_similarity(family_l, given_r) >= 0.9))"
)


# one name without a space, divided in two ways
_SAME_TOGETHER = (
    "family_keys_l[1] || given_keys_l[1] = family_keys_r[1] || given_keys_r[1]"
    " and length(given_keys_l[1]) > 1 and length(given_keys_r[1]) > 1"
)


def _one_letter_off(name: str) -> str:
    """One edit between a key of the one and a key of the other, where they are long enough."""
    return (
        f"greatest(length({name}_keys_l[1]), length({name}_keys_r[1])) >= 4"
        f" and list_min(list_transform({name}_keys_l, lambda one:"
        f" list_min(list_transform({name}_keys_r, lambda other:"
        " damerau_levenshtein(one, other))))) <= 1"
    )


def _same_text(name: str) -> str:
    """Exactly the same but for spaces."""
    return f"replace({name}_l, ' ', '') = replace({name}_r, ' ', '')"


FAMILY_NAME = Comparison(
    name="family_name",
    missing="family_keys_l is null or family_keys_r is null"
    f" or ({_FAMILY_FROM_EMAIL} and coalesce({_SAME_EMAIL}, false))",
    levels=(
        Level("same", _same_text("family"), 0.80, household=0.72, frequency="family"),
        Level(
            "same across scripts",
            f"{_ACROSS_SCRIPTS} and list_has_any(family_keys_l, family_keys_r)",
            0.90,
            household=0.72,
            frequency="family_key",
            group="across",
            is_refined=False,
        ),
        Level(
            "same sound",
            "list_has_any(family_keys_l, family_keys_r)",
            0.02,
            household=0.03,
            frequency="family_key",
        ),
        Level(
            "swapped with given name",
            _SWAPPED,
            0.25,
            household=1e-4,
            frequency="swapped_name",
            is_refined=False,
        ),
        Level(
            "swapped with given name, with a slip",
            _SWAPPED_WITH_A_SLIP,
            0.05,
            u=1e-5,
            household=1e-4,
            is_refined=False,
        ),
        Level(
            "same when written together",
            _SAME_TOGETHER,
            0.05,
            household=1e-4,
            frequency="swapped_name",
            is_refined=False,
        ),
        Level(
            "one letter off",
            f"not ({_ACROSS_SCRIPTS}) and jaro_winkler_similarity(family_l, family_r) >= 0.92",
            0.07,
            u=0.003,
            household=0.01,
        ),
        Level(
            "similar or part of the other",
            f"not ({_ACROSS_SCRIPTS}) and (jaro_winkler_similarity(family_l, family_r) >= 0.85"
            " or (length(family_l) >= 3 and starts_with(family_r, family_l))"
            " or (length(family_r) >= 3 and starts_with(family_l, family_r)))",
            0.02,
            u=0.008,
            household=0.01,
        ),
        Level(
            "one letter off across scripts",
            f"{_ACROSS_SCRIPTS} and {_one_letter_off('family')}",
            0.05,
            u=0.003,
            household=0.04,
            group="across",
            is_refined=False,
        ),
        # mailboxes are named after much besides their owner
        Level(
            "different from the mailbox name",
            _FAMILY_FROM_EMAIL,
            0.30,
            u=0.97,
            household=0.50,
            group="e-mail",
            is_refined=False,
        ),
        Level(
            "different across scripts",
            _ACROSS_SCRIPTS,
            0.06,
            u=0.97,
            household=0.25,
            group="across",
            is_refined=False,
        ),
        Level("different", ELSE, 0.07, u=0.97, household=0.22),
    ),
)

_GIVEN_ACROSS = "given_script_l <> given_script_r"
# a name in common use, or one in characters, is spelled as it is meant
_BOTH_GIVEN_AS_MEANT = (
    "(is_common_given_l or given_script_l = 'kanji')"
    " and (is_common_given_r or given_script_r = 'kanji')"
)
_INITIAL_ONLY = "(is_given_initial_l or is_given_initial_r)"
_SAME_INITIAL = "list_has_any(given_initials_l, given_initials_r)"

GIVEN_NAME = Comparison(
    name="given_name",
    missing=(
        "given_keys_l is null or given_keys_r is null"
        f" or ({_GIVEN_FROM_EMAIL} and coalesce({_SAME_EMAIL}, false))"
        # a swap or another division is counted once, with the family name
        f" or (not list_has_any(family_keys_l, family_keys_r) and ({_SWAPPED} or {_SAME_TOGETHER}))"
        " or (not list_has_any(family_keys_l, family_keys_r)"
        f" and not list_has_any(given_nickname_keys_l, given_nickname_keys_r)"
        f" and {_SWAPPED_WITH_A_SLIP})"
    ),
    levels=(
        Level(
            "same initial, no more known",
            f"{_INITIAL_ONLY} and {_SAME_INITIAL}",
            0.90,
            household=0.12,
            frequency="given_initial",
            group="initial",
            is_refined=False,
        ),
        Level(
            "other initial than the mailbox name",
            f"{_INITIAL_ONLY} and {_GIVEN_FROM_EMAIL}",
            0.15,
            u=0.93,
            group="e-mail initial",
            is_refined=False,
        ),
        Level("other initial", _INITIAL_ONLY, 0.10, u=0.93, group="initial", is_refined=False),
        # fathers name sons after themselves
        Level("same", _same_text("given"), 0.72, household=0.03, frequency="given"),
        Level(
            "same across scripts",
            f"{_GIVEN_ACROSS} and list_has_any(given_keys_l, given_keys_r)",
            0.75,
            household=0.02,
            frequency="given_key",
            group="across",
            is_refined=False,
        ),
        Level(
            "same sound or nickname",
            "list_has_any(given_nickname_keys_l, given_nickname_keys_r)",
            0.06,
            household=0.005,
            frequency="given_key",
        ),
        Level(
            "one letter off",
            f"not ({_GIVEN_ACROSS}) and jaro_winkler_similarity(given_l, given_r) >= 0.92",
            0.09,
            u=0.004,
            household=0.008,
        ),
        # two names that many people bear are no misspellings of each other
        Level(
            "different, both common names",
            f"not ({_GIVEN_ACROSS}) and (given_script_l = 'kanji'"
            " or (is_common_given_l and is_common_given_r))",
            0.002,
            u=0.5,
        ),
        Level(
            "similar or part of the other",
            f"not ({_GIVEN_ACROSS}) and (jaro_winkler_similarity(given_l, given_r) >= 0.85"
            " or (length(given_l) >= 3 and starts_with(given_r, given_l))"
            " or (length(given_r) >= 3 and starts_with(given_l, given_r)))",
            0.03,
            u=0.015,
        ),
        Level(
            "one letter off across scripts",
            f"{_GIVEN_ACROSS} and not ({_BOTH_GIVEN_AS_MEANT}) and {_one_letter_off('given')}",
            0.10,
            u=0.006,
            household=0.02,
            group="across",
            is_refined=False,
        ),
        Level(
            "different from the mailbox name",
            _GIVEN_FROM_EMAIL,
            0.30,
            u=0.97,
            group="e-mail",
            is_refined=False,
        ),
        Level(
            "different across scripts",
            _GIVEN_ACROSS,
            0.10,
            u=0.97,
            group="across",
            is_refined=False,
        ),
        Level("different", ELSE, 0.03, u=0.96),
    ),
)

_BIRTH_TEXT_DISTANCE = "damerau_levenshtein(birth_text_l, birth_text_r)"
_PARTS_IN_COMMON = (
    "(substr(birth_text_l, 1, 4) = substr(birth_text_r, 1, 4))::int"
    " + (substr(birth_text_l, 5, 2) = substr(birth_text_r, 5, 2))::int"
    " + (substr(birth_text_l, 7, 2) = substr(birth_text_r, 7, 2))::int"
)

BIRTH_DATE = Comparison(
    name="birth_date",
    missing="birth_text_l is null or birth_text_r is null",
    levels=(
        # twins
        Level("same", "birth_text_l = birth_text_r", 0.90, household=0.01, frequency="birth_date"),
        Level("one digit off", f"{_BIRTH_TEXT_DISTANCE} <= 1", 0.035, u=0.003),
        Level(
            "day and month swapped, or 1 January of the same year",
            "substr(birth_text_l, 1, 4) = substr(birth_text_r, 1, 4) and ("
            "(substr(birth_text_l, 5, 2) = substr(birth_text_r, 7, 2)"
            " and substr(birth_text_l, 7, 2) = substr(birth_text_r, 5, 2))"
            " or substr(birth_text_l, 5, 4) = '0101' or substr(birth_text_r, 5, 4) = '0101')",
            0.02,
            u=0.0008,
        ),
        Level(
            "two digits or one part off",
            f"{_BIRTH_TEXT_DISTANCE} <= 2 or {_PARTS_IN_COMMON} >= 2",
            0.015,
            u=0.03,
        ),
        Level(
            "a generation apart",
            "abs(substr(birth_text_l, 1, 4)::int - substr(birth_text_r, 1, 4)::int)"
            " between 16 and 50",
            0.004,
            u=0.5,
        ),
        Level("different", ELSE, 0.016, u=0.46),
    ),
)

_RARE_DOMAINS = "has_rare_domain_l and has_rare_domain_r"

_NAMES_AGREE = (
    "coalesce(list_has_any(family_keys_l, family_keys_r)"
    " and list_has_any(given_nickname_keys_l, given_nickname_keys_r), false)"
)
# a family's addresses often differ in their first letter only
_EMAIL_ONE_LETTER_OFF = (
    "left(emails_l[1], 1) = left(emails_r[1], 1)"
    " and email_digits_l[1] = email_digits_r[1]"
    " and abs(length(emails_l[1]) - length(emails_r[1])) <= 1"
    " and levenshtein(emails_l[1], emails_r[1]) <= 2"
    " and damerau_levenshtein(emails_l[1], emails_r[1]) <= 1"
)

EMAIL = Comparison(
    name="email",
    # of several people who use a mailbox, which one is a record without a name?
    missing=(
        "emails_l is null or emails_r is null"
        " or ((is_email_shared_l or is_email_shared_r)"
        " and (coalesce(family_keys_l, given_keys_l) is null"
        " or coalesce(family_keys_r, given_keys_r) is null))"
        # john.smith@ beside johnsmith@ is the name again
        f" or (not {_SAME_EMAIL} and {_NAMES_AGREE} and {_EMAIL_ONE_LETTER_OFF})"
    ),
    levels=(
        Level(
            "same, used under several names",
            f"{_SAME_EMAIL} and (is_email_shared_l or is_email_shared_r)",
            0.62,
            household=0.30,
            frequency="email",
            is_refined=False,
        ),
        Level("same", _SAME_EMAIL, 0.62, household=0.03, frequency="email", is_refined=False),
        Level(
            "same mailbox name at another provider",
            "list_has_any(numbered_local_parts_l, numbered_local_parts_r)",
            0.02,
            household=0.001,
            frequency="email",
        ),
        Level(
            "one letter off, same digits",
            _EMAIL_ONE_LETTER_OFF,
            0.01,
            u=1e-5,
            household=0.001,
        ),
        Level(
            "different, both from small domains",
            _RARE_DOMAINS,
            0.19,
            u=0.98,
            household=0.6,
            group="small domains",
        ),
        Level("different", ELSE, 0.35, u=0.98, household=0.97),
    ),
)

PHONE = Comparison(
    name="phone",
    # one digit off may be a slip or the line next door: it says nothing
    missing=(
        "phones_l is null or phones_r is null"
        " or (not list_has_any(phones_l, phones_r) and levenshtein(phones_l[1], phones_r[1]) <= 2"
        " and damerau_levenshtein(phones_l[1], phones_r[1]) <= 1)"
    ),
    levels=(
        # a landline of the house beside mobiles of their own
        Level(
            "one in common, one of their own each",
            "len(list_intersect(phones_l, phones_r)) between 1"
            " and least(len(phones_l), len(phones_r)) - 1",
            0.10,
            household=0.35,
            frequency="phone",
        ),
        Level(
            "same",
            "list_has_any(phones_l, phones_r)",
            0.64,
            household=0.15,
            frequency="phone",
        ),
        Level("different", ELSE, 0.34, u=0.999, household=0.88),
    ),
)

NATIONAL_ID = Comparison(
    name="national_id",
    missing="national_id_l is null or national_id_r is null",
    levels=(
        Level("same", "national_id_l = national_id_r", 0.88, frequency="national_id"),
        Level(
            "one digit off", "damerau_levenshtein(national_id_l, national_id_r) <= 1", 0.06, u=2e-5
        ),
        Level(
            "two digits off",
            "damerau_levenshtein(national_id_l, national_id_r) <= 2",
            0.015,
            u=5e-4,
        ),
        Level("different", ELSE, 0.03, u=0.999),
    ),
)

_SAME_STREET = "street_l = street_r"
_SAME_PLACE = "(postal_l = postal_r or place_l = place_r)"
_SIMILAR_STREET = (
    "(jaro_winkler_similarity(street_l, street_r) >= 0.88"
    # the same words in another order
    " or jaro_winkler_similarity(street_words_l, street_words_r) >= 0.9)"
)
_SIMILAR_PLACE = (
    f"({_SAME_PLACE} or damerau_levenshtein(postal_l, postal_r) <= 1"
    " or jaro_winkler_similarity(place_l, place_r) >= 0.9)"
)
_NO_STREET = "(street_l is null or street_r is null)"

# one comparison: street, number, postal code and town are one fact
ADDRESS = Comparison(
    name="address",
    missing=(
        "coalesce(street_l, postal_l, place_l) is null"
        " or coalesce(street_r, postal_r, place_r) is null"
        " or ((street_l is null or street_r is null)"
        " and (postal_l is null or postal_r is null) and (place_l is null or place_r is null))"
    ),
    levels=(
        Level(
            "same street and place",
            f"{_SAME_STREET} and {_SAME_PLACE}"
            " and house_number_l is not distinct from house_number_r",
            0.50,
            household=0.75,
            frequency="street",
        ),
        Level(
            "similar street, same number and place",
            "house_number_l is not distinct from house_number_r"
            f" and {_SIMILAR_PLACE} and {_SIMILAR_STREET}",
            0.17,
            u=2e-5,
            household=0.10,
        ),
        Level(
            "same street",
            f"{_SAME_STREET} and (house_number_l is not distinct from house_number_r"
            f" or {_SAME_PLACE})",
            0.04,
            household=0.02,
            frequency="street",
        ),
        Level(
            "similar street and place, another number",
            f"{_SIMILAR_PLACE} and {_SIMILAR_STREET}",
            0.04,
            u=1e-4,
            household=0.02,
        ),
        Level(
            "same postal code, no street known",
            f"{_NO_STREET} and postal_l = postal_r",
            0.70,
            household=0.80,
            frequency="postal",
            group="no street",
            is_refined=False,
        ),
        Level(
            "same town, no street known",
            f"{_NO_STREET} and place_l = place_r",
            0.70,
            household=0.80,
            frequency="place",
            group="no street",
            is_refined=False,
        ),
        Level("same postal code", "postal_l = postal_r", 0.07, household=0.03, frequency="postal"),
        Level("same town", "place_l = place_r", 0.03, household=0.01, frequency="place"),
        Level(
            "different, no street known",
            _NO_STREET,
            0.30,
            u=0.98,
            household=0.20,
            group="no street",
            is_refined=False,
        ),
        Level("different", ELSE, 0.26, u=0.98, household=0.095),
    ),
)

IDENTIFIERS = Comparison(
    name="identifiers",
    missing="identifiers_l is null or identifiers_r is null"
    " or not list_has_any(identifier_types_l, identifier_types_r)",
    levels=(
        Level(
            "one in common",
            "list_has_any(identifiers_l, identifiers_r)",
            0.70,
            frequency="identifier",
        ),
        Level("none in common", ELSE, 0.30, u=0.999),
    ),
)

BIRTH_PLACE = Comparison(
    name="birth_place",
    missing="birth_place_l is null or birth_place_r is null",
    levels=(
        Level("same", "birth_place_l = birth_place_r", 0.70, frequency="birth_place"),
        Level("different", ELSE, 0.30, u=0.98),
    ),
)

OCCUPATION = Comparison(
    name="occupation",
    missing="occupation_l is null or occupation_r is null",
    levels=(
        Level("same", "occupation_l = occupation_r", 0.60, frequency="occupation"),
        Level("different", ELSE, 0.40, u=0.95),
    ),
)

GENDER = Comparison(
    name="gender",
    missing="gender_l is null or gender_r is null",
    levels=(
        Level("same", "gender_l = gender_r", 0.97, u=0.5),
        Level("different", ELSE, 0.03, u=0.5),
    ),
)

PERSON_COMPARISONS = (
    FAMILY_NAME,
    GIVEN_NAME,
    BIRTH_DATE,
    EMAIL,
    PHONE,
    NATIONAL_ID,
    ADDRESS,
    IDENTIFIERS,
    BIRTH_PLACE,
    OCCUPATION,
    GENDER,
)
