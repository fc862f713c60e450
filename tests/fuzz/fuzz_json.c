/*
 * Goal of this target: json_in_open() takes exactly what its header says: what
 * jansson reads with duplicates refused, an object, no deeper than
 * JSON_DEPTH_MAX, known members only; the getters keep their limits; what was
 * read is written and read again as the same.
 * Links: authd/api/json.c authd/base/mem.c authd/base/timetext.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/text.c
 */
#include <string.h>

#include "authd/api/json.h"
#include "authd/base/text.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_SIZE 24

static const char *const members[] = { "login", "code", "n", "groups", "a",
	NULL };

static int
depth_of(const json_t *v)
{
	const char *name;
	json_t *in;
	size_t i;
	int d, most = 0;

	json_object_foreach((json_t *)v, name, in)
	{
		d = depth_of(in);
		most = d > most ? d : most;
	}
	json_array_foreach(v, i, in)
	{
		d = depth_of(in);
		most = d > most ? d : most;
	}
	return (json_is_object(v) || json_is_array(v) ? most + 1 : most);
}

static bool
is_known(const char *name)
{
	size_t i;

	for (i = 0; members[i] != NULL; i++)
		if (strcmp(members[i], name) == 0)
			return (true);
	return (false);
}

static bool
has_unknown(const json_t *v)
{
	const char *name;
	json_t *in;

	json_object_foreach((json_t *)v, name, in)
	{
		if (!is_known(name))
			return (true);
	}
	return (false);
}

/* What can be asked of a body, and that a failure sticks. */
static void
ask(struct json_in *in, const json_t *v)
{
	char words[WORDS_SIZE];
	const char *s;
	int64_t n;

	s = json_in_text(in, "login", 8);
	FUZZ_CHECK(s == NULL || (strlen(s) <= 8 && text_is_utf8(s, strlen(s))));
	FUZZ_CHECK(in->r == 0 || s == NULL);
	s = json_in_need(in, "code", 4096);
	FUZZ_CHECK((s != NULL) == json_is_string(json_object_get(v, "code")) ||
	    (s == NULL && in->r == ERR_INVALID));
	n = json_in_int(in, "n", -5, 1000, 7);
	FUZZ_CHECK(n >= -5 && n <= 1000);
	s = json_in_words(in, "groups", words, sizeof(words));
	FUZZ_CHECK(s == NULL || (s == words && strlen(s) < sizeof(words)));
	FUZZ_CHECK(s == NULL || s[0] == '\0' ||
	    (s[0] != ' ' && s[strlen(s) - 1] != ' ' &&
		strstr(s, "  ") == NULL));
	FUZZ_CHECK(json_in_end(in) == in->r);
	FUZZ_CHECK((in->r == 0) == (in->code[0] == '\0'));
	FUZZ_CHECK(text_is_utf8(in->detail, strlen(in->detail)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_ready;
	struct json_in in, again;
	json_t *v;
	char *text;
	size_t n;
	bool fits;
	int r;

	if (!is_ready)
		json_init();
	is_ready = true;
	v = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	fits = json_is_object(v) && depth_of(v) <= JSON_DEPTH_MAX;

	r = json_in_open(&in, data, size, NULL);
	FUZZ_CHECK((r == 0) == fits);
	FUZZ_CHECK(r != 0 || json_equal(in.root, v));
	FUZZ_CHECK(r != 0 || text_is_utf8(data, size));
	if (r == 0) {
		FUZZ_CHECK((text = json_text(in.root, &n)) != NULL);
		FUZZ_CHECK(strlen(text) == n);
		FUZZ_CHECK(json_in_open(&again, text, n, NULL) == 0);
		FUZZ_CHECK(json_equal(again.root, v));
		json_in_close(&again);
		json_text_free(text);
	}
	json_in_close(&in);

	r = json_in_open(&in, data, size, members);
	FUZZ_CHECK((r == 0) == (fits && !has_unknown(v)));
	FUZZ_CHECK(r == 0 || (r == ERR_INVALID && in.code[0] != '\0'));
	if (r == 0)
		ask(&in, v);
	json_in_close(&in);
	json_decref(v);
	return (0);
}
