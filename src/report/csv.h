/* csv.h: outcomes as comma-separated tables. Private to report. */
#ifndef WS_REPORT_CSV_H
#define WS_REPORT_CSV_H

#include "report/results.h"

/* cells.csv, a row per cell; fed with every cell in order, then committed or abandoned. */
typedef struct ws_csv_cells ws_csv_cells;
ws_code ws_csv_cells_open(const char *path, ws_results *results, ws_csv_cells **out, ws_error *error);
ws_code ws_csv_cells_add(void *csv, const ws_cell_outcomes *cell, ws_error *error); /* a ws_cell_visitor */
/* Renames the file to its path when code is WS_OK, else removes it; frees. Returns the first failure. */
ws_code ws_csv_cells_close(ws_csv_cells *csv, ws_code code, ws_error *error);

/* A row per trajectory that has been run. */
ws_code ws_csv_trajectories(const char *path, ws_results *results, ws_error *error);

#endif
