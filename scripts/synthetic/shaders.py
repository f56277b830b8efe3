"""The painter's programs (OpenGL 3.3).

What stands still is painted once; its alpha says which share of a pixel's light stays when a shadow falls on it.  What
moves is painted for every picture, with alpha 1, into a picture ``SPAN`` times as wide and high.  The last program
puts the two together.
"""

from . import surfaces

MOST_SOLES = 12
"""How many soles can darken the ground; a figure has two."""

_SHADOW_TAPS = """
uniform mat4 light_clip;
uniform sampler2DShadow still_shadow;
uniform sampler2DShadow moving_shadow;

float taps(sampler2DShadow map, vec3 s, bool soft) {
    if (!soft) return texture(map, s);
    const float o = 0.0011;
    return 0.25 * (texture(map, s + vec3(o, 0.4 * o, 0)) + texture(map, s + vec3(-o, -0.4 * o, 0)) +
                   texture(map, s + vec3(0.4 * o, -o, 0)) + texture(map, s + vec3(-0.4 * o, o, 0)));
}
"""

_CONTACT = """
uniform vec3 soles[MOST_SOLES];
uniform int soles_count;

// Nearly exp(-x), and cheaper.
float fade(float x) {
    float left = max(1.0 - 0.25 * x, 0.0);
    return left * left * left * left;
}

// Share of the sky's light that feet and bodies leave to the ground below them.
float contact(vec3 p) {
    float dark = 0.0;
    for (int k = 0; k < soles_count; k += 2) {
        vec2 middle = p.xy - 0.5 * (soles[k].xy + soles[k + 1].xy);
        dark += 0.16 * fade(dot(middle, middle) / 0.35);
        for (int foot = k; foot < k + 2; foot++) {
            vec3 d = p - soles[foot];
            float h = max(-d.z, 0.0);
            float w = 0.10 + 0.6 * h;
            float below = clamp(1.5 - 20.0 * d.z, 0.0, 1.0);
            dark += below * 0.62 * fade((d.x * d.x + 0.45 * d.y * d.y) / (w * w)) / (1.0 + 14.0 * h);
        }
    }
    return 1.0 - clamp(dark, 0.0, 0.85);
}
"""

_LIGHT = (
    _SHADOW_TAPS
    + """
uniform vec3 eye;
uniform vec3 key_from;
uniform vec3 key_light;
uniform vec3 side_from;
uniform vec3 side_light;
uniform vec3 back_from;
uniform vec3 back_light;
uniform vec3 sky_low;
uniform vec3 sky_high;
uniform float exposure;

// Share of the key light that reaches a place.
float lit(vec3 p, vec3 n, bool soft) {
    vec3 s = (light_clip * vec4(p + n * OFF_M, 1.0)).xyz * 0.5 + 0.5;
    s.z -= 0.0012;
    if (any(notEqual(s, clamp(s, 0.0, 1.0)))) return 1.0;
    float share = taps(still_shadow, s, soft);
#ifdef MOVES
    share = min(share, taps(moving_shadow, s, soft));
#endif
    return share;
}

// Light that falls on a surface: from the key light, from all else, and what it mirrors of the key light.
struct Lit { vec3 key; vec3 rest; vec3 gloss; };

Lit shade(vec3 p, vec3 n, float shine, float wrap, bool soft, float open) {
    vec3 v = normalize(eye - p);
    float key = clamp((dot(n, key_from) + wrap) / (1.0 + wrap), 0.0, 1.0);
    if (key > 0.0) key *= lit(p, n, soft);
    float side = clamp((dot(n, side_from) + 0.35) / 1.35, 0.0, 1.0);
    float back = clamp((dot(n, back_from) + 0.10) / 1.10, 0.0, 1.0);
    vec3 rest = mix(sky_low, sky_high, 0.5 + 0.5 * n.z) * open + side * side_light + back * back_light;
    float edge = shine > 0.0 ? 1.0 - clamp(dot(n, v), 0.0, 1.0) : 0.0;
    rest += edge * edge * edge * 0.20 * sky_high;
    float gloss = shine * pow(clamp(dot(n, normalize(key_from + v)), 0.0, 1.0), 38.0);
    return Lit(key * key_light, rest, gloss * key * key_light / 0.86);
}

vec3 linear(vec3 c) { return pow(c, vec3(2.2)); }

vec3 shown(vec3 c) {
    c *= 0.92 * exposure;
    c = c * (1.0 + c * 0.16) / (1.0 + c * 0.34);
    return pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2));
}
"""
)

_WHOLE = """
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }
"""

_SHRINK = """
uniform sampler2D large;
out vec4 out_colour;
void main() {
    vec4 sum = vec4(0.0);
    ivec2 corner = ivec2(gl_FragCoord.xy) * SPAN;
    for (int y = 0; y < SPAN; y++)
        for (int x = 0; x < SPAN; x++) sum += texelFetch(large, corner + ivec2(x, y), 0);
    out_colour = sum / float(SPAN * SPAN);
}
"""

_JOIN = (
    _SHADOW_TAPS
    + _CONTACT
    + """
uniform sampler2D still;
uniform sampler2D moving;
uniform sampler2D still_depth;
uniform sampler2D moving_depth;
uniform mat3 axes;
uniform vec3 eye;
uniform vec2 size;
uniform float focal;
uniform vec2 planes;
uniform vec4 mirror;
layout(location = 0) out vec4 out_colour;
layout(location = 1) out float out_depth;

float along_axis(float depth) {
    return 2.0 * planes.x * planes.y / (planes.x + planes.y - (2.0 * depth - 1.0) * (planes.y - planes.x));
}

void main() {
    // The rows of this picture run downwards, as files have them.
    ivec2 place = ivec2(gl_FragCoord.x, size.y - gl_FragCoord.y);
    ivec2 corner = place * SPAN, one = corner + SPAN / 2;
#if SPAN == 2
    // Read between four pixels, the card gives their mean.
    vec4 over = texture(moving, (vec2(corner) + 1.0) / (2.0 * size));
#else
    vec4 over = vec4(0.0);
    for (int y = 0; y < SPAN; y++)
        for (int x = 0; x < SPAN; x++) over += texelFetch(moving, corner + ivec2(x, y), 0);
    over /= float(SPAN * SPAN);
#endif
    out_depth = along_axis(texelFetch(moving_depth, one, 0).r);
    out_colour = over;
    if (over.a == 1.0) return;

    vec4 back = texelFetch(still, place, 0);
    float far = along_axis(texelFetch(still_depth, one, 0).r);
    vec2 pixel = (vec2(one) + 0.5) / float(SPAN) - 0.5 * size;
    vec3 p = eye + far * (axes * vec3(pixel.x / focal, -pixel.y / focal, 1.0));
    // What lies behind the mirror's plane is really before it.
    p -= 2.0 * min(dot(vec4(p, 1.0), mirror), 0.0) * mirror.xyz;
    vec3 s = (light_clip * vec4(p, 1.0)).xyz * 0.5 + 0.5;
    float key = any(notEqual(s, clamp(s, 0.0, 1.0))) ? 1.0 : taps(moving_shadow, s, SOFT);
    float left = back.a * contact(p) + (1.0 - back.a) * key;
    out_colour.rgb += (1.0 - over.a) * back.rgb * pow(left, 1.0 / 2.2);
}
"""
)

_CAST = """
uniform mat4 light_clip;
in vec3 in_position;
void main() { gl_Position = light_clip * vec4(in_position, 1.0); }
"""

_SCENE_VERTEX = """
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

_BODY_VERTEX = """
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
out vec3 falls;
out vec3 gloss;
void main() {
    position = in_position;
    normal = in_normal;
    rest = in_rest;
    paint = in_paint;
    fields = in_fields;
#ifdef COARSE
    // Triangles are about as small as pixels: light for their corners will do.
    Lit by = body_light(position, normalize(normal), fields);
    falls = by.key + by.rest;
    gloss = by.gloss;
#endif
    gl_Position = clip * vec4(in_position, 1.0);
}
"""


def programs(span: int, fine: bool) -> dict[str, tuple[str, str]]:
    """Vertex and fragment source of every program.

    :param span: how many times wider and higher the picture of what moves is.
    :param fine: shadows have soft edges, and bodies are lit pixel by pixel.
    """
    values = {
        "SPAN": span,
        "SOFT": str(fine).lower(),
        # How far off a surface its own shadow is looked up, so that it does not shade itself.
        "OFF_M": 0.012 if fine else 0.020,
        "MOST_SOLES": MOST_SOLES,
    }
    head = "#version 330\n" + "".join(f"#define {name} {value}\n" for name, value in values.items())
    moves = head + "#define MOVES\n" + ("" if fine else "#define COARSE\n")
    body = moves + _LIGHT + surfaces.BODY_LIGHT
    return {
        "cast": (head + _CAST, head + "void main() {}\n"),
        "still": (head + _SCENE_VERTEX, head + _LIGHT + surfaces.INSIDE + surfaces.SCENE),
        "moving": (moves + _SCENE_VERTEX, moves + _LIGHT + _CONTACT + surfaces.INSIDE + surfaces.SCENE),
        "body": (body + _BODY_VERTEX, body + surfaces.INSIDE + surfaces.BODY),
        "shrink": (head + _WHOLE, head + _SHRINK),
        "join": (head + _WHOLE, head + _JOIN),
    }
