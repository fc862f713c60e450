/*
 * proxied.h: what the proxy in front says of whom it serves.
 * Room: web.  Process: front.  Threads: any; no state.
 * Unit test: tests/unit/test_proxied.c
 */
#ifndef AUTHD_WEB_PROXIED_H
#define AUTHD_WEB_PROXIED_H

#include "authd/core/act.h"
#include "authd/web/exchange.h"

/**
 * proxied_source(in, act):
 * Where the person is, from X-Forwarded-For into act->source. The proxy is told
 * to put its client's address there and nothing else: a list, or no address at
 * all, is a proxy that lets people choose where they come from.
 * Return: 0; ERR_INVALID (bad_proxy) unless it is there once with one address.
 * Source: THREATS V40; nginx, $remote_addr.
 */
int proxied_source(const struct exchange_in *in, struct act *act) CHECKED;

#endif /* AUTHD_WEB_PROXIED_H */
