/* options.h: what a command line says, after parsing. Used by main.c alone. */
#ifndef WS_CLI_OPTIONS_H
#define WS_CLI_OPTIONS_H

#include <stdint.h>

#include "run/run.h"

typedef struct command_line {
    ws_run_options run;
    int devices[WS_DEVICES_MAX]; /* of run.devices */
    const char *output, *format, *cell;
    int no_report, quiet, json, print, states;
    int64_t replicate, samples, first, count, dimension;
    double parameters[8];
    char **arguments;
    int argument_count;
    const struct command *command;
} command_line;

/* Options that a command takes: names of the table in options.c, blanks between them. */
typedef struct command {
    const char *name, *arguments, *sentence;
    int least, most; /* arguments */
    const char *options;
    int (*run)(command_line *line);
} command;

/* Parses argv (argv[0] is the command's name) with glibc's argp, which prints usage and help texts and exits with 2 for a wrong command line. */
void ws_cli_parse(const command *command, int argc, char **argv, command_line *line);

#endif
