// What arrives at a surface with finishes, asked of either light: soft from a half of the sky,
// mirrored from one direction, and the sharp gleam of a sun.
#ifdef ENVIRONMENT
vec2 mirror_share(float roughness, float n_dot_v) {
    return texture(reflectance_table, vec2(n_dot_v, roughness)).rg;
}

vec3 soft_light(vec3 n, float open_sky, float key_share) {
    return texture(irradiance_map, n).rgb * open_sky;
}

vec3 mirror_light(vec3 towards, vec3 n, float roughness, float open_sky, float key_share) {
    float alpha = roughness * roughness;
    return mirrored(normalize(mix(towards, n, alpha * alpha)), roughness);
}

float mirror_open(float n_dot_v, float roughness, float open_sky) {
    return clamp(pow(n_dot_v + open_sky, exp2(-16.0 * roughness - 1.0)) - 1.0 + open_sky, 0.0, 1.0);
}
#else
vec2 mirror_share(float roughness, float n_dot_v) {
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float bend = min(r.x * r.x, exp2(-9.28 * n_dot_v)) * r.x + r.y;
    return vec2(-1.04 * bend + r.z, 1.04 * bend + r.w);
}

vec3 soft_light(vec3 n, float open_sky, float key_share) {
    return ambient(n.y) * open_sky
         + key.light.rgb * max(dot(n, key.towards.xyz), 0.0) * key_share
         + fill.light.rgb * clamp((dot(n, fill.towards.xyz) + 0.35) / 1.35, 0.0, 1.0) * open_sky
         + rim_left.light.rgb * max(dot(n, rim_left.towards.xyz), 0.0)
         + rim_right.light.rgb * max(dot(n, rim_right.towards.xyz), 0.0);
}

vec3 mirror_light(vec3 towards, vec3 n, float roughness, float open_sky, float key_share) {
    float alpha = max(roughness * roughness, 0.004);
    float sharpness = 0.5 / (alpha * alpha);
    float whole = 1.0 / (1.0 - exp(-2.0 * sharpness));
    vec3 seen = normalize(mix(towards, n, alpha * (1.0 - 0.4 * sharpness / (sharpness + 4.0))));
    float above = smoothstep(-0.15, 0.25, dot(n, key.towards.xyz)) * mix(1.0, key_share, 0.85);
    vec3 lamps = mirrored(key, seen, sharpness) * above
        + mirrored(rim_left, seen, sharpness) * smoothstep(0.0, 0.7, dot(n, rim_left.towards.xyz))
        + mirrored(rim_right, seen, sharpness) * smoothstep(0.0, 0.7, dot(n, rim_right.towards.xyz));
    float fill_lit = clamp((dot(n, fill.towards.xyz) + 0.35) / 1.35, 0.0, 1.0);
    return (ambient(seen.y) + fill.light.rgb * fill_lit) * open_sky + lamps * whole;
}

float mirror_open(float n_dot_v, float roughness, float open_sky) { return 1.0; }
#endif
