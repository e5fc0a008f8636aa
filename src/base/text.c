/* text.c: see text.h.
 *
 * A report is assembled in memory piece by piece, so that every write to disk is one write of finished bytes; only what grows with
 * the number of cells (cells.csv, outcomes.nc) is streamed. Escaping lives here and nowhere else: titles and sweep texts come
 * from a user's file and reach HTML, SVG and gnuplot, whose syntax they must not be able to leave. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static void reserve(ws_text *text, size_t more)
{
    size_t need = text->length + more + 1;
    if (need <= text->room) return;
    size_t room = text->room ? text->room : 256;
    while (room < need) room *= 2;
    char *bytes = realloc(text->bytes, room);
    WS_REQUIRE(bytes && "out of memory");
    text->bytes = bytes;
    text->room = room;
}

char *ws_text_room(ws_text *text, size_t most)
{
    reserve(text, most);
    return text->bytes + text->length;
}

void ws_text_add_bytes(ws_text *text, const char *bytes, size_t length)
{
    reserve(text, length);
    if (length) memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void ws_text_add(ws_text *text, const char *format, ...)
{
    WS_REQUIRE(format);
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    reserve(text, 0);
    size_t room = text->room - text->length;
    int length = vsnprintf(text->bytes + text->length, room, format, arguments);
    va_end(arguments);
    WS_REQUIRE(length >= 0);
    if ((size_t)length >= room) {
        reserve(text, (size_t)length);
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    text->length += (size_t)length;
}

/* The decimal digits of a number that end before `end`; returns the first one. */
static char *digits_before(char *end, unsigned long long value)
{
    do *--end = (char)('0' + value % 10);
    while (value /= 10);
    return end;
}

void ws_text_add_whole(ws_text *text, long long value)
{
    char digits[24], *end = digits + sizeof digits, *first = digits_before(end, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value);
    if (value < 0) *--first = '-';
    ws_text_add_bytes(text, first, (size_t)(end - first));
}

/* The eight digits of a word, the first one in the first byte. */
static uint64_t digits_of(uint32_t word)
{
    uint64_t spread = word;
    spread = (spread << 32 | spread >> 16) & 0x0000ffff0000ffffull; /* upper half first */
    spread = (spread << 16 | spread >> 8) & 0x00ff00ff00ff00ffull;
    spread = (spread << 8 | spread >> 4) & 0x0f0f0f0f0f0f0f0full;
    uint64_t letters = (spread + 0x0606060606060606ull) >> 4 & 0x0101010101010101ull; /* 1 where a digit is above 9 */
    return spread + 0x3030303030303030ull + letters * ('a' - '0' - 10);
}

void ws_text_add_hexadecimal(ws_text *text, double value)
{
    enum { DIGITS = 13, LONGEST = 32 };
    uint64_t bits;
    memcpy(&bits, &value, 8);
    uint64_t fraction = bits & 0xfffffffffffffull;
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) {
        ws_text_add(text, "%a", value);
        return;
    }
    char *at = ws_text_room(text, LONGEST);
    if (bits >> 63) *at++ = '-';
    *at++ = '0';
    *at++ = 'x';
    *at++ = exponent ? '1' : '0';
    if (fraction) {
        *at++ = '.';
        uint64_t first = digits_of((uint32_t)(fraction >> 20)), last = digits_of((uint32_t)(fraction << 12));
        for (int i = 0; i < 8; i++) at[i] = (char)(first >> 8 * i);
        for (int i = 0; i < 8; i++) at[8 + i] = (char)(last >> 8 * i);
        at += DIGITS - __builtin_ctzll(fraction) / 4; /* without zeros at the end */
    }
    *at++ = 'p';
    exponent = exponent ? exponent - 1023 : bits << 1 ? -1022 : 0;
    *at++ = exponent < 0 ? '-' : '+';
    unsigned size = (unsigned)(exponent < 0 ? -exponent : exponent);
    if (size >= 1000) *at++ = (char)('0' + size / 1000);
    if (size >= 100) *at++ = (char)('0' + size / 100 % 10);
    if (size >= 10) *at++ = (char)('0' + size / 10 % 10);
    *at++ = (char)('0' + size % 10);
    *at = '\0';
    text->length = (size_t)(at - text->bytes);
}

void ws_text_add_xml(ws_text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == '&') ws_text_add_bytes(text, "&amp;", 5);
        else if (c == '<') ws_text_add_bytes(text, "&lt;", 4);
        else if (c == '>') ws_text_add_bytes(text, "&gt;", 4);
        else if (c == '"') ws_text_add_bytes(text, "&quot;", 6);
        else if (c == '\'') ws_text_add_bytes(text, "&#39;", 5);
        else if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t')) {
            if (c != '\r') ws_text_add_bytes(text, "\xef\xbf\xbd", 3);
        } else ws_text_add_bytes(text, bytes + i, 1);
    }
}

void ws_text_add_quoted(ws_text *text, const char *bytes)
{
    ws_text_add_bytes(text, "'", 1);
    for (; *bytes; bytes++) {
        unsigned char c = (unsigned char)*bytes;
        if (c == '\'') ws_text_add_bytes(text, "''", 2);
        else ws_text_add_bytes(text, c < 0x20 || c == 0x7f ? " " : bytes, 1);
    }
    ws_text_add_bytes(text, "'", 1);
}

/* One line without its newline. */
static void add_wrapped_line(ws_text *text, const char *line, size_t length, size_t columns)
{
    size_t indent = 0;
    while (indent < length && line[indent] == ' ') indent++;
    size_t hanging = indent + 2 < columns / 2 ? indent + 2 : 0, lead = 0; /* spaces put before what is left of the line */
    while (lead + length > columns) {
        size_t room = columns - lead, cut = room;
        size_t first = lead ? 0 : indent; /* never break inside the indent */
        while (cut > first && line[cut] != ' ') cut--;
        if (cut <= first) cut = room; /* a word longer than the line: broken where the line ends */
        ws_text_add(text, "%*s%.*s\n", (int)lead, "", (int)cut, line);
        while (cut < length && line[cut] == ' ') cut++;
        line += cut;
        length -= cut;
        lead = hanging;
        if (!length) return;
    }
    ws_text_add(text, "%*s%.*s\n", (int)lead, "", (int)length, line);
}

void ws_text_add_wrapped(ws_text *text, const char *paragraph, int columns)
{
    size_t width = columns < 20 ? 20 : (size_t)columns;
    while (*paragraph) {
        size_t length = strcspn(paragraph, "\n");
        add_wrapped_line(text, paragraph, length, width);
        paragraph += length;
        if (*paragraph == '\n') paragraph++;
    }
}

char *ws_text_take(ws_text *text)
{
    if (!text->bytes) ws_text_add_bytes(text, "", 0);
    char *bytes = text->bytes;
    memset(text, 0, sizeof *text);
    return bytes;
}

void ws_text_free(ws_text *text)
{
    free(text->bytes);
    memset(text, 0, sizeof *text);
}

/* Means and medians of counts have few decimals. A number of at most 15 digits that is read as `value` is the one that "%.15g" gives (two of them are
 * never read as the same float64, IEEE 754), and w / 10^decimals, rounded once, is how it is read. Returns 0 when there is none, or not in this form. */
static int put_decimals(double value, char out[WS_NUMBER_ROOM])
{
    static const double tried[] = {1e5, 1e10};
    const double size = fabs(value);
    if (!(size >= 1e-4)) return 0;
    for (int i = 0; i < 2 && size * tried[i] < 1e15; i++) {
        unsigned long long w = (unsigned long long)(size * tried[i] + 0.5), power = (unsigned long long)tried[i];
        if ((double)w / tried[i] != size) continue;
        char *end = out + WS_NUMBER_ROOM - 1, *first = digits_before(end, w % power + power); /* a 1 in front keeps the zeros */
        while (end[-1] == '0') end--;
        *first = '.';
        *end = '\0';
        first = digits_before(first, w / power);
        if (value < 0) *--first = '-';
        memmove(out, first, (size_t)(end - first) + 1);
        return 1;
    }
    return 0;
}

char *ws_text_number(double value, char out[WS_NUMBER_ROOM])
{
    if (isnan(value)) return strcpy(out, "nan");
    if (isinf(value)) return strcpy(out, value > 0 ? "inf" : "-inf");
    if (fabs(value) < 1e15 && value == floor(value)) { /* whole numbers without an exponent */
        char *end = out + WS_NUMBER_ROOM - 1, *first = digits_before(end, (unsigned long long)fabs(value));
        if (signbit(value)) *--first = '-'; /* of 0, too */
        *end = '\0';
        return memmove(out, first, (size_t)(end - first) + 1);
    }
    if (put_decimals(value, out)) return out;
    for (int digits = 15; digits <= 17; digits++) { /* %g drops zeros: 15 digits give every shorter form */
        snprintf(out, WS_NUMBER_ROOM, "%.*g", digits, value);
        if (strtod(out, NULL) == value) break;
    }
    return out;
}

char *ws_text_rounded(double value, int digits, char out[WS_NUMBER_ROOM])
{
    if (isfinite(value) && value == floor(value) && fabs(value) < 1e9) snprintf(out, WS_NUMBER_ROOM, "%.0f", value);
    else snprintf(out, WS_NUMBER_ROOM, "%.*g", digits, value);
    return out;
}

char *ws_text_identifier(const char *path)
{
    char *name = strdup(path);
    WS_REQUIRE(name && "out of memory");
    for (char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9'))) *c = '_';
    return name;
}
