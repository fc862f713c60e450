#include <stdio.h>
#include <string.h>

#include "authd/base/buf.h"
#include "authd/base/mem.h"
#include "authd/base/timetext.h"
#include "authd/render/escape.h"
#include "authd/render/sheet.h"

/* sheet_html[]: authd/render/sheet.html as one text */
#include <sheet_html.h>

#define GROUP 4 /* characters of the passphrase shown together */

struct value {
	const char *name, *text;
	bool is_passphrase;
};

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
put_value(struct buf *out, const struct value *v)
{
	size_t n = strlen(v->text), i, k;

	if (!v->is_passphrase) {
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

static const struct value *
find(const struct value *values, const char *name, size_t n)
{
	for (; values->name != NULL; values++) {
		if (strncmp(values->name, name, n) == 0 &&
		    values->name[n] == '\0')
			return (values);
	}
	return (NULL);
}

/*
 * {{name}} is a value, {{?name}} begins what is left out when it is empty, and
 * {{/}} ends that; these do not nest. A name that is none breaks the sheet.
 */
static void
fill(struct buf *out, const char *at, const struct value *values)
{
	const struct value *v;
	const char *open, *close;
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

/* 2027-11-26 as people write it here and elsewhere. */
static void
put_dates(int64_t ms, char ja[40], char en[40])
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	char date[TIMETEXT_DATE_MAX];
	unsigned y = 1970, m = 1, d = 1;

	timetext_put_date(ms, date);
	(void)sscanf(date, "%u-%u-%u", &y, &m, &d);
	snprintf(ja, 40, "%u年%u月%u日", y, m, d);
	snprintf(en, 40, "%u %s %u", d, months[(m - 1) % 12], y);
}

int
sheet_put(const struct sheet *s, char *out, size_t size, size_t *len)
{
	char ja[40], en[40];
	const struct value values[] = {
		{ "office", s->office, false },
		{ "office_name", s->office_name, false },
		{ "contact", s->contact, false },
		{ "login", s->login, false },
		{ "person", s->person, false },
		{ "label", s->label, false },
		{ "terminal", s->terminal, false },
		{ "serial", s->serial, false },
		{ "file", s->file, false },
		{ "passphrase", s->passphrase, true },
		{ "until_ja", ja, false },
		{ "until_en", en, false },
		{ "compatible", s->is_compatible ? "1" : "", false },
		{ "standard", s->is_compatible ? "" : "1", false },
		{ NULL, NULL, false },
	};
	struct buf b;

	put_dates(s->not_after_ms, ja, en);
	buf_init(&b, out, size);
	fill(&b, sheet_html, values);
	buf_put_raw(&b, "", 1);
	if (b.is_broken) {
		mem_wipe(out, size);
		return (ERR_LIMIT);
	}
	*len = b.len - 1;
	return (0);
}
