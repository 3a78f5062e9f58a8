#ifdef ALPHA_MASK
#include "material.glsl"
in vec2 uv_0;
uniform sampler2D base_map;
#endif

void main() {
#ifdef ALPHA_MASK
    vec4 u = uv_rows[0], v = uv_rows[1];
    vec2 uv = vec2(dot(u.xy, uv_0) + u.z, dot(v.xy, uv_0) + v.z);
    if (texture(base_map, uv).a * base_colour.a < emissive.w) discard;
#endif
}
