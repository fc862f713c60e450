/*
 * search.h: people and devices looked for by a part of a name, a page at a time.
 * Room: core.  Process: front.  Threads: any with a core.
 * Unit test: tests/unit/test_search.c
 */
#ifndef AUTHD_CORE_SEARCH_H
#define AUTHD_CORE_SEARCH_H

#include "authd/core/account.h"
#include "authd/core/terminals.h"

#define SEARCH_PAGE 40 /* rows of one */

/* What is sought. NULL and "": everything. Borrowed for the call. */
struct search_input {
	const char *office; /* a typed code; else all that who asks may see */
	const char *text;
	const char *state; /* a word, see each search */
	int page;          /* from 1 */
};

/* What a search came to. */
struct search_pages {
	int total; /* up to SEARCH_MAX: so many or more */
	int page, pages;
	/* Of every office's only SEARCH_MAX were looked at, and those whose
	 * login begins with in->text; within one office it is all. */
	bool is_part;
};

typedef int search_account_fn(void *arg, const struct account_view *v);

/**
 * search_accounts(c, act, in, fn, arg, out):
 * By login; in->text is sought in login, name and kana, in->state is active,
 * pending, disabled, locked or unenrolled.
 * Return: ERR_NOTFOUND (no_such_office); ERR_INVALID (bad_search).
 */
int search_accounts(struct core *c, struct act *act,
    const struct search_input *in, search_account_fn *fn, void *arg,
    struct search_pages *out) CHECKED;

/* A phone and whose it is. */
struct search_phone {
	struct phone phone;
	struct account account;
};
typedef int search_phone_fn(void *arg, const struct search_phone *p);

/**
 * search_phones(c, act, in, fn, arg, out):
 * By login; in->text is sought in its label and in its person's login, name and
 * kana; in->state is active, revoked or pending. Return: as search_accounts().
 */
int search_phones(struct core *c, struct act *act,
    const struct search_input *in, search_phone_fn *fn, void *arg,
    struct search_pages *out) CHECKED;

/**
 * search_terminals(c, act, in, fn, arg, out):
 * The oldest first; in->text is sought in its label and in logins and names of
 * those it admits one by one; in->state is live or lost.
 */
int search_terminals(struct core *c, struct act *act,
    const struct search_input *in, terminals_fn *fn, void *arg,
    struct search_pages *out) CHECKED;

#endif /* AUTHD_CORE_SEARCH_H */
