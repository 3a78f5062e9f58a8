layout(location = 0) in vec3 position;
layout(location = 3) in vec2 uv_set_0;

#include "frame.glsl"

#ifdef ALPHA_MASK
out vec2 uv_0;
#endif

void main() {
#ifdef ALPHA_MASK
    uv_0 = uv_set_0;
#endif
    gl_Position = shadow_from_world * vec4(position, 1.0);
}
