/*
 * doctor.h: findings of `sekisho doctor`, gathered one by one.
 * Room: cli.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

#include "authd/base/err.h"

enum doctor_state { DOCTOR_FAIL = 0, DOCTOR_WARN, DOCTOR_OK };

/* Begin with doctor_new(), end with doctor_end(). */
struct doctor {
	json_t *list;
	bool is_incomplete; /* a finding is lost: no memory, which is said */
};

/** doctor_new(d): nothing is found yet. */
void doctor_new(struct doctor *d);

/** doctor_lose(d): no memory to find something out; said once. */
void doctor_lose(struct doctor *d);

/**
 * doctor_add(d, name, state, hint, fmt, ...):
 * Add a finding to ${d}; ${hint} says what to do, "" when nothing is to be
 * done.
 */
void doctor_add(struct doctor *d, const char *name, enum doctor_state state,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/**
 * doctor_end(d, code, is_json):
 * Show what was found, each with what to do below it, or as JSON; release it.
 * Return: the exit status: ${code}, or for 0 QUESTION_REFUSED when a finding is
 *         a failure; QUESTION_UNAVAILABLE when one is lost.
 */
int doctor_end(struct doctor *d, int code, bool is_json) CHECKED;

/** doctor_machine(d): clock synchronisation and random numbers. */
void doctor_machine(struct doctor *d);

/** doctor_socket(d, path): the socket's file and who could replace it. */
void doctor_socket(struct doctor *d, const char *path);

/** doctor_files(d, config): rights of an instance's files, disk space. */
void doctor_files(struct doctor *d, const char *config);

#endif /* CLI_DOCTOR_H */
