#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authd/base/clock.h"
#include "authd/base/err.h"
#include "authd/base/log.h"
#include "authd/base/timetext.h"

#define LINE_MAX_BYTES 1000

static struct {
	const char *name;
	enum log_level level;
} sink = {"sekisho", LOG_LEVEL_INFO};

void
log_open(const char *name, enum log_level level)
{
	sink.name = name;
	sink.level = level;
}

/*
 * Copy text with every control character escaped, so that one call is one
 * line; returns the length.
 */
static size_t
escape(char *out, size_t size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t n = 0;

	for (; *s != '\0' && n + 5 < size; s++) {
		if (*s < 0x20 || *s == 0x7f) {
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[*s >> 4];
			out[n++] = hex[*s & 15];
		} else
			out[n++] = (char)*s;
	}
	out[n] = '\0';
	return (n);
}

static void
put_line(enum log_level level, const char *text)
{
	static const char *const names[] = {
	    "error", "warning", "info", "debug"};
	char when[TIMETEXT_MAX], body[LINE_MAX_BYTES];
	char line[LINE_MAX_BYTES + 100];
	ssize_t done;
	int n;

	timetext_put(clock_wall_ms(), when);
	escape(body, sizeof(body), text);
	n = snprintf(line, sizeof(line), "%s %s[%d] %s: %s\n", when, sink.name,
	    (int)getpid(), names[level], body);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = (int)sizeof(line) - 1;
	/* A log that cannot be written must not stop the service. */
	do
		done = write(STDERR_FILENO, line, (size_t)n);
	while (done == -1 && errno == EINTR);
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
