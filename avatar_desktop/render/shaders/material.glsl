// One material. Packed by surface_block.py, in this order.
layout(std140) uniform Surface {
    vec4 base_colour;
    vec4 emissive;       // rgb, w: alpha cutoff
    vec4 response;       // metallic, roughness, normal scale, occlusion strength
    vec4 shade;          // rgb of the toon shade, w: toony
    vec4 outline;        // rgb, w: width in metres, or a share of the picture's height
    vec4 toon;           // shading shift, scale of its texture, GI equalization, outline lighting mix
    vec4 rim;            // rgb, w: lighting mix
    vec4 rim_shape;      // fresnel power, lift, 1 for outlines measured on the screen, -
    vec4 matcap;         // rgb, -
    vec4 flow;           // textures move: u, v, radians a second, -
    vec4 specular;       // rgb, strength
    vec4 coat;           // strength, roughness, normal scale, w: what the surface reflects by its ior
    vec4 velvet;         // rgb, roughness
    vec4 through;        // transmission, thickness, dispersion, ior
    vec4 inside;         // rgb that is left after a distance, w: that distance
    vec4 film;           // strength, ior, thickness from, to (nanometres)
    vec4 brush;          // strength, direction
    vec4 uv_rows[34];    // two rows for each texture: (u, v, offset, uv set), (u, v, offset, -)
};

// Rows of the textures, as in maps.py.
const int BASE = 0, METALLIC_ROUGHNESS = 1, NORMAL = 2, OCCLUSION = 3, EMISSIVE = 4;
const int SHADE = 5, SHIFT = 6, RIM_MULTIPLY = 7, MATCAP = 8, OUTLINE_WIDTH = 9, FLOW_MASK = 10;
const int SPECULAR = 5, SPECULAR_COLOUR = 6, COAT = 7, COAT_ROUGHNESS = 8, COAT_NORMAL = 9;
const int VELVET_COLOUR = 10, VELVET_ROUGHNESS = 11, CLEAR_SHARE = 12, THICKNESS = 13;
const int FILM = 14, FILM_THICKNESS = 15, BRUSH = 16;

vec2 moved(int map, vec2 uv) {
    vec3 u = uv_rows[map * 2].xyz, v = uv_rows[map * 2 + 1].xyz;
    return vec2(dot(u.xy, uv) + u.z, dot(v.xy, uv) + v.z);
}
