// From light to what a screen shows. Colours leave a surface through here and nowhere else.

// Khronos PBR Neutral: base colours stay themselves, only bright light is compressed.
vec3 neutral(vec3 colour) {
    const float start = 0.8 - 0.04;
    const float desaturation = 0.15;
    float low = min(colour.r, min(colour.g, colour.b));
    colour -= low < 0.08 ? low - 6.25 * low * low : 0.04;
    float peak = max(colour.r, max(colour.g, colour.b));
    if (peak < start) return colour;
    float room = 1.0 - start;
    float pressed = 1.0 - room * room / (peak + room - start);
    float bleach = 1.0 - 1.0 / (desaturation * (peak - pressed) + 1.0);
    return mix(colour * (pressed / peak), vec3(pressed), bleach);
}

vec3 encoded(vec3 linear) {
    vec3 c = clamp(linear, 0.0, 1.0);
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(vec3(0.0031308), c));
}

vec3 decoded(vec3 srgb) {
    return mix(srgb / 12.92, pow((srgb + 0.055) / 1.055, vec3(2.4)), step(vec3(0.04045), srgb));
}

// Scene light, exposed and tone-mapped.
vec3 developed(vec3 light) {
    light *= eye.w;
    return encoded(sky.w > 0.5 ? neutral(light) : light);
}

// Edges are blended by the window system as they are here: encoded and premultiplied.
vec4 covering(vec3 srgb, float alpha) { return vec4(srgb * alpha, alpha); }
