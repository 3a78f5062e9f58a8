// The nine turns of open_sky.frag, mixed among neighbours on the same surface.
uniform sampler2D open_sky_map;

out vec4 measured;

void main() {
    ivec2 here = ivec2(gl_FragCoord.xy), last = textureSize(open_sky_map, 0) - 1;
    vec2 middle = texelFetch(open_sky_map, here, 0).rg;
    measured = vec4(middle, 0.0, 1.0);
    if (middle.g == 1.0) return;
    vec2 sum = vec2(0.0);
    for (int i = 0; i < 9; ++i) {
        ivec2 there = clamp(here + ivec2(i % 3 - 1, i / 3 - 1), ivec2(0), last);
        vec2 texel = texelFetch(open_sky_map, there, 0).rg;
        float share = max(1.0 - 40.0 * abs(texel.g - middle.g), 0.0);
        sum += vec2(texel.r, 1.0) * share;
    }
    measured = vec4(sum.x / sum.y, middle.g, 0.0, 1.0);
}
