"""The id key, and the GPIDs that are minted with it.

A GPID is `P`, 16 Crockford base-32 characters and one check character. The 16 characters are the
first 80 bits of HMAC-SHA256(key, anchor record key ‖ n): nobody without the key can tell from a
GPID which record it was minted for, how many there are, or when it was minted.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

KEY_VARIABLE = "CUSTOMER360_ID_KEY"
DEVELOPMENT_KEY = "development-key: never use it for real customers"
MINIMUM_KEY_LENGTH = 32

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_LENGTH = 16
_DIGEST_LENGTH = _BODY_LENGTH * 5 // 8
_TOKEN_LENGTH = 24
# of SHA-256, in bytes
_HMAC_BLOCK_LENGTH = 64
_CROCKFORD_BYTES = np.frombuffer(_CROCKFORD.encode(), np.uint8)
_ALPHANUMERIC_BYTES = np.frombuffer(_ALPHANUMERIC.encode(), np.uint8)


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
        return self.mint_all([anchor], [n])[0]

    def mint_all(self, anchors: Sequence[str], numbers: Sequence[int]) -> list[str]:
        """`mint` of many anchors at once."""
        digests = b"".join(
            hmac.digest(self.secret, f"{anchor}\x1f{n}".encode(), "sha256")[:_DIGEST_LENGTH]
            for anchor, n in zip(anchors, numbers, strict=True)
        )
        bits = np.unpackbits(np.frombuffer(digests, np.uint8)).reshape(-1, _BODY_LENGTH, 5)
        letters = _CROCKFORD_BYTES[bits @ np.array([16, 8, 4, 2, 1], np.uint8)]
        ends = np.full((len(letters), 1), ord("P"), np.uint8)
        gpids = np.hstack([ends, letters, ends])
        gpids[:, -1] = _check_characters(gpids[:, :-1])
        text = gpids.tobytes().decode("ascii")
        length = _BODY_LENGTH + 2
        return [text[i : i + length] for i in range(0, len(text), length)]

    def token(self, value: str) -> str:
        """A pseudonym: equal values have equal tokens, and only the key leads from one to other."""
        return hmac.digest(self.secret, f"token\x1f{value}".encode(), "sha256").hex()[
            :_TOKEN_LENGTH
        ]

    def fingerprint(self) -> str:
        """What tells one key from another without giving it away."""
        return hmac.digest(self.secret, b"fingerprint", "sha256").hex()[:24]

    def register_minting(self, con: duckdb.DuckDBPyConnection) -> None:
        """Register the SQL function `mint_gpid(anchor, n)`; it is there for all cursors."""

        def mint_gpid(anchors: pa.ChunkedArray, numbers: pa.ChunkedArray) -> pa.Array:
            return pa.array(self.mint_all(anchors.to_pylist(), numbers.to_pylist()), pa.string())

        con.create_function(
            "mint_gpid",
            mint_gpid,
            ["VARCHAR", "BIGINT"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.DEFAULT,
        )

    def register_tokens(self, con: duckdb.DuckDBPyConnection) -> None:
        """Give a connection the SQL function `privacy_token(value)`, which is `token`.

        It is HMAC by its definition (RFC 2104), of DuckDB's own SHA-256: a function of Python for
        each row takes seven times as long. The key never appears in SQL text.
        """
        block = self.secret
        if len(block) > _HMAC_BLOCK_LENGTH:
            block = hashlib.sha256(block).digest()
        block = block.ljust(_HMAC_BLOCK_LENGTH, b"\0")
        for name, pad in (("token_inner_pad", 0x36), ("token_outer_pad", 0x5C)):
            con.execute(f"set variable {name} = $pad", {"pad": bytes(byte ^ pad for byte in block)})
        con.execute(
            "create or replace temp macro privacy_token(each) as"
            " sha256(getvariable('token_outer_pad') || unhex(sha256("
            "getvariable('token_inner_pad') || encode('token' || chr(31) || each)"
            f")))[:{_TOKEN_LENGTH}]"
        )


def check_character(text: str) -> str:
    """The check character of an upper-case alphanumeric text by ISO/IEC 7064, MOD 37,36.

    >>> check_character("A12425GABC1234002")
    'M'
    """
    characters = np.frombuffer(text.encode("ascii"), np.uint8).reshape(1, -1)
    return chr(_check_characters(characters)[0])


def _check_characters(texts: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The check characters of many texts of one length, a row of ASCII codes each."""
    values = np.zeros(128, np.int64)
    values[_ALPHANUMERIC_BYTES] = np.arange(len(_ALPHANUMERIC))
    product = np.full(len(texts), 36)
    for column in values[texts].T:
        total = (product + column) % 36
        product = np.where(total == 0, 36, total) * 2 % 37
    characters: npt.NDArray[np.uint8] = _ALPHANUMERIC_BYTES[(37 - product) % 36]
    return characters


def is_valid_gpid(text: str) -> bool:
    """Whether the text has the form of a GPID and its check character is right."""
    body = text[1:-1]
    return (
        text[:1] == "P"
        and len(body) == _BODY_LENGTH
        and set(body) <= set(_CROCKFORD)
        and text[-1] == check_character(text[:-1])
    )
