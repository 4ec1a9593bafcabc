"""The fast path says what the phonenumbers library says."""

from __future__ import annotations

import phonenumbers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from customer360.standardise.phones import is_placeholder, parse_phone

REGIONS = st.sampled_from(["JP", "US", "GB", "DE", "FR"])
PREFIXES = {
    "JP": ["03", "06", "090", "080", "070", "050", "0120", "0800", "0"],
    "US": ["212", "1212", "415", "800", "242", "604", "1"],
    "GB": ["020", "07", "01", "0800", "01481", "01534", "0"],
    "DE": ["030", "0171", "089", "0800", "0"],
    "FR": ["01", "06", "0800", "09", "0"],
}
SEPARATORS = st.sampled_from(["", " ", "-", "."])


@st.composite
def dialled(draw: st.DrawFn) -> tuple[str, str]:
    region = draw(REGIONS)
    digits = draw(st.sampled_from(PREFIXES[region])) + draw(
        st.text("0123456789", min_size=4, max_size=10)
    )
    if draw(st.booleans()):
        code = phonenumbers.country_code_for_region(region)
        digits = f"+{code}{digits.lstrip('0') if draw(st.booleans()) else digits}"
    pieces = [digits[:3], digits[3:6], digits[6:]]
    return draw(SEPARATORS).join(piece for piece in pieces if piece), region


def by_library(text: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@settings(max_examples=1500, deadline=None)
@given(dialled())
@example(("01481 960 194", "GB"))
@example(("2425551234", "US"))
@example(("010 1 212 555 0123", "JP"))
def test_plain_numbers_are_read_as_by_the_library(number: tuple[str, str]) -> None:
    text, region = number
    expected = by_library(text, region)
    found = parse_phone(text, region)
    digits = "".join(c for c in text if c.isdigit())
    if is_placeholder(digits):
        assert found is None
    elif expected is not None:
        assert found == expected
    elif found is not None:
        # only a plus sign that a spreadsheet ate is read beyond the library
        assert found == by_library(f"+{digits}", region)


@given(st.text(max_size=25), st.one_of(st.none(), st.text(max_size=3)))
def test_no_text_breaks_a_phone(text: str, country: str | None) -> None:
    found = parse_phone(text, country)
    assert found is None or (found[0] == "+" and found[1:].isdigit())


@given(st.sampled_from(["+81312345678", "+12125550123", "+442079460958", "+4930123456"]))
def test_e164_stays_as_it_is(number: str) -> None:
    assert parse_phone(number) == number
