// Metallic-roughness, toon or unlit; which one, and with what maps, is decided when it is compiled.
#include "frame.glsl"
#include "material.glsl"
#include "display.glsl"
#include "shadow.glsl" for SHADOWS
#include "open_sky.glsl" for OPEN_SKY

in vec3 world_position;
#ifdef ENVIRONMENT
#include "environment.glsl"
#else
#include "studio.glsl"
#endif
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
#ifdef MORE_UV
in vec4 uv_2_3;
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

#include "uv.glsl" for TEXTURED
#include "normal.glsl"
#include "toon.glsl" for TOON
#include "finish.glsl" for FINISHED

void main() {
    vec4 base = base_colour;
#ifdef BASE_MAP
    base *= texture(base_map, uv_for(BASE));
#endif
#ifdef VERTEX_COLOURS
    base *= vertex_colour;
#endif
#ifdef SOFT_MASK
    float cover = clamp((base.a - emissive.w) / max(fwidth(base.a), 1e-4) + 0.5, 0.0, 1.0);
    if (cover <= 0.0) discard;
#elif defined(ALPHA_MASK)
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
    vec3 flat_n = shape_normal();
    vec3 n = flat_n;
#ifdef NORMAL_MAP
    n = bumped(n);
#endif
    vec3 v = normalize(eye.xyz - world_position);
    vec3 glow = emissive.rgb;
#ifdef EMISSIVE_MAP
    glow *= texture(emissive_map, uv_for(EMISSIVE)).rgb;
#endif
    float key_share = 1.0;
#ifdef SHADOWS
    key_share = 1.0 - key.light.w * (1.0 - key_visibility(shadow_place));
#endif

#ifdef TOON
    vec3 light = toon_lit(base.rgb, n, v, key_share) + glow;
#ifdef OUTLINED
    light = outline.rgb * mix(vec3(1.0), light, toon.w);
#endif
    shown = covering(encoded(light * eye.w), alpha);
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
#ifdef OPEN_SKY
    open_sky *= open_sky_here();
#endif
    roughness = clamp(roughness, 0.06, 1.0);
#ifdef FINISHED
    vec4 light = finished(Body(base.rgb, metallic, roughness, n, flat_n, v), open_sky, key_share);
    light.rgb += glow;
#ifdef CLEAR
    float cover = max(light.w, min(max(light.r, max(light.g, light.b)), 1.0)) + 1e-4;
    shown = covering(developed(light.rgb / cover), cover) * alpha;
#else
    shown = covering(developed(light.rgb), alpha);
#endif
#else
    vec3 light = lit(base.rgb, metallic, roughness, n, v, open_sky, key_share);
    shown = covering(developed(light + glow), alpha);
#endif
#endif
#endif
#ifdef SOFT_MASK
    shown.a = cover;  // which of the pixel's samples are drawn; they are drawn as solid
#endif
}
