"""Salesforce record ids."""

from __future__ import annotations

ACCOUNT, CONTACT, LEAD, OPPORTUNITY, CASE = "001", "003", "00Q", "006", "500"
USER, TASK, EVENT, CASE_COMMENT, LINE_ITEM, PRODUCT = "005", "00T", "00U", "00a", "00k", "01t"
QUOTE, QUOTE_LINE, CONTRACT, ASSET, ENTITLEMENT = "0Q0", "0QL", "800", "02i", "550"
CAMPAIGN, CAMPAIGN_MEMBER, CAMPAIGN_INFLUENCE = "701", "00v", "0CI"

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def check_suffix(short_id: str) -> str:
    """The three characters that make a 15-character id safe without letter case.

    Per block of five characters: bit n is set when character n is a capital; the five bits,
    first character lowest, index `A–Z0–5` (Salesforce, "ID data type").
    """
    return "".join(
        _CHECK[sum(1 << bit for bit in range(5) if "A" <= short_id[start + bit] <= "Z")]
        for start in (0, 5, 10)
    )


def record_id(prefix: str, instance: str, number: int) -> str:
    """The 18-character id of the n-th record of an object in an organization's instance."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE_62[digit] + digits
    short = f"{prefix}{instance}{digits:0>{12 - len(instance)}}"
    return short + check_suffix(short)
