#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/base/text.h"
#include "authd/core/steady.h"

#define KEY_BOOT   "steady_boot_id"
#define KEY_OFFSET "steady_offset_ms"
#define KEY_LAST   "steady_last_ms"

/* What is stored beyond this was not stored by us: sums stay sums. */
#define NUMBER_MAX (INT64_MAX / 4)

static int
get_number(struct store *st, const char *key, int64_t *out)
{
	char text[32], *end;
	int r;

	if ((r = st->ops->meta_get(st, key, text, sizeof(text))) != 0)
		return (r);
	errno = 0;
	*out = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *out > NUMBER_MAX ||
	    *out < -NUMBER_MAX)
		return (log_fr(ERR_CORRUPT, "stored %s", key));
	return (0);
}

static int
put_number(struct store *st, const char *key, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, v);
	return (st->ops->meta_note(st, key, text));
}

int
steady_load(struct steady *s, struct store *st, const char *boot_id)
{
	int64_t boot = clock_boot_ms(), start = clock_wall_ms(), last = 0;
	char stored[64];
	int r;

	memset(s, 0, sizeof(*s));
	if ((r = text_copy(s->boot_id, sizeof(s->boot_id), boot_id)) != 0)
		return (r);
	r = st->ops->meta_get(st, KEY_BOOT, stored, sizeof(stored));
	if (r == ERR_NOTFOUND) {
		s->offset_ms = start - boot;
		return (0);
	}
	if (r != 0)
		return (r);
	if (strcmp(stored, boot_id) == 0)
		return (get_number(st, KEY_OFFSET, &s->offset_ms));
	if ((r = get_number(st, KEY_LAST, &last)) != 0)
		return (r);
	s->offset_ms = (last > start ? last : start) - boot;
	return (0);
}

int
steady_save(const struct steady *s, struct store *st)
{
	int r;

	/* read at the start only: no decision rests on it */
	if ((r = st->ops->meta_note(st, KEY_BOOT, s->boot_id)) != 0 ||
	    (r = put_number(st, KEY_OFFSET, s->offset_ms)) != 0)
		return (r);
	return (put_number(st, KEY_LAST, clock_boot_ms() + s->offset_ms));
}

void
steady_now(const struct steady *s, struct moment *out)
{
	out->wall_ms = clock_wall_ms();
	out->steady_ms = clock_boot_ms() + s->offset_ms;
}
