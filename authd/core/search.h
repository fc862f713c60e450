/*
 * search.h: people and devices looked for by a part of a name, a page at a time.
 * Room: core.  Process: front.  Threads: any with a core.
 * Unit test: tests/unit/test_search.c
 */
#ifndef AUTHD_CORE_SEARCH_H
#define AUTHD_CORE_SEARCH_H

#include "authd/core/account.h"

#define SEARCH_PAGE 50 /* rows of one */

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

#endif /* AUTHD_CORE_SEARCH_H */
