/* palette.c: see palette.h.
 *
 * Levels are viridis (van der Walt & Smith 2015, CC0): perceptually uniform, monotone in lightness, safe for the usual kinds of colour
 * blindness; reversed, so that fast is bright and slow is dark. Statuses keep out of it: greys for what was merely too slow,
 * reds for what failed, the failures with stripes as well. */
#include "report/palette.h"

#include "report/analysis.h"

/* fast ... slow */
const uint32_t ws_palette_anchors[WS_PALETTE_ANCHORS] = {0xfde725, 0xbbdf27, 0x7ad151, 0x43bf71, 0x22a884, 0x21908c,
                                                         0x2a788e, 0x35608d, 0x414487, 0x482576, 0x440154};

static uint32_t mixed(uint32_t a, uint32_t b, double part)
{
    uint32_t colour = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        double from = (double)(a >> shift & 255), to = (double)(b >> shift & 255);
        colour |= (uint32_t)(from + (to - from) * part + 0.5) << shift;
    }
    return colour;
}

uint32_t ws_palette_level(double level)
{
    if (!(level > 0)) return ws_palette_anchors[0];
    if (level >= 1) return ws_palette_anchors[WS_PALETTE_ANCHORS - 1];
    double place = level * (WS_PALETTE_ANCHORS - 1);
    int index = (int)place;
    return mixed(ws_palette_anchors[index], ws_palette_anchors[index + 1], place - index);
}

uint32_t ws_palette_state(unsigned char state)
{
    switch (state) {
    case WS_STATUS_BUDGET: return 0xd9d9d9;
    case WS_STATUS_STALLED: return 0xa3a3a3;
    case WS_STATUS_DIVERGED: return 0xf4c7b8;
    case WS_STATUS_NONFINITE: return 0xb2485a;
    default: return 0xffffff;
    }
}

uint32_t ws_palette_stripe(unsigned char state)
{
    switch (state) {
    case WS_STATUS_DIVERGED: return 0xd9745b;
    case WS_STATUS_NONFINITE: return 0x7d1f33;
    default: return ws_palette_state(state);
    }
}

const char *ws_palette_state_label(unsigned char state)
{
    switch (state) {
    case WS_STATUS_BUDGET: return "not within the cap";
    case WS_STATUS_STALLED: return "stalled";
    case WS_STATUS_DIVERGED: return "diverged";
    case WS_STATUS_NONFINITE: return "non-finite";
    default: return "not run";
    }
}
