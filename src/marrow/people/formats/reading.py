"""Any file of testimony: which way of writing it is told by what stands in it, and only then by its name."""

from collections.abc import Callable
from pathlib import Path

from marrow.errors import InputError, LimitError
from marrow.people.formats.captions import as_captions, as_captions_json
from marrow.people.formats.cards import as_card
from marrow.people.formats.chats import as_chat
from marrow.people.formats.hypertext import as_hypertext
from marrow.people.formats.json_chats import as_json
from marrow.people.formats.original import Original, Reading, open_original
from marrow.people.formats.pages import as_diary, as_letter
from marrow.people.formats.pictures import as_picture, is_picture
from marrow.people.formats.subtitles import as_subtitles
from marrow.people.formats.tables import as_table
from marrow.people.formats.transcripts import as_plain, as_timed
from marrow.people.formats.whatsapp import as_whatsapp
from marrow.people.testimony import Transcript

WHOLE = 400_000_000  # bytes of a file whose turns are held all at once
DIALECTS: tuple[Callable[[Original], Reading | None], ...] = (
    as_card, as_captions_json, as_json, as_hypertext, as_table, as_subtitles, as_captions, as_whatsapp, as_chat,
    as_timed, as_letter, as_diary, as_plain)


def read(path: Path) -> Transcript:
    """Read a file of testimony, whatever it is written in.

    returns   its turns in the order of the file; what could not be read is told in `losses`
    raises    InputError  no file, empty, no text, damaged
              LimitError  too large to be held whole: go through it with `follow`
    test      every form has its law: the bytes between the offsets spell the words
    """
    size = _checked(path).stat().st_size
    if size > WHOLE:
        raise LimitError("people.large", path=path, size=f"{size / 1e6:.0f}", most=f"{WHOLE / 1e6:.0f}")
    return follow(path).whole()


def follow(path: Path) -> Reading:
    """Read a file turn by turn, so that one of any size needs little memory; raises as `read`.

    test      gives the turns that `read` gives
    """
    path = _checked(path)
    if is_picture(path):
        return as_picture(path)
    original = open_original(path)
    return next(filter(None, (dialect(original) for dialect in DIALECTS)))


def _checked(path: Path) -> Path:
    """The path of a file that is one."""
    path = Path(path)
    if not path.exists():
        raise InputError("file.missing", path=path)
    if path.is_dir():
        raise InputError("file.folder", path=path, kind="text")
    return path
