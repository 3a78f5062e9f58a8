"""The character of an avatar as `inspect` tells it: licence, face, gaze and what hangs loose."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from avatar_desktop.avatar.avatar import Avatar
from avatar_desktop.avatar.constraint import Constraint
from avatar_desktop.avatar.expression import Expression, LookAt
from avatar_desktop.avatar.meta import Meta
from avatar_desktop.avatar.spring import Ball, Capsule, Collider, Spring

Json = dict[str, Any]


def character(avatar: Avatar) -> Json:
    """What VRM, or a file that speaks like it, says of the person in it."""
    return {
        "meta": _meta(avatar.meta),
        "expressions": [_expression(item) for item in avatar.expressions.values()],
        "springs": [_spring(item) for item in avatar.springs],
        "constraints": [_constraint(item) for item in avatar.constraints],
        "lookAt": _look_at(avatar.look_at),
        "firstPerson": {str(node): kind for node, kind in avatar.first_person.items()},
    }


def licence_lines(avatar: Avatar) -> list[str]:
    """What one may do with it, for a person to read; nothing where the file is silent."""
    meta = avatar.meta
    if meta.permissions is None and not meta.licence:
        return []
    first, *others = meta.in_words()
    return [f"  licence    {first}", *(f"             {said}" for said in others)]


def _meta(meta: Meta) -> Json:
    allowed = meta.permissions
    return {
        "title": meta.title,
        "version": meta.version,
        "authors": list(meta.authors),
        "copyright": meta.copyright,
        "contact": meta.contact,
        "references": list(meta.references),
        "thirdPartyLicences": meta.third_party_licences,
        "licence": meta.licence,
        "otherLicence": meta.other_licence,
        "thumbnail": meta.thumbnail,
        "permissions": None
        if allowed is None
        else {
            "avatar": allowed.avatar,
            "commercial": allowed.commercial,
            "modification": allowed.modification,
            "redistribution": allowed.redistribution,
            "creditRequired": allowed.credit_required,
            "violent": allowed.violent,
            "sexual": allowed.sexual,
            "politicalOrReligious": allowed.political_or_religious,
            "antisocialOrHateful": allowed.antisocial_or_hateful,
        },
        "inWords": list(meta.in_words()),
    }


def _expression(item: Expression) -> Json:
    return {
        "name": item.name,
        "isBinary": item.is_binary,
        "binds": [asdict(bind) for bind in item.binds],
        "colours": [asdict(bind) for bind in item.colours],
        "textures": [asdict(bind) for bind in item.textures],
        "overrides": {
            "blink": item.override_blink,
            "lookAt": item.override_look_at,
            "mouth": item.override_mouth,
        },
    }


def _spring(item: Spring) -> Json:
    return {
        "name": item.name,
        "joints": [
            {
                "node": joint.node,
                "hitRadius": joint.hit_radius,
                "stiffness": joint.stiffness,
                "gravityPower": joint.gravity_power,
                "gravityDirection": list(joint.gravity_direction),
                "drag": joint.drag,
            }
            for joint in item.joints
        ],
        "colliders": [_collider(each) for each in item.colliders],
        "centre": item.centre,
        "tail": None if item.tail is None else list(item.tail),
    }


def _collider(item: Collider) -> Json:
    shape = item.shape
    kind = "ball" if isinstance(shape, Ball) else "plane"
    kind = "capsule" if isinstance(shape, Capsule) else kind
    return {"node": item.node, "kind": kind, **asdict(shape)}


def _constraint(item: Constraint) -> Json:
    return asdict(item)


def _look_at(look: LookAt | None) -> Json | None:
    if look is None:
        return None
    return {
        "type": look.kind,
        "offsetFromHeadBone": list(look.offset_from_head),
        "horizontalInner": list(look.horizontal_inner),
        "horizontalOuter": list(look.horizontal_outer),
        "verticalDown": list(look.vertical_down),
        "verticalUp": list(look.vertical_up),
    }
