// The house's own portrait studio: four lamps with soft edges and a sky above a warm floor.

// A lamp seen in a surface of some roughness: both are spherical lobes, and the folding of two
// lobes is a lobe again (Wang et al. 2009). `sharpness` is that of the surface's own lobe.
vec3 mirrored(Lamp lamp, vec3 reflected, float sharpness) {
    float lobe = lamp.towards.w * sharpness / (lamp.towards.w + sharpness);
    return lamp.light.rgb * (0.5 * lobe * exp(lobe * (dot(reflected, lamp.towards.xyz) - 1.0)));
}

// Split-sum reflectance as the fit of Karis (2014), with the light that rough surfaces pass on
// between their own facets given back (Fdez-Agüera 2019, for one colour of light).
vec3 reflectance(vec3 f0, float roughness, float n_dot_v) {
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float bend = min(r.x * r.x, exp2(-9.28 * n_dot_v)) * r.x + r.y;
    float scale = -1.04 * bend + r.z, offset = 1.04 * bend + r.w;
    return (f0 * scale + offset) * (1.0 + f0 * (1.0 / (scale + offset) - 1.0));
}

vec3 ambient(float height) { return mix(ground.rgb, sky.rgb, height * 0.5 + 0.5); }

// Light returned to the eye. `open_sky` is ambient occlusion, `key_share` what shadows let through.
vec3 lit(vec3 albedo, float metallic, float roughness, vec3 n, vec3 v, float open_sky, float key_share) {
    float n_dot_v = clamp(abs(dot(n, v)), 0.02, 1.0);  // a normal that looks away is no mirror
    vec3 diffuse = albedo * (1.0 - metallic);
    vec3 f0 = mix(vec3(0.04), albedo, metallic);

    // Light bleeds a little past the terminator, in the colour of the surface: skin turns warm,
    // cloth stays as it is.
    float luma = dot(albedo, vec3(0.3, 0.6, 0.1));
    vec3 wrap = 0.26 * clamp(albedo / max(luma, 0.02) - 0.55, 0.0, 1.0);
    float n_dot_key = dot(n, key.towards.xyz);
    vec3 key_diffuse = clamp((n_dot_key + wrap) / ((1.0 + wrap) * (1.0 + wrap)), 0.0, 1.0);
    // Behind the terminator the surface shades itself; the map would cut the soft edge.
    float falling = mix(1.0, key_share, smoothstep(-0.05, 0.22, n_dot_key));
    float rim_left_lit = max(dot(n, rim_left.towards.xyz), 0.0);
    float rim_right_lit = max(dot(n, rim_right.towards.xyz), 0.0);
    float fill_lit = clamp((dot(n, fill.towards.xyz) + 0.35) / 1.35, 0.0, 1.0);

    vec3 arriving = ambient(n.y) * open_sky
                  + key.light.rgb * key_diffuse * falling
                  + fill.light.rgb * (fill_lit * mix(1.0, open_sky, 0.6))
                  + rim_left.light.rgb * rim_left_lit
                  + rim_right.light.rgb * rim_right_lit;

    float alpha = roughness * roughness;
    float sharpness = 0.5 / (alpha * alpha);
    float whole = 1.0 / (1.0 - exp(-2.0 * sharpness));  // a wide lobe does not fade to nothing
    vec3 mirror = reflect(-v, n);
    vec3 seen = normalize(mix(mirror, n, alpha * (1.0 - 0.4 * sharpness / (sharpness + 4.0))));
    float above = smoothstep(-0.15, 0.25, n_dot_key) * mix(1.0, key_share, 0.85);
    vec3 lamps = mirrored(key, seen, sharpness) * above
               + mirrored(rim_left, seen, sharpness) * smoothstep(0.0, 0.7, rim_left_lit)
               + mirrored(rim_right, seen, sharpness) * smoothstep(0.0, 0.7, rim_right_lit);
    vec3 reflected = (ambient(seen.y) + fill.light.rgb * fill_lit) * open_sky + lamps * whole;
    return diffuse * arriving + reflectance(f0, roughness, n_dot_v) * reflected;
}
