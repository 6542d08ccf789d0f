"""Amounts of money: reading what people write, rounding to cents, and saying them.

A record has one currency. An amount that names another one is not taken for one of the record's.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from postmortem.record.errors import PostmortemError

_DIGITS: Final = 60
_DECIMALS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""How many decimals a currency has by ISO 4217, where they are not two."""

_DOLLARS: Final = ("USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD")
_MORE_DOLLARS: Final = ("NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "XCD", "ARS", "CLP", "COP", "MXN", "UYU")
_CROWNS: Final = ("SEK", "NOK", "DKK", "ISK")
_SIGNS: Final = {
    "€": ("EUR",),
    "euro": ("EUR",),
    "euros": ("EUR",),
    "£": ("GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"),
    "pound": ("GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"),
    "pounds": ("GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"),
    "$": (*_DOLLARS, *_MORE_DOLLARS),
    "dollar": _DOLLARS + _MORE_DOLLARS[:8],
    "dollars": _DOLLARS + _MORE_DOLLARS[:8],
    "us$": ("USD",),
    "a$": ("AUD",),
    "c$": ("CAD",),
    "nz$": ("NZD",),
    "hk$": ("HKD",),
    "¥": ("JPY", "CNY"),
    "yen": ("JPY",),
    "₹": ("INR",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₩": ("KRW",),
    "₪": ("ILS",),
    "₴": ("UAH",),
    "fr": ("CHF",),
    "fr.": ("CHF",),
    "sfr": ("CHF",),
    "sfr.": ("CHF",),
    "kr": _CROWNS,
    "kr.": _CROWNS,
    "kč": ("CZK",),
    "zł": ("PLN",),
    "ft": ("HUF",),
}
_WRITTEN: Final = re.compile(
    r"(?P<first>[+-]?)(?P<before>[^\d.,+-]{0,8}?)(?P<second>[+-]?)"
    r"(?P<amount>(?:\d[\d.,]*|[.,]\d+))(?P<after>[^\d,+-]{0,8})"
)
_SPACES: Final = re.compile("[\\s\u00a0\u202f'\N{RIGHT SINGLE QUOTATION MARK}]+")
_CODES: Final = frozenset(
    re.findall(
        "[A-Z]{3}",
        """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
        CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
        LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
        NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS
        SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
        WST XAF XCD XOF XPF YER ZAR ZMW ZWG""",
    )
)
"""The currencies of ISO 4217 that people pay with."""
_GROUPS: Final = {
    mark: re.compile(rf"\d{{1,3}}(?:\{mark}\d{{3}})+|\d{{1,2}}(?:\{mark}\d{{2}})*\{mark}\d{{3}}") for mark in ".,"
}
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_EXAMPLE: Final = "Write it like 64 or 64.50."


class AmountError(PostmortemError):
    """What was written can't be read as an amount of the record's currency."""


def cents(amount: Decimal, currency: str) -> Decimal:
    """An amount in whole cents of its currency, half up (ISO 4217 says how many decimals one has).

    Examples:
        >>> cents(Decimal("0.125"), "EUR"), cents(Decimal("12.5"), "JPY"), cents(Decimal("1.0005"), "KWD")
        (Decimal('0.13'), Decimal('13'), Decimal('1.001'))
    """
    with localcontext(prec=_DIGITS):
        return amount.quantize(Decimal(1).scaleb(-_DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def said(amount: Decimal, currency: str) -> str:
    """An amount as findings and buttons say it: without decimals where there are none.

    Examples:
        >>> said(Decimal("64.50"), "EUR"), said(Decimal("1210.00"), "GBP")
        ('EUR 64.50', 'GBP 1,210')
    """
    rounded = cents(amount, currency)
    whole = rounded == rounded.to_integral_value()
    return f"{currency} {rounded:,.0f}" if whole else f"{currency} {rounded:,f}"


def currencies(name: str) -> tuple[str, ...]:
    """The currencies that a sign, a word or a code may mean; none where it means none.

    Examples:
        >>> currencies("£")[0], currencies("eur"), currencies("quid")
        ('GBP', ('EUR',), ())
    """
    plain = name.strip().lower()
    if plain in _SIGNS:
        return _SIGNS[plain]
    return (plain.upper(),) if plain.upper() in _CODES else ()


def named(text: str) -> tuple[str, str]:
    """An amount without the sign, word or code of a currency that stands beside it, and that; empty where none does.

    Examples:
        >>> named("£ 20"), named("1.234,50 EUR"), named("a lot")
        (('20', '£'), ('1.234,50', 'EUR'), ('a lot', ''))
    """
    written = _WRITTEN.fullmatch(_SPACES.sub("", text))
    beside = written and (written["before"] or written["after"])
    if written is None or not beside or not currencies(beside):
        return text, ""
    return written["first"] + written["second"] + written["amount"], beside


def amount(text: str, currency: str = "") -> Decimal:
    """The amount that somebody wrote, with either mark for the decimals, with or without the currency.

    Args:
        text: What was written.
        currency: The one currency of the record; where it is not known, an amount in any is taken.

    Raises:
        AmountError: If it is no amount, is in another currency, or can be read in two ways.

    Examples:
        >>> [str(amount(text, "EUR")) for text in ("€64", "64 EUR", "1.234,56", "1,234.56", "0,5")]
        ['64', '64', '1234.56', '1234.56', '0.5']
        >>> amount("£20", "EUR")
        Traceback (most recent call last):
        ...
        postmortem.record.money.AmountError: “£20” names another currency: the amounts of this record are in EUR.
    """
    written = _WRITTEN.fullmatch(_SPACES.sub("", text))
    if written is None or (written["first"] and written["second"]):
        raise AmountError(f"“{text}” is not an amount. {_EXAMPLE}")
    for named in filter(None, (written["before"], written["after"].strip("."))):
        _check(text, named, currency)
    return Decimal(written["first"] + written["second"] + _plain(text, written["amount"], currency))


def _check(text: str, named: str, currency: str) -> None:
    meant = currencies(named)
    if not meant:
        raise AmountError(f"“{text}” is not an amount. {_EXAMPLE}")
    if currency and currency not in meant:
        raise AmountError(f"“{text}” names another currency: the amounts of this record are in {currency}.")


def _plain(text: str, digits: str, currency: str) -> str:
    """The digits with a dot for the decimals and nothing between the thousands."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    mark = digits[last]
    other = "," if mark == "." else "."
    if digits.count(mark) == 1:
        whole, decimals = digits[:last], digits[last + 1 :]
        if other in whole:
            if not _GROUPS[other].fullmatch(whole):
                raise AmountError(f"“{text}” is not an amount. {_EXAMPLE}")
            return f"{whole.replace(other, '')}.{decimals}"
        if mark == "." and _THOUSANDS.fullmatch(digits) and _DECIMALS.get(currency) != 3:  # noqa: PLR2004 - mills
            raise AmountError(f"“{text}” may be {whole}{decimals} or {whole}.{decimals[:2]}. {_EXAMPLE}")
        return f"{whole}{decimals}" if _THOUSANDS.fullmatch(digits) and mark == "," else f"{whole}.{decimals}"
    if other in digits or not _GROUPS[mark].fullmatch(digits):
        raise AmountError(f"“{text}” is not an amount. {_EXAMPLE}")
    return digits.replace(mark, "")
