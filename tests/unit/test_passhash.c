/*
 * Goal of this test: our hash is yescrypt with a fresh salt at the cost asked
 * for; hashes made by other programs verify; weak, absurd and unknown ones
 * are refused before anything is computed.
 * Links: authd/core/passhash.c authd/core/passhash_format.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/text.c authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "authd/core/passhash.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In place of a keyed hash of the password in hex. */
static const char text[] =
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

static const char right[] = "Kd!xq-Passw0rd";

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static void
test_R18_ours(void **state)
{
	static const char *const prefixes[] = { "$y$j9T$", "$y$jAT$", "$y$jBT$",
		"$y$jCT$", "$y$jDT$" };
	char a[PASSHASH_MAX + 1], b[PASSHASH_MAX + 1], other[sizeof(text)];
	enum passhash_verdict v;
	int cost;

	(void)state;
	for (cost = PASSHASH_COST_MIN; cost <= PASSHASH_COST_MAX; cost++) {
		assert_int_equal(passhash_setting(cost, a), 0);
		assert_memory_equal(a, prefixes[cost - PASSHASH_COST_MIN], 7);
		/* 128 bits in crypt's base64 */
		assert_int_equal(strlen(a), 7 + 22);
		assert_false(passhash_is_foreign(a));
	}
	assert_int_equal(passhash_make(text, 5, a), 0);
	assert_int_equal(passhash_make(text, 5, b), 0);
	assert_int_equal(strlen(a), 7 + 22 + 1 + 43);
	assert_false(passhash_equal(a, b)); /* two salts */
	assert_int_equal(passhash_verify(text, a, &v), 0);
	assert_int_equal(v, PASSHASH_RIGHT);
	memcpy(other, text, sizeof(text));
	other[63] = '9';
	assert_int_equal(passhash_verify(other, a, &v), 0);
	assert_int_equal(v, PASSHASH_WRONG);
	a[40] = a[40] == 'x' ? 'y' : 'x';
	v = PASSHASH_RIGHT;
	assert_int_equal(passhash_verify(text, a, &v), 0);
	assert_int_equal(v, PASSHASH_WRONG);
}

static void
test_ours_refuses(void **state)
{
	char out[PASSHASH_MAX + 1], longer[514];
	enum passhash_verdict v = PASSHASH_RIGHT;

	(void)state;
	assert_int_equal(passhash_make(text, 4, out), ERR_INVALID);
	assert_string_equal(out, "");
	assert_int_equal(passhash_make(text, 10, out), ERR_INVALID);
	assert_int_equal(passhash_make("", 5, out), ERR_INVALID);
	memset(longer, 'a', 513);
	longer[513] = '\0';
	assert_int_equal(passhash_make(longer, 5, out), ERR_INVALID);
	assert_string_equal(out, "");
	/* nothing else is a setting */
	assert_int_equal(
	    passhash_run(text, "$6$saltsaltsaltsalt", out), ERR_INVALID);
	assert_int_equal(passhash_run(text, "", out), ERR_INVALID);
	assert_int_equal(
	    passhash_run(text, "$y$jFT$saltsaltsaltsalt", out), ERR_INVALID);
	/* a text that crypt cannot take is wrong, not broken */
	assert_int_equal(passhash_make(text, 5, out), 0);
	assert_int_equal(passhash_verify(longer, out, &v), 0);
	assert_int_equal(v, PASSHASH_WRONG);
	v = PASSHASH_RIGHT;
	assert_int_equal(passhash_verify("", out, &v), 0);
	assert_int_equal(v, PASSHASH_WRONG);
	assert_false(passhash_equal("", ""));
}

/* One hash compares with all entries of a history. */
static void
test_history_shares_a_salt(void **state)
{
	static const char *const old[] = { "one", "two", "three" };
	char setting[PASSHASH_MAX + 1], got[PASSHASH_MAX + 1];
	char stored[COUNT(old)][PASSHASH_MAX + 1];
	size_t i;

	(void)state;
	assert_int_equal(passhash_setting(5, setting), 0);
	for (i = 0; i < COUNT(old); i++)
		assert_int_equal(passhash_run(old[i], setting, stored[i]), 0);
	/* a stored entry is a setting as well */
	assert_int_equal(passhash_run("two", stored[0], got), 0);
	assert_false(passhash_equal(got, stored[0]));
	assert_true(passhash_equal(got, stored[1]));
	assert_false(passhash_equal(got, stored[2]));
}

static void
test_needs_rehash(void **state)
{
	char out[PASSHASH_MAX + 1];

	(void)state;
	assert_int_equal(passhash_make(text, 6, out), 0);
	assert_false(passhash_needs_rehash(out, 6));
	assert_true(passhash_needs_rehash(out, 5));
	assert_true(passhash_needs_rehash(out, 7));
	assert_true(passhash_needs_rehash("", 6));
	out[strlen(out) - 1] = '\0';
	assert_true(passhash_needs_rehash(out, 6));
}

/* Made with mkpasswd 5.5.17, openssl 3.0 and argon2 (Debian 12); the bcrypt
 * ones are the example in the PHP manual on password_verify. */
static const struct {
	const char *password, *hash;
} foreign[] = {
	{ right,
	    "$6$saltsaltsaltsalt$M2.bkuM6jOaXjnOHAqbZprcrrEQqPYBlLakyEOumiSOE1"
	    "j4CA.1NnG8APbs14vzgt08hfXaSwu7Aflwbv2lpZ1" },
	{ right,
	    "$6$rounds=20000$saltsaltsaltsalt$6vrW/WIZziqGgpZEXVQrcvcQr9ePeKll"
	    "8w6Uy/EdxspqpeWon2AVTAwUVUes5zMpXla07/EK7EKS2/fx61yc0/" },
	{ right,
	    "$y$j9T$ij7n5xZUqMH/Y8ZMLZRVu0$j772G.T/AHvWXEX4kf6yEphRRMFtV0r9L1O"
	    "0/ra/dgA" },
	{ "ぱすわーど",
	    "$y$jAT$MFl1G7j1Z9Ow8a2qVxpaL/$tonxRQh5IkljVuhQ/S1N1MZA6VaC/xyzXFC"
	    "qP8S42z2" },
	{ "rasmuslerdorf",
	    "$2y$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a" },
	{ "rasmuslerdorf",
	    "$2b$10$.vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a" },
	{ right,
	    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$5MoDK1yE/Bd++IWmY"
	    "StZbfA5/J0xPi0Q7WEvK2Hi+Ww" },
	{ right,
	    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$8irYwAk4bjZEvZaY3"
	    "vnzbVjNT2On5yMucNfz2v58Axo" },
	{ right,
	    "$argon2id$v=19$m=7168,t=3,p=4$c2FsdHNhbHRzYWx0$AmooxiYxUC5p0E64v/"
	    "S89Q" },
};

static void
test_foreign(void **state)
{
	enum passhash_verdict v;
	char wrong[64], bent[PASSHASH_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(foreign); i++) {
		const char *hash = foreign[i].hash;

		assert_true(passhash_is_foreign(hash));
		assert_int_equal(
		    passhash_verify(foreign[i].password, hash, &v), 0);
		assert_int_equal(v, PASSHASH_RIGHT);
		(void)snprintf(
		    wrong, sizeof(wrong), "%s ", foreign[i].password);
		assert_int_equal(passhash_verify(wrong, hash, &v), 0);
		assert_int_equal(v, PASSHASH_WRONG);
		/* a character of the hash itself */
		(void)snprintf(bent, sizeof(bent), "%s", hash);
		bent[strlen(bent) - 9] =
		    bent[strlen(bent) - 9] == 'A' ? 'B' : 'A';
		assert_int_equal(
		    passhash_verify(foreign[i].password, bent, &v), 0);
		assert_int_equal(v, PASSHASH_WRONG);
	}
	assert_true(passhash_needs_rehash(foreign[0].hash, 7));
}

#define H86                                                                        \
	"M2.bkuM6jOaXjnOHAqbZprcrrEQqPYBlLakyEOumiSOE1j4CA.1NnG8APbs14vzgt08hfXaS" \
	"wu7Aflwbv2lpZ1"
#define H43 "j772G.T/AHvWXEX4kf6yEphRRMFtV0r9L1O0/ra/dgA"
#define A43 "5MoDK1yE/Bd++IWmYStZbfA5/J0xPi0Q7WEvK2Hi+Ww"
#define B53 ".vGA1O9wmRjrwAVXD98HNOgsNpDczlqm3Jq7KnEd1rVAGv3Fykk1a"

static void
test_R58_refused_formats(void **state)
{
	static const char *const bad[] = { "", "*", "!", "x", right,
		/* weak or unknown ways */
		"$1$saltsalt$9tPqCnMvKXqYk0nTAKXiL.",
		"$5$saltsaltsaltsalt$I0tKvGnuIJx8uYkEYZ4HQnHCHSKA8uDbJKqjOlU5zDA",
		"ab/aqb5nlkGzs", "{SSHA}AAAA", "$P$Babcdefghij",
		"$argon2i$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$" A43,
		"$7$CU..../....saltsalt$" H43, "$gy$j9T$saltsaltsalt$" H43,
		"$2a$10$" B53, "$2x$10$" B53,
		/* too little or too much work */
		"$6$rounds=4999$saltsaltsaltsalt$" H86,
		"$6$rounds=700001$saltsaltsaltsalt$" H86,
		"$6$rounds=999999999$saltsaltsaltsalt$" H86,
		"$6$rounds=05000$saltsaltsaltsalt$" H86,
		"$6$rounds=$saltsaltsaltsalt$" H86,
		"$6$rounds=-1$saltsaltsaltsalt$" H86, "$2b$09$" B53,
		"$2b$04$" B53, "$2b$15$" B53, "$2b$31$" B53,
		"$y$jET$ij7n5xZUqMH/Y8ZMLZRVu0$" H43,
		"$y$jFT$ij7n5xZUqMH/Y8ZMLZRVu0$" H43,
		"$y$jzzzz$ij7n5xZUqMH/Y8ZMLZRVu0$" H43,
		"$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=7168,t=2,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=262144,t=5,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=65536,t=17,p=1$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=19$m=65536,t=3,p=17$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$v=16$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$" A43,
		"$argon2id$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$" A43,
		/* broken */
		"$6$short$" H86, "$6$saltsaltsaltsalts$" H86,
		"$6$saltsaltsaltsalt$" H86 "a", "$6$saltsaltsaltsalt$",
		"$6$salt:saltsaltsa$" H86, "$6$saltsaltsaltsalt$" H86 "\n",
		"$2b$10$" B53 "a", "$2b$10$short", "$2b$1$" B53,
		"$y$j9T$ij7n5xZUqMH/Y8ZMLZRVu0", "$y$j9T$$" H43,
		"$y$j9T$ij7n5xZUqMH/Y8ZMLZRVu0$" H43 "a",
		"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$",
		"$argon2id$v=19$m=65536,t=3,p=4$c2Fs$" A43,
		"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$" A43 "=" };
	char longer[PASSHASH_MAX + 64];
	enum passhash_verdict v;
	int64_t from = now_ms();
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		if (passhash_is_foreign(bad[i]))
			fail_msg("taken: %s", bad[i]);
		v = PASSHASH_RIGHT;
		assert_int_equal(
		    passhash_verify(right, bad[i], &v), ERR_INVALID);
		assert_int_equal(v, PASSHASH_WRONG);
	}
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	memcpy(longer, "$6$saltsaltsaltsalt$", 20);
	assert_false(passhash_is_foreign(longer));
	/* no hash was computed */
	assert_true(now_ms() - from < 100);
}

static int
setup(void **state)
{
	(void)state;
	return (passhash_init());
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_R18_ours),
		cmocka_unit_test(test_ours_refuses),
		cmocka_unit_test(test_history_shares_a_salt),
		cmocka_unit_test(test_needs_rehash),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_R58_refused_formats) };

	return (cmocka_run_group_tests(tests, setup, NULL));
}
