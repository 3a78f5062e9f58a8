// A floor that is only seen where it is darker: where the feet stand and where the key is blocked.
#include "frame.glsl"
#ifdef SHADOWS
#include "shadow.glsl"
in vec3 shadow_place;
#endif

in vec3 world_position;
uniform vec4 extent;
#ifdef CLEAR_AROUND
uniform vec2 picture;  // its width and height
#endif

out vec4 shown;

float contact(vec4 foot) {
    vec2 away = (world_position.xz - foot.xz) / max(foot.w, 1e-6);
    return exp(-dot(away, away));
}

void main() {
    vec2 away = (world_position.xz - extent.xy) / extent.z;
    float fade = 1.0 - smoothstep(0.25, 1.0, length(away));
    float dark = 0.42 * max(contact(feet[0]), contact(feet[1]));
#ifdef SHADOWS
    float blocked = 0.16 * key.light.w * (1.0 - key_visibility(shadow_place));
#ifdef CLEAR_AROUND
    vec2 side = min(gl_FragCoord.xy, picture - gl_FragCoord.xy) / picture;
    blocked *= smoothstep(0.0, 0.1, min(side.x, side.y));
#endif
    dark += blocked;
#endif
    shown = vec4(vec3(0.05, 0.07, 0.08), 1.0) * min(dark, 0.6) * fade;
}
