/*
 * store_sample.h: stores to test, rows to put in and listings as text, for
 * the contract tests of the store.
 */
#ifndef TESTS_FAKES_STORE_SAMPLE_H
#define TESTS_FAKES_STORE_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/store/store_sqlite.h"
#include "tests/fakes/store_mem.h"

static const struct id __attribute__((unused)) office_1 = { { 1 } },
					       office_2 = { { 2 } },
					       nobody = { { 0 } };
static const struct id __attribute__((unused)) anna = { { 0xa1 } },
					       bert = { { 0xb1 } },
					       cleo = { { 0xc1 } };
static const struct id __attribute__((unused)) dev_1 = { { 0xd1 } },
					       dev_2 = { { 0xd2 } },
					       absent = { { 0xff } };

struct store_sample {
	char dir[64], path[96]; /* empty for memory */
	struct store *s;
};

/* For cmocka: an empty store over SQLite or in memory; *state is a sample. */
int store_sample_sqlite(void **state);
int store_sample_mem(void **state);
int store_sample_end(void **state);
struct store *store_sample_of(void **state);

struct office store_sample_office(const struct id *id, const char *code);
struct account store_sample_account(const struct id *office,
    const struct id *id, const char *login, const char *unix_user);
/** A pending phone of office 1. */
struct phone store_sample_phone(
    const struct id *account, const struct id *device, int64_t created_ms);
/** Request id REQ, node, three digits of seq; hash of bytes seq. */
struct audit_row store_sample_record(
    int32_t node, int64_t seq, const char *office, const char *account);

/* Assert that two rows say the same, member by member. */
void store_sample_same_office(const struct office *a, const struct office *b);
void store_sample_same_account(
    const struct account *a, const struct account *b);
void store_sample_same_phone(const struct phone *a, const struct phone *b);
void store_sample_same_counter(
    const struct counter *a, const struct counter *b);
void store_sample_same_audit(
    const struct audit_row *a, const struct audit_row *b);

/** Offices alpha and beta; anna (unix ann) and bert in alpha, cleo in beta. */
void store_sample_fill(struct store *s);
void store_sample_begin(struct store *s);
void store_sample_commit(struct store *s);

/* What a listing gave, comma-separated; stop_at ends it with -77. */
struct store_sample_names {
	char text[512];
	int stop_at, seen;
};

store_office_fn store_sample_on_office;
store_account_fn store_sample_on_account;
store_phone_fn store_sample_on_phone;
store_counter_fn store_sample_on_counter;
store_audit_fn store_sample_on_audit;

#endif /* TESTS_FAKES_STORE_SAMPLE_H */
