/* process.c: see process.h. posix_spawn, so that a process with many threads and much memory starts a child cheaply and safely.
 * Both streams go to one pipe that is read with a deadline: a child that closes its streams but lives on, or a grandchild that
 * keeps them open, ends with the deadline too. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"

enum { MOST_OUTPUT = 64 << 10 };

extern char **environ;

/* Reads until the end of the stream; returns 1 when the child must be killed. */
static int gather(int fd, double deadline, const volatile sig_atomic_t *stop, ws_process_result *result)
{
    char rest[4096];
    for (;;) {
        if (ws_clock_now() >= deadline || ws_stop_asked(stop) >= 2) return 1;
        struct pollfd ready = {fd, POLLIN, 0};
        if (poll(&ready, 1, 50) <= 0) continue; /* also when a signal came */
        size_t room = MOST_OUTPUT - result->length;
        ssize_t got = read(fd, room ? result->output + result->length : rest, room ? room : sizeof rest);
        if (got == 0) return 0;
        if (got > 0 && room) result->length += (size_t)got;
        if (got < 0 && errno != EINTR) return 0;
    }
}

/* Waits for the child itself, whose streams are closed; returns 1 at the deadline. */
static int reap(pid_t child, double deadline, const volatile sig_atomic_t *stop, int *status)
{
    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child) return 0;
        if (ended < 0 && errno != EINTR) { /* the host program ignores SIGCHLD: the system reaped it, its files tell the rest */
            *status = 0;
            return 0;
        }
        if (ws_clock_now() >= deadline || ws_stop_asked(stop) >= 2) return 1;
        ws_clock_sleep(0.0005);
    }
}

/* Starts the child; returns the errno of a failure. */
static int start(char *const *argv, int out, pid_t *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    if (posix_spawn_file_actions_init(&files)) return ENOMEM;
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int bad = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (!bad) bad = posix_spawn_file_actions_adddup2(&files, out, 1);
    if (!bad) bad = posix_spawn_file_actions_adddup2(&files, out, 2);
    if (!bad) bad = posix_spawnp(child, argv[0], &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return bad;
}

ws_code ws_process_run(char *const *argv, double seconds, const volatile sig_atomic_t *stop, ws_process_result *result,
                       ws_error *error)
{
    memset(result, 0, sizeof *result);
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC))
        return ws_error_set(error, WS_FAILED, "cannot run %s: %s", argv[0], strerror(errno));
    result->output = malloc(MOST_OUTPUT + 1);
    WS_REQUIRE(result->output);
    pid_t child = 0;
    result->reason = start(argv, pipes[1], &child);
    close(pipes[1]);
    if (result->reason == 0) {
        double deadline = ws_clock_now() + seconds;
        result->started = 1;
        result->timed_out = gather(pipes[0], deadline, stop, result);
        if (!result->timed_out) result->timed_out = reap(child, deadline, stop, &result->status);
        if (result->timed_out) {
            kill(-child, SIGKILL);
            while (waitpid(child, &result->status, 0) < 0 && errno == EINTR) {}
        }
    }
    close(pipes[0]);
    result->output[result->length] = '\0';
    return WS_OK;
}

void ws_process_free(ws_process_result *result)
{
    free(result->output);
    memset(result, 0, sizeof *result);
}
