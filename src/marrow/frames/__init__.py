"""Pictures: titles, photographs that move, video files made even; every frame at one exact rate and size.

    title(text)        words on paper
    still(photo)       a camera that moves over a photograph
    video(footage)     any video file at the film's rate and size
"""


def __getattr__(name: str) -> object:
    if name in ("title", "still", "video"):
        from marrow.frames import steps

        return getattr(steps, name)
    raise AttributeError(f"marrow.frames has no '{name}'")
