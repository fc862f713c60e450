/*
 * evil_cert.h: what a front that was taken over asks of the CA, and whether
 * what it gets is within the profile and the rate.
 */
#ifndef TESTS_TORTURE_EVIL_CERT_H
#define TESTS_TORTURE_EVIL_CERT_H

#include "tests/torture/evil.h"

/* Make the requests to choose from, and learn the CA. Return: 0 or -1. */
int evil_cert_begin(struct evil *e, struct keeper *k);
void evil_cert_end(struct evil *e);

/* The fields of a well-formed request of that type. */
void evil_cert_make(
    struct evil *e, struct buf *b, struct evil_sent *s, uint16_t type);

/*
 * Judge an answer; error is 0 or ERR_*. Return: NULL, or what is wrong.
 */
const char *evil_cert_judge(struct evil *e, const struct evil_sent *s,
    uint16_t type, struct buf_reader *ask, struct buf_reader *tell, int error);

#endif /* TESTS_TORTURE_EVIL_CERT_H */
