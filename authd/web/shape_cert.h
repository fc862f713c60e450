/*
 * shape_cert.h: what the API shows of a terminal and a certificate: the forms
 * of API.md.
 * Room: web.  Process: front.  Threads: any.
 * Proved by tests/unit/test_rest_cert.c
 */
#ifndef AUTHD_WEB_SHAPE_CERT_H
#define AUTHD_WEB_SHAPE_CERT_H

#include <jansson.h>

#include "authd/core/terminals.h"

/* Each adds its members to the object ${o}. Return: 0 or ERR_NOMEM. */

int shape_cert_terminal(json_t *o, const struct terminals_view *v) CHECKED;

/** shape_cert_row(o, v): without the certificate itself. */
int shape_cert_row(json_t *o, const struct cert_view *v) CHECKED;

/** shape_cert_pem(o, name, row): the certificate as a PEM text. */
int shape_cert_pem(
    json_t *o, const char *name, const uint8_t *der, size_t n) CHECKED;

#endif /* AUTHD_WEB_SHAPE_CERT_H */
