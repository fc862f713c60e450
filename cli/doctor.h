/*
 * doctor.h: findings of `sekisho doctor`, gathered one by one.
 * Room: cli.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <jansson.h>
#include <stdbool.h>

enum doctor_state { DOCTOR_FAIL = 0, DOCTOR_WARN, DOCTOR_OK };

/**
 * doctor_add(list, name, state, hint, fmt, ...):
 * Add a finding to ${list}; ${hint} says what to do, "" when nothing is to be
 * done.
 */
void doctor_add(json_t *list, const char *name, enum doctor_state state,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/** doctor_has_failed(list): whether any finding is a failure. */
bool doctor_has_failed(const json_t *list);

/** doctor_show(list): a line for each, with what to do below it. */
void doctor_show(const json_t *list);

/** doctor_machine(list): clock synchronisation and random numbers. */
void doctor_machine(json_t *list);

/** doctor_socket(list, path): the socket's file and who could replace it. */
void doctor_socket(json_t *list, const char *path);

/** doctor_files(list, config): rights of an instance's files, disk space. */
void doctor_files(json_t *list, const char *config);

#endif /* CLI_DOCTOR_H */
