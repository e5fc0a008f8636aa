/* palette.h: the colours of a phase diagram. Private to report; pure. */
#ifndef WS_REPORT_PALETTE_H
#define WS_REPORT_PALETTE_H

#include <stdint.h>

/* 0xRRGGBB of a level from 0 (fastest) to 1 (slowest). */
uint32_t ws_palette_level(double level);
/* 0xRRGGBB of a cell without a median: its ws_analysis.state. */
uint32_t ws_palette_state(unsigned char state);
/* Of a second colour in diagonal stripes over the first, so that statuses are told apart in grey print and by any eye; equal to
 * ws_palette_state where there are none. */
uint32_t ws_palette_stripe(unsigned char state);
/* For a legend: "not within the cap", ... */
const char *ws_palette_state_label(unsigned char state);
/* Anchors of the palette, equally spaced. */
#define WS_PALETTE_ANCHORS 11
extern const uint32_t ws_palette_anchors[WS_PALETTE_ANCHORS];

#endif
