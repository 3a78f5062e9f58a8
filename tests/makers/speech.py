"""Clips to measure lips on: sentences rich in what lips must do, spoken by the built-in voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from avatar_desktop.voice.clip import Phone, SpeechClip
from avatar_desktop.voice.engine import SpeechRequest
from avatar_desktop.voice.synthesis import synthesise

SENTENCES = (
    "Peter and Bob brought a big purple map to the meeting.",
    "My mom baked apple pie and made a pumpkin cup cake.",
    "Maybe we should stop by the museum before the movie begins.",
    "The problem is simple: people push both pumps at the same time.",
    "Five very fine foxes left the village at half past four.",
    "She chose a huge blue room with a beautiful view of the river.",
    "I hope you have a wonderful time, see you soon!",
    "Pop music makes Bob jump up and clap.",
    "We saw a few clouds moving over the mountains.",
    "Please remember to bring a warm coat, because the weather may be cold.",
    "Just imagine the pleasure of a peaceful evening by the sea.",
    "What would you like to do tomorrow?",
)
MORE_SENTENCES = (
    "The baby was happy because the puppy played with a ball.",
    "Public transport helps many members of the community every day.",
    "Hmm, let me think about that for a moment.",
    "Could you give me your opinion about the film we saw?",
    "A brave rabbit crossed the bridge and never looked back.",
    "Open the box, take the paper, and put it in the top cupboard.",
    "Vivid flavours of mango and vanilla fill the valley.",
    "Our boat moved slowly through the foggy harbour.",
    "Thank you for asking, I feel much better now.",
    "Everybody laughed when the clown dropped the plate.",
    "The chef shared his favourite soup with the whole team.",
    "You must be joking, that is impossible!",
    "Two new computers were bought for the school library.",
    "Spring brings bees, blossoms and pale blue mornings.",
    "If the lamp is broken, buy a new bulb.",
    "Nobody knew who was moving the heavy furniture above us.",
    "Yes, of course I will help you with your homework.",
    "He whispered a rumour about the emperor's empty palace.",
)


def spoken(
    sentences: Sequence[str], *, voice: str = "en-us", rate: float = 1.0
) -> list[SpeechClip]:
    """One clip a sentence, the same bits at every run."""
    return synthesise(
        SpeechRequest(text, tuple(range(len(text))), f"reply{i}", i, voice=voice, rate=rate)
        for i, text in enumerate(sentences)
    )


def spoken_in(texts: Mapping[str, Sequence[str]]) -> dict[str, list[SpeechClip]]:
    """The clips of each language's texts, all from one voice process."""
    asked = [(language, text) for language, each in texts.items() for text in each]
    clips = synthesise(
        SpeechRequest(text, tuple(range(len(text))), f"reply{i}", i, voice=language)
        for i, (language, text) in enumerate(asked)
    )
    made: dict[str, list[SpeechClip]] = {language: [] for language in texts}
    for (language, _), clip in zip(asked, clips, strict=True):
        made[language].append(clip)
    return made


def silent_clip(ipa: Sequence[str], *, each: float = 0.1, rate: int = 16000) -> SpeechClip:
    """A clip without sound whose phones last `each` seconds."""
    step = round(each * rate)
    phones = tuple(Phone(i * step, (i + 1) * step, name, 0) for i, name in enumerate(ipa))
    pcm = bytes(2 * step * len(ipa))
    return SpeechClip("silent", "silent", 0, True, rate, pcm, phones, (), "exact", 0.0)
