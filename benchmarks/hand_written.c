/* The statuses by hand, as fast as a person would write them: three-valued bytes (0 no, 1 yes, 2 unknown), one pass
   without branches. Gives a status code and a trace word of two bits (yes, no) for each of 13 conditions. */
#include <stdint.h>

typedef struct { uint32_t yes, no; } three;
static inline three of(uint8_t byte) { return (three){byte == 1, byte == 0}; }
static inline three not3(three a) { return (three){a.no, a.yes}; }
static inline three and3(three a, three b) { return (three){a.yes & b.yes, a.no | b.no}; }
static inline three or3(three a, three b) { return (three){a.yes | b.yes, a.no & b.no}; }
static inline uint32_t said(three a, int place) { return (a.yes | a.no << 1) << (2 * place); }

void decide(int64_t rows, const uint8_t *restrict treated, const uint8_t *restrict before, const uint8_t *restrict cbc,
            const double *restrict blasts, const uint8_t *restrict signs, const uint8_t *restrict outside, double limit,
            uint8_t *restrict status, uint32_t *restrict trace) {
#pragma omp parallel for simd schedule(static)
    for (int64_t i = 0; i < rows; i++) {
        three t = of(treated[i]), r = of(before[i]), c = of(cbc[i]), s = of(signs[i]), o = of(outside[i]);
        three above = {blasts[i] > limit, blasts[i] <= limit}; /* NaN: neither */
        three given = or3(t, r), none_outside = {!o.yes, o.yes};
        three clear = and3(and3(c, not3(above)), and3(not3(s), none_outside));
        three returned = or3(above, o), remission = and3(given, clear), recurrent = and3(r, returned);
        three untreated = and3(and3(not3(t), not3(c)), and3(above, s));
        uint32_t possible = !(t.no & r.yes);
        status[i] = possible * (remission.yes + 2 * (recurrent.yes & !remission.yes) + 3 * untreated.yes);
        trace[i] = said(t, 0) | said(r, 1) | said(c, 2) | said(above, 3) | said(s, 4) | said(o, 5) | said(given, 6) |
                   said(none_outside, 7) | said(clear, 8) | said(returned, 9) | said(remission, 10) | said(recurrent, 11) |
                   said(untreated, 12);
    }
}
