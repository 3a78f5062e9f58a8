layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;

#include "frame.glsl"
#include "material.glsl"

void main() {
    gl_Position = clip_from_world * vec4(position + normal * outline.w, 1.0);
}
