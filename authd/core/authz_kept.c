#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/core/account.h"
#include "authd/core/authz_kept.h"

/* Tokens' hashes are spread by themselves: a place is in one of the shards, so
 * that threads seldom meet, and there in one row of a few places. */
#define SHARDS 16
#define WAYS   8
#define ROWS   (AUTHZ_KEPT_MAX / SHARDS / WAYS)

/* What was made of one that was used goes after so many that had no room. */
#define WORTH     15
#define MADE_WAYS 4
#define MADE_ROWS (AUTHZ_MADE_MAX / SHARDS / MADE_WAYS)

struct row {
	uint32_t tags[WAYS]; /* of the hashes: others need not be looked at */
	struct authz_grant *places[WAYS];
	uint8_t next; /* who makes room */
};

/* Who has what was made of it, with a hold. */
struct made_row {
	struct authz_grant *places[MADE_WAYS];
	uint8_t next; /* who is asked to make room */
};

struct shard {
	pthread_mutex_t lock;
	struct row rows[ROWS];
	struct made_row made[MADE_ROWS];
};

struct authz_kept {
	_Atomic uint64_t generation;
	struct shard shards[SHARDS];
};

/* Copy ${text} to ${at} and point there; return what follows. */
static char *
put_text(char *at, const char *text, const char **out)
{
	size_t n = strlen(text) + 1;

	memcpy(at, text, n);
	*out = at;
	return (at + n);
}

int
authz_kept_grant(const struct app *app, const struct session_view *view,
    struct authz_grant **out)
{
	const struct account *who = &view->account;
	const struct session *row = &view->row;
	const char *const texts[] = { app->host, app->networks, app->paths,
		who->login, who->groups, who->name, who->email,
		view->office.code };
	struct authz_grant *g;
	size_t i, n = 0;
	char *at;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		n += strlen(texts[i]) + 1;
	if ((g = calloc(1, sizeof(*g) + n)) == NULL)
		return (log_fr(ERR_NOMEM, "an acceptance"));
	atomic_init(&g->holders, 1);
	memcpy(g->token, row->token, sizeof(g->token));
	g->office = row->office;
	g->account = row->account;
	g->session = row->id;
	g->parent = row->parent;
	g->level = who->level;
	g->last_steady = view->last_steady;
	g->idle_ms = view->idle_ms;
	g->code_steady = row->code_steady;
	g->leaves_ms = account_leaves_ms(who);
	at = put_text(g->text, app->host, &g->host);
	at = put_text(at, app->networks, &g->networks);
	at = put_text(at, app->paths, &g->paths);
	at = put_text(at, who->login, &g->login);
	at = put_text(at, who->groups, &g->groups);
	at = put_text(at, who->name, &g->name);
	at = put_text(at, who->email, &g->email);
	put_text(at, view->office.code, &g->code);
	*out = g;
	return (0);
}

void
authz_kept_drop(struct authz_grant *g)
{
	/* with what was made of it there is a hold: nothing is left of that */
	if (g != NULL && atomic_fetch_sub(&g->holders, 1) == 1)
		free(g);
}

int
authz_kept_new(struct authz_kept **out)
{
	struct authz_kept *k;
	int i;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return (log_fr(ERR_NOMEM, "what is kept of acceptances"));
	for (i = 0; i < SHARDS; i++)
		(void)pthread_mutex_init(&k->shards[i].lock, NULL);
	*out = k;
	return (0);
}

/* Nobody has it any more who was in that place. */
static void
unmake(struct authz_grant *g, void *made)
{
	if (g == NULL)
		return;
	g->unmake(made);
	authz_kept_drop(g);
}

void
authz_kept_free(struct authz_kept *k)
{
	struct authz_grant *g;
	int i, j, w;

	if (k == NULL)
		return;
	for (i = 0; i < SHARDS; i++) {
		for (j = 0; j < MADE_ROWS * MADE_WAYS; j++) {
			g = k->shards[i]
				.made[j / MADE_WAYS]
				.places[j % MADE_WAYS];
			unmake(g, g == NULL ? NULL : g->made);
		}
		for (j = 0; j < ROWS; j++)
			for (w = 0; w < WAYS; w++)
				authz_kept_drop(
				    k->shards[i].rows[j].places[w]);
		pthread_mutex_destroy(&k->shards[i].lock);
	}
	free(k);
}

uint64_t
authz_kept_generation(struct authz_kept *k)
{
	return (atomic_load(&k->generation));
}

void
authz_kept_raise(struct authz_kept *k)
{
	atomic_fetch_add(&k->generation, 1);
}

/* Where a token's hash would be, and its tag there. */
static struct shard *
shard_of(struct authz_kept *k, const uint8_t token[SESSION_HASH_LEN],
    struct row **row, uint32_t *tag)
{
	struct shard *s;
	uint32_t n;

	memcpy(&n, token, sizeof(n));
	memcpy(tag, token + sizeof(n), sizeof(*tag));
	s = &k->shards[n % SHARDS];
	*row = &s->rows[n / SHARDS % ROWS];
	return (s);
}

/* The place of it; WAYS: there is none. */
static size_t
place_of(const struct row *row, uint32_t tag,
    const uint8_t token[SESSION_HASH_LEN], const char *host)
{
	const struct authz_grant *g;
	size_t w;

	for (w = 0; w < WAYS; w++) {
		g = row->places[w];
		if (row->tags[w] == tag && g != NULL &&
		    memcmp(g->token, token, SESSION_HASH_LEN) == 0 &&
		    strcmp(g->host, host) == 0)
			break;
	}
	return (w);
}

/* A place that is free or counts no more, or else that of another. */
static size_t
make_room(struct row *row, uint64_t generation)
{
	size_t w;

	for (w = 0; w < WAYS; w++)
		if (row->places[w] == NULL ||
		    row->places[w]->generation != generation)
			return (w);
	return (row->next++ % WAYS);
}

void
authz_kept_put(
    struct authz_kept *k, struct authz_grant *g, uint64_t generation)
{
	struct authz_grant *old;
	struct shard *s;
	struct row *row;
	uint32_t tag;
	size_t w;

	if (generation != authz_kept_generation(k))
		return;
	g->generation = generation;
	g->in = k;
	s = shard_of(k, g->token, &row, &tag);
	atomic_fetch_add(&g->holders, 1);
	pthread_mutex_lock(&s->lock);
	if ((w = place_of(row, tag, g->token, g->host)) == WAYS)
		w = make_room(row, generation);
	old = row->places[w];
	row->places[w] = g;
	row->tags[w] = tag;
	pthread_mutex_unlock(&s->lock);
	authz_kept_drop(old);
}

struct authz_grant *
authz_kept_find(struct authz_kept *k, const uint8_t token[SESSION_HASH_LEN],
    const char *host)
{
	const uint64_t generation = authz_kept_generation(k);
	struct authz_grant *found = NULL;
	struct shard *s;
	struct row *row;
	uint32_t tag;
	size_t w;

	s = shard_of(k, token, &row, &tag);
	pthread_mutex_lock(&s->lock);
	w = place_of(row, tag, token, host);
	if (w < WAYS && row->places[w]->generation == generation) {
		found = row->places[w];
		atomic_fetch_add(&found->holders, 1);
	}
	pthread_mutex_unlock(&s->lock);
	return (found);
}

/* A place for what was made of ${g}: one that is free or counts no more, or else
 * the next one's, when it was not used for long; NULL: there is none. */
static struct authz_grant **
made_place(struct made_row *row, const struct authz_grant *g)
{
	struct authz_grant **place;
	size_t w;

	for (w = 0; w < MADE_WAYS; w++) {
		place = &row->places[w];
		if (*place == NULL || (*place)->generation != g->generation)
			return (place);
	}
	place = &row->places[row->next++ % MADE_WAYS];
	return ((*place)->worth-- > 0 ? NULL : place);
}

bool
authz_kept_make(struct authz_grant *g, void *made, authz_unmake *unmake_it)
{
	struct authz_grant **place = NULL, *old = NULL;
	void *old_made = NULL;
	struct shard *s;
	struct row *row;
	uint32_t tag;

	if (g->in == NULL || g->generation != authz_kept_generation(g->in))
		return (false);
	s = shard_of(g->in, g->token, &row, &tag);
	pthread_mutex_lock(&s->lock);
	if (g->made == NULL)
		place = made_place(&s->made[tag % MADE_ROWS], g);
	if (place != NULL) {
		if ((old = *place) != NULL) {
			old_made = old->made;
			old->made = NULL;
		}
		*place = g;
		atomic_fetch_add(&g->holders, 1);
		g->made = made;
		g->unmake = unmake_it;
		g->worth = WORTH;
	}
	pthread_mutex_unlock(&s->lock);
	unmake(old, old_made);
	return (place != NULL);
}

bool
authz_kept_use(struct authz_grant *g, authz_use *use, void *arg)
{
	struct shard *s;
	struct row *row;
	uint32_t tag;
	bool has;

	if (g->in == NULL)
		return (false);
	s = shard_of(g->in, g->token, &row, &tag);
	pthread_mutex_lock(&s->lock);
	if ((has = g->made != NULL)) {
		if (g->worth != WORTH)
			g->worth = WORTH;
		use(g->made, arg);
	}
	pthread_mutex_unlock(&s->lock);
	return (has);
}
