/*
 * glass.h: sealed single-use codes for the day the daemon cannot be reached.
 * A file of fixed places that `sekisho breakglass` makes and pam_sekisho.so
 * uses: marking a code as used writes into its place, needs no space, and is
 * durable before anybody is let in.
 * Room: api.  Process: cli, and any program that loads pam_sekisho.so.
 * Threads: any; users of one file exclude one another by a lock on it.
 * Links libc and libcrypt only. Never logs.
 * Unit test: tests/unit/test_glass.c
 *
 * The file is text: GLASS_PLACE bytes for each line, blanks before its LF.
 *
 *	sekisho-breakglass 1 HOST SALT
 *	01 unused HASH - - - -
 *	02 used HASH 2026-11-26T05:00:00.000Z SERVICE RHOST USER
 *
 * All codes share a salt, so that one hash compares with all of them.
 */
#ifndef AUTHD_API_GLASS_H
#define AUTHD_API_GLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"
#include "authd/base/timetext.h"

#define GLASS_PLACE     512 /* bytes; no disk writes a part of a sector */
#define GLASS_CODES_MAX 20
#define GLASS_LEN       20 /* characters of 5 bits: 100 random bits */
#define GLASS_TEXT_MAX  24 /* shown in five groups with hyphens */
#define GLASS_HOST_MAX  63
#define GLASS_WORD_MAX  64
#define GLASS_HASH_LEN  43 /* of yescrypt: 256 bits */
#define GLASS_SALT_LEN  29 /* $y$, the cost, 128 bits */

enum glass_state {
	GLASS_VOID = 0,
	GLASS_UNUSED,
	GLASS_USED, /* and the daemon does not know it yet */
	GLASS_TOLD  /* used, and in the audit log */
};

/* What was written about the use of a code; all words safe to show. */
struct glass_use {
	char at[TIMETEXT_MAX];
	char service[GLASS_WORD_MAX + 1];
	char rhost[GLASS_WORD_MAX + 1];
	char user[GLASS_WORD_MAX + 1];
};

struct glass_code {
	enum glass_state state;
	char hash[GLASS_HASH_LEN + 1];
	struct glass_use use;
};

struct glass {
	int fd; /* -1: not open */
	int n;
	char host[GLASS_HOST_MAX + 1];
	char salt[GLASS_SALT_LEN + 1];
	struct glass_code at[GLASS_CODES_MAX];
};

/**
 * glass_fold(in, out):
 * Bring a typed code into its one form: full-width forms become ASCII, lower
 * case, hyphens and blanks dropped, o as 0, i and l as 1; GLASS_LEN characters
 * of Crockford's base32 must be left.
 * Return: 0, or ERR_INVALID with ${out} empty: it is no such code.
 */
int glass_fold(const char *in, char out[GLASS_LEN + 1]) CHECKED;

/** glass_is_host(s): [a-z0-9.-], at most GLASS_HOST_MAX. */
bool glass_is_host(const char *s);

/**
 * glass_new(host, n, g, text):
 * Make ${n} codes for ${host} in memory; what is to be printed, once, goes to
 * ${text}. Return: 0, ERR_SYS (no random bytes), ERR_NOMEM.
 */
int glass_new(const char *host, int n, struct glass *g,
    char text[][GLASS_TEXT_MAX + 1]) CHECKED;

/**
 * glass_put(g, i, out):
 * Write the line of code ${i}, -1 for the first line of the file.
 */
void glass_put(const struct glass *g, int i, char out[GLASS_PLACE]);

/**
 * glass_open(g, path, wait_ms):
 * Open and read the file, locked until glass_close(). It must be a regular
 * file of the caller's own user (so root's, in root's stack) that nobody else
 * may read or write, with one name, in exactly the form above.
 * Return: 0; ERR_NOTFOUND; ERR_DENIED (not such a file), ERR_CORRUPT,
 *         ERR_BUSY (locked for ${wait_ms}), ERR_SYS: nothing is open.
 */
int glass_open(struct glass *g, const char *path, int64_t wait_ms) CHECKED;
void glass_close(struct glass *g);

/**
 * glass_find(g, code, which):
 * Which unused code the folded ${code} is; -1: none. One hash, in any case.
 * Return: 0, or ERR_NOMEM or ERR_SYS when it cannot be hashed.
 */
int glass_find(const struct glass *g, const char *code, int *which) CHECKED;

/**
 * glass_mark(g, which, state, use):
 * Write that code's state into its place, durably; ${use} NULL leaves what was
 * noted. Texts of ${use} may be anything: they are made words.
 * Return: 0, or ERR_IO: what is on the disk is unknown, nobody is let in.
 */
int glass_mark(struct glass *g, int which, enum glass_state state,
    const struct glass_use *use) CHECKED;

/** glass_word(in, out): `-` for nothing, all but harmless characters as `_`. */
void glass_word(const char *in, char out[GLASS_WORD_MAX + 1]);

#endif /* AUTHD_API_GLASS_H */
