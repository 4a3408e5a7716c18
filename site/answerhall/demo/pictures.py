"""The demo's pictures, drawn here: gifts under the house's arch, and steps of a how-to.

Everything is drawn at four times the size and scaled down, which smooths the edges.
Coordinates are in a canvas of 800 x 600.
"""

from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT, SCALE = 800, 600, 3

PAPER = "#fbf8f2"
SAND = "#efe8da"
LINE = "#c9bfa9"
INK = "#27323c"
BLUE = "#1f5584"
SKY = "#dbe8f3"
BRASS = "#b9852f"
GOLD = "#e3b65b"
GREEN = "#2f7a51"
MINT = "#d9ecdf"
RED = "#b4473a"
WHITE = "#ffffff"

Point = tuple[float, float]


class Pen:
    """Pillow's drawing with our coordinates and round corners by default."""

    def __init__(self, background: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), background)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, fill: str, **kw) -> None:
        radius = kw.pop("r", 0) * SCALE
        corners = [v * SCALE for v in (x, y, x + w, y + h)]
        self.draw.rounded_rectangle(corners, radius, fill, **self._stroke(kw))

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **kw) -> None:
        corners = [v * SCALE for v in (x - rx, y - ry, x + rx, y + ry)]
        self.draw.ellipse(corners, fill or None, **self._stroke(kw))

    def shape(self, points: Sequence[Point], fill: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def path(self, points: Sequence[Point], colour: str, width: float) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, colour, round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval(x, y, width / 2, width / 2, colour)

    def arc(
        self, x: float, y: float, r: float, turn: Point, colour: str, w: float
    ) -> None:
        corners = [v * SCALE for v in (x - r, y - r, x + r, y + r)]
        self.draw.arc(corners, *turn, fill=colour, width=round(w * SCALE))

    def arch(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        self.oval(x + w / 2, y + w / 2, w / 2, w / 2, fill)
        self.box(x, y + w / 2, w, h - w / 2, fill)

    def png(self) -> bytes:
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        out = BytesIO()
        small.quantize(192).save(out, "PNG", optimize=True)
        return out.getvalue()

    def _stroke(self, options: dict) -> dict:
        if "line" not in options:
            return {}
        return {"outline": options["line"], "width": round(options["width"] * SCALE)}


def _under_the_arch(floor: str = SAND, wall: str = SKY) -> Pen:
    pen = Pen(PAPER)
    pen.box(0, 500, WIDTH, 100, floor)
    pen.arch(190, 50, 420, 450, wall)
    return pen


def data() -> Pen:
    pen = _under_the_arch()
    for step, height in enumerate((70, 130, 200, 280)):
        pen.box(270 + step * 70, 470 - height, 50, height, BLUE, r=12)
    pen.oval(520, 165, 46, 46, GOLD)
    pen.path([(520, 142), (520, 188)], INK, 7)
    pen.path([(503, 172), (520, 189), (537, 172)], INK, 7)
    return pen


def credit() -> Pen:
    pen = _under_the_arch(wall=MINT)
    for step in range(4):
        y = 440 - step * 46
        pen.oval(400, y + 16, 120, 34, BRASS)
        pen.oval(400, y, 120, 34, GOLD)
    pen.oval(400, 302, 78, 20, "", line=BRASS, width=5)
    pen.box(388, 160, 24, 90, GREEN, r=10)
    pen.box(355, 193, 90, 24, GREEN, r=10)
    return pen


def coffee() -> Pen:
    pen = _under_the_arch(wall="#f3e4d3")
    pen.oval(400, 480, 190, 26, WHITE, line=LINE, width=4)
    pen.arc(515, 370, 58, (-80, 95), WHITE, 24)
    pen.box(285, 290, 230, 90, WHITE)
    pen.oval(400, 380, 115, 92, WHITE)
    pen.oval(400, 290, 115, 30, WHITE, line=LINE, width=4)
    pen.oval(400, 292, 96, 21, "#6b4226")
    for x in (350, 400, 450):
        pen.path([(x, 235), (x + 14, 205), (x - 10, 175), (x + 6, 140)], LINE, 9)
    return pen


def cinema() -> Pen:
    pen = _under_the_arch(wall="#e7dff0")
    pen.shape([(310, 250), (490, 250), (466, 490), (334, 490)], WHITE)
    for x in (310, 382, 454):
        top, bottom = x, 334 + (x - 310) * 0.74
        pen.shape([(top, 250), (top + 36, 250), (bottom + 26, 490), (bottom, 490)], RED)
    for x, y in (
        (330, 235),
        (375, 205),
        (425, 208),
        (470, 235),
        (400, 240),
        (350, 215),
    ):
        pen.oval(x, y, 36, 32, "#fff3d6", line=GOLD, width=4)
    return pen


def charger() -> Pen:
    pen = _under_the_arch()
    pen.box(320, 230, 160, 170, WHITE, r=26, line=LINE, width=4)
    pen.box(350, 170, 22, 64, INK, r=6)
    pen.box(428, 170, 22, 64, INK, r=6)
    pen.shape(
        [(412, 262), (368, 326), (398, 326), (386, 372), (434, 302), (402, 302)], GOLD
    )
    pen.path([(400, 400), (400, 450), (440, 480), (560, 480)], BLUE, 12)
    pen.box(556, 464, 60, 32, INK, r=8)
    return pen


def earbuds() -> Pen:
    pen = _under_the_arch(wall=MINT)
    pen.box(280, 330, 240, 150, WHITE, r=56, line=LINE, width=4)
    pen.path([(282, 392), (518, 392)], LINE, 5)
    pen.oval(400, 392, 9, 9, GREEN)
    for x, lean in ((340, -1), (460, 1)):
        pen.oval(x, 210, 44, 44, WHITE, line=LINE, width=4)
        pen.box(x - 13 + lean * 12, 220, 26, 96, WHITE, r=13, line=LINE, width=4)
        pen.oval(x + lean * 10, 206, 15, 20, INK)
    return pen


def power_bank() -> Pen:
    pen = _under_the_arch()
    pen.box(310, 170, 180, 316, BLUE, r=34)
    pen.box(326, 186, 148, 284, "#2a689e", r=24)
    for step in range(4):
        pen.oval(358 + step * 28, 226, 8, 8, GOLD if step < 3 else SKY)
    pen.box(352, 290, 96, 128, SKY, r=12)
    pen.box(380, 276, 40, 18, SKY, r=5)
    pen.box(364, 330, 72, 76, GREEN, r=6)
    return pen


def tote() -> Pen:
    pen = _under_the_arch(wall="#f3e4d3")
    pen.arc(400, 260, 72, (180, 360), BRASS, 16)
    pen.shape([(290, 260), (510, 260), (536, 490), (264, 490)], "#f7f1e4")
    pen.path([(290, 262), (510, 262)], LINE, 6)
    pen.arch(352, 315, 96, 118, BLUE)
    pen.arch(378, 350, 44, 83, "#f7f1e4")
    return pen


def bike() -> Pen:
    pen = _under_the_arch(wall=MINT)
    for x in (310, 490):
        pen.oval(x, 410, 80, 80, "", line=INK, width=11)
        pen.oval(x, 410, 10, 10, INK)
    frame = [(310, 410), (372, 290), (468, 290), (400, 410), (310, 410)]
    pen.path(frame, GREEN, 12)
    pen.path([(372, 290), (400, 410)], GREEN, 12)
    pen.path([(490, 410), (456, 248), (500, 236)], GREEN, 12)
    pen.path([(362, 262), (372, 290)], GREEN, 12)
    pen.box(330, 248, 66, 18, INK, r=9)
    pen.oval(400, 410, 20, 20, GOLD)
    return pen


def tree() -> Pen:
    pen = _under_the_arch(floor="#e2dcc5", wall=SKY)
    pen.box(384, 350, 32, 140, "#7a5534", r=8)
    for x, y, r in ((400, 230, 96), (330, 290, 72), (470, 290, 72), (400, 310, 84)):
        pen.oval(x, y, r, r, GREEN)
    for x, y in ((350, 240), (430, 200), (455, 300), (370, 320)):
        pen.oval(x, y, 13, 13, GOLD)
    pen.oval(400, 494, 110, 16, "#cfc6a8")
    return pen


def _phone(
    pen: Pen, x: float = 290, y: float = 40, w: float = 220, h: float = 520
) -> None:
    pen.box(x, y, w, h, INK, r=34)
    pen.box(x + 12, y + 14, w - 24, h - 28, WHITE, r=24)
    pen.box(x + w / 2 - 30, y + 24, 60, 12, INK, r=6)


def phone_settings() -> Pen:
    pen = Pen(SKY)
    _phone(pen)
    for row in range(7):
        y = 110 + row * 58
        chosen = row == 2
        pen.box(318, y, 164, 44, SKY if chosen else PAPER, r=10)
        pen.oval(340, y + 22, 11, 11, BLUE if chosen else LINE)
        pen.box(362, y + 16, 76 if chosen else 60, 12, INK if chosen else LINE, r=6)
        pen.path([(462, y + 14), (470, y + 22), (462, y + 30)], LINE, 4)
    pen.oval(466, 248, 30, 30, "", line=RED, width=7)
    pen.path([(600, 352), (520, 288)], RED, 8)
    pen.shape([(496, 268), (532, 278), (510, 304)], RED)
    return pen


def sim_tray() -> Pen:
    pen = Pen(MINT)
    pen.box(120, 150, 260, 420, INK, r=40)
    pen.box(136, 168, 228, 402, WHITE, r=26)
    pen.box(372, 300, 14, 90, LINE, r=4)
    pen.box(440, 290, 190, 110, WHITE, r=14, line=LINE, width=5)
    pen.shape([(470, 306), (560, 306), (584, 330), (584, 384), (470, 384)], GOLD)
    pen.box(494, 328, 62, 36, BRASS, r=6)
    pen.path([(430, 345), (396, 345)], RED, 8)
    pen.shape([(400, 330), (380, 345), (400, 360)], RED)
    pen.path([(660, 470), (560, 470)], INK, 8)
    pen.oval(680, 470, 24, 24, "", line=INK, width=8)
    return pen


def router_lights() -> Pen:
    pen = Pen(SAND)
    for x in (230, 570):
        pen.box(x - 9, 120, 18, 200, INK, r=9)
    pen.box(140, 310, 520, 150, WHITE, r=30, line=LINE, width=5)
    for x, colour in (
        (220, GREEN),
        (310, GREEN),
        (400, RED),
        (490, GREEN),
        (580, LINE),
    ):
        pen.oval(x, 385, 17, 17, colour)
        pen.box(x - 24, 420, 48, 9, LINE, r=4)
    pen.oval(400, 385, 38, 38, "", line=RED, width=6)
    for r in (60, 100, 140):
        pen.arc(400, 260, r, (225, 315), BLUE, 12)
    return pen


def bill_breakdown() -> Pen:
    pen = Pen(SKY)
    pen.box(210, 50, 380, 500, WHITE, r=12, line=LINE, width=4)
    pen.box(244, 88, 150, 22, INK, r=8)
    rows = ((200, BLUE), (150, GREEN), (110, BRASS), (70, LINE))
    for number, (width, colour) in enumerate(rows):
        y = 160 + number * 74
        pen.box(244, y, 120, 12, LINE, r=6)
        pen.box(244, y + 24, width + 60, 22, colour, r=8)
        pen.box(510, y + 22, 46, 24, SAND, r=6)
    pen.path([(244, 468), (556, 468)], LINE, 4)
    pen.box(456, 488, 100, 28, INK, r=8)
    return pen


def signal_bars() -> Pen:
    pen = Pen(PAPER)
    _phone(pen)
    for bar in range(4):
        height = 60 + bar * 50
        x = 326 + bar * 40
        pen.box(x, 380 - height, 28, height, BLUE if bar < 2 else SKY, r=6)
    pen.box(326, 430, 148, 44, SKY, r=22)
    pen.oval(452, 452, 17, 17, BLUE)
    for r in (50, 85, 120):
        pen.arc(640, 200, r, (150, 230), BRASS, 9)
    pen.path([(640, 210), (640, 520)], INK, 12)
    pen.path([(590, 520), (640, 300), (690, 520)], INK, 8)
    pen.oval(640, 200, 16, 16, BRASS)
    return pen


def qr_code() -> Pen:
    """Looks like a code and says nothing: no camera can read it."""
    pen = Pen(MINT)
    _phone(pen)
    size = 12
    for row in range(12):
        for column in range(12):
            if (row * 7 + column * 5 + row * column * 3) % 5 < 2:
                pen.box(328 + column * size, 200 + row * size, size, size, INK)
    for x, y in ((328, 200), (328 + 8 * size, 200), (328, 200 + 8 * size)):
        pen.box(x, y, 4 * size, 4 * size, WHITE)
        pen.box(x + 2, y + 2, 4 * size - 4, 4 * size - 4, INK, r=6)
        pen.box(x + 14, y + 14, 4 * size - 28, 4 * size - 28, WHITE, r=3)
    for x, y, dx, dy in (
        (316, 188, 1, 1),
        (484, 188, -1, 1),
        (316, 356, 1, -1),
        (484, 356, -1, -1),
    ):
        pen.path([(x, y + 30 * dy), (x, y), (x + 30 * dx, y)], RED, 6)
    pen.box(340, 410, 120, 40, BLUE, r=20)
    return pen


GIFTS: dict[str, Callable[[], Pen]] = {
    "data": data,
    "credit": credit,
    "coffee": coffee,
    "cinema": cinema,
    "charger": charger,
    "earbuds": earbuds,
    "power-bank": power_bank,
    "tote": tote,
    "bike": bike,
    "tree": tree,
}
STEPS: dict[str, Callable[[], Pen]] = {
    "phone-settings": phone_settings,
    "sim-tray": sim_tray,
    "router-lights": router_lights,
    "bill-breakdown": bill_breakdown,
    "signal-bars": signal_bars,
    "qr-code": qr_code,
}


def draw(name: str) -> bytes:
    """The picture of this name as PNG."""
    return ({**GIFTS, **STEPS})[name]().png()
