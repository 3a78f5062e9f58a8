"""What the name of one node says about the body: a part and a side, whatever the convention.

A name is cut into words, the words into the atoms below. Words that say nothing (`bone`,
`mixamorig`, `CC_Base`) are dropped; one word that is not known here (`hair`, `twist`, `ik`) means:
no bone. Numbers do not count: the order of a chain is read from the tree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Side = Literal["", "left", "right"]

_ATOMS = {
    "left": "left lft lt hidari",
    "right": "right rgt rt migi",
    "upper": "upper up upr",
    "lower": "lower low lo lwr",
    "fore": "fore",
    "arm": "arm",
    "leg": "leg ashi",
    "thigh": "thigh",
    "shin": "shin calf knee hiza",
    "foot": "foot ankle ashikubi",
    "toes": "toe toes ball tsumasaki",
    "clavicle": "clavicle clav collar collarbone scapula",
    "shoulder": "shoulder kata",
    "shldr": "shldr ude",
    "elbow": "elbow hiji",
    "hand": "hand wrist tekubi",
    "hip": "hip hips",
    "pelvis": "pelvis koshi kahanshin kahansin",
    "center": "center centre groove",
    "spine": "spine torso waist abdomen stomach belly tummy jouhanshin jouhansin",
    "chest": "chest thorax ribcage ribs",
    "body": "body",
    "neck": "neck kubi",
    "head": "head atama",
    "jaw": "jaw",
    "eye": "eye eyeball eyes",
    "face": "face",
    "thumb": "thumb oyayubi",
    "index": "index pointer hitosashi hitosashiyubi",
    "middle": "middle mid nakayubi",
    "ring": "ring third kusuriyubi",
    "little": "little pinky pinkie koyubi",
    "finger": "finger fingers",
    "joint": "proximal intermediate distal prox inter dist phalange",
    "metacarpal": "metacarpal",
    "twist": "twist",
    "root": "root",
    "noise": (
        "bone bones joint jnt bn bind def org skeleton armature rig base character char avatar "
        "cc bip biped mixamorig valve adj bend b j c f main human humanoid"
    ),
}
_MEANING = {word: atom for atom, words in _ATOMS.items() for word in words.split()}
_LONG = sorted((word for word in _MEANING if len(word) > 1), key=len, reverse=True)
_GLUED = re.compile(rf"([lr]?)((?:{'|'.join(_LONG)})+)([lr]?)")
_PIECE = re.compile("|".join(_LONG))
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SINGLE: dict[str, str] = {"l": "left", "r": "right"}
_NEVER_NOISE = (
    "twist roll ik fk pole target ctrl control end tip nub helper socket collider tweak mch share "
    "mesh geo skin top pivot orient aim con sub dummy weapon cloth hair skirt adjust sec tail ear "
    "brow lid lip tongue teeth breast bust wing root null"
)
_ENOUGH = 8
"""Names that have to share a word before it is taken for the character's own name."""

_PARTS: dict[frozenset[str], str] = {
    frozenset(atoms.split()): part
    for part, spellings in {
        "hips": "hip/pelvis/center/lower body/hip root/pelvis root",
        "spine": (
            "spine/chest/upper chest/lower chest/upper spine/lower spine/middle spine/"
            "spine chest/upper body/middle chest"
        ),
        "neck": "neck/neck twist/upper neck/lower neck",
        "head": "head/head root",
        "jaw": "jaw/lower jaw/jaw root",
        "eye": "eye/face eye",
        "clavicle": "clavicle",
        "shoulder": "shoulder",
        "upperArm": "upper arm/shldr",
        "lowerArm": "lower arm/fore arm/elbow",
        "arm": "arm",
        "hand": "hand",
        "upperLeg": "upper leg/thigh/upper thigh",
        "lowerLeg": "lower leg/shin",
        "leg": "leg",
        "foot": "foot",
        "toes": "toes/foot toes",
        "Thumb": "thumb",
        "Index": "index/fore",
        "Middle": "middle",
        "Ring": "ring",
        "Little": "little",
        "finger": "finger",
    }.items()
    for atoms in spellings.split("/")
}
FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_IN_THE_MIDDLE = frozenset({"hips", "spine", "neck", "head", "jaw"})

_JAPANESE = {
    **dict.fromkeys(("センター", "グルーブ", "腰", "下半身"), "hips"),
    "上半身": "spine", "首": "neck", "頭": "head", "あご": "jaw", "顎": "jaw",
    "肩": "clavicle", "腕": "upperArm", "ひじ": "lowerArm", "肘": "lowerArm", "手首": "hand",
    "足": "upperLeg", "ひざ": "lowerLeg", "膝": "lowerLeg", "足首": "foot",
    "つま先": "toes", "足先": "toes", "足先EX": "toes", "目": "eye",
    "親指": "Thumb", "人指": "Index", "人差指": "Index", "人差し指": "Index",
    "中指": "Middle", "薬指": "Ring", "小指": "Little",
}  # fmt: skip
_JAPANESE_NAME = re.compile(r"([左右]?)(.+?)\d*(?:[._]([LRlr]))?\d*")


@dataclass(frozen=True, slots=True)
class BoneWord:
    """What one name says: a part of the body, a side, and how far it had to be bent for that."""

    part: str
    side: Side
    digits: str = ""
    rank: int = 0
    """Lower is better where two nodes say the same."""


def bone_words(names: Iterable[str]) -> dict[int, BoneWord]:
    """Node → what its name says, for the nodes whose names say something."""
    listed = list(names)
    noise = _own_names(listed)
    deforming = sum("DEF-" in name for name in listed) >= _ENOUGH
    found: dict[int, BoneWord] = {}
    for node, name in enumerate(listed):
        if deforming and not ("DEF-" in name or "ORG-" in name):
            continue  # controls beside the deforming bones carry the same words
        word = bone_word(name, noise)
        if word is not None:
            found[node] = word
    return found


@lru_cache(maxsize=8192)
def bone_word(name: str, noise: frozenset[str] = frozenset()) -> BoneWord | None:
    """What a name says, or None; `noise` are words that say nothing in this file."""
    bare = _bare(name)
    if not bare.isascii():
        return _japanese(bare)
    atoms, unknown, digits = _cut(bare)
    if unknown and not noise.issuperset(unknown):
        return None
    sides = {atom for atom in atoms if atom in ("left", "right")}
    core = frozenset(atoms) - {"left", "right", "noise"}
    if len(sides) > 1 or not core:
        return None
    side: Side = "left" if "left" in sides else "right" if "right" in sides else ""
    part = _part(core, side)
    if part is None:
        return None
    return BoneWord(part, side, digits, len(unknown) + ("ORG-" in name))


def _part(core: frozenset[str], side: Side) -> str | None:
    metacarpal = "metacarpal" in core
    core -= {"joint", "metacarpal"}
    if len(core) > 1 and core & {"thumb", "index", "middle", "ring", "little"}:
        core -= {"hand", "finger"}
    elif {"finger", "hand"} <= core:
        core -= {"hand"}
    part = _PARTS.get(core)
    if part is None or (metacarpal and part != "Thumb"):
        return None
    if side and core == frozenset(("hip",)):
        return "hipJoint"
    if bool(side) == (part in _IN_THE_MIDDLE):
        return None
    return part


def _bare(name: str) -> str:
    """The name without the namespaces before it (`Alice:Hips`, `Armature|Hips`)."""
    normal = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return normal.replace("|", ":").rpartition(":")[2].strip()


@lru_cache(maxsize=8192)
def _cut(bare: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """(atoms, words that are none, digits at the end)"""
    atoms: list[str] = []
    unknown: list[str] = []
    digits = ""
    for word in _WORDS.findall(bare):
        digits = word if word.isdecimal() else ""
        if not digits:
            pieces = _pieces(word.lower())
            atoms += pieces
            if not pieces:
                unknown.append(word.lower())
    return tuple(atoms), tuple(unknown), digits


@lru_cache(maxsize=8192)
def _pieces(word: str) -> tuple[str, ...]:
    """The atoms that a word consists of without a rest; none otherwise."""
    whole = _MEANING.get(word) or _SINGLE.get(word)
    if whole:
        return (whole,)
    glued = _GLUED.fullmatch(word) if len(word) <= 40 else None
    if glued is None:
        return ()
    before, middle, after = glued.groups()
    sides = [_SINGLE[letter] for letter in (before, after) if letter]
    return (*sides, *(_MEANING[piece] for piece in _PIECE.findall(middle)))


def _own_names(names: list[str]) -> frozenset[str]:
    """Words that many nodes carry beside a bone's: the character's or the exporter's name."""
    alone: Counter[str] = Counter()
    for name in names:
        bare = _bare(name)
        if bare.isascii():
            atoms, unknown, _ = _cut(bare)
            if len(set(unknown)) == 1 and set(atoms) - {"left", "right", "noise"}:
                alone[unknown[0]] += 1
    never = _NEVER_NOISE.split()
    return frozenset(
        word for word, count in alone.items() if count >= _ENOUGH and word not in never
    )


def _japanese(bare: str) -> BoneWord | None:
    match = _JAPANESE_NAME.fullmatch(bare)
    if match is None:
        return None
    before, word, after = match.groups()
    part = _JAPANESE.get(word)
    side: Side = "left" if before == "左" or after in ("L", "l") else ""
    if before == "右" or after in ("R", "r"):
        side = "right"
    if part is None or bool(side) == (part in _IN_THE_MIDDLE):
        return None
    return BoneWord(part, side)
