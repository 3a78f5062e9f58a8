// What open_sky.frag measured, at this pixel. Where the four texels around it lie on one surface with
// it, as almost everywhere, their mean; at edges, those that do.
uniform sampler2D open_sky_map;

float open_sky_here() {
    float away = nearby.z / gl_FragCoord.w + nearby.w;
    vec2 at = gl_FragCoord.xy * nearby.xy;
    ivec2 size = textureSize(open_sky_map, 0), last = size - 1;
    vec2 mean = textureLod(open_sky_map, at / vec2(size), 0.0).rg;
    if (abs(mean.g - away) < 0.012) return mean.r;
    at -= 0.5;
    ivec2 low = ivec2(floor(at));
    vec2 part = at - vec2(low), sum = vec2(0.0);
    for (int i = 0; i < 4; ++i) {
        ivec2 corner = ivec2(i & 1, i >> 1);
        vec2 texel = texelFetch(open_sky_map, clamp(low + corner, ivec2(0), last), 0).rg;
        vec2 share = mix(1.0 - part, part, vec2(corner));
        sum += vec2(texel.r, 1.0) * (share.x * share.y + 0.01) / (0.004 + abs(texel.g - away));
    }
    return sum.x / sum.y;
}
