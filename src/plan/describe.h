/* describe.h: catalogue, field table and plan as text for a person, a validator or the documentation.
 *
 * Everything is derived from the rows of fields.c and catalogue.c. Every function returns malloc'ed text that ends with a newline;
 * they abort when out of memory. */
#ifndef WS_DESCRIBE_H
#define WS_DESCRIBE_H

#include "plan/plan.h"

/* warmsweep list: `what` is "objectives", "methods", "noises", "schedules", "starts", "fields", or NULL for all of them.
 * NULL when `what` is none of these. */
char *ws_catalogue_text(const char *what);
/* The JSON Schema (draft 2020-12) of a sweep file. */
char *ws_schema_text(void);
/* docs/sweep-format.md and docs/catalogue.md. */
char *ws_sweep_format_markdown(void);
char *ws_catalogue_markdown(void);
/* warmsweep plan: axes, cells, trajectories, chunks, kernels, problems, bytes of journal and results, an upper bound of coordinate
 * updates; as text, or as one JSON object. Cautions (float32 resolution, eps below the tiny-value rule) are part of it. */
char *ws_plan_text(const ws_plan *plan);
char *ws_plan_json(const ws_plan *plan);
/* The cautions alone, a line each; "" when there are none. */
char *ws_plan_cautions(const ws_plan *plan);

#endif
