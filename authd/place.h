/*
 * place.h: put the files of a new instance into place, all of them or none.
 * Process: one-shot modes (init, restore).  Threads: one.
 * Tested end to end: tests/e2e/01-init.sh, tests/e2e/25-backup.sh
 *
 * Everything is built aside, in a directory of its own below the place, and
 * then moved, sekisho.conf last. Nothing that exists is ever replaced.
 */
#ifndef AUTHD_PLACE_H
#define AUTHD_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "authd/base/err.h"
#include "authd/conf_keys.h"
#include "authd/user.h"

#define PLACE_PATH_MAX (PATH_MAX + 64)
#define PLACE_DB       "data/sekisho.db"

/* A directory that gets files; they are built in tmp, then moved. */
struct place_site {
	char dir[PATH_MAX];
	char tmp[PLACE_PATH_MAX];
	int dir_fd, tmp_fd;
	bool is_new;  /* not there yet */
	bool is_made; /* by us */
};

struct place {
	struct place_site sites[2]; /* what stays; what changes */
	int sites_n;                /* 1 when both are the same */
	bool is_root, is_packaged;
	struct user front; /* owner of data/; set by the caller when root */
};

/**
 * place_find(p, dir):
 * Look at ${dir}, which need not be there; nothing is changed. In
 * INIT_PACKAGED_DIR what changes goes to INIT_STATE_DIR.
 * Return: 0; ERR_EXISTS when any of an instance's files is there; ERR_DENIED,
 *         ERR_LIMIT (the socket's path), ERR_INVALID, ERR_SYS. Logged.
 */
int place_find(struct place *p, const char *dir) CHECKED;

/**
 * place_check_reach(p, name):
 * Root only: the user ${name}, or one yet to be made, can pass to the place.
 * Return: 0, ERR_DENIED, ERR_SYS.
 */
int place_check_reach(const struct place *p, const char *name) CHECKED;

/** place_need_user(name, u): find the user ${name}, make it when missing. */
int place_need_user(const char *name, struct user *u) CHECKED;

/** place_open(p): make what is missing, and where things are built; what an
 * earlier try that was cut off left there is removed. */
int place_open(struct place *p) CHECKED;

/** place_site(p, does_change): the site of what changes, or of what stays. */
struct place_site *place_site(struct place *p, bool does_change);

/**
 * place_make(s, name, mode, fd):
 * Make the file ${name} in the building place; ${fd} is the caller's, also
 * after an error when it is not -1.
 */
int place_make(
    const struct place_site *s, const char *name, mode_t mode, int *fd) CHECKED;

/** place_write(fd, name, bytes, n): all of them. ERR_FULL, ERR_IO. */
int place_write(int fd, const char *name, const void *bytes, size_t n) CHECKED;

/** place_end(fd, name, r): when ${r} is 0 sync; close; return the outcome. */
int place_end(int fd, const char *name, int r) CHECKED;

/** place_make_with(s, name, mode, bytes, n): make it with these bytes. */
int place_make_with(const struct place_site *s, const char *name, mode_t mode,
    const void *bytes, size_t n) CHECKED;

/** place_sync(s, name): make the directory ${name} there durable. */
int place_sync(const struct place_site *s, const char *name) CHECKED;

/** place_settings(p, n): borrow the ${n} settings that name other places. */
const struct conf_line *place_settings(const struct place *p, size_t *n);

/** place_make_data(p): make the directory data/ for the front. */
int place_make_data(struct place *p) CHECKED;

/** place_move(p): move all into place, or nothing. */
int place_move(struct place *p) CHECKED;

/** place_close(p, has_failed): clear up; after a failure nothing is left. */
void place_close(struct place *p, bool has_failed);

#endif /* AUTHD_PLACE_H */
