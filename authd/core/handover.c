#include <stdlib.h>
#include <string.h>

#include "authd/base/log.h"
#include "authd/base/mem.h"
#include "authd/core/handover.h"

struct slot {
	uint8_t hash[SESSION_HASH_LEN]; /* of the token */
	struct handover what;
	int64_t until_steady; /* 0: free */
};

struct handovers {
	struct slot slots[HANDOVER_MAX];
};

int
handover_new(struct handovers **out)
{
	*out = calloc(1, sizeof(**out));
	return (*out == NULL ? log_fr(ERR_NOMEM, "handovers") : 0);
}

void
handover_free(struct handovers *h)
{
	free(h);
}

/* A free place; the session's oldest when it has its share already. */
static struct slot *
find_place(struct handovers *h, const struct id *session, int64_t now)
{
	struct slot *place = NULL, *oldest = NULL, *s;
	int n = 0;

	for (s = h->slots; s < h->slots + HANDOVER_MAX; s++) {
		if (s->until_steady <= now) {
			if (place == NULL)
				place = s;
			continue;
		}
		if (!id_equal(&s->what.session, session))
			continue;
		n++;
		if (oldest == NULL || s->until_steady < oldest->until_steady)
			oldest = s;
	}
	return (n >= HANDOVER_EACH_MAX ? oldest : place);
}

int
handover_put(struct handovers *h, const struct handover *in,
    const struct moment *now, char token[TOKEN_LEN + 1])
{
	struct slot *s;
	int r;

	token[0] = '\0';
	if ((s = find_place(h, &in->session, now->steady_ms)) == NULL)
		return (ERR_BUSY);
	s->until_steady = 0;
	if ((r = token_new(token, s->hash)) != 0)
		return (r);
	s->what = *in;
	s->until_steady = now->steady_ms + HANDOVER_LIFE_MS;
	return (0);
}

bool
handover_take(struct handovers *h, const char *token,
    const uint8_t nonce[SESSION_HASH_LEN], const char *app,
    const struct moment *now, struct id *out)
{
	uint8_t hash[SESSION_HASH_LEN];
	struct slot *s, was;

	memset(out, 0, sizeof(*out));
	if (token_hash(token, hash) != 0)
		return (false);
	for (s = h->slots; s < h->slots + HANDOVER_MAX; s++) {
		if (s->until_steady == 0 ||
		    !mem_equal(s->hash, hash, sizeof(hash)))
			continue;
		was = *s;
		memset(s, 0, sizeof(*s));
		if (was.until_steady <= now->steady_ms ||
		    !mem_equal(was.what.nonce, nonce, SESSION_HASH_LEN) ||
		    strcmp(was.what.app, app) != 0)
			return (false);
		*out = was.what.session;
		return (true);
	}
	return (false);
}
