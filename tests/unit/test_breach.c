/*
 * Goal of this test: a password in the file is always found, one that is not
 * never, in files of every shape and size; a broken file is an error when it
 * is opened or searched, never "not in it".
 * Links: authd/core/breach.c tests/fakes/pread_big.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/text.c authd/base/clock.c authd/base/timetext.c
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/core/breach.h"
#include "tests/fakes/pread_big.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define LINES_MAX 5000

struct shape {
	const char *name, *end;
	int is_upper, has_count, no_last_newline;
};

static const struct shape shapes[] = {
	{ "HIBP", "\r\n", 1, 1, 0 },
	{ "LF", "\n", 1, 1, 0 },
	{ "lower case", "\n", 0, 1, 0 },
	{ "no count", "\n", 1, 0, 0 },
	{ "no count, CRLF, lower case", "\r\n", 0, 0, 0 },
	{ "no last newline", "\n", 1, 1, 1 },
	{ "no last newline, CRLF, no count", "\r\n", 1, 0, 1 },
};

static void
sha1(const char *text, uint8_t out[20])
{
	uint8_t hash[EVP_MAX_MD_SIZE];

	assert_int_equal(
	    EVP_Digest(text, strlen(text), hash, NULL, EVP_sha1(), NULL), 1);
	memcpy(out, hash, 20);
}

static int
compare(const void *a, const void *b)
{
	return (memcmp(a, b, 20));
}

/* The sorted hashes of pw0, pw1, ... */
static void
make_hashes(uint8_t (*hashes)[20], int n)
{
	char text[32];
	int i;

	for (i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "pw%d", i);
		sha1(text, hashes[i]);
	}
	qsort(hashes, (size_t)n, 20, compare);
}

static int
new_file(const void *bytes, size_t n)
{
	int fd = memfd_create("breach", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	return (fd);
}

/* A file of the ${n} hashes in that shape. */
static char *
make_text(const struct shape *s, uint8_t (*hashes)[20], int n, size_t *len)
{
	char *text = malloc((size_t)n * 70 + 1), *at = text;
	int i, k;

	assert_non_null(text);
	for (i = 0; i < n; i++) {
		for (k = 0; k < 20; k++)
			at += sprintf(
			    at, s->is_upper ? "%02X" : "%02x", hashes[i][k]);
		if (s->has_count) /* counts of 1 to 8 digits */
			at += sprintf(at, ":%d", i % 7 == 0 ? 12345678 : i + 1);
		if (i + 1 < n || !s->no_last_newline)
			at += sprintf(at, "%s", s->end);
	}
	*len = (size_t)(at - text);
	return (text);
}

static int
has(const struct breach *b, const char *password)
{
	bool is_in = false;

	assert_int_equal(breach_has(b, password, strlen(password), &is_in), 0);
	return (is_in);
}

static void
test_shapes(void **state)
{
	static const int sizes[] = { 1, 2, 3, 60, 63, 64, 65, 66, 67, 68, 69,
		70, 80, 95, 130, 200, 1000, LINES_MAX };
	static uint8_t hashes[LINES_MAX][20];
	size_t s, k, len;
	struct breach *b;
	char *text, password[32];
	int i, n, step;

	(void)state;
	for (s = 0; s < COUNT(shapes); s++) {
		for (k = 0; k < COUNT(sizes); k++) {
			n = sizes[k];
			make_hashes(hashes, n);
			text = make_text(&shapes[s], hashes, n, &len);
			b = NULL;
			assert_int_equal(
			    breach_new(new_file(text, len), &b), 0);
			step = n > 1000 ? 37 : 1;
			for (i = 0; i < n; i += step) {
				(void)snprintf(
				    password, sizeof(password), "pw%d", i);
				if (!has(b, password))
					fail_msg("%s, %d lines: lacks %s",
					    shapes[s].name, n, password);
			}
			for (i = n; i < n + 50; i++) {
				(void)snprintf(
				    password, sizeof(password), "pw%d", i);
				if (has(b, password))
					fail_msg("%s, %d lines: has %s",
					    shapes[s].name, n, password);
			}
			assert_int_equal(has(b, ""), 0);
			breach_free(b);
			free(text);
		}
	}
}

static void
refused(const char *what, const void *bytes, size_t n)
{
	struct breach *b = NULL;
	int fd = new_file(bytes, n), r;

	r = breach_new(fd, &b);
	if (r != ERR_CORRUPT || b != NULL)
		fail_msg("%s: %d", what, r);
	assert_int_equal(close(fd), 0); /* still ours */
}

#define H0 "0000000CAEF405439D57847A8657218C618160B2"
#define H1 "0000000CAEF405439D57847A8657218C618160B3"

static void
test_refused_when_opened(void **state)
{
	static const char *const bad[] = { "", "\n", "password\n",
		"\xef\xbb\xbf" H0 ":1\n", H0 ":\n", H0 ":x\n", H0 ":-1\n",
		H0 " 1\n", H0 ":123456789012345678901\n", H0 "A:1\n",
		"0000000CAEF405439D57847A8657218C:1\n" /* NTLM */, "G" H0 "\n",
		H0 ":1\n\n", H0 ":1\r", H0 ":1\n" H1 ":2\r", H0 ":1\n" H1 ":",
		H1 ":1\n" H0 ":1\n", H0 ":1\n0000000C", "\x89PNG\r\n\x1a\n" };
	static const char good[] = H0 ":1\n" H1 ":2";
	struct breach *b = NULL;
	size_t i;
	int pipes[2];

	(void)state;
	for (i = 0; i < COUNT(bad); i++)
		refused(bad[i], bad[i], strlen(bad[i]));
	assert_int_equal(breach_new(new_file(good, sizeof(good) - 1), &b), 0);
	breach_free(b);
	breach_free(NULL);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(breach_new(pipes[0], &b), ERR_INVALID);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

/* The file as sorted by how often, and others that only look right. */
static void
test_refused_when_not_sorted(void **state)
{
	static uint8_t hashes[LINES_MAX][20], turned[LINES_MAX][20];
	uint8_t swap[20];
	size_t len;
	char *text;

	(void)state;
	make_hashes(hashes, LINES_MAX);
	memcpy(swap, hashes[3], 20);
	memcpy(hashes[3], hashes[40], 20);
	memcpy(hashes[40], swap, 20);
	text = make_text(&shapes[0], hashes, LINES_MAX, &len);
	refused("two lines of the first window", text, len);
	free(text);
	make_hashes(hashes, LINES_MAX);
	/* the second half first */
	memcpy(turned, hashes[LINES_MAX / 2], sizeof(turned) / 2);
	memcpy(turned[LINES_MAX / 2], hashes, sizeof(turned) / 2);
	text = make_text(&shapes[1], turned, LINES_MAX, &len);
	refused("two halves", text, len);
	free(text);
	make_hashes(hashes, LINES_MAX);
	text = make_text(&shapes[1], hashes, LINES_MAX, &len);
	memset(text + len / 3, 0, len / 3);
	refused("a hole", text, len);
	free(text);
	text = make_text(&shapes[1], hashes, LINES_MAX, &len);
	refused("cut off in a line", text, len - 20);
	free(text);
}

/* What the spot checks miss, the search that meets it must not. */
static void
test_broken_place_is_an_error_when_met(void **state)
{
	static uint8_t hashes[LINES_MAX][20];
	static const char *const junk[] = { "zz", "\n", "\0\0\0", "FF" };
	size_t len, k;
	struct breach *b;
	char *text, hex[41], *place, password[32];
	uint8_t hash[20];
	int i, fd, errors, wrong;
	bool is_in;

	(void)state;
	make_hashes(hashes, LINES_MAX);
	for (k = 0; k < COUNT(junk); k++) {
		errors = wrong = 0;
		text = make_text(&shapes[1], hashes, LINES_MAX, &len);
		fd = new_file(text, len);
		assert_int_equal(breach_new(fd, &b), 0);
		/* spoil the very line of each of some passwords */
		for (i = 0; i < 200; i++) {
			size_t at, n = k == 2 ? 3 : strlen(junk[k]), j;

			(void)snprintf(
			    password, sizeof(password), "pw%d", i * 17);
			sha1(password, hash);
			for (j = 0; j < 20; j++)
				(void)sprintf(hex + 2 * j, "%02X", hash[j]);
			place = strstr(text, hex);
			assert_non_null(place);
			at = (size_t)(place - text);
			assert_int_equal(
			    pwrite(fd, junk[k], n, (off_t)at), (ssize_t)n);
			is_in = false;
			switch (
			    breach_has(b, password, strlen(password), &is_in)) {
			case ERR_CORRUPT:
				errors++;
				assert_true(is_in);
				break;
			default:
				wrong++;
			}
			assert_int_equal(
			    pwrite(fd, hex, n, (off_t)at), (ssize_t)n);
			assert_int_equal(has(b, password), 1);
		}
		/* a hash of FF... at the wrong place hides only its own */
		assert_int_equal(errors + wrong, 200);
		assert_true(errors >= (k == 3 ? 190 : 200));
		breach_free(b);
		free(text);
	}
}

static void
test_cut_while_open(void **state)
{
	static uint8_t hashes[1000][20];
	struct breach *b;
	size_t len;
	bool is_in = false;
	char *text;
	int fd;

	(void)state;
	make_hashes(hashes, 1000);
	text = make_text(&shapes[0], hashes, 1000, &len);
	fd = new_file(text, len);
	assert_int_equal(breach_new(fd, &b), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(breach_has(b, "pw1", 3, &is_in), ERR_CORRUPT);
	assert_true(is_in);
	breach_free(b);
	free(text);
}

static void
test_more_than_4_GB(void **state)
{
	static const int64_t lines = 150000000; /* 6.6 GB */
	static const char *const passwords[] = { "password", "Kyuuyo2024!", "a",
		"b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n",
		"o", "p" };
	struct breach *b;
	uint8_t hash[20];
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < COUNT(passwords); i++) {
		sha1(passwords[i], hash);
		fd = new_file("", 0);
		pread_big_use(fd, lines, hash);
		assert_int_equal(breach_new(fd, &b), 0);
		assert_true(pread_big_reads() < 100);
		pread_big_use(fd, lines, hash);
		assert_int_equal(has(b, passwords[i]), 1);
		assert_true(pread_big_reads() < 40);
		assert_int_equal(has(b, "something else"), 0);
		pread_big_use(fd, lines, NULL);
		assert_int_equal(has(b, passwords[i]), 0);
		breach_free(b);
	}
	pread_big_use(-1, 0, NULL);
}

static void
test_changed(void **state)
{
	static const char text[] = H0 "\n";
	static const struct timespec times[2] = { { 1000, 0 },
		{ 1790000000, 125000000 } };
	struct breach *b;
	int64_t ms;
	int fd = new_file(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(breach_new(fd, &b), 0);
	assert_int_equal(breach_changed_ms(b, &ms), 0);
	assert_int_equal(ms, 1790000000125);
	breach_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_refused_when_opened),
		cmocka_unit_test(test_refused_when_not_sorted),
		cmocka_unit_test(test_broken_place_is_an_error_when_met),
		cmocka_unit_test(test_cut_while_open),
		cmocka_unit_test(test_more_than_4_GB),
		cmocka_unit_test(test_changed) };

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
