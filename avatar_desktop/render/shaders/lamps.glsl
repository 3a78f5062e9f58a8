// A sun and the file's own lamps: far ones shine from a direction, near ones from a place.
struct Shining {
    vec4 place;  // xyz the place, or the direction of a far one; w: 1 for a near one
    vec4 light;  // rgb of what a white matt surface returns at a distance of 1; w: reach, 0 for no end
    vec4 beam;   // xyz where a spot shines
    vec4 cone;   // x, y: its edge as a slope over the cosine
};

layout(std140) uniform Lamps { Shining shining[LAMPS]; };

// What arrives here head-on, and from where.
vec3 lamp_light(int index, vec3 here, out vec3 towards) {
    Shining lamp = shining[index];
    towards = lamp.place.xyz;
    if (lamp.place.w < 0.5) return lamp.light.rgb;
    vec3 away = lamp.place.xyz - here;
    float distance2 = max(dot(away, away), 1e-8);
    towards = away * inversesqrt(distance2);
    float ends = 1.0;
    if (lamp.light.w > 0.0) {
        float part = distance2 / (lamp.light.w * lamp.light.w);
        ends = clamp(1.0 - part * part, 0.0, 1.0);
    }
    float inside = clamp(dot(lamp.beam.xyz, -towards) * lamp.cone.x + lamp.cone.y, 0.0, 1.0);
    return lamp.light.rgb * (ends * inside * inside / distance2);
}
