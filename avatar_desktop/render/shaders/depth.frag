#include "frame.glsl"
#ifdef ALPHA_MASK
#include "material.glsl"
in vec2 uv_0;
#ifdef SECOND_UV
in vec2 uv_1;
#endif
uniform sampler2D base_map;
#include "uv.glsl"
#endif

void main() {
#ifdef ALPHA_MASK
    if (texture(base_map, uv_for(BASE)).a * base_colour.a < emissive.w) discard;
#endif
}
