/*
 * Goal of this target: steady time over any history of saves, restarts,
 * reboots and changes of the wall clock never goes back, passes as boot time
 * passes, and whatever stands in the store is taken within limits or refused.
 * Links: those of tests/unit/test_steady.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/clock.h"
#include "authd/base/log.h"
#include "authd/core/steady.h"
#include "tests/fakes/clock_fake.h"
#include "tests/fakes/store_mem.h"
#include "tests/fuzz/fuzz.h"

#define START_MS 1795305600000

static int64_t
now(const struct steady *s)
{
	struct moment m;

	steady_now(s, &m);
	FUZZ_CHECK(m.wall_ms == clock_wall_ms());
	return (m.steady_ms);
}

static void
save(const struct steady *s, struct store *st)
{
	FUZZ_CHECK(st->ops->begin(st) == 0);
	FUZZ_CHECK(steady_save(s, st) == 0);
	FUZZ_CHECK(st->ops->commit(st) == 0);
}

/* A history that only we wrote: saved at least once after each start. */
static void
live(struct store *st, struct buf_reader *in)
{
	char boot_id[40] = "boot 0";
	struct steady s;
	int64_t before, saved;
	int boots = 0, i;

	FUZZ_CHECK(steady_load(&s, st, boot_id) == 0);
	save(&s, st);
	saved = now(&s);
	for (i = 0; i < 50 && in->left > 0; i++) {
		before = now(&s);
		switch (buf_get_u8(in) % 5) {
		case 0:
			saved = buf_get_u32(in);
			clock_fake_pass(saved);
			FUZZ_CHECK(now(&s) == before + saved);
			saved = now(&s);
			save(&s, st);
			break;
		case 1: /* somebody sets the clock */
			clock_fake_step((int32_t)buf_get_u32(in) * 1000LL);
			FUZZ_CHECK(now(&s) == before);
			break;
		case 2: /* the daemon starts again */
			FUZZ_CHECK(steady_load(&s, st, boot_id) == 0);
			FUZZ_CHECK(now(&s) == before);
			break;
		case 3:
			save(&s, st);
			saved = before;
			break;
		default: /* the machine starts again */
			snprintf(boot_id, sizeof(boot_id), "boot %d", ++boots);
			clock_fake_set(clock_wall_ms(), buf_get_u16(in));
			FUZZ_CHECK(steady_load(&s, st, boot_id) == 0);
			FUZZ_CHECK(now(&s) >= saved);
			FUZZ_CHECK(now(&s) >= clock_wall_ms());
			save(&s, st);
			saved = now(&s);
			break;
		}
	}
}

/* A store in which somebody wrote. */
static void
read_foreign(struct store *st, struct buf_reader *in)
{
	static const char *const keys[] = { "steady_boot_id",
		"steady_offset_ms", "steady_last_ms" };
	struct steady s;
	char *text;
	size_t i;
	int r;

	FUZZ_CHECK(st->ops->begin(st) == 0);
	for (i = 0; i < 3; i++) {
		text = fuzz_take_text(in, 30);
		FUZZ_CHECK(st->ops->meta_put(st, keys[i], text) == 0);
		free(text);
	}
	FUZZ_CHECK(st->ops->commit(st) == 0);
	r = steady_load(&s, st, "a");
	FUZZ_CHECK(r == 0 || r == ERR_CORRUPT || r == ERR_NOTFOUND ||
	    r == ERR_INVALID);
	if (r == 0) {
		(void)now(&s);
		save(&s, st);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf_reader in;
	struct store *st;

	log_open("fuzz", LOG_LEVEL_ERROR);
	buf_reader_init(&in, data, size);
	clock_fake_set(START_MS, 3600000);
	FUZZ_CHECK(store_mem_new(&st) == 0);
	if (buf_get_u8(&in) % 2 == 0)
		live(st, &in);
	else
		read_foreign(st, &in);
	st->ops->close(st);
	return (0);
}
