"""English verbs and cases, as far as a changed person changes them; None where that is not plain."""

import re
from typing import Literal

from marrow.people.family import Family
from marrow.people.reference.spotting import words

Person = Literal[1, 2, 3]
FORMS = (("am", "are", "is"), ("was", "were", "was"), ("have", "have", "has"), ("do", "do", "does"),
         ("wasn't", "weren't", "wasn't"), ("haven't", "haven't", "hasn't"), ("don't", "don't", "doesn't"))
ADVERBS = r"(?:always|never|just|often|only|also|still|really|then|once|even|usually|sometimes|already)"
CASES = {"I": ("I", "you"), "me": ("me", "you"), "my": ("my", "your"), "mine": ("mine", "yours"),
         "self": ("myself", "yourself")}
ROLES = {"i": "I", "he": "I", "she": "I", "me": "me", "him": "me", "my": "my", "your": "my", "mine": "mine",
         "yours": "mine", "hers": "mine", "myself": "self", "yourself": "self", "himself": "self", "herself": "self"}
SMALL = (r"(?:to|at|in|on|and|or|the|a|an|with|from|home|for|by|so|when|that|if|but|up|down|out|off|away|back|every|"
         r"all|as)\b")


def role(word: str, ahead: str, behind: str, acts: bool) -> str:
    """The case a word stands in: "I", "me", "my", "mine" or "self"; "" where that cannot be seen."""
    low = word.lower()
    if low not in ROLES and not acts and re.search(r"\b(?:and|or|than)\s+$", ahead):
        return ""
    if low == "his":
        return "my" if re.match(r"\s+[A-Za-z]", behind) else "mine"
    if low == "her":
        return "me" if not re.match(r"\s+[A-Za-z]", behind) else "" if re.match(rf"\s+{SMALL}", behind) else "my"
    return ROLES.get(low) or ("my" if re.match(r"['’]s\s", behind) else "I" if acts else "me")


def agreed(ahead: str, behind: str, old: Person, new: Person) -> str | None:
    """What follows a subject, with its verb in the new person; None where that is not plain.

    test    "was", "has", "walks" of he become those of I; "'s", two verbs in the present and plurals give None
    """
    aside = re.search(r"\b([A-Za-z]+)\s+$", ahead)
    if aside and aside[1].lower() in ("did", "could", "would", "should", "had", "can", "will", "let", "made"):
        return behind
    if aside and aside[1].lower() in ("is", "are", "am", "was", "were", "does", "do", "has", "have"):
        return None
    found = re.match(rf"(['’](?:d|ll)\b)|((?:\s+{ADVERBS})*\s+)([A-Za-z]+(?:['’]t)?)", behind)
    if not found or found[1]:
        return behind if found else None
    verb = _turned(found[3].replace("’", "'"), old, new)
    if verb is None or (verb != found[3] and verb not in ("was", "were") and _goes_on(behind[found.end():])):
        return None
    return behind[:found.start(3)] + verb + behind[found.end(3):]


def _goes_on(rest: str) -> bool:
    """Whether a second verb may follow that would change too."""
    return bool(re.search(r"(?:,|\b(?:and|but|or|then))\s+(?:[a-z]+ly\s+)?(?:[a-z]+s|is|has|does|have|am)\b",
                          re.split(r"[.!?;\n]", rest)[0]))


def _turned(verb: str, old: Person, new: Person) -> str | None:
    row = next((forms for forms in FORMS if forms[old - 1] == verb), None)
    if row:
        return row[new - 1]
    if verb in words()["english_verbs"]["same"].split() or (verb.endswith("ed") and len(verb) > 4):
        return verb
    if old < 3:
        return verb if new < 3 and verb not in ("and", "or") else None
    return _bare(verb)


def _bare(verb: str) -> str | None:
    """walks -> walk, carries -> carry, watches -> watch; None for what is no plain present."""
    if re.fullmatch(r"[a-z]{2,}[^aeiou]ies", verb):
        return verb[:-3] + "y"
    if re.fullmatch(r"[a-z]+(?:sh|ch|ss|x|zz|o)es", verb):
        return verb[:-2]
    plain = re.fullmatch(r"[a-z]{2,}[^sui]s", verb) and verb not in ("always", "perhaps", "besides", "sometimes", "yes")
    return verb[:-1] if plain else None


def called(family: Family, speaker: str, listener: str, other: str) -> str | None:
    """How one person is spoken of to another in English: "your brother", "my mother", a name; None without one."""
    from marrow.people.kin.address import refer

    said = refer(family, speaker, listener, other, "en")
    return next((each for each in (said, *family.members[other].names) if each.isascii()), None)
