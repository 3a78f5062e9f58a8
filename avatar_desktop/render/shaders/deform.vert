// Every vertex once a frame: morph targets that are on, then joints. The result is kept and drawn
// by all passes, so that a shadow or an outline costs no second deformation.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
#ifdef TANGENTS
layout(location = 2) in vec4 tangent;
#endif
layout(location = 3) in uvec4 joints_0;
layout(location = 4) in vec4 weights_0;
layout(location = 5) in uvec4 joints_1;
layout(location = 6) in vec4 weights_1;

uniform sampler2D figures;   // this frame's matrices (three texels each) and active targets
uniform sampler2D targets;   // positions, normals, maybe tangents of one target, then of the next
uniform int first_matrix;
uniform int first_active;
uniform int active_count;
uniform int vertex_count;

out vec3 world_position;
out vec3 world_normal;
#ifdef TANGENTS
out vec4 world_tangent;
#endif

vec4 figure(int at) { return texelFetch(figures, ivec2(at & 511, at >> 9), 0); }
vec3 target(int at) { return texelFetch(targets, ivec2(at & 2047, at >> 11), 0).xyz; }

mat3x4 joint(uint index) {
    int at = first_matrix + int(index) * 3;
    return mat3x4(figure(at), figure(at + 1), figure(at + 2));
}

void main() {
    vec3 p = position;
    vec3 n = normal;
#ifdef TANGENTS
    vec3 t = tangent.xyz;
#endif
#ifdef MORPHED
#ifdef MORPHED_TANGENTS
    const int parts = 3;
#else
    const int parts = 2;
#endif
    for (int i = 0; i < active_count; ++i) {
        vec4 active_target = figure(first_active + i);  // layer, weight of each part
        int at = int(active_target.x) * vertex_count * parts + gl_VertexID;
        p += active_target.y * target(at);
        n += active_target.z * target(at + vertex_count);
#if defined(MORPHED_TANGENTS) && defined(TANGENTS)
        t += active_target.w * target(at + 2 * vertex_count);
#endif
    }
#endif
#if INFLUENCES == 0
    mat3x4 m = joint(0u);
#else
    mat3x4 m = joint(joints_0.x) * weights_0.x + joint(joints_0.y) * weights_0.y
             + joint(joints_0.z) * weights_0.z + joint(joints_0.w) * weights_0.w;
#if INFLUENCES == 8
    m += joint(joints_1.x) * weights_1.x + joint(joints_1.y) * weights_1.y
       + joint(joints_1.z) * weights_1.z + joint(joints_1.w) * weights_1.w;
#endif
#endif
    // The rows of the matrix are m[0..2]; normals take its cofactors, right under any scale.
    vec3 across_yz = cross(m[1].xyz, m[2].xyz);
    vec3 across_zx = cross(m[2].xyz, m[0].xyz);
    vec3 across_xy = cross(m[0].xyz, m[1].xyz);
    float handedness = dot(m[0].xyz, across_yz) < 0.0 ? -1.0 : 1.0;
    vec3 turned = handedness * vec3(dot(across_yz, n), dot(across_zx, n), dot(across_xy, n));
    world_position = vec4(p, 1.0) * m;
    world_normal = turned * inversesqrt(max(dot(turned, turned), 1e-30));
#ifdef TANGENTS
    world_tangent = vec4(vec4(t, 0.0) * m, tangent.w * handedness);
#endif
    gl_Position = vec4(0.0);
}
