"""The shape of the extensions that avatars use, and where each may stand."""

from __future__ import annotations

from avatar_desktop.avatar.gltf.examination.rules import (
    Shape,
    among,
    flag,
    inside,
    link,
    named,
    number,
    numbers,
    several,
    text,
)

_LIGHTS = "extensions.KHR_lights_punctual.lights"
_VARIANTS = "extensions.KHR_materials_variants.variants"
_SHARE = number(0, 1)
_POSITIVE = number(0)
_TEXTURE = inside("textureInfo")
_COLOUR = numbers(3, at_least=0, at_most=1)

BROUGHT: dict[str, Shape] = {
    "anything": Shape(),
    "lights": Shape({"lights": several(inside("light"))}, ("lights",)),
    "light": Shape(
        {
            "color": _COLOUR,
            "intensity": _POSITIVE,
            "type": among("directional", "point", "spot"),
            "range": number(above=0),
            "spot": inside("spot"),
        },
        ("type",),
        by_type=True,
    ),
    "spot": Shape(
        {"innerConeAngle": number(0, 1.5708), "outerConeAngle": number(above=0, at_most=1.5708)},
        rising=(("innerConeAngle", "outerConeAngle"),),
    ),
    "lightOfNode": Shape({"light": link(_LIGHTS)}, ("light",)),
    "variants": Shape({"variants": several(inside("variant"))}, ("variants",)),
    "variant": Shape({"name": text()}, ("name",)),
    "variantsOfPrimitive": Shape({"mappings": several(inside("mapping"))}, ("mappings",)),
    "mapping": Shape(
        {"variants": several(link(_VARIANTS), unique=True), "material": link("materials")},
        ("variants", "material"),
    ),
    "otherImage": Shape({"source": link("images")}, ("source",)),
    "transform": Shape(
        {
            "offset": numbers(2),
            "rotation": number(),
            "scale": numbers(2),
            "texCoord": _POSITIVE,
        }
    ),
    "pointer": Shape({"pointer": text(r"(/.*)?")}, ("pointer",)),
    "visibility": Shape({"visible": flag}),
    "draco": Shape(
        {"bufferView": link("bufferViews"), "attributes": named(number(0))},
        ("bufferView", "attributes"),
    ),
    "meshopt": Shape(
        {
            "buffer": link("buffers"),
            "byteOffset": _POSITIVE,
            "byteLength": number(1),
            "byteStride": number(1, 256),
            "count": number(1),
            "mode": among("ATTRIBUTES", "TRIANGLES", "INDICES"),
            "filter": among("NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL", "COLOR"),
        },
        ("buffer", "byteLength", "byteStride", "count", "mode"),
    ),
    "instancing": Shape({"attributes": named(link("accessors"))}, ("attributes",)),
    "constraint": Shape({"constraint": inside("anything")}, ("constraint",)),
    "emissiveStrength": Shape({"emissiveStrength": _POSITIVE}),
    "ior": Shape({"ior": _POSITIVE}),
    "specular": Shape(
        {
            "specularFactor": _SHARE,
            "specularTexture": _TEXTURE,
            "specularColorFactor": numbers(3, at_least=0),
            "specularColorTexture": _TEXTURE,
        }
    ),
    "clearcoat": Shape(
        {
            "clearcoatFactor": _SHARE,
            "clearcoatTexture": _TEXTURE,
            "clearcoatRoughnessFactor": _SHARE,
            "clearcoatRoughnessTexture": _TEXTURE,
            "clearcoatNormalTexture": inside("normalTexture"),
        }
    ),
    "sheen": Shape(
        {
            "sheenColorFactor": _COLOUR,
            "sheenColorTexture": _TEXTURE,
            "sheenRoughnessFactor": _SHARE,
            "sheenRoughnessTexture": _TEXTURE,
        }
    ),
    "transmission": Shape({"transmissionFactor": _SHARE, "transmissionTexture": _TEXTURE}),
    "volume": Shape(
        {
            "thicknessFactor": _POSITIVE,
            "thicknessTexture": _TEXTURE,
            "attenuationDistance": number(above=0),
            "attenuationColor": _COLOUR,
        }
    ),
    "iridescence": Shape(
        {
            "iridescenceFactor": _SHARE,
            "iridescenceTexture": _TEXTURE,
            "iridescenceIor": number(1),
            "iridescenceThicknessMinimum": _POSITIVE,
            "iridescenceThicknessMaximum": _POSITIVE,
            "iridescenceThicknessTexture": _TEXTURE,
        }
    ),
    "anisotropy": Shape(
        {
            "anisotropyStrength": _SHARE,
            "anisotropyRotation": number(),
            "anisotropyTexture": _TEXTURE,
        }
    ),
    "dispersion": Shape({"dispersion": _POSITIVE}),
    "diffuseTransmission": Shape(
        {
            "diffuseTransmissionFactor": _SHARE,
            "diffuseTransmissionTexture": _TEXTURE,
            "diffuseTransmissionColorFactor": _COLOUR,
            "diffuseTransmissionColorTexture": _TEXTURE,
        }
    ),
    "specularGlossiness": Shape(
        {
            "diffuseFactor": numbers(4, at_least=0, at_most=1),
            "diffuseTexture": _TEXTURE,
            "specularFactor": _COLOUR,
            "glossinessFactor": _SHARE,
            "specularGlossinessTexture": _TEXTURE,
        }
    ),
}
"""Kind of object → its shape, as extensions bring it."""

_TEXTURED = ("textureInfo", "normalTexture", "occlusionTexture")
EXTENSIONS: dict[str, dict[str, str]] = {
    "KHR_animation_pointer": {"target": "pointer"},
    "KHR_draco_mesh_compression": {"primitive": "draco"},
    "KHR_lights_punctual": {"document": "lights", "node": "lightOfNode"},
    "KHR_materials_anisotropy": {"material": "anisotropy"},
    "KHR_materials_clearcoat": {"material": "clearcoat"},
    "KHR_materials_diffuse_transmission": {"material": "diffuseTransmission"},
    "KHR_materials_dispersion": {"material": "dispersion"},
    "KHR_materials_emissive_strength": {"material": "emissiveStrength"},
    "KHR_materials_ior": {"material": "ior"},
    "KHR_materials_iridescence": {"material": "iridescence"},
    "KHR_materials_pbrSpecularGlossiness": {"material": "specularGlossiness"},
    "KHR_materials_sheen": {"material": "sheen"},
    "KHR_materials_specular": {"material": "specular"},
    "KHR_materials_transmission": {"material": "transmission"},
    "KHR_materials_unlit": {"material": "anything"},
    "KHR_materials_variants": {"document": "variants", "primitive": "variantsOfPrimitive"},
    "KHR_materials_volume": {"material": "volume"},
    "KHR_mesh_quantization": {},
    "KHR_node_visibility": {"node": "visibility"},
    "KHR_texture_basisu": {"texture": "otherImage"},
    "KHR_texture_transform": dict.fromkeys(_TEXTURED, "transform"),
    "EXT_mesh_gpu_instancing": {"node": "instancing"},
    "EXT_meshopt_compression": {"bufferView": "meshopt", "buffer": "anything"},
    "KHR_meshopt_compression": {"bufferView": "meshopt", "buffer": "anything"},
    "EXT_texture_webp": {"texture": "otherImage"},
    "VRM": {"document": "anything"},
    "VRMC_vrm": {"document": "anything"},
    "VRMC_vrm_animation": {"document": "anything"},
    "VRMC_springBone": {"document": "anything"},
    "VRMC_node_constraint": {"node": "constraint"},
    "VRMC_materials_mtoon": {"material": "anything"},
    "VRMC_materials_hdr_emissiveMultiplier": {"material": "anything"},
}
"""Extension → the objects that may carry it, and the shape it has there."""
