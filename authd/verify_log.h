/*
 * verify_log.h: the one-shot modes about the audit log: verify it, also on a
 * copy and while the daemon runs; accept a gap.
 * Process: one-shot modes.  Threads: one.
 * Tested end to end: tests/e2e/03-verify-log.sh
 */
#ifndef AUTHD_VERIFY_LOG_H
#define AUTHD_VERIFY_LOG_H

#include <stdbool.h>

#include "authd/audit/audit_verify.h"
#include "authd/conf.h"

/**
 * verify_log_file(db, pub, node, is_json, ok):
 * Verify the log of ${node} in the SQLite file ${db} with the public key in
 * the text file ${pub} (64 lower-case hexadecimal digits), and say the result
 * on standard output.
 * Return: 0 with ${ok} set; ERR_* when the log or the key cannot be read.
 */
int verify_log_file(const char *db, const char *pub, int32_t node, bool is_json,
    bool *ok) CHECKED;

/**
 * verify_log_instance(c, is_json, ok):
 * As verify_log_file() for the instance of ${c}; the log must also contain the
 * head that keeper.state knows. Root becomes the front's user before it reads
 * the database, which that user wrote.
 */
int verify_log_instance(const struct conf *c, bool is_json, bool *ok) CHECKED;

/**
 * verify_log_accept_gap(c, reason):
 * Note in keeper.state that the log of the stopped instance ends where it ends
 * now, so that the daemon goes on from there; ${reason} is logged.
 * Return: 0; ERR_BUSY (the daemon runs), ERR_INVALID (the reason is no plain
 *         text), or another ERR_*.
 */
int verify_log_accept_gap(const struct conf *c, const char *reason) CHECKED;

#endif /* AUTHD_VERIFY_LOG_H */
