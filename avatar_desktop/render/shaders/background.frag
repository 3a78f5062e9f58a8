#include "frame.glsl"
#include "display.glsl"

in vec2 place;

#ifdef PICTURE
uniform sampler2D backdrop;
uniform vec2 part;  // of its width and height
#elif defined(SKY)
uniform samplerCube backdrop_sky;
uniform vec3 across, upwards, ahead;
#else
uniform vec3 top;
uniform vec3 bottom;
uniform float glow;
uniform float aspect;
#endif

out vec4 shown;

// Half a step of noise, so that a slow change shows no bands.
float grain() {
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    return (noise - 0.5) / 255.0;
}

void main() {
#ifdef PICTURE
    vec2 from_top = vec2(place.x, 1.0 - place.y);
    vec4 texel = texture(backdrop, (from_top - 0.5) * part + 0.5);
    shown = covering(texel.rgb, texel.a);
#elif defined(SKY)
    vec2 away = place * 2.0 - 1.0;
    vec3 towards = normalize(ahead + across * away.x + upwards * away.y);
    shown = vec4(developed(texture(backdrop_sky, towards).rgb) + grain(), 1.0);
#else
    vec3 colour = mix(bottom, top, smoothstep(0.0, 1.0, place.y));
    vec2 away = (place - vec2(0.5, 0.58)) * vec2(aspect, 1.0);
    colour += (1.0 - colour) * glow * exp(-3.2 * dot(away, away));
    shown = vec4(colour + grain(), 1.0);
#endif
}
