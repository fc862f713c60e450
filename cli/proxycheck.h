/*
 * proxycheck.h: the rules that a configuration of nginx must meet where Sekisho
 * stands in front of an application: every location asks, nothing answers
 * before the question, nobody says who he is but Sekisho.
 * Room: cli.
 * Proved by tests/e2e/37-proxy-check.sh
 * Source: contrib/nginx/README.md, whose files meet all of it; nginx's own
 * order of phases (rewrite before access) and rules of inheritance.
 */
#ifndef CLI_PROXYCHECK_H
#define CLI_PROXYCHECK_H

#include "cli/nginxconf.h"

struct proxycheck_finding {
	const char *file; /* borrowed from the configuration */
	int line;
	const char *server;   /* its first name, or "" */
	const char *location; /* its path, or "" for the server itself */
	const char *code;     /* a stable word */
	const char *detail;   /* what is wrong, one sentence */
};

typedef void proxycheck_fn(void *arg, const struct proxycheck_finding *f);

struct proxycheck_options {
	const char *cert_header;  /* field of the client certificate */
	const char *const *open;  /* locations that anybody may see */
	size_t open_n;
	proxycheck_fn *fn;
	void *arg;
};

struct proxycheck_tally {
	int servers, locations; /* that ask Sekisho */
	int findings;
};

/**
 * proxycheck_run(c, options, tally):
 * Call options->fn for everything that is wrong, in the order of the files.
 * A configuration that asks Sekisho nowhere is a finding too.
 */
void proxycheck_run(const struct nginxconf *c,
    const struct proxycheck_options *options, struct proxycheck_tally *tally);

#endif /* CLI_PROXYCHECK_H */
