"""How people call each other to their faces, and how they speak of a third: computed from the family, never guessed."""

from collections.abc import Callable

from marrow.people.family import Family
from marrow.people.kin.algebra import EGO, TOKEN, rise
from marrow.people.kin.terms import Lang, call, senses, word
from marrow.people.kin.who import place, relation, relations

NUMBERS = ("", "大", "二", "三", "四", "五", "六", "七", "八", "九", "十")
COUNTED = {"哥": "哥", "姐": "姐", "弟弟": "弟", "妹妹": "妹", "叔叔": "叔", "大伯": "伯", "姑姑": "姑", "舅舅": "舅",
           "姨": "姨", "伯母": "伯母", "婶婶": "婶", "姑父": "姑父", "舅妈": "舅妈", "姨父": "姨父", "嫂子": "嫂",
           "姐夫": "姐夫", "儿子": "儿子", "女儿": "女儿"}
ALIKE = ("F", "M", "HF", "HM", "WF", "WM", "SWF", "SWM", "DHF", "DHM")  # one of two 爸 is 爸 all the same
SHORT = {"爸爸": "爸", "妈妈": "妈"}
OWNERS = {"zh": {"you": "你", "me": "我", "both": "咱"}, "en": {"you": "your ", "me": "my ", "both": "our "}}
SELVES = {"zh": ("你", "我"), "en": ("you", "me")}

Say = Callable[[str, Lang], str]  # `call` or `word`


def address(family: Family, speaker: str, listener: str, lang: Lang = "zh") -> str:
    """How the speaker calls the listener to his face.

    First what the family says (`calls`), then the word of kinship for an elder, else his name. Where two would turn
    round, the second is 二哥, or 建军哥 where nobody knows who is the second. Who is not in the family stands as he was
    given.
    test    nobody is called by a word of kinship that he is not; no two of a family are called the same, but parents
    """
    if speaker not in family.members or listener not in family.members:
        return _name(family, listener)
    own = family.members[speaker].calls.get(listener, "")
    if own and (not senses(own) or _speaks(own, lang)):
        return own
    return _term(family, speaker, listener, lang, call) or _name(family, listener, speaker)


def refer(family: Family, speaker: str, listener: str, other: str, lang: Lang = "zh") -> str:
    """How the speaker, talking to the listener, speaks of somebody else: 你妈妈, 你二姨, 我弟弟, 咱爸, 小满.

    Chinese families take the eyes of the younger of the two who talk: a father says 你妈妈 to his daughter, and she
    says 我哥 to him. Among equals he is told from where he is nearest. Who is child of both, or kin of neither, has
    his name.
    test    `who` of the same words, from the listener's chair, holds the one who is spoken of
    """
    if other in (listener, speaker):
        return SELVES[lang][0 if other == listener and speaker != listener else 1]
    owner = _owner(family, speaker, listener, other)
    ego = {"you": listener, "": ""}.get(owner, speaker)
    term = _said(family, ego, other, lang) if ego else ""
    if not term:
        return _name(family, other, speaker)
    return OWNERS[lang][owner] + (SHORT.get(term, term) if owner == "both" else term)


def term_for(family: Family, ego: str, other: str, lang: Lang = "zh") -> str:
    """What somebody is to ego, in one word that means nobody else of the family: 二姨, 弟弟建军; else his name."""
    return (_said(family, ego, other, lang) if ego in family.members else "") or _name(family, other, ego)


def _said(family: Family, ego: str, other: str, lang: Lang) -> str:
    """What ego calls him, where that is a word of kinship, else the standard one; "" for none."""
    own = family.members[ego].calls.get(other, "")
    return own if senses(own) and _speaks(own, lang) else _term(family, ego, other, lang, word)


def _speaks(words: str, lang: Lang) -> bool:
    return words.isascii() == (lang == "en")


def _term(family: Family, ego: str, other: str, lang: Lang, say: Say) -> str:
    kin = relation(family, ego, other)
    plain = _plain(kin, lang, say)
    if not plain or kin <= {EGO}:
        return ""
    alike = [id for id, types in relations(family, ego).items() if id != other and _may(types, lang, say, plain)]
    if lang == "en":
        said = plain if say is call or plain in (one.name for one in family.members.values()) else plain.lower()
        return f"{said} {family.members[other].given}" if alike or plain.lower() in ("uncle", "aunt") else said
    numbered = _numbered(family, kin, other, plain)
    if numbered and (alike or _stated(family, kin, other)) and \
            numbered not in {_numbered(family, relation(family, ego, each), each, plain) for each in alike}:
        return numbered
    if not alike or (say is call and kin <= set(ALIKE)):
        return plain
    return _named(family, other, plain, elder=all(rise(each) > 0 for each in kin) or plain in ("哥", "姐"))


def _plain(kin: frozenset[str], lang: Lang, say: Say) -> str:
    """The one word for all that he may be; "" where there is none, or more than one."""
    found = {say(each, lang) for each in kin}
    return found.pop() if len(found) == 1 else ""


def _may(kin: frozenset[str], lang: Lang, say: Say, plain: str) -> bool:
    return any(say(each, lang) == plain for each in kin)


def _numbered(family: Family, kin: frozenset[str], id: str, plain: str) -> str:
    """二姨, 大哥; "" where his number is not known."""
    one = _bearer(family, kin, id)
    number = place(family, one) if one else 0
    cousins = any("S" in each[1:] or "D" in each[1:] for each in kin)
    return NUMBERS[number] + COUNTED[plain] if plain in COUNTED and not cousins and number < len(NUMBERS) and number \
        else ""


def _stated(family: Family, kin: frozenset[str], id: str) -> bool:
    """Whether the tables give an uncle or an aunt a number: then the family says it."""
    one = _bearer(family, kin, id)
    return bool(one) and family.members[one].rank > 0 and all(rise(each) > 0 for each in kin)


def _bearer(family: Family, kin: frozenset[str], id: str) -> str:
    """Whose number counts: his own, or by marriage that of his only wife."""
    if not all(each[-1] in "HW" and len(each) > 1 for each in kin):
        return id
    spouses = family.spouses(id)
    return spouses[0] if len(spouses) == 1 else ""


def _named(family: Family, id: str, plain: str, *, elder: bool) -> str:
    """建军叔叔 and 建军哥, but 弟弟建军."""
    given = family.members[id].given
    return given + plain if elder else plain + given


def _owner(family: Family, speaker: str, listener: str, other: str) -> str:
    """From whose chair he is spoken of: "you", "me", "both", or "" by his name."""
    mine, yours = (relation(family, each, other) if each in family.members else frozenset()
                   for each in (speaker, listener))
    if not mine or not yours:
        return "you" if yours else "me" if mine else ""
    if all(not each.strip("SDey") for each in mine | yours):
        return ""
    between = {rise(each) for each in relation(family, speaker, listener)} or {0}
    level = between.pop() or _length(yours) - _length(mine)
    if level:
        return "me" if level > 0 else "you"
    return "both" if set(map(word, mine)) == set(map(word, yours)) else "you"


def _length(kin: frozenset[str]) -> int:
    return min(len(TOKEN.findall(each)) for each in kin)


def _name(family: Family, id: str, ego: str = "") -> str:
    """His name, or what ego calls who is no kin; of kin who are no elders the given name, where nobody else has it."""
    if id not in family.members:
        return id
    one, kin = family.members[id], relation(family, ego, id) if ego in family.members else ()
    own = family.members[ego].calls.get(id, "") if ego in family.members and not kin else ""
    if own and not senses(own):
        return own
    near = kin and all(rise(each) <= 0 for each in kin) and family.named(one.given) == {id}
    return one.given if near else one.name
