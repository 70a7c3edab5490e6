/* The words of EVT3: 16 bits, the kind in the upper four. */
#ifndef EVT3_H
#define EVT3_H

enum {
    ADDR_Y = 0x0, ADDR_X = 0x2, VECT_BASE_X = 0x3, VECT_12 = 0x4, VECT_8 = 0x5, TIME_LOW = 0x6, TIME_HIGH = 0x8,
    EXT_TRIGGER = 0xA
};

#define EVT3_KIND(word) ((word) >> 12)
#define EVT3_DATA(word) ((word) & 0xFFFu)
#define EVT3_COORDINATE(word) ((word) & 0x7FFu)
#define EVT3_WORD(kind, data) ((uint16_t)((kind) << 12 | (data)))
enum { EVT3_ON = 0x800 };

#endif
