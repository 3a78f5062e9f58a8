// Light between the two faces of a thin film: which colours meet in step (Belcour and Barla 2017).

vec3 film_schlick(vec3 f0, float cosine) {
    return f0 + (1.0 - f0) * pow(clamp(1.0 - cosine, 0.0, 1.0), 5.0);
}

// How the eye answers to a path difference (nanometres) and a phase: Gaussians for X, Y and Z.
vec3 film_seen(float path, vec3 phase) {
    float k = 6.28318531 * path * 1.0e-9;
    const vec3 height = vec3(5.4856e-13, 4.4201e-13, 5.2481e-13);
    const vec3 middle = vec3(1.6810e+06, 1.7953e+06, 2.2084e+06);
    const vec3 width = vec3(4.3278e+09, 9.3046e+09, 6.6121e+09);
    vec3 xyz = height * sqrt(6.28318531 * width) * cos(middle * k + phase) * exp(-k * k * width);
    xyz.x += 9.7470e-14 * sqrt(6.28318531 * 4.5282e+09) * cos(2.2399e+06 * k + phase.x)
           * exp(-4.5282e+09 * k * k);
    xyz /= 1.0685e-7;
    return vec3(3.2404542 * xyz.x - 1.5371385 * xyz.y - 0.4985314 * xyz.z,
                -0.9692660 * xyz.x + 1.8760108 * xyz.y + 0.0415560 * xyz.z,
                0.0556434 * xyz.x - 0.2040259 * xyz.y + 1.0572252 * xyz.z);
}

// The share of light that a film of this thickness (nanometres) over a surface reflects.
vec3 film_mirror(float ior, float thickness, vec3 f0, float n_dot_v) {
    ior = mix(1.0, ior, smoothstep(0.0, 30.0, thickness));
    float bent2 = 1.0 - (1.0 - n_dot_v * n_dot_v) / (ior * ior);
    if (bent2 < 0.0) return vec3(1.0);
    float bent = sqrt(bent2);
    float outer0 = (ior - 1.0) / (ior + 1.0);
    float outer = film_schlick(vec3(outer0 * outer0), n_dot_v).x;
    float enter = 1.0 - outer;
    vec3 root = sqrt(clamp(f0, 0.0, 0.9999));
    vec3 below = (1.0 + root) / (1.0 - root);  // the ior that reflects like this
    vec3 step = (below - ior) / (below + ior);
    vec3 inner = film_schlick(step * step, bent);
    vec3 phase = 3.14159265 + vec3(below.x < ior, below.y < ior, below.z < ior) * 3.14159265;
    float path = 2.0 * ior * thickness * bent;
    vec3 both = clamp(outer * inner, 1e-5, 0.9999);
    vec3 rest = enter * enter * inner / (1.0 - both);
    vec3 sum = outer + rest;
    vec3 wave = rest - enter;
    vec3 swing = sqrt(both);
    for (int order = 1; order <= 2; ++order) {
        wave *= swing;
        sum += wave * 2.0 * film_seen(float(order) * path, float(order) * phase);
    }
    return max(sum, 0.0);
}
