/* lanes.h: how a trajectory's d coordinates are dealt to its L lanes: coordinate i is slot i div L of lane i mod L. */
#ifndef WS_LANES_H
#define WS_LANES_H
#define WS_K ((WS_DIM + WS_L - 1) / WS_L)
#define WS_PADDED (WS_DIM % WS_L != 0) /* the last slot of some lanes is empty: coefficients 0, x = 0, kept 0 */
#define WS_BATCH 16                    /* iterations between two applications of the tiny-value rule */
#endif
