"""An amount in the capitals of Chinese contracts (大写金额), which nobody can change by adding a stroke.

Source: 《支付结算办法》 annex 1: 元整 where nothing follows, 零 where a place in between is empty, 角 and 分 after it.
"""

from __future__ import annotations

from salesctl.money import Money, decimals

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"))
GROUPS = ((10**8, "亿"), (10**4, "万"))
COINS = "角分厘"
NAMES = {
    "CNY": "人民币", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港币", "TWD": "新台币",
    "KRW": "韩元", "SGD": "新加坡元", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "MOP": "澳门元", "RUB": "卢布",
}  # fmt: skip


def in_capitals(money: Money) -> str:
    """`人民币壹万贰仟元零伍角整`; a currency without a name of its own begins with its code."""
    places = decimals(money.currency)
    whole, rest = divmod(abs(money.minor), 10**places)
    coins = [(int(digit), COINS[place]) for place, digit in enumerate(str(rest).rjust(places, "0")) if places]
    name = NAMES.get(money.currency, money.currency)
    minus = "负" if money.minor < 0 else ""
    return f"{name}{minus}{_major(whole, rest)}{_coins(coins, whole)}"


def _major(whole: int, rest: int) -> str:
    return f"{number(whole)}元" if whole or not rest else ""


def _coins(coins: list[tuple[int, str]], whole: int) -> str:
    """角 and 分 after the 元: 整 when the last coin is not told, 零 for one in between that is empty."""
    text = ""
    for digit, coin in coins:
        if digit:
            text += DIGITS[digit] + coin
        elif (text or whole) and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text if text and coins[-1][0] else f"{text}整"


def number(value: int) -> str:
    """A whole number from 0 in capitals, by groups of four places: 100010000 is 壹亿零壹万."""
    if value == 0:
        return DIGITS[0]
    for size, name in GROUPS:
        if value >= size:
            high, low = divmod(value, size)
            gap = DIGITS[0] if 0 < low < size // 10 else ""
            return f"{number(high)}{name}{gap}{number(low) if low else ''}"
    return _below_ten_thousand(value)


def _below_ten_thousand(value: int) -> str:
    text, gap = "", False
    for size, name in PLACES:
        digit, value = divmod(value, size)
        if digit:
            text += (DIGITS[0] if gap and text else "") + DIGITS[digit] + name
        gap = not digit
    if value:
        text += (DIGITS[0] if gap and text else "") + DIGITS[value]
    return text
