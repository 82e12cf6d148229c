"""How a script is read aloud: in which language each stretch, where to rest, and how Chinese numbers are said.

Pure text, nothing of any engine; what an engine needs is a list of phrases.
"""

import re
from typing import NamedTuple
from unicodedata import numeric

from marrow.errors import InputError, LimitError
from marrow.voice.numerals import spoken, units

LONGEST = 3000                # characters in one take: about fourteen minutes of speech
HANZI = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
TOKEN = re.compile(rf"(?P<zh>[{HANZI}]+)|(?P<en>[{LATIN}](?:[{LATIN}'’\-]*[{LATIN}])?\d*)"
                   r"|(?P<number>\d(?:[\d.,:/%]*[\d%])?)|(?P<sign>.)", re.DOTALL)
RESTS = {"、": 0.16, ",": 0.26, "，": 0.26, "(": 0.14, ")": 0.14, "（": 0.14, "）": 0.14, "·": 0.03, "　": 0.2,
         ";": 0.36, "；": 0.36, ":": 0.34, "：": 0.34, "—": 0.34, "–": 0.3, ".": 0.56, "。": 0.56, "!": 0.56,
         "！": 0.56, "?": 0.6, "？": 0.6, "…": 0.6, "\n": 0.7}
TURN = 0.04                   # seconds between two languages inside a phrase
TITLES = {"Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Jr", "Sr", "No", "vs"}
WIDE = {0xFF01 + each: 0x21 + each for each in range(94) if chr(0x21 + each).isalnum() or chr(0x21 + each) == "%"}
SYLLABIC = "女婴孤幼胎少孩健宠男娇育产"           # 女儿: the child is a syllable of its own
BEFORE = "子女童时孙媳歌科戏郎"                   # 儿子, 儿童
RETROFLEX = re.compile(rf"(?<=[{HANZI}])(?<![{SYLLABIC}])儿(?![{BEFORE}])")
CURL = "ʳ"                    # stands for 儿 where it only curls the syllable before it: 花儿 → 花ʳ


class Phrase(NamedTuple):
    """Words said in one breath, in one language: `mark` says how they end, `rest` for how many seconds."""

    language: str
    words: str
    mark: str
    rest: float


def phrases(words: str, language: str = "auto") -> list[Phrase]:
    """A script as phrases in the order they are spoken.

    words       any mixture of Chinese and English
    language    auto, zh or en: in which numbers and signs are read where their neighbours do not say
    raises      LimitError  beyond 3000 characters
                InputError  voice.silent  nothing in it can be said; voice.script  letters nobody here can read
    test        punctuation alone never makes a phrase; rests: 、 < ， < ； < 。 < line end
    """
    words = checked(words)
    if language != "en" and re.search(f"[{HANZI}]", words):
        words = units(words)
    said: list[Phrase] = []
    for spoken_in, run in runs(words, language):
        run = RETROFLEX.sub(CURL, spoken(run)) if spoken_in == "zh" else run
        said += _phrases(run, spoken_in)
    return said


def checked(words: str) -> str:
    """The script with wide digits and letters made plain, or an error that says why it cannot be read."""
    if len(words) > LONGEST:
        raise LimitError("voice.long", count=len(words), most=LONGEST)
    words = re.sub(r"[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u2028-\u202e\ufeff]", "", words.translate(WIDE))
    words = re.sub("[\u2160-\u217f\u2460-\u2473]", lambda found: f"{numeric(found[0]):.0f}", words)
    if not re.search(rf"[{HANZI}{LATIN}\d]", words):
        raise InputError("voice.silent", words=words.strip()[:20])
    strange = [each for each in words if each.isalpha() and not re.match(f"[{HANZI}{LATIN}]", each)]
    if strange:
        raise InputError("voice.script", letters="".join(dict.fromkeys(strange))[:12])
    return words


def runs(words: str, language: str = "auto") -> list[tuple[str, str]]:
    """The text cut where the language changes: [("zh", "他说 "), ("en", "hello")].

    Signs and spaces stay with what stands before them; a number belongs to the Chinese that follows it at once,
    else to what stands before.

    test    the pieces joined are the text; no two neighbours have the same language
    """
    tokens = [(found.lastgroup or "sign", found[0]) for found in TOKEN.finditer(words)]
    first = next((kind for kind, _ in tokens if kind in ("zh", "en")), "zh")
    now, cut = (first if language == "auto" else language), []
    for at, (kind, token) in enumerate(tokens):
        if kind in ("zh", "en"):
            now = kind
        elif kind == "number":
            now = _of_number(tokens[at + 1:at + 2], now, language)
        if cut and cut[-1][0] == now:
            cut[-1] = (now, cut[-1][1] + token)
        else:
            cut.append((now, token))
    return cut


def _of_number(following: list[tuple[str, str]], now: str, language: str) -> str:
    if language != "auto":
        return language
    return "zh" if following and (following[0][0] == "zh" or following[0][1] == "年") else now


def _phrases(run: str, language: str) -> list[Phrase]:
    """One run of one language, cut at its punctuation."""
    if language == "zh":
        signs = r"[^\w\s" + CURL + r"]+|\s*\n\s*|(?<=\w)\s+(?=\w)"
        cuts = [(found.start(), found.end()) for found in re.finditer(signs, run)]
    else:
        cuts = [(found.start(), found.end()) for found in re.finditer(r"[^\w\s'’\-$%&+@.:]+|[.:]+(?!\w)|\s*\n\s*", run)
                if not _title(run, found)]
    said: list[Phrase] = []
    start = 0
    for cut, end in [*cuts, (len(run), len(run))]:
        words, marks = run[start:cut].strip(), run[cut:end]
        rest = max((RESTS.get(each, 0.0) for each in marks), default=0.0)
        if re.search(r"\w", words):
            said.append(Phrase(language, words, _mark(marks), rest or TURN))
        elif said and rest > said[-1].rest:
            said[-1] = said[-1]._replace(rest=rest, mark=said[-1].mark or _mark(marks))
        start = end
    return _joined(said)


def _joined(said: list[Phrase]) -> list[Phrase]:
    """Phrases that only quotation marks or spaces part are one: 《两个父亲》里 is said in one breath."""
    whole: list[Phrase] = []
    for each in said:
        if whole and whole[-1].rest == TURN and not whole[-1].mark and whole[-1].language == each.language:
            each = each._replace(words=f"{whole.pop().words}{' ' if each.language == 'en' else ''}{each.words}")
        whole.append(each)
    return whole


def _title(run: str, found: re.Match) -> bool:
    """Whether a full stop belongs to Mr., Dr. or an initial."""
    before = re.search(rf"([{LATIN}]+)$", run[:found.start()])
    return found[0] == "." and bool(before) and (before[1] in TITLES or (len(before[1]) == 1 and before[1] != "I"))


def _mark(marks: str) -> str:
    """How the voice ends: ? rising, ! strong, . falling, comma open."""
    for signs, mark in (("?？", "?"), ("!！", "!"), ("。.…\n", "."), ("，,、；;：:—–", ",")):
        if any(sign in marks for sign in signs):
            return mark
    return ""
