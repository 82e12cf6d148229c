"""Recordings that FFmpeg decodes: MP3, M4A, FLAC, Ogg."""

from itertools import chain
from pathlib import Path

from marrow.errors import InputError, LimitError
from marrow.media import Sound

MOST = 2 * 3600              # seconds: 2.8 GB at 48 kHz, two channels


def read_recording(path: Path) -> Sound:
    """The first sound of any file, at its own rate, as it would play: without the encoder's padding.

    A rate or a number of channels that changes on the way is brought to what the file began with.

    returns    (n, channels) float32
    raises     InputError  file.kind, file.broken, file.empty;  LimitError  voice.recording  beyond two hours
    """
    import av
    import numpy as np

    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise InputError("file.kind", path=path, kind="sound")
            stream = file.streams.audio[0]
            rate, channels, parts, count = stream.rate, stream.layout.nb_channels, [], 0
            even = av.AudioResampler("flt", stream.layout, rate)
            for frame in chain(file.decode(stream), [None]):
                for each in even.resample(frame):
                    parts.append(each.to_ndarray().reshape(-1, channels))
                    count += len(parts[-1])
                if count > MOST * rate:
                    raise LimitError("voice.recording", path=path, hours=MOST // 3600)
    except av.InvalidDataError as error:
        raise InputError("file.kind", path=path, kind="sound") from error
    except (av.FFmpegError, OSError) as error:
        raise InputError("file.broken", path=path, why=error.strerror or str(error)) from error
    if not count:
        raise InputError("file.empty", path=path)
    return Sound(np.concatenate(parts), rate)
