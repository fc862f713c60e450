/*
 * Goal of this target: an answer of JSON that says anything, shown to a person
 * and as JSON. Nothing reaches the terminal that drives it, forges a line or
 * turns the writing around, and the JSON shown is the JSON that came.
 * Links: cli/show.c authd/base/text.c authd/api/json.c authd/base/mem.c
 * Links: authd/base/timetext.c authd/base/err.c authd/base/log.c
 * Links: authd/base/clock.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/text.h"
#include "cli/show.h"
#include "tests/fuzz/fuzz.h"

static const struct show_field fields[] = { { "login", "login", SHOW_TEXT },
	{ "at", "at", SHOW_TIME }, { "groups", "groups", SHOW_LIST },
	{ NULL, NULL, SHOW_TEXT } };

/* All but the ends of lines must be what may stand in a name. */
static size_t
check_output(const char *s, size_t n)
{
	char one[8] = "x";
	size_t k, lines = 0;

	for (; n > 0; s += k, n -= k) {
		k = 1;
		if (*s == '\n') {
			lines++;
			continue;
		}
		while (k < 4 && k < n && !text_is_utf8(s, k))
			k++;
		FUZZ_CHECK(text_is_utf8(s, k));
		memcpy(one + 1, s, k);
		one[k + 1] = '\0';
		FUZZ_CHECK(text_is_name(one));
	}
	return (lines);
}

/* Standard output is a memory file while something is shown. */
static size_t
shown(const json_t *v, int how, char *out, size_t size)
{
	int saved, fd = memfd_create("shown", MFD_CLOEXEC);
	ssize_t n;

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	FUZZ_CHECK(saved != -1 && dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
	if (how == 0)
		show_json(v);
	else if (how == 1)
		show_object(v, fields);
	else
		show_table(json_object_get(v, "list"), fields);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	n = pread(fd, out, size, 0);
	close(fd);
	FUZZ_CHECK(n >= 0 && (size_t)n < size);
	return ((size_t)n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char out[1024 * 1024];
	json_t *v, *back;
	size_t n;

	v = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(v)) {
		n = shown(v, 0, out, sizeof(out));
		FUZZ_CHECK(check_output(out, n) == 1);
		back = json_loadb(out, n, 0, NULL);
		FUZZ_CHECK(json_equal(back, v));
		json_decref(back);
		n = shown(v, 1, out, sizeof(out));
		FUZZ_CHECK(check_output(out, n) <= 3);
		n = shown(v, 2, out, sizeof(out));
		check_output(out, n);
	}
	json_decref(v);
	return (0);
}
