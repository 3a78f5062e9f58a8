"""Who made the avatar and what one may do with it, from both versions of VRM."""

from __future__ import annotations

import msgspec

from avatar_desktop.avatar.gltf.source import Source
from avatar_desktop.avatar.meta import (
    AvatarPermission,
    CommercialUse,
    Meta,
    Modification,
    Permissions,
)
from avatar_desktop.avatar.vrm.entries import entry, word

_VRM_LICENCE = "https://vrm.dev/licenses/1.0"
_AVATAR: dict[str, AvatarPermission] = {
    "onlyAuthor": "onlyAuthor",
    "onlySeparatelyLicensedPerson": "onlySeparatelyLicensedPerson",
    "everyone": "everyone",
    "OnlyAuthor": "onlyAuthor",
    "ExplicitlyLicensedPerson": "onlySeparatelyLicensedPerson",
    "Everyone": "everyone",
}
_COMMERCIAL: dict[str, CommercialUse] = {
    "personalNonProfit": "personalNonProfit",
    "personalProfit": "personalProfit",
    "corporation": "corporation",
}
_MODIFICATION: dict[str, Modification] = {
    "prohibited": "prohibited",
    "allowModification": "allowModification",
    "allowModificationRedistribution": "allowModificationRedistribution",
}
_SHARING: Modification = "allowModificationRedistribution"
_LICENCES_OF_VRM_0: dict[str, tuple[Modification, bool]] = {
    "CC0": (_SHARING, True),
    "CC_BY": (_SHARING, True),
    "CC_BY_NC": (_SHARING, True),
    "CC_BY_SA": (_SHARING, True),
    "CC_BY_NC_SA": (_SHARING, True),
    "CC_BY_ND": ("allowModification", True),
    "CC_BY_NC_ND": ("allowModification", True),
}
"""Licence name → what may be done with changed and with unchanged copies."""


class _Meta(msgspec.Struct, rename="camel"):
    name: str | None = None
    version: str | None = None
    authors: list[str] | None = None
    copyright_information: str | None = None
    contact_information: str | None = None
    references: list[str] | None = None
    third_party_licenses: str | None = None
    thumbnail_image: int | None = None
    license_url: str | None = None
    other_license_url: str | None = None
    avatar_permission: str = "onlyAuthor"
    commercial_usage: str = "personalNonProfit"
    credit_notation: str = "required"
    modification: str = "prohibited"
    allow_redistribution: bool = False
    allow_excessively_violent_usage: bool = False
    allow_excessively_sexual_usage: bool = False
    allow_political_or_religious_usage: bool = False
    allow_antisocial_or_hate_usage: bool = False


class _MetaOfVrm0(msgspec.Struct, rename="camel"):
    title: str | None = None
    version: str | None = None
    author: str | None = None
    contact_information: str | None = None
    reference: str | None = None
    texture: int | None = None
    allowed_user_name: str | None = None
    violent_ussage_name: str | None = None
    sexual_ussage_name: str | None = None
    commercial_ussage_name: str | None = None
    license_name: str | None = None
    other_license_url: str | None = None
    other_permission_url: str | None = None


def read_meta(source: Source, raw: msgspec.Raw, place: str) -> Meta:
    """The meta of VRM 1.0; a foreign licence is named, not refused."""
    meta = entry(source, raw, _Meta, place, "The licence of the avatar")
    if meta is None:
        return Meta()
    licence = meta.license_url or ""
    if licence and not licence.startswith(_VRM_LICENCE):
        source.warn(f"The licence is not VRM's own but {licence[:120]} ({place}.licenseUrl).")
    return Meta(
        title=meta.name or "",
        authors=_names(meta.authors),
        licence=licence,
        version=meta.version or "",
        copyright=meta.copyright_information or "",
        contact=meta.contact_information or "",
        references=_names(meta.references),
        third_party_licences=meta.third_party_licenses or "",
        other_licence=meta.other_license_url or "",
        thumbnail=_picture(source, meta.thumbnail_image, f"{place}.thumbnailImage"),
        permissions=_permissions(source, meta, place),
    )


def read_meta_of_vrm0(source: Source, raw: msgspec.Raw, place: str) -> Meta:
    """The meta of VRM 0.x; where it says less than VRM 1.0 the stricter reading is taken."""
    meta = entry(source, raw, _MetaOfVrm0, place, "The licence of the avatar")
    if meta is None:
        return Meta()
    addresses = [text for text in (meta.other_license_url, meta.other_permission_url) if text]
    name = meta.license_name or ""
    licence = addresses[0] if addresses and name in ("", "Other") else name
    others = dict.fromkeys(address for address in addresses if address != licence)
    return Meta(
        title=meta.title or "",
        authors=_names([meta.author or ""]),
        licence=licence,
        version=meta.version or "",
        contact=meta.contact_information or "",
        references=_names([meta.reference or ""]),
        other_licence=", ".join(others),
        thumbnail=_picture_of_texture(source, meta.texture, f"{place}.texture"),
        permissions=_permissions_of_vrm0(meta, name),
    )


def _permissions(source: Source, meta: _Meta, place: str) -> Permissions:
    avatar, commercial = f"{place}.avatarPermission", f"{place}.commercialUsage"
    change = f"{place}.modification"
    return Permissions(
        avatar=word(source, meta.avatar_permission, _AVATAR, "onlyAuthor", avatar),
        commercial=word(
            source, meta.commercial_usage, _COMMERCIAL, "personalNonProfit", commercial
        ),
        modification=word(source, meta.modification, _MODIFICATION, "prohibited", change),
        redistribution=meta.allow_redistribution,
        credit_required=meta.credit_notation != "unnecessary",
        violent=meta.allow_excessively_violent_usage,
        sexual=meta.allow_excessively_sexual_usage,
        political_or_religious=meta.allow_political_or_religious_usage,
        antisocial_or_hateful=meta.allow_antisocial_or_hate_usage,
    )


def _permissions_of_vrm0(meta: _MetaOfVrm0, licence: str) -> Permissions:
    modification, redistribution = _LICENCES_OF_VRM_0.get(licence, ("prohibited", False))
    commercial: CommercialUse = "personalNonProfit"
    if meta.commercial_ussage_name == "Allow" and "_NC" not in licence:
        commercial = "corporation" if licence in _LICENCES_OF_VRM_0 else "personalProfit"
    return Permissions(
        avatar=_AVATAR.get(meta.allowed_user_name or "", "onlyAuthor"),
        commercial=commercial,
        modification=modification,
        redistribution=redistribution,
        credit_required=licence != "CC0",
        violent=meta.violent_ussage_name == "Allow",
        sexual=meta.sexual_ussage_name == "Allow",
    )


def _names(found: list[str] | None) -> tuple[str, ...]:
    return tuple(name for name in found or () if name.strip())


def _picture(source: Source, index: int | None, place: str) -> int | None:
    if index is None or index == -1:
        return None
    if 0 <= index < len(source.document.images):
        return index
    source.warn(f"The thumbnail points to picture {index}, which is not there ({place}).")
    return None


def _picture_of_texture(source: Source, index: int | None, place: str) -> int | None:
    """VRM 0.x names a texture, VRM 1.0 its picture."""
    if index is None or index == -1:
        return None
    if 0 <= index < len(source.document.textures):
        return _picture(source, source.document.textures[index].source, place)
    source.warn(f"The thumbnail points to texture {index}, which is not there ({place}).")
    return None
