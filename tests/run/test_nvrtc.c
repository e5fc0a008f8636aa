/* test_nvrtc.c: NVRTC as the cuda engine uses it: found or missed, targets, machine code from the embedded kernel text, its words
 * on a mistake. Needs no GPU; where libnvrtc is not installed, only what is said then is tested. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "plan/plan.h"
#include "run/compile_nvrtc.h"

static const char sweep[] = "{\"precision\": \"float32\", \"objective\": {\"kind\": \"quadratic\", \"dimension\": 64}, \"start\": "
                            "{\"kind\": \"sphere\", \"gap\": 9},"
                            " \"schedule\": {\"peak\": 0.1}, \"stop\": {\"steps\": 100, \"gap\": [1]}}";

static void *open_or_skip(void)
{
    void *nvrtc;
    ws_error error;
    if (ws_nvrtc_compiler.open(&nvrtc, &error)) skip();
    return nvrtc;
}

static void says_what_is_missing(void **state)
{
    (void)state;
    void *nvrtc;
    ws_error error = {0};
    setenv("WARMSWEEP_NVRTC", "/nowhere/libnvrtc.so", 1);
    assert_int_equal(ws_nvrtc_compiler.open(&nvrtc, &error), WS_FAILED);
    assert_null(nvrtc);
    assert_non_null(strstr(error.message, "/nowhere/libnvrtc.so"));
    setenv("WARMSWEEP_NVRTC", "libm.so.6", 1); /* a library, but another one */
    assert_int_equal(ws_nvrtc_compiler.open(&nvrtc, &error), WS_FAILED);
    assert_non_null(strstr(error.message, "WARMSWEEP_NVRTC"));
    unsetenv("WARMSWEEP_NVRTC");
}

static void chooses_targets(void **state)
{
    (void)state;
    void *nvrtc = open_or_skip();
    char target[16];
    ws_error error = {0};
    assert_int_equal(ws_nvrtc_compiler.target(nvrtc, 9, 0, target, &error), WS_OK);
    assert_string_equal(target, "sm_90");
    assert_int_equal(ws_nvrtc_compiler.target(nvrtc, 9, 7, target, &error), WS_OK); /* a later device of the same family */
    assert_string_equal(target, "sm_90");
    assert_int_equal(ws_nvrtc_compiler.target(nvrtc, 99, 0, target, &error), WS_FAILED);
    assert_non_null(strstr(error.message, "99.0"));
    assert_non_null(strstr(error.message, "newer CUDA toolkit"));
    assert_int_equal(ws_nvrtc_compiler.target(nvrtc, 2, 0, target, &error), WS_FAILED);
    assert_non_null(strstr(error.message, "older CUDA toolkit"));
    assert_non_null(strstr(ws_nvrtc_compiler.banner(nvrtc), "NVRTC "));
    char identity[256];
    ws_nvrtc_compiler.identity(nvrtc, identity, sizeof identity);
    for (const char *const *word =
             (const char *const[]){"bytes", "--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true", NULL};
         *word; word++)
        assert_non_null(strstr(identity, *word));
    ws_nvrtc_compiler.close(nvrtc);
}

typedef struct compiled {
    void *nvrtc;
    ws_kernel_text text;
    const char *defines;
    char *image[4];
    size_t length[4];
    ws_code code[4];
} compiled;

static void compile_one(void *context, int64_t i)
{
    compiled *c = context;
    ws_error error;
    c->code[i] =
        ws_nvrtc_compiler.compile(c->nvrtc, &c->text, c->defines, i < 3 ? "sm_90" : "sm_80", &c->image[i], &c->length[i], &error);
}

static void compiles(void **state)
{
    (void)state;
    compiled c = {.nvrtc = open_or_skip()};
    ws_plan *plan;
    ws_error error = {0};
    assert_int_equal(ws_plan_parse("test", sweep, sizeof sweep - 1, &plan, &error), WS_OK);
    assert_int_equal(ws_kernel_source_load(&c.text, &error), WS_OK);
    c.defines = plan->variants[0].defines;
    ws_thread_each(4, 2, compile_one, &c); /* several at once */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(c.code[i], WS_OK);
        assert_memory_equal(c.image[i], "\177ELF", 4); /* machine code, no text for a later compiler */
    }
    for (const char *const *name = (const char *const[]){"ws_cuda_say", "ws_cuda_check", "ws_cuda_run", NULL}; *name; name++)
        assert_non_null(memmem(c.image[0], c.length[0], *name, strlen(*name)));
    assert_int_equal(c.length[0], c.length[1]);
    assert_memory_equal(c.image[0], c.image[1], c.length[0]);
    assert_memory_equal(c.image[0], c.image[2], c.length[0]);
    assert_true(c.length[3] != c.length[0] || memcmp(c.image[0], c.image[3], c.length[0]));
    for (int i = 0; i < 4; i++) free(c.image[i]);
    char *image;
    size_t length;
    assert_int_equal(
        ws_nvrtc_compiler.compile(c.nvrtc, &c.text, "#define WS_PRECISION 32\nthis is not C\n", "sm_90", &image, &length, &error),
        WS_FAILED);
    assert_null(image);
    assert_non_null(strstr(error.message, "kernel.cu(2)"));
    assert_int_equal(ws_nvrtc_compiler.compile(c.nvrtc, &c.text, c.defines, "sm_1", &image, &length, &error), WS_FAILED);
    assert_non_null(strstr(error.message, "NVRTC"));
    ws_kernel_source_free(&c.text);
    ws_plan_free(plan);
    ws_nvrtc_compiler.close(c.nvrtc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_what_is_missing), cmocka_unit_test(chooses_targets),
                                       cmocka_unit_test(compiles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
