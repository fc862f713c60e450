/*
 * Goal of this target: what a form is taken for is what was sent: written anew
 * from its fields it is read the same; names are different and plain, values
 * are UTF-8 without controls, and nothing else is taken.
 * Links: authd/web/form.c authd/base/text.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/clock.c authd/base/timetext.c
 */
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "authd/base/limits.h"
#include "authd/web/form.h"
#include "tests/fuzz/fuzz.h"

static size_t
write_part(const char *s, char *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *s != '\0'; s++) {
		out[n++] = '%';
		out[n++] = hex[(unsigned char)*s >> 4];
		out[n++] = hex[(unsigned char)*s & 15];
	}
	return (n);
}

/* Written with every byte as %XX, it reads the same. */
static void
check_again(const struct form *f, size_t size)
{
	char *body = malloc(size * 3 + FORM_FIELDS_MAX * 2);
	struct form again;
	size_t n = 0, i;

	FUZZ_CHECK(body != NULL);
	for (i = 0; i < f->n; i++) {
		if (i > 0)
			body[n++] = '&';
		n += write_part(f->fields[i].name, body + n);
		body[n++] = '=';
		n += write_part(f->fields[i].value, body + n);
	}
	if (n <= BODY_MAX) {
		FUZZ_CHECK(form_read(body, n, &again) == 0);
		FUZZ_CHECK(again.n == f->n);
		for (i = 0; i < f->n; i++) {
			FUZZ_CHECK(strcmp(again.fields[i].name,
				       f->fields[i].name) == 0);
			FUZZ_CHECK(strcmp(again.fields[i].value,
				       f->fields[i].value) == 0);
		}
		form_clear(&again);
	}
	free(body);
}

static void
check_text(const char *s, bool may_have_lines)
{
	const char *p;

	FUZZ_CHECK(u8_check((const uint8_t *)s, strlen(s)) == NULL);
	for (p = s; *p != '\0'; p++)
		FUZZ_CHECK(((unsigned char)*p >= 0x20 && *p != 0x7f) ||
		    (may_have_lines && strchr("\t\r\n", *p) != NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *body = malloc(size == 0 ? 1 : size);
	struct form f;
	size_t i, j;
	int r;

	FUZZ_CHECK(body != NULL);
	if (size > 0)
		memcpy(body, data, size);
	r = form_read(body, size, &f);
	free(body); /* nothing of it is borrowed */
	FUZZ_CHECK(r == 0 || r == ERR_INVALID || r == ERR_LIMIT);
	FUZZ_CHECK(r == 0 || (f.n == 0 && f.memory == NULL));
	if (memchr(data, '\0', size) != NULL)
		FUZZ_CHECK(r != 0);
	for (i = 0; i < f.n; i++) {
		FUZZ_CHECK(f.fields[i].name[0] != '\0');
		check_text(f.fields[i].name, false);
		check_text(f.fields[i].value, true);
		FUZZ_CHECK(form_get(&f, f.fields[i].name) == f.fields[i].value);
		for (j = 0; j < i; j++)
			FUZZ_CHECK(
			    strcmp(f.fields[i].name, f.fields[j].name) != 0);
	}
	if (r == 0)
		check_again(&f, size);
	form_clear(&f);
	return (0);
}
