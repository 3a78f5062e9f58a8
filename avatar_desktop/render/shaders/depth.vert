layout(location = 0) in vec3 position;
layout(location = 3) in vec2 uv_set_0;
layout(location = 4) in vec2 uv_set_1;

#include "frame.glsl"

#ifdef ALPHA_MASK
out vec2 uv_0;
#ifdef SECOND_UV
out vec2 uv_1;
#endif
#endif

void main() {
#ifdef ALPHA_MASK
    uv_0 = uv_set_0;
#ifdef SECOND_UV
    uv_1 = uv_set_1;
#endif
#endif
#ifdef FROM_EYE
    gl_Position = clip_from_world * vec4(position, 1.0);
#else
    gl_Position = shadow_from_world * vec4(position, 1.0);
#endif
}
