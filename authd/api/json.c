#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"
#include "authd/base/timetext.h"

#define DUMP_FIRST 4096 /* bytes; a certificate with its chain fits */

/* A block knows its size, so that freeing it can wipe it. */
struct block {
	size_t size;
	max_align_t at[];
};

static void *
block_new(size_t n)
{
	struct block *b;

	if (n > SIZE_MAX - sizeof(*b) || (b = malloc(sizeof(*b) + n)) == NULL)
		return (NULL);
	b->size = n;
	return (b->at);
}

static void
block_free(void *p)
{
	struct block *b;

	if (p == NULL)
		return;
	b = (struct block *)((char *)p - offsetof(struct block, at));
	mem_wipe(b->at, b->size);
	free(b);
}

void
json_init(void)
{
	json_set_alloc_funcs(block_new, block_free);
	json_object_seed(0);
}

void
json_in_fail(struct json_in *in, const char *code, const char *detail)
{
	if (in->r != 0)
		return;
	in->r = ERR_INVALID;
	snprintf(in->code, sizeof(in->code), "%s", code);
	snprintf(in->detail, sizeof(in->detail), "%s", detail);
}

/* A failure about a member of ours: ${name} is no foreign text. */
static void
fail_member(
    struct json_in *in, const char *code, const char *name, const char *text)
{
	char detail[JSON_DETAIL_MAX];

	snprintf(detail, sizeof(detail), "Member \"%s\" %s.", name, text);
	json_in_fail(in, code, detail);
}

/*
 * jansson parses by recursion and allows 2,048 levels; ours are counted first,
 * outside of texts. Whether the brackets match is left to jansson.
 */
static bool
is_too_deep(const char *p, size_t n)
{
	bool is_text = false;
	size_t i;
	int depth = 0;

	for (i = 0; i < n; i++) {
		if (is_text) {
			if (p[i] == '\\')
				i++;
			else if (p[i] == '"')
				is_text = false;
		} else if (p[i] == '"')
			is_text = true;
		else if (p[i] == '{' || p[i] == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return (true);
		} else if ((p[i] == '}' || p[i] == ']') && depth > 0)
			depth--;
	}
	return (false);
}

/* The bytes that a \uXXXX at ${p} stands for; *used: 6, or 12 for a pair. */
static size_t
escape_bytes(const char *p, const char *end, size_t *used)
{
	char hex[5] = "";
	unsigned long code;

	*used = 6;
	if (end - p < 6)
		return (0);
	memcpy(hex, p + 2, 4);
	code = strtoul(hex, NULL, 16);
	if (code >= 0xd800 && code < 0xe000) {
		*used = 12;
		return (4);
	}
	return (code < 0x80 ? 1 : code < 0x800 ? 2 : 3);
}

/* How many bytes all texts and names of this well-formed JSON have together. */
static size_t
bytes_sent(const char *p, size_t n)
{
	const char *end = p + n;
	bool is_text = false;
	size_t sum = 0, used;

	for (; p < end; p += used) {
		used = 1;
		if (*p == '"')
			is_text = !is_text;
		else if (is_text && *p == '\\' && end - p > 1) {
			used = 2;
			sum += p[1] == 'u' ? escape_bytes(p, end, &used) : 1;
		} else
			sum += is_text;
	}
	return (sum);
}

/* The same of what became of it. */
static size_t
bytes_got(const json_t *v, int depth)
{
	size_t i, sum = json_string_length(v);
	const char *name;
	json_t *item;

	if (depth > JSON_DEPTH_MAX)
		return (0);
	json_array_foreach(v, i, item) sum += bytes_got(item, depth + 1);
	if (json_is_object(v))
		json_object_foreach((json_t *)(uintptr_t)v, name, item) sum +=
		    strlen(name) + bytes_got(item, depth + 1);
	return (sum);
}

static bool
is_member(const char *name, const char *const *members)
{
	for (; *members != NULL; members++)
		if (strcmp(name, *members) == 0)
			return (true);
	return (false);
}

/* The name comes from outside: only a plain one is repeated. */
static void
fail_unknown(struct json_in *in, const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = strlen(name);

	if (n > 0 && n <= 40 && strspn(name, plain) == n)
		fail_member(in, "unknown_member", name, "is not known here");
	else
		json_in_fail(
		    in, "unknown_member", "A member is not known here.");
}

static json_t *
load(const void *p, size_t n, json_error_t *error)
{
	/* without memory jansson mostly leaves the code as it was */
	memset(error, 0, sizeof(*error));
	return (json_loadb(p, n, JSON_REJECT_DUPLICATES, error));
}

int
json_in_open(
    struct json_in *in, const void *p, size_t n, const char *const *members)
{
	json_error_t error;
	const char *name;
	json_t *value;

	memset(in, 0, sizeof(*in));
	if (is_too_deep(p, n)) {
		json_in_fail(in, "bad_json", "The JSON is nested too deeply.");
		return (in->r);
	}
	in->root = load(p, n, &error);
	/* a byte that it has no memory for makes it call the rest malformed */
	if (in->root == NULL && json_error_code(&error) != json_error_unknown)
		in->root = load(p, n, &error);
	if (in->root == NULL) {
		/* jansson's own text may repeat what was sent */
		if (json_error_code(&error) == json_error_out_of_memory ||
		    json_error_code(&error) == json_error_unknown)
			in->r = ERR_NOMEM;
		else if (json_error_code(&error) == json_error_duplicate_key)
			json_in_fail(
			    in, "bad_json", "A member is there twice.");
		else
			json_in_fail(in, "bad_json",
			    "The body is not well-formed JSON in UTF-8.");
		return (in->r);
	}
	/* Up to 2.14 it drops a character that it had no memory for and goes on
	 * (its issue 362): another login than the one that was sent. */
	if (bytes_got(in->root, 0) != bytes_sent(p, n)) {
		json_decref(in->root);
		in->root = NULL;
		in->r = ERR_NOMEM;
		return (in->r);
	}
	if (!json_is_object(in->root)) {
		json_in_fail(in, "bad_json", "The JSON is not an object.");
		return (in->r);
	}
	if (members == NULL)
		return (0);
	json_object_foreach(in->root, name, value)
	{
		if (!is_member(name, members))
			fail_unknown(in, name);
	}
	return (in->r);
}

void
json_in_close(struct json_in *in)
{
	json_decref(in->root);
	in->root = NULL;
}

const char *
json_in_text(struct json_in *in, const char *name, size_t max)
{
	const json_t *v = json_object_get(in->root, name);

	if (v == NULL)
		return (NULL);
	if (!json_is_string(v)) {
		fail_member(in, "bad_member", name, "is not a text");
		return (NULL);
	}
	if (json_string_length(v) > max) {
		fail_member(in, "bad_member", name, "is too long");
		return (NULL);
	}
	return (json_string_value(v));
}

const char *
json_in_need(struct json_in *in, const char *name, size_t max)
{
	if (json_object_get(in->root, name) == NULL)
		fail_member(in, "missing_member", name, "is missing");
	return (json_in_text(in, name, max));
}

int64_t
json_in_int(struct json_in *in, const char *name, int64_t min, int64_t max,
    int64_t otherwise)
{
	const json_t *v = json_object_get(in->root, name);
	char text[80];

	if (v == NULL)
		return (otherwise);
	if (!json_is_integer(v) || json_integer_value(v) < min ||
	    json_integer_value(v) > max) {
		snprintf(text, sizeof(text),
		    "is a whole number from %lld to %lld", (long long)min,
		    (long long)max);
		fail_member(in, "bad_member", name, text);
		return (otherwise);
	}
	return (json_integer_value(v));
}

static bool
is_word(const char *s)
{
	if (*s == '\0')
		return (false);
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return (false);
	return (true);
}

const char *
json_in_words(struct json_in *in, const char *name, char *out, size_t size)
{
	const json_t *v = json_object_get(in->root, name);
	const char *word;
	size_t i, len = 0, n;

	out[0] = '\0';
	if (v == NULL)
		return (NULL);
	if (!json_is_array(v)) {
		fail_member(in, "bad_member", name, "is not a list");
		return (NULL);
	}
	for (i = 0; i < json_array_size(v); i++) {
		word = json_string_value(json_array_get(v, i));
		if (word == NULL || !is_word(word)) {
			fail_member(in, "bad_member", name,
			    "holds something that is not a word");
			return (NULL);
		}
		n = strlen(word);
		if (n + 2 > size - len) {
			fail_member(in, "bad_member", name, "is too long");
			return (NULL);
		}
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, word, n + 1);
		len += n;
	}
	return (out);
}

int
json_in_end(const struct json_in *in)
{
	return (in->r);
}

int
json_put_take(json_t *o, const char *name, json_t *v)
{
	/* takes the reference even when it fails */
	return (json_object_set_new(o, name, v) == 0 ? 0 : ERR_NOMEM);
}

int
json_put_text(json_t *o, const char *name, const char *s)
{
	return (
	    json_put_take(o, name, s == NULL ? json_null() : json_string(s)));
}

int
json_put_int(json_t *o, const char *name, int64_t v)
{
	return (json_put_take(o, name, json_integer(v)));
}

int
json_put_bool(json_t *o, const char *name, bool v)
{
	return (json_put_take(o, name, json_boolean(v)));
}

int
json_put_time(json_t *o, const char *name, int64_t ms)
{
	char text[TIMETEXT_MAX];

	timetext_put(ms, text);
	return (json_put_text(o, name, ms == 0 ? NULL : text));
}

int
json_put_date(json_t *o, const char *name, int64_t ms)
{
	char text[TIMETEXT_DATE_MAX];

	timetext_put_date(ms, text);
	return (json_put_text(o, name, ms == 0 ? NULL : text));
}

int
json_put_words(json_t *o, const char *name, const char *words)
{
	json_t *list = json_array();
	size_t n;

	for (; list != NULL; words += n) {
		words += strspn(words, " ");
		if ((n = strcspn(words, " ")) == 0)
			break;
		if (json_array_append_new(list, json_stringn(words, n)) != 0) {
			json_decref(list);
			return (ERR_NOMEM);
		}
	}
	return (json_put_take(o, name, list));
}

/*
 * Into memory of its size, which is known after the first writing: most answers
 * fit where that goes. Where jansson grows a text by itself it may leave a part
 * out for want of memory and say nothing.
 */
static char *
dump(const json_t *v, size_t flags, size_t *n)
{
	json_malloc_t get;
	json_free_t put;
	char first[DUMP_FIRST], *text;

	json_get_alloc_funcs(&get, &put);
	*n = json_dumpb(v, first, sizeof(first), flags);
	if (*n == 0 || (text = get(*n + 1)) == NULL) {
		mem_wipe(first, sizeof(first));
		*n = 0;
		return (NULL);
	}
	if (*n <= sizeof(first))
		memcpy(text, first, *n);
	mem_wipe(first, sizeof(first));
	if (*n > sizeof(first) && json_dumpb(v, text, *n, flags) != *n) {
		put(text);
		*n = 0;
		return (NULL);
	}
	text[*n] = '\0';
	return (text);
}

char *
json_text(const json_t *v, size_t *n)
{
	return (dump(v, JSON_COMPACT, n));
}

char *
json_text_line(const json_t *v)
{
	size_t n;

	return (dump(v, JSON_ENCODE_ANY, &n));
}

void
json_text_free(void *text)
{
	json_malloc_t get;
	json_free_t put;

	json_get_alloc_funcs(&get, &put);
	if (text != NULL)
		put(text);
}

const char *
json_of_text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return (s == NULL ? "" : s);
}

int64_t
json_of_int(const json_t *o, const char *name)
{
	return (json_integer_value(json_object_get(o, name)));
}

bool
json_of_bool(const json_t *o, const char *name)
{
	return (json_is_true(json_object_get(o, name)));
}
