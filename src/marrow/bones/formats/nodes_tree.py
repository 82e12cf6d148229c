"""A tree of nodes as FBX and Blender hand it over: names, parents, kinds and where each one rests."""

from dataclasses import dataclass

from numpy import ndarray


@dataclass(frozen=True)
class Tree:
    """The tree with its arrays in place: `rest` (nodes, 3, 4), `bind` node -> (3, 4) where a mesh was bound."""

    facts: dict
    arrays: list[ndarray]
    names: list[str]
    parents: list[int]
    kinds: list[str]
    rest: ndarray

    def array(self, number: int) -> ndarray:
        """One array by its number."""
        return self.arrays[number]

    def above(self, node: int) -> list[int]:
        """A node and all above it, nearest first, without the world."""
        path = [node]
        while (node := self.parents[node]) > 0 or (node == 0 and not self.facts["root"]):
            path.append(node)
        return path

    def below(self, node: int, tops: set[int]) -> int:
        """The nearest of `tops` at or above a node, -1 where there is none."""
        while node >= 0 and node not in tops:
            node = self.parents[node]
        return node
