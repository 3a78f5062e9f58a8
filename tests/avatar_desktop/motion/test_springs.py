"""What swings hangs, follows, stays out of colliders and survives odd skeletons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.spring import Ball, Capsule, Collider, Plane, Spring, SpringJoint
from avatar_desktop.motion.chains import lay_out
from avatar_desktop.motion.hierarchy import Locals
from avatar_desktop.motion.springs import Springs
from tests.makers.swinging import (
    BODY,
    Doubles,
    Ride,
    avatar_of,
    hanging,
    on_stage,
    places,
    seen_from,
    shaken,
)

FRAMES = np.arange(120) / 60.0


def still(_: Locals, __: float) -> None:
    """Nothing moves."""


def lying(avatar: Avatar, *, tilt: float = 0.0) -> Locals:
    """At rest, with the body tipped over by some radians."""
    local = Locals.at_rest(avatar)
    local.rotations[BODY] = (0.0, 0.0, np.sin(tilt / 2), np.cos(tilt / 2))
    return local


def tipped(tilt: float) -> Ride:
    avatar = on_stage(hanging(stiffness=0.0, gravity_power=1.0, drag=0.4))
    ride = Ride(avatar, still)
    ride.local = lying(avatar, tilt=tilt)
    return ride


@pytest.mark.parametrize("tilt", [0.4, 1.5, np.pi])
def test_the_first_frame_hangs_already(tilt: float) -> None:
    """Also when gravity pulls exactly against the bones and has to decide on a side."""
    ride = tipped(tilt)
    first, *_, last = places(ride.through(FRAMES), ride.avatar)
    down = np.diff(first, axis=0)
    if tilt < np.pi:
        np.testing.assert_allclose(down / 0.1, [(0, -1, 0)] * 4, atol=0.02)
        np.testing.assert_allclose(first, last, atol=1e-3)
    lengths = np.linalg.norm(np.diff(last, axis=0), axis=1)
    np.testing.assert_allclose(lengths, 0.1, rtol=1e-5)


def test_a_bone_turned_right_round_is_turned_and_not_mirrored() -> None:
    ride = tipped(0.0)
    ride.begin()
    ride.springs._swing._tails[:, 1] += 10.0  # as if something had thrown them up
    ride.springs._swing.calm()
    world = ride.at(1.0 / 60.0)[1]
    assert np.linalg.det(world[:3, :3]) == pytest.approx(1.0, abs=1e-6)
    assert world[:3, :3] @ (0, -1, 0) == pytest.approx([0, 1, 0], abs=1e-6)


def test_hair_comes_after_the_head_and_comes_to_rest() -> None:
    def step(local: Locals, t: float) -> None:
        local.translations[-1, 0] = 0.2 * min(1.0, t * 5.0)

    avatar = on_stage(hanging(stiffness=0.5, gravity_power=0.5))
    lies = seen_from(Ride(avatar, step).through(FRAMES), BODY, avatar)
    assert lies[6, -1, 0] < lies[0, -1, 0] - 0.05
    assert np.abs(lies[-1] - lies[0]).max() < 1e-3


def test_the_same_rides_are_the_same_bits() -> None:
    avatar = on_stage(hanging(stiffness=0.5, colliders=(Collider(BODY, Ball((0, 0, 0), 0.1)),)))
    one, two = (Ride(avatar).through(FRAMES) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_no_time_is_a_pause_and_time_that_goes_back_begins_anew() -> None:
    avatar = on_stage(hanging(stiffness=0.5))
    ride = Ride(avatar)
    ride.through(FRAMES[:45])
    moving = ride.at(0.7375)
    for _ in range(50):
        np.testing.assert_allclose(ride.at(0.7375), moving, atol=1e-12)
    np.testing.assert_array_equal(ride.at(0.2), Ride(avatar).at(0.2))


def around(x: float, y: float, *, is_line: bool = False) -> Callable[[Doubles], Doubles]:
    return lambda points: np.linalg.norm(
        (points - (x, y, 0.0))[..., : 2 if is_line else 3], axis=-1
    )


SHAPES = {  # each with how far a point is from touching it
    "ball": (Ball((0.18, -0.3, 0.0), 0.1), lambda p: around(0.18, -0.3)(p) - 0.1),
    "capsule": (
        Capsule((0.18, -0.3, -1.0), (0.18, -0.3, 1.0), 0.1),
        lambda p: around(0.18, -0.3, is_line=True)(p) - 0.1,
    ),
    "plane": (Plane((0.05, 0.0, 0.0), (1.0, 0.0, 0.0)), lambda p: p[..., 0] - 0.05),
    "inside": (
        Ball((0.25, -0.2, 0.0), 0.25, inside=True),
        lambda p: 0.25 - around(0.25, -0.2)(p),
    ),
    "inside capsule": (
        Capsule((0.25, -0.2, -1.0), (0.25, -0.2, 1.0), 0.25, inside=True),
        lambda p: 0.25 - around(0.25, -0.2, is_line=True)(p),
    ),
}


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_tails_stay_out_of_shapes_or_in_them(name: str, scale: float) -> None:
    shape, distance = SHAPES[name]

    def grown(local: Locals, t: float) -> None:
        shaken(local, t / 4.0)
        local.translations[-1] *= scale
        local.scales[-1] = scale

    def gap(colliders: tuple[Collider, ...]) -> float:
        avatar = on_stage(
            hanging(colliders=colliders, stiffness=0.3, gravity_power=0.5, hit_radius=0.02)
        )
        lies = seen_from(Ride(avatar, grown).through(FRAMES), BODY, avatar)
        return float(distance(lies[:, -1]).min())

    assert gap((Collider(BODY, shape),)) > 0.005, "nearer than the hit radius, not inside"
    assert gap(()) < -0.005


def test_a_chain_on_a_chain_follows_it() -> None:
    joints = [SpringJoint(node, stiffness=0.5) for node in range(8)]
    avatar = avatar_of(
        [(0, 1, 0), *[(0, -0.1, 0)] * 3, (0.1, 0, 0), (0.1, 0, 0), (0.1, 0, 0)],
        [-1, 0, 1, 2, 2, 4, 5],
        # the chain that depends on the other comes first in the file
        springs=(Spring("on", tuple(joints[4:7])), Spring("below", tuple(joints[1:4]))),
    )
    chains = lay_out(avatar)
    assert [link.joint.node for link in chains.links] == [1, 2, 4, 5]
    assert [level.stop - level.start for level in chains.levels] == [1, 1, 1, 1]
    ride = Ride(on_stage(avatar))
    worlds = ride.through(FRAMES)
    gap = np.linalg.norm(worlds[:, 4, :3, 3] - worlds[:, 2, :3, 3], axis=1)
    np.testing.assert_allclose(gap, 0.1, rtol=1e-5)


def test_joints_may_skip_nodes_and_what_is_between_and_below_follows() -> None:
    avatar = avatar_of(
        [(0, 1, 0), *[(0, -0.1, 0)] * 5, (0.05, 0, 0)],
        [-1, 0, 1, 2, 3, 4, 3],
        springs=(Spring("s", tuple(SpringJoint(node, stiffness=0.5) for node in (1, 3, 5))),),
    )
    worlds = Ride(on_stage(avatar)).through(FRAMES)
    for near, far, length in ((1, 2, 0.1), (2, 3, 0.1), (3, 4, 0.1), (4, 5, 0.1), (3, 6, 0.05)):
        gap = np.linalg.norm(worlds[:, near, :3, 3] - worlds[:, far, :3, 3], axis=1)
        np.testing.assert_allclose(gap, length, rtol=1e-5)
    straight = worlds[:, 3, :3, 3] - worlds[:, 1, :3, 3]
    np.testing.assert_allclose(np.linalg.norm(straight, axis=1), 0.2, rtol=1e-5)


def test_a_centre_takes_its_own_motion_out() -> None:
    avatar = on_stage(hanging(stiffness=0.5))
    held = replace(avatar, springs=(replace(avatar.springs[0], centre=BODY),))
    loose = seen_from(Ride(avatar).through(FRAMES), BODY, avatar)
    calm = seen_from(Ride(held).through(FRAMES), BODY, held)
    assert np.ptp(loose, axis=0).max() > 0.1
    assert np.ptp(calm, axis=0).max() < 1e-6


def test_the_end_of_an_old_chain_swings_too() -> None:
    avatar = hanging(joints=2, stiffness=0.5)
    chain = replace(avatar.springs[0], tail=(0.0, -0.07, 0.0))
    assert len(Springs(avatar).nodes) == 2
    assert len(Springs(replace(avatar, springs=(chain,))).nodes) == 3


def test_what_has_no_length_no_node_or_no_place_does_not_swing() -> None:
    joints = tuple(SpringJoint(node) for node in (1, 2, 3, 99))
    avatar = avatar_of(
        [(0, 1, 0), (0.1, 0, 0), (0, 0, 0), (0, -0.1, 0), (0, -0.1, 0)],
        [-1, 0, 1, 2, 0],
        springs=(
            Spring("one", joints),
            Spring("again", joints),
            Spring("aside", (SpringJoint(4), SpringJoint(3))),
            Spring("empty", ()),
        ),
    )
    assert Springs(avatar).nodes == (2,)
    assert np.isfinite(Ride(on_stage(avatar)).through(FRAMES)).all()


def test_without_chains_there_is_nothing_to_do() -> None:
    springs = Springs(avatar_of([(0, 0, 0)], [-1]))
    assert springs.nodes == () and springs.anchors == ()
    assert springs.advance(0.0, np.zeros((0, 4, 4))).shape == (0, 4, 4)


def test_a_mirrored_avatar_swings_like_its_mirror_image() -> None:
    avatar = on_stage(hanging(stiffness=0.5, gravity_power=0.3))

    def mirrored(local: Locals, t: float) -> None:
        shaken(local, t)
        local.translations[-1, 0] *= -1.0
        local.rotations[-1, 1] *= -1.0
        local.scales[-1, 0] = -1.0

    plain = places(Ride(avatar).through(FRAMES), avatar)
    image = places(Ride(avatar, mirrored).through(FRAMES), avatar)
    np.testing.assert_allclose(image * (-1, 1, 1), plain, atol=1e-6)


def test_an_avatar_shrunk_to_nothing_and_back_hangs_again() -> None:
    def blinked(local: Locals, t: float) -> None:
        local.scales[-1] = 0.0 if 0.5 < t < 1.0 else 1.0

    avatar = on_stage(hanging(stiffness=0.8))
    worlds = Ride(avatar, blinked).through(FRAMES)
    assert np.isfinite(worlds).all()
    lies = places(worlds, avatar)
    np.testing.assert_allclose(lies[-1], lies[0], atol=1e-3)
