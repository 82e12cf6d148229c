"""A text-to-motion or video-to-motion model behind a web address of yours: on this machine or in your house.

    engine: server:motion.toml

    url = "http://127.0.0.1:8100/motion"
    limit = 600         # seconds until it counts as hung
    leaves = true       # only for another machine: yes, my words and footage may leave this one

Words are posted as JSON {"words", "seconds", "seed"}; footage as it is, with the same three in the query. The answer is
a file: BVH, GLB, NPZ or NPY; or 202 with JSON {"poll": "/jobs/7", "done": 3, "total": 12} while it is being made; or
an error with JSON {"error": "..."}. Nothing is unpickled, no redirect is followed, no proxy is asked.
"""

import json
import logging
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from marrow.engine import Engine, here
from marrow.errors import EngineError, InputError, MarrowError
from marrow.progress import reporter

if TYPE_CHECKING:
    from marrow.bones.contract import MakeMotion

LIMIT = 600.0             # seconds, where the file does not say
PAUSE = 0.5               # seconds between two looks at a job
MOST = 500_000_000        # bytes of an answer
WORKING = 202             # the status of an answer that says to come back
MIME = {False: "application/json", True: "application/octet-stream"}   # of words, of footage
KINDS = {b"glTF": ".glb", b"PK\x03\x04": ".npz", b"\x93NUMPY": ".npy"}


def open_server(book: Path) -> "MakeMotion":
    """The server that a file describes, ready to be asked."""
    import tempfile

    from marrow.bones import files
    from marrow.media import Motion

    try:
        said = tomllib.loads(book.expanduser().read_text("utf-8"))
        url, limit = str(said["url"]), float(said.get("limit", LIMIT))
        host = urlsplit(url).netloc.rpartition("@")[2]
        if urlsplit(url).scheme not in ("http", "https") or not host or not 0 < limit < 1e6:
            raise ValueError(url)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InputError("server.form", path=book) from error
    if not here(url) and said.get("leaves") is not True:
        raise EngineError("server.leaves", host=host, path=book)

    def make(words: str, footage: Path | None, *, seconds: float, seed: int) -> Motion:
        wish = {"words": words, "seconds": seconds, "seed": seed}
        sent = footage.read_bytes() if footage else json.dumps(wish).encode()
        told = f"bones.motion → {host}: {len(sent) / 1e6:.1f} MB"
        logging.getLogger(__name__).info(told)
        reporter.get()(told, 0, 1)
        content = _asked(url, sent, urlencode(wish) if footage else "", limit)
        with tempfile.TemporaryDirectory(prefix="marrow-motion-") as room:
            path = Path(room) / f"answer{_ending(content)}"
            path.write_bytes(content)
            try:
                return files.motion(path)
            except MarrowError as error:
                raise EngineError("server.answer", host=host, words=error.tell("en").splitlines()[0]) from error

    return make


def _asked(url: str, sent: bytes, query: str, limit: float) -> bytes:
    """The bytes of the answer; jobs are waited for.

    raises    EngineError  "server.away", "server.refused", "server.slow", "server.answer"
    """
    until, host = time.monotonic() + limit, urlsplit(url).netloc
    status, content = _exchange(url, sent, query, until)
    while status == WORKING:
        try:
            job = json.loads(content)
            there = urljoin(url, str(job["poll"]))
            done, total = int(job.get("done", 0)), max(1, int(job.get("total", 1)))
        except (ValueError, KeyError, TypeError) as error:
            raise _garbled(host, content) from error
        if urlsplit(there).netloc != host:
            raise _garbled(host, there.encode())
        reporter.get()("bones.motion", done, total)
        if time.monotonic() + PAUSE > until:
            raise EngineError("server.slow", host=host, seconds=f"{limit:g}")
        time.sleep(PAUSE)
        status, content = _exchange(there, b"", "", until)
    return content


def _exchange(url: str, sent: bytes, query: str, until: float) -> tuple[int, bytes]:
    """One request, posted where there is something to send: its status and content."""
    import http.client

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    way = (parts.path or "/") + "?" + "&".join(filter(None, (parts.query, query)))
    left = max(0.1, until - time.monotonic())
    content = bytearray()
    try:
        line = kind(parts.hostname, parts.port, timeout=left)
        line.request("POST" if sent else "GET", way.rstrip("?"), sent or None, {"Content-Type": MIME[bool(query)]})
        answer = line.getresponse()
        while piece := answer.read(1 << 16):
            content += piece
            reporter.get()("bones.motion", 0, 1)
            if len(content) > MOST or time.monotonic() > until:
                raise TimeoutError
    except TimeoutError as error:
        raise EngineError("server.slow", host=parts.netloc, seconds=f"{left:g}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineError("server.away", host=parts.netloc, why=str(error) or type(error).__name__) from error
    finally:
        line.close()
    if answer.status not in (200, WORKING):
        raise EngineError("server.refused", host=parts.netloc, words=_reason(content, answer.status))
    return answer.status, bytes(content)


def _reason(content: bytes, status: int) -> str:
    """What the server says that is wrong."""
    try:
        return str(json.loads(content)["error"])[:300]
    except (ValueError, KeyError, TypeError):
        return str(status)


def _ending(content: bytes) -> str:
    """The suffix of what was answered, by its first bytes; words for anything else."""
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:9].upper() == b"HIERARCHY":
        return ".bvh"
    return next((kind for head, kind in KINDS.items() if content.startswith(head)), ".txt")


def _garbled(host: str, content: bytes) -> EngineError:
    return EngineError("server.answer", host=host, words=content[:80].decode("utf-8", "replace"))


engine = Engine("bones.motion", open_server, about="a text-to-motion or video-to-motion model at an address of yours",
                about_zh="你自己地址上的模型：由文字或视频生成动作（本机或局域网）",
                licence="that of the model behind it", weights=True, offline=False)
