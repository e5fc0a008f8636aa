/* rows.h: the data matrix Z [n][columns] of an objective as a constant of the kernel: OBJECTIVE_ROWS, OBJECTIVE_DATA; as many columns as coordinates
 * unless the header says OBJECTIVE_COLUMNS. */
#ifndef WS_ROWS_H
#define WS_ROWS_H

#ifndef OBJECTIVE_COLUMNS
#define OBJECTIVE_COLUMNS WS_DIM
#endif
ASSERT_STATIC(OBJECTIVE_ROWS <= 256, data_of_at_most_256_rows);

CONSTANT scalar_real objective_data[OBJECTIVE_ROWS * OBJECTIVE_COLUMNS] = {OBJECTIVE_DATA};

FN real row_number(int row, int column) { return R(objective_data[row * OBJECTIVE_COLUMNS + column]); }
#endif
