/* progress.c: see progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *const ws_cli_status_names[WS_STATUS_COUNT] = {"reached", "budget", "diverged", "nonfinite", "stalled"};

static void duration(double seconds, char text[32])
{
    long long s = (long long)(seconds + 0.5);
    if (seconds < 0 || seconds > 3.2e9) snprintf(text, 32, "--:--");
    else if (s < 3600) snprintf(text, 32, "%02lld:%02lld", s / 60, s % 60);
    else if (s < 172800) snprintf(text, 32, "%lldh%02lldm", s / 3600, s / 60 % 60);
    else snprintf(text, 32, "%lldd%02lldh", s / 86400, s / 3600 % 24);
}

void ws_cli_progress_line(const ws_progress *p, char *line, size_t size)
{
    char rest[32], rate[WS_NUMBER_ROOM], counts[256] = "";
    int last = p->finished == p->trajectories;
    double part = p->trajectories ? (double)p->finished / (double)p->trajectories : 1;
    duration(last ? p->seconds : p->eta, rest);
    for (int s = 0; s < WS_STATUS_COUNT; s++) {
        size_t used = strlen(counts);
        if (p->status[s]) snprintf(counts + used, sizeof counts - used, "  %s %lld", ws_cli_status_names[s], (long long)p->status[s]);
    }
    snprintf(line, size, "%5.1f %%  %lld of %lld  %s/s  %s %s%s", 100 * part, (long long)p->finished, (long long)p->trajectories,
             ws_text_rounded(p->rate, 3, rate), last ? "in" : "left", rest, counts);
}
