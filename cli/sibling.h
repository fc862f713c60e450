/*
 * sibling.h: run sekisho-authd's one-shot modes, and find out for which
 * configuration.
 * Room: cli.
 */
#ifndef CLI_SIBLING_H
#define CLI_SIBLING_H

#include <stddef.h>

#include "authd/base/err.h"

struct args; /* cli/args.h */

#define SIBLING_CONFIG "/etc/sekisho/sekisho.conf"

/**
 * sibling_run(argv):
 * Become sekisho-authd with the arguments ${argv} (argv[0] is filled in, a
 * NULL ends them): the one beside this program's own file, or in the sbin
 * beside its bin, else the installed one.
 * Return: an exit code, only when there is none to run.
 */
int sibling_run(const char *argv[]);

/**
 * sibling_read(argv, code, text):
 * The same in a child process, waiting for its end: what it printed on standard
 * output, as a text, and its exit code.
 * Return: 0, ERR_NOMEM or ERR_SYS (told on standard error).
 * Owns:   the caller frees *text.
 */
int sibling_read(const char *argv[], int *code, char **text) CHECKED;

/**
 * sibling_config(a, out, size):
 * Find the configuration file that is meant: --config, --dir, what the daemon
 * at the socket says, or the packaged one. When a socket was named and nothing
 * answers there, only the file beside that socket is taken: never silently
 * another instance's.
 * Return: 0 or an exit code, told on standard error.
 */
int sibling_config(const struct args *a, char *out, size_t size);

#endif /* CLI_SIBLING_H */
