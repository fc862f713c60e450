/*
 * outfile.h: a file with a secret in it, whole or not there at all.
 * Room: cli.
 * Unit test: tests/unit/test_outfile.c
 */
#ifndef CLI_OUTFILE_H
#define CLI_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"

struct outfile {
	const char *path; /* borrowed */
	char *draft;      /* beside it, until it is whole */
	int fd;
	bool is_forced; /* an existing file may be replaced */
};

/**
 * outfile_open(f, path, is_forced):
 * Begin a file of mode 0600 beside ${path}; nothing is to be seen at ${path}
 * yet. What is wrong is told on standard error.
 * Return: 0, ERR_EXISTS, ERR_SYS, ERR_NOMEM.
 */
int outfile_open(struct outfile *f, const char *path, bool is_forced) CHECKED;

/**
 * outfile_put(f, p, n):
 * Write ${n} bytes durably and give them their name. An existing file is
 * replaced only when forced. Return: 0, ERR_EXISTS or ERR_IO, both told.
 */
int outfile_put(struct outfile *f, const void *p, size_t n) CHECKED;

/** outfile_close(f): free, and remove the draft when it was not put. */
void outfile_close(struct outfile *f);

#endif /* CLI_OUTFILE_H */
