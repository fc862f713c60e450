#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/breach.h"

#define HASH_LEN   20
#define HEX_LEN    (2 * HASH_LEN)
#define COUNT_MAX  20 /* digits of a count */
#define LONGEST    (HEX_LEN + 1 + COUNT_MAX + 2)
#define WINDOW     4096 /* read at once; holds dozens of lines */
#define PROBES     64   /* places looked at when the file is opened */
#define PROBES_MAX 128  /* halvings of 2^63 bytes, with room */

struct breach {
	int fd;
};

struct line {
	uint8_t hash[HASH_LEN];
	int64_t at, next; /* byte offsets of this line and of the one after */
};

/* Read until ${n} bytes or the end of the file. */
static int
read_at(int fd, int64_t at, char *out, size_t n, size_t *got)
{
	*got = 0;
	while (*got < n) {
		ssize_t k = pread(
		    fd, out + *got, n - *got, (off_t)(at + (int64_t)*got));

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return (log_fr(ERR_IO, "read the breach file"));
		if (k == 0)
			break;
		*got += (size_t)k;
	}
	return (0);
}

static int
file_size(int fd, int64_t *size)
{
	struct stat st;

	*size = 0;
	if (fstat(fd, &st) != 0)
		return (log_fr(ERR_IO, "look at the breach file"));
	if (!S_ISREG(st.st_mode)) {
		log_error("the breach file is no regular file");
		return (ERR_INVALID);
	}
	*size = st.st_size;
	return (0);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + 10);
	return (-1);
}

/*
 * Read one line from ${n} bytes at ${p}, which reach to the end of the file
 * when ${is_end}. Return the bytes it takes, 0 when it is none.
 */
static size_t
parse(const char *p, size_t n, bool is_end, uint8_t hash[HASH_LEN])
{
	size_t i, at = HEX_LEN, digits;

	if (n < HEX_LEN)
		return (0);
	for (i = 0; i < HASH_LEN; i++) {
		int high = hex_value(p[2 * i]), low = hex_value(p[2 * i + 1]);

		if (high < 0 || low < 0)
			return (0);
		hash[i] = (uint8_t)(high * 16 + low);
	}
	if (at < n && p[at] == ':') {
		at++;
		for (digits = 0; at < n && p[at] >= '0' && p[at] <= '9'; at++)
			digits++;
		if (digits == 0 || digits > COUNT_MAX)
			return (0);
	}
	if (at < n && p[at] == '\r')
		at++;
	if (at < n)
		return (p[at] == '\n' ? at + 1 : 0);
	return (is_end && p[at - 1] != '\r' ? at : 0);
}

static int
corrupt(int64_t at, const char *what)
{
	log_error("the breach file is %s near byte %lld", what, (long long)at);
	return (ERR_CORRUPT);
}

/*
 * The first line that begins at or after ${at}, which is 0 or after a begin
 * of a line that is not looked for; ${size} is the file's. ${is_found} false:
 * none begins there.
 */
static int
line_after(int fd, int64_t at, int64_t size, struct line *out, bool *is_found)
{
	char text[2 * LONGEST];
	const char *newline = NULL;
	int64_t from = at > 0 ? at - 1 : 0;
	size_t n, skip = 0, used;
	int r;

	*is_found = false;
	if ((r = read_at(fd, from, text, sizeof(text), &n)) != 0)
		return (r);
	if (at > 0) {
		newline = memchr(text, '\n', n);
		if (newline == NULL)
			return (
			    n == sizeof(text) ? corrupt(at, "malformed") : 0);
		skip = (size_t)(newline - text) + 1;
	}
	if (from + (int64_t)skip >= size)
		return (0);
	used =
	    parse(text + skip, n - skip, from + (int64_t)n >= size, out->hash);
	if (used == 0)
		return (corrupt(from + (int64_t)skip, "malformed"));
	out->at = from + (int64_t)skip;
	out->next = out->at + (int64_t)used;
	*is_found = true;
	return (0);
}

/*
 * Go through the lines of [from, to), both begins of lines or the file's end,
 * looking for ${want} (NULL: for order only). ${last} is the hash before, and
 * becomes the last one met.
 */
static int
scan(int fd, int64_t from, int64_t to, int64_t size, const uint8_t *want,
    uint8_t last[HASH_LEN], bool *has_last, bool *is_in)
{
	char text[WINDOW];
	size_t n, at, used;
	uint8_t hash[HASH_LEN];
	int r;

	while (from < to) {
		if ((r = read_at(fd, from, text, sizeof(text), &n)) != 0)
			return (r);
		for (at = 0; at < n && from + (int64_t)at < to; at += used) {
			bool is_end = from + (int64_t)n >= size;

			if (!is_end && n - at < LONGEST)
				break; /* perhaps cut off: read on from here */
			used = parse(text + at, n - at, is_end, hash);
			if (used == 0)
				return (
				    corrupt(from + (int64_t)at, "malformed"));
			if (*has_last && memcmp(hash, last, HASH_LEN) < 0)
				return (
				    corrupt(from + (int64_t)at, "not sorted"));
			memcpy(last, hash, HASH_LEN);
			*has_last = true;
			if (want != NULL && memcmp(hash, want, HASH_LEN) == 0)
				*is_in = true;
		}
		if (at == 0)
			return (corrupt(from, "cut off"));
		from += (int64_t)at;
	}
	return (0);
}

/*
 * Halve [low, high) until a window holds it. Every line met must lie between
 * those met before it, so that a file out of order is found out where it
 * would mislead.
 */
static int
search(int fd, const uint8_t want[HASH_LEN], bool *is_in)
{
	uint8_t least[HASH_LEN], most[HASH_LEN];
	bool has_least = false, has_most = false, has_last = false, is_found;
	int64_t low = 0, high, size;
	struct line line;
	int r, i;

	if ((r = file_size(fd, &size)) != 0)
		return (r);
	if (size == 0)
		return (corrupt(0, "empty"));
	high = size;
	for (i = 0; high - low > WINDOW; i++) {
		int64_t mid = low + (high - low) / 2;

		if (i == PROBES_MAX)
			return (corrupt(mid, "changing"));
		if ((r = line_after(fd, mid, size, &line, &is_found)) != 0)
			return (r);
		if (!is_found || line.at >= high)
			return (corrupt(mid, "malformed"));
		if ((has_least && memcmp(line.hash, least, HASH_LEN) < 0) ||
		    (has_most && memcmp(line.hash, most, HASH_LEN) > 0))
			return (corrupt(line.at, "not sorted"));
		if (memcmp(want, line.hash, HASH_LEN) < 0) {
			high = line.at;
			memcpy(most, line.hash, HASH_LEN);
			has_most = true;
		} else {
			low = line.at;
			memcpy(least, line.hash, HASH_LEN);
			has_least = true;
		}
	}
	if ((r = scan(fd, low, high, size, want, least, &has_last, is_in)) != 0)
		return (r);
	if (has_most && memcmp(least, most, HASH_LEN) > 0)
		return (corrupt(high, "not sorted"));
	return (0);
}

/* Spot checks of a file just opened. */
static int
check(int fd)
{
	uint8_t last[HASH_LEN] = { 0 };
	bool has_last = false, is_found, is_in;
	struct line line;
	int64_t size, at, to;
	int r, i;

	if ((r = file_size(fd, &size)) != 0)
		return (r);
	if (size == 0)
		return (corrupt(0, "empty"));
	/* all lines that begin in the first window */
	to = size;
	if (size > WINDOW) {
		if ((r = line_after(fd, WINDOW, size, &line, &is_found)) != 0)
			return (r);
		if (is_found)
			to = line.at;
	}
	r = scan(fd, 0, to, size, NULL, last, &has_last, &is_in);
	if (r != 0 || to == size)
		return (r);
	for (i = 1, at = to; i <= PROBES; i++) {
		int64_t place = size / PROBES * i;

		if (i == PROBES)
			place = size - 2 * LONGEST; /* among the last lines */
		if (place <= at)
			continue;
		if ((r = line_after(fd, place, size, &line, &is_found)) != 0)
			return (r);
		if (!is_found)
			return (corrupt(place, "malformed"));
		if (memcmp(line.hash, last, HASH_LEN) < 0)
			return (corrupt(line.at, "not sorted"));
		memcpy(last, line.hash, HASH_LEN);
		at = line.at;
	}
	/* and those after it to the end */
	has_last = false;
	return (scan(fd, line.at, size, size, NULL, last, &has_last, &is_in));
}

int
breach_new(int fd, struct breach **out)
{
	struct breach *b;
	int r;

	if ((r = check(fd)) != 0)
		return (r);
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return (log_fr(ERR_NOMEM, "open the breach file"));
	b->fd = fd;
	*out = b;
	return (0);
}

int
breach_has(const struct breach *b, const char *password, size_t n, bool *is_in)
{
	uint8_t want[EVP_MAX_MD_SIZE];
	bool is_found = false;
	int r;

	*is_in = true;
	/* SHA-1 is the file's choice; nothing rests on it here */
	if (EVP_Digest(password, n, want, NULL, EVP_sha1(), NULL) != 1)
		return (log_fr(ERR_NOMEM, "hash for the breach file"));
	r = search(b->fd, want, &is_found);
	mem_wipe(want, sizeof(want));
	if (r == 0)
		*is_in = is_found;
	return (r);
}

int
breach_changed_ms(const struct breach *b, int64_t *ms)
{
	struct stat st;

	if (fstat(b->fd, &st) != 0)
		return (log_fr(ERR_IO, "look at the breach file"));
	*ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	return (0);
}

void
breach_free(struct breach *b)
{
	if (b == NULL)
		return;
	(void)close(b->fd);
	free(b);
}
