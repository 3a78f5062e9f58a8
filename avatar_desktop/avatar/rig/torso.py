"""Hips, spine, neck and head: what lies on the way from the legs up to the head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from avatar_desktop.avatar.rig.bone_words import Side
from avatar_desktop.avatar.rig.limbs import UPPER_ARMS, UPPER_LEGS
from avatar_desktop.avatar.rig.tree import Tree

_SIDES: tuple[Side, Side] = ("left", "right")
_MOST_HEADS = 8


@dataclass(frozen=True, slots=True)
class Torso:
    """The middle of one body."""

    bones: dict[str, int]
    guessed: tuple[str, ...]
    """Bones that are here by their place, not by their name."""
    root: int
    """The node below which the limbs are."""


def find_torsos(tree: Tree) -> Iterator[Torso]:
    """A torso for every node that may be a head and has legs and arms beside its neck."""
    for head in _heads(tree)[:_MOST_HEADS]:
        torso = _torso(tree, head)
        if torso is not None:
            yield torso


def _heads(tree: Tree) -> list[int]:
    """Nodes called head; without one, the last neck or the end of the spine."""
    for part in ("head", "neck", "spine"):
        nodes = tree.all(part)
        inner = {tree.parents[node] for node in nodes} if part != "head" else set[int]()
        if nodes:
            return [node for node in nodes if node not in inner]
    return []


def _torso(tree: Tree, head: int) -> Torso | None:
    path = tree.path(head)
    places = {node: place for place, node in enumerate(path)}
    legs = _meets(tree, places, UPPER_LEGS)
    arms = _meets(tree, places, UPPER_ARMS)
    fork = min(legs, arms)
    if fork < 0:
        return None
    bones, guessed = {"head": head}, list[str]()
    hips = _hips(tree, path, fork)
    bones["hips"] = path[hips]
    if tree.part(path[hips]) != "hips":
        guessed.append("hips")
    spines, necks = _between(tree, path, hips, arms)
    if tree.part(head) != "head":
        guessed.append("head")
        if not necks and tree.part(head) != "neck" and places[head] <= arms + 1:
            return None
    if not spines:
        spines = path[hips + 1 : min(arms + 1, len(path) - 1)][:1]
        guessed.append("spine")
    if not spines:
        return None
    bones |= _spread(spines)
    if necks:
        bones["neck"] = necks[0]
    return Torso(bones, tuple(guessed), path[fork])


def _meets(tree: Tree, places: dict[int, int], parts: tuple[str, ...]) -> int:
    """The lowest place on the path from which both sides' limbs of the first such part branch."""
    for part in parts:
        sides = [
            max((tree.leaves(node, places) for node in tree.all(part, side)), default=-1)
            for side in _SIDES
        ]
        if min(sides) >= 0:
            return min(sides)
    return -1


def _hips(tree: Tree, path: list[int], fork: int) -> int:
    """The last named node above both legs; else hips that the legs do not hang from; else the fork.

    The fork itself may be called spine: legs that hang from it must not follow the chest.
    """
    if tree.part(path[fork]) in ("hips", "spine"):
        return fork
    named = [place for place, node in enumerate(path) if tree.part(node) == "hips"]
    beside = [place for place in named if place > fork]
    return beside[0] if beside else named[-1] if named else fork


def _between(tree: Tree, path: list[int], hips: int, arms: int) -> tuple[list[int], list[int]]:
    """(spine, neck) between hips and head; spine above the arms is a neck when nothing else is."""
    inside = list(enumerate(path))[hips + 1 : -1]
    spines = [(place, node) for place, node in inside if tree.part(node) == "spine"]
    necks = [node for _, node in inside if tree.part(node) == "neck"]
    if not necks and any(place <= arms for place, _ in spines):
        necks = [node for place, node in spines if place > arms]
        spines = [(place, node) for place, node in spines if place <= arms]
    return [node for _, node in spines], necks


def _spread(spines: list[int]) -> dict[str, int]:
    """One to three bones of VRM over a spine of any length."""
    bones = {"spine": spines[0]}
    if len(spines) == 2:
        bones["chest"] = spines[1]
    if len(spines) > 2:
        bones["chest"] = spines[len(spines) // 2]
        bones["upperChest"] = spines[-1]
    return bones
