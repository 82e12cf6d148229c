"""Letters as they are compared: traditional to simplified, wide to narrow, capitals to small; offsets stay."""

import unicodedata
from functools import cache


def folded(text: str) -> str:
    """The text as it is compared, character for character, so that every offset still holds.

    test    兩百步 = 两百步, ２００ = 200, 著 = 着; as long as the text, and folding twice changes nothing
    """
    return "".join(map(_letter, text))


@cache
def _letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    narrow = unicodedata.normalize("NFKC", letter).lower()
    plain = _simple().convert("着" if narrow == "著" else narrow)
    return plain if len(plain) == 1 else letter


@cache
def _simple() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")
