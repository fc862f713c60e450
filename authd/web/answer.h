/*
 * answer.h: put an answer on a connection: JSON, or a problem document.
 * Room: web.  Process: front.  Threads: the connection's.
 * Proved by tests/unit/test_rest.c
 *
 * Every answer carries Sekisho-Request-Id, but one that is_same (exchange.h), and
 * Cache-Control: no-store; every problem closes its connection, every 503 carries
 * Retry-After.
 */
#ifndef AUTHD_WEB_ANSWER_H
#define AUTHD_WEB_ANSWER_H

#include <microhttpd.h>

#include "authd/web/request.h"

/** answer_json(rq, o): 200 with ${o}, which is borrowed. MHD_NO: no memory. */
enum MHD_Result answer_json(const struct request *rq, const json_t *o);

/**
 * answer_problem(rq, status, code, detail, allow):
 * A problem document (RFC 9457). ${allow} is the method for the Allow field of
 * a 405, else NULL.
 */
enum MHD_Result answer_problem(const struct request *rq, int status,
    const char *code, const char *detail, const char *allow);

/**
 * answer_exchange(rq, out):
 * Put ${out} on the connection, which stays open. A broken one is a 500.
 */
enum MHD_Result answer_exchange(
    const struct request *rq, const struct exchange_out *out);

/** answer_again(rq, done): the answer that route->keep() got for an earlier request;
 * false: none is kept. */
bool answer_again(const struct request *rq, enum MHD_Result *done);

/**
 * answer_error(rq, r):
 * The problem document of error ${r}: the one table from ERR_* to HTTP. What
 * the rules said in rq->work.act.problem is told with a 4xx only.
 */
enum MHD_Result answer_error(const struct request *rq, int r);

#endif /* AUTHD_WEB_ANSWER_H */
