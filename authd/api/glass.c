#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/api/glass.h"
#include "authd/base/clock.h"
#include "authd/base/mem.h"

#define MAGIC    "sekisho-breakglass 1 "
#define ALPHABET "0123456789abcdefghjkmnpqrstvwxyz"
/* yescrypt at a cost of 16 MiB: the codes are random, so it need not be more */
#define PREFIX  "$y$"
#define COST    5
#define WAIT_MS 20 /* between tries for the lock */

static const char *const states[] = { "void", "unused", "used", "told" };

/* What a typed character stands for; '\0' is none. */
static char
meant(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		c = '0';
	if (c == 'i' || c == 'l')
		c = '1';
	return (c != '\0' && strchr(ALPHABET, c) != NULL ? c : '\0');
}

int
glass_fold(const char *in, char out[GLASS_LEN + 1])
{
	const uint8_t *s = (const uint8_t *)in;
	size_t n = 0;
	char c;

	while (*s != '\0') {
		/* U+FF01 to U+FF5E are the full-width forms of ASCII */
		if (s[0] == 0xef && s[1] == 0xbc && s[2] >= 0x81 &&
		    s[2] <= 0xbf) {
			c = (char)(s[2] - 0x81 + '!');
			s += 3;
		} else if (s[0] == 0xef && s[1] == 0xbd && s[2] >= 0x80 &&
		    s[2] <= 0x9e) {
			c = (char)(s[2] - 0x80 + '`');
			s += 3;
		} else if (s[0] == 0xe3 && s[1] == 0x80 && s[2] == 0x80) {
			c = ' ';
			s += 3;
		} else
			c = (char)*s++;
		if (c == ' ' || c == '-')
			continue;
		if (n == GLASS_LEN || (out[n] = meant(c)) == '\0')
			goto bad;
		n++;
	}
	out[n] = '\0';
	if (n == GLASS_LEN)
		return (0);
bad:
	mem_wipe(out, GLASS_LEN + 1);
	return (ERR_INVALID);
}

bool
glass_is_host(const char *s)
{
	size_t n = strlen(s);

	return (n >= 1 && n <= GLASS_HOST_MAX && s[0] != '.' && s[0] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n);
}

void
glass_word(const char *in, char out[GLASS_WORD_MAX + 1])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._:@%$+-";
	size_t i;

	for (i = 0; i < GLASS_WORD_MAX && in[i] != '\0'; i++)
		out[i] = strchr(plain, in[i]) != NULL ? in[i] : '_';
	if (i == 0)
		out[i++] = '-';
	out[i] = '\0';
}

/* The hash alone, without the salt before it. */
static int
hash_code(const char *code, const char *salt, char out[GLASS_HASH_LEN + 1])
{
	struct crypt_data *d;
	const char *made;
	size_t n = strlen(salt);
	int r = ERR_SYS;

	/* 32 KiB: too much for the stacks of some callers */
	if ((d = calloc(1, sizeof(*d))) == NULL)
		return (ERR_NOMEM);
	made = crypt_r(code, salt, d);
	if (made != NULL && made[0] != '*' && strncmp(made, salt, n) == 0 &&
	    made[n] == '$' && strlen(made + n + 1) == GLASS_HASH_LEN) {
		memcpy(out, made + n + 1, GLASS_HASH_LEN + 1);
		r = 0;
	}
	mem_wipe(d, sizeof(*d));
	free(d);
	return (r);
}

static int
make_code(struct glass_code *code, const char *salt, char *text)
{
	uint8_t random[GLASS_LEN];
	char plain[GLASS_LEN + 1];
	int i, r;

	if ((r = mem_random(random, sizeof(random))) != 0)
		return (r);
	for (i = 0; i < GLASS_LEN; i++) {
		plain[i] = ALPHABET[random[i] & 31];
		if (i > 0 && i % 4 == 0)
			*text++ = '-';
		*text++ = plain[i];
	}
	plain[i] = *text = '\0';
	r = hash_code(plain, salt, code->hash);
	code->state = GLASS_UNUSED;
	mem_wipe(plain, sizeof(plain));
	mem_wipe(random, sizeof(random));
	return (r);
}

int
glass_new(const char *host, int n, struct glass *g,
    char text[][GLASS_TEXT_MAX + 1])
{
	char random[16], salt[CRYPT_GENSALT_OUTPUT_SIZE];
	int i, r;

	memset(g, 0, sizeof(*g));
	g->fd = -1;
	if (!glass_is_host(host) || n < 1 || n > GLASS_CODES_MAX)
		return (ERR_INVALID);
	snprintf(g->host, sizeof(g->host), "%s", host);
	if ((r = mem_random(random, sizeof(random))) != 0)
		return (r);
	if (crypt_gensalt_rn(PREFIX, COST, random, sizeof(random), salt,
		sizeof(salt)) == NULL ||
	    strlen(salt) != GLASS_SALT_LEN)
		return (ERR_SYS);
	memcpy(g->salt, salt, strlen(salt) + 1);
	for (i = 0; i < n; i++) {
		if ((r = make_code(&g->at[i], g->salt, text[i])) != 0)
			return (r);
	}
	g->n = n;
	return (0);
}

void
glass_put(const struct glass *g, int i, char out[GLASS_PLACE])
{
	const struct glass_code *c = i < 0 ? NULL : &g->at[i];
	char word[3][GLASS_WORD_MAX + 1];
	int n;

	memset(out, ' ', GLASS_PLACE - 1);
	if (c == NULL)
		n = snprintf(out, GLASS_PLACE, MAGIC "%s %s", g->host, g->salt);
	else {
		glass_word(c->use.service, word[0]);
		glass_word(c->use.rhost, word[1]);
		glass_word(c->use.user, word[2]);
		n = snprintf(out, GLASS_PLACE, "%02d %s %s %s %s %s %s", i + 1,
		    states[c->state], c->hash,
		    c->use.at[0] == '\0' ? "-" : c->use.at, word[0], word[1],
		    word[2]);
	}
	out[n] = ' ';
	out[GLASS_PLACE - 1] = '\n';
}

/* The next word of a line into ${out}; false when it is missing or too long. */
static bool
take_word(const char **at, char *out, size_t size)
{
	size_t n, i;

	for (n = 0; (*at)[n] != '\0' && (*at)[n] != ' '; n++)
		;
	if (n == 0 || n >= size)
		return (false);
	for (i = 0; i < n; i++)
		if ((*at)[i] < '!' || (*at)[i] > '~')
			return (false);
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n + ((*at)[n] == ' ' ? 1 : 0);
	return (true);
}

static bool
take_code(struct glass *g, int i, const char *line)
{
	struct glass_code *c = &g->at[i];
	char number[4], state[8];
	size_t k;

	if (!take_word(&line, number, sizeof(number)) ||
	    !take_word(&line, state, sizeof(state)) ||
	    !take_word(&line, c->hash, sizeof(c->hash)) ||
	    !take_word(&line, c->use.at, sizeof(c->use.at)) ||
	    !take_word(&line, c->use.service, sizeof(c->use.service)) ||
	    !take_word(&line, c->use.rhost, sizeof(c->use.rhost)) ||
	    !take_word(&line, c->use.user, sizeof(c->use.user)))
		return (false);
	if (strlen(c->hash) != GLASS_HASH_LEN)
		return (false);
	for (k = 0; k < sizeof(states) / sizeof(states[0]); k++) {
		if (strcmp(states[k], state) == 0) {
			c->state = (enum glass_state)k;
			return (c->state != GLASS_UNUSED ||
			    (strcmp(c->use.at, "-") == 0 &&
				strcmp(c->use.service, "-") == 0 &&
				strcmp(c->use.rhost, "-") == 0 &&
				strcmp(c->use.user, "-") == 0));
		}
	}
	return (false);
}

/*
 * What was read must be what would be written, to the byte: a file that was
 * edited or torn has no codes in it.
 */
static int
take_file(struct glass *g, const char *text, size_t len)
{
	char line[GLASS_PLACE], again[GLASS_PLACE];
	const char *at;
	int i, n = (int)(len / GLASS_PLACE) - 1;

	if (len % GLASS_PLACE != 0 || n < 1 || n > GLASS_CODES_MAX ||
	    memchr(text, '\0', len) != NULL)
		return (ERR_CORRUPT);
	for (i = -1; i < n; i++) {
		memcpy(line, text + (size_t)(i + 1) * GLASS_PLACE, GLASS_PLACE);
		line[GLASS_PLACE - 1] = '\0';
		at = line;
		if (i >= 0) {
			if (!take_code(g, i, at))
				return (ERR_CORRUPT);
		} else if (strncmp(at, MAGIC, sizeof(MAGIC) - 1) != 0 ||
		    (at += sizeof(MAGIC) - 1,
			!take_word(&at, g->host, sizeof(g->host))) ||
		    !take_word(&at, g->salt, sizeof(g->salt)) ||
		    !glass_is_host(g->host) ||
		    strlen(g->salt) != GLASS_SALT_LEN ||
		    strncmp(g->salt, PREFIX, sizeof(PREFIX) - 1) != 0)
			return (ERR_CORRUPT);
		glass_put(g, i, again);
		if (memcmp(again, text + (size_t)(i + 1) * GLASS_PLACE,
			GLASS_PLACE) != 0)
			return (ERR_CORRUPT);
	}
	g->n = n;
	return (0);
}

static int
lock_file(int fd, int64_t wait_ms)
{
	int64_t end_ms = clock_boot_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return (ERR_SYS);
		if (clock_boot_ms() >= end_ms)
			return (ERR_BUSY);
		(void)poll(NULL, 0, WAIT_MS);
	}
	return (0);
}

static int
read_file(struct glass *g)
{
	char text[(GLASS_CODES_MAX + 1) * GLASS_PLACE + 1];
	size_t len = 0;
	ssize_t n;

	do {
		n = pread(g->fd, text + len, sizeof(text) - len, (off_t)len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return (ERR_SYS);
		len += (size_t)n;
	} while (n > 0 && len < sizeof(text));
	return (take_file(g, text, len));
}

int
glass_open(struct glass *g, const char *path, int64_t wait_ms)
{
	struct stat st;
	int r;

	memset(g, 0, sizeof(*g));
	/* no link is followed, and no FIFO's other end waited for */
	g->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (g->fd == -1)
		return (errno == ENOENT || errno == ENOTDIR ? ERR_NOTFOUND
			: errno == ELOOP || errno == EACCES ||
			    errno == ENXIO || errno == EISDIR
			? ERR_DENIED
			: ERR_SYS);
	if (fstat(g->fd, &st) != 0)
		r = ERR_SYS;
	else if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    st.st_nlink != 1 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		r = ERR_DENIED;
	else if ((r = lock_file(g->fd, wait_ms)) == 0)
		r = read_file(g);
	if (r != 0)
		glass_close(g);
	return (r);
}

void
glass_close(struct glass *g)
{
	if (g->fd != -1)
		close(g->fd);
	g->fd = -1;
	g->n = 0;
}

int
glass_find(const struct glass *g, const char *code, int *which)
{
	char hash[GLASS_HASH_LEN + 1];
	int i, r;

	*which = -1;
	memset(hash, 0, sizeof(hash));
	if ((r = hash_code(code, g->salt, hash)) != 0)
		return (r);
	for (i = 0; i < g->n; i++) {
		if (mem_equal(g->at[i].hash, hash, GLASS_HASH_LEN) &&
		    g->at[i].state == GLASS_UNUSED)
			*which = i;
	}
	mem_wipe(hash, sizeof(hash));
	return (0);
}

int
glass_mark(struct glass *g, int which, enum glass_state state,
    const struct glass_use *use)
{
	struct glass_code *c = &g->at[which];
	char line[GLASS_PLACE];
	ssize_t n;

	if (use != NULL) {
		snprintf(c->use.at, sizeof(c->use.at), "%s", use->at);
		glass_word(use->service, c->use.service);
		glass_word(use->rhost, c->use.rhost);
		glass_word(use->user, c->use.user);
	}
	c->state = state;
	glass_put(g, which, line);
	do
		n = pwrite(g->fd, line, sizeof(line),
		    (off_t)(which + 1) * GLASS_PLACE);
	while (n == -1 && errno == EINTR);
	if (n != sizeof(line) || fdatasync(g->fd) != 0)
		return (ERR_IO);
	return (0);
}
