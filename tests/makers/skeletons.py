"""Skeletons of one body under the names that different tools give to its bones.

A drawing is one node a line, two spaces a floor, `name = bone`. `<Left|Right>` in a name draws the
node and all below it twice, and its bones are the left and the right ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from avatar_desktop.avatar.skeleton import Skeleton

_MIDDLE = {
    "hips": (0.0, 0.9, 0.0), "spine": (0.0, 1.0, 0.0), "chest": (0.0, 1.12, 0.0),
    "upperChest": (0.0, 1.25, 0.0), "neck": (0.0, 1.42, 0.0), "head": (0.0, 1.5, 0.0),
    "jaw": (0.0, 1.52, 0.04),
}  # fmt: skip
_LEFT = {
    "Eye": (0.03, 1.56, 0.08), "Shoulder": (0.04, 1.38, 0.0), "UpperArm": (0.14, 1.38, 0.0),
    "LowerArm": (0.4, 1.38, 0.0), "Hand": (0.64, 1.38, 0.0), "UpperLeg": (0.09, 0.86, 0.0),
    "LowerLeg": (0.09, 0.48, 0.01), "Foot": (0.09, 0.08, 0.0), "Toes": (0.09, 0.02, 0.12),
    "ThumbMetacarpal": (0.66, 1.37, 0.03), "ThumbProximal": (0.69, 1.37, 0.05),
    "ThumbDistal": (0.72, 1.37, 0.06),
    **{
        f"{finger}{joint}": (0.72 + 0.03 * j, 1.38, 0.02 - 0.02 * f)
        for f, finger in enumerate(("Index", "Middle", "Ring", "Little"))
        for j, joint in enumerate(("Proximal", "Intermediate", "Distal"))
    },
}  # fmt: skip
PLACES = {
    **_MIDDLE,
    **{f"left{bone}": place for bone, place in _LEFT.items()},
    **{f"right{bone}": (-x, y, z) for bone, (x, y, z) in _LEFT.items()},
}

DRAWINGS = {
    "Mixamo": """
Armature
  mixamorig:Hips = hips
    mixamorig:Spine = spine
      mixamorig:Spine1 = chest
        mixamorig:Spine2 = upperChest
          mixamorig:Neck = neck
            mixamorig:Head = head
              mixamorig:HeadTop_End
              mixamorig:<Left|Right>Eye = Eye
          mixamorig:<Left|Right>Shoulder = Shoulder
            mixamorig:<Left|Right>Arm = UpperArm
              mixamorig:<Left|Right>ForeArm = LowerArm
                mixamorig:<Left|Right>Hand = Hand
                  mixamorig:<Left|Right>HandThumb1 = ThumbMetacarpal
                    mixamorig:<Left|Right>HandThumb2 = ThumbProximal
                      mixamorig:<Left|Right>HandThumb3 = ThumbDistal
                        mixamorig:<Left|Right>HandThumb4
                  mixamorig:<Left|Right>HandPinky1 = LittleProximal
                    mixamorig:<Left|Right>HandPinky2 = LittleIntermediate
                      mixamorig:<Left|Right>HandPinky3 = LittleDistal
                        mixamorig:<Left|Right>HandPinky4
    mixamorig:<Left|Right>UpLeg = UpperLeg
      mixamorig:<Left|Right>Leg = LowerLeg
        mixamorig:<Left|Right>Foot = Foot
          mixamorig:<Left|Right>ToeBase = Toes
            mixamorig:<Left|Right>Toe_End
""",
    "Ready Player Me": """
AvatarRoot
  Hips = hips
    Spine = spine
      Spine1 = chest
        Spine2 = upperChest
          Neck = neck
            Head = head
              HeadTop_End
              <Left|Right>Eye = Eye
          <Left|Right>Shoulder = Shoulder
            <Left|Right>Arm = UpperArm
              <Left|Right>ForeArm = LowerArm
                <Left|Right>Hand = Hand
                  <Left|Right>HandIndex1 = IndexProximal
                    <Left|Right>HandIndex2 = IndexIntermediate
                      <Left|Right>HandIndex3 = IndexDistal
                        <Left|Right>HandIndex4
    <Left|Right>UpLeg = UpperLeg
      <Left|Right>Leg = LowerLeg
        <Left|Right>Foot = Foot
          <Left|Right>ToeBase = Toes
""",
    "Rigify": """
rig
  DEF-spine = hips
    DEF-pelvis.<L|R>
    DEF-spine.001 = spine
      DEF-spine.002 = chest
        DEF-spine.003 = upperChest
          DEF-breast.<L|R>
          DEF-spine.004 = neck
            DEF-spine.005
              DEF-spine.006 = head
                DEF-jaw = jaw
                DEF-ear.<L|R>
          DEF-shoulder.<L|R> = Shoulder
            DEF-upper_arm.<L|R> = UpperArm
              DEF-upper_arm.<L|R>.001
                DEF-forearm.<L|R> = LowerArm
                  DEF-forearm.<L|R>.001
                    DEF-hand.<L|R> = Hand
                      DEF-palm.01.<L|R>
                        DEF-f_index.01.<L|R> = IndexProximal
                          DEF-f_index.02.<L|R> = IndexIntermediate
                            DEF-f_index.03.<L|R> = IndexDistal
                        DEF-thumb.01.<L|R> = ThumbMetacarpal
                          DEF-thumb.02.<L|R> = ThumbProximal
                            DEF-thumb.03.<L|R> = ThumbDistal
    DEF-thigh.<L|R> = UpperLeg
      DEF-thigh.<L|R>.001
        DEF-shin.<L|R> = LowerLeg
          DEF-shin.<L|R>.001
            DEF-foot.<L|R> = Foot
              DEF-toe.<L|R> = Toes
  hips
  chest
  head
  upper_arm_fk.<L|R>
  hand_ik.<L|R>
  foot_ik.<L|R>
""",
    "Blender": """
metarig
  spine = hips
    spine.001 = spine
      spine.002 = chest
        spine.003 = upperChest
          spine.004 = neck
            spine.005
              spine.006 = head
          shoulder.<L|R> = Shoulder
            upper_arm.<L|R> = UpperArm
              forearm.<L|R> = LowerArm
                hand.<L|R> = Hand
                  thumb.01.<L|R> = ThumbMetacarpal
                    thumb.02.<L|R> = ThumbProximal
                      thumb.03.<L|R> = ThumbDistal
    thigh.<L|R> = UpperLeg
      shin.<L|R> = LowerLeg
        foot.<L|R> = Foot
          toe.<L|R> = Toes
          heel.02.<L|R>
""",
    "MikuMikuDance": """
全ての親
  センター
    グルーブ
      腰 = hips
        下半身
          <左|右>足 = UpperLeg
            <左|右>ひざ = LowerLeg
              <左|右>足首 = Foot
                <左|右>つま先 = Toes
          <左|右>足D
            <左|右>ひざD
              <左|右>足首D
        上半身 = spine
          上半身2 = chest
            首 = neck
              頭 = head
                <左|右>目 = Eye
                両目
                あご = jaw
            <左|右>肩P
              <左|右>肩 = Shoulder
                <左|右>腕 = UpperArm
                  <左|右>腕捩
                    <左|右>ひじ = LowerArm
                      <左|右>手捩
                        <左|右>手首 = Hand
                          <左|右>親指０ = ThumbMetacarpal
                            <左|右>親指１ = ThumbProximal
                              <左|右>親指２ = ThumbDistal
                          <左|右>人指１ = IndexProximal
                            <左|右>人指２ = IndexIntermediate
                              <左|右>人指３ = IndexDistal
  <左|右>足ＩＫ
    <左|右>つま先ＩＫ
""",
    "Unreal": """
root
  pelvis = hips
    spine_01 = spine
      spine_02
        spine_03 = chest
          spine_04
            spine_05 = upperChest
              neck_01 = neck
                neck_02
                  head = head
              clavicle_<l|r> = Shoulder
                upperarm_<l|r> = UpperArm
                  upperarm_twist_01_<l|r>
                  lowerarm_<l|r> = LowerArm
                    lowerarm_twist_01_<l|r>
                    hand_<l|r> = Hand
                      index_metacarpal_<l|r>
                        index_01_<l|r> = IndexProximal
                          index_02_<l|r> = IndexIntermediate
                            index_03_<l|r> = IndexDistal
                      thumb_01_<l|r> = ThumbMetacarpal
                        thumb_02_<l|r> = ThumbProximal
                          thumb_03_<l|r> = ThumbDistal
    thigh_<l|r> = UpperLeg
      thigh_twist_01_<l|r>
      calf_<l|r> = LowerLeg
        foot_<l|r> = Foot
          ball_<l|r> = Toes
  ik_foot_root
    ik_foot_<l|r>
  ik_hand_root
    ik_hand_<l|r>
""",
    "3ds Max Biped": """
Bip01
  Bip01 Pelvis = hips
    Bip01 Spine = spine
      Bip01 Spine1 = chest
        Bip01 Neck = neck
          Bip01 Head = head
            Bip01 HeadNub
          Bip01 <L|R> Clavicle = Shoulder
            Bip01 <L|R> UpperArm = UpperArm
              Bip01 <L|R> Forearm = LowerArm
                Bip01 <L|R> Hand = Hand
                  Bip01 <L|R> Finger0 = ThumbMetacarpal
                    Bip01 <L|R> Finger01 = ThumbProximal
                      Bip01 <L|R> Finger02 = ThumbDistal
                        Bip01 <L|R> Finger0Nub
                  Bip01 <L|R> Finger1 = IndexProximal
                    Bip01 <L|R> Finger11 = IndexIntermediate
                      Bip01 <L|R> Finger12 = IndexDistal
    Bip01 <L|R> Thigh = UpperLeg
      Bip01 <L|R> Calf = LowerLeg
        Bip01 <L|R> Foot = Foot
          Bip01 <L|R> Toe0 = Toes
            Bip01 <L|R> Toe0Nub
""",
    "Daz": """
Genesis8Female
  hip = hips
    pelvis
      <l|r>ThighBend = UpperLeg
        <l|r>ThighTwist
          <l|r>Shin = LowerLeg
            <l|r>Foot = Foot
              <l|r>Metatarsals
                <l|r>Toe = Toes
                  <l|r>BigToe
    abdomenLower = spine
      abdomenUpper
        chestLower = chest
          chestUpper = upperChest
            neckLower = neck
              neckUpper
                head = head
                  <l|r>Eye = Eye
                  lowerJaw = jaw
            <l|r>Collar = Shoulder
              <l|r>ShldrBend = UpperArm
                <l|r>ShldrTwist
                  <l|r>ForearmBend = LowerArm
                    <l|r>ForearmTwist
                      <l|r>Hand = Hand
                        <l|r>Thumb1 = ThumbMetacarpal
                          <l|r>Thumb2 = ThumbProximal
                            <l|r>Thumb3 = ThumbDistal
                        <l|r>Carpal2
                          <l|r>Mid1 = MiddleProximal
                            <l|r>Mid2 = MiddleIntermediate
                              <l|r>Mid3 = MiddleDistal
            <l|r>Pectoral
""",
    "VRoid": """
Root
  J_Bip_C_Hips = hips
    J_Bip_C_Spine = spine
      J_Bip_C_Chest = chest
        J_Bip_C_UpperChest = upperChest
          J_Sec_<L|R>_Bust1
          J_Bip_C_Neck = neck
            J_Bip_C_Head = head
              J_Adj_<L|R>_FaceEye = Eye
              J_Sec_Hair1_01
          J_Bip_<L|R>_Shoulder = Shoulder
            J_Bip_<L|R>_UpperArm = UpperArm
              J_Bip_<L|R>_LowerArm = LowerArm
                J_Bip_<L|R>_Hand = Hand
                  J_Bip_<L|R>_Thumb1 = ThumbMetacarpal
                    J_Bip_<L|R>_Thumb2 = ThumbProximal
                      J_Bip_<L|R>_Thumb3 = ThumbDistal
                        J_Bip_<L|R>_Thumb3_end
                  J_Bip_<L|R>_Little1 = LittleProximal
                    J_Bip_<L|R>_Little2 = LittleIntermediate
                      J_Bip_<L|R>_Little3 = LittleDistal
    J_Bip_<L|R>_UpperLeg = UpperLeg
      J_Bip_<L|R>_LowerLeg = LowerLeg
        J_Bip_<L|R>_Foot = Foot
          J_Bip_<L|R>_ToeBase = Toes
""",
    "Character Creator": """
CC_Base_BoneRoot
  CC_Base_Hip = hips
    CC_Base_Pelvis
      CC_Base_<L|R>_Thigh = UpperLeg
        CC_Base_<L|R>_ThighTwist01
        CC_Base_<L|R>_Calf = LowerLeg
          CC_Base_<L|R>_Foot = Foot
            CC_Base_<L|R>_ToeBase = Toes
              CC_Base_<L|R>_BigToe1
    CC_Base_Waist = spine
      CC_Base_Spine01 = chest
        CC_Base_Spine02 = upperChest
          CC_Base_NeckTwist01 = neck
            CC_Base_NeckTwist02
              CC_Base_Head = head
                CC_Base_FacialBone
                  CC_Base_<L|R>_Eye = Eye
                  CC_Base_JawRoot = jaw
          CC_Base_<L|R>_Clavicle = Shoulder
            CC_Base_<L|R>_Upperarm = UpperArm
              CC_Base_<L|R>_UpperarmTwist01
              CC_Base_<L|R>_Forearm = LowerArm
                CC_Base_<L|R>_Hand = Hand
                  CC_Base_<L|R>_Pinky1 = LittleProximal
                    CC_Base_<L|R>_Pinky2 = LittleIntermediate
                      CC_Base_<L|R>_Pinky3 = LittleDistal
          CC_Base_<L|R>_RibsTwist
""",
    "VRM": """
Root
  Hips = hips
    Spine = spine
      Chest = chest
        UpperChest = upperChest
          Neck = neck
            Head = head
              Jaw = jaw
              <Left|Right>Eye = Eye
          <Left|Right>Shoulder = Shoulder
            <Left|Right>UpperArm = UpperArm
              <Left|Right>LowerArm = LowerArm
                <Left|Right>Hand = Hand
                  <Left|Right>RingProximal = RingProximal
                    <Left|Right>RingIntermediate = RingIntermediate
                      <Left|Right>RingDistal = RingDistal
    <Left|Right>UpperLeg = UpperLeg
      <Left|Right>LowerLeg = LowerLeg
        <Left|Right>Foot = Foot
          <Left|Right>Toes = Toes
""",
    "free names": """
Group1
  hero.centre = hips
    belly = spine
      ribcage = chest
        neck joint = neck
          the-head
            headBone = head
        collarbone <left|right> = Shoulder
          armUpper <left|right> = UpperArm
            elbow_<left|right> = LowerArm
              <left|right>.wrist = Hand
                pointer1<Left|Right> = IndexProximal
                  pointer2<Left|Right> = IndexIntermediate
                    pointer3<Left|Right> = IndexDistal
    <LEFT|RIGHT>_THIGH = UpperLeg
      knee-<lft|rgt> = LowerLeg
        <l|r>Ankle = Foot
          toes.<left|right> = Toes
""",
}
MORE = {
    "MikuMikuDance in English": """
master
  center
    groove
      waist = hips
        lower body
          leg_<L|R> = UpperLeg
            knee_<L|R> = LowerLeg
              ankle_<L|R> = Foot
                toe_<L|R> = Toes
        upper body = spine
          upper body2 = chest
            neck = neck
              head = head
                eye_<L|R> = Eye
            shoulder_<L|R> = Shoulder
              arm_<L|R> = UpperArm
                elbow_<L|R> = LowerArm
                  wrist_<L|R> = Hand
                    fore1_<L|R> = IndexProximal
                      fore2_<L|R> = IndexIntermediate
                        fore3_<L|R> = IndexDistal
                    third1_<L|R> = RingProximal
                      third2_<L|R> = RingIntermediate
                        third3_<L|R> = RingDistal
  leg IK_<L|R>
""",
    "MikuMikuDance in romaji": """
koshi = hips
  jouhanshin = spine
    kubi = neck
      atama = head
    <hidari|migi>_kata = Shoulder
      <hidari|migi>_ude = UpperArm
        <hidari|migi>_hiji = LowerArm
          <hidari|migi>_tekubi = Hand
            <hidari|migi>_koyubi1 = LittleProximal
  <hidari|migi>_ashi = UpperLeg
    <hidari|migi>_hiza = LowerLeg
      <hidari|migi>_ashikubi = Foot
        <hidari|migi>_tsumasaki = Toes
""",
    "Maya joints": """
root_jnt
  hips_jnt = hips
    spine1_jnt = spine
      spine2_jnt = chest
        neck_jnt = neck
          head_jnt = head
            jaw_jnt = jaw
        <l|r>_clavicle_jnt = Shoulder
          <l|r>_shoulder_jnt = UpperArm
            <l|r>_elbow_jnt = LowerArm
              <l|r>_wrist_jnt = Hand
    <l|r>_hip_jnt = UpperLeg
      <l|r>_knee_jnt = LowerLeg
        <l|r>_ankle_jnt = Foot
          <l|r>_ball_jnt = Toes
""",
    "a name before every bone": """
Zog_Pelvis = hips
  Zog_Spine = spine
    Zog_Neck = neck
      Zog_Head = head
    Zog_<L|R>_UpperArm = UpperArm
      Zog_<L|R>_Forearm = LowerArm
        Zog_<L|R>_Hand = Hand
          Zog_<L|R>_Sword
  Zog_<L|R>_Thigh = UpperLeg
    Zog_<L|R>_Calf = LowerLeg
      Zog_<L|R>_Foot = Foot
""",
    "numbered joints": """
torso_1 = hips
  torso_2 = spine
    torso_3 = chest
      neck_1 = neck
        neck_2 = head
      arm_<L|R>_1 = UpperArm
        arm_<L|R>_2 = LowerArm
          arm_<L|R>_3 = Hand
  leg_<L|R>_1 = UpperLeg
    leg_<L|R>_2 = LowerLeg
      leg_<L|R>_3 = Foot
""",
}

_SIDED = re.compile(r"<([^|>]*)\|([^>]*)>")


def drawn(
    drawing: str, *, facing: int = 1, places: dict[str, tuple[float, float, float]] | None = None
) -> tuple[Skeleton, dict[str, int]]:
    """The skeleton of a drawing and the node of each bone in it; `facing` −1 looks to −Z."""
    at = PLACES if places is None else places
    names: list[str] = []
    parents: list[int] = []
    world: list[tuple[float, float, float]] = []
    bones: dict[str, int] = {}
    way: list[int] = []
    for depth, name, bone in _lines(drawing):
        del way[depth:]
        parent = way[-1] if way else -1
        way.append(len(names))
        if bone:
            bones[bone] = len(names)
        x, y, z = at[bone] if bone else world[parent] if parent >= 0 else (0.0, 0.0, 0.0)
        world.append((x * facing, y, z * facing) if bone else (x, y, z))
        names.append(name)
        parents.append(parent)
    return from_world(names, parents, world), bones


def from_world(
    names: list[str], parents: list[int], world: list[tuple[float, float, float]]
) -> Skeleton:
    """Unturned nodes at these places; parents come before their children."""
    count = len(names)
    at = np.array(world, np.float32).reshape(count, 3)
    above = np.array(parents, np.int32)
    local = at - np.where((above >= 0)[:, None], at[above], 0.0) if count else at
    return Skeleton(
        names=tuple(names),
        parents=above,
        order=np.arange(count, dtype=np.int32),
        translations=local.astype(np.float32),
        rotations=np.tile(np.array([0, 0, 0, 1], np.float32), (count, 1)),
        scales=np.ones((count, 3), np.float32),
    )


def _lines(drawing: str) -> Iterator[tuple[int, str, str]]:
    lines = [line for line in drawing.splitlines() if line.strip()]
    place = 0
    while place < len(lines):
        depth = _depth(lines[place])
        if not _SIDED.search(lines[place]):
            yield _parsed(lines[place], "")
            place += 1
            continue
        end = place + 1
        while end < len(lines) and _depth(lines[end]) > depth:
            end += 1
        for side, group in (("left", r"\1"), ("right", r"\2")):
            for line in lines[place:end]:
                yield _parsed(_SIDED.sub(group, line), side)
        place = end


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 2


def _parsed(line: str, side: str) -> tuple[int, str, str]:
    name, _, bone = line.strip().partition(" = ")
    return _depth(line), name, f"{side}{bone}" if bone else ""
