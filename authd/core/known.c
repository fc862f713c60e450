#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/core/known.h"

/* One place for each remainder of a hash: who comes later has it. */
#define APPS    8
#define OFFICES 64
#define ORDERS  256
#define KEY_MAX 64

/* Each with the number it was read under, and one more: 0 is empty. */
struct known {
	struct {
		uint64_t stamp;
		struct app row;
	} apps[APPS];
	struct {
		uint64_t stamp;
		struct office row;
	} offices[OFFICES];
	struct {
		uint64_t stamp;
		char key[KEY_MAX];
		int64_t at;
	} orders[ORDERS];
};

int
known_new(struct known **out)
{
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return (log_fr(ERR_NOMEM, "what a reader knows"));
	return (0);
}

void
known_free(struct known *k)
{
	free(k);
}

/* FNV-1a. */
static uint32_t
hash_of(const void *p, size_t n)
{
	const uint8_t *b = p;
	uint32_t hash = 2166136261u;

	for (; n > 0; n--)
		hash = (hash ^ *b++) * 16777619u;
	return (hash);
}

int
known_app(struct core *c, const char *host, struct app *out)
{
	const uint32_t at = hash_of(host, strlen(host)) % APPS;
	struct known *k = c->known;
	int r;

	if (k != NULL && k->apps[at].stamp == c->as_of + 1 &&
	    strcmp(k->apps[at].row.host, host) == 0) {
		*out = k->apps[at].row;
		return (0);
	}
	r = c->store->ops->app_find(c->store, host, out);
	if (r == 0 && k != NULL) {
		k->apps[at].stamp = c->as_of + 1;
		k->apps[at].row = *out;
	}
	return (r);
}

int
known_office(struct core *c, const struct id *id, struct office *out)
{
	const uint32_t at = hash_of(id->b, sizeof(id->b)) % OFFICES;
	struct known *k = c->known;
	int r;

	if (k != NULL && k->offices[at].stamp == c->as_of + 1 &&
	    id_equal(&k->offices[at].row.id, id)) {
		*out = k->offices[at].row;
		return (0);
	}
	r = c->store->ops->office_by_id(c->store, id, out);
	if (r == 0 && k != NULL) {
		k->offices[at].stamp = c->as_of + 1;
		k->offices[at].row = *out;
	}
	return (r);
}

static int
read_order(struct core *c, const char *key, int64_t *at)
{
	char text[32];
	int r;

	*at = 0;
	r = c->store->ops->meta_get(c->store, key, text, sizeof(text));
	if (r == 0)
		*at = strtoll(text, NULL, 10);
	return (r == ERR_NOTFOUND ? 0 : r);
}

int
known_order(struct core *c, const char *key, int64_t *at)
{
	const size_t n = strlen(key);
	const uint32_t i = hash_of(key, n) % ORDERS;
	struct known *k = c->known;
	int r;

	if (k != NULL && k->orders[i].stamp == c->as_of + 1 &&
	    strcmp(k->orders[i].key, key) == 0) {
		*at = k->orders[i].at;
		return (0);
	}
	r = read_order(c, key, at);
	if (r == 0 && k != NULL && n < KEY_MAX) {
		k->orders[i].stamp = c->as_of + 1;
		memcpy(k->orders[i].key, key, n + 1);
		k->orders[i].at = *at;
	}
	return (r);
}
