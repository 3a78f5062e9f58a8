in vec2 place;

uniform vec3 top;
uniform vec3 bottom;
uniform float glow;
uniform float aspect;

out vec4 shown;

void main() {
    vec3 colour = mix(bottom, top, smoothstep(0.0, 1.0, place.y));
    vec2 away = (place - vec2(0.5, 0.58)) * vec2(aspect, 1.0);
    colour += (1.0 - colour) * glow * exp(-3.2 * dot(away, away));
    // Half a step of noise, so that the slow change shows no bands.
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    shown = vec4(colour + (noise - 0.5) / 255.0, 1.0);
}
