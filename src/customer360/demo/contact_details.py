"""Phone numbers and e-mail addresses that belong to nobody.

E-mail: only domains under example.com, example.org, example.net and example.jp, which RFC 2606
and JPRS reserve. Phones, by country:

- US: 555-0100 to 555-0199 of each area code, reserved for fiction.
- GB, DE, FR: the ranges that Ofcom, the Bundesnetzagentur and Arcep set aside for drama. Only
  those that the `phonenumbers` metadata calls valid are used; it knows the mobile drama ranges of
  Germany but not those of Britain and France, where geographic numbers stand in for them.
- JP has no such range. Landlines have a local part that begins with 1, which the numbering plan
  never assigns; mobiles are in 060-9, which opened in 2026 and has not been given out.

The ranges last for a population of some 20,000; beyond that strangers begin to share numbers.
"""

from __future__ import annotations

from customer360.demo.dice import Dice
from customer360.demo.places import TOWNS, Town

FREE_MAIL = {
    "JP": ("mail.example.jp", "post.example.com", "keitai.example.jp", "webmail.example.org"),
    "US": ("mail.example.com", "inbox.example.com", "webmail.example.org", "hello.example.net"),
    "GB": ("mail.example.com", "post.example.org", "inbox.example.com", "britmail.example.net"),
    "DE": ("mail.example.com", "post.example.org", "netz.example.net"),
    "FR": ("mail.example.com", "courrier.example.org", "poste.example.net"),
}

PLACEHOLDER_EMAILS = ("test@example.com", "noemail@example.com", "dummy@example.jp")
PLACEHOLDER_PHONES = ("0000000000", "000-0000-0000", "9999999999", "-", "なし", "N/A")
PLACEHOLDER_BIRTH_DATES = ("1900-01-01", "1970-01-01", "1900-01-01", "9999-12-31")
PLACEHOLDER_NAMES = ("Guest", "不明", "test", "N/A", "ゲスト", "名無し", "Unknown")

_GERMAN_LANDLINES = {
    "030": "030 23125",
    "040": "040 66969",
    "069": "069 90009",
    "0221": "0221 4710",
    "089": "089 99998",
}
_FRENCH_LANDLINES = {"01": "01 99 00", "02": "02 61 91", "03": "03 53 01", "04": "04 65 71"}
_FRENCH_SOUTH_WEST = "05 36 49"
# areas of the United States without a town of ours
_AMERICAN_MOBILES = """
201 202 203 205 207 208 209 210 218 219 220 223 224 225 227 228 229 231 234 235 239 240 248 251
252 253 254 256 260 262 267 269 270 272 274 276 279 281 283 301 302 304 307 308 309 310 315 316
317 318 319 320 321 323 324 325 326 327 329 330 331 332 334 336 337 339 341 346 347 350 351 352
353 360 361 363 364 369 380 385 386 401 402 405 406 407 408 409 410 413 417 419 423 424 425 430
432 434 435 440 442 443 445 447 448 458 463 464 469 470 472 475 478 479 480 484 500 501 502 504
505 507 508 509 510 513 515 516 517 518 520 521 522 525 526 527 528 529 530 531 532 533 534 539
540 541 544 551 557 559 561 562 563 564 566 567 570 571 572 573 574 575 577 580 582 585 586 588
601 603 605 606 607 608 609 610 616 618 620 623 626 628 629 630 631 636 640 641 645 646 650 651
656 657 659 660 661 662 667 669 678 680 681 682 686 689 701 702 703 704 706 707 708 712 714 715
717 719 720 724 725 726 727 728 730 731 732 734 737 738 740 743 747 748 754 757 760 762 763 765
769 770 771 772 773 774 775 779 781 785 786 800 801 802 803 804 805 806 808 810 812 814 815 816
817 818 820 821 826 828 830 831 832 833 835 838 839 840 843 844 845 847 848 850 854 855 856 857
858 859 860 862 863 864 865 866 870 872 877 878 888 900 901 903 904 906 907 908 909 910 912 913
914 915 917 918 920 925 928 929 930 931 934 936 937 938 940 941 943 945 947 948 949 951 952 954
956 959 970 971 972 973 975 978 979 980 983 984 985 986 989
"""
_GERMAN_MOBILES = ("0171 39200", "0176 040690")


class PhoneBook:
    """Hands out national numbers without repeating one until a reserved range is used up."""

    def __init__(self, seed: int) -> None:
        self._offset = Dice(seed, "phone book").below(1 << 16)
        self._used: dict[str, int] = {}

    def landline(self, town: Town) -> str:
        """A number of the town, in the usual national spelling."""
        if town.country == "JP":
            digits = 9 - len(town.area_code)
            number = f"1{self._next(town.area_code, 10**digits):0{digits}d}"
            return f"{town.area_code}-{number[:-4]}-{number[-4:]}"
        if town.country == "US":
            return f"({town.area_code}) 555-01{self._next(town.area_code, 100):02d}"
        if town.country == "GB":
            return f"{town.area_code} 0{self._next(town.area_code, 1000):03d}"
        if town.country == "DE":
            start = _GERMAN_LANDLINES[town.area_code]
            return f"{start} {self._next(start, 1000):03d}"
        start = _FRENCH_LANDLINES.get(town.area_code, _FRENCH_SOUTH_WEST)
        number = f"{self._next(start, 10000):04d}"
        return f"{start} {number[:2]} {number[2:]}"

    def mobile(self, country: str, home: Town) -> str:
        """A person's own number."""
        if country == "JP":
            number = f"{self._next('060-9', 10**7):07d}"
            return f"060-9{number[:3]}-{number[3:]}"
        if country == "DE":
            taken = self._used.get("mobile DE", 0)
            if taken < 100 * len(_GERMAN_MOBILES):
                self._used["mobile DE"] = taken + 1
                start = _GERMAN_MOBILES[taken % 2]
                return f"{start}{(taken // 2 * 37 + self._offset) % 100:02d}"
        if country == "US":
            codes = _AMERICAN_MOBILES.split()
            code = min(codes, key=lambda code: self._used.get(code, 0))
            return f"({code}) 555-01{self._next(code, 100):02d}"
        # people keep a number of a former town: any area will do
        towns = [home, *TOWNS[country]] if country in TOWNS else [home]
        least_used = min(towns, key=lambda town: self._used.get(self._range(town), 0))
        return self.landline(least_used)

    @staticmethod
    def _range(town: Town) -> str:
        if town.country == "DE":
            return _GERMAN_LANDLINES[town.area_code]
        if town.country == "FR":
            return _FRENCH_LANDLINES.get(town.area_code, _FRENCH_SOUTH_WEST)
        return town.area_code

    def _next(self, name: str, size: int) -> int:
        """The next of `size` numbers in a scattered order that visits each once (37 is coprime)."""
        taken = self._used.get(name, 0)
        self._used[name] = taken + 1
        step = 37 if size <= 10000 else 7919 * 37
        return (taken * step + self._offset) % size


def write_phone(number: str, country: str, dice: Dice) -> str:
    """The number as typed: separators, country code, full-width digits, extensions vary."""
    digits = "".join(character for character in number if character.isdigit())
    form = dice.pick_weighted(
        {"usual": 5.0, "digits": 2.0, "international": 2.0, "compact": 0.6, "other": 0.4}
    )
    code = {"JP": "81", "US": "1", "GB": "44", "DE": "49", "FR": "33"}[country]
    national = digits if country == "US" else digits[1:]
    if form == "usual":
        return number
    if form == "digits":
        return digits
    if form == "compact":
        return f"+{code}{national}"
    if form == "international":
        if country == "JP":
            return f"+{code}-{number[1:]}"
        if country == "US":
            return f"+1 {digits[:3]}-{digits[3:6]}-{digits[6:]}"
        trunk = "(0)" if country in ("GB", "DE") and dice.chance(0.2) else ""
        return f"+{code} {trunk}{number[1:]}"
    if country == "JP":
        return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else "－" for c in number)
    return (
        number.replace(" ", ".") if country != "US" else f"{digits[:3]}.{digits[3:6]}.{digits[6:]}"
    )
