/* layout_cpu.h: W, the number of trajectories side by side, and NC, the groups that are interleaved: see block.h. Free choices:
 * no bit of an outcome depends on them. */
#ifndef WS_LAYOUT_CPU_H
#define WS_LAYOUT_CPU_H

#ifndef WS_W
#if WS_DIM < 4
#define WS_W (8 * WS_LANES)
#elif WS_DIM < 8
#define WS_W (4 * WS_LANES)
#elif WS_DIM < 256 && WS_PRECISION == 32
#define WS_W (2 * WS_LANES)
#elif WS_DIM < 256
#define WS_W WS_LANES
#elif WS_L >= WS_LANES
#define WS_W 1
#else
#define WS_W WS_LANES
#endif
#endif

#if WS_W == 1
ASSERT_STATIC(WS_L % WS_LANES == 0, one_trajectory_a_block_needs_at_least_a_vector_of_lanes);
#define WS_COLUMNS 1
#else
ASSERT_STATIC(WS_W % WS_LANES == 0, width_is_a_multiple_of_the_vector_length);
#define WS_COLUMNS (WS_W / WS_LANES)
#endif

enum { WS_NV = WS_L * WS_W / WS_LANES };

/* groups interleaved: enough that NC * K independent chains cover the latency, a divisor that keeps columns aligned */
#define WS_FITS(nc) (WS_NV % (nc) == 0 && (WS_COLUMNS % (nc) == 0 || (nc) % WS_COLUMNS == 0))
#ifndef WS_NC_WANTED
#define WS_NC_WANTED (WS_K < 2 ? 8 : 2)
#endif
enum {
    WS_NC = WS_NC_WANTED >= 8 && WS_FITS(8)   ? 8
            : WS_NC_WANTED >= 4 && WS_FITS(4) ? 4
            : WS_NC_WANTED >= 2 && WS_FITS(2) ? 2
                                              : 1,
    WS_GROUPS = WS_NC,
    WS_NC_COLUMNS = WS_NC < WS_COLUMNS ? WS_NC : WS_COLUMNS
};

/* slots of a lane that run a batch in registers together (trajectory.h) */
#ifndef WS_SLOTS_WANTED
#define WS_SLOTS_WANTED 8
#endif

#endif
