#include <string.h>

#include "authd/restore_state.h"

static int64_t
higher(int64_t a, int64_t b)
{
	return (a > b ? a : b);
}

void
restore_state_data(const struct keeper_state_data *state,
    const struct keeper_state_data *known, const struct audit_head *after,
    int64_t now_ms, struct keeper_state_data *out)
{
	int i;

	*out = *state;
	out->confirmed = *after;
	out->high_water_ms = higher(state->high_water_ms, known->high_water_ms);
	/* R68: it never falls. */
	out->crl_number = higher(state->crl_number, known->crl_number);
	out->crl_number =
	    higher(out->crl_number, higher(now_ms, out->high_water_ms));
	/* What was issued since counts as well. */
	if (known->issue_bucket > state->issue_bucket) {
		out->issue_bucket = known->issue_bucket;
		memcpy(out->issued, known->issued, sizeof(out->issued));
	} else if (known->issue_bucket == state->issue_bucket) {
		for (i = 0; i < KEEPER_STATE_BUCKETS; i++)
			if (known->issued[i] > out->issued[i])
				out->issued[i] = known->issued[i];
	}
}

int
restore_state_write(int fd, const struct keeper_state_data *data)
{
	struct keeper_state s;
	int r;

	if ((r = keeper_state_create(fd, data->confirmed.node)) != 0 ||
	    (r = keeper_state_open(&s, fd)) != 0)
		return (r);
	s.data = *data;
	if ((r = keeper_state_save(&s)) == 0)
		r = keeper_state_save(&s);
	return (r);
}
