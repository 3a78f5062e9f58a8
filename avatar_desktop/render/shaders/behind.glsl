// What is seen through clear things: the picture so far, blurred by roughness, tinted by the inside.
uniform sampler2D scene_map;
uniform vec2 scene_size;
uniform float model_scale;

// Light that the display curve made of it; the curve's own inverse.
vec3 undeveloped(vec3 shown_light) {
    vec3 c = clamp(shown_light, 0.0, 0.985);
    if (sky.w > 0.5) {
        const float start = 0.8 - 0.04, room = 1.0 - start;
        float pressed = max(c.r, max(c.g, c.b));
        if (pressed > start) {
            float peak = room * room / (1.0 - pressed) - room + start;
            float bleach = 1.0 - 1.0 / (0.15 * (peak - pressed) + 1.0);
            c = max((c - pressed * bleach) / (1.0 - bleach), 0.0) * (peak / pressed);
        }
        float low = min(c.r, min(c.g, c.b));
        c += low < 0.04 ? sqrt(low / 6.25) - low : 0.04;
    }
    return c / eye.w;
}

// Premultiplied light and cover at a place on the screen.
vec4 scene_at(vec2 place, float level) {
    vec4 sum = textureLod(scene_map, place, level);
    if (level > 0.5) {  // smaller pictures are coarse: a ring of them is smooth
        vec2 step = 0.7 * exp2(level) / scene_size;
        sum = 0.4 * sum + 0.15 * (textureLod(scene_map, place + step, level)
            + textureLod(scene_map, place - step, level)
            + textureLod(scene_map, place + vec2(step.x, -step.y), level)
            + textureLod(scene_map, place + vec2(-step.x, step.y), level));
    }
    return vec4(undeveloped(sum.rgb), sum.a);
}

vec4 scene_along(vec3 way, float ior, float roughness) {
    vec4 clip = clip_from_world * vec4(world_position + way, 1.0);
    float blur = roughness * clamp(ior * 2.0 - 2.0, 0.0, 1.0);
    return scene_at(clip.xy / clip.w * 0.5 + 0.5, log2(max(scene_size.x, 2.0)) * blur);
}

vec4 seen_through(vec3 n, vec3 v, float roughness) {
#ifdef THICK
    float depth = through.y * model_scale;
#ifdef THICKNESS_MAP
    depth *= texture(thickness_map, uv_for(THICKNESS)).g;
#endif
    vec3 way = refract(-v, n, 1.0 / max(through.w, 1.0)) * depth;
    vec4 behind = scene_along(way, through.w, roughness);
#ifdef DISPERSED
    float spread = (through.w - 1.0) * 0.025 * through.z;
    vec3 red_way = refract(-v, n, 1.0 / max(through.w - spread, 1.0)) * depth;
    vec3 blue_way = refract(-v, n, 1.0 / (through.w + spread)) * depth;
    behind.r = scene_along(red_way, through.w, roughness).r;
    behind.b = scene_along(blue_way, through.w, roughness).b;
#endif
    return vec4(behind.rgb * exp(log(inside.rgb) * (length(way) / inside.w)), behind.a);
#else
    return scene_along(vec3(0.0), through.w, roughness);
#endif
}
