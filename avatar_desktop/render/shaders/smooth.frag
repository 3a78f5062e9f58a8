// Stairs along edges are blended along the edge: for drivers where several samples a pixel cost
// more than the whole picture. In the manner of Lottes's FXAA.
in vec2 place;

uniform sampler2D base_map;
uniform vec2 texel;

out vec4 shown;

// Cover counts too, so that a dark edge before nothing is an edge.
float weight(vec4 colour) { return dot(colour, vec4(0.299, 0.587, 0.114, 0.4)); }
vec4 at(vec2 offset) { return texture(base_map, place + offset * texel); }

void main() {
    vec4 middle = at(vec2(0.0));
    float m = weight(middle);
    float nw = weight(at(vec2(-0.9, 0.9))), ne = weight(at(vec2(0.9, 0.9)));
    float sw = weight(at(vec2(-0.9, -0.9))), se = weight(at(vec2(0.9, -0.9)));
    float low = min(m, min(min(nw, ne), min(sw, se)));
    float high = max(m, max(max(nw, ne), max(sw, se)));
    shown = middle;
    if (high - low < max(0.03, high * 0.07)) return;
    // Across the gradient runs the edge; the flatter it lies, the longer its stairs.
    vec2 along = vec2((sw + se) - (nw + ne), (nw + sw) - (ne + se));
    float flatness = min(abs(along.x), abs(along.y)) + max((nw + ne + sw + se) * 0.03, 0.008);
    along = clamp(along / flatness, -6.0, 6.0);
    vec4 close = 0.5 * (at(along * -0.167) + at(along * 0.167));
    vec4 wide = 0.5 * close + 0.25 * (at(along * -0.5) + at(along * 0.5));
    float w = weight(wide);
    shown = w < low || w > high ? close : wide;  // beyond the edge lies something else
}
