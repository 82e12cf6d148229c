"""How many speak of a part of a place: first hand before hearsay, contradiction counted, the unwilling not heard."""

import json

import pytest

from marrow import forms
from marrow.errors import InputError
from marrow.people.archive import open_archive
from marrow.people.regions import counted
from marrow.people.steps import regions

FAMILY = """
about = "dad"
recorder = "kid"
[dad]
name = "陆建国"
sex = "male"
died = "2001"
[mother]
name = "沈桂兰"
sex = "female"
spouse = "dad"
consent = ["talk", "film"]
[kid]
name = "陆小满"
sex = "female"
father = "dad"
mother = "mother"
consent = ["talk", "film"]
[zhou]
name = "周庆福"
sex = "male"
consent = ["talk"]
"""
SAID = {"沈桂兰": "枣树是他一九八零年种的。灶屋里有一口黑锅。",
        "陆小满": "我记得枣树下面有一口井。枣树是他一九八五年种的。", "周庆福": "灶屋我去过。枣树也见过。"}


@pytest.fixture
def told(tmp_path):
    from marrow.people.verbs import add

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        (tmp_path / "t").mkdir()
        (tmp_path / "t" / "family.toml").write_text(FAMILY, "utf-8")
        for who, words in SAID.items():
            lines = "".join(f"{who}：{each}。\n" for each in words.split("。") if each)
            (tmp_path / "t" / f"{who}.txt").write_text(lines, "utf-8")
        list(add("t"))
        yield tmp_path / "archive" / "people.sqlite"


def test_truth_witnesses_are_counted_once_by_the_words_they_use(told):
    rows = [("枣树", "枣树"), ("灶屋", "灶", "黑锅"), ("井",), ("阁楼",)]
    with open_archive(told, write=False) as archive:
        counts, ids = counted(archive, rows, "film")
        talked, _ = counted(archive, rows, "talk")
    assert {name: each["first"] + each["hearsay"] for name, each in counts.items()} == {"枣树": 2, "灶屋": 1, "井": 1,
                                                                                     "阁楼": 0}
    assert talked["灶屋"]["first"] == 2 and counts["枣树"]["against"] == 2 and counts["灶屋"]["against"] == 0
    assert not ids["阁楼"] and len(ids["井"]) == 1


def test_law_the_step_gives_what_places_read(told):
    made = json.loads(regions(forms.read("testimony", told), parts=(("枣树",), ("阁楼",))).words)
    assert list(made) == ["枣树", "阁楼"] and made["阁楼"] == {"first": 0, "hearsay": 0, "against": 0}


def test_refuses_rows_without_a_name_and_two_of_one_name(told):
    with open_archive(told, write=False) as archive:
        for rows in ([()], [("枣树",), ("枣树", "树")], [("枣树", 3.0)]):
            with pytest.raises(InputError) as caught:
                counted(archive, rows, "film")
            assert caught.value.key == "people.region"
