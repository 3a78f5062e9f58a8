// Drawn surfaces, as MToon 1.0 shades them: two tones, a rim, a matcap, and outlines of that light.
#ifdef SHADE_MAP
uniform sampler2D shade_map;
#endif
#ifdef SHIFT_MAP
uniform sampler2D shift_map;
#endif
#ifdef RIM_MAP
uniform sampler2D rim_map;
#endif
#ifdef MATCAP_MAP
uniform sampler2D matcap_map;
#endif

#ifdef SUN
const int OWN_SUN = 1;
#else
const int OWN_SUN = 0;
#endif

struct ToonLight { vec3 direct; vec3 around; };

// Light from one side and from all around; the more equalized, the less the normal matters.
ToonLight toon_light(vec3 n) {
#ifdef ENVIRONMENT
#ifdef SUN
    return ToonLight(key.light.rgb, vec3(0.0));  // where there is a sun, it is all of a toon's light
#else
    vec3 even = 0.5 * (texture(irradiance_map, vec3(0.0, 1.0, 0.0)).rgb
                     + texture(irradiance_map, vec3(0.0, -1.0, 0.0)).rgb);
    return ToonLight(vec3(0.0), mix(texture(irradiance_map, n).rgb, even, toon.z));
#endif
#else
    // An author's toon colours are meant as they are; the studio only tints them.
    vec3 even = 0.5 * (sky.rgb + ground.rgb);
    float mean = max(dot(even, vec3(1.0 / 3.0)), 1e-4);
    float share = 0.1 * min(10.0 * mean, 1.0);
    vec3 around = mix(ground.rgb, sky.rgb, n.y * 0.5 * (1.0 - toon.z) + 0.5) / mean;
    vec3 direct = mix(vec3(1.0), key.light.rgb / max(key.light.r, 0.01), 0.3);
    return ToonLight((1.0 - share) * direct, share * around);
#endif
}

#if defined(RIM) || defined(MATCAP_MAP)
vec3 rim_colour(vec3 n, vec3 v) {
    vec3 colour = vec3(0.0);
#ifdef RIM
    float facing = clamp(1.0 - dot(v, n) + rim_shape.y, 0.0, 1.0);
    colour = rim.rgb * pow(max(facing, 1e-4), max(rim_shape.x, 1e-4));
#endif
#ifdef MATCAP_MAP
    vec3 right = normalize(vec3(v.z, 1e-5, -v.x));
    vec2 place = vec2(dot(right, n), -dot(cross(v, right), n)) * 0.495 + 0.5;
    colour += matcap.rgb * texture(matcap_map, moved(MATCAP, place)).rgb;
#endif
#if defined(RIM_MAP) && defined(TEXTURED)
    colour *= texture(rim_map, uv_for(RIM_MULTIPLY)).rgb;
#endif
    return colour;
}
#endif

// How far a place is out of the shade; `facing` is the cosine to the light.
float toon_shading(float facing, float shift) {
    float edge = max(1.0 - shade.w, 0.002);
    return clamp((facing + shift + edge) / (2.0 * edge), 0.0, 1.0);
}

// Light returned to the eye.
vec3 toon_lit(vec3 base, vec3 n, vec3 v, float key_share) {
    float shift = toon.x;
#if defined(SHIFT_MAP) && defined(TEXTURED)
    shift += texture(shift_map, uv_for(SHIFT)).r * toon.y;
#endif
    float shading = toon_shading(dot(n, key.towards.xyz), shift) * key_share;
    vec3 shaded = shade.rgb;
#if defined(SHADE_MAP) && defined(TEXTURED)
    shaded *= texture(shade_map, uv_for(SHADE)).rgb;
#endif
    ToonLight light = toon_light(n);
    vec3 colour = light.direct * mix(shaded, base, shading) + light.around * base;
#ifdef LAMPS
    for (int i = OWN_SUN; i < LAMPS; ++i) {  // the sun comes first, and has shone already
        vec3 l, shine = lamp_light(i, world_position, l);
        colour += shine * mix(shaded, base, toon_shading(dot(n, l), shift));
        light.direct += shine;
    }
#endif
#if defined(RIM) || defined(MATCAP_MAP)
    colour += rim_colour(n, v) * mix(vec3(1.0), light.direct + light.around, rim.w);
#endif
    return colour;
}
