#include <stdbool.h>
#include <string.h>

#include "authd/render/escape.h"
#include "authd/render/fill.h"

#define GROUP 4 /* characters shown together */

static void
put_text(struct buf *out, const char *text, size_t n)
{
	/* a little room may stay unused: no sheet comes near its end */
	if (out->size - out->len < escape_most(n))
		out->is_broken = true;
	if (!out->is_broken)
		out->len += escape_put(
		    ESCAPE_TEXT, text, n, (char *)out->at + out->len);
}

/* Groups are apart on paper only: what is copied from the screen has no gap. */
static void
put_value(struct buf *out, const struct fill_value *v)
{
	size_t n = strlen(v->text), i, k;

	if (v->kind == FILL_DRAWING) {
		buf_put_raw(out, v->text, n);
		return;
	}
	if (v->kind != FILL_GROUPS) {
		put_text(out, v->text, n);
		return;
	}
	for (i = 0; i < n; i += k) {
		k = n - i < GROUP ? n - i : GROUP;
		buf_put_raw(out, "<span>", 6);
		put_text(out, v->text + i, k);
		buf_put_raw(out, "</span>", 7);
	}
}

static const struct fill_value *
find(const struct fill_value *values, const char *name, size_t n)
{
	for (; values->name != NULL; values++) {
		if (strncmp(values->name, name, n) == 0 &&
		    values->name[n] == '\0')
			return (values);
	}
	return (NULL);
}

void
fill_put(struct buf *out, const char *template,
    const struct fill_value *values)
{
	const struct fill_value *v;
	const char *at = template, *open, *close;
	bool is_out = false;

	while ((open = strstr(at, "{{")) != NULL &&
	    (close = strstr(open, "}}")) != NULL) {
		if (!is_out)
			buf_put_raw(out, at, (size_t)(open - at));
		at = close + 2;
		open += 2;
		if (*open == '/') {
			is_out = false;
			continue;
		}
		if (*open == '?')
			open++;
		if ((v = find(values, open, (size_t)(close - open))) == NULL) {
			out->is_broken = true;
			return;
		}
		if (open[-1] == '?')
			is_out = v->text[0] == '\0';
		else if (!is_out)
			put_value(out, v);
	}
	buf_put_raw(out, at, strlen(at));
}
