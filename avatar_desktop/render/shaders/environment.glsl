// Light from all around, smoothed beforehand for every roughness (environment.py), and lamps.
uniform samplerCube radiance_map;
uniform samplerCube irradiance_map;
uniform sampler2D reflectance_table;

const float LAST_LEVEL = 5.0, STEEPNESS = 1.4;

// What a mirror of this roughness shows.
vec3 mirrored(vec3 towards, float roughness) {
    return textureLod(radiance_map, towards, LAST_LEVEL * pow(roughness, 1.0 / STEEPNESS)).rgb;
}

// The share of an even light that comes back after one bounce, and after more of them between the
// surface's own facets (Fdez-Agüera 2019).
struct Returned { vec3 once; vec3 often; };

Returned returned(vec3 f0, vec2 share) {
    vec3 once = f0 * share.x + share.y;
    vec3 mean = f0 + (1.0 - f0) / 21.0;
    float lost = max(1.0 - share.x - share.y, 0.0);
    return Returned(once, once * mean / (1.0 - lost * mean) * lost);
}

#ifdef LAMPS
#include "lamps.glsl"

// From one lamp, by GGX with height-correlated shadowing.
vec3 lamplit(vec3 l, vec3 diffuse, vec3 f0, float roughness, vec3 n, vec3 v) {
    float n_dot_l = dot(n, l);
    if (n_dot_l <= 0.0) return vec3(0.0);
    vec3 h = normalize(v + l);
    float n_dot_v = clamp(dot(n, v), 1e-4, 1.0);
    float n_dot_h = clamp(dot(n, h), 0.0, 1.0);
    float alpha = roughness * roughness, a2 = alpha * alpha;
    float spread = n_dot_h * n_dot_h * (a2 - 1.0) + 1.0;
    float hidden = n_dot_l * sqrt(n_dot_v * n_dot_v * (1.0 - a2) + a2)
                 + n_dot_v * sqrt(n_dot_l * n_dot_l * (1.0 - a2) + a2);
    vec3 fresnel = f0 + (1.0 - f0) * pow(1.0 - clamp(dot(v, h), 0.0, 1.0), 5.0);
    vec3 mirror = fresnel * (0.5 * a2 / (spread * spread * max(hidden, 1e-6)));
    return n_dot_l * (diffuse + mirror);
}
#endif

// Light returned to the eye. `open_sky` is ambient occlusion; lamps throw no shadows here.
vec3 lit(vec3 albedo, float metallic, float roughness, vec3 n, vec3 v, float open_sky, float key_share) {
    float n_dot_v = clamp(dot(n, v), 0.0, 1.0);
    vec2 share = texture(reflectance_table, vec2(n_dot_v, roughness)).rg;
    const vec3 plain = vec3(0.04);
    Returned skin = returned(plain, share);
    Returned metal = returned(albedo, share);
    vec3 once = mix(skin.once, metal.once, metallic);
    vec3 often = mix(skin.often, metal.often, metallic);
    vec3 diffuse = albedo * (1.0 - metallic);

    // A rough lobe leans towards the normal, where more of it is above the surface.
    float alpha = roughness * roughness;
    vec3 seen = normalize(mix(reflect(-v, n), n, alpha * alpha));
    // What is hidden from the whole sky is hidden from a mirror only in part (Lagarde 2014).
    float open_mirror = clamp(pow(n_dot_v + open_sky, exp2(-16.0 * roughness - 1.0)) - 1.0 + open_sky, 0.0, 1.0);
    vec3 arriving = texture(irradiance_map, n).rgb * open_sky;
    vec3 light = mirrored(seen, roughness) * once * open_mirror
               + arriving * (often + diffuse * (1.0 - skin.once - skin.often));
#ifdef LAMPS
    for (int i = 0; i < LAMPS; ++i) {
        vec3 l, shine = lamp_light(i, world_position, l);
        vec3 f0 = mix(plain, albedo, metallic);
        light += shine * lamplit(l, diffuse, f0, max(roughness, 0.06), n, v);
    }
#endif
    return light;
}
