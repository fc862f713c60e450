/*
 * Goal of this target: in every well-formed file of leaked passwords, whatever
 * its line ends, counts and size, a password is found exactly when a plain
 * reading from the first line finds it; any other file ends in an answer or an
 * error, and an error never says "not in it".
 * Links: those of tests/unit/test_breach.c
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/core/breach.h"
#include "tests/fuzz/fuzz.h"

#define WORDS    256
#define TEXT_MAX (WORDS * 80)

struct word {
	char text[8];
	char hex[41];
};

static struct word words[WORDS]; /* sorted by hash */

static int
compare(const void *a, const void *b)
{
	return (strcmp(
	    ((const struct word *)a)->hex, ((const struct word *)b)->hex));
}

static void
make_words(void)
{
	uint8_t sum[20];
	int i, k;

	for (i = 0; i < WORDS; i++) {
		snprintf(words[i].text, sizeof(words[i].text), "w%d", i);
		FUZZ_CHECK(EVP_Digest(words[i].text, strlen(words[i].text), sum,
			       NULL, EVP_sha1(), NULL) == 1);
		for (k = 0; k < 20; k++)
			snprintf(words[i].hex + 2 * k, 3, "%02X", sum[k]);
	}
	qsort(words, WORDS, sizeof(words[0]), compare);
}

/* A file of the words that the input chooses; the last line may be open. */
static size_t
make_file(struct buf_reader *in, uint8_t shape, char *out)
{
	static const char *const counts[] = { "", ":1", ":12345678",
		":99999999999999999999" };
	const char *end = shape & 1 ? "\r\n" : "\n";
	uint8_t choice = 0;
	size_t n = 0;
	int i, k;

	for (i = 0; i < WORDS; i++) {
		if (i % 8 == 0)
			choice = buf_get_u8(in) ^ (shape & 2 ? 0xff : 0);
		if ((choice & 1 << i % 8) == 0)
			continue;
		for (k = 0; k < 40; k++, n++)
			out[n] = shape & 4 && words[i].hex[k] >= 'A'
			    ? (char)(words[i].hex[k] - 'A' + 'a')
			    : words[i].hex[k];
		n += (size_t)snprintf(out + n, 40, "%s%s",
		    counts[shape & 8 ? choice % 4 : 2], end);
	}
	if (shape & 16 && n > 0)
		n -= strlen(end);
	return (n);
}

/* Read every line: whether the file is well-formed, and has that word. */
static bool
read_file(const char *p, size_t n, const char *hex, bool *is_in)
{
	char last[41] = "", now[41];
	size_t k, digits;

	*is_in = false;
	if (n == 0)
		return (false);
	while (n > 0) {
		if (n < 40)
			return (false);
		for (k = 0; k < 40; k++) {
			char c = p[k] >= 'a' && p[k] <= 'f'
			    ? (char)(p[k] - 'a' + 'A')
			    : p[k];

			if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
				return (false);
			now[k] = c;
		}
		now[40] = '\0';
		if (strcmp(now, last) < 0)
			return (false);
		memcpy(last, now, sizeof(last));
		*is_in |= strcmp(now, hex) == 0;
		if (k < n && p[k] == ':') {
			digits = 0;
			for (k++; k < n && p[k] >= '0' && p[k] <= '9'; k++)
				digits++;
			if (digits < 1 || digits > 20)
				return (false);
		}
		if (k < n && p[k] == '\r' && (k + 1 == n || p[k + 1] != '\n'))
			return (false);
		if (k < n && p[k] == '\r')
			k++;
		if (k < n && p[k++] != '\n')
			return (false);
		p += k;
		n -= k;
	}
	return (true);
}

static void
ask(const char *text, size_t n, const struct word *w)
{
	int fd = memfd_create("breach", MFD_CLOEXEC), r;
	bool is_whole, is_in, want;
	struct breach *b;

	FUZZ_CHECK(fd != -1 && write(fd, text, n) == (ssize_t)n);
	is_whole = read_file(text, n, w->hex, &want);
	r = breach_new(fd, &b);
	FUZZ_CHECK(r == 0 || (r == ERR_CORRUPT && !is_whole));
	if (r != 0) {
		close(fd);
		return;
	}
	is_in = !want;
	r = breach_has(b, w->text, strlen(w->text), &is_in);
	FUZZ_CHECK(r == 0 || (r == ERR_CORRUPT && !is_whole && is_in));
	FUZZ_CHECK(!is_whole || is_in == want);
	breach_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TEXT_MAX];
	const struct word *w;
	struct buf_reader in;
	uint8_t shape, xor;
	size_t n, at;

	log_open("fuzz", LOG_LEVEL_ERROR);
	if (words[0].text[0] == '\0')
		make_words();
	buf_reader_init(&in, data, size);
	shape = buf_get_u8(&in);
	w = &words[buf_get_u8(&in)];
	if (shape & 128) { /* the input as it is */
		n = in.left < sizeof(text) ? in.left : sizeof(text);
		memcpy(text, in.at, n);
	} else {
		n = make_file(&in, shape, text);
		while (n > 0 && in.left >= 3) {
			at = buf_get_u16(&in) % n;
			xor = buf_get_u8(&in);
			text[at] = (char)((uint8_t)text[at] ^ xor);
		}
	}
	ask(text, n, w);
	return (0);
}
