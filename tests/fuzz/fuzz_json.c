/*
 * Goal of this target: json_in_open() takes exactly what its header says: what
 * jansson reads with duplicates refused, an object, no deeper than
 * JSON_DEPTH_MAX, known members only; the getters keep their limits; what was
 * read is written and read again as the same. flat_open() takes exactly those
 * of them that are small objects of texts, whole numbers, true, false and null,
 * and reads the same values.
 * Links: authd/api/flat.c authd/api/json.c authd/base/mem.c authd/base/timetext.c
 * Links: authd/base/log.c authd/base/err.c authd/base/clock.c
 * Links: authd/base/text.c
 */
#include <string.h>

#include "authd/api/flat.h"
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

static bool
is_flat(const json_t *v)
{
	const char *name;
	json_t *in;

	if (!json_is_object(v) || json_object_size(v) > FLAT_MEMBERS_MAX)
		return (false);
	json_object_foreach((json_t *)v, name, in)
	{
		if (json_is_object(in) || json_is_array(in) || json_is_real(in))
			return (false);
	}
	return (true);
}

static void
check_member(const struct flat *f, const char *name, const json_t *in)
{
	enum flat_kind kind = flat_kind(f, name);
	const char *text = flat_text(f, name);
	int64_t n = 0;

	FUZZ_CHECK((kind == FLAT_TRUE) == json_is_true(in));
	FUZZ_CHECK((kind == FLAT_FALSE) == json_is_false(in));
	FUZZ_CHECK((kind == FLAT_NULL) == json_is_null(in));
	FUZZ_CHECK((text != NULL) == json_is_string(in));
	FUZZ_CHECK(text == NULL || strcmp(text, json_string_value(in)) == 0);
	FUZZ_CHECK(flat_int(f, name, INT64_MIN, INT64_MAX, &n) ==
	    json_is_integer(in));
	FUZZ_CHECK(!json_is_integer(in) || n == json_integer_value(in));
}

/* The reader of the PAM module beside jansson; and its writer. */
static void
check_flat(const uint8_t *data, size_t size, json_t *v)
{
	char again[8 * FLAT_MAX];
	struct flat f;
	struct buf b;
	const char *name;
	json_t *in, *w, *last = NULL;
	int r = flat_open(&f, data, size);

	/* jansson overlooks a NUL byte behind a number */
	FUZZ_CHECK((r == 0) == (is_flat(v) && size <= FLAT_MAX &&
	    memchr(data, '\0', size) == NULL));
	if (r != 0) {
		FUZZ_CHECK(r == ERR_PROTO && f.n == 0 && f.used == 0);
		return;
	}
	FUZZ_CHECK((size_t)f.n == json_object_size(v));
	buf_init(&b, again, sizeof(again));
	flat_put_open(&b);
	json_object_foreach(v, name, in)
	{
		check_member(&f, name, in);
		if (json_is_string(in)) {
			last = in;
			flat_put_text(&b, "text", json_string_value(in));
		}
	}
	flat_close(&f);
	FUZZ_CHECK(flat_put_close(&b) == 0);
	/* the last of the texts is what jansson keeps of them */
	FUZZ_CHECK((w = json_loads(again, 0, NULL)) != NULL);
	FUZZ_CHECK(last == NULL || json_equal(json_object_get(w, "text"), last));
	json_decref(w);
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
	check_flat(data, size, v);
	json_decref(v);
	return (0);
}
