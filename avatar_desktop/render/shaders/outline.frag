#include "frame.glsl"
#include "material.glsl"
#include "display.glsl"

out vec4 shown;

void main() { shown = vec4(encoded(outline.rgb * eye.w), 1.0); }
