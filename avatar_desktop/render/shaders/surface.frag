// Metallic-roughness, toon or unlit; which one, and with what maps, is decided when it is compiled.
#include "frame.glsl"
#include "material.glsl"
#include "display.glsl"
#ifdef SHADOWS
#include "shadow.glsl"
#endif
#ifdef ENVIRONMENT
#include "environment.glsl"
#else
#include "studio.glsl"
#endif

in vec3 world_position;
in vec3 world_normal;
#ifdef TANGENTS
in vec4 world_tangent;
#endif
#ifdef TEXTURED
in vec2 uv_0;
#endif
#ifdef SECOND_UV
in vec2 uv_1;
#endif
#ifdef VERTEX_COLOURS
in vec4 vertex_colour;
#endif
#ifdef SHADOWS
in vec3 shadow_place;
#endif

uniform sampler2D base_map;
uniform sampler2D metallic_roughness_map;
uniform sampler2D normal_map;
uniform sampler2D occlusion_map;
uniform sampler2D emissive_map;

out vec4 shown;

#ifdef TEXTURED
vec2 uv_for(int map) {
#ifdef PLAIN_UV
    return uv_0;
#else
    vec4 u = uv_rows[map * 2];
    vec4 v = uv_rows[map * 2 + 1];
    vec2 from = uv_0;
#ifdef SECOND_UV
    if (u.w > 0.5) from = uv_1;
#endif
    return vec2(dot(u.xy, from) + u.z, dot(v.xy, from) + v.z);
#endif
}
#endif

vec3 surface_normal() {
#ifdef FLAT
    vec3 n = normalize(cross(dFdx(world_position), dFdy(world_position)));
    const float side = 1.0;
#else
    vec3 n = normalize(world_normal);
#ifdef DOUBLE_SIDED
    float side = gl_FrontFacing ? 1.0 : -1.0;
    n *= side;
#else
    const float side = 1.0;
#endif
#endif
#ifdef NORMAL_MAP
    vec2 uv = uv_for(NORMAL);
    vec3 bump = texture(normal_map, uv).xyz * 2.0 - 1.0;
    bump.xy *= response.z;
#ifdef TANGENTS
    vec3 t = world_tangent.xyz;
    t = normalize(t - n * dot(n, t)) * side;
    vec3 b = cross(n, t) * world_tangent.w * side;
#else
    // No tangents in the file: the directions in which u and v grow on the screen.
    vec3 px = dFdx(world_position), py = dFdy(world_position);
    vec2 ux = dFdx(uv), uy = dFdy(uv);
    vec3 t = cross(py, n) * ux.x + cross(n, px) * uy.x;
    vec3 b = cross(py, n) * ux.y + cross(n, px) * uy.y;
    float scale = inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-20));
    t *= scale;
    b *= -scale;
#endif
    n = normalize(t * bump.x + b * bump.y + n * max(bump.z, 1e-3));
#endif
    return n;
}

void main() {
    vec4 base = base_colour;
#ifdef BASE_MAP
    base *= texture(base_map, uv_for(BASE));
#endif
#ifdef VERTEX_COLOURS
    base *= vertex_colour;
#endif
#ifdef ALPHA_MASK
    if (base.a < emissive.w) discard;
#endif
#ifdef ALPHA_BLEND
    float alpha = clamp(base.a, 0.0, 1.0);
#else
    const float alpha = 1.0;
#endif

#ifdef UNLIT
    shown = covering(encoded(base.rgb * eye.w), alpha);
#else
    vec3 n = surface_normal();
    vec3 glow = emissive.rgb;
#ifdef EMISSIVE_MAP
    glow *= texture(emissive_map, uv_for(EMISSIVE)).rgb;
#endif
    float key_share = 1.0;
#ifdef SHADOWS
    key_share = 1.0 - key.light.w * (1.0 - key_visibility(shadow_place));
#endif

#ifdef TOON
    float shading = dot(n, key.towards.xyz) + toon.x;
    float edge = max(1.0 - shade.w, 0.004);
    shading = clamp((shading + edge) / (2.0 * edge), 0.0, 1.0) * key_share;
    vec3 shaded = shade.rgb;
#ifdef BASE_MAP
    shaded *= texture(base_map, uv_for(BASE)).rgb;
#endif
#ifdef ENVIRONMENT
    vec3 tint = key.light.rgb;  // a toon takes its light from the sun alone
#else
    // An author's toon colours are meant as they are; the studio only tints them.
    vec3 tint = mix(vec3(1.0), key.light.rgb / max(key.light.r, 0.01), 0.3);
#endif
    shown = covering(encoded((mix(shaded, base.rgb, shading) * tint + glow) * eye.w), alpha);
#else
    float metallic = response.x;
    float roughness = response.y;
#ifdef METALLIC_ROUGHNESS_MAP
    vec4 measured = texture(metallic_roughness_map, uv_for(METALLIC_ROUGHNESS));
    roughness *= measured.g;
    metallic *= measured.b;
#endif
    float open_sky = 1.0;
#ifdef OCCLUSION_MAP
    open_sky += response.w * (texture(occlusion_map, uv_for(OCCLUSION)).r - 1.0);
#endif
    vec3 v = normalize(eye.xyz - world_position);
    vec3 light = lit(base.rgb, metallic, clamp(roughness, 0.06, 1.0), n, v, open_sky, key_share);
    shown = covering(developed(light + glow), alpha);
#endif
#endif
}
