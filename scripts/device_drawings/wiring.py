"""Which wire goes to which pin.  The pins are those of the settings' defaults."""

from __future__ import annotations

from measure_drawings.card import AMBER, BLUE, INK, PANEL, PAPER, RED, SOFT, Card, Place

from device.settings import PanelSettings

from .board import METAL, METAL_EDGE, SOCKET, WIDE, board, socket
from .header import PINS, Pin, gpio, ground

GOLD, BARE, UNUSED, BLACK = "#e3c46a", "#b9bcc0", "#85888c", "#3a4048"
TOP, PITCH, ODD, EVEN = 84.0, 21.0, 386.0, 410.0
"""The magnified header: where its first row is, how far its rows lie apart, where its columns are."""
RIM, END = 29.0, 15.0
"""How far the magnified header reaches beyond its pins, sideways and at its ends."""


def wiring() -> Card:
    """The board, its header magnified, and the two parts with their wires."""
    panel = PanelSettings()
    button, light = gpio(panel.button_gpio), gpio(panel.light_gpio)
    grounds = ground(button), ground(light)
    assert (button.left, grounds[0].left, light.left, grounds[1].left) == (True, True, True, False), "drawn for these"
    card = Card(
        760,
        540,
        "Wiring, seen from above with the USB sockets pointing down and the header at the right edge; pin 1 is its "
        f"upper left pin. Button between pin {button.number} ({button.name}) and pin {grounds[0].number} (ground). "
        f"Light: pin {light.number} ({light.name}), a resistor of 330 ohms, the LED's long leg; its short leg goes to "
        f"pin {grounds[1].number} (ground).",
    )
    _zoom(card, 24, 296)
    card.text(24, 36, "Button and light on the Raspberry Pi", 15, bold=True)
    card.text(24, 58, "seen from above, USB sockets down", 13, SOFT)
    board(card, 24, 296)
    card.text(24 + WIDE / 2, 286, "SD card, below", 12, SOFT, "middle")
    card.text(24 + WIDE / 2, 524, "USB and network", 12, SOFT, "middle")
    _header(card, {button, light, *grounds})
    _button(card, button, grounds[0])
    _light(card, light, grounds[1])
    card.text(478, 350, "Before you switch on", 14, bold=True)
    card.lines(
        478,
        374,
        "Wire it with the power unplugged.",
        "Count the pins twice, from pin 1.",
        "A button with four legs: take two",
        "that lie diagonally.",
        "The LED stays dark: turn it round.",
        "Too bright at night: 1 kΩ for 330 Ω.",
    )
    return card


def place(pin: Pin) -> Place:
    """Where a pin of the magnified header is."""
    return (ODD if pin.left else EVEN), TOP + PITCH * pin.row


def _zoom(card: Card, x: float, y: float) -> None:
    """From the board's own header to the magnified one."""
    left, top, bottom = socket(x, y)
    card.shape((left, top), (ODD - RIM, TOP - END), (ODD - RIM, TOP + 19 * PITCH + END), (left, bottom), fill=PANEL)


def _header(card: Card, used: set[Pin]) -> None:
    card.rect(ODD - RIM, TOP - END, EVEN - ODD + 2 * RIM, 19 * PITCH + 2 * END, fill=SOCKET, radius=5)
    for pin in PINS:
        x, y = place(pin)
        size = 13.0 if pin in used else 9.0
        fill = (BARE if pin.name == "GND" else GOLD) if pin in used else (RED if pin.name == "5V" else UNUSED)
        card.rect(x - size / 2, y - size / 2, size, size, fill=fill, radius=0 if pin.number == 1 else size / 2)
        if pin not in used:  # a wire covers where the number would be; its label has it
            beside, at = (x - 11, "end") if pin.left else (x + 11, "start")
            card.text(beside, y + 3.5, str(pin.number), 10, BARE, at, rim=False)
    card.text(ODD - RIM - 8, TOP + 4, "pin 1: inner row, SD card end", 12, SOFT, "end")
    card.text(EVEN + RIM + 8, TOP + PITCH / 2 + 4, "2 and 4 carry 5 V: keep off", 12, RED)
    card.text(EVEN + RIM + 8, TOP + 19 * PITCH + 4, "outer row: the board's edge", 12, SOFT)


def _wire(card: Card, *places: Place, colour: str) -> None:
    card.line(*places, colour=PAPER, width=6)
    card.line(*places, colour=colour, width=3.2)


def _named(pin: Pin) -> str:
    return f"pin {pin.number}: {'ground' if pin.name == 'GND' else pin.name}"


def _button(card: Card, pin: Pin, earth: Pin) -> None:
    """A push button at the left, its wires to two pins of the left column."""
    x, middle = 196.0, 0.5 * (place(pin)[1] + place(earth)[1])
    card.rect(x - 40, middle - 36, 72, 72, fill=PAPER, stroke=SOFT, radius=9)
    card.dot((x - 4, middle), 23, fill=RED, colour=INK, width=2)
    for target, colour in ((pin, BLUE), (earth, BLACK)):
        y = place(target)[1]
        card.rect(x + 32, y - 4, 10, 8, fill=METAL, stroke=METAL_EDGE)
        _wire(card, place(target), (x + 42, y), colour=colour)
        card.text(ODD - RIM - 8, y - 6, _named(target), 12, INK, "end", bold=True)
    card.text(x - 52, middle - 2, "Button", 14, at="end", bold=True)
    card.text(x - 52, middle + 16, "either way", 12, SOFT, "end")
    card.text(x - 52, middle + 31, "round", 12, SOFT, "end")


def _light(card: Card, pin: Pin, earth: Pin) -> None:
    """An LED at the right; its resistor lies in the wire from the left column, that passes below the ground pin."""
    minus, gap = place(earth)[1], place(earth)[1] + PITCH / 2
    plus = minus + 34
    body = 668.0
    _wire(card, place(pin), (ODD, gap), (456, gap), (472, plus), (486, plus), colour=AMBER)
    _wire(card, place(earth), (body - 66, minus), colour=BLACK)
    card.text(ODD - RIM - 8, place(pin)[1] + 4, _named(pin), 12, INK, "end", bold=True)
    card.text(EVEN + RIM + 8, minus - 7, _named(earth), 12, INK, bold=True)
    # The legs, the long one reaching further.
    card.line((body - 66, minus), (body, minus), colour=METAL_EDGE, width=4)
    card.line((486, plus), (body, plus), colour=METAL_EDGE, width=4)
    # The resistor: orange, orange, brown; gold.
    card.rect(504, plus - 10, 66, 20, fill="#e8d9b8", stroke="#b39b66", radius=8)
    for x, colour in ((516, "#e07b1f"), (528, "#e07b1f"), (540, "#7a4a21"), (557, "#c9a227")):
        card.rect(x, plus - 9.5, 5, 19, fill=colour)
    # The LED: its flat side is at the short leg.
    card.add(
        f'<path d="M{body:.1f} {minus - 12:.1f} H{body + 12:.1f} V{minus - 8:.1f} H{body + 34:.1f} '
        f"A25 25 0 0 1 {body + 34:.1f} {plus + 8:.1f} H{body + 12:.1f} V{plus + 16:.1f} H{body:.1f} Z"
        f'" fill="#f7c948" stroke="{AMBER}" stroke-width="2" stroke-linejoin="round"/>'
    )
    card.text(body + 16, minus - 24, "Light (LED)", 14, at="middle", bold=True)
    card.text(body - 8, minus - 8, "short leg −", 12, INK, "end")
    card.text(body - 8, plus + 20, "long leg +", 12, INK, "end")
    card.text(537, plus + 28, "resistor", 12, INK, "middle", bold=True)
    card.text(537, plus + 43, "330 Ω: orange, orange, brown", 12, SOFT, "middle")
    card.text(body + 16, plus + 36, "flat edge", 12, SOFT, "middle")
    card.text(body + 16, plus + 50, "at the −", 12, SOFT, "middle")
