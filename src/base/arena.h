/* arena.h: memory that lives and dies together. Not thread-safe; aborts when out of memory. */
#ifndef WS_ARENA_H
#define WS_ARENA_H

#include <stddef.h>

typedef struct ws_arena {
    struct ws_arena_block *blocks;
} ws_arena;

/* Zeroed, aligned to 16; lives until ws_arena_free. */
void *ws_arena_new(ws_arena *arena, size_t bytes);
char *ws_arena_text(ws_arena *arena, const char *text);
char *ws_arena_format(ws_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ws_arena_free(ws_arena *arena);

#endif
