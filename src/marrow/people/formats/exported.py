"""What `marrow people export` writes, as testimony for a film: only looked at here, read where it is asked."""

from pathlib import Path

from marrow.errors import InputError
from marrow.media import Testimony


def read_lines(path: Path) -> Testimony:
    """JSON Lines of an archive; raises InputError "people.lines" when the file is something else."""
    from marrow.people.lines import are_lines

    if not are_lines(path):
        raise InputError("people.lines", path=path, line=1)
    return Testimony(path)
