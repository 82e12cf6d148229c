"""His own words, as witnesses report them: handed to whom he said them, and to nobody else."""

import pytest
from household import household
from told import put

from marrow.people.asking import ask
from marrow.people.mentions import mentions
from marrow.people.talking.reported import heard, reported

FAMILY = household()
GIRL, BOY = "daughter", "brother"


def speeches(text, witness, to):
    marks = mentions(text, FAMILY, witness, to, "dad")
    return [(text[each.start:each.end], each.to) for each in reported(text, marks, "dad")]


@pytest.mark.parametrize(("witness", "to", "text", "found"), [
    (BOY, GIRL, "爸说你别下河，我还是下了。", [("你别下河", "")]),
    (BOY, GIRL, "爸跟我说，你莫下河。", [("你莫下河", BOY)]),
    (BOY, GIRL, "爸老跟你说：“慢慢吃。”", [("慢慢吃。", GIRL)]),
    ("mother", GIRL, "你爸告诉小川，灶上有粥。", [("灶上有粥", BOY)]),
    ("mother", GIRL, "你爸跟老周说你歇着。", [("你歇着", "friend")]), (BOY, GIRL, "妈说你别下河。", []),
    (BOY, GIRL, "爸说的话我没听。", []), (BOY, GIRL, "爸跟我说好了。", []), (BOY, GIRL, "爸下河了。", []),
    (BOY, GIRL, 'Dad told me, "Keep off the ice."', [("Keep off the ice.", BOY)]),
    (BOY, GIRL, 'Dad always said, "Slow down."', [("Slow down.", "")]), (BOY, GIRL, "Dad told me to slow down.", [])])
def test_truth_what_he_said_and_to_whom(witness, to, text, found):
    assert speeches(text, witness, to) == found


@pytest.mark.parametrize("asker", [GIRL, BOY, "mother", "friend"])
@pytest.mark.parametrize(("witness", "text", "to"), [
    (BOY, "爸跟我说，你莫下河。", BOY), ("mother", "你爸跟小川说，你莫下河。", BOY),
    ("mother", "你爸跟你说，你莫下河。", GIRL), (BOY, "爸说你莫下河。", BOY)])
def test_law_nobody_is_handed_words_that_were_said_to_another(witness, text, to, asker):
    found = heard(text, mentions(text, FAMILY, witness, GIRL, "dad"), "dad", asker, witness)
    assert (found is not None) == (asker == to)


def test_truth_he_is_told_what_he_said(told):
    [sentence] = ask(told, "爸，你让我下河吗？", person="dad", asker="brother").sentences
    assert sentence.words == "你说我说过：“你别下河”" and sentence.status == "told"
    assert "爸说你别下河" in sentence.evidence[0].words


def test_law_what_he_said_to_one_is_not_said_to_the_other(archive):
    from told import FAMILY as TABLES

    archive.meet(TABLES)
    put(archive, "妈妈.txt", "讲述人：桂兰\n记录人：小满\n\n问：他管小川吗？\n"
        "答：你爸跟小川说，你的风筝我给你糊好了。\n")
    words = {who: ask(archive, "风筝糊好了吗？", person="dad", asker=who).words for who in (GIRL, BOY, "mother")}
    assert words["brother"] == "你妈妈说我跟你说过：“你的风筝我给你糊好了”"
    assert all("跟你说过" not in each for who, each in words.items() if who != "brother")
