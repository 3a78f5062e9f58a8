// Physical surfaces with more than a base: what glTF lays on them or lets through them.
#include "arriving.glsl"
#ifdef SPECULAR_MAP
uniform sampler2D specular_map;
#endif
#ifdef SPECULAR_COLOUR_MAP
uniform sampler2D specular_colour_map;
#endif
#ifdef COAT_MAP
uniform sampler2D coat_map;
#endif
#ifdef COAT_ROUGHNESS_MAP
uniform sampler2D coat_roughness_map;
#endif
#ifdef COAT_NORMAL_MAP
uniform sampler2D coat_normal_map;
#endif
#ifdef VELVET_MAP
uniform sampler2D velvet_map;
#endif
#ifdef VELVET_ROUGHNESS_MAP
uniform sampler2D velvet_roughness_map;
#endif
#ifdef CLEAR_MAP
uniform sampler2D clear_map;
#endif
#ifdef THICKNESS_MAP
uniform sampler2D thickness_map;
#endif
#ifdef FILM_MAP
uniform sampler2D film_map;
#endif
#ifdef FILM_THICKNESS_MAP
uniform sampler2D film_thickness_map;
#endif
#ifdef BRUSH_MAP
uniform sampler2D brush_map;
#endif
#include "behind.glsl" for CLEAR
#include "film.glsl" for FILMED

float strongest(vec3 c) { return max(c.r, max(c.g, c.b)); }

// Once and again between its own facets, for any edge colour (Fdez-Agüera 2019).
struct Bounced { vec3 once; vec3 often; };

Bounced bounced(vec3 f0, float f90, vec2 share) {
    vec3 once = f0 * share.x + f90 * share.y;
    vec3 mean = f0 + (f90 - f0) / 21.0;
    float lost = max(1.0 - share.x - share.y, 0.0);
    return Bounced(once, once * mean / (1.0 - lost * mean) * lost);
}

#ifdef LAMPS
// The gleam of a lamp on facets of a squared roughness (GGX, height-correlated shadowing).
float gleam(vec3 l, vec3 n, vec3 v, float alpha) {
    float n_dot_l = dot(n, l), a2 = alpha * alpha;
    if (n_dot_l <= 0.0) return 0.0;
    float n_dot_v = max(dot(n, v), 1e-4), n_dot_h = clamp(dot(n, normalize(v + l)), 0.0, 1.0);
    float spread = n_dot_h * n_dot_h * (a2 - 1.0) + 1.0;
    float hidden = n_dot_l * sqrt(n_dot_v * n_dot_v * (1.0 - a2) + a2)
                 + n_dot_v * sqrt(n_dot_l * n_dot_l * (1.0 - a2) + a2);
    return n_dot_l * 0.5 * a2 / (spread * spread * max(hidden, 1e-6));
}

#ifdef BRUSHED
// The same on facets that are `along` t and `across` it as rough; t, b and n are at right angles.
float brushed_gleam(vec3 l, mat3 tbn, vec3 v, float along, float across) {
    vec3 h = normalize(v + l) * tbn, from = l * tbn, to = v * tbn;
    if (from.z <= 0.0) return 0.0;
    vec3 s = vec3(across * h.x, along * h.y, along * across * max(h.z, 0.0));
    float both = along * across, w = both / max(dot(s, s), 1e-12);
    float n_dot_v = max(to.z, 1e-4);
    float hidden = from.z * length(vec3(along * to.x, across * to.y, n_dot_v))
                 + n_dot_v * length(vec3(along * from.x, across * from.y, from.z));
    return from.z * both * w * w * 0.5 / max(hidden, 1e-6);
}
#endif
#endif

#ifdef VELVET
// Fibres that stand up send light back at grazing angles (Estevez and Kulla 2017); this is the sum
// over the whole sky, our own fit of the integral.
float velvet_share(float cosine, float roughness) {
    float r = clamp(roughness, 0.15, 1.0), c = cosine;
    float fit = 0.355 - 0.748 * c + 3.837 * c * c - 2.079 * c * c * c - 1.852 * r + 0.924 * r * r
              - 0.676 * c * r + (0.110 - 1.096 * c - 0.825 * c * c) / r;
    return clamp(exp(fit), 0.0, 1.0);
}

float velvet_gleam(vec3 l, vec3 n, vec3 v, float roughness) {
    vec3 h = normalize(v + l);
    float n_dot_l = clamp(dot(n, l), 0.0, 1.0), n_dot_v = clamp(dot(n, v), 1e-3, 1.0);
    float sine2 = max(1.0 - pow(clamp(dot(n, h), 0.0, 1.0), 2.0), 1e-4);
    float inverse = 1.0 / max(roughness * roughness, 1e-3);
    float spread = (2.0 + inverse) * pow(sine2, inverse * 0.5) * 0.5;
    return spread * n_dot_l / (4.0 * (n_dot_l + n_dot_v - n_dot_l * n_dot_v));
}
#endif

struct Body { vec3 albedo; float metallic; float roughness; vec3 n; vec3 flat_n; vec3 v; };

// Light returned to the eye, and in w how much of what lies behind is covered.
vec4 finished(Body body, float open_sky, float key_share) {
    vec3 n = body.n, v = body.v;
    float roughness = body.roughness;
    float n_dot_v = clamp(dot(n, v), 0.0, 1.0);
    vec3 colour = specular.rgb;
    float edge = specular.w;
#ifdef SPECULAR_MAP
    edge *= texture(specular_map, uv_for(SPECULAR)).a;
#endif
#ifdef SPECULAR_COLOUR_MAP
    colour *= texture(specular_colour_map, uv_for(SPECULAR_COLOUR)).rgb;
#endif
    vec3 plain_f0 = min(coat.w * colour, 1.0) * edge;
    vec3 metal_f0 = body.albedo;
#ifdef FILMED
    float film_share = film.x, thickness = film.w;
#ifdef FILM_MAP
    film_share *= texture(film_map, uv_for(FILM)).r;
#endif
#ifdef FILM_THICKNESS_MAP
    thickness = mix(film.z, film.w, texture(film_thickness_map, uv_for(FILM_THICKNESS)).g);
#endif
    // Seen at this angle already, so it is turned back into what it would be when seen straight.
    float bent = pow(1.0 - n_dot_v, 5.0);
    vec3 plain_film = film_mirror(film.y, thickness, plain_f0, n_dot_v);
    vec3 metal_film = film_mirror(film.y, thickness, metal_f0, n_dot_v);
    plain_f0 = mix(plain_f0, clamp((plain_film - bent) / (1.0001 - bent), 0.0, 1.0), film_share);
    metal_f0 = mix(metal_f0, clamp((metal_film - bent) / (1.0001 - bent), 0.0, 1.0), film_share);
#endif

    vec2 share = mirror_share(roughness, n_dot_v);
    Bounced plain = bounced(plain_f0, edge, share), metal = bounced(metal_f0, 1.0, share);
    vec3 once = mix(plain.once, metal.once, body.metallic);
    vec3 often = mix(plain.often, metal.often, body.metallic);

    vec3 bent_n = n;
    float across = max(roughness * roughness, 0.0036);
#ifdef BRUSHED
    vec2 direction = brush.yz;
    float drawn = brush.x;
#ifdef BRUSH_MAP
    vec3 stroke = texture(brush_map, uv_for(BRUSH)).rgb;
    stroke.xy = stroke.xy * 2.0 - 1.0;
    direction = vec2(direction.x * stroke.x - direction.y * stroke.y,
                     direction.y * stroke.x + direction.x * stroke.y);
    drawn *= stroke.z;
#endif
    mat3 frame_here = tangent_frame(n, BRUSH);
    vec3 t = normalize(frame_here[0] * direction.x + frame_here[1] * direction.y);
    t = normalize(t - n * dot(n, t));
    vec3 b = cross(n, t);
    float along = mix(across, 1.0, drawn * drawn);
    // A long highlight is the mirror of a normal that leans over towards the eye (Revie 2012).
    vec3 leaning = cross(cross(b, v), b);
    float bend = 1.0 - drawn * (1.0 - roughness);
    bend *= bend;
    bent_n = normalize(mix(leaning, n, bend * bend));
#endif

    vec3 soft = soft_light(n, open_sky, key_share);
    vec3 mirror = mirror_light(reflect(-v, bent_n), n, roughness, open_sky, key_share);
    float seen_body = 1.0 - body.metallic;
    vec3 entering = seen_body * clamp(1.0 - plain.once - plain.often, 0.0, 1.0);
    float cover = 1.0;
    vec3 inner = body.albedo * soft;
#ifdef CLEAR
    float clear = through.x;
#ifdef CLEAR_MAP
    clear *= texture(clear_map, uv_for(CLEAR_SHARE)).r;
#endif
    vec4 behind = seen_through(n, v, roughness);
    inner = mix(inner, behind.rgb * body.albedo, clear);
    cover -= strongest(entering) * clear * (1.0 - behind.a);
#endif
    vec3 light = mirror * once * mirror_open(n_dot_v, roughness, open_sky)
               + soft * often + inner * entering;
#ifdef LAMPS
    for (int i = 0; i < LAMPS; ++i) {
        vec3 l, given = lamp_light(i, world_position, l);
        float turned = pow(1.0 - clamp(dot(v, normalize(v + l)), 0.0, 1.0), 5.0);
#ifdef BRUSHED
        float shine = brushed_gleam(l, mat3(t, b, n), v, along, across);
#else
        float shine = gleam(l, n, v, across);
#endif
        vec3 plain_gleam = plain_f0 + (edge - plain_f0) * turned;
        vec3 metal_gleam = metal_f0 + (1.0 - metal_f0) * turned;
        vec3 matt = body.albedo * seen_body * max(dot(n, l), 0.0);
#ifdef CLEAR
        matt *= 1.0 - clear;
#endif
        light += given * (matt + mix(plain_gleam, metal_gleam, body.metallic) * shine);
    }
#endif

#ifdef VELVET
    vec3 velvet_colour = velvet.rgb;
    float fibres = velvet.w;
#ifdef VELVET_MAP
    velvet_colour *= texture(velvet_map, uv_for(VELVET_COLOUR)).rgb;
#endif
#ifdef VELVET_ROUGHNESS_MAP
    fibres *= texture(velvet_roughness_map, uv_for(VELVET_ROUGHNESS)).a;
#endif
    float held = velvet_share(n_dot_v, fibres);
    light = light * (1.0 - strongest(velvet_colour) * held) + velvet_colour * held * soft;
#ifdef LAMPS
    for (int i = 0; i < LAMPS; ++i) {
        vec3 l, given = lamp_light(i, world_position, l);
        light += velvet_colour * given * velvet_gleam(l, n, v, fibres);
    }
#endif
#endif

#ifdef COATED
    float lacquer = coat.x, lacquer_roughness = coat.y;
#ifdef COAT_MAP
    lacquer *= texture(coat_map, uv_for(COAT)).r;
#endif
#ifdef COAT_ROUGHNESS_MAP
    lacquer_roughness *= texture(coat_roughness_map, uv_for(COAT_ROUGHNESS)).g;
#endif
    lacquer_roughness = clamp(lacquer_roughness, 0.04, 1.0);
    vec3 m = body.flat_n;
#ifdef COAT_NORMAL_MAP
    vec3 bump = texture(coat_normal_map, uv_for(COAT_NORMAL)).xyz * 2.0 - 1.0;
    m = normalize(tangent_frame(m, COAT_NORMAL) * vec3(bump.xy * coat.z, max(bump.z, 1e-3)));
#endif
    float m_dot_v = clamp(dot(m, v), 0.0, 1.0);
    vec2 coat_share = mirror_share(lacquer_roughness, m_dot_v);
    float returns = lacquer * (0.04 + 0.96 * pow(1.0 - m_dot_v, 5.0));
    vec3 glint = mirror_light(reflect(-v, m), m, lacquer_roughness, open_sky, key_share)
               * mirror_open(m_dot_v, lacquer_roughness, open_sky);
    light = light * (1.0 - returns) + lacquer * (0.04 * coat_share.x + coat_share.y) * glint;
    cover = 1.0 - (1.0 - cover) * (1.0 - returns);
#ifdef LAMPS
    float lacquer2 = lacquer_roughness * lacquer_roughness;
    for (int i = 0; i < LAMPS; ++i) {
        vec3 l, given = lamp_light(i, world_position, l);
        float turned = pow(1.0 - clamp(dot(v, normalize(v + l)), 0.0, 1.0), 5.0);
        light += lacquer * given * (0.04 + 0.96 * turned) * gleam(l, m, v, lacquer2);
    }
#endif
#endif
    return vec4(light, cover);
}
