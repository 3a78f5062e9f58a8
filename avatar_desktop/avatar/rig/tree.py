"""The named nodes of a skeleton, asked by part of the body and by who hangs below whom."""

from __future__ import annotations

from collections.abc import Mapping

from avatar_desktop.avatar.rig.bone_words import BoneWord, Side
from avatar_desktop.avatar.skeleton import Skeleton


class Tree:
    """Finds, for a part and a side, the first node below another one."""

    def __init__(self, skeleton: Skeleton, words: Mapping[int, BoneWord]) -> None:
        self.words = words
        self.parents: list[int] = skeleton.parents.tolist()
        depth = [0] * len(self.parents)
        for node in skeleton.order.tolist():
            if self.parents[node] >= 0:
                depth[node] = depth[self.parents[node]] + 1
        self._by_part: dict[tuple[str, Side], list[int]] = {}
        for node in sorted(words, key=lambda node: (words[node].rank, depth[node], node)):
            word = words[node]
            self._by_part.setdefault((word.part, word.side), []).append(node)

    def all(self, part: str, side: Side = "") -> list[int]:
        """Every node of this part, the best first."""
        return self._by_part.get((part, side), [])

    def below(self, above: int, side: Side, *parts: str) -> int | None:
        """The best node below `above` of the first of these parts that is there."""
        for part in parts:
            for node in self.all(part, side):
                if node != above and self.hangs_from(node, above):
                    return node
        return None

    def path(self, node: int) -> list[int]:
        """From the root down to the node."""
        way = [node]
        while self.parents[way[-1]] >= 0:
            way.append(self.parents[way[-1]])
        return way[::-1]

    def hangs_from(self, node: int, above: int) -> bool:
        """True for the node itself and for everything below it."""
        while node >= 0:
            if node == above:
                return True
            node = self.parents[node]
        return False

    def leaves(self, node: int, places: Mapping[int, int]) -> int:
        """The place on a path at which the way up from `node` meets it; −1 for another tree."""
        while node >= 0:
            if node in places:
                return places[node]
            node = self.parents[node]
        return -1

    def part(self, node: int) -> str:
        """What the node's name says; nothing when it says nothing."""
        word = self.words.get(node)
        return word.part if word else ""
