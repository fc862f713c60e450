/*
 * cut_vfs.h: an SQLite VFS that writes down what is written and synced, in
 * order, so that a power cut can be played at any moment afterwards.
 * Threads: any; one log, one lock.
 */
#ifndef TESTS_TORTURE_CUT_VFS_H
#define TESTS_TORTURE_CUT_VFS_H

#include <stddef.h>
#include <stdint.h>

#define CUT_FILES_MAX 64
#define CUT_NAME_MAX  200

enum cut_what {
	CUT_CREATE,   /* a name that was not there */
	CUT_DELETE,   /* a name goes */
	CUT_NAMES,    /* the directory was synced: its names last */
	CUT_WRITE,    /* bytes at a place */
	CUT_TRUNCATE, /* to a length */
	CUT_SYNC,     /* the file was synced: its bytes and length last */
	CUT_BEGIN,    /* the caller's: a commit begins */
	CUT_DONE,     /* it has returned success */
	CUT_ACK       /* somebody was told; number: what */
};

struct cut_op {
	enum cut_what what;
	int file; /* of cut_vfs_name(); a name made anew is another; -1: none */
	int64_t at;
	size_t n;
	uint8_t *bytes; /* of CUT_WRITE */
	int64_t number; /* the caller's */
};

/**
 * cut_vfs_start(): register it as the default VFS and begin an empty log.
 * cut_vfs_stop(): the real one is the default again; the log stays.
 */
void cut_vfs_start(void);
void cut_vfs_stop(void);

/** cut_vfs_note(what, number): put something of the caller's into the log. */
void cut_vfs_note(enum cut_what what, int64_t number);

/** cut_vfs_fill(n): the ${n}th write from now finds the disk full, once. */
void cut_vfs_fill(int n);

/** cut_vfs_log(n): borrow the log, after cut_vfs_stop(). */
const struct cut_op *cut_vfs_log(size_t *n);

/** cut_vfs_name(file): the name of a file without its directory; NULL: none. */
const char *cut_vfs_name(int file);

#endif /* TESTS_TORTURE_CUT_VFS_H */
