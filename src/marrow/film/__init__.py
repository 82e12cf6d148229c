"""A film is a build: one readable film.toml, takes that are never lost, versions that stay playable.

`marrow.film.verbs` is the door: new, plan, make, play, why, again, keep, attempt, seal, compare, check, make_room.
"""
