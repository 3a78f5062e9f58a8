// How much of the sky around it each place sees past what stands close by, from depth alone: in the
// manner of McGuire, Mara and Luebke 2012. Turned by ninth parts from texel to texel; evened after.
#include "frame.glsl"

uniform sampler2D depth_map;
uniform vec4 lens;   // half the picture's width and height at a distance of 1; 1 / near, 1 / far
uniform vec2 reach;  // in the world's units, and in texels at a distance of 1

in vec2 place;

out vec4 measured;  // share of the sky, share of the distances

const float BIAS = 0.12, STRENGTH = 6.5, MOST_TEXELS = 96.0;
const mat2 GOLDEN_TURN = mat2(-0.737369, 0.675490, -0.675490, -0.737369);

ivec2 size;

vec3 seen_at(ivec2 texel) {
    float away = 1.0 / mix(lens.z, lens.w, texelFetch(depth_map, texel, 0).r);
    vec2 across = (vec2(texel) + 0.5) / vec2(size) * 2.0 - 1.0;
    return vec3(across * lens.xy, 1.0) * away;
}

// Of two steps to either side, the one that stays on the surface.
vec3 step_along(ivec2 here, ivec2 way, vec3 middle) {
    vec3 ahead = seen_at(min(here + way, size - 1)) - middle;
    vec3 behind = middle - seen_at(max(here - way, ivec2(0)));
    return abs(ahead.z) < abs(behind.z) ? ahead : behind;
}

void main() {
    size = textureSize(depth_map, 0);
    ivec2 here = ivec2(gl_FragCoord.xy);
    if (texelFetch(depth_map, here, 0).r >= 1.0) {
        measured = vec4(1.0);
        return;
    }
    vec3 middle = seen_at(here);
    vec3 n = cross(step_along(here, ivec2(0, 1), middle), step_along(here, ivec2(1, 0), middle));
    n *= inversesqrt(max(dot(n, n), 1e-30));
    if (dot(n, middle) > 0.0) n = -n;
    float texels = min(reach.y / middle.z, MOST_TEXELS);
    float ends = 1.0 / (reach.x * reach.x);
    float turn = float(here.x % 3 + 3 * (here.y % 3)) * (6.28318531 / 9.0);
    vec2 towards = vec2(cos(turn), sin(turn));
    float hidden = 0.0;
    for (int i = 0; i < TAPS; ++i) {
        float far = (float(i) + 0.5) / float(TAPS);
        towards = GOLDEN_TURN * towards;
        ivec2 there = here + ivec2(towards * (far * texels + 1.0));
        if (any(lessThan(there, ivec2(0))) || any(greaterThanEqual(there, size))) continue;
        vec3 way = seen_at(there) - middle;
        float length2 = max(dot(way, way), 1e-12);
        float share = max(1.0 - length2 * ends, 0.0);
        hidden += share * max(dot(way, n) * inversesqrt(length2) - BIAS, 0.0);
    }
    float away = min(middle.z * nearby.z + nearby.w, 0.996);
    measured = vec4(exp(-STRENGTH / float(TAPS) * hidden), away, 0.0, 1.0);
}
