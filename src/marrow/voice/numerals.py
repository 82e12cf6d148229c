"""Numbers as Chinese says them: 1993年 digit by digit, 1993 as one thousand nine hundred and ninety-three."""

import re

DIGITS = "零一二三四五六七八九"
COUNTED = "个位次天岁只本张件条块口家间座种回遍句步斤米里点代双辆匹碗杯瓶封颗朵棵头层扇把份道场段首幅所名"
UNITS = {"km": "公里", "kg": "公斤", "cm": "厘米", "mm": "毫米", "m": "米"}


def cardinal(number: int) -> str:
    """A whole number in Chinese characters: 12 → 十二, 2005 → 两千零五, 100 000 → 十万.

    raises    ValueError from ten to the sixteenth: say it digit by digit
    """
    if not 0 <= number < 10**16:
        raise ValueError(number)
    if number < 10:
        return DIGITS[number]
    said, rest, gap = "", number, False
    for size, unit in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        part, rest = divmod(rest, size)
        if part:
            said += ("零" if said and (gap or part < 1000) else "") + _thousands(part) + unit
            gap = False
        elif said:
            gap = True
    said = re.sub("^一十", "十", said)
    return re.sub("(?<![一二三四五六七八九十])二(?=[百千万亿])", "两", said)


def digits(number: str) -> str:
    """Digit by digit: 1993 → 一九九三; what is no digit stays."""
    return "".join(DIGITS[int(each)] if each.isdecimal() else each for each in number)


def spoken(words: str) -> str:
    """Chinese text with every number, date, time and percentage written out as it is read aloud.

    A guess where the text does not say: 93年 is a year (九三年), 20年 a span (二十年).
    """
    for pattern, said in RULES:
        words = pattern.sub(said, words)
    return words


def units(words: str) -> str:
    """Measures in Latin letters right after a number, in Chinese: 5km → 5公里."""
    return re.sub(r"(?<=\d)\s?(km|kg|cm|mm|m)(?![A-Za-z])", lambda found: UNITS[found[1]], words)


def _thousands(part: int) -> str:
    """1..9999, without a leading zero: 1005 → 一千零五."""
    said, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, part = divmod(part, size)
        if digit:
            said += ("零" if gap and said else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return said


def _number(found: re.Match) -> str:
    """Whatever number is left, decimals digit by digit."""
    whole, _, rest = found[0].partition(".")
    long = len(whole) > 16 or (len(whole) > 1 and whole[0] == "0")
    return (digits(whole) if long else cardinal(int(whole))) + (f"点{digits(rest)}" if rest else "")


def _clock(found: re.Match) -> str:
    hour, minute = cardinal(int(found[1])), int(found[2])
    hour = "两" if hour == "二" else hour
    if minute == 0:
        return f"{hour}点整"
    return f"{hour}点{'零' if minute < 10 else ''}{cardinal(minute)}分"


def _date(found: re.Match) -> str:
    return f"{digits(found[1])}年{cardinal(int(found[2]))}月{cardinal(int(found[3]))}日"


RULES = [(re.compile(pattern), said) for pattern, said in [
    (r"(?<=\d)[,，](?=\d{3}(?!\d))", ""),
    (r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)", lambda found: digits(found[1] + found[2])),
    (r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _date),
    (r"(?<![\d.])(\d{4})(?=\s*[-–—－~～至到]\s*\d{4}\s*年)", lambda found: digits(found[1])),
    (r"(?<![\d.])(?!1000)([12]\d{3})(?=\s*年(?![前后来间以之多]))", lambda found: digits(found[1])),
    (r"(?<![\d.第近约整几过了])([4-9]\d)(?=年(?![代前后来间里的以之了过多]))", lambda found: digits(found[1])),
    (r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:：])", _clock),
    (r"(?<=\d)\s*[:：]\s*(?=\d)", "比"),
    (r"(\d+(?:\.\d+)?)\s*[%％]", r"百分之\1"),
    (r"[¥￥]\s*(\d+(?:\.\d+)?)", r"\1元"),
    (r"(?<=[\d零一二三四五六七八九])\s*[-–—－~～]\s*(?=[\d零一二三四五六七八九])", "到"),
    (r"(?<![\w)）])[-−－](?=\d)", "负"),
    (r"℃|°C", "摄氏度"),
    (r"(?<![\d.])1[3-9]\d{9}(?![\d.])", lambda found: digits(found[0]).replace("一", "幺")),
    (r"(?<![\d.])(?:0\d+|\d{7,}(?!\s*[元块万亿人年]))(?![\d.])", lambda found: digits(found[0])),
    (rf"(?<![\d.第])2(?=\s?[{COUNTED}])", "两"),
    (r"(?<![A-Za-z\d.])\d+(?:\.\d+)?", _number),
]]
