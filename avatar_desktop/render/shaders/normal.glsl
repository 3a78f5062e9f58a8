// Which way a point looks, and which way its pictures lie around that.
#if defined(DOUBLE_SIDED) && !defined(OUTLINED)
float side() { return gl_FrontFacing ? 1.0 : -1.0; }
#else
float side() { return 1.0; }
#endif

vec3 shape_normal() {
#ifdef FLAT
    return normalize(cross(dFdx(world_position), dFdy(world_position)));
#else
    return normalize(world_normal) * side();
#endif
}

#if defined(NORMAL_MAP) || defined(COAT_NORMAL_MAP) || defined(BRUSHED)
mat3 tangent_frame(vec3 n, int map) {
#ifdef TANGENTS
#ifdef FLAT
    const float turned = 1.0;
#else
    float turned = side();
#endif
    vec3 t = world_tangent.xyz;
    t = normalize(t - n * dot(n, t)) * turned;
    vec3 b = cross(n, t) * world_tangent.w * turned;
#elif defined(TEXTURED)
    // No tangents in the file: the directions in which u and v grow on the screen.
    vec2 uv = uv_for(map);
    vec3 px = dFdx(world_position), py = dFdy(world_position);
    vec2 ux = dFdx(uv), uy = dFdy(uv);
    vec3 t = cross(py, n) * ux.x + cross(n, px) * uy.x;
    vec3 b = cross(py, n) * ux.y + cross(n, px) * uy.y;
    float scale = inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-20));
    t *= scale;
    b *= -scale;
#else
    vec3 t = normalize(cross(abs(n.y) < 0.9 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0), n));
    vec3 b = cross(n, t);
#endif
    return mat3(t, b, n);
}
#endif

#ifdef NORMAL_MAP
vec3 bumped(vec3 n) {
    vec3 bump = texture(normal_map, uv_for(NORMAL)).xyz * 2.0 - 1.0;
    return normalize(tangent_frame(n, NORMAL) * vec3(bump.xy * response.z, max(bump.z, 1e-3)));
}
#endif
