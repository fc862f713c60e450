/*
 * auditlog.h: read the audit log by person, office or request.
 * Room: core.  Process: front.  Threads: any, with a reader.
 */
#ifndef AUTHD_CORE_AUDITLOG_H
#define AUTHD_CORE_AUDITLOG_H

#include "authd/core/engine.h"

/* NULL: any. Borrowed. Logins and codes are taken as typed. */
struct auditlog_query {
	const char *office, *account, *device, *action, *result, *request_id;
	const char *app; /* its host: of records that name it */
	int64_t before;  /* only records below this seq; 0: newest first */
	int64_t from;    /* none below it is looked at; 0: all */
	int limit;      /* 1..1000; 0: 100 */
};

/** auditlog_list(c, act, q, fn, arg): newest first. ERR_INVALID. */
int auditlog_list(struct core *c, struct act *act,
    const struct auditlog_query *q, store_audit_fn *fn, void *arg) CHECKED;

/**
 * auditlog_seq_at(c, at_ms, out):
 * The first record at or after ${at_ms}, as far as the clock went on; one more
 * than the last when there is none.
 */
int auditlog_seq_at(struct core *c, int64_t at_ms, int64_t *out) CHECKED;

#endif /* AUTHD_CORE_AUDITLOG_H */
