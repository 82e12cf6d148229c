"""The far side of the guide voice: espeak-ng (GPL-3) in a process of its own. Needs espeakng-loader, nothing of Marrow.

By hand:  python espeak_far.py 爸爸你还记得我吗 line.wav        (a .wav of the bare voice)
Else it speaks the protocol of marrow/apart.py on its pipe:

    ask      {"phrases": [["zh", "花ʳ开了", ","], ["en", "Hello", "."]], "rate": 150, "pitch": 1.0, "variant": "m3"}
             rate in espeak's words a minute; pitch a factor; variant a file of espeak-ng-data/voices/!v or ""
    answer   {"rate": 22050} and one int16 array a phrase

`ʳ` after a character curls its syllable (儿化): the phonemes of the word are taken from the dictionary, the last final
is bent the way Beijing bends it, and the word is spoken from phonemes. A voice file is written for each language, so
that fundamental and tone range are exact: espeak's own pitch setting spans less than an octave, and its Mandarin four
semitones where people use ten.
"""

import ctypes
import json
import os
import re
import struct
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import espeakng_loader

SYNCHRONOUS, NO_EXIT = 2, 0x8000
UTF8, PHONEMES = 1, 0x100
RATE, RANGE = 1, 4
TAIL = {"": "", ",": ",", ".": ".", "?": "?", "!": "!"}
MIDDLE = 116.0                                             # Hz: the guide's own voice
ZERO = 9                                                   # espeak counts the notes of a voice file from here
SPAN = {"zh": 1.34, "en": 1.24}                            # highest and lowest note, as a factor of the middle
FILES = {"zh": "sit/cmn", "en": "gmw/en-US"}
KEPT = ("formant", "flutter", "roughness", "breath", "breathw", "voicing", "consonants")
MISREAD = {"朋友": "ph'@35N j'iou11", "东西": "t'ong55 S;i11", "便宜": "ph'iE35n j'i11", "事情": "s.'i.51 tS;hi11N",
           "干净": "k'A55n tS;i11N", "媳妇": "S;'i35 fu11", "太阳": "th'ai51 jiA11N", "角色": "tS;'yE35 s'o-51",
           "人参": "z.'@35n s.'@55n", "数数": "s.'u214 s.'u51", "归还": "k'uei55 X'ua35n"}
REPAID = re.compile("还(?=[钱书债账给清])")                # 还 is huán there, hái elsewhere
DROPPED = ("pitch", "maintainer", "status")
GUIDE = ["flutter 3", "roughness 1", "formant 0 100 100 130", "formant 1 98 100 110", "formant 2 98 92 115",
         "formant 3 98 88 115", "formant 4 98 88 115", "formant 5 98 88 115", "breath 0 1 2 2 2 2 1 1"]


class Refused(Exception):  # noqa: N818  (an answer, not an accident)
    """A question that cannot be answered; the words go to the person who asked."""


class Espeak:
    """The library, loaded once; one voice file at a time."""

    def __init__(self) -> None:
        self.data = Path(espeakng_loader.get_data_path())
        self.lib = ctypes.CDLL(espeakng_loader.get_library_path())
        self.rate = self.lib.espeak_Initialize(SYNCHRONOUS, 0, str(self.data).encode(), NO_EXIT)
        self.lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        self.heard, self.wearing = [], None
        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.receive = callback(self._receive)             # kept: espeak stores the bare pointer
        self.lib.espeak_SetSynthCallback(self.receive)

    def _receive(self, samples: ctypes.c_void_p, count: int, _events: int) -> int:
        if samples and count > 0:
            self.heard.append(ctypes.string_at(samples, 2 * count))
        return 0

    def variants(self) -> list[str]:
        """The voices that espeak brings, by name."""
        return sorted(each.name for each in (self.data / "voices" / "!v").iterdir() if " " not in each.name)

    def wear(self, language: str, pitch: float, variant: str) -> None:
        """Put on a voice: language, pitch as a factor, timbre of a variant."""
        if (language, pitch, variant) == self.wearing:
            return
        body = self._voice_file(language, pitch, variant)
        handle, name = tempfile.mkstemp(prefix="marrow-voice-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(body)
            if self.lib.espeak_ng_SetVoiceByFile(name.encode()) != 0:
                raise Refused(f"variant '{variant}' of the espeak-ng library cannot be loaded")
        finally:
            os.unlink(name)
        self.wearing = (language, pitch, variant)

    def _voice_file(self, language: str, pitch: float, variant: str) -> str:
        """The language's own lines, the variant's timbre, and the notes we want."""
        timbre, middle = GUIDE, MIDDLE
        if variant:
            if variant not in self.variants():
                raise Refused(f"variant '{variant}'; choose one of {', '.join(self.variants())}")
            lines = _lines(self.data / "voices" / "!v" / variant)
            timbre = [line for line in lines if line.split()[0] in KEPT]
            notes = [line.split() for line in lines if line.split()[0] == "pitch"]
            middle = sum(map(float, notes[0][1:3])) / 2 if notes else MIDDLE
        own = [line for line in _lines(self.data / "lang" / FILES[language]) if line.split()[0] not in DROPPED]
        low, high = (ZERO + pitch * (middle * edge - ZERO) for edge in (1 / SPAN[language], SPAN[language]))
        return "\n".join([*own, *timbre, f"pitch {low:.0f} {high:.0f}", ""])

    def phonemes(self, words: str) -> str:
        """espeak's phoneme names for some words, tones included: "Xw'A55_|"."""
        buffer = ctypes.create_string_buffer(words.encode())
        at, said = ctypes.c_void_p(ctypes.addressof(buffer)), []
        while at.value:
            said.append((self.lib.espeak_TextToPhonemes(ctypes.byref(at), UTF8, 0) or b"").decode())
        return " ".join(said)

    def say(self, words: str, mark: str, rate: int) -> bytes:
        """Speak one phrase in the voice that is worn; returns int16 bytes."""
        curled = re.sub(r"([^ʳ\]\s]{1,2})ʳ", lambda found: self._curled(found[1]), respelt(words))
        text = curled.replace("ʳ", "儿") + TAIL.get(mark, "")
        self.heard.clear()
        self.lib.espeak_ng_SetRandSeed(1)
        self.lib.espeak_SetParameter(RATE, rate, 0)
        self.lib.espeak_SetParameter(RANGE, 50, 0)
        data = ctypes.create_string_buffer(text.encode())  # kept until espeak has read it
        self.lib.espeak_Synth(data, len(data), 0, 1, 0, UTF8 | PHONEMES, None, None)
        return b"".join(self.heard)

    def _curled(self, word: str) -> str:
        sounds = self.phonemes(word).replace("_|", " ").split()
        return f" [[{' '.join([*sounds[:-1], curl(sounds[-1])])}]] " if sounds else word


def respelt(words: str) -> str:
    """Chinese words that espeak's dictionary reads wrongly, replaced by their phonemes in double brackets."""
    for word, sounds in MISREAD.items():
        words = words.replace(word, f" [[{sounds}]] ")
    return REPAID.sub(" [[X'ua35n]] ", words)


def _lines(path: Path) -> list[str]:
    """The lines of a voice file that say something, without comments."""
    said = (line.split("//")[0].strip() for line in path.read_text("utf-8", "replace").splitlines())
    return [line for line in said if line]


def curl(syllable: str) -> str:
    """A Mandarin syllable with 儿 bent into it: Xw'A55 → Xw'A55r, th'iE214n → thi'a214r, m'@35n → m'@r35."""
    found = re.fullmatch(r"(.*?)(\d+)?([nN]?)", syllable)
    body, tone, coda = found[1], found[2] or "", found[3]
    if coda == "n" and body.endswith(("E", "&")):
        body = body[:-1] + "A"
    elif body.endswith(("ai", "Ai")):
        body = body[:-2] + "A"
    elif body.endswith(("i.", "i[")):
        body = body[:-2] + "@"
    elif body.endswith("ei"):
        body = body[:-2] + "@"
    elif body.endswith(("i", "y")) and coda != "N":
        body += "@"
    return f"{body[:-1]}@r{tone}" if body.endswith("@") else f"{body}{tone}r"


def answer(espeak: Espeak, ask: dict, tell: Callable[[int, int], None]) -> list[bytes]:
    """All phrases of one question, each as int16 bytes."""
    spoken = []
    for done, (language, words, mark) in enumerate(ask["phrases"], 1):
        espeak.wear(language, ask["pitch"], ask["variant"])
        spoken.append(espeak.say(words, mark, ask["rate"]))
        tell(done, len(ask["phrases"]))
    return spoken


def serve() -> None:
    """Answer questions until the near side closes the pipe."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(head: dict, *arrays: bytes) -> None:
        pipe.write(json.dumps(head, ensure_ascii=False).encode() + b"\n" + b"".join(arrays))
        pipe.flush()

    espeak = Espeak()
    for line in sys.stdin.buffer:
        try:
            spoken = answer(espeak, json.loads(line)["ask"], lambda *count: say({"progress": ["speak", *count]}))
        except Refused as error:
            say({"refused": str(error)})
            continue
        listed = [{"dtype": "<i2", "shape": [len(each) // 2]} for each in spoken]
        say({"answer": {"rate": espeak.rate}, "arrays": listed}, *spoken)


def by_hand(words: str, path: str, language: str) -> None:
    """Speak one line into a .wav file."""
    espeak = Espeak()
    espeak.wear(language, 1.0, "")
    samples = espeak.say(words, ".", 150)
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, espeak.rate,
                       2 * espeak.rate, 2, 16, b"data", len(samples))
    Path(path).write_bytes(head + samples)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        by_hand(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "zh")
    else:
        serve()
