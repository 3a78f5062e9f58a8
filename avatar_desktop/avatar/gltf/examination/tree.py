"""Nodes, scenes and skins: what hangs together and what contradicts itself."""

from __future__ import annotations

import numpy as np

from avatar_desktop.avatar.gltf.document import Node
from avatar_desktop.avatar.gltf.examination.case import Case
from avatar_desktop.avatar.gltf.examination.findings import Json, objects

_UNIT = 0.005
_TRS = ("translation", "rotation", "scale")


def examine_tree(case: Case) -> None:
    """Every node, scene and skin."""
    parents = _parents(case)
    raw_nodes = objects(case.raw, "nodes")
    for index, node in enumerate(case.document.nodes):
        _examine_node(case, node, raw_nodes[index], f"$.nodes[{index}]")
    for index, scene in enumerate(case.document.scenes):
        for number, root in enumerate(scene.nodes):
            if root in parents:
                case.findings.add(
                    f"$.scenes[{index}].nodes[{number}]", f"node {root} is not a root."
                )
    raw_skins = objects(case.raw, "skins")
    for index, skin in enumerate(case.document.skins):
        _examine_skin(case, skin.joints, raw_skins[index], f"$.skins[{index}]", parents)
        bound = skin.inverse_bind_matrices
        if bound is not None and case.has_accessor(bound):
            _examine_binds(case, bound, len(skin.joints), f"$.skins[{index}].inverseBindMatrices")


def _parents(case: Case) -> dict[int, int]:
    return {
        child: index for index, node in enumerate(case.document.nodes) for child in node.children
    }


def _examine_node(case: Case, node: Node, raw: Json, place: str) -> None:
    if node.matrix is not None:
        both = [name for name in _TRS if name in raw]
        if both:
            case.findings.add(f"{place}.matrix", f"a node with a matrix has {both[0]} as well.")
        _examine_matrix(case, node.matrix, f"{place}.matrix")
    elif abs(float(np.linalg.norm(node.rotation)) - 1.0) > _UNIT:
        case.findings.add(f"{place}.rotation", "the rotation is no unit quaternion.")
    if node.mesh is None or node.mesh >= len(case.document.meshes):
        return
    mesh = case.document.meshes[node.mesh]
    targets = max((len(part.targets) for part in mesh.primitives), default=0)
    if node.weights and len(node.weights) != targets:
        case.findings.add(
            f"{place}.weights", f"there are {len(node.weights)} weights for {targets} targets."
        )
    is_bound = ["JOINTS_0" in part.attributes for part in mesh.primitives]
    if node.skin is not None and not all(is_bound):
        case.findings.add(f"{place}.skin", "the mesh has no joints, so the skin cannot move it.")
    elif node.skin is None and any(is_bound):
        case.findings.add(f"{place}.mesh", "the mesh has joints, and the node has no skin.")


def _examine_matrix(case: Case, columns: list[float], place: str) -> None:
    matrix = np.array(columns, np.float64).reshape(4, 4)
    axes = matrix[:3, :3]
    lengths = np.linalg.norm(axes, axis=1)
    if not np.allclose(matrix[:, 3], (0, 0, 0, 1), atol=1e-5):
        case.findings.add(place, "the last row of a transform must be 0 0 0 1.")
    if (lengths > 0).all():
        unit = axes / lengths[:, None]
        if np.abs(unit @ unit.T - np.eye(3)).max() > 1e-3:
            case.findings.add(
                place, "the matrix is sheared: it is not a translation, turn and scale."
            )


def _examine_skin(
    case: Case, joints: list[int], raw: Json, place: str, parents: dict[int, int]
) -> None:
    known = [joint for joint in joints if joint < len(case.document.nodes)]
    if not known:
        return
    chains = [_chain(joint, parents) for joint in known]
    common = set(chains[0]).intersection(*chains[1:])
    if not common:
        case.findings.add(f"{place}.joints", "the joints have no common root.")
    root = raw.get("skeleton")
    if isinstance(root, int) and common and root not in common:
        case.findings.add(f"{place}.skeleton", f"node {root} is not above all joints.")


def _chain(node: int, parents: dict[int, int]) -> list[int]:
    chain = [node]
    while node in parents and len(chain) <= len(parents):
        node = parents[node]
        chain.append(node)
    return chain


def _examine_binds(case: Case, index: int, joints: int, place: str) -> None:
    accessor = case.document.accessors[index]
    if accessor.type != "MAT4" or accessor.component_type != 5126:
        case.findings.add(place, "has the wrong format for matrices.")
    elif accessor.count < joints:
        case.findings.add(place, f"there are {accessor.count} matrices for {joints} joints.")
