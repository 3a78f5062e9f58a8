#include "frame.glsl"

uniform vec4 extent;  // centre x, centre z, half width

out vec3 world_position;
#ifdef SHADOWS
out vec3 shadow_place;
#endif

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
    world_position = vec3(extent.x + corner.x * extent.z, ground.w, extent.y + corner.y * extent.z);
#ifdef SHADOWS
    shadow_place = (shadow_from_world * vec4(world_position, 1.0)).xyz * 0.5 + 0.5;
#endif
    gl_Position = clip_from_world * vec4(world_position, 1.0);
}
