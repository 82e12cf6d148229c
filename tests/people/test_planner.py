"""The next interview: what is thin is asked about, nothing twice, nothing answered, and nobody is led."""

import re
from pathlib import Path

import numpy as np
import pytest

from marrow.errors import InputError
from marrow.people import verbs_planner
from marrow.people.answers import kept, take_answers
from marrow.people.archive import open_archive
from marrow.people.coverage import coverage, runs, thin
from marrow.people.coverage_picture import coverage_picture
from marrow.people.planner import plan
from marrow.people.questionnaire import instrument
from marrow.words import LANGUAGES, sentences

FAMILY = {"about": "dad", "recorder": "daughter",
          "dad": {"name": "陆长庚", "also": ["长庚", "爸爸"], "sex": "male", "born": "1955-02-01", "died": "2014-12-22",
                  "spouse": "mother", "tie": {"zhou": "工友"}},
          "mother": {"name": "沈桂兰", "also": ["妈妈"], "sex": "female", "born": "1957"},
          "brother": {"name": "陆小川", "also": ["小川", "哥哥"], "sex": "male", "father": "dad", "mother": "mother",
                      "born": "1982-03-15", "younger": ["daughter"]},
          "daughter": {"name": "陆小满", "also": ["小满"], "sex": "female", "father": "dad", "mother": "mother",
                       "born": "1988-05-21"},
          "aunt": {"name": "陆秋云", "also": ["秋云"], "sex": "female", "born": "1950", "siblings": ["dad"]},
          "gran": {"name": "何秀贞", "sex": "female", "born": "1930", "died": "2001"},
          "zhou": {"name": "周庆福", "also": ["老周"], "sex": "male", "born": "1953"}}
FAMILY["dad"]["mother"] = "gran"
TALKS = {"妈妈": "妈妈：八八年春天，他在厂里伤的手，左手。\n小满：真的？\n妈妈：真的。\n"
                 "小满：后来呢？\n妈妈：那年饿呀，什么都没有。\n小满：嗯。\n妈妈：你姑姑跟我说他小时候怕水。\n",
         "老周": "老周：八八年开春，他在车间伤的手，右手。\n小满：您在？\n老周：我在。听说他后来戒了烟。\n",
         "秋云": "秋云：一九六五年我们在老家。长庚不说话。\n小满：嗯。\n秋云：他就是不说话。\n"}


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "archive" / "people.sqlite", new=True) as made:
        made.meet(FAMILY)
        yield made


def put(archive, words, name="a.txt", witness=""):
    path = archive.path.parent.parent / name
    path.write_text(words, "utf-8")
    return archive.add(path, witness=witness)


@pytest.fixture
def told(archive):
    for name, words in TALKS.items():
        put(archive, words, f"{name}.txt")
    return archive


def lines_of(years):
    return "".join(f"妈妈：{year}年他在厂里。\n小满：嗯，{year}年。\n" for year in years)


# ------------------------------------------------------------ coverage


@pytest.mark.parametrize("gaps", [((1961, 1964),), ((1970, 1970), (1981, 1986)), ((2010, 2014),)])
def test_truth_thin_years_are_those_nobody_told_of(archive, gaps):
    missing = {year for first, last in gaps for year in range(first, last + 1)}
    put(archive, lines_of(year for year in range(1955, 2015) if year not in missing))
    assert thin(coverage(archive)) == gaps


def test_truth_an_utterance_counts_one_in_all(archive):
    put(archive, "妈妈：1990年到1993年他在厂里。\n")
    found = coverage(archive)
    assert [found.years["mother"][year - found.first] for year in range(1989, 1995)] == [0, 0.25, 0.25, 0.25, 0.25, 0]


def test_truth_what_goes_on_counts_a_half_and_no_further_than_the_talk(archive):
    put(archive, "妈妈：1990年他在厂里。\n妈妈：他很忙。\n")
    put(archive, "妈妈：他走得慢。\n", "b.txt")
    assert sum(coverage(archive).years["mother"]) == 1.5


def test_truth_times_out_of_his_life_and_sealed_words_count_nowhere(archive):
    put(archive, "妈妈：2019年我去看他。\n妈妈：1930年的事。\n小满：嗯。\n")
    put(archive, "妈妈：1990年他在厂里。\n", "b.txt")
    for each in list(archive.utterances("text like '1990%'")):
        archive.seal(each)
    assert sum(coverage(archive).whole) == 0


def test_law_telling_more_of_a_year_never_makes_it_thinner(archive):
    put(archive, lines_of(range(1955, 2015)))
    before = coverage(archive)
    put(archive, "老周：1992年他修机器。\n老周：1992年他修好了。\n", "b.txt")
    after = coverage(archive)
    assert after.whole[1992 - 1955] == before.whole[1992 - 1955] + 2
    assert after.whole[:37] == before.whole[:37]


def test_truth_runs():
    assert runs([]) == () and runs([3, 1, 2, 7]) == ((1, 3), (7, 7))


def test_refuses_a_life_that_nobody_knows(archive):
    archive.meet({"mother": {"name": "沈桂兰"}})
    with pytest.raises(InputError) as error:
        coverage(archive)
    assert error.value.key == "people.plan_nobody"


# ------------------------------------------------------------ questions


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("who", ["mother", "brother", "daughter", "aunt", "zhou"])
def test_law_ten_at_most_none_twice_each_with_a_reason(told, lang, who):
    found = plan(told, who, lang=lang)
    assert 0 < len(found) <= 10
    assert len({each.words for each in found}) == len(found)
    assert all("{" not in each.words + each.reason.tell(lang) for each in found)
    assert found == plan(told, who, lang=lang)


def test_law_no_question_asks_two_things(told):
    for who in ("mother", "brother", "aunt", "zhou"):
        for lang in LANGUAGES:
            for each in plan(told, who, lang=lang):
                asked = re.sub("“.*?”", "", each.words)
                assert len(re.findall("[?？]", asked)) == 1, asked


def test_truth_who_was_near_and_has_not_said_is_asked_about_the_contradiction(told):
    (rival,) = [each for each in plan(told, "brother", lang="zh") if each.kind == "rival"]
    assert rival.words == "受伤那一回，你记得是哪一边？"
    assert len(rival.utterances) == 2 and "左手" in rival.reason.tell("zh") and "右手" in rival.reason.tell("zh")
    for who in ("mother", "zhou"):
        assert not [each for each in plan(told, who, lang="zh") if each.kind == "rival"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_law_no_question_says_what_another_witness_said(told, lang):
    for who in ("brother", "daughter", "aunt"):
        for each in plan(told, who, lang=lang):
            assert not any(word in each.words for word in ("左手", "右手", "怕水", "戒了", "left", "right"))


def test_truth_who_was_too_small_is_not_asked(told):
    assert not [each for each in plan(told, "daughter", lang="zh") if each.kind == "rival"]


def test_truth_he_is_asked_about_thin_years_in_which_he_knew_him(archive):
    put(archive, lines_of(year for year in range(1955, 2015) if year not in (1970, 1971, 1995)))
    put(archive, "哥哥：他走得慢。\n小满：嗯。\n", "b.txt")
    words = [each.words for each in plan(archive, "brother", lang="zh") if each.kind == "year"]
    assert len(words) == 1 and words[0].startswith("1995 年，咱爸 40 岁。")
    assert any("1970" in each.words for each in plan(archive, "aunt", lang="zh"))


def test_truth_a_workmate_knew_him_only_around_what_he_tells(archive):
    put(archive, "老周：一九八四年，他在厂里修机器。\n小满：嗯。\n")
    years = [each.words for each in plan(archive, "zhou", lang="zh") if each.kind == "year"]
    found = {int(year) for words in years for year in re.findall("[12][0-9]{3}", words)}
    assert found and found <= set(range(1982, 1987))


def test_truth_hearsay_is_traced_back(told):
    (found,) = [each for each in plan(told, "mother", lang="zh") if each.kind == "hearsay"]
    assert "我姑姑" in found.words and "“你姑姑跟我说他小时候怕水”" in found.words
    (lost,) = [each for each in plan(told, "zhou", lang="zh") if each.kind == "hearsay"]
    assert "您" in lost.words and "谁" in lost.words


def test_truth_what_was_left_open_is_asked_unless_somebody_did(told):
    (found,) = [each for each in plan(told, "mother", lang="zh") if each.kind == "open"]
    assert "“那年”" in found.words
    put(told, "妈妈：那年冷得很。\n小满：哪一年？\n妈妈：一九七七年。\n妈妈：有个师傅帮了他。\n小满：叫什么？\n"
              "妈妈：忘了。\n", "b.txt")
    assert [each.kind for each in plan(told, "mother", lang="zh")].count("open") == 1
    assert not [each for each in plan(told, "mother", lang="zh") if each.kind == "unknown"]


def test_truth_the_unnamed_are_asked_for(archive):
    put(archive, "妈妈：有个师傅帮了他。\n小满：嗯。\n妈妈：老周那个人好。\n")
    assert ["有个师傅" in each.words for each in plan(archive, "mother", lang="zh") if each.kind == "unknown"] == [True]


def test_truth_only_what_he_never_touches_is_a_theme(told):
    themes = {each.reason.facts["theme"] for each in plan(told, "aunt", lang="zh") if each.kind == "theme"}
    assert "干活" in themes
    put(told, "秋云：他在厂里上班。\n小满：嗯。\n", "b.txt")
    assert "干活" not in {each.reason.facts["theme"] for each in plan(told, "aunt", lang="zh") if each.kind == "theme"}


@pytest.mark.parametrize("who", ["mother", "aunt", "zhou"])
def test_law_what_was_put_to_him_is_not_asked_again(told, who):
    first = plan(told, who, lang="zh")
    label = {"mother": "妈妈", "aunt": "秋云", "zhou": "老周"}[who]
    put(told, "".join(f"小满：{each.words}\n{label}：唉。\n" for each in first), "again.txt")
    again = plan(told, who, lang="zh")
    assert not {each.words for each in first} & {each.words for each in again}


def test_truth_he_is_called_what_the_asker_calls_him(told):
    assert any("咱爸" in each.words for each in plan(told, "brother", lang="zh"))
    assert any("your father" in each.words.lower() for each in plan(told, "daughter", lang="en"))
    assert all("您" not in each.words for each in plan(told, "mother", lang="zh"))


def test_truth_who_collects_is_not_asked_where_she_has_it_from(archive):
    put(archive, "妈妈：他走得慢。\n小满：周伯伯说他走得快。\n妈妈：嗯。\n")
    assert "hearsay" not in {each.kind for each in plan(archive, "daughter", lang="zh")}


def test_truth_in_english(archive):
    archive.meet({"about": "dad", "recorder": "ann",
                  "dad": {"name": "William", "sex": "male", "born": "1920", "died": "1990", "spouse": "mary"},
                  "mary": {"name": "Mary", "sex": "female", "born": "1924"},
                  "ann": {"name": "Ann", "sex": "female", "born": "1950", "father": "dad", "mother": "mary"},
                  "tom": {"name": "Tom", "sex": "male", "born": "1948", "father": "dad", "mother": "mary"}})
    put(archive, "Tom: In 1960 my father bought the first car.\nAnn: Yes.\nTom: That summer was hot.\nAnn: Yes.\n"
                 "Tom: Somebody sold it to him.\nAnn: Yes.\n")
    found = {each.kind: each.words for each in reversed(plan(archive, "tom", lang="en"))}
    assert found["open"] == "You said: “That summer was hot”. What year was “That summer”, roughly?"
    assert found["unknown"].startswith("You said: “Somebody sold it to him”.")
    assert "our father" in found["year"].lower() and "our mother" in found["person"]


def test_law_the_dead_are_not_asked(told):
    assert plan(told, "gran") == ()


def test_law_both_languages_can_ask_everything_in_as_many_ways():
    keys = [{key for key in sentences(lang) if key.startswith("people.ask.")} for lang in LANGUAGES]
    assert keys[0] == keys[1]


# ------------------------------------------------------------ the picture


def test_shape_and_law_the_picture(told):
    found = coverage_picture(told, (640, 360))
    assert found.shape == (360, 640, 3) and found.dtype == np.uint8
    assert np.array_equal(found, coverage_picture(told, (640, 360)))


def test_truth_more_told_is_more_ink(archive):
    put(archive, lines_of([1960]))
    put(archive, "".join("妈妈：2000年他在厂里。\n" for _ in range(6)), "b.txt")
    found = coverage_picture(archive, (640, 360)).astype(float).mean(2)
    x = [round(640 * (0.178 + 0.78 * (year - 1955 + 0.5) / 60)) for year in (1960, 1985, 2000)]
    few, none, many = (found[112:138, each - 2:each + 3].min() for each in x)
    assert many < few < none


def test_truth_red_marks_stand_where_witnesses_disagree(told, archive):
    put(archive, lines_of([1970]), "b.txt")
    found = coverage_picture(told, (640, 360)).astype(int)
    red = (found[..., 0] - found[..., 1] > 70)[80:300]
    year = 1955 + (np.flatnonzero(red[:, 114:].any(0)) / (640 * 0.78 / 60))
    assert len(year) and (abs(year - 1988.5) < 1.5).all()


@pytest.mark.parametrize("size", [(320, 180), (450, 800)])
def test_shape_any_size_and_long_names(archive, size):
    names = [f"Bartholomew Cholmondeley {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVW"]
    archive.meet({"about": "dad", "dad": {"name": "William Henry Featherstonehaugh", "born": "1900", "died": "1960"},
                  **{f"w{number}": {"name": name} for number, name in enumerate(names)}})
    assert coverage_picture(archive, size).shape == (size[1], size[0], 3)
    for number, name in enumerate(names):
        put(archive, f"In 19{number + 20} he went to work, as {name} remembers.\n", f"{number}.txt", f"w{number}")
    assert len(coverage(archive).witnesses) == len(names)
    assert coverage_picture(archive, size).shape == (size[1], size[0], 3)


# ------------------------------------------------------------ questionnaires


def sheet(witness, values, person="陆长庚"):
    return f"# 讲述人：{witness}（亲人）\n# 说的是：{person}\nitem,value\n" + "".join(
        f"{number},{value}\n" for number, value in enumerate(values, 1))


def take(archive, words, name="q.csv"):
    path = archive.path.parent.parent / name
    path.write_text(words, "utf-8")
    return take_answers(archive, path)


def test_truth_answers_are_taken_once_with_their_file(archive):
    values = [1 + number % 5 for number in range(50)]
    first, again = (take(archive, sheet("沈桂兰", values)) for _ in range(2))
    assert (first.new, first.known, again.new, again.known) == (50, 0, 0, 50)
    (found,) = kept(archive)
    assert (found.witness, found.person, found.instrument) == ("mother", "dad", "big_five")
    assert list(found.values.values()) == values and list(found.values) == [
        each.key for each in instrument("big_five").items]
    assert (archive.originals / first.source).is_file() and archive.count() == 0


def test_truth_answers_with_a_head_of_rows(archive):
    assert take(archive, "instrument,big_five\nwitness,小川\nperson,长庚\nitem,value\ne1,5\na1,\n").new == 1
    assert kept(archive)[0].values == {"e1": 5.0}


@pytest.mark.parametrize(("old", "new"), [("\n7,", "\n7;;"), ("\n7,3", "\n7,三"), ("\n7,", "\n七,"), ("\n7,3", "\n7"),
                                          ("\n7,", "\n6,"), ("\n7,3", "\n7,3,4"), ("\n7,3", "\n7.3")])
def test_refuses_a_row_with_a_slip_by_its_line_and_takes_nothing_in(archive, old, new):
    with pytest.raises(InputError) as error:
        take(archive, sheet("沈桂兰", [3] * 50).replace(old, new))
    assert (error.value.key, error.value.facts["line"]) == ("people.answers_row", 10)
    assert kept(archive) == [] and not archive.originals.exists()


@pytest.mark.parametrize("words", ["妈妈：你爸走得慢。\n", "时间,发送人,内容\n2019-01-01,妈妈,好\n",
                                   "# 讲述人：沈桂兰\n# 说的是：陆长庚\n她说他走得慢。\n", "item,value\n1,2\n2,3\n"])
def test_law_what_is_no_questionnaire_is_left_alone(archive, words):
    assert take(archive, words) is None
    assert kept(archive) == [] and not archive.originals.exists()


def test_refuses_other_answers_of_the_same_witness(archive):
    take(archive, sheet("沈桂兰", [3] * 50))
    with pytest.raises(InputError) as error:
        take(archive, sheet("沈桂兰", [4] * 50))
    assert error.value.key == "people.answers_twice"
    assert set(kept(archive)[0].values.values()) == {3.0}


@pytest.mark.parametrize(("words", "key"), [(sheet("沈桂兰", [9] * 50), "people.answers_value"),
                                            (sheet("沈桂兰", [3] * 49), "people.answers_head"),
                                            (sheet("谁也不是", [3] * 50), "people.person")])
def test_refuses_answers_that_cannot_be(archive, words, key):
    with pytest.raises(InputError) as error:
        take(archive, words)
    assert error.value.key == key and kept(archive) == []


def test_law_what_was_taken_back_stays_away(archive):
    from marrow.people.forget import forget, leaving

    first = take(archive, sheet("沈桂兰", [3] * 50))
    forget(archive, leaving(archive, "mother"))
    assert kept(archive) == [] and not (archive.originals / first.source).exists()
    assert take(archive, sheet("沈桂兰", [3] * 50)).new == 0 and kept(archive) == []


def test_law_no_figure_lies_between_two_witnesses(told, tmp_path, monkeypatch):
    take(told, sheet("沈桂兰", [1] * 50))
    take(told, sheet("陆小川", [5] * 50), "r.csv")
    told.refresh()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARROW_LANG", "zh")
    lines = list(verbs_planner.agree())
    scores = [line for line in lines if "答了" in line]
    assert len(scores) == 10
    for who, value in (("沈桂兰", 1), ("陆小川", 5)):
        assert sum(who in line for line in scores) == 5
        assert sum(f"{who}：{value}" in line for line in lines) == 15
    assert not any("：3" in line for line in lines) and not any("平均" in line for line in lines)


def test_truth_stories_are_the_witness_own(told):
    told.refresh()
    assert {each.witness for each in verbs_planner.stories(told, "aunt", ("不说话",), "dad")} == {"aunt"}
    assert verbs_planner.stories(told, "zhou", ("不说话",), "dad") == []


def test_shape_verbs(told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told.refresh()
    for lang in LANGUAGES:
        monkeypatch.setenv("MARROW_LANG", lang)
        assert len(list(verbs_planner.questions("mother"))) > 5
        assert len(list(verbs_planner.questions(picture="thin.png"))) > 20
        assert list(verbs_planner.agree())
    assert Path("thin.png").stat().st_size > 10_000
