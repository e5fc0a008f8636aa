/* json.c: see json.h. cJSON reads the text; comments are turned to blanks first, so that positions in messages stay right. */
#include "plan/json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { DEEPEST = 64 };

static void blank(char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text[i] != '\n') text[i] = ' ';
}

/* Place of the first byte that is not UTF-8 (RFC 3629: shortest forms, no surrogates, up to U+10FFFF), or SIZE_MAX. */
static size_t broken_utf8(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        unsigned first = bytes[i];
        size_t more = first < 0x80 ? 0 : first < 0xc2 ? SIZE_MAX : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : SIZE_MAX;
        if (more > 3 || length - i <= more) return i;
        unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80, high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        for (size_t k = 1; k <= more; k++) {
            if (bytes[i + k] < low || bytes[i + k] > high) return i;
            low = 0x80;
            high = 0xbf;
        }
        i += more + 1;
    }
    return SIZE_MAX;
}

/* Length of what stands at `text` and might be meant as a number; *good: it is one (RFC 8259). cJSON lets 00.1, 1. and -.5 through. */
static size_t number_length(const char *text, int *good)
{
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, "0123456789");
    *good = whole > 0 && (whole == 1 || *at != '0');
    at += whole;
    if (*at == '.') {
        size_t part = strspn(++at, "0123456789");
        *good &= part > 0;
        at += part;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        size_t power = strspn(at, "0123456789");
        *good &= power > 0;
        at += power;
    }
    size_t more = strspn(at, "0123456789+-.eE");
    *good &= more == 0;
    return (size_t)(at - text) + more;
}

/* Goes over the text once: comments outside strings become blanks. Returns the place of what cannot be let through, which `what`
 * then names, or SIZE_MAX. */
static size_t prepare(char *text, size_t length, const char **what)
{
    int depth = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') {
            for (i++; i < length && text[i] != '"'; i++) {
                if (text[i] != '\\') continue;
                *what = "\\u0000: a text of a sweep file holds no zero byte";
                if (length - i > 5 && !memcmp(text + i, "\\u0000", 6)) return i;
                i++;
            }
        } else if (text[i] == '/' && i + 1 < length && text[i + 1] == '/') {
            size_t end = i;
            while (end < length && text[end] != '\n') end++;
            blank(text, i, end);
            i = end;
        } else if (text[i] == '/' && i + 1 < length && text[i + 1] == '*') {
            size_t end = i + 2;
            while (end + 1 < length && !(text[end] == '*' && text[end + 1] == '/')) end++;
            *what = "a comment that never ends";
            if (end + 1 >= length) return i;
            blank(text, i, end + 2);
            i = end + 1;
        } else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
            int good;
            size_t number = number_length(text + i, &good); /* ends before the zero behind the text */
            *what = "not a JSON number: no zero before other digits, and digits on both sides of a point and after an e";
            if (!good) return i;
            i += number - 1;
        } else if (text[i] == '[' || text[i] == '{') {
            *what = "lists and objects nested deeper than 64";
            if (++depth > DEEPEST) return i;
        } else if (text[i] == ']' || text[i] == '}') depth--;
    }
    return SIZE_MAX;
}

static ws_code fail_at(const char *name, const char *text, size_t place, const char *what, ws_error *error)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < place; i++) {
        column++;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return ws_error_set(error, WS_BAD_INPUT, "%s:%zu:%zu: %s", name, line, column, what);
}

ws_code ws_json_parse(const char *name, const char *text, size_t length, cJSON **json, ws_error *error)
{
    *json = NULL;
    if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        text += 3;
        length -= 3;
    }
    const char *zero = memchr(text, 0, length);
    if (zero) return fail_at(name, text, (size_t)(zero - text), "a zero byte: this is not a text file", error);
    char *copy = malloc(length + 1);
    WS_REQUIRE(copy && "out of memory");
    memcpy(copy, text, length);
    copy[length] = '\0';
    ws_code code = WS_OK;
    const char *wrong = "not UTF-8: sweep files are UTF-8 text, their comments too";
    size_t at = broken_utf8(copy, length);
    if (at == SIZE_MAX) at = prepare(copy, length, &wrong);
    if (at != SIZE_MAX) code = fail_at(name, copy, at, wrong, error);
    if (!code) {
        const char *end = NULL;
        *json = cJSON_ParseWithLengthOpts(copy, length + 1, &end, 1);
        if (!*json) {
            size_t place = end && end >= copy ? (size_t)(end - copy) : length;
            if (place > length) place = length;
            char what[160];
            if (strspn(copy, " \t\r\n") == length)
                snprintf(what, sizeof what, "the file is empty; a sweep file is a JSON object");
            else if (place == length)
                snprintf(what, sizeof what, "not valid JSON: the file ends too early");
            else
                snprintf(what, sizeof what, "not valid JSON here: \"%.20s\"", copy + place);
            what[strcspn(what, "\n\r")] = '\0';
            ws_json_printable(what);
            code = fail_at(name, copy, place, what, error);
        }
    }
    free(copy);
    return code;
}

void ws_json_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f) *text = '?';
}

const char *ws_json_type(const cJSON *value)
{
    if (cJSON_IsNumber(value)) return "a number";
    if (cJSON_IsString(value)) return "a text";
    if (cJSON_IsBool(value)) return "true or false";
    if (cJSON_IsArray(value)) return "a list";
    if (cJSON_IsObject(value)) return "an object";
    return "no value";
}

void ws_json_show(const cJSON *value, char *text, size_t size)
{
    if (cJSON_IsNumber(value)) {
        char number[WS_NUMBER_ROOM];
        snprintf(text, size, "%s", ws_text_number(value->valuedouble, number));
        return;
    }
    char *full = cJSON_PrintUnformatted(value);
    snprintf(text, size, "%s", full ? full : "?");
    if (full && strlen(full) >= size && size > 4) memcpy(text + size - 4, "...", 4);
    free(full);
}
