#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "authd/base/buf.h"
#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/checks.h"

#define MEMORY_SLOTS 8192 /* wrong codes remembered; the oldest go first */

struct checks {
	struct keeper_check **list;      /* borrowed; not judged yet */
	size_t n, size;
	uint8_t key[32];
	size_t decoys;                 /* that seemed to repeat: never read */
	uint64_t memory[MEMORY_SLOTS]; /* keyed hashes, a ring */
	size_t next;
	uint64_t staged[BATCH_JOBS_MAX]; /* of this transaction */
	size_t staged_n, marked;
	struct keeper_check packet[KEEPER_CHECKS_MAX]; /* one message */
};

int
checks_new(struct checks **out)
{
	struct checks *c;
	int r;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (ERR_NOMEM);
	if ((r = mem_random(c->key, sizeof(c->key))) != 0) {
		free(c);
		return (r);
	}
	*out = c;
	return (0);
}

void
checks_free(struct checks *c)
{
	if (c == NULL)
		return;
	free(c->list);
	mem_wipe(c, sizeof(*c));
	free(c);
}

static void
deny(struct keeper_check *check)
{
	check->verdict = KEEPER_NO_MATCH;
	check->step = 0;
}

int
checks_add(struct checks *c, struct keeper_check *check)
{
	struct keeper_check **grown;
	size_t size;

	deny(check);
	if (c->n == c->size) {
		size = c->size == 0 ? 64 : 2 * c->size;
		grown = realloc(c->list, size * sizeof(*grown));
		if (grown == NULL)
			return (ERR_NOMEM);
		c->list = grown;
		c->size = size;
	}
	c->list[c->n++] = check;
	return (0);
}

/* One message. */
static int
judge(struct checks *c, struct keeper *k, struct keeper_check **list, size_t n)
{
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		c->packet[i] = *list[i];
	r = keeper_client_check(k, c->packet, n);
	for (i = 0; r == 0 && i < n; i++) {
		list[i]->verdict = c->packet[i].verdict;
		list[i]->step = c->packet[i].step;
	}
	mem_wipe(c->packet, n * sizeof(c->packet[0]));
	return (r);
}

int
checks_run(struct checks *c, struct keeper *k)
{
	size_t at, i, n;
	int r = 0;

	for (at = 0; at < c->n && r == 0; at += n) {
		n = c->n - at;
		if (n > KEEPER_CHECKS_MAX)
			n = KEEPER_CHECKS_MAX;
		r = judge(c, k, c->list + at, n);
	}
	for (i = 0; i < c->n; i++) {
		mem_wipe(c->list[i]->code, sizeof(c->list[i]->code));
		if (r != 0)
			deny(c->list[i]);
	}
	c->n = 0;
	return (r == 0 ? 0 : log_fr(r, "check codes"));
}

static uint64_t
hash_attempt(const struct checks *c, const struct id *account,
    const char *bucket, const char *code, int64_t step)
{
	uint8_t text[ID_LEN + 8 + BUCKET_MAX + CODE_DIGITS + 48];
	uint8_t mac[EVP_MAX_MD_SIZE];
	struct buf_reader reader;
	unsigned len = 0;
	struct buf b;

	buf_init(&b, text, sizeof(text));
	buf_put_raw(&b, account->b, ID_LEN);
	buf_put_i64(&b, step);
	buf_put_text(&b, bucket);
	buf_put_text(&b, code);
	if (b.is_broken ||
	    HMAC(EVP_sha256(), c->key, sizeof(c->key), text, b.len, mac,
		&len) == NULL) {
		mem_wipe(text, sizeof(text));
		return (0); /* never remembered, so always counted */
	}
	mem_wipe(text, sizeof(text));
	buf_reader_init(&reader, mac, 8);
	return (buf_get_u64(&reader));
}

static bool
is_remembered(const struct checks *c, uint64_t hash)
{
	size_t i;

	for (i = 0; i < c->staged_n; i++)
		if (c->staged[i] == hash)
			return (true);
	for (i = 0; i < MEMORY_SLOTS; i++)
		if (c->memory[i] == hash)
			return (true);
	return (false);
}

void
checks_decoy(struct checks *c, const char *code, int64_t step)
{
	static const struct id nobody;
	uint64_t hash = hash_attempt(c, &nobody, "", code, step);

	/* the result is used, so that the search is made */
	if (is_remembered(c, hash))
		c->decoys++;
}

bool
checks_is_repeat(struct checks *c, const struct id *account, const char *bucket,
    const char *code, int64_t step)
{
	uint64_t hash = hash_attempt(c, account, bucket, code, step);

	if (hash == 0)
		return (false);
	if (is_remembered(c, hash))
		return (true);
	if (c->staged_n < BATCH_JOBS_MAX)
		c->staged[c->staged_n++] = hash;
	return (false);
}

void
checks_begin(struct checks *c)
{
	c->n = 0;
	c->staged_n = 0;
	c->marked = 0;
}

void
checks_mark(struct checks *c)
{
	c->marked = c->staged_n;
}

void
checks_rewind(struct checks *c)
{
	c->staged_n = c->marked;
}

void
checks_ended(struct checks *c, int r)
{
	size_t i;

	for (i = 0; r == 0 && i < c->staged_n; i++) {
		c->memory[c->next] = c->staged[i];
		c->next = (c->next + 1) % MEMORY_SLOTS;
	}
	checks_begin(c);
}
