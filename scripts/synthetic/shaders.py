"""The painter's programs (OpenGL 3.3): soft daylight from the front left, a window's light from the right."""

_LIGHT = """
uniform vec3 eye;
uniform mat4 light_clip;
uniform sampler2DShadow shadow;
uniform vec3 soles[2];
uniform float crowd;

const vec3 KEY = normalize(vec3(0.62, -0.48, 1.05));
const vec3 SIDE = normalize(vec3(-1.0, 0.15, 0.45));

// Share of the key light that reaches a place: four taps for what moves or is near, one for the walls.
float lit(vec3 p, vec3 n, bool fine) {
    vec4 q = light_clip * vec4(p + n * 0.012, 1.0);
    vec3 s = q.xyz * 0.5 + 0.5;
    s.z -= 0.0012;
    if (!fine) return texture(shadow, s);
    const float o = 0.0011;
    return 0.25 * (texture(shadow, s + vec3(o, 0.4 * o, 0)) + texture(shadow, s + vec3(-o, -0.4 * o, 0)) +
                   texture(shadow, s + vec3(0.4 * o, -o, 0)) + texture(shadow, s + vec3(-0.4 * o, o, 0)));
}

// Ambient light that the runner's feet and body keep from the ground below them.
float contact(vec3 p, vec3 n) {
    float dark = 0.0;
    for (int k = 0; k < 2; k++) {
        vec3 d = p - soles[k];
        float h = max(-d.z, 0.0);
        float w = 0.10 + 0.6 * h;
        dark += 0.62 * exp(-(d.x * d.x + 0.45 * d.y * d.y) / (w * w)) / (1.0 + 14.0 * h);
    }
    dark += 0.16 * exp(-dot(p.xy, p.xy) / 0.35);
    return 1.0 - crowd * clamp(dark, 0.0, 0.85) * clamp(n.z, 0.0, 1.0);
}

vec3 shade(vec3 p, vec3 n, vec3 colour, float shine, float wrap, bool fine, bool ground) {
    vec3 v = normalize(eye - p);
    float key = clamp((dot(n, KEY) + wrap) / (1.0 + wrap), 0.0, 1.0);
    if (key > 0.0) key *= lit(p, n, fine);
    float side = clamp((dot(n, SIDE) + 0.35) / 1.35, 0.0, 1.0);
    vec3 sky = mix(vec3(0.30, 0.27, 0.24), vec3(0.50, 0.52, 0.55), 0.5 + 0.5 * n.z);
    if (ground) sky *= contact(p, n);
    vec3 light = sky + key * vec3(0.86, 0.82, 0.75) + side * vec3(0.16, 0.19, 0.23);
    if (shine <= 0.0) return colour * light;
    vec3 h = normalize(KEY + v);
    float gloss = pow(clamp(dot(n, h), 0.0, 1.0), 38.0) * shine * key;
    float edge = 1.0 - clamp(dot(n, v), 0.0, 1.0);
    float rim = edge * edge * edge * 0.10;
    return colour * (light + rim) + gloss;
}

// 1 where f > 0, 0 where f < 0, and a pixel's width of both between.
float inside(float f) { return clamp(f / max(fwidth(f), 1e-6) + 0.5, 0.0, 1.0); }

vec3 linear(vec3 c) { return pow(c, vec3(2.2)); }

vec4 shown(vec3 c) {
    c *= 0.92;
    c = c * (1.0 + c * 0.16) / (1.0 + c * 0.34);
    return vec4(pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
}
"""

SHADOW_VERTEX = """
#version 330
uniform mat4 light_clip;
in vec3 in_position;
void main() { gl_Position = light_clip * vec4(in_position, 1.0); }
"""

SHADOW_FRAGMENT = """
#version 330
void main() {}
"""

SCENE_VERTEX = """
#version 330
uniform mat4 clip;
in vec3 in_position;
in vec3 in_normal;
in vec3 in_colour;
in float in_kind;
out vec3 position;
out vec3 normal;
out vec3 colour;
flat out int kind;
void main() {
    position = in_position;
    normal = in_normal;
    colour = in_colour;
    kind = int(in_kind + 0.5);
    gl_Position = clip * vec4(in_position, 1.0);
}
"""

SCENE_FRAGMENT = (
    """
#version 330
in vec3 position;
in vec3 normal;
in vec3 colour;
flat in int kind;
out vec4 out_colour;
uniform float belt_shift;
uniform vec2 walls;
"""
    + _LIGHT
    + """
float grain(vec2 p) { return fract(sin(dot(floor(p), vec2(12.9898, 78.233))) * 43758.5453); }

void main() {
    vec3 n = normalize(normal);
    vec3 c = colour;
    float shine = 0.05;
    if (kind == 1) {
        // Boards of differing lengths.
        float row = floor(position.x / 0.16);
        float along = position.y + 0.53 * mod(row * 1.7, 3.0);
        float board = grain(vec2(row, floor(along / 1.3)));
        c *= 0.90 + 0.16 * board;
        c *= 1.0 - 0.22 * smoothstep(0.475, 0.5, abs(fract(position.x / 0.16) - 0.5));
        c *= 1.0 - 0.22 * smoothstep(0.4965, 0.5, abs(fract(along / 1.3) - 0.5));
        shine = 0.10;
    } else if (kind == 2) {
        shine = 0.0;
    } else if (kind == 3) {
        // Marks of the belt go by; the lines along its edges stand still.
        float y = mod(position.y - belt_shift, 2.9);
        float x = abs(position.x);
        float mark = inside(0.025 - abs(y - 0.10)) * inside(0.17 - x);
        mark = max(mark, inside(0.03 - abs(y - 1.45 - 0.35 * x)) * inside(0.12 - x));
        c = mix(c, vec3(0.60, 0.62, 0.62), 0.75 * mark);
        c = mix(c, vec3(0.44, 0.46, 0.47), inside(0.007 - abs(x - 0.228)));
    } else if (kind == 4) {
        float up = clamp((position.z - 1.2) / 1.15, 0.0, 1.0);
        vec3 view = mix(vec3(0.86, 0.93, 0.97), vec3(0.66, 0.82, 0.95), up);
        float hill = 0.26 + 0.05 * sin(position.y * 2.3) + 0.03 * sin(position.y * 5.1 + 1.0);
        view = mix(vec3(0.55, 0.68, 0.50), view, smoothstep(hill - 0.01, hill + 0.01, up));
        out_colour = vec4(view, 1.0);
        return;
    } else if (kind == 5) {
        out_colour = vec4(c, 1.0);
        return;
    }
    vec3 light = shade(position, n, linear(c), shine, 0.1, kind != 2, n.z > 0.5);
    // Corners of the room gather less light.
    float corner = 1.0;
    if (kind == 1 || kind == 2) {
        float dx = abs(position.x - walls.x), dy = abs(position.y - walls.y), dz = position.z;
        if (abs(n.x) < 0.5) corner *= 1.0 - 0.30 * exp(-dx / 0.28);
        if (abs(n.y) < 0.5) corner *= 1.0 - 0.30 * exp(-dy / 0.28);
        if (abs(n.z) < 0.5) corner *= 1.0 - 0.28 * exp(-dz / 0.22);
        // The treadmill's own soft shadow under its edges.
        vec2 d = max(abs(position.xy - vec2(0.0, -0.1)) - vec2(0.33, 0.93), 0.0);
        if (n.z > 0.5) corner *= 1.0 - 0.45 * exp(-length(d) / 0.10);
    }
    out_colour = shown(light * corner);
}
"""
)

BODY_VERTEX = """
#version 330
uniform mat4 clip;
in vec3 in_position;
in vec3 in_normal;
in vec3 in_rest;
in vec3 in_paint;
in vec4 in_fields;
out vec3 position;
out vec3 normal;
out vec3 rest;
out vec3 paint;
out vec4 fields;
void main() {
    position = in_position;
    normal = in_normal;
    rest = in_rest;
    paint = in_paint;
    fields = in_fields;
    gl_Position = clip * vec4(in_position, 1.0);
}
"""

BODY_FRAGMENT = (
    """
#version 330
in vec3 position;
in vec3 normal;
in vec3 rest;
in vec3 paint;
in vec4 fields;
out vec4 out_colour;
uniform vec3 shirt;
uniform vec3 shorts;
uniform vec3 shoes;
uniform vec3 hair;
uniform float sole_z;
uniform float chest_z;
"""
    + _LIGHT
    + """
void main() {
    vec3 n = normalize(normal);
    vec3 c = paint;
    float shine = 0.10, wrap = 0.35;
    float strand = sin(rest.x * 260.0 + rest.z * 40.0) * sin(rest.z * 190.0);
    c = mix(c, hair * (0.94 + 0.12 * strand), inside(fields.w));
    vec3 cloth = mix(shorts, vec3(0.85), 0.8 * inside(0.012 - abs(rest.y - 0.01)) * step(0.11, abs(rest.x)));
    c = mix(c, cloth, inside(fields.y));
    cloth = mix(shirt, vec3(0.95), 0.88 * inside(0.022 - abs(rest.z - chest_z)) * inside(0.19 - abs(rest.x)));
    cloth *= 1.0 - 0.22 * inside(0.008 - fields.x);
    c = mix(c, cloth, inside(fields.x));
    cloth = mix(shoes * (1.0 - 0.4 * inside(0.010 - fields.z)), vec3(0.93), inside(sole_z - rest.z));
    c = mix(c, cloth, inside(fields.z));
    bool skin = max(max(fields.x, fields.y), max(fields.z, fields.w)) <= 0.0;
    if (!skin) { shine = fields.w > 0.0 ? 0.14 : 0.03; wrap = 0.22; }
    vec3 light = shade(position, n, linear(c), shine, wrap, true, false);
    if (skin) light *= vec3(1.04, 1.0, 0.97);
    out_colour = shown(light);
}
"""
)
