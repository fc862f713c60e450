/*
 * pamstack.h: read what /etc/pam.d says about a service, and find out what
 * libpam would answer when each module answers this or that.
 * Room: cli.
 * Unit test: tests/unit/test_pamstack.c (beside libpam itself)
 */
#ifndef CLI_PAMSTACK_H
#define CLI_PAMSTACK_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/base/err.h"

#define PAMSTACK_LINES_MAX 200
#define PAMSTACK_DEPTH_MAX 16

enum pamstack_type { PAMSTACK_AUTH = 0, PAMSTACK_ACCOUNT };

/* What a module may answer, of what PAM knows. */
enum pamstack_code {
	PAMSTACK_SUCCESS = 0,
	PAMSTACK_AUTH_ERR,
	PAMSTACK_UNAVAIL,
	PAMSTACK_CONV_ERR,
	PAMSTACK_IGNORE,
	PAMSTACK_MODULE_UNKNOWN, /* the file is not there */
	PAMSTACK_USER_UNKNOWN,
	PAMSTACK_ACCT_EXPIRED,
	PAMSTACK_PERM_DENIED,
	PAMSTACK_NEW_AUTHTOK,
	PAMSTACK_CODES
};

/* What the stack does with an answer; above 0 it jumps over so many lines. */
enum pamstack_action {
	PAMSTACK_DO_IGNORE = 0,
	PAMSTACK_DO_OK = -1,
	PAMSTACK_DO_DONE = -2,
	PAMSTACK_DO_BAD = -3,
	PAMSTACK_DO_DIE = -4,
	PAMSTACK_DO_RESET = -5
};

struct pamstack_line {
	char control[200];
	char module[256]; /* as it stands there */
	char args[512];
	char where[300];   /* FILE:LINE */
	bool may_be_absent; /* `-auth` */
	int actions[PAMSTACK_CODES];
	int depth;   /* of substacks around it */
	int content; /* of a substack: how many lines after it are its own */
};

struct pamstack {
	int n;
	struct pamstack_line at[PAMSTACK_LINES_MAX];
	bool is_other; /* the service has no file: `other` is in force */
	char why[400]; /* of an error */
};

/**
 * pamstack_read(dir, service, type, out):
 * The lines of that type in force, with @include, include and substack
 * followed. Return: 0; ERR_INVALID or ERR_NOTFOUND with ${why}; ERR_NOMEM.
 * Owns: the caller, who frees with pamstack_free().
 */
int pamstack_read(const char *dir, const char *service, enum pamstack_type type,
    struct pamstack **out) CHECKED;
void pamstack_free(struct pamstack *s);

/** pamstack_is(line, name): is it this module, wherever its file is? */
bool pamstack_is(const struct pamstack_line *line, const char *name);

/**
 * pamstack_run(s, says, arg):
 * What libpam answers when ${says} tells what each module does.
 */
enum pamstack_code pamstack_run(const struct pamstack *s,
    enum pamstack_code (*says)(const struct pamstack_line *line, void *arg),
    void *arg);

#endif /* CLI_PAMSTACK_H */
