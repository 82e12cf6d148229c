"""A family for tests: a father, his wife and two children, his brother and sister, her mother and sister, a friend."""

from marrow.people.family import Family, read_family

TABLES = {
    "gran": {"name": "赵秀英", "sex": "female", "born": "1928"},
    "uncle": {"name": "陈建军", "also": ["军子"], "sex": "male", "born": "1950", "mother": "gran"},
    "dad": {"name": "陈建国", "also": ["老陈", "建国"], "sex": "male", "born": "1955", "mother": "gran",
            "spouse": "mother", "tie": {"friend": "工友"}},
    "aunt": {"name": "秋云", "sex": "female", "born": "1960", "mother": "gran"},
    "nana": {"name": "孙玉兰", "sex": "female", "born": "1930"},
    "mother": {"name": "桂兰", "sex": "female", "born": "1957", "mother": "nana"},
    "second": {"name": "桂芳", "sex": "female", "born": "1961", "mother": "nana", "rank": 2},
    "brother": {"name": "陈小川", "also": ["小川", "Chuan"], "sex": "male", "born": "1982", "father": "dad",
                "mother": "mother"},
    "daughter": {"name": "陈小满", "also": ["小满", "Man"], "sex": "female", "born": "1988", "father": "dad",
                 "mother": "mother"},
    "friend": {"name": "周德福", "also": ["老周", "Zhou"], "sex": "male", "born": "1953"},
}


def household(**changed: dict) -> Family:
    """The family, with further lines in some tables."""
    return read_family({id: {**table, **changed.get(id, {})} for id, table in TABLES.items()} | {
        id: table for id, table in changed.items() if id not in TABLES})
