/*
 * Goal of this target: whatever text is logged, it becomes one line of UTF-8
 * with our own beginning and nothing in it that drives a terminal, breaks the
 * line or turns it around; errno is kept.
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/text.c tests/fakes/clock_fake.c
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/base/text.h"
#include "tests/fuzz/fuzz.h"

#define HEAD "2026-11-22T00:00:00.000Z fuzz["

/* Standard error is a memory file while something is logged. */
static size_t
logged(const char *text, bool is_fr, char *out, size_t size)
{
	int saved = dup(STDERR_FILENO);
	int fd = memfd_create("log", MFD_CLOEXEC);
	ssize_t n;

	FUZZ_CHECK(saved != -1 && dup2(fd, STDERR_FILENO) == STDERR_FILENO);
	errno = EXDEV;
	if (is_fr)
		(void)log_fr(ERR_SYS, "open %s", text);
	else
		log_warn("%s", text);
	n = errno == EXDEV ? pread(fd, out, size - 1, 0) : -1;
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
	FUZZ_CHECK(n > 0);
	out[n] = '\0';
	FUZZ_CHECK(strlen(out) == (size_t)n);
	return ((size_t)n);
}

/* Printable in pieces: a name may not be longer than NAME_MAX_BYTES. */
static bool
is_printable(const char *s)
{
	char one[8] = "x";
	size_t k;

	for (; *s != '\0'; s += k) {
		for (k = 1; k < 4 && !text_is_utf8(s, k); k++)
			;
		memcpy(one + 1, s, k);
		one[k + 1] = '\0';
		if (!text_is_name(one))
			return (false);
	}
	return (true);
}

/* Read \xNN and say whether that is how the text begins. */
static bool
is_prefix(const char *body, const char *text)
{
	char hex[3] = "";

	for (; *body != '\0'; text++) {
		if (body[0] == '\\' && body[1] == 'x' && *text != '\\') {
			memcpy(hex, body + 2, 2);
			if (strtol(hex, NULL, 16) != (unsigned char)*text)
				return (false);
			body += 4;
		} else if (*body++ != *text)
			return (false);
	}
	return (true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_fr = size > 0 && data[0] % 2 == 1;
	char *text = size > 0 ? fuzz_text(data + 1, size - 1) : NULL;
	char line[4096], *body;
	size_t n;

	if (text == NULL)
		return (0);
	log_open("fuzz", LOG_LEVEL_INFO);
	n = logged(text, is_fr, line, sizeof(line));
	FUZZ_CHECK(n < 1200 && line[n - 1] == '\n');
	line[n - 1] = '\0';
	FUZZ_CHECK(strncmp(line, HEAD, strlen(HEAD)) == 0);
	FUZZ_CHECK(text_is_utf8(line, n - 1));
	FUZZ_CHECK(is_printable(line));
	body = strstr(line, is_fr ? "error: open " : "warning: ");
	FUZZ_CHECK(body != NULL);
	if (!is_fr)
		FUZZ_CHECK(is_prefix(body + 9, text));
	free(text);
	return (0);
}
