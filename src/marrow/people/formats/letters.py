"""Which letters a file is written in: told by a mark at its start, else by which reading gives everyday characters."""

from collections import Counter
from pathlib import Path

from marrow.errors import InputError
from marrow.people.formats.stretches import decoded

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
PIECE = 1 << 20   # bytes looked at, from the first that hold more than ASCII
NULS = 0.02       # share of zero bytes below which a file may be UTF-8 all the same
PLAIN = 0.4       # share of everyday characters above which a file with zero bytes is UTF-16
ODD = 0.05        # share of control characters above which a file is no text

# The characters that people write most, in both scripts, with the signs between them.
DAILY = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种"
    "事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第"
    "公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    "回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总"
    "何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听"
    "白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带"
    "妈爸爷奶哥姐弟妹吃睡跑哭笑坐站穿找买吧呢啊吗嗯哦哪谁怎早晚夜春夏秋冬雨雪风车房屋村城厂班钱饭茶酒病药热冷"
    "這個們來為國時會說對過發後裡還樣經麼學現當沒動進開從實軍與長機無關點業將兩間問並應戰頭體產東聲員論處義幾認條係題爾"
    "變總電數報結許統區隊決術領確傳師觀讓識帶媽爺買嗎誰車廠錢飯熱見給話門聽書馬張覺場記邊難"
    "，。、！？：；“”‘’…—（）《》「」【】～·"
    "嘅咗喺咁唔係冇嚟啲佢哋乜嘢"
    "éèêëàâäáãíìîïóòôöõúùûüñçßåøæœÉÈÀÄÖÜ€£°«»–")
CANDIDATES = ("gb18030", "big5hkscs", "cp1252")


def letters(path: Path) -> tuple[str, int]:
    """The encoding of a file, as Python names it, and how many bytes its mark takes.

    raises    InputError  no text at all
    test      Chinese of both scripts and Western text in every encoding comes out as it went in
    """
    piece = _telling(path)
    for mark, name in MARKS:
        if piece[0].startswith(mark):
            return name, len(mark)
    content = piece[1]
    encoding = _wide(content) or narrow(content)
    if _controls(decoded(content[:PIECE // 16], encoding)) > ODD:
        raise InputError("people.no_text", path=path)
    return encoding, 0


def _telling(path: Path) -> tuple[bytes, bytes]:
    """The first bytes of a file, and the first piece of it that is not all ASCII."""
    with open(path, "rb") as file:
        first = piece = file.read(PIECE)
        while piece and piece.isascii() and b"\0" not in piece:
            piece = file.read(PIECE)
    return first[:4], piece or first


def narrow(content: bytes) -> str:
    """The encoding of bytes without a mark: UTF-8 where most lines are that, else what reads as everyday characters."""
    cut = content[:content.rfind(b"\n") + 1] or content
    for back in range(4):  # a piece may end within a letter
        if _is_utf8(cut[:len(cut) - back]):
            return "utf-8"
    lines = [line for line in content.splitlines() if not line.isascii()]
    if sum(map(_is_utf8, lines)) * 2 > len(lines):
        return "utf-8"
    usual = {name: _usual(b"\n".join(lines), name) for name in CANDIDATES}
    return max(usual, key=lambda name: usual[name])


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: in the right order of bytes it reads as everyday characters."""
    if b"\0" not in content or (content.count(0) < NULS * len(content) and narrow(content) == "utf-8"):
        return ""
    usual = {name: _plain(content[:PIECE // 16], name) for name in ("utf-16-le", "utf-16-be")}
    best = max(usual, key=lambda name: usual[name])
    return best if usual[best] > PLAIN else ""


def _plain(content: bytes, encoding: str) -> float:
    """The share of characters that are ASCII or are written daily."""
    text = content[:len(content) // 2 * 2].decode(encoding, "replace")
    return sum(" " <= each <= "~" or each in "\t\r\n" or each in DAILY for each in text) / max(len(text), 1)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _usual(content: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that people write daily, less what cannot be read."""
    text = content.decode(encoding, "replace")
    counts = Counter(letter for letter in text if not letter.isascii())
    daily = sum(count for letter, count in counts.items() if letter in DAILY)
    return (daily - 2 * counts["\ufffd"]) / max(counts.total(), 1)


def _controls(text: str) -> float:
    counts = Counter(text)
    odd = sum(count for letter, count in counts.items() if letter < " " and letter not in "\t\n\r\f")
    return odd / max(counts.total(), 1)
