uniform sampler2DShadow shadow_map;

// Share of the key light that arrives, from a small disc of comparisons.
float key_visibility(vec3 place) {
    float spread = shadow.x * shadow.y;
    float sum = texture(shadow_map, place);
#if SHADOW_TAPS > 1
    sum += texture(shadow_map, place + vec3(spread, 0.38 * spread, 0.0));
    sum += texture(shadow_map, place + vec3(-spread, -0.38 * spread, 0.0));
    sum += texture(shadow_map, place + vec3(-0.38 * spread, spread, 0.0));
    sum += texture(shadow_map, place + vec3(0.38 * spread, -spread, 0.0));
#endif
#if SHADOW_TAPS > 5
    float near = spread * 0.55;
    sum += texture(shadow_map, place + vec3(near, -near, 0.0));
    sum += texture(shadow_map, place + vec3(near, near, 0.0));
    sum += texture(shadow_map, place + vec3(-near, near, 0.0));
    sum += texture(shadow_map, place + vec3(-near, -near, 0.0));
#endif
    return sum * (1.0 / float(SHADOW_TAPS));
}
