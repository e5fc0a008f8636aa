/* arena.c: see arena.h. One block an allocation: plans are small, and a sanitizer sees every overrun. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

struct ws_arena_block {
    struct ws_arena_block *next;
    _Alignas(16) unsigned char memory[];
};

void *ws_arena_new(ws_arena *arena, size_t bytes)
{
    WS_REQUIRE(bytes < SIZE_MAX / 2);
    struct ws_arena_block *block = calloc(1, sizeof *block + bytes);
    WS_REQUIRE(block && "out of memory");
    block->next = arena->blocks;
    arena->blocks = block;
    return block->memory;
}

char *ws_arena_text(ws_arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(ws_arena_new(arena, size), text, size);
}

char *ws_arena_format(ws_arena *arena, const char *format, ...)
{
    WS_REQUIRE(format);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    WS_REQUIRE(length >= 0);
    char *text = ws_arena_new(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void ws_arena_free(ws_arena *arena)
{
    for (struct ws_arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    arena->blocks = NULL;
}
