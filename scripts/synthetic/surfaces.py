"""What surfaces look like, in OpenGL's shading language: parts of the programs in :mod:`.shaders`."""

INSIDE = """
// 1 where f > 0, 0 where f < 0, and a pixel's width of both between.
float inside(float f) { return clamp(f / max(fwidth(f), 1e-6) + 0.5, 0.0, 1.0); }
"""

SCENE = """
in vec3 position;
in vec3 normal;
in vec3 colour;
flat in int kind;
out vec4 out_colour;
uniform float belt_shift;
uniform float belt_x;
uniform mat2 to_room;
uniform vec4 walls;
uniform float treadmills_x[2];
uniform int treadmills_count;
uniform float glass;

float grain(vec2 p) { return fract(sin(dot(floor(p), vec2(12.9898, 78.233))) * 43758.5453); }

float blotch(vec2 p) {
    vec2 f = smoothstep(0.0, 1.0, fract(p));
    return mix(mix(grain(p), grain(p + vec2(1, 0)), f.x), mix(grain(p + vec2(0, 1)), grain(p + 1.0), f.x), f.y);
}

float joint(float at, float size, float width) {
    return smoothstep(0.5 - width / size, 0.5, abs(fract(at / size) - 0.5));
}

// How a surface's colour varies; uv lies in the surface, in metres, v upwards on walls.
vec3 pattern(vec2 uv, vec3 c) {
    if (kind == 1) {
        // Boards of differing lengths.
        float row = floor(uv.x / 0.16);
        float along = uv.y + 0.53 * mod(row * 1.7, 3.0);
        c *= 0.90 + 0.16 * grain(vec2(row, floor(along / 1.3)));
        c *= (1.0 - 0.22 * joint(uv.x, 0.16, 0.004)) * (1.0 - 0.22 * joint(along, 1.3, 0.0045));
    } else if (kind == 6) {
        c *= 0.96 + 0.06 * grain(uv / 0.4);
        c *= 1.0 - 0.28 * max(joint(uv.x, 0.4, 0.006), joint(uv.y, 0.4, 0.006));
    } else if (kind == 7) {
        float row = floor(uv.y / 0.075);
        float along = uv.x + 0.12 * mod(row, 2.0);
        c *= 0.80 + 0.36 * grain(vec2(floor(along / 0.24), row));
        c = mix(c, vec3(0.62, 0.58, 0.53), 0.75 * max(joint(uv.y, 0.075, 0.007), joint(along, 0.24, 0.007)));
    } else if (kind == 8) {
        c *= 0.86 + 0.28 * grain(uv / 0.012) * grain(uv / 0.031 + 7.0);
    } else if (kind == 9) {
        c *= 0.80 + 0.20 * blotch(uv / 0.55) + 0.14 * blotch(uv / 0.13) + 0.06 * grain(uv / 0.01);
        c *= 1.0 - 0.25 * max(joint(uv.x, 2.4, 0.006), joint(uv.y, 1.25, 0.006));
    } else if (kind == 10) {
        float plank = floor(uv.x / 0.14);
        c *= 0.86 + 0.22 * grain(vec2(plank, 3.0)) + 0.06 * blotch(vec2(uv.x / 0.012, uv.y / 0.5 + 9.0 * plank));
        c *= 1.0 - 0.35 * joint(uv.x, 0.14, 0.005);
    } else if (kind >= 11) {
        c *= 0.90 + 0.12 * smoothstep(0.18, 0.22, abs(fract((kind == 11 ? uv.x : uv.y) / 0.18) - 0.5));
    }
    return c;
}

void main() {
    vec3 n = normalize(normal);
    vec3 c = colour;
    bool ground = n.z > 0.5;
    vec2 at = to_room * position.xy;
    vec2 n_room = to_room * n.xy;
    if (kind == 4) {
        float up = clamp((position.z - 1.2) / 1.15, 0.0, 1.0), along = at.x + at.y;
        vec3 view = mix(vec3(0.86, 0.93, 0.97), vec3(0.66, 0.82, 0.95), up);
        float hill = 0.26 + 0.05 * sin(along * 2.3) + 0.03 * sin(along * 5.1 + 1.0);
        view = mix(vec3(0.55, 0.68, 0.50), view, smoothstep(hill - 0.01, hill + 0.01, up));
        out_colour = vec4(pow(clamp(linear(view) * glass, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
        return;
    }
    if (kind == 5) {
        out_colour = vec4(c, 1.0);
        return;
    }
    float open = 1.0;
    if (kind == 3) {
        // Marks of the belt go by; the lines along its edges stand still.
        float y = mod(position.y - belt_shift, 2.9);
        float x = abs(position.x - belt_x);
        float mark = inside(0.025 - abs(y - 0.10)) * inside(0.17 - x);
        mark = max(mark, inside(0.03 - abs(y - 1.45 - 0.35 * x)) * inside(0.12 - x));
        c = mix(c, vec3(0.60, 0.62, 0.62), 0.75 * mark);
        c = mix(c, vec3(0.44, 0.46, 0.47), inside(0.007 - abs(x - 0.228)));
#ifdef MOVES
        open = contact(position);
#endif
    } else if (kind > 0) {
        c = pattern(abs(n.z) > 0.5 ? at : vec2(abs(n_room.x) > 0.5 ? at.y : at.x, position.z), c);
    }
    bool shell = kind > 0 && kind != 3;
    float shine = kind == 2 || kind >= 7 ? 0.0 : ground && shell ? 0.10 : 0.05;
    Lit by = shade(position, n, shine, 0.1, SOFT && kind != 2, open);
    vec3 from_key = linear(c) * by.key + by.gloss, light = linear(c) * by.rest + from_key;
    if (shell) {
        // Corners of the room gather less light, and so does the floor under the treadmills' edges.
        vec2 off = min(abs(at - walls.xz), abs(at - walls.yw));
        float corner = 1.0;
        if (abs(n_room.x) < 0.5) corner *= 1.0 - 0.30 * exp(-off.x / 0.28);
        if (abs(n_room.y) < 0.5) corner *= 1.0 - 0.30 * exp(-off.y / 0.28);
        if (abs(n.z) < 0.5) corner *= 1.0 - 0.28 * exp(-position.z / 0.22);
        for (int k = 0; ground && k < treadmills_count; k++) {
            vec2 d = max(abs(position.xy - vec2(treadmills_x[k], -0.1)) - vec2(0.33, 0.93), 0.0);
            corner *= 1.0 - 0.45 * exp(-length(d) / 0.10);
        }
        light *= corner;
        from_key *= corner;
    }
#ifdef MOVES
    out_colour = vec4(shown(light), 1.0);
#else
    out_colour = vec4(shown(light), 1.0 - clamp(from_key.g / max(light.g, 1e-4), 0.0, 1.0));
#endif
}
"""

BODY_LIGHT = """
bool bare(vec4 f) { return max(max(f.x, f.y), max(f.z, f.w)) <= 0.0; }

Lit body_light(vec3 p, vec3 n, vec4 f) {
    bool skin = bare(f);
    return shade(p, n, skin ? 0.10 : f.w > 0.0 ? 0.14 : 0.03, skin ? 0.35 : 0.22, SOFT, 1.0);
}
"""

BODY = """
in vec3 position;
in vec3 normal;
in vec3 rest;
in vec3 paint;
in vec4 fields;
in vec3 falls;
in vec3 gloss;
out vec4 out_colour;
uniform vec3 shirt;
uniform vec3 shorts;
uniform vec3 shoes;
uniform vec3 hair;
uniform float sole_z;
uniform float chest_z;
uniform float stripes;

void main() {
    vec3 c = paint;
    float strand = sin(rest.x * 260.0 + rest.z * 40.0) * sin(rest.z * 190.0);
    c = mix(c, hair * (0.94 + 0.12 * strand), inside(fields.w));
    float band = stripes * 0.8 * inside(0.012 - abs(rest.y - 0.01)) * step(0.11, abs(rest.x));
    c = mix(c, mix(shorts, vec3(0.85), band), inside(fields.y));
    band = stripes * 0.88 * inside(0.022 - abs(rest.z - chest_z)) * inside(0.19 - abs(rest.x));
    vec3 cloth = mix(shirt, vec3(0.95), band) * (1.0 - 0.22 * inside(0.008 - fields.x));
    c = mix(c, cloth, inside(fields.x));
    cloth = mix(shoes * (1.0 - 0.4 * inside(0.010 - fields.z)), vec3(0.93), inside(sole_z - rest.z));
    c = mix(c, cloth, inside(fields.z));
#ifdef COARSE
    vec3 light = linear(c) * falls + gloss;
#else
    Lit by = body_light(position, normalize(normal), fields);
    vec3 light = linear(c) * (by.key + by.rest) + by.gloss;
#endif
    if (bare(fields)) light *= vec3(1.04, 1.0, 0.97);
    out_colour = vec4(shown(light), 1.0);
}
"""
