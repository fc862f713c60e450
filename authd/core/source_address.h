/*
 * source_address.h: the address somebody is said to come from: one name for
 * all that is one source, and whether an office lists it as its own.
 * Room: core.  Process: front.  Threads: any.
 * Proved by tests/unit/test_source.c
 */
#ifndef AUTHD_CORE_SOURCE_ADDRESS_H
#define AUTHD_CORE_SOURCE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "authd/audit/audit_record.h"
#include "authd/base/err.h"
#include "authd/base/limits.h"

/**
 * source_address_name(address, out):
 * An IPv4 address as it is, also when it comes mapped into IPv6; of an IPv6
 * address its first 64 bits, as 2001:db8:0:1::/64, since whoever has one of
 * these addresses has them all; a zone after % is left out. The name itself is
 * taken too. What is no address stands for itself.
 * Return: 0, ERR_INVALID when it is longer than AUDIT_SOURCE_MAX.
 */
int source_address_name(
    const char *address, char out[AUDIT_SOURCE_MAX + 1]) CHECKED;

/** source_address_in(address, networks): is it in one of these blank-separated
 * CIDRs (or single addresses)? What is no address is in none. */
bool source_address_in(const char *address, const char *networks);

/**
 * source_address_networks(in, out):
 * Check blank-separated CIDRs such as 192.0.2.0/24 or 2001:db8::/32, or single
 * addresses, and put each into its one form, once: what is beyond its bits
 * cleared, a whole address without them, one blank between.
 * Return: 0; ERR_INVALID when one is none, or they are too long.
 */
int source_address_networks(
    const char *in, char out[LIST_TEXT_MAX + 1]) CHECKED;

#endif /* AUTHD_CORE_SOURCE_ADDRESS_H */
