/*
 * host.h: servers that ask over the network: who is it, and what may it ask.
 * Room: core.  Process: front.  Threads: any, with a core of its own; changes
 * on the writer's.
 * Unit test: tests/unit/test_host.c
 */
#ifndef AUTHD_CORE_HOST_H
#define AUTHD_CORE_HOST_H

#include "authd/core/engine.h"

/* Zero refuses. */
enum host_verdict { HOST_REFUSE = 0, HOST_ACCEPT = 1 };

struct host_answer {
	enum host_verdict verdict;
	const char *reason; /* of a refusal: for the log, never told */
	struct cert cert;   /* kind CERT_NONE: not one of ours */
	struct host host;   /* its name is the consumer's, of the counters */
};

/**
 * host_check(c, act, der, len, out):
 * Is the certificate of ${len} bytes at ${der} a live one of a host? As
 * terminal_check(): whatever is not is a refusal.
 * Return: 0 with out->verdict set, else ERR_* with HOST_REFUSE.
 */
int host_check(struct core *c, struct act *act, const uint8_t *der, size_t len,
    struct host_answer *out) CHECKED;

/** host_seen(c, act, a): as terminal_seen(). */
void host_seen(
    struct core *c, const struct act *act, const struct host_answer *a);

/** host_name_get(text, out): a typed name, folded to lower case.
 * ERR_INVALID. */
int host_name_get(const char *text, char out[HOST_NAME_MAX_BYTES + 1]) CHECKED;

/** host_rights_get(words, out): verify, state, blank-separated. */
int host_rights_get(const char *words, unsigned *out) CHECKED;
/** host_rights_put(rights, out): the same words. */
void host_rights_put(unsigned rights, char out[16]);

/**
 * host_make(c, act, name, rights, out):
 * The host of this folded name, new unless it is there. ${rights} (NULL: as
 * they are, HOST_MAY_VERIFY for a new one) replace its own.
 */
int host_make(struct core *c, struct act *act, const char *name,
    const unsigned *rights, struct host *out) CHECKED;

#endif /* AUTHD_CORE_HOST_H */
