/* gnuplot.h: draws a picture by running gnuplot. Private to report. */
#ifndef WS_REPORT_GNUPLOT_H
#define WS_REPORT_GNUPLOT_H

#include "base/error.h"
#include "base/text.h"

/* Draws the pictures that `names` names, a line each, side by side. Of each it runs folder/NAME.gp, which draws to the files that its variables `svg`
 * and `png` name; both are written under temporary names and become folder/NAME.svg and folder/NAME.png when both are there. The program is
 * $WARMSWEEP_GNUPLOT, else gnuplot on PATH. Names of pictures that could not be drawn are taken out of `names`. Returns the first one's failure:
 * WS_FAILED: the program is not there (the message says what to install), or its own words. */
ws_code ws_gnuplot_draw(const char *folder, ws_text *names, ws_error *error);
/* A text of the user as a string of a script: lines of at most `most` bytes, broken at blanks. */
void ws_gnuplot_add_title(ws_text *out, const char *text, size_t most);

#endif
