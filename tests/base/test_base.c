/* test_base.c: text, numbers, files, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/portable_math.h"
#include "base/process.h"
#include "base/text.h"
#include "base/thread.h"

static void numbers_read_back(void **state)
{
    (void)state;
    uint64_t bits = 1;
    char text[WS_NUMBER_ROOM];
    for (int i = 0; i < 100000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double value, back;
        memcpy(&value, &bits, 8);
        if (!isfinite(value)) continue;
        ws_text_number(value, text);
        back = strtod(text, NULL);
        assert_memory_equal(&value, &back, 8);
        assert_true(strlen(text) < WS_NUMBER_ROOM);
    }
    assert_string_equal(ws_text_number(0.1, text), "0.1");
    assert_string_equal(ws_text_number(1e300 * 10, text), "1e+301");
    assert_string_equal(ws_text_number(-INFINITY, text), "-inf");
    assert_string_equal(ws_text_number(NAN, text), "nan");
    assert_string_equal(ws_text_rounded(1234.5678, 4, text), "1235");
}

static void whole_numbers_are_those_of_printf(void **state)
{
    (void)state;
    const long long special[] = {0, 1, -1, 9, 10, LLONG_MAX, LLONG_MIN};
    uint64_t bits = 1;
    for (int i = 0; i < 100000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        long long whole = i < (int)(sizeof special / sizeof *special) ? special[i] : (long long)bits >> i % 64;
        char wanted[64], found[WS_NUMBER_ROOM];
        snprintf(wanted, sizeof wanted, "%lld", whole);
        ws_text text = {0};
        ws_text_add_whole(&text, whole);
        assert_string_equal(text.bytes, wanted);
        ws_text_free(&text);
        double value = whole == 0 && i % 2 ? -0.0 : (double)whole;
        if (fabs(value) >= 1e15) continue;
        snprintf(wanted, sizeof wanted, "%.0f", value);
        assert_string_equal(ws_text_number(value, found), wanted);
    }
    char found[WS_NUMBER_ROOM];
    assert_string_equal(ws_text_number(-0.0, found), "-0");
    assert_string_equal(ws_text_number(1e15 - 1, found), "999999999999999");
}

static void short_numbers_are_those_of_printf(void **state)
{
    (void)state;
    uint64_t bits = 1;
    int met[3] = {0};
    for (int i = 0; i < 100000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        double whole = (double)(int64_t)(bits >> i % 11), value;
        if (i % 4 == 0) value = ldexp(whole, -(int)(bits % 67));
        else if (i % 4 == 1) value = whole / pow(10, (double)(bits % 25));
        else if (i % 4 == 2) memcpy(&value, &bits, 8);
        else value = rint(ldexp((double)(int64_t)bits, -30)) / (double)(1 + bits % 1024); /* means */
        if (i % 4 == 1 && i % 3 == 0) value = nextafter(value, 0);
        char wanted[64], found[WS_NUMBER_ROOM];
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(wanted, sizeof wanted, "%.*g", digits, value);
            if (strtod(wanted, NULL) == value) {
                met[digits - 15]++;
                break;
            }
        }
        if (!isfinite(value) || value == floor(value)) continue;
        assert_string_equal(ws_text_number(value, found), wanted);
        ws_text_number(-value, found);
        assert_string_equal(found + (value > 0), wanted + (value < 0));
    }
    assert_true(met[0] > 1000 && met[1] > 1000 && met[2] > 1000);
}

static void hexadecimal_is_that_of_printf(void **state)
{
    (void)state;
    const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, 1e-310, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, INFINITY, -INFINITY, NAN};
    uint64_t bits = 1;
    for (int i = 0; i < 100000; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        uint64_t kept = bits & ~0ull << i % 53; /* with few digits, too */
        double value;
        memcpy(&value, &kept, 8);
        if (i < (int)(sizeof special / sizeof *special)) value = special[i];
        char wanted[64];
        snprintf(wanted, sizeof wanted, "%a", value);
        ws_text text = {0};
        ws_text_add_hexadecimal(&text, value);
        assert_string_equal(text.bytes, wanted);
        ws_text_free(&text);
    }
}

static void escapes(void **state)
{
    (void)state;
    ws_text xml = {0}, quoted = {0};
    ws_text_add_xml(&xml, "<a b=\"c\">&'\x01", 12);
    assert_string_equal(xml.bytes, "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\xef\xbf\xbd");
    ws_text_add_quoted(&quoted, "it's\n`x`");
    assert_string_equal(quoted.bytes, "'it''s `x`'");
    ws_text_free(&xml);
    ws_text_free(&quoted);
}

static void files_are_whole_or_absent(void **state)
{
    (void)state;
    ws_error error;
    char folder[] = "/tmp/warmsweep-base-XXXXXX", *text, *temporary;
    size_t length;
    assert_non_null(mkdtemp(folder));
    char *path = ws_file_join(folder, "x"), *deep = ws_file_join(folder, "a/b/c");
    assert_int_equal(ws_file_write(path, "hello", 5, &error), WS_OK);
    assert_int_equal(ws_file_write(path, "other", 5, &error), WS_OK);
    assert_int_equal(ws_file_read(path, 5, &text, &length, &error), WS_OK);
    assert_int_equal(length, 5);
    assert_string_equal(text, "other");
    free(text);
    assert_int_not_equal(ws_file_read(path, 4, &text, &length, &error), WS_OK);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(ws_file_temporary(path, &temporary, &error), WS_OK);
    FILE *half = fopen(temporary, "w");
    fputs("half", half);
    fclose(half);
    ws_file_abandon(temporary);
    assert_int_equal(ws_file_read(path, 100, &text, &length, &error), WS_OK);
    assert_string_equal(text, "other");
    free(text);
    assert_int_equal(ws_file_make_directory(deep, 0700, &error), WS_OK);
    assert_int_equal(ws_file_make_directory(deep, 0700, &error), WS_OK);
    assert_int_equal(ws_file_remove_tree(folder, &error), WS_OK);
    assert_false(ws_file_exists(folder));
    assert_int_equal(ws_file_remove_tree(folder, &error), WS_OK);
    assert_int_not_equal(ws_file_write(path, "x", 1, &error), WS_OK);
    free(path);
    free(deep);
}

static void long_messages_say_what_is_missing(void **state)
{
    (void)state;
    static ws_error error;
    error = (ws_error){0};
    for (int i = 0; i < 5000; i++) ws_error_add(&error, WS_BAD_INPUT, "line %d of many", i);
    assert_true(strlen(error.message) < WS_ERROR_LENGTH);
    assert_int_equal(error.code, WS_BAD_INPUT);
    assert_non_null(strstr(error.message, "line 0 of many"));
    assert_non_null(strstr(error.message, "more"));
}

static void arenas(void **state)
{
    (void)state;
    ws_arena arena = {0};
    for (size_t size = 0; size < 3000; size++) {
        char *memory = ws_arena_new(&arena, size);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(memory[i], 0);
        memset(memory, 1, size);
    }
    assert_string_equal(ws_arena_format(&arena, "%d-%s", 7, "x"), "7-x");
    ws_arena_free(&arena);
}

static void count(void *context, int64_t i) { __atomic_fetch_add((int64_t *)context + i, 1, __ATOMIC_RELAXED); }

static void every_item_once(void **state)
{
    (void)state;
    for (int threads = 1; threads < 9; threads++) {
        int64_t seen[100] = {0};
        ws_thread_each(100, threads, count, seen);
        for (int i = 0; i < 100; i++) assert_int_equal(seen[i], 1);
    }
    ws_thread_each(0, 4, count, NULL);
}

static void processes(void **state)
{
    (void)state;
    ws_process_result result;
    ws_error error;
    char sh[] = "sh", dash_c[] = "-c", talk[] = "echo out; echo err >&2; exit 3", sleep_long[] = "sleep 100 & sleep 100", nothing[] = "/nonexistent";
    char *speaker[] = {sh, dash_c, talk, NULL}, *sleeper[] = {sh, dash_c, sleep_long, NULL}, *missing[] = {nothing, NULL};
    assert_int_equal(ws_process_run(speaker, 10, NULL, &result, &error), WS_OK);
    assert_int_equal(result.status >> 8, 3);
    assert_non_null(strstr(result.output, "out\n"));
    assert_non_null(strstr(result.output, "err\n"));
    ws_process_free(&result);
    assert_int_equal(ws_process_run(sleeper, 0.2, NULL, &result, &error), WS_OK);
    assert_true(result.timed_out);
    ws_process_free(&result);
    assert_int_equal(ws_process_run(missing, 1, NULL, &result, &error), WS_OK);
    assert_false(result.started);
    ws_process_free(&result);
}

static void portable_functions(void **state)
{
    (void)state;
    double s, c;
    assert_true(fabs(ws_portable_exp(1) - 2.718281828459045) < 1e-15);
    assert_true(fabs(ws_portable_pow(2, 0.5) - 1.4142135623730951) < 1e-15);
    ws_portable_sincos(1, &s, &c);
    assert_true(fabs(s * s + c * c - 1) < 1e-15);
    assert_true(ws_portable_gaussian(1, 1, 5) == ws_portable_gaussian(1, 1, 5));
    assert_true(ws_portable_gaussian(1, 1, 5) != ws_portable_gaussian(1, 1, 6));
}

static void powers_are_those_of_one(void **state)
{
    (void)state;
    enum { MOST = 999 };
    const double bases[] = {2, 1, 0.1, 1e-310, 7000, 1.7976931348623157e308, 0, INFINITY, NAN, -1};
    const double special[] = {0, -0.0, 1, -1, 0.5, 1e-310, 1e300, -1e300, INFINITY, -INFINITY, NAN};
    uint64_t bits = 1;
    double exponent[MOST], power[MOST + 1];
    for (int i = 0; i < MOST; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        exponent[i] = i < (int)(sizeof special / sizeof *special) ? special[i] : ldexp((double)(int64_t)bits, (int)(bits >> 58) - 90);
    }
    int ways = 2;
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) ways = 1;
#endif
    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++)
        for (int count = 0; count <= MOST; count = count < 20 ? count + 1 : count + 979) {
            power[count] = 17;
            void (*made_by[])(double, const double *, int64_t, double *) = {ws_portable_powers, ws_portable_powers_in_lanes};
            for (int way = 0; way < ways; way++) {
                made_by[way](bases[b], exponent, count, power);
                for (int i = 0; i < count; i++) {
                    double one = ws_portable_pow(bases[b], exponent[i]);
                    assert_memory_equal(&power[i], &one, 8);
                }
                assert_true(power[count] == 17);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_back), cmocka_unit_test(whole_numbers_are_those_of_printf), cmocka_unit_test(short_numbers_are_those_of_printf),
        cmocka_unit_test(hexadecimal_is_that_of_printf), cmocka_unit_test(escapes), cmocka_unit_test(files_are_whole_or_absent),
        cmocka_unit_test(long_messages_say_what_is_missing), cmocka_unit_test(arenas), cmocka_unit_test(every_item_once),
        cmocka_unit_test(processes), cmocka_unit_test(portable_functions), cmocka_unit_test(powers_are_those_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
