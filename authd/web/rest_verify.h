/*
 * rest_verify.h: the question /v1/verify.
 * Room: web.  Process: front.  Threads: see route.h.
 * Proved by tests/unit/test_rest.c
 */
#ifndef AUTHD_WEB_REST_VERIFY_H
#define AUTHD_WEB_REST_VERIFY_H

#include "authd/core/verify.h"
#include "authd/web/route.h"

extern const char *const rest_verify_members[];

/* The call is a struct verify. */
/**
 * rest_verify_consumer(in, act, service, out, size):
 * Check `service` and the optional `source`, `tty` and `ruser`; write
 * local:SERVICE to ${out} and the others to ${act}. Return: 0, or an error noted in either.
 */
int rest_verify_consumer(struct json_in *in, struct act *act,
    const char *service, char *out, size_t size) CHECKED;
/** rest_verify_shown(in, out): the optional `certificate`, PEM. */
void rest_verify_shown(struct json_in *in, struct shown *out);
int rest_verify_parse(struct json_in *in, struct act *act, void *call);
int rest_verify_prepare(struct core *c, struct act *act, void *call);
int rest_verify_run(struct core *c, struct act *act, void *call);
int rest_verify_render(const struct act *act, void *call, json_t *o);
const char *rest_verify_outcome(const void *call);

#endif /* AUTHD_WEB_REST_VERIFY_H */
