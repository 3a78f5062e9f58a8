layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 3) in vec2 uv_0;
layout(location = 4) in vec2 uv_1;

#include "frame.glsl"
#include "material.glsl"
#ifdef TEXTURED
#include "uv.glsl"
#endif
#include "hull.glsl"

void main() { gl_Position = hull(position, normal); }
