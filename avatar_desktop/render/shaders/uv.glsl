// Where a point lies in each picture of its material; toon pictures may move with time.
#ifdef FLOWS
uniform sampler2D flow_mask_map;
#endif

vec2 set_for(int map) {
    vec2 from = uv_0;
#ifdef SECOND_UV
    float set = uv_rows[map * 2].w;
    if (set > 0.5) from = uv_1;
#ifdef MORE_UV
    if (set > 1.5) from = uv_2_3.xy;
    if (set > 2.5) from = uv_2_3.zw;
#endif
#endif
    return from;
}

#ifdef FLOWS
vec2 flowed(vec2 uv) {
    float share = shadow.w;  // seconds
#ifdef FLOW_MASK_MAP
    share *= textureLod(flow_mask_map, moved(FLOW_MASK, set_for(FLOW_MASK)), 0.0).b;
#endif
    float angle = flow.z * share, c = cos(angle), s = sin(angle);
    uv -= 0.5;
    return vec2(c * uv.x + s * uv.y, c * uv.y - s * uv.x) + 0.5 + flow.xy * share;
}
#endif

vec2 uv_for(int map) {
#ifdef FLOWS
    return moved(map, flowed(set_for(map)));
#elif defined(PLAIN_UV)
    return uv_0;
#else
    return moved(map, set_for(map));
#endif
}
