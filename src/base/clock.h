/* clock.h: time for progress, limits and the journal's "finished" column. Never an input of an outcome. */
#ifndef WS_CLOCK_H
#define WS_CLOCK_H

/* Seconds since some fixed moment; never runs backwards. */
double ws_clock_now(void);
/* Sleeps for at most this many seconds (a signal ends it early). */
void ws_clock_sleep(double seconds);
/* "2025-01-31T12:00:00Z": the time of day in UTC. */
void ws_clock_stamp(char text[32]);

#endif
