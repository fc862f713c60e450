#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/render/escape.h"
#include "authd/render/page.h"

#define SIZE_FIRST 8192 /* of a page's memory: most are shorter */

struct row {
	struct row *next;
	char *values[PAGE_VARS];
};

struct page {
	enum catalog_language language;
	struct row own;
	struct row *first[PAGE_VARS], *last[PAGE_VARS]; /* of each list */
	struct row *into; /* where values are put now */
	int r;            /* the first failure */
};

/* A page that is being made. The templates' functions see it. */
struct writer {
	const struct page *page;
	const struct row *row; /* of the {{each}} we are in */
	struct page_text out;
	int r;
};

int
page_new(enum catalog_language language, struct page **out)
{
	struct page *p;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (log_fr(ERR_NOMEM, "page"));
	p->language = language;
	p->into = &p->own;
	page_put(p, PAGE_VAR_LANG, catalog_code(language));
	*out = p;
	return (0);
}

static void
value_free(char *value)
{
	if (value != NULL)
		mem_wipe(value, strlen(value));
	free(value);
}

static void
row_clear(struct row *row)
{
	size_t i;

	for (i = 0; i < PAGE_VARS; i++)
		value_free(row->values[i]);
}

void
page_free(struct page *p)
{
	struct row *row, *next;
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < PAGE_VARS; i++) {
		for (row = p->first[i]; row != NULL; row = next) {
			next = row->next;
			row_clear(row);
			free(row);
		}
	}
	row_clear(&p->own);
	free(p);
}

static void
fail(struct page *p, int r)
{
	if (p->r == 0)
		p->r = log_fr(r, "value of a page");
}

void
page_put(struct page *p, enum page_var var, const char *text)
{
	char *copy = NULL;

	if (p->into == NULL)
		return; /* its row could not be had */
	if (text != NULL && (copy = strdup(text)) == NULL) {
		fail(p, ERR_NOMEM);
		return;
	}
	value_free(p->into->values[var]);
	p->into->values[var] = copy;
}

void
page_put_int(struct page *p, enum page_var var, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	page_put(p, var, text);
}

void
page_put_flag(struct page *p, enum page_var var, bool is_set)
{
	page_put(p, var, is_set ? "1" : NULL);
}

void
page_put_message(struct page *p, enum page_var var, enum catalog_id id,
    const char *const args[CATALOG_ARGS_MAX])
{
	static const char *const none[CATALOG_ARGS_MAX] = { NULL };
	char text[CATALOG_TEXT_MAX];
	int r;

	r = catalog_fill(p->language, id, args == NULL ? none : args, text);
	if (r == 0)
		page_put(p, var, text);
	else
		fail(p, r);
	mem_wipe(text, sizeof(text));
}

void
page_row(struct page *p, enum page_var list)
{
	struct row *row = calloc(1, sizeof(*row));

	p->into = row;
	if (row == NULL) {
		fail(p, ERR_NOMEM);
		return;
	}
	if (p->last[list] == NULL)
		p->first[list] = row;
	else
		p->last[list]->next = row;
	p->last[list] = row;
}

void
page_row_end(struct page *p)
{
	p->into = &p->own;
}

enum catalog_language
page_language(const struct page *p)
{
	return (p->language);
}

void
page_text_free(struct page_text *t)
{
	if (t->at != NULL)
		mem_wipe(t->at, t->size);
	free(t->at);
	memset(t, 0, sizeof(*t));
}

/* Room for ${n} more bytes and a NUL. What grows moves, and the place it
 * leaves is wiped. */
static bool
make_room(struct writer *w, size_t n)
{
	size_t size = w->out.size == 0 ? SIZE_FIRST : w->out.size;
	char *at;

	if (w->r != 0)
		return (false);
	if (n >= PAGE_SIZE_MAX - w->out.len) {
		w->r = log_fr(ERR_LIMIT, "page");
		return (false);
	}
	while (size <= w->out.len + n)
		size *= 2;
	if (size == w->out.size)
		return (true);
	if ((at = malloc(size)) == NULL) {
		w->r = log_fr(ERR_NOMEM, "page");
		return (false);
	}
	if (w->out.at != NULL) {
		memcpy(at, w->out.at, w->out.len);
		mem_wipe(w->out.at, w->out.size);
		free(w->out.at);
	}
	w->out.at = at;
	w->out.size = size;
	return (true);
}

/* --- what the templates' functions call --- */

static void
put_raw(struct writer *w, const char *text, size_t n)
{
	if (!make_room(w, n))
		return;
	memcpy(w->out.at + w->out.len, text, n);
	w->out.len += n;
}

static const char *
value_of(const struct writer *w, enum page_var var)
{
	const char *v = w->row == NULL ? NULL : w->row->values[var];

	if (v == NULL)
		v = w->page->own.values[var];
	return (v == NULL ? "" : v);
}

static bool
has(const struct writer *w, enum page_var var)
{
	return (value_of(w, var)[0] != '\0' || w->page->first[var] != NULL);
}

static void
each(struct writer *w, enum page_var list)
{
	w->row = w->page->first[list];
}

static void
put_escaped(struct writer *w, enum escape_place place, const char *text)
{
	size_t n = strlen(text), most;

	most = escape_most(n);
	if (!make_room(w, most))
		return;
	w->out.len += escape_put(place, text, n, w->out.at + w->out.len);
}

static void
put_text(struct writer *w, enum page_var var)
{
	put_escaped(w, ESCAPE_TEXT, value_of(w, var));
}

static void
put_attr(struct writer *w, enum page_var var)
{
	put_escaped(w, ESCAPE_ATTRIBUTE, value_of(w, var));
}

static void
put_url(struct writer *w, enum page_var var)
{
	put_escaped(w, ESCAPE_URL, value_of(w, var));
}

static void
put_url_part(struct writer *w, enum page_var var)
{
	put_escaped(w, ESCAPE_URL_PART, value_of(w, var));
}

static void
put_message(struct writer *w, enum escape_place place, enum catalog_id id,
    enum page_var a, enum page_var b, enum page_var c, enum page_var d)
{
	const char *const args[CATALOG_ARGS_MAX] = { value_of(w, a),
		value_of(w, b), value_of(w, c), value_of(w, d) };
	char text[CATALOG_TEXT_MAX];
	int r;

	if ((r = catalog_fill(w->page->language, id, args, text)) != 0 &&
	    w->r == 0)
		w->r = log_fr(r, "message of a page");
	put_escaped(w, place, text);
	mem_wipe(text, sizeof(text));
}

/* A function for each template, and the array of them. */
#include <page_code.h>

_Static_assert(sizeof(templates) / sizeof(templates[0]) == PAGE_TEMPLATES,
    "a function for each template");

int
page_render(struct page *p, enum page_template template, struct page_text *out)
{
	struct writer w = { .page = p, .r = p->r };

	memset(out, 0, sizeof(*out));
	if (template == PAGE_NONE || (size_t) template >= PAGE_TEMPLATES)
		return (ERR_INVALID);
	if (make_room(&w, 0))
		templates[template](&w);
	if (w.r != 0) {
		page_text_free(&w.out);
		return (w.r);
	}
	w.out.at[w.out.len] = '\0';
	*out = w.out;
	return (0);
}
