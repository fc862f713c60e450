/*
 * passhash_format.h: read what a stored hash says of itself, and refuse what
 * is weak or absurd before anything is computed.
 * Room: core.  Process: front.  Threads: any.
 * Unit test: tests/unit/test_passhash.c
 */
#ifndef AUTHD_CORE_PASSHASH_FORMAT_H
#define AUTHD_CORE_PASSHASH_FORMAT_H

enum passhash_format {
	PASSHASH_FORMAT_NONE = 0, /* unknown, weak or too costly */
	PASSHASH_FORMAT_SETTING,  /* yescrypt's salt and cost without a hash */
	PASSHASH_FORMAT_YESCRYPT,
	PASSHASH_FORMAT_SHA512,
	PASSHASH_FORMAT_BCRYPT,
	PASSHASH_FORMAT_ARGON2ID
};

/**
 * passhash_format_of(text, cost):
 * Name the format of ${text}; the limits are those of passhash_is_foreign().
 * For yescrypt ${cost} 1 to 9 asks for that cost alone, 0 for any of them.
 */
enum passhash_format passhash_format_of(const char *text, int cost);

#endif /* AUTHD_CORE_PASSHASH_FORMAT_H */
