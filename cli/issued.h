/*
 * issued.h: a certificate with its key as the daemon hands it out, once.
 * Room: cli.
 * Unit test: tests/unit/test_issued.c
 */
#ifndef CLI_ISSUED_H
#define CLI_ISSUED_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

struct args;    /* cli/args.h */
struct outfile; /* cli/outfile.h */

struct issued {
	/* borrowed from the answer; "" when it has none */
	const char *serial, *terminal, *passphrase;
	int64_t not_after_ms;
	uint8_t *pkcs12;
	size_t len, size;
};

/**
 * issued_open(i, answer):
 * Take apart the answer of /v1/cert/issue or /v1/cert/renew, which is borrowed
 * until issued_close().
 * Return: 0; ERR_PROTO when anything that must be in it is not (told on
 *         standard error); ERR_NOMEM.
 */
int issued_open(struct issued *i, const json_t *answer) CHECKED;

/** issued_close(i): wipe and free; also after a failed issued_open(). */
void issued_close(struct issued *i);

/**
 * issued_undo(a, answer):
 * Its file could not be written, and nobody can ask for it again: revoke the
 * certificate. What became of it is told on standard error.
 */
void issued_undo(const struct args *a, const json_t *answer);

#endif /* CLI_ISSUED_H */
