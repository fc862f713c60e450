/*
 * options.h: what a line of /etc/pam.d says about us.
 * Room: pam_module.
 * Unit test: tests/unit/test_pam_options.c
 *
 * An option that is unknown, malformed or there twice is an error, and the
 * module then refuses: nobody shall believe that a misspelt word protects.
 */
#ifndef PAM_MODULE_OPTIONS_H
#define PAM_MODULE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "authd/base/err.h"

#define OPTIONS_SOCKET       "/run/sekisho/authd.sock"
#define OPTIONS_BREAKGLASS   "/var/lib/sekisho/breakglass"
#define OPTIONS_TIMEOUT_MS   5000
#define OPTIONS_NETWORKS_MAX 16
#define OPTIONS_TEXT_MAX     255

enum options_mode { OPTIONS_CODE = 0, OPTIONS_PASSWORD_CODE };
enum options_lang { OPTIONS_BOTH = 0, OPTIONS_JA, OPTIONS_EN };

/* An address range; IPv4 as ::ffff:a.b.c.d with 96 more bits. */
struct options_network {
	uint8_t address[16];
	int bits;
};

struct options {
	enum options_mode mode;
	enum options_lang lang;
	bool use_first_pass, try_first_pass, nullok, is_debug;
	bool is_silent; /* the caller wants no messages: from its flags */
	int64_t timeout_ms; /* for all questions of one call together */
	char socket[108];
	char breakglass[OPTIONS_TEXT_MAX + 1];
	char prompt[OPTIONS_TEXT_MAX + 1];       /* "": by lang */
	char exempt_group[OPTIONS_TEXT_MAX + 1]; /* "": none */
	struct options_network networks[OPTIONS_NETWORKS_MAX];
	int networks_n;
	uint32_t given;                  /* which were, by place in the table */
	char bad[OPTIONS_TEXT_MAX + 64]; /* what is wrong, for the log */
};

/**
 * options_parse(o, argc, argv):
 * Read the words of a line, and of the file that conf= names (one option a
 * line, `#` begins a comment), into ${o}. The file must be a regular one of
 * root or the caller's own user that nobody else may write; the line's words
 * stand above the file's.
 * Return: 0, or ERR_INVALID or ERR_SYS with o->bad set.
 */
int options_parse(struct options *o, int argc, const char **argv) CHECKED;

/**
 * options_admits(o, rhost):
 * True when ${rhost} is a numeric address in one of the exempt networks. A
 * name is never looked up.
 */
bool options_admits(const struct options *o, const char *rhost);

/** options_is_address(s): true for a numeric address, with a zone or without. */
bool options_is_address(const char *s);

#endif /* PAM_MODULE_OPTIONS_H */
