// One material. Packed by material_block.py, in this order.
layout(std140) uniform Surface {
    vec4 base_colour;
    vec4 emissive;       // rgb, w: alpha cutoff
    vec4 response;       // metallic, roughness, normal scale, occlusion strength
    vec4 shade;          // rgb of the toon shade, w: toony
    vec4 outline;        // rgb, w: width in metres
    vec4 toon;           // x: shading shift
    vec4 uv_rows[10];    // two rows for each texture: (u, v, offset, uv set), (u, v, offset, -)
};

const int BASE = 0, METALLIC_ROUGHNESS = 1, NORMAL = 2, OCCLUSION = 3, EMISSIVE = 4;
