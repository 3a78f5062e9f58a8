// The picture that is left when a driver fails at every better one: colours in a soft light.
layout(std140) uniform Surface {
    vec4 base_colour;
    vec4 emissive;  // w: alpha cutoff
};

uniform sampler2D base_map;

in vec3 world_normal;
in vec2 uv_0;

out vec4 shown;

void main() {
    vec4 base = base_colour;
#ifdef BASE_MAP
    base *= texture(base_map, uv_0);
#endif
#ifdef ALPHA_MASK
    if (base.a < emissive.w) discard;
#endif
#ifdef ALPHA_BLEND
    float alpha = clamp(base.a, 0.0, 1.0);
#else
    const float alpha = 1.0;
#endif
    vec3 n = normalize(world_normal + vec3(0.0, 1e-6, 0.0));
    float light = 0.7 + 0.3 * dot(n, vec3(-0.41, 0.62, 0.67));
    shown = vec4(pow(clamp(base.rgb * light, 0.0, 1.0), vec3(1.0 / 2.2)) * alpha, alpha);
}
