"""What a small family told of the father, as files, and an archive made of them."""

from marrow.people.archive import Archive

FAMILY = {"about": "dad", "recorder": "daughter",
          "dad": {"name": "陆长庚", "also": ["长庚"], "sex": "male", "born": "1955-03-02", "died": "2019",
                  "spouse": "mother", "tie": {"friend": "工友"}, "consent": ["talk", "film"]},
          "mother": {"name": "沈桂兰", "also": ["桂兰"], "sex": "female", "born": "1957",
                     "consent": ["talk", "film", "public"]},
          "brother": {"name": "陆小川", "also": ["小川"], "sex": "male", "father": "dad", "mother": "mother",
                      "born": "1982-03-15", "consent": ["talk", "film"]},
          "daughter": {"name": "陆小满", "also": ["小满"], "sex": "female", "father": "dad", "mother": "mother",
                       "born": "1988-05-21"},
          "friend": {"name": "周德福", "also": ["老周"], "sex": "male", "born": "1953", "consent": ["talk"]}}
BROTHER = """讲述人：小川
记录人：小满
时间：2019-12-31

问：你小时候的事还记得吗？
答：我小时候在河边学会骑车，摔了三回。
问：爸管你吗？
答：爸说你别下河，我还是下了。
问：他送我上学的时候牵着我吗？
答：没有，爸没牵你的手，他两只手都扶着车把。
问：他冬天做什么？
答：他冬天在家编竹筐，一个冬天编四十个。
"""
MOTHER = """讲述人：桂兰
记录人：小满
时间：2020-01-05

问：他送我上学的时候牵着我吗？
答：牵着的，你爸一只手推车，一只手牵着你的手。
问：他爱吃什么？
答：他最爱吃腊肉饭，一顿能吃三碗。
问：他怕什么？
答：他怕打雷，打雷的时候他抱着枕头不说话。
"""
FRIEND = """讲述人：老周
记录人：小满

问：你们在厂里做什么？
答：我和长庚在机修车间，他修车床，我修铣床。
问：他喝酒吗？
答：他不喝酒，厂里聚餐他只喝茶。
"""
LETTER = "小满：\n家里的桂花开了，你妈晒了两簸箕。\n你念书莫省饭钱。\n                         父 九月二十日\n"
FILES = {"哥哥.txt": BROTHER, "妈妈.txt": MOTHER, "老周.txt": FRIEND, "信.txt": LETTER}


def put(archive: Archive, name: str, words: str) -> str:
    """Take a file in; returns its source."""
    path = archive.path.parent.parent / name
    path.write_text(words, "utf-8")
    added = archive.add(path)
    archive.refresh()
    return added.source


def tell(archive: Archive, *names: str, family: dict | None = None) -> Archive:
    """The family and some of its files, all where none is named."""
    archive.meet(family or FAMILY)
    for name in names or FILES:
        put(archive, name, FILES[name])
    return archive
