"""The chunks of a PNG, where words may stand beside the picture."""

from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Every chunk in turn: its kind, what it holds, and all its bytes; of one that is cut off, what is there.

    test    one after the other, behind the eight bytes of the head, they are the picture again
    """
    place = len(PNG)
    while place + 12 <= len(picture):
        end = place + 8 + int.from_bytes(picture[place:place + 4], "big")
        yield picture[place + 4:place + 8], picture[place + 8:end], picture[place:end + 4]
        place = end + 4
