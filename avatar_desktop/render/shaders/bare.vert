// Beside bare.frag: it includes nothing, so that no mistake elsewhere can reach it.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 3) in vec2 uv_set_0;

layout(std140) uniform Frame { mat4 clip_from_world; };

out vec3 world_normal;
out vec2 uv_0;

void main() {
    world_normal = normal;
    uv_0 = uv_set_0;
    gl_Position = clip_from_world * vec4(position, 1.0);
}
