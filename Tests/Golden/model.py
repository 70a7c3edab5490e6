"""EVT2, EVT2.1, EVT3 and EVT4 as Python programs: the tests' own reading of the formats.

Written from the formats' descriptions and from the rules in README.md, never from the library's sources, so that a
misreading in one of the two shows. Plain rather than quick: a stretch of the stream is cut into words first, and a word
may look at those that follow it.
"""

KINDS = [
    "eventBeforeTime", "eventBeforeRow", "eventBeforeBase", "eventOutsideSensor", "timeStepBack", "unknownWord",
    "strayContinuation", "brokenMessage", "truncatedByte", "ignoredMessage",
]

RATE_CONTROLLER = {0x14: 0, 0x16: 1}  # sub-type: is it the output's count?
U64 = (1 << 64) - 1


class Clock:
    """A time word's value, extended by its wraps to microseconds."""

    def __init__(self, high_bits, low_bits):
        self.high_bits, self.low_bits = high_bits, low_bits
        self.high = None
        self.wraps = 0
        self.known = False
        self.epoch = 0
        self.first_means = None

    def base(self):
        if self.high is None:
            return 0
        return (self.epoch + ((self.wraps << self.high_bits) + self.high << self.low_bits)) & U64

    def take(self, value):
        """Returns whether the value is a new one, and whether it is a step back."""
        before, self.high, self.known = self.high, value, True
        if before is None:
            if self.first_means is not None:
                self.epoch = self.first_means - (value << self.low_bits)
            return True, False
        if before - value >= 1 << (self.high_bits - 1):
            self.wraps += 1
            return True, False
        return value != before, value < before


class Model:
    """What all formats have in common. `items` is a list of byte strings and of the names of operations."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.events, self.triggers, self.counters = [], [], []
        self.defects = {}
        self.now = 0
        self.clock = Clock(self.HIGH_BITS, self.LOW_BITS)
        self.reset_place()

    def reset_place(self):
        pass

    def count(self, kind, number, offset):
        if number:
            count, first = self.defects.get(kind, (0, offset))
            self.defects[kind] = (count + number, min(first, offset))

    def run(self, items):
        offset, pending = 0, b""
        for item in items:
            if isinstance(item, bytes):
                pending += item
                continue
            self.stretch(pending, offset, True)
            offset, pending = offset + len(pending), b""
            if item == "resynchronise":
                self.clock.known = False
                self.reset_place()
            elif item == "restart":
                means = self.now + 1
                self.clock = Clock(self.HIGH_BITS, self.LOW_BITS)
                self.clock.first_means = means
                self.reset_place()
            elif item != "finish":
                raise ValueError(item)
        self.stretch(pending, offset, False)
        return self

    def stretch(self, data, offset, closed):
        """Bytes between two operations; `closed` if something is known to end after them."""
        size = self.WORD
        whole = len(data) // size * size
        words = [(self.word(data[i:i + size]), offset + i) for i in range(0, whole, size)]
        if closed:
            self.count("truncatedByte", len(data) - whole, offset + whole)
        i = 0
        while i < len(words):
            i = self.take(words, i, closed)

    def word(self, data):
        return int.from_bytes(data, "little")

    def event(self, t, x, y, on, offset):
        if x < self.width and y < self.height:
            self.events.append((t, x, y, on))
        else:
            self.count("eventOutsideSensor", 1, offset)

    def pixels(self, t, x, y, on, mask, offset):
        for bit in range(32):
            if mask >> bit & 1:
                self.event(t, x + bit, y, on, offset)

    def time_high(self, value, offset):
        was_known = self.clock.known
        new, back = self.clock.take(value)
        self.count("timeStepBack", int(back), offset)
        return new or not was_known


def population(mask):
    return bin(mask).count("1")


class FineModel(Model):
    """The formats whose every word carries the low six bits of its time."""

    HIGH_BITS, LOW_BITS = 28, 6

    def high(self, value, offset):
        if self.time_high(value, offset):
            self.now = self.clock.base()

    def at(self, low, offset, lost):
        """The time of a word with these low bits; None, and `lost` events counted, while the time is unknown."""
        if not self.clock.known:
            self.count("eventBeforeTime", lost, offset)
            return None
        self.now = self.clock.base() + low & U64
        return self.now

    def is_padding(self, word):
        return False

    def one_trigger(self, upper, low, offset):
        t = self.at(low, offset, 1)
        if t is not None:
            self.triggers.append((t, upper >> 8 & 0x1F, upper & 1))

    def one_counter(self, low, count, is_output, offset):
        t = self.at(low, offset, 1)
        if t is not None:
            self.counters.append((t, count & 0x3FFFFF, is_output))

    def message(self, words, i, closed, continued):
        """An OTHER word of 32 bits and the continuations that follow it."""
        word, offset = words[i]
        run = i + 1
        payloads = []
        while run < len(words) and (words[run][0] >> 28 == continued or self.is_padding(words[run][0])):
            if not self.is_padding(words[run][0]):
                payloads.append(words[run][0])
            run += 1
        subtype = word & 0xFFFF
        if subtype in RATE_CONTROLLER and self.clock.known:
            self.now = self.clock.base() + (word >> 22 & 0x3F) & U64
        if subtype not in RATE_CONTROLLER:
            self.count("ignoredMessage", 1, offset)
        elif payloads:
            self.one_counter(word >> 22 & 0x3F, payloads[0], RATE_CONTROLLER[subtype], offset)
        elif closed or run < len(words):
            self.count("brokenMessage", 1, offset)
        return run


class EVT2(FineModel):
    WORD = 4

    def take(self, words, i, closed):
        word, offset = words[i]
        kind, low = word >> 28, word >> 22 & 0x3F
        if kind in (0x0, 0x1):
            t = self.at(low, offset, 1)
            if t is not None:
                self.event(t, word >> 11 & 0x7FF, word & 0x7FF, kind, offset)
        elif kind == 0x8:
            self.high(word & 0xFFFFFFF, offset)
        elif kind == 0xA:
            self.one_trigger(word, low, offset)
        elif kind == 0xD:
            self.count("ignoredMessage", 1, offset)
            i += 1
            while i < len(words) and words[i][0] >> 28 == 0xF:
                i += 1
            return i
        elif kind == 0xE:
            return self.message(words, i, closed, 0xF)
        elif kind == 0xF:
            self.count("strayContinuation", 1, offset)
        else:
            self.count("unknownWord", 1, offset)
        return i + 1


class EVT21(FineModel):
    WORD = 8

    def take(self, words, i, closed):
        word, offset = words[i]
        kind, upper, lower = word >> 60, word >> 32 & 0xFFFFFFF, word & 0xFFFFFFFF
        low = upper >> 22
        if kind in (0x0, 0x1):
            t = self.at(low, offset, population(lower))
            if t is not None:
                self.pixels(t, upper >> 11 & 0x7FF, upper & 0x7FF, kind, lower, offset)
        elif kind == 0x8:
            self.high(upper, offset)
        elif kind == 0xA:
            self.one_trigger(upper, low, offset)
        elif kind == 0xE:
            subtype = upper & 0xFFFF
            if subtype in RATE_CONTROLLER:
                self.one_counter(low, lower, RATE_CONTROLLER[subtype], offset)
            else:
                self.count("ignoredMessage", 1, offset)
            i += 1
            while i < len(words) and words[i][0] >> 60 == 0xF:
                i += 1
            return i
        elif kind == 0xF:
            self.count("strayContinuation", 1, offset)
        else:
            self.count("unknownWord", 1, offset)
        return i + 1


class EVT21Legacy(EVT21):
    def word(self, data):
        return int.from_bytes(data[0:4], "little") << 32 | int.from_bytes(data[4:8], "little")


class EVT3(Model):
    WORD = 2
    HIGH_BITS, LOW_BITS = 12, 12

    def __init__(self, width, height):
        self.low = 0
        super().__init__(width, height)

    def reset_place(self):
        self.row = self.base = None

    def take(self, words, i, closed):
        word, offset = words[i]
        kind, payload = word >> 12, word & 0xFFF
        if kind == 0x0:
            self.row = payload & 0x7FF
        elif kind == 0x2:
            self.emit(payload & 0x7FF, payload >> 11, 1, offset)
        elif kind == 0x3:
            self.base = (payload & 0x7FF, payload >> 11)
        elif kind in (0x4, 0x5):
            mask, width = (payload, 12) if kind == 0x4 else (payload & 0xFF, 8)
            if self.base is None:
                self.count("eventBeforeBase" if self.clock.known else "eventBeforeTime", population(mask), offset)
            else:
                x, on = self.base
                self.emit(x, on, mask, offset)
                self.base = (x + width, on)
        elif kind == 0x6:
            if self.clock.known:
                self.low = payload
                self.now = self.clock.base() + self.low & U64
        elif kind == 0x8:
            if self.time_high(payload, offset):
                self.low = 0
            self.now = self.clock.base() + self.low & U64
        elif kind == 0xA:
            if self.clock.known:
                self.triggers.append((self.now, payload >> 8, payload & 1))
            else:
                self.count("eventBeforeTime", 1, offset)
        elif kind == 0xE:
            return self.message(words, i, closed)
        elif kind in (0x7, 0xF):
            self.count("strayContinuation", 1, offset)
        else:
            self.count("unknownWord", 1, offset)
        return i + 1

    def emit(self, x, on, mask, offset):
        if not self.clock.known:
            self.count("eventBeforeTime", population(mask), offset)
        elif self.row is None:
            self.count("eventBeforeRow", population(mask), offset)
        else:
            self.pixels(self.now, x, self.row, on, mask, offset)

    def message(self, words, i, closed):
        subtype, offset = words[i][0] & 0xFFF, words[i][1]
        end = i + 1
        while end < len(words) and words[end][0] >> 12 in (0x7, 0xF):
            end += 1
        run = [word for word, _ in words[i + 1:end][:3]]
        wanted = [0xF, 0xF, 0x7]
        if subtype not in RATE_CONTROLLER:
            self.count("ignoredMessage", 1, offset)
        elif [word >> 12 for word in run] == wanted:
            if self.clock.known:
                count = run[0] & 0xFFF | (run[1] & 0xFFF) << 12 | (run[2] & 0xF) << 24
                self.counters.append((self.now, count, RATE_CONTROLLER[subtype]))
            else:
                self.count("eventBeforeTime", 1, offset)
        elif closed or end < len(words) or [word >> 12 for word in run] != wanted[:len(run)]:
            self.count("brokenMessage", 1, offset)
        return end


class EVT4(FineModel):
    WORD = 4

    def is_padding(self, word):
        return word == 0xFFFFFFFF

    def stretch(self, data, offset, closed):
        # A vector's header and mask are one thing: where only a part of them came, its bytes are an unfinished word's.
        self.unfinished_header = None
        whole = len(data) // 4 * 4
        super().stretch(data[:whole], offset, closed)
        if closed and self.unfinished_header is not None:
            self.count("truncatedByte", offset + len(data) - self.unfinished_header, self.unfinished_header)
        elif closed:
            self.count("truncatedByte", len(data) - whole, offset + whole)

    def take(self, words, i, closed):
        word, offset = words[i]
        kind, low = word >> 28, word >> 22 & 0x3F
        x, y = word >> 11 & 0x7FF, word & 0x7FF
        if kind == 0x6:
            return self.message(words, i, closed, 0x7)
        if kind == 0x7:
            self.count("strayContinuation", 1, offset)
        elif kind == 0x9:
            self.one_trigger(word, low, offset)
        elif kind in (0xA, 0xB):
            t = self.at(low, offset, 1)
            if t is not None:
                self.event(t, x, y, kind & 1, offset)
        elif kind in (0xC, 0xD):
            if i + 1 == len(words):
                self.unfinished_header = offset
                return i + 1
            mask = words[i + 1][0]
            t = self.at(low, offset, population(mask))
            if t is not None:
                self.pixels(t, x, y, kind & 1, mask, offset)
            return i + 2
        elif kind == 0xE:
            self.high(word & 0xFFFFFFF, offset)
        elif not self.is_padding(word):
            self.count("unknownWord", 1, offset)
        return i + 1


FORMATS = {"evt2": EVT2, "evt21": EVT21, "evt21legacy": EVT21Legacy, "evt3": EVT3, "evt4": EVT4}
