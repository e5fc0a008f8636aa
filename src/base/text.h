/* text.h: text that grows, numbers that read back, and the escapes of the formats that the report writes. */
#ifndef WS_TEXT_H
#define WS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; the bytes are malloc'ed and always end with a NUL once something was added. */
typedef struct ws_text {
    char *bytes;
    size_t length, room;
} ws_text;

/* All of these abort when out of memory. */
void ws_text_add(ws_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ws_text_add_bytes(ws_text *text, const char *bytes, size_t length);
/* Room for `most` bytes and a NUL behind the text, for who writes there and adds to `length`; the NUL comes with what is added next. */
char *ws_text_room(ws_text *text, size_t most);
/* What "%lld" gives, without its cost. */
void ws_text_add_whole(ws_text *text, long long value);
/* What "%a" gives, without its cost: a grid has many numbers. */
void ws_text_add_hexadecimal(ws_text *text, double value);
/* With & < > " ' escaped and control characters that XML forbids replaced by U+FFFD. */
void ws_text_add_xml(ws_text *text, const char *bytes, size_t length);
/* As a gnuplot string in single quotes: nothing inside is interpreted; line breaks and control characters become spaces. */
void ws_text_add_quoted(ws_text *text, const char *bytes);
/* Breaks lines at spaces so that none has more than `columns` bytes; continuation lines keep the line's indent + 2. */
void ws_text_add_wrapped(ws_text *text, const char *paragraph, int columns);
/* Hands the memory over ("" when nothing was added) and empties the text. */
char *ws_text_take(ws_text *text);
void ws_text_free(ws_text *text);

#define WS_NUMBER_ROOM 32
/* The shortest decimal form that reads back as the same float64; "nan", "inf", "-inf". Returns `out`. */
char *ws_text_number(double value, char out[WS_NUMBER_ROOM]);
/* For a person: at most `digits` significant digits. */
char *ws_text_rounded(double value, int digits, char out[WS_NUMBER_ROOM]);
/* "schedule.warmup.steps" -> "schedule_warmup_steps" (any character outside [A-Za-z0-9_] becomes _); malloc'ed. */
char *ws_text_identifier(const char *path);

#endif
