"""What faces are called: the sets of shapes that tools write, and words that mean one of them.

Everything is in plain form: lower case, no separators, the side at the end (`eyeblinkleft`).
"""

from __future__ import annotations

import re


def _named(names: str) -> dict[str, str]:
    return {name.lower().replace("_", ""): name for name in names.split()}


_PAIRS = (
    "eyeBlink eyeSquint eyeWide eyeLookUp eyeLookDown eyeLookIn eyeLookOut browDown browOuterUp "
    "cheekSquint noseSneer mouthSmile mouthFrown mouthDimple mouthStretch mouthPress "
    "mouthLowerDown mouthUpperUp"
)
PAIRED = frozenset(_named(_PAIRS))
"""Muscles with a left and a right shape."""
ARKIT = _named(
    "browInnerUp cheekPuff jawOpen jawForward jawLeft jawRight mouthClose mouthFunnel mouthPucker "
    "mouthLeft mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper tongueOut "
    + " ".join(f"{base}Left {base}Right" for base in _PAIRS.split())
)
OCULUS = {
    name: f"viseme_{spelled}"
    for name, spelled in _named("sil PP FF TH DD kk CH SS nn RR aa E I O U").items()
}
VRM = _named(
    "happy angry sad relaxed surprised aa ih ou ee oh blink blinkLeft blinkRight "
    "lookUp lookDown lookLeft lookRight"
)
CHARACTER_CREATOR = _named("AE Ah EE Er Ih Oh W_OO B_M_P F_V Th T_L_D_N S_Z Ch_J K_G_H_NG R")
_MMD_WORDS: dict[str, str] = {
    "あ": "aa", "い": "ih", "う": "ou", "え": "ee", "お": "oh",
    "まばたき": "blink", "ウィンク": "blinkleft", "ウィンク右": "blinkright",
    "ウィンク2": "blinkleft", "ウィンク2右": "blinkright",
    "笑い": "happy", "喜び": "happy", "怒り": "angry", "困る": "sad", "悲しい": "sad",
    "びっくり": "surprised", "なごみ": "relaxed", "にこり": "relaxed",
    "口角上げ": "mouthsmile", "にやり": "mouthsmile", "口角下げ": "mouthfrown",
}  # fmt: skip
MMD = {word: word for word in _MMD_WORDS}
_ACTION_UNITS: dict[int, str] = {
    1: "browinnerup", 2: "browouterup", 4: "browdown", 5: "eyewide", 6: "cheeksquint",
    7: "eyesquint", 9: "nosesneer", 10: "mouthupperup", 12: "mouthsmile", 14: "mouthdimple",
    15: "mouthfrown", 16: "mouthlowerdown", 17: "mouthshruglower", 18: "mouthpucker",
    20: "mouthstretch", 22: "mouthfunnel", 24: "mouthpress", 26: "jawopen", 28: "mouthrolllower",
    29: "jawforward", 34: "cheekpuff", 45: "eyeblink",
}  # fmt: skip
_OTHER_UNITS = {23: 24, 27: 26, 33: 34, 43: 45}
FACS = {f"au{number}": f"AU{number}" for number in _ACTION_UNITS}
ACTION_UNIT = re.compile(r"au0*(\d{1,2})(?!\d)[a-z]*?(left|right)?")

SETS: dict[str, dict[str, str]] = {
    "ARKit": ARKIT,
    "FACS": FACS,
    "Character Creator": CHARACTER_CREATOR,
    "Oculus": OCULUS,
    "VRM": VRM,
    "MikuMikuDance": MMD,
}
"""Vocabulary → plain name → its own spelling; the finest vocabulary first."""

WORDS: dict[str, tuple[str, ...]] = {
    **{word: (meaning,) for word, meaning in _MMD_WORDS.items()},
    **{f"au{number}": (muscle,) for number, muscle in _ACTION_UNITS.items()},
    **{
        word: tuple(meaning.split())
        for meaning, words in {
            "aa": "a fclmtha moutha",
            "ih": "fclmthi mouthi",
            "ou": "fclmthu mouthu",
            "ee": "fclmthe mouthe",
            "oh": "fclmtho moutho",
            "jawopen": "mouthopen openmouth open jawdown",
            "blink": "eyeblink eyesblink eyesclosed eyesclose eyeclosed eyeclose closeeyes "
            "blinkboth fcleyeclose",
            "blinkleft": "wink winkleft eyecloseleft eyeclosedleft fcleyecloseleft",
            "blinkright": "winkright eyecloseright eyeclosedright fcleyecloseright",
            "happy": "joy happiness fclalljoy",
            "angry": "anger mad fclallangry",
            "sad": "sorrow sadness fclallsorrow",
            "relaxed": "fun relax calm fclallfun",
            "surprised": "surprise shocked fclallsurprised",
            "mouthsmile": "smile grin",
            "mouthfrown": "frown",
            "mouthpucker": "pucker kiss",
            "browinnerup browouterup": "browup browsup eyebrowup eyebrowsup raisebrows",
            "browdown": "browsdown browdrop eyebrowdown eyebrowsdown",
            "browinnerup": "browraiseinner",
            "browouterup": "browraiseouter",
            "cheeksquint": "cheekraise",
            "mouthlowerdown": "mouthdownlower",
            "mouthupperup": "mouthupupper",
            "mouthrolllower": "mouthrollinlower",
            "mouthrollupper": "mouthrollinupper",
            "pp": "explosive",
            "ff": "dentallip",
            "u": "tighto",
            "e": "wide",
            "ch": "affricate",
        }.items()
        for word in words.split()
    },
}
"""A plain name that no set has → what it means."""
TWINS = (("ee", "e"), ("ih", "i"), ("oh", "o"), ("ou", "u"))
"""Two spellings of the vowels: VRM's and Oculus'."""
KNOWN = frozenset({*ARKIT, *OCULUS, *VRM, *CHARACTER_CREATOR, *PAIRED, *WORDS, "neutral"})


def action_unit(number: int) -> str:
    """The plain name of an action unit; near ones (lip tightener, mouth stretch) are one."""
    return f"au{_OTHER_UNITS.get(number, number)}"
