"""What a full or a read-only disk refuses, told in a sentence."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from marrow.errors import LimitError

DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_CANTOPEN")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Write a file, or open an archive to write into.

    raises    LimitError  "people.disk" with the path, where the disk is full, read-only, or kept by another program
    """
    try:
        yield
    except OSError as error:
        raise LimitError("people.disk", path=path, why=error.strerror or "") from error
    except sqlite3.OperationalError as error:
        if not getattr(error, "sqlite_errorname", "").startswith(DISK):
            raise
        raise LimitError("people.disk", path=path, why=str(error)) from error
