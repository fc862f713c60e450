/*
 * err.h: the one set of error numbers of the house.
 * Room: base.  Process: all.  Threads: any.
 * A function that can break returns 0 or one of these; a decision that was
 * made is never an error but an enum in an out-parameter whose zero refuses.
 */
#ifndef AUTHD_BASE_ERR_H
#define AUTHD_BASE_ERR_H

#define CHECKED __attribute__((warn_unused_result))

enum err {
	ERR_NOMEM = -1,     /* out of memory */
	ERR_SYS = -2,       /* a system call failed; errno was logged */
	ERR_IO = -3,        /* read or write failed; outcome may be unknown */
	ERR_FULL = -4,      /* no space left, nothing was changed */
	ERR_STORE = -5,     /* the store answered with an error */
	ERR_KEEPER = -6,    /* the keeper did not answer or answered badly */
	ERR_PROTO = -7,     /* bytes that are not of the protocol */
	ERR_TIMEOUT = -8,   /* the deadline passed */
	ERR_BUSY = -9,      /* a bounded queue is full; try again later */
	ERR_INVALID = -10,  /* input outside its rules; nothing was changed */
	ERR_NOTFOUND = -11, /* no such thing */
	ERR_EXISTS = -12,   /* the name is taken */
	ERR_WRONG_STATE = -13, /* not in a state in which this can be done */
	ERR_DENIED = -14,      /* the actor has no right to this */
	ERR_LIMIT = -15,       /* a fixed limit is reached */
	ERR_CORRUPT = -16,     /* stored data fails its own check */
	ERR_FATAL = -17 /* the process must end (unknown commit outcome) */
};

/**
 * err_text(r):
 * Return a short English text for the error number ${r}; never NULL.
 */
const char *err_text(int r);

#endif /* AUTHD_BASE_ERR_H */
