#include <stdio.h>
#include <string.h>

#include "authd/api/json.h"
#include "authd/base/mem.h"

#define DUMP_FIRST 4096 /* bytes; a certificate with its chain fits */

/* A text as far as it fits, and how long all of it is. */
struct out {
	char *at;
	size_t size, n;
};

static void
put_raw(struct out *o, const char *p, size_t n)
{
	if (o->n < o->size && n <= o->size - o->n)
		memcpy(o->at + o->n, p, n);
	o->n += n;
}

/* What stands as it is goes in one piece: jansson takes characters one by one,
 * three times as slowly. */
static void
put_string(struct out *o, const char *s, size_t n)
{
	static const char hard[] = "\"\\\b\f\n\r\t", soft[] = "\"\\bfnrt";
	const char *end = s + n, *from, *found;
	char code[8];

	for (put_raw(o, "\"", 1); s < end; s++) {
		for (from = s; s < end && (unsigned char)*s >= ' ' &&
		     *s != '"' && *s != '\\';)
			s++;
		put_raw(o, from, (size_t)(s - from));
		if (s == end)
			break;
		found = *s == '\0' ? NULL : strchr(hard, *s);
		if (found != NULL)
			snprintf(
			    code, sizeof(code), "\\%c", soft[found - hard]);
		else
			snprintf(
			    code, sizeof(code), "\\u%04X", (unsigned char)*s);
		put_raw(o, code, strlen(code));
	}
	put_raw(o, "\"", 1);
}

/* False: deeper than anything of ours, or a number that is not whole. */
static bool
put_value(struct out *o, const json_t *v, int depth)
{
	const char *name, *before = "";
	char text[24];
	json_t *item;
	size_t i;

	if (depth > 2 * JSON_DEPTH_MAX)
		return (false);
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		put_raw(o, "{", 1);
		json_object_foreach((json_t *)(uintptr_t)v, name, item)
		{
			put_raw(o, before, strlen(before));
			put_string(o, name, strlen(name));
			put_raw(o, ":", 1);
			if (!put_value(o, item, depth + 1))
				return (false);
			before = ",";
		}
		put_raw(o, "}", 1);
		return (true);
	case JSON_ARRAY:
		put_raw(o, "[", 1);
		json_array_foreach(v, i, item)
		{
			put_raw(o, ",", i > 0);
			if (!put_value(o, item, depth + 1))
				return (false);
		}
		put_raw(o, "]", 1);
		return (true);
	case JSON_STRING:
		put_string(o, json_string_value(v), json_string_length(v));
		return (true);
	case JSON_INTEGER:
		put_raw(o, text,
		    (size_t)snprintf(text, sizeof(text),
			"%" JSON_INTEGER_FORMAT, json_integer_value(v)));
		return (true);
	case JSON_TRUE:
		put_raw(o, "true", 4);
		return (true);
	case JSON_FALSE:
		put_raw(o, "false", 5);
		return (true);
	case JSON_NULL:
		put_raw(o, "null", 4);
		return (true);
	case JSON_REAL:
		break;
	}
	return (false);
}

/* Into memory of its size, which is known after the first writing: most answers
 * fit where that goes. */
char *
json_text(const json_t *v, size_t *n)
{
	char first[DUMP_FIRST], *text = NULL;
	struct out o = { first, sizeof(first), 0 };
	json_malloc_t get;
	json_free_t put;

	json_get_alloc_funcs(&get, &put);
	*n = 0;
	if (v != NULL && put_value(&o, v, 0) && (text = get(o.n + 1)) != NULL) {
		*n = o.n;
		if (o.n <= sizeof(first))
			memcpy(text, first, o.n);
		else {
			o = (struct out){ text, o.n, 0 };
			(void)put_value(&o, v, 0);
		}
		text[*n] = '\0';
	}
	mem_wipe(
	    first, *n < sizeof(first) && text != NULL ? *n : sizeof(first));
	return (text);
}

/* The same by jansson: where it grows a text by itself it may leave a part out
 * for want of memory and say nothing. */
char *
json_text_line(const json_t *v)
{
	const size_t flags = JSON_ENCODE_ANY;
	json_malloc_t get;
	json_free_t put;
	char first[DUMP_FIRST], *text;
	size_t n;

	json_get_alloc_funcs(&get, &put);
	n = json_dumpb(v, first, sizeof(first), flags);
	if (n == 0 || (text = get(n + 1)) == NULL) {
		mem_wipe(first, sizeof(first));
		return (NULL);
	}
	if (n <= sizeof(first))
		memcpy(text, first, n);
	mem_wipe(first, sizeof(first));
	if (n > sizeof(first) && json_dumpb(v, text, n, flags) != n) {
		put(text);
		return (NULL);
	}
	text[n] = '\0';
	return (text);
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
