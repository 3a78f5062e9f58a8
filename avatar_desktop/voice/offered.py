"""Every voice that can be chosen, as a person reads the list, and what each says to be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from avatar_desktop.errors import VoiceError
from avatar_desktop.voice.brought import brought_voices
from avatar_desktop.voice.catalogue import installed_voices
from avatar_desktop.voice.system_voices import SystemVoice

OWN: Final = ""
"""The wish for the avatar's own voice."""

SAMPLES: Final = {
    "ar": "مرحبا، هكذا يبدو صوتي.",
    "ca": "Hola, aquesta és la meva veu.",
    "cmn": "你好，这是我的声音。",
    "cs": "Dobrý den, takhle zní můj hlas.",
    "da": "Hej, sådan lyder min stemme.",
    "de": "Hallo, so klingt meine Stimme.",
    "el": "Γεια σας, έτσι ακούγεται η φωνή μου.",
    "en": "Hello, this is how my voice sounds.",
    "es": "Hola, así suena mi voz.",
    "fi": "Hei, tältä ääneni kuulostaa.",
    "fr": "Bonjour, voici comment sonne ma voix.",
    "he": "שלום, כך נשמע הקול שלי.",
    "hi": "नमस्ते, मेरी आवाज़ ऐसी है।",
    "hu": "Üdvözlöm, ilyen a hangom.",
    "id": "Halo, beginilah suara saya.",
    "it": "Ciao, questa è la mia voce.",
    "ja": "こんにちは、これが私の声です。",
    "ko": "안녕하세요, 제 목소리입니다.",
    "nb": "Hei, slik høres stemmen min ut.",
    "nl": "Hallo, zo klinkt mijn stem.",
    "pl": "Dzień dobry, tak brzmi mój głos.",
    "pt": "Olá, esta é a minha voz.",
    "ro": "Bună ziua, așa sună vocea mea.",
    "ru": "Здравствуйте, так звучит мой голос.",
    "sv": "Hej, så här låter min röst.",
    "tr": "Merhaba, sesim böyle.",
    "uk": "Вітаю, ось так звучить мій голос.",
    "vi": "Xin chào, đây là giọng nói của tôi.",
}


@dataclass(frozen=True, slots=True)
class OfferedVoice:
    """One line of the list."""

    wish: str
    """What to put into the settings."""
    title: str
    detail: str
    language: str
    is_brought: bool = False

    @property
    def sample(self) -> str:
        """A sentence in its own language, where we know one."""
        code = self.language.casefold().partition("-")[0]
        return SAMPLES.get(code, SAMPLES["en"])

    def matches(self, search: str) -> bool:
        """Whether every word of a search is found in it."""
        ground = f"{self.title} {self.detail} {self.language} {self.wish}".casefold()
        return all(word in ground for word in search.casefold().split())


def offered_voices(
    folder: Path, *, chosen: str = "", locale: str = "en", system: Sequence[SystemVoice] = ()
) -> list[OfferedVoice]:
    """The avatar's own, then those in the folder, then the system's and the built-in ones.

    What is chosen now and what speaks the person's language stand first among their like.
    """
    own = OfferedVoice(OWN, "The avatar's own", "As its makers chose", "en")
    brought = [
        OfferedVoice(voice.name, voice.name, f"{voice.language} · yours", voice.language, True)
        for voice in brought_voices(folder)
    ]
    systems = [
        OfferedVoice(voice.locator, voice.name, f"{voice.language} · the system's", voice.language)
        for voice in system
    ]
    try:
        installed = installed_voices()
    except VoiceError:
        installed = ()
    built_in = [
        OfferedVoice(voice.id, voice.name, f"{voice.language} · built in", voice.language)
        for voice in installed
    ]
    spoken = locale.casefold().replace("_", "-").partition("-")[0]

    def rank(voice: OfferedVoice) -> tuple[bool, bool, bool, str]:
        language = voice.language.casefold().partition("-")[0]
        return voice.wish != chosen, language != spoken, language != "en", voice.title.casefold()

    listed = [
        own,
        *sorted(brought, key=rank),
        *sorted(systems, key=rank),
        *sorted(built_in, key=rank),
    ]
    if chosen and all(voice.wish != chosen for voice in listed):
        listed.insert(1, OfferedVoice(chosen, chosen, "As the settings say", ""))
    return listed
