"""People 人物: a person rebuilt from what witnesses really said, and talking with him."""
