"""The only espeak of the test process: the library is global, and a second would break it."""

from functools import cache

from avatar_desktop.voice.engines.espeak import EspeakEngine


@cache
def one_espeak() -> EspeakEngine:
    return EspeakEngine()
