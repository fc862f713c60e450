#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/id.h"
#include "authd/base/mem.h"
#include "authd/core/logins.h"

#define HASH_LEN 32
#define ENDS_MAX 256 /* remembered; more while one is taken end it too */

struct slot {
	uint8_t hash[HASH_LEN];    /* of the token */
	struct logins_entry entry; /* step LOGINS_NONE: free */
};

struct end {
	struct id account;
	bool is_all;
};

struct logins {
	struct slot slots[LOGINS_MAX];
	struct end ends[ENDS_MAX]; /* a ring */
	uint64_t ends_n;
};

int
logins_new(struct logins **out)
{
	*out = calloc(1, sizeof(**out));
	return (*out == NULL ? ERR_NOMEM : 0);
}

void
logins_free(struct logins *l)
{
	free(l);
}

static int
hash_token(const char *token, uint8_t out[HASH_LEN])
{
	return (
	    EVP_Digest(token, strlen(token), out, NULL, EVP_sha256(), NULL) == 1
		? 0
		: ERR_NOMEM);
}

static bool
is_live(const struct slot *s, const struct moment *now)
{
	return (s->entry.step != LOGINS_NONE &&
	    s->entry.until_steady > now->steady_ms);
}

/* A free place; this account's oldest when it has its share already. */
static struct slot *
find_place(
    struct logins *l, const struct logins_entry *e, const struct moment *now)
{
	struct slot *place = NULL, *oldest = NULL, *s;
	int n = 0;

	for (s = l->slots; s < l->slots + LOGINS_MAX; s++) {
		if (!is_live(s, now)) {
			if (place == NULL)
				place = s;
			continue;
		}
		if (!id_equal(&s->entry.account, &e->account))
			continue;
		n++;
		if (oldest == NULL ||
		    s->entry.until_steady < oldest->entry.until_steady)
			oldest = s;
	}
	return (n >= LOGINS_EACH_MAX ? oldest : place);
}

int
logins_put(struct logins *l, const struct logins_entry *e,
    const struct moment *now, char token[LOGINS_TOKEN_LEN + 1])
{
	struct slot *s;
	int r;

	token[0] = '\0';
	if ((s = find_place(l, e, now)) == NULL)
		return (ERR_BUSY);
	if ((r = id_new_token(token)) != 0)
		return (r);
	if ((r = hash_token(token, s->hash)) != 0) {
		mem_wipe(token, LOGINS_TOKEN_LEN + 1);
		return (r);
	}
	s->entry = *e;
	s->entry.until_steady = now->steady_ms + LOGINS_LIFE_MS;
	if (e->until_steady != 0 && e->until_steady < s->entry.until_steady)
		s->entry.until_steady = e->until_steady;
	return (0);
}

bool
logins_take(struct logins *l, const char *token, enum logins_step step,
    const struct act *act, struct logins_entry *out)
{
	uint8_t hash[HASH_LEN];
	struct slot *s;

	memset(out, 0, sizeof(*out));
	if (strlen(token) != LOGINS_TOKEN_LEN || hash_token(token, hash) != 0)
		return (false);
	for (s = l->slots; s < l->slots + LOGINS_MAX; s++) {
		if (s->entry.step == LOGINS_NONE ||
		    !mem_equal(s->hash, hash, HASH_LEN))
			continue;
		*out = s->entry;
		out->ends = l->ends_n;
		/* Used up by whoever shows it, right or wrong. */
		memset(s, 0, sizeof(*s));
		if (out->step == step &&
		    out->until_steady > act->now.steady_ms &&
		    strcmp(out->actor, act->actor) == 0)
			return (true);
		memset(out, 0, sizeof(*out));
		return (false);
	}
	return (false);
}

void
logins_end(struct logins *l, const struct id *account, bool is_all)
{
	struct end *end = &l->ends[l->ends_n++ % ENDS_MAX];
	struct slot *s;

	end->account = *account;
	end->is_all = is_all;
	for (s = l->slots; s < l->slots + LOGINS_MAX; s++)
		if (s->entry.step != LOGINS_NONE &&
		    id_equal(&s->entry.account, account) &&
		    (is_all || s->entry.by_recovery))
			memset(s, 0, sizeof(*s));
}

bool
logins_is_over(const struct logins *l, const struct logins_entry *e)
{
	const struct end *end;
	uint64_t i;

	if (l->ends_n - e->ends > ENDS_MAX)
		return (true);
	for (i = e->ends; i < l->ends_n; i++) {
		end = &l->ends[i % ENDS_MAX];
		if (id_equal(&end->account, &e->account) &&
		    (end->is_all || e->by_recovery))
			return (true);
	}
	return (false);
}
