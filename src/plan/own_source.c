/* own_source.c: the header of an objective of the user's own. It lies beside the sweep file, as a plain file: a sweep from elsewhere
 * names no other file of this machine. Reading it is harmless; compiling it needs the user's consent (run/kernel_source.c). */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "plan/sweep.h"

enum { LARGEST_SOURCE = 1 << 20, LONGEST_NAME = 64 };

static int is_header_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t length = strlen(name);
    return length > 2 && length <= LONGEST_NAME && name[0] != '.' && strspn(name, letters) == length && !strcmp(name + length - 2, ".h");
}

void ws_sweep_source(ws_reading *r)
{
    ws_sweep *s = r->sweep;
    const char *name = s->source;
    if (!name) return;
    if (!is_header_name(name)) {
        ws_reading_complain(r, "objective.source", "\"%.80s\"; allowed: the name of a file beside the sweep file, letters, digits and _-. only, ending in .h", name);
        return;
    }
    if (!r->folder) {
        ws_reading_complain(r, "objective.source", "\"%s\"; this sweep was not read from a file, so that there is no folder to find it in", name);
        return;
    }
    char *path = ws_file_join(r->folder, name), *text = NULL;
    struct stat facts;
    ws_error why = {0};
    size_t length = 0;
    if (lstat(path, &facts) == 0 && !S_ISREG(facts.st_mode))
        ws_reading_complain(r, "objective.source", "%s is not a plain file; allowed: no link and no folder", path);
    else if (ws_file_read(path, LARGEST_SOURCE, &text, &length, &why))
        ws_reading_complain(r, "objective.source", "%.500s", why.message);
    else {
        char *kept = ws_arena_new(&s->arena, length + 1);
        memcpy(kept, text, length);
        s->plan.source_name = name;
        s->plan.source_path = ws_arena_text(&s->arena, path);
        s->plan.source_text = kept;
        s->plan.source_length = length;
    }
    free(text);
    free(path);
}
