/*
 * page.h: what one page shows, and the page made of it.
 * Room: render.  Process: front.  Threads: one page, one thread.
 * Unit test: tests/unit/test_page.c
 *
 * The templates are authd/web/html/NAME.html, made into C by
 * contrib/gen-pages.sh, which says what may stand in one. Each value is
 * escaped for the place where it stands; there is no way around that.
 */
#ifndef AUTHD_RENDER_PAGE_H
#define AUTHD_RENDER_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "authd/render/catalog.h"

/* enum page_template (of login.html: PAGE_LOGIN), enum page_var (of
 * {{login}}: PAGE_VAR_LOGIN) */
#include <page_names.h>

#define PAGE_SIZE_MAX (4 * 1024 * 1024) /* of one page */

struct page;

/* A finished page. Holds what it shows: page_text_free() wipes it. */
struct page_text {
	char *at;
	size_t len;  /* without the NUL after it */
	size_t size; /* bytes of memory */
};

/**
 * page_new(language, out):
 * Begin a page without values; only {{lang}} is set, to "ja" or "en".
 * Return: 0 or ERR_NOMEM.
 * Owns: the caller, who frees with page_free().
 */
int page_new(enum catalog_language language, struct page **out) CHECKED;

/** page_free(p): wipe and free. NULL-safe. */
void page_free(struct page *p);

/*
 * Each of these sets a value, a later one instead of an earlier; the text is
 * copied. A failure is remembered for page_render(). "" and NULL are no value
 * to {{if}}.
 */
void page_put(struct page *p, enum page_var var, const char *text);
void page_put_int(struct page *p, enum page_var var, int64_t value);
/** page_put_flag(p, var, is_set): a value for {{if}} alone. */
void page_put_flag(struct page *p, enum page_var var, bool is_set);
/** page_put_message(p, var, id, args): as catalog_fill() in its language. */
void page_put_message(struct page *p, enum page_var var, enum catalog_id id,
    const char *const args[CATALOG_ARGS_MAX]);

/**
 * page_row(p, list):
 * Begin a row of ${list}; values set from here until page_row_end() are the
 * row's. In an {{each}} they come before the page's own.
 */
void page_row(struct page *p, enum page_var list);
void page_row_end(struct page *p);

/** page_language(p): the language it was begun in. */
enum catalog_language page_language(const struct page *p);

/**
 * page_render(p, template, out):
 * Return: 0; ERR_NOMEM; ERR_LIMIT (over PAGE_SIZE_MAX, or a message over its
 * own limit); ERR_INVALID (no template).
 * Owns: the caller, who frees ${out} with page_text_free(); empty on failure.
 */
int page_render(
    struct page *p, enum page_template template, struct page_text *out) CHECKED;

/** page_text_free(t): wipe and free. Safe on an empty one. */
void page_text_free(struct page_text *t);

#endif /* AUTHD_RENDER_PAGE_H */
