"""Places and witnesses: how sure it is that a place was so; imports stay inside."""

from typing import Annotated

from marrow.media import Cloud, Text
from marrow.step import step
from marrow.units import Spelling, rows


def _regions(said: object) -> tuple[tuple[str | float, ...], ...]:
    """Rows that `marrow.places.memory.evidence` can read."""
    if made := rows(said):
        from marrow.places.memory.evidence import regions

        regions(made)
    return made


Regions = Annotated[tuple[tuple[str | float, ...], ...], Spelling(_regions, '[["well", 2, 0, 3, 1.5]]')]


@step(revision=1)
def remember(cloud: Cloud, evidence: Text, *, regions: Regions = ()) -> Cloud:
    """Let a place be as sure as its witnesses: what nobody speaks of is forgotten first.

    evidence    what `people.regions` counted
    regions     rows of a name, x y z of its middle, and a radius or three half sides, in the coordinates of the
                cloud's file: [["well", 2, 0, 3, 1.5]]
    returns     the cloud with its `confidence`
    raises      InputError  regions that cannot be read, evidence of a region that is not there
    test        the middle of a region has its worth; far from all of them nothing is sure
    """
    from dataclasses import replace

    from marrow.places.memory.evidence import confidence, told
    from marrow.places.memory.evidence import regions as read

    return replace(cloud, confidence=confidence(cloud, read(regions), told(evidence.words)))
