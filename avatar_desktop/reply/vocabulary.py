"""Every name a reply may use, and the near names that people and minds write instead.

Promise: one lookup answers every spelling. It never guesses across plain text, only inside markers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from avatar_desktop.reply.cue import CueKind
from avatar_desktop.reply.wordlist import words

EMOTIONS = (
    "neutral",
    "happy",
    "sad",
    "angry",
    "surprised",
    "calm",
    "excited",
    "thoughtful",
    "concerned",
    "confused",
)
GESTURES = ("wave", "nod", "shake_head", "point", "hand_raise", "thumbs_up", "shrug")
POSES = ("relaxed", "attentive", "arms_crossed")


@dataclass(frozen=True, slots=True)
class Tone:
    """How a tone bends the voice; all are factors."""

    rate: float
    pitch: float
    volume: float = 1.0


TONES: dict[str, Tone] = {
    "neutral": Tone(1.0, 1.0),
    "excited": Tone(1.2, 1.2),
    "calm": Tone(0.9, 0.95),
    "serious": Tone(1.0, 0.9),
    "friendly": Tone(1.1, 1.1),
    "concerned": Tone(1.0, 1.0),
    "playful": Tone(1.15, 1.15),
}

REAL_KEYS: dict[str, CueKind] = {
    "emotion": "emotion",
    "gesture": "gesture",
    "tone": "tone",
    "pose": "pose",
}
KEYS: dict[str, CueKind] = {
    **REAL_KEYS,
    "emotions": "emotion",
    "emote": "emotion",
    "mood": "emotion",
    "feeling": "emotion",
    "expression": "emotion",
    "gefühl": "emotion",
    "gestures": "gesture",
    "geste": "gesture",
    "action": "gesture",
    "animation": "gesture",
    "anim": "gesture",
    "motion": "gesture",
    "tones": "tone",
    "voice": "tone",
    "tonfall": "tone",
    "poses": "pose",
    "posture": "pose",
    "stance": "pose",
}
"""What may stand before the colon. Only the four real keys own an unknown name."""

# One line a name: everything on the right means the name on the left.
_NEAR: dict[CueKind, dict[str, str]] = {
    "emotion": {
        "neutral": "none normal default blank idle",
        "happy": (
            "joy joyful glad pleased cheerful delighted content smile smiling laugh laughing amused"
            " friendly warm grateful proud love loving playful fröhlich glücklich froh"
        ),
        "sad": (
            "sadness unhappy sorrow sorrowful down disappointed melancholy depressed cry crying"
            " tearful hurt lonely regretful traurig"
        ),
        "angry": "anger mad furious annoyed irritated frustrated rage upset wütend böse",
        "surprised": "surprise shocked shock astonished amazed amazement startled überrascht",
        "calm": "relaxed peaceful serene tranquil soothing gentle ruhig gelassen",
        "excited": (
            "excitement enthusiastic enthusiasm thrilled energetic eager ecstatic aufgeregt"
            " begeistert"
        ),
        "thoughtful": (
            "thinking think pensive contemplative reflective pondering curious interested"
            " explaining nachdenklich"
        ),
        "concerned": (
            "concern worried worry anxious nervous sympathetic sympathy empathetic empathy caring"
            " fear scared afraid serious besorgt"
        ),
        "confused": "confusion puzzled perplexed unsure uncertain bewildered verwirrt",
    },
    "gesture": {
        "wave": "hello greet greeting goodbye bye wave_hand hand_wave winken",
        "nod": "yes agree nod_head head_nod nicken",
        "shake_head": "no disagree headshake head_shake shakehead kopfschütteln",
        "point": "pointing point_at indicate zeigen",
        "hand_raise": "raise_hand raised_hand hand_up handraise melden",
        "thumbs_up": "thumb_up thumbsup like approve daumen_hoch",
        "shrug": "shrug_shoulders dunno schulterzucken",
    },
    "tone": {
        "neutral": "normal default plain",
        "excited": "enthusiastic energetic thrilled eager lively",
        "calm": "soft gentle soothing quiet relaxed slow whisper peaceful ruhig",
        "serious": "formal firm stern professional grave sad angry ernst",
        "friendly": "warm happy cheerful kind welcoming bright freundlich",
        "concerned": "worried caring sympathetic empathetic besorgt",
        "playful": "fun teasing joking silly cheeky verspielt",
    },
    "pose": {
        "relaxed": "relax casual idle neutral loose entspannt",
        "attentive": "attention alert listening upright aufmerksam",
        "arms_crossed": "crossed_arms cross_arms arms_folded folded_arms",
    },
}
_NAMES: dict[CueKind, tuple[str, ...]] = {
    "emotion": EMOTIONS,
    "gesture": GESTURES,
    "tone": tuple(TONES),
    "pose": POSES,
}
_ORDER: tuple[CueKind, ...] = ("emotion", "gesture", "tone", "pose")

# What an actor does between the lines: verb (in its plain form) to the cue it stands for.
_ACTS: dict[str, tuple[CueKind, str]] = {
    "wave": ("gesture", "wave"),
    "nod": ("gesture", "nod"),
    "shake head": ("gesture", "shake_head"),
    "point": ("gesture", "point"),
    "raise hand": ("gesture", "hand_raise"),
    "thumbs up": ("gesture", "thumbs_up"),
    "give thumbs up": ("gesture", "thumbs_up"),
    "shrug": ("gesture", "shrug"),
    "smile": ("emotion", "happy"),
    "grin": ("emotion", "happy"),
    "beam": ("emotion", "happy"),
    "laugh": ("emotion", "happy"),
    "chuckle": ("emotion", "happy"),
    "giggle": ("emotion", "happy"),
    "cheer": ("emotion", "excited"),
    "frown": ("emotion", "concerned"),
    "cry": ("emotion", "sad"),
    "sob": ("emotion", "sad"),
    "pout": ("emotion", "sad"),
    "gasp": ("emotion", "surprised"),
    "glare": ("emotion", "angry"),
    "growl": ("emotion", "angry"),
    "ponder": ("emotion", "thoughtful"),
    "think": ("emotion", "thoughtful"),
    "tilt head": ("emotion", "thoughtful"),
    "scratch head": ("emotion", "confused"),
    "winken": ("gesture", "wave"),
    "winkt": ("gesture", "wave"),
    "nickt": ("gesture", "nod"),
    "lächelt": ("emotion", "happy"),
    "lacht": ("emotion", "happy"),
}
_MUTE_ACTS = words(
    "sigh pause cough sniff whisper yawn inhale exhale breathe blush bow wink clear look glance"
    " lean turn step stretch blink gaze hum stare take rub fidget mutter murmur clap dance hug"
    " seufzt räuspert"
)
_FILLING_WORDS = words("her his their my the a an its your at you both")

EMOJI: dict[str, tuple[CueKind, str]] = {
    **dict.fromkeys("😀😃😄😁😊🙂☺😌🥰😍😂🤣", ("emotion", "happy")),
    **dict.fromkeys("😢😭😞😔🙁☹", ("emotion", "sad")),
    **dict.fromkeys("😠😡🤬", ("emotion", "angry")),
    **dict.fromkeys("😮😲😱😯", ("emotion", "surprised")),
    **dict.fromkeys("🤩🥳🎉", ("emotion", "excited")),
    "🤔": ("emotion", "thoughtful"),
    **dict.fromkeys("😟😧😨", ("emotion", "concerned")),
    **dict.fromkeys("😕🤨", ("emotion", "confused")),
    "👋": ("gesture", "wave"),
    "👍": ("gesture", "thumbs_up"),
    "🤷": ("gesture", "shrug"),
}


def plain(name: str) -> str:
    """A name without case, quotes, and with underscores for any joint."""
    kept = name.strip(" \t\"'“”‘’`.!?*").casefold()
    return "_".join(kept.replace("-", " ").replace("_", " ").split())


def _stems(word: str) -> Iterable[str]:
    yield word
    for ending in ("s", "es", "ing", "ed", "ly", "ness"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            yield stem
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


class Vocabulary:
    """The names of one avatar: the built-in ones and the gestures and poses that it adds."""

    def __init__(self, *, gestures: Collection[str] = (), poses: Collection[str] = ()) -> None:
        own: dict[CueKind, tuple[str, ...]] = {
            "emotion": (),
            "gesture": tuple(plain(name) for name in gestures),
            "tone": (),
            "pose": tuple(plain(name) for name in poses),
        }
        self._known: dict[CueKind, dict[str, str]] = {}
        for kind in _ORDER:
            near = {word: name for name, words in _NEAR[kind].items() for word in words.split()}
            self._known[kind] = near | {name: name for name in (*_NAMES[kind], *own[kind])}

    def find(self, kind: CueKind, written: str) -> str | None:
        """The name of this kind that `written` stands for: exact, near name, or stem."""
        word = plain(written)
        known = self._known[kind]
        return next((known[stem] for stem in _stems(word) if stem in known), None)

    def guess(self, kind: CueKind, written: str) -> str | None:
        """Like `find`, then the nearest known spelling."""
        word = plain(written)
        if len(word) < 3:
            return None
        close = get_close_matches(word, self._known[kind], n=1, cutoff=0.78)
        return self._known[kind][close[0]] if close else None

    def find_any(self, written: str) -> tuple[CueKind, str] | None:
        """The first kind (emotions first) that knows this name, or a stage direction."""
        word = plain(written)
        for kind in _ORDER:
            if word in self._known[kind]:
                return kind, self._known[kind][word]
        return act(written)


def act(direction: str) -> tuple[CueKind, str] | None:
    """The cue of a stage direction such as "waves", "shakes her head" or "warmly smiling"."""
    words = [
        word
        for word in plain(direction).split("_")
        if word not in _FILLING_WORDS and not word.endswith("ly")
    ]
    if not words:
        return None
    for first in _stems(words[0]):
        for length in (3, 2, 1):
            found = _ACTS.get(" ".join([first, *words[1:length]]))
            if found:
                return found
    return None


def is_mute_act(direction: str) -> bool:
    """A stage direction that no face or hand of ours answers, yet nobody should read aloud."""
    words = [word for word in plain(direction).split("_") if not word.endswith("ly")]
    if not words or any(word in _MUTE_ACTS for word in words[:1]):
        return False  # the plain form is a command or emphasis: "*look* at this"
    return any(stem in _MUTE_ACTS for stem in _stems(words[0]))


def _forms(verb: str) -> Iterable[str]:
    bare = verb.removesuffix("e")
    yield from (verb, verb + "s", verb + "es", bare + "ing", verb + verb[-1] + "ing", bare + "ed")


_ACT_OPENINGS = tuple(form for entry in (*_ACTS, *_MUTE_ACTS) for form in _forms(entry.split()[0]))


def opens_act(start: str) -> bool:
    """Whether a stage direction can begin with these letters."""
    lowered = start.casefold()
    return any(form.startswith(lowered) for form in _ACT_OPENINGS)
