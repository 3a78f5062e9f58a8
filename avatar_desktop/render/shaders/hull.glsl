// The outline of a toon is its own surface seen from within, pushed outwards.
#if defined(OUTLINE_WIDTH_MAP) && defined(TEXTURED)
uniform sampler2D outline_width_map;
#endif

vec4 hull(vec3 place, vec3 normal) {
    float width = outline.w;
#if defined(OUTLINE_WIDTH_MAP) && defined(TEXTURED)
    width *= textureLod(outline_width_map, uv_for(OUTLINE_WIDTH), 0.0).g;
#endif
    vec4 clip = clip_from_world * vec4(place, 1.0);
    if (rim_shape.z < 0.5) return clip_from_world * vec4(place + normal * width, 1.0);
    // Row lengths tell how much a unit across and up is on the screen.
    mat4 m = transpose(clip_from_world);
    vec2 scale = vec2(length(m[0].xyz), length(m[1].xyz));
    vec2 across = vec2(dot(m[0].xyz, normal), dot(m[1].xyz, normal)) / scale;
    float flatness = max(length(across), 1e-4);
    clip.xy += across / flatness * vec2(scale.x / scale.y, 1.0) * (2.0 * width * clip.w);
    return clip;
}
