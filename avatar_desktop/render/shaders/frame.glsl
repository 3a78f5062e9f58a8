// What every shader of one frame knows. Packed by frame_block.py, in this order.
struct Lamp {
    vec4 towards;  // xyz to the lamp, w: sharpness of its reflection
    vec4 light;    // rgb
};

layout(std140) uniform Frame {
    mat4 clip_from_world;
    mat4 shadow_from_world;
    vec4 eye;        // xyz, w: exposure
    Lamp key;        // light.w: how much of the key a shadow takes away
    Lamp fill;
    Lamp rim_left;
    Lamp rim_right;
    vec4 sky;        // rgb, w: 1 for the neutral tone map
    vec4 ground;     // rgb, w: floor height
    vec4 shadow;     // x: filter radius in texels of the map, y: 1 / map size, z: world size of a texel, w: seconds
    vec4 feet[2];    // xyz, w: radius of the soft contact
    vec4 nearby;     // xy: texels of the measured sky for a pixel; zw: a distance as a share of all there are
};
