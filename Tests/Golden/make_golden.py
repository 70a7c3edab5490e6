"""Writes the golden streams: one text file for each format, and the digests of random streams.

    python3 Tests/Golden/make_golden.py             writes them
    python3 Tests/Golden/make_golden.py --check     tells whether they are up to date

Every case's expectation is written here by hand and must equal what the model makes of the stream. README.md describes
the files.
"""

import hashlib
import os
import struct
import sys
from collections import namedtuple

from model import FORMATS, KINDS

HERE = os.path.dirname(os.path.abspath(__file__))

# One word and its text, for the comment above the bytes.
W = namedtuple("W", "text bits")
FINISH, LOSS, RESTART = "finish", "resynchronise", "restart"


class Case:
    """`items` holds words, operations, and byte strings for what is not a whole word."""

    def __init__(self, name, items, events=(), triggers=(), counters=(), defects=None, sensor=(1280, 720), now=None):
        self.name, self.items, self.sensor, self.now = name, items, sensor, now
        self.events, self.triggers, self.counters = list(events), list(triggers), list(counters)
        self.defects = defects or {}


def raw(text, bits):
    return W(text, bits)


# ---------------------------------------------------------------------------------------------------------------- EVT3

def HIGH(v): return W(f"HIGH {v}", 0x8000 | v)
def LOW(v): return W(f"LOW {v}", 0x6000 | v)
def ROW(y): return W(f"ROW {y}", y)
def X(x, on=1): return W(f"X {x} {'ON' if on else 'OFF'}", 0x2000 | on << 11 | x)
def BASE(x, on=1): return W(f"BASE {x} {'ON' if on else 'OFF'}", 0x3000 | on << 11 | x)
def V12(mask): return W(f"V12 {mask:03X}", 0x4000 | mask)
def V8(mask): return W(f"V8 {mask:02X}", 0x5000 | mask)
def TRIGGER3(id, rising): return W(f"TRIGGER {id} {'RISING' if rising else 'FALLING'}", 0xA000 | id << 8 | rising)
def OTHERS3(subtype): return W(f"OTHERS {subtype:03X}", 0xE000 | subtype)
def C12(v): return W(f"C12 {v:03X}", 0xF000 | v)
def C4(v): return W(f"C4 {v:X}", 0x7000 | v)
def WORD3(bits): return W(f"{bits:04X}", bits)


EVT3 = [
    Case("an empty buffer", []),
    Case("an empty buffer that is the whole stream", [FINISH]),

    # The table of section 9 of the formats' description, in its order.
    Case("an event before any time is not emitted", [ROW(5), X(7), FINISH], defects={"eventBeforeTime": (1, 2)}),
    Case("a column right of the sensor is dropped", [HIGH(1), LOW(2), ROW(0), X(1280), FINISH],
         defects={"eventOutsideSensor": (1, 6)}, now=4098),
    Case("a vector over the right edge keeps the pixels that exist",
         [HIGH(1), ROW(0), BASE(1272), V12(0xFFF), V12(0), V8(0), FINISH],
         events=[(4096, x, 0, 1) for x in range(1272, 1280)], defects={"eventOutsideSensor": (4, 6)}),
    Case("a partial group decodes word by word", [HIGH(1), ROW(0), BASE(0), V12(0x801), V8(0x81), FINISH],
         events=[(4096, 0, 0, 1), (4096, 11, 0, 1), (4096, 12, 0, 1), (4096, 19, 0, 1)]),
    Case("a fall from the highest time word to 0 is a wrap",
         [HIGH(4095), LOW(5), ROW(1), X(2), HIGH(0), X(3), LOW(1), X(4), FINISH],
         events=[(16773125, 2, 1, 1), (16777216, 3, 1, 1), (16777217, 4, 1, 1)]),
    Case("a low time that falls is taken as it is", [HIGH(10), LOW(100), ROW(1), X(1), LOW(50), X(2), FINISH],
         events=[(41060, 1, 1, 1), (41010, 2, 1, 1)], now=41010),
    Case("a time word that falls a little is taken as it is and counted",
         [HIGH(10), LOW(7), ROW(1), X(1), HIGH(9), X(2), FINISH],
         events=[(40967, 1, 1, 1), (36864, 2, 1, 1)], defects={"timeStepBack": (1, 8)}),
    Case("a row below the sensor loses its events only", [HIGH(1), ROW(720), X(1), ROW(719), X(1), FINISH],
         events=[(4096, 1, 719, 1)], defects={"eventOutsideSensor": (1, 4)}),
    Case("the rate controller's input count has 28 bits",
         [HIGH(1), LOW(3), OTHERS3(0x014), C12(0xABC), C12(0x123), C4(0x9), FINISH], counters=[(4099, 0x9123ABC, 0)]),
    Case("a rising edge at input 3", [HIGH(1), WORD3(0xA301), FINISH], triggers=[(4096, 3, 1)]),
    Case("an odd last byte is kept for the next bytes", [HIGH(1), ROW(3), b"\x07"], events=[], now=4096),
    Case("an odd last byte is lost when the stream is over", [HIGH(1), ROW(3), b"\x07", FINISH],
         defects={"truncatedByte": (1, 4)}),

    # Time.
    Case("the first time word is taken as it is, also from the upper half", [HIGH(3000), ROW(1), X(1), FINISH],
         events=[(12288000, 1, 1, 1)]),
    Case("a low time before the first time word is not used", [LOW(77), HIGH(1), ROW(1), X(1), FINISH],
         events=[(4096, 1, 1, 1)], now=4096),
    Case("a changed time word sets the low time to 0", [HIGH(1), LOW(77), HIGH(2), ROW(1), X(1), FINISH],
         events=[(8192, 1, 1, 1)]),
    Case("a repeated time word keeps the low time", [HIGH(1), LOW(77), HIGH(1), ROW(1), X(1), FINISH],
         events=[(4173, 1, 1, 1)], now=4173),
    Case("a rise by any distance is no wrap", [HIGH(1), ROW(1), X(1), HIGH(4095), X(2), FINISH],
         events=[(4096, 1, 1, 1), (16773120, 2, 1, 1)]),
    Case("a fall by half the range is a wrap", [HIGH(2050), ROW(1), X(1), HIGH(2), X(2), FINISH],
         events=[(8396800, 1, 1, 1), (16785408, 2, 1, 1)]),
    Case("a fall by one less than half the range is none", [HIGH(2050), ROW(1), X(1), HIGH(3), X(2), FINISH],
         events=[(8396800, 1, 1, 1), (12288, 2, 1, 1)], defects={"timeStepBack": (1, 6)}),
    Case("wraps add up",
         [HIGH(4000), HIGH(1), HIGH(4000), HIGH(1), LOW(1), HIGH(4000), HIGH(1), ROW(0), X(0, 0), FINISH],
         events=[(3 * 16777216 + 4096, 0, 0, 0)]),
    Case("steps back are counted, the first with its offset", [HIGH(9), HIGH(8), HIGH(7), HIGH(9), HIGH(1), FINISH],
         defects={"timeStepBack": (3, 2)}, now=4096),
    Case("a step back over a wrap looks like a jump ahead", [HIGH(4095), HIGH(0), HIGH(4095), ROW(0), X(0), FINISH],
         events=[(16777216 + 16773120, 0, 0, 1)]),

    # Place.
    Case("the four corners of the sensor",
         [HIGH(0), LOW(1), ROW(0), X(0, 0), X(1279), ROW(719), X(0), X(1279, 0), FINISH],
         events=[(1, 0, 0, 0), (1, 1279, 0, 1), (1, 0, 719, 1), (1, 1279, 719, 0)]),
    Case("the largest sensor's last pixel", [HIGH(0), ROW(2047), X(2047), FINISH],
         events=[(0, 2047, 2047, 1)], sensor=(2048, 2048)),
    Case("a sensor of one pixel",
         [HIGH(0), ROW(0), X(0), X(1), ROW(1), X(0), BASE(0, 0), V12(3), ROW(0), V8(1), FINISH],
         events=[(0, 0, 0, 1)], defects={"eventOutsideSensor": (5, 6)}, sensor=(1, 1)),
    Case("a row's top bit names the sender and is no part of the row", [HIGH(1), WORD3(0x0805), X(1), FINISH],
         events=[(4096, 1, 5, 1)]),
    Case("a row before the first time word counts", [ROW(5), HIGH(1), X(1), FINISH], events=[(4096, 1, 5, 1)]),
    Case("a base before the first time word counts and moves on",
         [ROW(5), BASE(10, 0), V12(0x003), HIGH(1), V12(0x001), FINISH],
         events=[(4096, 22, 5, 0)], defects={"eventBeforeTime": (2, 4)}),
    Case("an event before the first row is counted", [HIGH(1), X(7), X(8), FINISH], defects={"eventBeforeRow": (2, 2)}),
    Case("a vector before the first row is counted by its pixels, and its base moves on",
         [HIGH(1), BASE(3), V12(0x70F), V8(0x00), ROW(1), V8(0x01), FINISH],
         events=[(4096, 23, 1, 1)], defects={"eventBeforeRow": (7, 4)}),
    Case("a vector before the first base is counted by its pixels", [HIGH(1), ROW(1), V12(0x0F0), V8(0x03), FINISH],
         defects={"eventBeforeBase": (6, 4)}),
    Case("an event's column is no base", [HIGH(1), ROW(1), X(40), V12(0x001), FINISH],
         events=[(4096, 40, 1, 1)], defects={"eventBeforeBase": (1, 6)}),
    Case("an event leaves base and polarity alone", [HIGH(1), ROW(1), BASE(100, 0), X(40, 1), V8(0x01), FINISH],
         events=[(4096, 40, 1, 1), (4096, 100, 1, 0)]),
    Case("of time, base, row and sensor the first that is missing is counted",
         [X(2000), BASE(2000), V8(0x01), HIGH(1), X(2000), V8(0x01), ROW(2000), X(2000), V8(0x03), FINISH],
         defects={"eventBeforeTime": (2, 0), "eventBeforeRow": (2, 8), "eventOutsideSensor": (3, 14)}),
    Case("a missing base is counted before a missing row, and after a missing time",
         [V12(0x003), HIGH(1), V12(0x007), FINISH], defects={"eventBeforeTime": (2, 0), "eventBeforeBase": (3, 4)}),
    Case("an empty vector loses nothing",
         [V12(0), V8(0), HIGH(1), V12(0), V8(0), BASE(0), V12(0), ROW(720), V8(0), FINISH]),

    # Vectors.
    Case("a whole group of 32 pixels",
         [HIGH(1), ROW(9), BASE(32, 0), V12(0xFFF), V12(0xFFF), V8(0xFF), FINISH],
         events=[(4096, x, 9, 0) for x in range(32, 64)]),
    Case("each vector word moves the base by its own width",
         [HIGH(1), ROW(9), BASE(0), V8(0x80), V8(0x01), V12(0x800), V12(0x001), FINISH],
         events=[(4096, 7, 9, 1), (4096, 8, 9, 1), (4096, 27, 9, 1), (4096, 28, 9, 1)]),
    Case("a vector of 8 has no use for its upper bits", [HIGH(1), ROW(9), BASE(0), WORD3(0x5F01), V8(0x01), FINISH],
         events=[(4096, 0, 9, 1), (4096, 8, 9, 1)]),
    Case("time and row words between the words of a group",
         [HIGH(1), ROW(9), BASE(0), V12(0x001), LOW(5), V12(0x001), ROW(10), V8(0x01), FINISH],
         events=[(4096, 0, 9, 1), (4101, 12, 9, 1), (4101, 24, 10, 1)]),
    Case("a base beyond the largest column stays there and keeps its polarity",
         [HIGH(0), ROW(0), BASE(2040, 0), V12(0x8FF), V12(0xFFF), V8(0xFF), X(1), BASE(0, 0), V8(0x01), FINISH],
         events=[(0, x, 0, 0) for x in range(2040, 2048)] + [(0, 1, 0, 1), (0, 0, 0, 0)],
         defects={"eventOutsideSensor": (21, 6)}, sensor=(2048, 2048)),
    Case("a base starts beyond the sensor", [HIGH(0), ROW(0), BASE(1280), V8(0xFF), FINISH],
         defects={"eventOutsideSensor": (8, 6)}),

    # Triggers.
    Case("every trigger input, both edges", [HIGH(1)] + [TRIGGER3(id, id & 1) for id in range(16)] + [FINISH],
         triggers=[(4096, id, id & 1) for id in range(16)]),
    Case("a trigger's unused bits say nothing", [HIGH(1), WORD3(0xA5FE), WORD3(0xA5FF), FINISH],
         triggers=[(4096, 5, 0), (4096, 5, 1)]),
    Case("a trigger before the first time word is not emitted", [TRIGGER3(1, 1), HIGH(1), TRIGGER3(2, 0), FINISH],
         triggers=[(4096, 2, 0)], defects={"eventBeforeTime": (1, 0)}),

    # Monitoring messages.
    Case("the rate controller's output count", [HIGH(1), OTHERS3(0x016), C12(1), C12(0), C4(0), FINISH],
         counters=[(4096, 1, 1)]),
    Case("the largest count, with the last continuation's unused bits set",
         [HIGH(1), OTHERS3(0x014), C12(0xFFF), C12(0xFFF), WORD3(0x7FFF), FINISH], counters=[(4096, 0xFFFFFFF, 0)]),
    Case("a count before the first time word is not emitted", [OTHERS3(0x014), C12(1), C12(0), C4(0), FINISH],
         defects={"eventBeforeTime": (1, 0)}),
    Case("a report without continuations", [HIGH(1), OTHERS3(0x014), ROW(1), X(1), FINISH],
         events=[(4096, 1, 1, 1)], defects={"brokenMessage": (1, 2)}),
    Case("a report that another word breaks off",
         [HIGH(1), OTHERS3(0x016), C12(1), C12(2), LOW(3), C4(1), ROW(1), X(1), FINISH],
         events=[(4099, 1, 1, 1)], defects={"brokenMessage": (1, 2), "strayContinuation": (1, 10)}),
    Case("a report whose continuation is of the wrong width takes the rest with it",
         [HIGH(1), OTHERS3(0x016), C12(1), C4(2), C12(3), FINISH], defects={"brokenMessage": (1, 2)}),
    Case("a report that begins with the last continuation", [HIGH(1), OTHERS3(0x014), C4(2), FINISH],
         defects={"brokenMessage": (1, 2)}),
    Case("a report that another report breaks off",
         [HIGH(1), OTHERS3(0x014), C12(1), OTHERS3(0x016), C12(2), C12(0), C4(0), FINISH],
         counters=[(4096, 2, 1)], defects={"brokenMessage": (1, 2)}),
    Case("a report that the stream's end breaks off", [HIGH(1), OTHERS3(0x014), C12(1), C12(2), FINISH],
         defects={"brokenMessage": (1, 2)}),
    Case("a report that the stream's end has not broken off yet", [HIGH(1), OTHERS3(0x014), C12(1), C12(2)]),
    Case("a complete report's further continuations belong to it",
         [HIGH(1), OTHERS3(0x014), C12(1), C12(0), C4(0), C12(9), C4(9), FINISH], counters=[(4096, 1, 0)]),
    Case("other messages are ignored with all their continuations",
         [HIGH(1), OTHERS3(0x005), C12(1), C12(2), C12(3), C4(4), OTHERS3(0xFFF), OTHERS3(0x015), C4(1), X(1), FINISH],
         defects={"ignoredMessage": (3, 2), "eventBeforeRow": (1, 18)}),
    Case("a continuation that continues nothing", [HIGH(1), C12(1), C4(2), FINISH],
         defects={"strayContinuation": (2, 2)}),
    Case("a continuation after an ignored message was broken off",
         [HIGH(1), OTHERS3(0x002), C12(1), LOW(0), C12(2), FINISH],
         defects={"ignoredMessage": (1, 2), "strayContinuation": (1, 8)}),
    Case("kinds that mean nothing are skipped",
         [HIGH(1), ROW(1)] + [WORD3(kind << 12 | 0x123) for kind in (0x1, 0x9, 0xB, 0xC, 0xD)] + [X(1), FINISH],
         events=[(4096, 1, 1, 1)], defects={"unknownWord": (5, 4)}),
    Case("a word that means nothing breaks a report off", [HIGH(1), OTHERS3(0x014), WORD3(0x9000), C12(1), FINISH],
         defects={"brokenMessage": (1, 2), "unknownWord": (1, 4), "strayContinuation": (1, 6)}),

    # Losses and new starts.
    Case("after a loss nothing is emitted until time and row are known again",
         [HIGH(5), LOW(6), ROW(1), BASE(0), X(1), LOSS, X(2), V8(0x01), TRIGGER3(0, 1), HIGH(6), X(3), V8(0x07),
          TRIGGER3(0, 0), ROW(2), X(4), V8(0x01), BASE(8), V8(0x01), FINISH],
         events=[(20486, 1, 1, 1), (24576, 4, 2, 1), (24576, 8, 2, 1)], triggers=[(24576, 0, 0)],
         defects={"eventBeforeTime": (3, 10), "eventBeforeRow": (1, 18), "eventBeforeBase": (4, 20)}),
    Case("after a loss a repeated time word makes the time known, its low part 0",
         [HIGH(5), LOW(6), ROW(1), LOSS, ROW(1), LOW(9), HIGH(5), X(1), FINISH], events=[(20480, 1, 1, 1)]),
    Case("wraps so far are kept over a loss", [HIGH(4000), HIGH(1), ROW(0), LOSS, HIGH(7), ROW(1), X(1), FINISH],
         events=[(16777216 + 7 * 4096, 1, 1, 1)]),
    Case("a wrap over a loss is a wrap", [HIGH(4000), LOSS, HIGH(7), ROW(1), X(1), FINISH],
         events=[(16777216 + 7 * 4096, 1, 1, 1)]),
    Case("a loss drops the half word before it", [HIGH(1), ROW(1), b"\x01", LOSS, HIGH(2), ROW(1), X(5), FINISH],
         events=[(8192, 5, 1, 1)], defects={"truncatedByte": (1, 4)}),
    Case("a loss drops the message before it",
         [HIGH(1), OTHERS3(0x014), C12(1), LOSS, C12(2), C4(0), OTHERS3(0x001), LOSS, C12(3), FINISH],
         defects={"brokenMessage": (1, 2), "strayContinuation": (3, 6), "ignoredMessage": (1, 10)}),
    Case("two losses in a row are one", [HIGH(1), ROW(1), LOSS, LOSS, HIGH(2), ROW(1), X(5), FINISH],
         events=[(8192, 5, 1, 1)]),
    Case("a loss at the very start", [LOSS, HIGH(2), ROW(1), X(5), FINISH], events=[(8192, 5, 1, 1)]),
    Case("a stream played again goes on one microsecond later",
         [HIGH(5), LOW(6), ROW(1), X(1), RESTART, X(9), HIGH(5), X(9), ROW(1), X(2), LOW(6), X(1), FINISH],
         events=[(20486, 1, 1, 1), (20487, 2, 1, 1), (20493, 1, 1, 1)],
         defects={"eventBeforeTime": (1, 8), "eventBeforeRow": (1, 12)}, now=20493),
    Case("a stream played three times, with wraps",
         [HIGH(4095), ROW(1), X(1), HIGH(0), X(2), RESTART, HIGH(4095), ROW(1), X(1), HIGH(0), X(2),
          RESTART, HIGH(4095), ROW(1), X(1), HIGH(0), X(2), FINISH],
         events=[(16773120, 1, 1, 1), (16777216, 2, 1, 1), (16777217, 1, 1, 1), (16781313, 2, 1, 1),
                 (16781314, 1, 1, 1), (16785410, 2, 1, 1)]),
    Case("a new start from what is no wrap within the stream", [HIGH(4000), RESTART, HIGH(1), ROW(0), X(0), FINISH],
         events=[(16384001, 0, 0, 1)]),
    Case("a new start drops what is unfinished", [HIGH(1), OTHERS3(0x014), b"\x01", RESTART, HIGH(1), C12(1), FINISH],
         defects={"brokenMessage": (1, 2), "truncatedByte": (1, 4), "strayContinuation": (1, 7)}, now=4097),
    Case("a new start leaves the time where it is", [HIGH(5), LOW(6), RESTART], now=20486),
    Case("two new starts in a row go on from the same time",
         [HIGH(5), LOW(6), ROW(1), X(1), RESTART, ROW(1), RESTART, HIGH(5), ROW(1), X(1), FINISH],
         events=[(20486, 1, 1, 1), (20487, 1, 1, 1)]),
    Case("a low time before the first time word is no time", [LOW(77)], now=0),
    Case("a low time after a loss is no time",
         [HIGH(5), LOW(6), ROW(1), X(1), LOSS, LOW(3), RESTART, HIGH(5), ROW(1), X(1), FINISH],
         events=[(20486, 1, 1, 1), (20487, 1, 1, 1)]),
    Case("a new start at an odd byte keeps counting offsets", [b"\x00", RESTART, ROW(1), X(1), FINISH],
         defects={"truncatedByte": (1, 0), "eventBeforeTime": (1, 3)}),
]


# ---------------------------------------------------------------------------------------- EVT2 and what it shares

def sign(on): return "ON" if on else "OFF"
def edge(rising): return "RISING" if rising else "FALLING"


class Fine:
    """The words that EVT2, EVT2.1 and EVT4 all have, each in its own bits."""

    def __init__(self, event, vector, high, trigger, message, continued, size):
        self.event, self.vector, self.high, self.trigger = event, vector, high, trigger
        self.message, self.continued, self.size = message, continued, size

    def count(self, subtype, low, value):
        """A report of the rate controller."""
        return self.message(subtype, low, value)


def evt2_event(low, x, y, on=1):
    return [W(f"EVENT {low} {x} {y} {sign(on)}", on << 28 | low << 22 | x << 11 | y)]


def evt2_high(v): return [W(f"HIGH {v}", 0x80000000 | v)]


def evt2_trigger(low, id, rising):
    return [W(f"TRIGGER {low} {id} {edge(rising)}", 0xA0000000 | low << 22 | id << 8 | rising)]


def evt2_continued(v): return [W(f"CONTINUED {v:X}", 0xF0000000 | v)]


def evt2_other(subtype, low): return [W(f"OTHER {subtype:04X} {low}", 0xE0000000 | low << 22 | subtype)]


def evt2_message(subtype, low, value): return evt2_other(subtype, low) + evt2_continued(value)


def word32(bits): return [W(f"{bits:08X}", bits)]


def evt21_vector(low, x, y, on, mask):
    return [W(f"VECTOR {low} {x} {y} {sign(on)} {mask:08X}", on << 60 | low << 54 | x << 43 | y << 32 | mask)]


def evt21_event(low, x, y, on=1): return evt21_vector(low, x, y, on, 1)
def evt21_high(v): return [W(f"HIGH {v}", 8 << 60 | v << 32)]


def evt21_trigger(low, id, rising):
    return [W(f"TRIGGER {low} {id} {edge(rising)}", 0xA << 60 | low << 54 | id << 40 | rising << 32)]


def evt21_message(subtype, low, value):
    return [W(f"OTHERS {subtype:04X} {low} {value:X}", 0xE << 60 | low << 54 | subtype << 32 | value)]


def evt21_continued(v): return [W(f"CONTINUED {v:X}", 0xF << 60 | v)]
def word64(bits): return [W(f"{bits:016X}", bits)]


def evt4_event(low, x, y, on=1):
    return [W(f"EVENT {low} {x} {y} {sign(on)}", (0xA | on) << 28 | low << 22 | x << 11 | y)]


def evt4_header(low, x, y, on=1):
    return [W(f"VECTOR {low} {x} {y} {sign(on)}", (0xC | on) << 28 | low << 22 | x << 11 | y)]


def evt4_vector(low, x, y, on, mask): return evt4_header(low, x, y, on) + [W(f"MASK {mask:08X}", mask)]
def evt4_high(v): return [W(f"HIGH {v}", 0xE0000000 | v)]


def evt4_trigger(low, id, rising):
    return [W(f"TRIGGER {low} {id} {edge(rising)}", 0x90000000 | low << 22 | id << 8 | rising)]


def evt4_other(subtype, low): return [W(f"OTHER {subtype:04X} {low}", 0x60000000 | low << 22 | subtype)]
def evt4_continued(v): return [W(f"CONTINUED {v:X}", 0x70000000 | v)]
def evt4_message(subtype, low, value): return evt4_other(subtype, low) + evt4_continued(value)
PADDING = [W("PADDING", 0xFFFFFFFF)]


WRAP = 1 << 34
TOP = (1 << 28) - 1
HALF = 1 << 27


def fine_cases(f):
    """The cases that EVT2, EVT2.1 and EVT4 share; offsets in words are multiplied by the word's size."""
    e, h, t, s = f.event, f.high, f.trigger, f.size
    n = len(f.count(0x14, 0, 0))  # words of a report
    return [
        Case("an empty buffer", []),
        Case("an empty buffer that is the whole stream", [FINISH]),
        Case("an event and a trigger before the first time word are not emitted",
             e(1, 2, 3) + t(2, 1, 1) + h(1) + e(3, 4, 5) + [FINISH],
             events=[(67, 4, 5, 1)], defects={"eventBeforeTime": (2, 0)}),
        Case("a count before the first time word is not emitted", e(1, 2, 3) + f.count(0x16, 3, 9) + h(1) + [FINISH],
             defects={"eventBeforeTime": (2, 0)}),
        Case("every event carries the low part of its time", h(1) + e(0, 1, 1) + e(63, 2, 1, 0) + e(5, 3, 1) + [FINISH],
             events=[(64, 1, 1, 1), (127, 2, 1, 0), (69, 3, 1, 1)], now=69),
        Case("the first time word is taken as it is, also from the upper half", h(200000000) + e(7, 1, 1) + [FINISH],
             events=[(12800000007, 1, 1, 1)]),
        Case("a fall from the highest time word to 0 is a wrap", h(TOP) + e(63, 1, 1) + h(0) + e(0, 2, 1) + [FINISH],
             events=[(WRAP - 1, 1, 1, 1), (WRAP, 2, 1, 1)]),
        Case("a rise by any distance is no wrap", h(0) + h(TOP) + e(0, 1, 1) + [FINISH], events=[(WRAP - 64, 1, 1, 1)]),
        Case("a fall by half the range is a wrap", h(HALF + 2) + h(2) + e(0, 1, 1) + [FINISH],
             events=[(WRAP + 128, 1, 1, 1)]),
        Case("a fall by one less than half the range is none", h(HALF + 2) + h(3) + e(0, 1, 1) + [FINISH],
             events=[(192, 1, 1, 1)], defects={"timeStepBack": (1, s)}),
        Case("wraps add up", h(TOP) + h(1) + h(TOP) + h(1) + h(TOP) + h(1) + e(1, 0, 0, 0) + [FINISH],
             events=[(3 * WRAP + 65, 0, 0, 0)]),
        Case("a wrap that is followed by much more time within one buffer", h(TOP) + h(5000000) + e(0, 1, 1) + [FINISH],
             events=[(WRAP + 320000000, 1, 1, 1)]),
        Case("steps back are counted, the first with its offset", h(9) + h(8) + h(7) + h(9) + h(1) + [FINISH],
             defects={"timeStepBack": (3, s)}, now=64),
        Case("a repeated time word changes nothing", h(1) + e(9, 1, 1) + h(1) + e(8, 2, 1) + [FINISH],
             events=[(73, 1, 1, 1), (72, 2, 1, 1)]),
        Case("the four corners of the sensor",
             h(0) + e(1, 0, 0, 0) + e(1, 639, 0) + e(1, 0, 479) + e(1, 639, 479, 0) + [FINISH], sensor=(640, 480),
             events=[(1, 0, 0, 0), (1, 639, 0, 1), (1, 0, 479, 1), (1, 639, 479, 0)]),
        Case("the largest sensor's last pixel", h(0) + e(0, 2047, 2047) + [FINISH],
             events=[(0, 2047, 2047, 1)], sensor=(2048, 2048)),
        Case("events outside the sensor are dropped",
             h(0) + e(0, 639, 479) + e(0, 640, 479) + e(0, 639, 480) + e(0, 2047, 2047, 0) + [FINISH],
             sensor=(640, 480), events=[(0, 639, 479, 1)], defects={"eventOutsideSensor": (3, 2 * s)}),
        Case("every trigger input, both edges", h(1) + sum((t(id, id, id & 1) for id in range(32)), []) + [FINISH],
             triggers=[(64 + id, id, id & 1) for id in range(32)]),
        Case("the rate controller's counts",
             h(1) + f.count(0x14, 3, 0x3FFFFF) + f.count(0x16, 4, 1) + e(5, 1, 1) + [FINISH],
             events=[(69, 1, 1, 1)], counters=[(67, 0x3FFFFF, 0), (68, 1, 1)]),
        Case("a complete report's further continuations belong to it",
             h(1) + f.count(0x14, 3, 5) + f.continued(7) + f.continued(8) + [FINISH], counters=[(67, 5, 0)]),
        Case("other messages are ignored with all their continuations",
             h(1) + f.message(0x0005, 0, 7) + f.continued(1) + f.continued(2) + f.message(0xFFFF, 63, 0)
             + e(0, 1, 1) + [FINISH],
             events=[(64, 1, 1, 1)], defects={"ignoredMessage": (2, s)}),
        Case("a continuation that continues nothing", f.continued(1) + h(1) + f.continued(2) + e(0, 1, 1) + [FINISH],
             events=[(64, 1, 1, 1)], defects={"strayContinuation": (2, 0)}),
        Case("a continuation after an ignored message was broken off",
             h(1) + f.message(0x0002, 0, 0) + h(1) + f.continued(2) + [FINISH],
             defects={"ignoredMessage": (1, s), "strayContinuation": (1, (2 + n) * s)}),
        Case("after a loss nothing is emitted until the time is known again",
             h(5) + e(6, 1, 1) + [LOSS] + e(7, 2, 1) + t(8, 3, 1) + h(5) + e(9, 3, 1) + t(9, 3, 0) + [FINISH],
             events=[(326, 1, 1, 1), (329, 3, 1, 1)], triggers=[(329, 3, 0)], defects={"eventBeforeTime": (2, 2 * s)}),
        Case("wraps so far are kept over a loss", h(TOP) + h(1) + [LOSS] + h(7) + e(0, 1, 1) + [FINISH],
             events=[(WRAP + 448, 1, 1, 1)]),
        Case("a wrap over a loss is a wrap", h(TOP) + [LOSS] + h(7) + e(0, 1, 1) + [FINISH],
             events=[(WRAP + 448, 1, 1, 1)]),
        Case("a loss drops the unfinished word before it",
             h(1) + [b"\x01\x02\x03", LOSS] + h(2) + e(0, 1, 1) + [FINISH],
             events=[(128, 1, 1, 1)], defects={"truncatedByte": (3, s)}),
        Case("a loss drops the rest of the message before it",
             h(1) + f.message(0x0001, 0, 0) + [LOSS] + f.continued(2) + [FINISH],
             defects={"ignoredMessage": (1, s), "strayContinuation": (1, (1 + n) * s)}),
        Case("an unfinished word is lost when the stream is over", h(1) + [b"\x01", FINISH],
             defects={"truncatedByte": (1, s)}),
        Case("an unfinished word is kept for the next bytes", h(1) + [b"\x01"], now=64),
        Case("a stream played again goes on one microsecond later",
             h(5) + e(6, 1, 1) + [RESTART] + e(7, 9, 9) + h(5) + e(0, 2, 1) + e(6, 1, 1) + [FINISH],
             events=[(326, 1, 1, 1), (327, 2, 1, 1), (333, 1, 1, 1)], defects={"eventBeforeTime": (1, 2 * s)}, now=333),
        Case("a stream played again over a wrap",
             h(TOP) + e(0, 1, 1) + h(0) + e(1, 2, 1) + [RESTART] + h(TOP) + e(0, 1, 1) + h(0) + e(1, 2, 1) + [FINISH],
             events=[(WRAP - 64, 1, 1, 1), (WRAP + 1, 2, 1, 1), (WRAP + 2, 1, 1, 1), (WRAP + 67, 2, 1, 1)]),
        Case("a new start leaves the time where it is", h(5) + e(6, 0, 0) + [RESTART],
             events=[(326, 0, 0, 1)], now=326),
        Case("two new starts in a row go on from the same time",
             h(5) + e(6, 0, 0) + [RESTART] + e(0, 0, 0) + [RESTART] + h(5) + e(0, 0, 0) + [FINISH],
             events=[(326, 0, 0, 1), (327, 0, 0, 1)], defects={"eventBeforeTime": (1, 2 * s)}),
        Case("a new start from what is no wrap within the stream", h(TOP) + [RESTART] + h(1) + e(0, 0, 0) + [FINISH],
             events=[(WRAP - 63, 0, 0, 1)]),
    ]


def broken_cases(other, f):
    """Reports whose count comes in a word of its own."""
    e, h, s = f.event, f.high, f.size
    return [
        Case("a report without its continuation", h(1) + other(0x14, 2) + e(3, 1, 1) + f.continued(4) + [FINISH],
             events=[(67, 1, 1, 1)], defects={"brokenMessage": (1, s), "strayContinuation": (1, 3 * s)}),
        Case("a report that another report breaks off",
             h(1) + other(0x14, 2) + other(0x16, 3) + f.continued(4) + [FINISH],
             counters=[(67, 4, 1)], defects={"brokenMessage": (1, s)}),
        Case("a report that the stream's end breaks off", h(1) + other(0x16, 2) + [FINISH],
             defects={"brokenMessage": (1, s)}),
        Case("a report that the stream's end has not broken off yet", h(1) + other(0x16, 2)),
        Case("a loss breaks a report off",
             h(1) + other(0x16, 2) + [LOSS] + f.continued(1) + h(1) + f.count(0x16, 1, 2) + [FINISH],
             counters=[(65, 2, 1)], defects={"brokenMessage": (1, s), "strayContinuation": (1, 2 * s)}),
        Case("a new start breaks a report off", h(1) + other(0x14, 2) + [RESTART] + h(1) + f.continued(1) + [FINISH],
             defects={"brokenMessage": (1, s), "strayContinuation": (1, 3 * s)}),
        Case("a count has no more than 22 bits", h(1) + other(0x14, 1) + f.continued(0xFFFFFFF) + [FINISH],
             counters=[(65, 0x3FFFFF, 0)]),
        Case("a message's bits above the sub-type say nothing",
             h(1) + word32(other(0x14, 1)[0].bits | 0x003F0000) + f.continued(1) + [FINISH],
             counters=[(65, 1, 0)]),
    ]


fine2 = Fine(evt2_event, None, evt2_high, evt2_trigger, evt2_message, evt2_continued, 4)
EVT2 = fine_cases(fine2) + broken_cases(evt2_other, fine2) + [
    Case("every kind, bit by bit",
         word32(0x80000001) + word32(0x0 << 28 | 0x15 << 22 | 0x123 << 11 | 0x2A5) + word32(0x1FFFFFFF & ~(3 << 20))
         + word32(0xA0000000 | 0x2A << 22 | 0x11 << 8 | 1) + [FINISH], sensor=(2048, 2048),
         events=[(64 + 0x15, 0x123, 0x2A5, 0), (127, 0x7FF & ~(3 << 9), 0x7FF, 1)],
         triggers=[(64 + 0x2A, 0x11, 1)]),
    Case("a trigger's unused bits say nothing",
         evt2_high(1) + word32(0xA0000000 | 0x1FF << 13 | 5 << 8 | 0xFE) + [FINISH],
         triggers=[(64, 5, 0)]),
    Case("kinds that mean nothing are skipped",
         evt2_high(1) + sum((word32(kind << 28 | 0x123) for kind in (2, 3, 4, 5, 6, 7, 9, 0xB, 0xC)), [])
         + evt2_event(0, 1, 1) + [FINISH], events=[(64, 1, 1, 1)], defects={"unknownWord": (9, 4)}),
    Case("a word that means nothing breaks a report off",
         evt2_high(1) + evt2_other(0x14, 0) + word32(0x20000000) + evt2_continued(1) + [FINISH],
         defects={"brokenMessage": (1, 4), "unknownWord": (1, 8), "strayContinuation": (1, 12)}),
    Case("a motion sensor's message is ignored with its five continuations",
         evt2_high(1) + word32(0xD0000000) + evt2_continued(1) * 5 + evt2_event(0, 1, 1) + evt2_continued(1) + [FINISH],
         events=[(64, 1, 1, 1)], defects={"ignoredMessage": (1, 4), "strayContinuation": (1, 32)}),
    Case("a motion sensor's message breaks a report off",
         evt2_high(1) + evt2_other(0x14, 0) + word32(0xD0000000) + evt2_continued(1) + [FINISH],
         defects={"brokenMessage": (1, 4), "ignoredMessage": (1, 8)}),
]

fine21 = Fine(evt21_event, evt21_vector, evt21_high, evt21_trigger, evt21_message, evt21_continued, 8)


def vector_cases(f):
    """Vectors of 32 pixels; in EVT4 a vector is two words, so offsets are looked up."""
    v, h = f.vector, f.high
    two = len(v(0, 0, 0, 0, 0)) * f.size
    s = f.size
    return [
        Case("a whole vector", h(1) + v(2, 64, 9, 1, 0xFFFFFFFF) + [FINISH],
             events=[(66, x, 9, 1) for x in range(64, 96)]),
        Case("a vector's first and last pixel", h(1) + v(2, 1, 9, 0, 0x80000001) + [FINISH],
             events=[(66, 1, 9, 0), (66, 32, 9, 0)]),
        Case("an empty vector gives nothing and loses nothing",
             v(0, 0, 0, 1, 0) + h(1) + v(2, 1, 9, 0, 0) + v(2, 2000, 2000, 0, 0) + [FINISH]),
        Case("a vector over the right edge keeps the pixels that exist",
             h(1) + v(0, 319, 319, 1, 0x00000007) + v(0, 300, 0, 0, 0xFFFFFFFF) + [FINISH], sensor=(320, 320),
             events=[(64, 319, 319, 1)] + [(64, x, 0, 0) for x in range(300, 320)],
             defects={"eventOutsideSensor": (14, s)}),
        Case("a vector below the sensor is counted by its pixels", h(1) + v(0, 0, 320, 1, 0xF000000F) + [FINISH],
             sensor=(320, 320), defects={"eventOutsideSensor": (8, s)}),
        Case("a vector beyond the largest column", h(1) + v(0, 2047, 0, 1, 0xFFFFFFFF) + [FINISH], sensor=(2048, 2048),
             events=[(64, 2047, 0, 1)], defects={"eventOutsideSensor": (31, s)}),
        Case("a vector before the first time word is counted by its pixels",
             v(0, 0, 0, 1, 0x000000FF) + v(0, 0, 0, 0, 0x1) + h(1) + [FINISH], defects={"eventBeforeTime": (9, 0)}),
        Case("a vector after a loss is counted by its pixels",
             h(1) + v(0, 0, 0, 1, 0x1) + [LOSS] + v(0, 0, 0, 1, 0x70) + [FINISH],
             events=[(64, 0, 0, 1)], defects={"eventBeforeTime": (3, s + two)}),
    ]


EVT21 = fine_cases(fine21) + vector_cases(fine21) + [
    Case("every kind, bit by bit",
         word64(0x8000000100000000) + word64(0x0 << 60 | 0x15 << 54 | 0x123 << 43 | 0x2A5 << 32 | 0x2)
         + word64(0x1 << 60 | 0x3F << 54 | 0x7DF << 43 | 0x7FF << 32 | 0x80000000)
         + word64(0xA << 60 | 0x2A << 54 | 0x11 << 40 | 1 << 32) + [FINISH], sensor=(2048, 2048),
         events=[(64 + 0x15, 0x124, 0x2A5, 0), (127, 0x7DF + 31, 0x7FF, 1)], triggers=[(64 + 0x2A, 0x11, 1)]),
    Case("a time word's lower half says nothing", word64(0x80000002FFFFFFFF) + evt21_event(1, 1, 1) + [FINISH],
         events=[(129, 1, 1, 1)]),
    Case("a trigger's unused bits say nothing",
         evt21_high(1) + word64(0xA << 60 | 0x1FF << 45 | 5 << 40 | 0xFE << 32 | 0xFFFFFFFF) + [FINISH],
         triggers=[(64, 5, 0)]),
    Case("a count has no more than 22 bits, and its message's bits above the sub-type say nothing",
         evt21_high(1) + word64(0xE << 60 | 1 << 54 | 0x3F << 48 | 0x14 << 32 | 0xFFFFFFFF) + [FINISH],
         counters=[(65, 0x3FFFFF, 0)]),
    Case("kinds that mean nothing are skipped",
         evt21_high(1) + sum((word64(kind << 60 | 0x123) for kind in (2, 3, 4, 5, 6, 7, 9, 0xB, 0xC, 0xD)), [])
         + evt21_event(0, 1, 1) + [FINISH], events=[(64, 1, 1, 1)], defects={"unknownWord": (10, 8)}),
    Case("a word that means nothing ends a message",
         evt21_message(0x14, 0, 0) + word64(0x2 << 60) + evt21_continued(1) + [FINISH],
         defects={"eventBeforeTime": (1, 0), "unknownWord": (1, 8), "strayContinuation": (1, 16)}),
]

fine4 = Fine(evt4_event, evt4_vector, evt4_high, evt4_trigger, evt4_message, evt4_continued, 4)
EVT4 = fine_cases(fine4) + broken_cases(evt4_other, fine4) + vector_cases(fine4) + [
    Case("every kind, bit by bit",
         word32(0xE0000001) + word32(0xA << 28 | 0x15 << 22 | 0x123 << 11 | 0x2A5)
         + word32(0xB << 28 | 0x3F << 22 | 0x7FF << 11 | 0x7FF) + word32(0xC << 28 | 0x1 << 22 | 0x10 << 11 | 0x20)
         + word32(0x3) + word32(0xD << 28 | 0x2 << 22 | 0x10 << 11 | 0x20) + word32(0xC0000000)
         + word32(0x90000000 | 0x2A << 22 | 0x11 << 8 | 1) + [FINISH], sensor=(2048, 2048),
         events=[(64 + 0x15, 0x123, 0x2A5, 0), (127, 0x7FF, 0x7FF, 1), (65, 16, 32, 0), (65, 17, 32, 0),
                 (66, 46, 32, 1), (66, 47, 32, 1)],
         triggers=[(64 + 0x2A, 0x11, 1)]),
    Case("a trigger's count and unused bits say nothing",
         evt4_high(1) + word32(0x90000000 | 0x1FF << 13 | 5 << 8 | 0xFE) + [FINISH], triggers=[(64, 5, 0)]),
    Case("the word after a vector's header is its mask, whatever it looks like",
         evt4_high(1) + evt4_vector(0, 0, 0, 1, 0xE0000001) + evt4_vector(0, 0, 1, 1, 0xFFFFFFFF)
         + evt4_vector(0, 0, 2, 1, 0xD0000000) + evt4_vector(0, 0, 3, 0, 0x60000014) + evt4_event(1, 5, 5) + [FINISH],
         events=[(64, 0, 0, 1), (64, 29, 0, 1), (64, 30, 0, 1), (64, 31, 0, 1)] + [(64, x, 1, 1) for x in range(32)]
         + [(64, 28, 2, 1), (64, 30, 2, 1), (64, 31, 2, 1), (64, 2, 3, 0), (64, 4, 3, 0), (64, 29, 3, 0),
            (64, 30, 3, 0), (65, 5, 5, 1)]),
    Case("a mask that looks like a time word, before the first time word",
         evt4_vector(0, 0, 0, 1, 0xE0000001) + evt4_event(0, 1, 1) + [FINISH], defects={"eventBeforeTime": (5, 0)}),
    Case("padding is skipped", PADDING + evt4_high(1) + PADDING * 3 + evt4_event(0, 1, 1) + PADDING + [FINISH],
         events=[(64, 1, 1, 1)]),
    Case("kinds that mean nothing are skipped",
         evt4_high(1) + sum((word32(kind << 28 | 0x123) for kind in (0, 1, 2, 3, 4, 5, 8)), [])
         + word32(0xFFFFFFFE) + word32(0xF0000000) + evt4_event(0, 1, 1) + [FINISH],
         events=[(64, 1, 1, 1)], defects={"unknownWord": (9, 4)}),
    Case("a word that means nothing breaks a report off",
         evt4_high(1) + evt4_other(0x14, 0) + word32(0x20000000) + evt4_continued(1) + [FINISH],
         defects={"brokenMessage": (1, 4), "unknownWord": (1, 8), "strayContinuation": (1, 12)}),
    Case("padding within a report is skipped",
         evt4_high(1) + evt4_other(0x14, 1) + PADDING + evt4_continued(7) + [FINISH],
         counters=[(65, 7, 0)]),
    Case("a vector without its mask, when the stream is over", evt4_high(1) + evt4_header(0, 0, 0) + [FINISH],
         defects={"truncatedByte": (4, 4)}),
    Case("a vector with half its mask, when the stream is over",
         evt4_high(1) + evt4_header(0, 0, 0) + [b"\x01\x02", FINISH],
         defects={"truncatedByte": (6, 4)}),
    Case("a vector waits for its mask", evt4_high(1) + evt4_header(0, 0, 0)),
    Case("a loss drops a vector that waits for its mask",
         evt4_high(1) + evt4_header(0, 0, 0) + [LOSS] + evt4_high(2) + evt4_event(0, 1, 1) + [FINISH],
         events=[(128, 1, 1, 1)], defects={"truncatedByte": (4, 4)}),
    Case("a new start drops a vector that waits for its mask",
         evt4_high(1) + evt4_header(0, 0, 0) + [RESTART] + evt4_high(2) + evt4_event(0, 1, 1) + [FINISH],
         events=[(65, 1, 1, 1)], defects={"truncatedByte": (4, 4)}),
    Case("a vector breaks a report off", evt4_high(1) + evt4_other(0x14, 0) + evt4_vector(0, 3, 4, 0, 2) + [FINISH],
         events=[(64, 4, 4, 0)], defects={"brokenMessage": (1, 4)}),
]

CASES = {"evt2": EVT2, "evt21": EVT21, "evt21legacy": EVT21, "evt3": EVT3, "evt4": EVT4}


def bytes_of(format, word):
    size = FORMATS[format].WORD
    data = word.bits.to_bytes(size, "little")
    return data[4:] + data[:4] if format == "evt21legacy" else data


def items_of(format, case):
    return [bytes_of(format, item) if isinstance(item, W) else item for item in case.items]


def check(format, case, made):
    def differ(what, wanted, got):
        raise SystemExit(f"{format}, {case.name}: {what} should be {wanted}, the model says {got}")

    for what in ("events", "triggers", "counters", "defects"):
        wanted, got = getattr(case, what), getattr(made, what)
        if wanted != got:
            differ(what, wanted, got)
    if case.now is not None and case.now != made.now:
        differ("now", case.now, made.now)


def text_of(format, case):
    made = FORMATS[format](*case.sensor).run(items_of(format, case))
    check(format, case, made)
    lines = [f"case {case.name}", f"sensor {case.sensor[0]} {case.sensor[1]}"]

    def write(run):
        """Words and loose bytes between two operations: what they are, then their bytes as hexadecimal digits."""
        if run:
            loose = "{} of the next word's bytes"
            said = ", ".join(item.text if isinstance(item, W) else loose.format(len(item)) for item in run)
            data = [bytes_of(format, item) if isinstance(item, W) else item for item in run]
            lines.append("# " + said)
            for i in range(0, len(data), 16):
                lines.append("bytes " + " ".join(part.hex() for part in data[i:i + 16]))

    run = []
    for item in case.items:
        if isinstance(item, str):
            write(run)
            run = []
            lines.append(item)
        else:
            run.append(item)
    write(run)
    lines += ["event %d %d %d %d" % event for event in made.events]
    lines += ["trigger %d %d %d" % trigger for trigger in made.triggers]
    lines += ["counter %d %d %d" % counter for counter in made.counters]
    lines += ["defect %s %d %d" % ((kind,) + made.defects[kind]) for kind in KINDS if kind in made.defects]
    lines.append(f"now {made.now}")
    return "\n".join(lines) + "\n"


# -------------------------------------------------------------------------------------------------------------- Random

class SplitMix64:
    """Steele, Lea and Flood's generator: a few lines in any language."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return z ^ z >> 31


# For each format, which kinds (of 16 equally likely ones) and which of the other bits may be set.
STYLES = {
    "evt2": [("0123456789ABCDEF", 0x0FFFFFFF), ("00001111118AAEEF", 0x0FC7F81F), ("8EFEFEFEFEFEF0DF", 0x0FC00017)],
    "evt21": [("0123456789ABCDEF", 0x0FFFFFFFFFFFFFFF), ("00001111118AAEEF", 0x0FC3F83FF000001F),
              ("8EFEFEFEFEFEF0DF", 0x0FC00017FFFFFFFF)],
    "evt3": [("0123456789ABCDEF", 0x0FFF), ("0022233444455668", 0x0FFF), ("0022334445566688", 0x0CFF),
             ("EFF7EFF78EFF7FFE", 0x0017), ("0344534454445358", 0x0FFF)],
    "evt4": [("0123456789ABCDEF", 0x0FFFFFFF), ("AABBCCCDDDE99671", 0x0FC7F81F), ("E67676767676F7EC", 0x0FC00017)],
}
STYLES["evt21legacy"] = STYLES["evt21"]
SENSORS = [(1280, 720), (320, 320), (2048, 2048), (1, 1)]


def random_items(format, kinds, mask, seed, words):
    """A stream of random words, cut here and there by an operation, where necessary within a word."""
    random = SplitMix64(seed)
    size = FORMATS[format].WORD
    data = b""
    for _ in range(words):
        r = random.next()
        bits = int(kinds[random.next() >> 60], 16) << (size * 8 - 4) | r & mask
        data += bytes_of(format, W("", bits))
    items = []
    while data:
        length = random.next() % 997
        items.append(data[:length])
        data = data[length:]
        r = random.next() % 8
        if r < 2:
            items.append((LOSS, RESTART)[r])
    return items + [FINISH]


def digest(made):
    """SHA-256 of all columns, one after the other, and of the defects; all numbers little-endian."""
    sha = hashlib.sha256()

    def column(rows, index, code):
        sha.update(struct.pack(f"<{len(rows)}{code}", *(row[index] for row in rows)))

    for rows, codes in ((made.events, "QHHB"), (made.triggers, "QBB"), (made.counters, "QIB")):
        for index, code in enumerate(codes):
            column(rows, index, code)
    for kind in KINDS:
        sha.update(struct.pack("<QQ", *made.defects.get(kind, (0, 0))))
    return sha.hexdigest()


def random_text():
    lines = []
    seed = 0
    for format in FORMATS:
        for kinds, mask in STYLES[format]:
            for sensor in SENSORS:
                seed += 1
                words = 4000
                made = FORMATS[format](*sensor).run(random_items(format, kinds, mask, seed, words))
                defects = ",".join(str(made.defects.get(kind, (0, 0))[0]) for kind in KINDS)
                lines.append(
                    f"{format} {kinds} {mask:x} {seed} {words} {sensor[0]} {sensor[1]} {len(made.events)} "
                    f"{len(made.triggers)} {len(made.counters)} {defects} {digest(made)}")
    return "\n".join(lines) + "\n"


HEADER = "# Written by make_golden.py; README.md describes the lines.\n"

def files():
    """Every file's name and text."""
    made = {}
    for format, cases in CASES.items():
        if len({case.name for case in cases}) != len(cases):
            raise SystemExit(f"{format}: two cases have one name")
        made[format + ".txt"] = HEADER + "\n" + "\n".join(text_of(format, case) for case in cases)
    made["random.txt"] = HEADER + (
        "# format, kinds, mask of the other bits, seed, words, width, height, events, triggers, counters,\n"
        "# defects in the order of StreamDefects.Kind, SHA-256\n") + random_text()
    return made


if __name__ == "__main__":
    for name, text in files().items():
        path = os.path.join(HERE, name)
        if "--check" in sys.argv:
            with open(path) as file:
                if file.read() != text:
                    raise SystemExit(f"{name} is not what make_golden.py makes")
        else:
            with open(path, "w") as file:
                file.write(text)
    print(", ".join(f"{len(cases)} cases of {format}" for format, cases in CASES.items()))
