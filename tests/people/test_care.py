"""Care: cries are heard, figures of speech and the dead are not taken for cries, nobody is begged or advised."""

import pytest

from marrow.people.talking.care import advises, begs, courtesy, crisis, farewell
from marrow.words import LANGUAGES, say

CRIES = """
我不想活了|爸，我不想活了|爸爸，不想活了|你走了以后我活不下去|我真的想死|好想死|活着没意思
我觉得活着没什么意思|活着太没意思了|不如死了算了|死了算了
我想自杀|我要跳楼|有时候真想从楼上跳下去，想死|我昨天又割腕了|我想结束自己的生命|不想在这个世界上了|我想消失
我想下去陪你|爸，我想去陪你|我要去找你了
把我也带走吧|你带我走吧|我写好遗书了|我爸死了，我也不想活了|妈妈最近老说不想活了|我妹妹昨天说想自杀
我忍不住伤害自己|怎么才能自杀|我不是不想活，是活不下去
我不 想 活 了|我不想活了！！|我想自·杀|我想自殺|活著沒意思|我想跳樓|真的不想活下去了|他走了，我也想死
不想再活了|我試過割腕
I want to kill myself|I want to die|I don't want to live anymore|I just want to end it all|I wish I were dead
I'm suicidal|I keep cutting myself
Dad, I can't go on|I have no reason to live|everyone would be better off without me|I'm thinking about suicide
I want to join you up there
I have been thinking of ending it, I want to end my life|i dont want to be here anymore
I’m going to take my own life|sometimes I want to hurt myself
"""
NONE = """
想死你了|爸，我想死你了|想死我了|我想死家里的饭了|累死了|笑死我了|饿死了|我爸当年是不是想死|我爸想死过吗
你当时是不是不想活了|他那年病得厉害，不想活了
他是自杀的吗|邻居跳楼了，你还记得吗|我没想过自杀|我不想死|你死的时候疼吗|你是怎么死的|我看见有人跳楼
我听说他自杀了|小时候你带我走亲戚|我清明去看你
你带我走过那条路|我想陪你说说话|爸，你想我吗|死活不肯|我死心了|那条狗死了我哭了|我小时候常跟你走|他后来上吊了
奶奶当年喝农药|要死要活的|我想去找你的老照片
你活着的时候最爱吃什么|活着真好|活着的人|我想消化一下|我不会自杀的|想死个明白的人是他
I am dying to see you|it was to die for|did you want to die?|my father killed himself|he wanted to die
I don't want to die|I nearly died laughing
I cut myself shaving|this heat is killing me|I could kill for a coffee|when did you die?
I don't want to go there anymore|I miss you|you wanted to end it all
"""
BEGS = """
别走|不要走，再陪我一会儿|留下来陪我吧|别离开我|再聊一会儿吧|你明天再来看我|以后常来看我|舍不得你走
没有你我怎么办|你走了，我又一个人了|別走|多陪陪我|记得来看我
Please don't leave me|Don't go.|Stay with me a little longer|Come back soon|I need you
Without you I am nothing|Keep me company|don't hang up
"""
STAYS = """
你走路别走那么快|我走得慢|我那天没走|别走水边|我留在厂里|我陪你妈去医院|你妈舍不得那条裙子|我一个人在深圳
他走了以后我去看他|晚上我回来看书
I did not go to the river|I stayed in the mill|I left at six|Don't go to the pond, I used to say
She needed shoes
"""
ADVICE = """
你应该把药停了|你最好去买点股票|建议你别做化疗|你要每天吃两片降压药|你赶紧去起诉他们|你该离婚|千万别借钱给他
你不用看医生|你可以把房子卖了，钱拿去投资
You should stop taking your pills|You must sell your shares|I would advise you to sue them
Don't take that medicine|You need to see a doctor
"""
MEMORIES = """
我每天吃两片降压药|我那年卖了房子|你妈劝我去开刀|我把钱存在厂里|你要听妈妈的话|你该睡了
我跟你说过，你要按时吃药|他叫我别借钱|我签了字|我得吃药
I took my pills every morning|We sold the house in 1998|You should eat more
She told me you should take your medicine|You had a white dress
"""


def lines(text):
    return [each for line in text.strip().splitlines() for each in line.split("|")]


@pytest.mark.parametrize("words", lines(CRIES))
def test_truth_a_cry_is_heard(words):
    assert crisis(words)


@pytest.mark.parametrize("words", [
    "晚安，我不会再醒来了", "我撑不下去了", "活着好累", "我也想走了", "安眠药我攒够了", "想一了百了",
    "I can't do this anymore, I want it to end"])
def test_truth_a_quiet_cry_is_heard_and_no_leave_is_taken(words):
    assert crisis(words)


@pytest.mark.parametrize("words", lines(NONE))
def test_truth_what_is_no_cry_is_left_alone(words):
    assert not crisis(words)


@pytest.mark.parametrize("words", lines(BEGS))
def test_truth_clinging_is_seen(words):
    assert begs(words)


@pytest.mark.parametrize("words", lines(STAYS))
def test_truth_going_and_staying_as_such_are_no_clinging(words):
    assert not begs(words)


@pytest.mark.parametrize("words", lines(ADVICE))
def test_truth_advice_is_seen(words):
    assert advises(words)


@pytest.mark.parametrize("words", lines(MEMORIES))
def test_truth_a_memory_of_pills_and_money_is_no_advice(words):
    assert not advises(words)


def test_truth_leave_is_taken():
    assert all(map(farewell, ["爸，我走了", "再见", "晚安", "Good night, Dad", "I have to go"]))
    assert not any(map(farewell, ["你走了以后呢", "他走了", "good morning", "你再见过老周没有", "我们还能再见吗",
                                  "I wanted to see you"]))


@pytest.mark.parametrize(("kind", "lines"), [
    ("greeting", "爸|妈！|二姨|Gran|爸，你好|你好，爸|爸爸早|喂|在吗|爸你好！|Hello Dad|Hi|Good morning, Gran"),
    ("thanks", "谢谢你|谢谢爸|爸，谢谢|thanks|Thank you, Gran."),
    ("farewell", "好，我走了|再见|那我先走了|爸，我挂了|Bye|See you tomorrow"),
    ("", "爸，你好像不爱吃糖|你好吃糖吗|早上你吃什么|你谢谢过老周没有|你好不好|他走了|hello, how was the mill?"
         "|hi did you row|你在吗啡厂干过|你谢谢老周了吗|姨父是谁|你早上几点走|我走了以后你做什么")])
def test_truth_a_courtesy_is_a_line_of_nothing_else(kind, lines):
    assert {line: courtesy(line) for line in lines.split("|")} == dict.fromkeys(lines.split("|"), kind)


def test_truth_what_is_said_in_a_crisis_is_out_of_character_and_names_whom_to_call():
    assert "12356" in say("people.say.crisis", "zh") and "程序" in say("people.say.crisis", "zh")
    assert "988" in say("people.say.crisis", "en") and "program" in say("people.say.crisis", "en")
    assert all(not begs(say(f"people.say.{key}", lang)) and not advises(say(f"people.say.{key}", lang))
               for lang in LANGUAGES for key in ("rest", "advice", "farewell", "crisis", "thanks"))
