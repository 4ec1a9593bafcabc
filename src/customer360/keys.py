"""The id key, and the GPIDs that are minted with it.

A GPID is `P`, 16 Crockford base-32 characters and one check character. The 16 characters are the
first 80 bits of HMAC-SHA256(key, anchor record key ‖ n): nobody without the key can tell from a
GPID which record it was minted for, how many there are, or when it was minted.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

KEY_VARIABLE = "CUSTOMER360_ID_KEY"
DEVELOPMENT_KEY = "development-key: never use it for real customers"
MINIMUM_KEY_LENGTH = 32

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = {character: value for value, character in enumerate(_ALPHANUMERIC)}
_BODY_LENGTH = 16
_PAIRS = [high + low for high in _CROCKFORD for low in _CROCKFORD]


class IdKeyError(ValueError):
    """The id key is missing, too short, or the development key where that is refused."""


@dataclass(frozen=True)
class IdKey:
    """The secret that GPIDs and privacy tokens depend on. Its value never appears in a repr."""

    secret: bytes = field(repr=False)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, allow_development_key: bool
    ) -> "IdKey":
        """Read the key from `CUSTOMER360_ID_KEY`.

        Raises:
            IdKeyError: when a real key is required and there is none, or the key is too short.

        """
        text = environment.get(KEY_VARIABLE, "")
        if not text and allow_development_key:
            text = DEVELOPMENT_KEY
        if not text or (text == DEVELOPMENT_KEY and not allow_development_key):
            raise IdKeyError(
                f"{KEY_VARIABLE} is not set to a key of your own, and this target refuses the "
                "development key. Set it to a random text of at least "
                f"{MINIMUM_KEY_LENGTH} characters and keep it: every GPID depends on it."
            )
        if len(text) < MINIMUM_KEY_LENGTH:
            raise IdKeyError(
                f"{KEY_VARIABLE} has {len(text)} characters; "
                f"at least {MINIMUM_KEY_LENGTH} are needed."
            )
        return cls(text.encode())

    def mint(self, anchor: str, n: int) -> str:
        """The n-th GPID that the anchor record key can have; n = 0 unless that one is taken."""
        digest = hmac.digest(self.secret, f"{anchor}\x1f{n}".encode(), "sha256")
        bits = int.from_bytes(digest[:10], "big")
        # two base-32 characters at a time
        body = "".join(_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10))
        return f"P{body}{check_character('P' + body)}"

    def token(self, value: str) -> str:
        """A pseudonym: equal values have equal tokens, and only the key leads from one to other."""
        return hmac.digest(self.secret, f"token\x1f{value}".encode(), "sha256").hex()[:24]

    def register(self, con: duckdb.DuckDBPyConnection) -> None:
        """Register the SQL functions `mint_gpid(anchor, n)` and `privacy_token(value)`.

        The key itself never appears in SQL text.
        """

        def mint_gpid(anchors: pa.ChunkedArray, numbers: pa.ChunkedArray) -> pa.Array:
            pairs = zip(anchors.to_pylist(), numbers.to_pylist(), strict=True)
            return pa.array([self.mint(anchor, n) for anchor, n in pairs], pa.string())

        def privacy_token(values: pa.ChunkedArray) -> pa.Array:
            return pa.array([self.token(value) for value in values.to_pylist()], pa.string())

        con.create_function(
            "privacy_token",
            privacy_token,
            ["VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.DEFAULT,
        )
        con.create_function(
            "mint_gpid",
            mint_gpid,
            ["VARCHAR", "BIGINT"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.DEFAULT,
        )


def check_character(text: str) -> str:
    """The check character of an upper-case alphanumeric text by ISO/IEC 7064, MOD 37,36.

    >>> check_character("A12425GABC1234002")
    'M'
    """
    product = 36
    for character in text:
        total = (product + _VALUE[character]) % 36 or 36
        product = total * 2 % 37
    return _ALPHANUMERIC[(37 - product) % 36]


def is_valid_gpid(text: str) -> bool:
    """Whether the text has the form of a GPID and its check character is right."""
    body = text[1:-1]
    return (
        text[:1] == "P"
        and len(body) == _BODY_LENGTH
        and set(body) <= set(_CROCKFORD)
        and text[-1] == check_character(text[:-1])
    )
