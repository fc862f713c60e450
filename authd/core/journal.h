/*
 * journal.h: the audit records of one transaction, sealed just before its
 * commit, so that an act and its record are one.
 * Room: core.  Process: front.  Threads: the writer's only.
 * Unit test: tests/unit/test_journal.c
 */
#ifndef AUTHD_CORE_JOURNAL_H
#define AUTHD_CORE_JOURNAL_H

#include "authd/core/act.h"
#include "authd/keeper/keeper_client.h"
#include "authd/store/store.h"

#define JOURNAL_MAX 800 /* records of one transaction */

struct journal;

/* What a rule says of its act; NULL says nothing. Borrowed for the call. */
struct journal_entry {
	const char *office;  /* office code */
	const char *account; /* login */
	const struct id *device;
	const char *action;
	const char *result; /* accept, refuse, done */
	const char *reason;
	const char *detail; /* key=value words, no secrets */
};

/** journal_new(node, head, out): go on after ${head} of this ${node}. */
int journal_new(
    int32_t node, const struct audit_head *head, struct journal **out) CHECKED;
void journal_free(struct journal *j);

/**
 * journal_add(j, act, e):
 * Note one act by act->actor at act->now.wall_ms. Its reason and place follow
 * the detail, whose end gives way to them, marked by `...`.
 * Return: 0, ERR_BUSY at JOURNAL_MAX, ERR_INVALID (too long, or a text with
 * control characters, which should have been refused where it came in).
 */
int journal_add(struct journal *j, const struct act *act,
    const struct journal_entry *e) CHECKED;

/* The writer's hooks: drop all; remember the place; go back to it. */
void journal_begin(struct journal *j);
void journal_mark(struct journal *j);
void journal_rewind(struct journal *j);

/**
 * journal_seal(j, k, st):
 * Have the keeper chain and sign the records and append them to ${st}. Nothing
 * noted: nothing done.
 */
int journal_seal(struct journal *j, struct keeper *k, struct store *st) CHECKED;

/** journal_ended(j, r): after commit (0) or rollback. */
void journal_ended(struct journal *j, int r);

/**
 * journal_confirm(j, k):
 * Tell the keeper that the last head is durable, unless it knows.
 */
int journal_confirm(struct journal *j, struct keeper *k) CHECKED;

/** journal_head(j, out): the last committed record. */
void journal_head(const struct journal *j, struct audit_head *out);

#endif /* AUTHD_CORE_JOURNAL_H */
