layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 tangent;
layout(location = 3) in vec2 uv_set_0;
layout(location = 4) in vec2 uv_set_1;
layout(location = 5) in vec4 colour;
layout(location = 6) in vec2 uv_set_2;
layout(location = 7) in vec2 uv_set_3;

#include "frame.glsl"

out vec3 world_position;
out vec3 world_normal;
#ifdef TANGENTS
out vec4 world_tangent;
#endif
#ifdef TEXTURED
out vec2 uv_0;
#endif
#ifdef SECOND_UV
out vec2 uv_1;
#endif
#ifdef MORE_UV
out vec4 uv_2_3;
#endif
#ifdef VERTEX_COLOURS
out vec4 vertex_colour;
#endif
#ifdef SHADOWS
out vec3 shadow_place;
#endif
#ifdef OUTLINED
#include "material.glsl"
#ifdef TEXTURED
#include "uv.glsl"
#endif
#include "hull.glsl"
#endif

void main() {
    world_position = position;
    world_normal = normal;
#ifdef TANGENTS
    world_tangent = tangent;
#endif
#ifdef TEXTURED
    uv_0 = uv_set_0;
#endif
#ifdef SECOND_UV
    uv_1 = uv_set_1;
#endif
#ifdef MORE_UV
    uv_2_3 = vec4(uv_set_2, uv_set_3);
#endif
#ifdef VERTEX_COLOURS
    vertex_colour = colour;
#endif
#ifdef SHADOWS
    // Look a little above the surface: the slope of a texel must not shade its own plane.
    float lift = shadow.z * (1.2 + shadow.x * 0.8);
#ifdef DOUBLE_SIDED
    if (dot(normal, key.towards.xyz) < 0.0) lift = -lift;  // towards the lamp on either side
#endif
    vec4 place = shadow_from_world * vec4(position + normal * lift, 1.0);
    shadow_place = place.xyz * 0.5 + 0.5;
#endif
#ifdef OUTLINED
    gl_Position = hull(position, normal);
#else
    gl_Position = clip_from_world * vec4(position, 1.0);
#endif
}
