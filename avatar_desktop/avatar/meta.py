"""Who made an avatar and what a person may do with it, in the terms of VRM 1.0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AvatarPermission = Literal["onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"]
CommercialUse = Literal["personalNonProfit", "personalProfit", "corporation"]
Modification = Literal["prohibited", "allowModification", "allowModificationRedistribution"]


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the file allows; what it does not mention stays forbidden, as VRM prescribes."""

    avatar: AvatarPermission = "onlyAuthor"
    commercial: CommercialUse = "personalNonProfit"
    modification: Modification = "prohibited"
    redistribution: bool = False
    credit_required: bool = True
    violent: bool = False
    sexual: bool = False
    political_or_religious: bool = False
    antisocial_or_hateful: bool = False


@dataclass(frozen=True, slots=True)
class Meta:
    """Who made it and what one may do with it."""

    title: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    """The address of the licence, or its name where there is no address."""
    version: str = ""
    copyright: str = ""
    contact: str = ""
    references: tuple[str, ...] = ()
    third_party_licences: str = ""
    other_licence: str = ""
    """Where further terms stand."""
    thumbnail: int | None = None
    """Index of the picture in the file."""
    permissions: Permissions | None = None
    """None where the file says nothing."""

    def in_words(self) -> tuple[str, ...]:
        """What a person may do, a short sentence each."""
        if self.permissions is None:
            named = f"The licence is {self.licence}." if self.licence else ""
            return (named or "The file does not say what may be done with it.",)
        allowed = self.permissions
        credit = f"Name {', '.join(self.authors) or 'the author'} wherever it is shown."
        said = [
            _AVATAR[allowed.avatar],
            _COMMERCIAL[allowed.commercial],
            _MODIFICATION[allowed.modification],
            _COPIES[allowed.redistribution],
            credit if allowed.credit_required else "Nobody needs to be named.",
        ]
        forbidden = [
            name
            for name, is_allowed in (
                ("violent", allowed.violent),
                ("sexual", allowed.sexual),
                ("political or religious", allowed.political_or_religious),
                ("antisocial or hateful", allowed.antisocial_or_hateful),
            )
            if not is_allowed
        ]
        if forbidden:
            said.append(f"Not for {', '.join(forbidden)} content.")
        if self.licence or self.other_licence:
            places = [place for place in (self.licence, self.other_licence) if place]
            said.append(f"The full terms: {', '.join(places)}.")
        return tuple(said)


_AVATAR: dict[AvatarPermission, str] = {
    "onlyAuthor": "Only the author may appear as this avatar.",
    "onlySeparatelyLicensedPerson": "Only people with a licence of their own may appear as it.",
    "everyone": "Everybody may appear as this avatar.",
}
_COMMERCIAL: dict[CommercialUse, str] = {
    "personalNonProfit": "No commercial use.",
    "personalProfit": "Persons may use it commercially, companies may not.",
    "corporation": "Persons and companies may use it commercially.",
}
_MODIFICATION: dict[Modification, str] = {
    "prohibited": "It may not be changed.",
    "allowModification": "It may be changed, but not passed on changed.",
    "allowModificationRedistribution": "It may be changed, and passed on changed.",
}
_COPIES = {True: "Copies may be passed on.", False: "Copies may not be passed on."}
