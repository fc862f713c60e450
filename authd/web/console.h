/*
 * console.h: what every page of the console shares: who may be here, the frame
 * with its navigation, pages of a list, what a form came to.
 * Room: web.  Process: front.  Threads: as their routes.
 * Proved by tests/e2e/74-console.sh
 *
 * How a page is added:
 *  1. A line in the table of route_console.c: its path, what one needs to be
 *     allowed there (core/rights.h; none is refused), and whether it cannot be
 *     undone, so that a fresh code is asked before.
 *  2. A call whose first member is a struct console. Its take begins with
 *     console_take(). Its run begins with
 *
 *		if ((r = console_enter(c, act, &q->console)) != 0 ||
 *		    !q->console.is_in)
 *			return (r);
 *
 *     From there act->person is set: every rule of core sees the objects of the
 *     person's office only, those of others do not exist, and may be called as
 *     the CLI's requests call it. Its give begins with
 *
 *		if (console_is_answered(act, call, r, out) || console_page(
 *			act, call, CATALOG_X_TITLE, &page, out) != 0)
 *			return;
 *
 *     and ends with console_give().
 *  3. A template that begins with {{include head}} {{include console}} and ends
 *     with {{include foot}}; it tells what a form came to by itself.
 *  4. An entry of the table nav in console.c, where it is one that people go to.
 *     A page below an entry's path (/console/accounts/show) belongs to it.
 *
 * A form is looked at by GET and sent by POST to the same path, with the hidden
 * field token; both lines name the same need. What was done is told by the next
 * page: console_done(). What the rules refused is told, in words, on the page
 * ${back} leads to: console_is_answered() does that.
 */
#ifndef AUTHD_WEB_CONSOLE_H
#define AUTHD_WEB_CONSOLE_H

#include "authd/core/rights.h"
#include "authd/core/search.h"
#include "authd/core/session.h"
#include "authd/web/portal.h"

#define CONSOLE_HOME "/console"

/* The beginning of every call. */
struct console {
	struct portal portal;
	struct session_view who;
	const struct route *route; /* that it came by */
	bool is_in;                /* who asks may do what the route does */
	bool wants_code;           /* once a fresh code is entered */
	bool is_get;
	/* where the person goes back to when the rules refuse; "": they are
	 * told on a page of their own */
	char back[PORTAL_TO_MAX + 1];
	void *owned[2]; /* freed with it; NULL: nothing */
};

/** console_take(in, act, q): as portal_take(), and of which route it is. */
int console_take(
    const struct exchange_in *in, struct act *act, struct console *q) CHECKED;

/** console_take_chosen(in, act, q, list): console_take() for what is chosen in
 * ${list}: who chose nothing, or what is refused, is led back there. */
int console_take_chosen(const struct exchange_in *in, struct act *act,
    struct console *q, const char *list) CHECKED;

/** console_clear(call): as portal_clear(), and what is owned. */
void console_clear(void *call);

/**
 * console_enter(c, act, q):
 * May who is logged in do what the route does? Then q->is_in is true and
 * act->person set; not logged in, or a fresh code wanted, is no error.
 * Return: ERR_NOTFOUND for who has nothing to do in the console at all,
 * ERR_DENIED for another role: both before anything was looked for.
 */
int console_enter(struct core *c, struct act *act, struct console *q) CHECKED;

/**
 * console_is_answered(act, q, r, out):
 * True when ${out} is the answer already: not logged in, not allowed, a code to
 * be entered, what failed or was refused. ${q} NULL: past the deadline.
 */
bool console_is_answered(const struct act *act, struct console *q, int r,
    struct exchange_out *out);

/** console_problem(act, r): what the rules refused by ${r}, in words of the
 * pages; CATALOG_IDS when it is no such refusal. */
enum catalog_id console_problem(const struct act *act, int r);

/** console_page(act, q, title, page, out): begin one, with navigation and what
 * the form before came to. ERR_NOMEM. */
int console_page(const struct act *act, const struct console *q,
    enum catalog_id title, struct page **page, struct exchange_out *out) CHECKED;

/** console_give(q, page, template, out): finish it; takes ${page}. */
void console_give(const struct console *q, struct page *page,
    enum page_template template, struct exchange_out *out);

/** console_done(act, q, id, arg, path, out): have the browser get ${path}, an
 * address of ours, which tells ${id} with ${arg} for %1$s. */
void console_done(const struct act *act, const struct console *q,
    enum catalog_id id, const char *arg, const char *path,
    struct exchange_out *out);

/** console_done_all(act, q, id, n, path, out): the same of ${n} at once. */
void console_done_all(const struct act *act, const struct console *q,
    enum catalog_id id, int n, const char *path, struct exchange_out *out);

/** console_address(out, size, path, name, value): PATH?NAME=VALUE; "" when it
 * is longer. */
void console_address(char *out, size_t size, const char *path,
    const char *name, const char *value);

/** console_search(q, in): the fields q, state, office and page of a list. */
void console_search(const struct console *q, struct search_input *in);

/**
 * console_put_search(act, q, page, in, pages):
 * What {{include find_end}} (the end of the form that searches) and {{include
 * pages}} show: what was sought, how many there are, the pages before and after.
 */
void console_put_search(const struct act *act, const struct console *q,
    struct page *page, const struct search_input *in,
    const struct search_pages *pages);

/**
 * console_chosen(act, q, prefix, ids, n):
 * What was chosen in a list: fields called ${prefix} and an id. ERR_INVALID
 * (nothing_chosen, too_many).
 */
int console_chosen(struct act *act, const struct console *q, const char *prefix,
    const char *ids[SEARCH_PAGE], int *n) CHECKED;

/** console_reason(act, q): the field of {{include reason}} into act->reason: it
 * stands in the log with all that is done. ERR_INVALID (bad_reason). */
int console_reason(struct act *act, const struct console *q) CHECKED;

#endif /* AUTHD_WEB_CONSOLE_H */
