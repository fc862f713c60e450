#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/err.h"
#include "authd/base/log.h"
#include "authd/base/timetext.h"

#define LINE_MAX_BYTES 1000
#define WAIT_MS        50 /* for a reader that is slow, once */

static struct {
	const char *name;
	enum log_level level;
	atomic_uint lost; /* lines that nobody took, not told yet */
} sink = { "sekisho", LOG_LEVEL_INFO, 0 };

/* Else the next file that is opened, a key or the keeper's state, would be
 * standard error, and the log be written into it. */
static void
hold_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

void
log_open(const char *name, enum log_level level)
{
	hold_streams();
	sink.name = name;
	sink.level = level;
}

/*
 * The length of the printable UTF-8 character at s, or 0: a control character
 * (C1 too, which terminals obey), a line separator, a mark that turns the
 * writing direction, or no character at all. Own, so that log links nothing.
 */
static size_t
printable(const unsigned char *s)
{
	size_t len, i;

	if (s[0] < 0x80)
		return (s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0);
	len = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] > 0xf4)
		return (0);
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80) /* the NUL at the end too */
			return (0);
	if (s[0] == 0xc2 && s[1] < 0xa0) /* U+0080 to U+009F */
		return (0);
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90))
		return (0); /* overlong */
	if ((s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90))
		return (0); /* surrogates, above U+10FFFF */
	if (s[0] == 0xef && s[1] == 0xbb && s[2] == 0xbf) /* U+FEFF */
		return (0);
	if (s[0] == 0xd8 && s[1] == 0x9c) /* U+061C */
		return (0);
	if (s[0] == 0xe2 && s[1] == 0x80 && /* U+200E.., U+2028.. */
	    (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae)))
		return (0);
	if (s[0] == 0xe2 && s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
		return (0);
	return (len);
}

/*
 * Copy text with all that is not printable escaped byte by byte, so that one
 * call is one line; returns the length.
 */
static size_t
escape(char *out, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 0, len;

	while (*s != '\0' && n + 5 < size) {
		if ((len = printable(s)) > 0) {
			memcpy(out + n, s, len);
			n += len;
			s += len;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[*s >> 4];
		out[n++] = hex[*s & 15];
		s++;
	}
	out[n] = '\0';
	return (n);
}

/*
 * A log that cannot be written must not stop the service: neither one that
 * fails nor one whose reader stands still, a pipe or the journal.
 */
static bool
is_taken(void)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n;

	do
		n = poll(&p, 1, sink.lost == 0 ? WAIT_MS : 0);
	while (n == -1 && errno == EINTR);
	return (n != 0);
}

static void
write_line(enum log_level level, const char *body)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	char when[TIMETEXT_MAX], line[LINE_MAX_BYTES + 100];
	ssize_t done;
	int n;

	timetext_put(clock_wall_ms(), when);
	n = snprintf(line, sizeof(line), "%s %s[%d] %s: %s\n", when, sink.name,
	    (int)getpid(), names[level], body);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = (int)sizeof(line) - 1;
	do
		done = write(STDERR_FILENO, line, (size_t)n);
	while (done == -1 && errno == EINTR);
}

static void
put_line(enum log_level level, const char *text)
{
	char body[LINE_MAX_BYTES];
	unsigned lost;

	if (!is_taken()) {
		sink.lost++;
		return;
	}
	if (sink.lost != 0 && (lost = atomic_exchange(&sink.lost, 0)) != 0) {
		snprintf(body, sizeof(body),
		    "%u lines of the log were not taken", lost);
		write_line(LOG_LEVEL_WARN, body);
	}
	escape(body, sizeof(body), text);
	write_line(level, body);
}

static void
put(enum log_level level, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES];
	int saved = errno;

	if (level <= sink.level) {
		vsnprintf(text, sizeof(text), fmt, ap);
		put_line(level, text);
	}
	errno = saved;
}

#define DEFINE_LOG(fn, level)                                                  \
	void fn(const char *fmt, ...)                                          \
	{                                                                      \
		va_list ap;                                                    \
		va_start(ap, fmt);                                             \
		put(level, fmt, ap);                                           \
		va_end(ap);                                                    \
	}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR)
DEFINE_LOG(log_warn, LOG_LEVEL_WARN)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)

int
log_fr(int r, const char *fmt, ...)
{
	char what[LINE_MAX_BYTES / 2], text[LINE_MAX_BYTES];
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (r == ERR_SYS || r == ERR_IO)
		snprintf(text, sizeof(text), "%s: %s", what, strerror(saved));
	else
		snprintf(text, sizeof(text), "%s: %s", what, err_text(r));
	put_line(LOG_LEVEL_ERROR, text);
	errno = saved;
	return (r);
}
