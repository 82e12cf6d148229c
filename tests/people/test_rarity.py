"""How much a term tells: by the language alone."""

from marrow.people.finding.rarity import rarity
from marrow.people.finding.tokens import CHARACTER, PAIR, WORD


def told(text, kind, place=0):
    return next(rare for (_, each, at), rare in rarity(text).items() if (each, at) == (kind, place))


def test_law_what_is_rare_tells_more_than_what_is_common():
    assert told("一", CHARACTER) < told("河", CHARACTER) < told("鼊", CHARACTER)
    assert told("new", WORD) < told("river", WORD) < told("winch", WORD) <= told("xyzzy", WORD)


def test_law_two_together_tell_more_than_either():
    assert told("河边", PAIR) > max(told("河", CHARACTER), told("边", CHARACTER))


def test_law_nothing_counts_against():
    assert all(rare >= 0 for rare in rarity("一是人不 the new 枣树 结婚 1984").values()) and rarity("") == {}
