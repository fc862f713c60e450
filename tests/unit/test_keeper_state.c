/*
 * Goal of this test: keeper.state survives a write that was cut off at any
 * byte, says so when nothing whole is left, and its time mark only believes a
 * jump ahead when it has held for ten minutes.
 * Links: authd/keeper/keeper_state.c authd/audit/audit_chain.c
 * Links: authd/audit/audit_record.c authd/base/buf.c authd/base/text.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c tests/fakes/disk_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_state.h"
#include "tests/fakes/disk_fake.h"

#define MINUTE 60000LL
#define DAY    (24 * 60 * MINUTE)
#define T0     1795305600000LL /* wall time of the tests */
#define SIZE   (KEEPER_STATE_SLOT_GAP + KEEPER_STATE_SLOT_LEN)

static int
fresh(struct keeper_state *s)
{
	int fd = memfd_create("keeper.state", 0);

	assert_int_not_equal(fd, -1);
	assert_int_equal(keeper_state_create(fd, 7), 0);
	assert_int_equal(keeper_state_open(s, fd), 0);
	return (fd);
}

static struct audit_head
head(int64_t seq)
{
	struct audit_head h = { .node = 7, .seq = seq };

	memset(h.hash, (int)seq, sizeof(h.hash));
	return (h);
}

static void
save_head(struct keeper_state *s, int64_t seq)
{
	struct audit_head h = head(seq);

	keeper_state_put_head(s, &h);
	assert_true(s->is_dirty);
	assert_int_equal(keeper_state_save(s), 0);
	assert_false(s->is_dirty);
}

static void
test_create(void **state)
{
	struct keeper_state_data data;
	struct keeper_state s;
	int fd = fresh(&s);

	(void)state;
	assert_int_equal(s.data.confirmed.node, 7);
	assert_int_equal(s.data.confirmed.seq, 0);
	assert_int_equal(s.data.gap.seq, 0);
	assert_int_equal(s.data.high_water_ms, 0);
	assert_int_equal(keeper_state_create(fd, 7), ERR_EXISTS);
	assert_int_equal(keeper_state_read(fd, &data), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), SIZE);
	close(fd);
}

static void
test_saved_and_read(void **state)
{
	struct keeper_state_data data;
	struct keeper_state s, again;
	struct audit_head h;
	int fd = fresh(&s);
	int64_t i;

	(void)state;
	for (i = 1; i <= 9; i++) {
		save_head(&s, i);
		assert_int_equal(keeper_state_read(fd, &data), 0);
		h = head(i);
		assert_true(audit_chain_equal(&data.confirmed, &h));
	}
	s.data.high_water_ms = T0;
	assert_int_equal(keeper_state_save(&s), 0);
	assert_int_equal(keeper_state_open(&again, fd), 0);
	assert_int_equal(again.data.high_water_ms, T0);
	assert_true(again.generation == s.generation);
	/* The same head again is nothing to write. */
	keeper_state_put_head(&s, &h);
	assert_false(s.is_dirty);
	close(fd);
}

static void
test_F3_torn_at_every_byte(void **state)
{
	uint8_t before[SIZE], after[SIZE];
	struct keeper_state_data data;
	struct keeper_state s;
	int fd = fresh(&s);
	size_t cut;
	int64_t i;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	for (i = 1; i <= 2; i++) {
		save_head(&s, 10 + i);
		assert_int_equal(pread(fd, before, SIZE, 0), SIZE);
		save_head(&s, 20 + i);
		assert_int_equal(pread(fd, after, SIZE, 0), SIZE);
		for (cut = 0; cut <= SIZE; cut += cut % 4096 < 512 ? 1 : 512) {
			assert_int_equal(pwrite(fd, before, SIZE, 0), SIZE);
			assert_int_equal(pwrite(fd, after, cut, 0), cut);
			assert_int_equal(keeper_state_read(fd, &data), 0);
			if (data.confirmed.seq != 10 + i)
				assert_int_equal(data.confirmed.seq, 20 + i);
			assert_int_equal(
			    data.confirmed.hash[31], data.confirmed.seq);
		}
		assert_int_equal(data.confirmed.seq, 20 + i);
	}
	log_open("test", LOG_LEVEL_INFO);
	close(fd);
}

static void
test_every_bit(void **state)
{
	struct keeper_state_data data;
	struct keeper_state s;
	uint8_t byte;
	int fd = fresh(&s);
	off_t at;
	int bit;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	save_head(&s, 1); /* generation 3, second place */
	save_head(&s, 2); /* generation 4, first place */
	for (at = 0; at < KEEPER_STATE_SLOT_LEN; at++)
		for (bit = 0; bit < 8; bit++) {
			assert_int_equal(pread(fd, &byte, 1, at), 1);
			byte ^= (uint8_t)(1 << bit);
			assert_int_equal(pwrite(fd, &byte, 1, at), 1);
			assert_int_equal(keeper_state_read(fd, &data), 0);
			assert_int_equal(data.confirmed.seq, 1);
			byte ^= (uint8_t)(1 << bit);
			assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		}
	log_open("test", LOG_LEVEL_INFO);
	/* After a fall-back the torn place is the next one written. */
	byte = 0xff;
	assert_int_equal(pwrite(fd, &byte, 1, 100), 1);
	assert_int_equal(keeper_state_open(&s, fd), 0);
	assert_int_equal(s.data.confirmed.seq, 1);
	save_head(&s, 5);
	assert_int_equal(keeper_state_read(fd, &data), 0);
	assert_int_equal(data.confirmed.seq, 5);
	close(fd);
}

/* A number that cannot be counted on with is not good, whoever wrote it. */
static void
test_numbers_out_of_range(void **state)
{
	static const int64_t most = INT64_MAX / 4;
	struct keeper_state_data data;
	struct keeper_state s;
	int fd = fresh(&s), i;

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	for (i = 0; i < 7; i++) {
		assert_int_equal(keeper_state_open(&s, fd), 0);
		save_head(&s, 5);
		s.data.crl_number = i == 0 ? -1 : i == 1 ? most + 1 : most;
		s.data.issue_bucket = i == 2 ? -1
		    : i == 3                 ? most / 300000 + 1
					     : most / 300000;
		s.data.high_water_ms = i == 4 ? -1 : i == 5 ? most + 1 : most;
		assert_int_equal(keeper_state_save(&s), 0);
		assert_int_equal(keeper_state_read(fd, &data), 0);
		/* the one before it, but for the last */
		assert_int_equal(data.crl_number, i == 6 ? most : 0);
		close(fd);
		fd = fresh(&s);
	}
	log_open("test", LOG_LEVEL_INFO);
	close(fd);
}

/*
 * F6: what is not synced is not said to be written. It stays to be written,
 * and a confirmed clock is taken back: the next write says what is true.
 */
static void
test_F6_not_synced(void **state)
{
	struct disk_fake *disk = disk_fake_reset();
	struct audit_head h = head(5);
	struct keeper_state_data data;
	struct keeper_state s;
	int fd = fresh(&s), empty = memfd_create("keeper.state", 0);

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	assert_int_equal(disk->files, 2); /* both slots of the new one */
	save_head(&s, 4);
	assert_int_equal(disk->files, 3);
	disk->fails_files = true;
	keeper_state_put_head(&s, &h);
	assert_int_equal(keeper_state_save(&s), ERR_IO);
	assert_true(s.is_dirty);
	assert_int_equal(keeper_state_confirm(&s, T0, 0), ERR_IO);
	assert_int_equal(s.data.high_water_ms, 0);
	assert_true(s.is_dirty);
	assert_int_equal(keeper_state_create(empty, 7), ERR_IO);
	disk->fails_files = false;
	assert_int_equal(keeper_state_save(&s), 0);
	assert_int_equal(keeper_state_read(fd, &data), 0);
	assert_int_equal(data.confirmed.seq, 5);
	assert_int_equal(data.high_water_ms, 0);
	/* the slot before it is whole too: a tear of the next loses nothing */
	assert_int_equal(pwrite(fd, "x", 1, KEEPER_STATE_SLOT_GAP + 9), 1);
	assert_int_equal(keeper_state_read(fd, &data), 0);
	assert_in_range(data.confirmed.seq, 4, 5);
	log_open("test", LOG_LEVEL_INFO);
	close(empty);
	close(fd);
}

static void
test_both_bad(void **state)
{
	struct keeper_state s;
	int fd = fresh(&s), empty = memfd_create("empty", 0);

	(void)state;
	assert_int_equal(pwrite(fd, "x", 1, 8), 1);
	assert_int_equal(pwrite(fd, "x", 1, KEEPER_STATE_SLOT_GAP + 8), 1);
	assert_int_equal(keeper_state_open(&s, fd), ERR_CORRUPT);
	assert_int_equal(keeper_state_open(&s, empty), ERR_CORRUPT);
	/* A slot copied to the other's place is not that slot. */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(keeper_state_create(fd, 7), 0);
	{
		uint8_t slot[KEEPER_STATE_SLOT_LEN];

		assert_int_equal(pread(fd, slot, sizeof(slot), 0), 512);
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(
		    pwrite(fd, slot, sizeof(slot), KEEPER_STATE_SLOT_GAP), 512);
		assert_int_equal(keeper_state_open(&s, fd), ERR_CORRUPT);
	}
	close(fd);
	close(empty);
}

static void
test_one_user(void **state)
{
	char path[] = "/tmp/test_keeper_state.XXXXXX";
	struct keeper_state_data data;
	struct keeper_state s, t;
	struct audit_head h = head(4);
	int one = mkstemp(path), two = open(path, O_RDWR);

	(void)state;
	unlink(path);
	assert_int_equal(keeper_state_create(one, 7), 0);
	assert_int_equal(keeper_state_open(&s, one), 0);
	assert_int_equal(keeper_state_open(&t, two), ERR_BUSY);
	assert_int_equal(keeper_state_accept_gap(two, &h), ERR_BUSY);
	assert_int_equal(keeper_state_read(two, &data), 0);
	close(one);
	assert_int_equal(keeper_state_open(&t, two), 0);
	close(two);
}

static void
test_accept_gap(void **state)
{
	struct keeper_state_data data;
	struct keeper_state s;
	struct audit_head h = head(40);
	int fd = fresh(&s);

	(void)state;
	s.data.high_water_ms = T0;
	save_head(&s, 90);
	assert_int_equal(keeper_state_accept_gap(fd, &h), 0);
	assert_int_equal(keeper_state_read(fd, &data), 0);
	assert_true(audit_chain_equal(&data.confirmed, &h));
	assert_true(audit_chain_equal(&data.gap, &h));
	assert_int_equal(data.high_water_ms, T0);
	h.node = 8;
	assert_int_equal(keeper_state_accept_gap(fd, &h), ERR_INVALID);
	close(fd);
}

/* A state whose mark is T0, last seen at boot time 0. */
static struct keeper_state
marked(void)
{
	struct keeper_state s;

	memset(&s, 0, sizeof(s));
	s.data.high_water_ms = T0;
	keeper_state_see(&s, T0, 0);
	assert_int_equal(s.data.high_water_ms, T0);
	return (s);
}

static void
test_mark_follows_time(void **state)
{
	struct keeper_state s = marked();

	(void)state;
	keeper_state_see(&s, T0 + 1000, 1000);
	assert_int_equal(s.data.high_water_ms, T0 + 1000);
	assert_true(s.is_dirty);
	/* An idle night is no step. */
	keeper_state_see(&s, T0 + DAY, DAY);
	assert_int_equal(s.data.high_water_ms, T0 + DAY);
	/* Nor is the machine's clock being set by ten minutes. */
	keeper_state_see(&s, T0 + DAY + 10 * MINUTE, DAY);
	assert_int_equal(s.data.high_water_ms, T0 + DAY + 10 * MINUTE);
	/* It never falls. */
	keeper_state_see(&s, T0, DAY + 1);
	assert_int_equal(s.data.high_water_ms, T0 + DAY + 10 * MINUTE);
}

static void
test_step_must_hold(void **state)
{
	struct keeper_state s = marked();
	int64_t t;

	(void)state;
	for (t = 1; t < 10 * MINUTE; t += 999) {
		keeper_state_see(&s, T0 + DAY + t, t);
		assert_int_equal(s.data.high_water_ms, T0);
	}
	keeper_state_see(&s, T0 + DAY + 10 * MINUTE + 1, 10 * MINUTE + 1);
	assert_int_equal(s.data.high_water_ms, T0 + DAY + 10 * MINUTE + 1);
	/* and from there on as always */
	keeper_state_see(&s, T0 + DAY + 20 * MINUTE, 20 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0 + DAY + 20 * MINUTE);
}

static void
test_step_taken_back(void **state)
{
	struct keeper_state s = marked();

	(void)state;
	keeper_state_see(&s, T0 + DAY, 1000);
	/* set right again after nine minutes */
	keeper_state_see(&s, T0 + 9 * MINUTE, 9 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0 + 9 * MINUTE);
	/* The next step's ten minutes begin with it. */
	keeper_state_see(&s, T0 + DAY, 9 * MINUTE + 1000);
	keeper_state_see(&s, T0 + DAY + 9 * MINUTE, 18 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0 + 9 * MINUTE);
	keeper_state_see(&s, T0 + DAY + 10 * MINUTE, 19 * MINUTE + 1000);
	assert_int_equal(s.data.high_water_ms, T0 + DAY + 10 * MINUTE);
}

static void
test_second_step_while_holding(void **state)
{
	struct keeper_state s = marked();

	(void)state;
	keeper_state_see(&s, T0 + DAY, 0);
	keeper_state_see(&s, T0 + 9 * DAY, 9 * MINUTE);
	keeper_state_see(&s, T0 + 9 * DAY + 2 * MINUTE, 11 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0);
	keeper_state_see(&s, T0 + 9 * DAY + 10 * MINUTE, 19 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0 + 9 * DAY + 10 * MINUTE);
}

static void
test_step_back_lends_no_time(void **state)
{
	struct keeper_state s = marked();

	(void)state;
	/* An hour behind the mark, for an hour, then a jump of an hour. */
	keeper_state_see(&s, T0 - 60 * MINUTE, 1000);
	keeper_state_see(&s, T0, 60 * MINUTE);
	keeper_state_see(&s, T0 + 60 * MINUTE, 60 * MINUTE + 1);
	assert_int_equal(s.data.high_water_ms, T0);
}

static void
test_after_a_restart(void **state)
{
	struct keeper_state s;

	(void)state;
	/* Steady time says nothing across processes: only 10 minutes go. */
	memset(&s, 0, sizeof(s));
	s.data.high_water_ms = T0;
	keeper_state_see(&s, T0 + 10 * MINUTE, DAY);
	assert_int_equal(s.data.high_water_ms, T0 + 10 * MINUTE);
	memset(&s, 0, sizeof(s));
	s.data.high_water_ms = T0;
	keeper_state_see(&s, T0 + 10 * MINUTE + 1, DAY);
	assert_int_equal(s.data.high_water_ms, T0);
	/* A first start: no mark until the clock has held. */
	memset(&s, 0, sizeof(s));
	keeper_state_see(&s, T0, DAY);
	assert_int_equal(s.data.high_water_ms, 0);
	keeper_state_see(&s, T0 + 10 * MINUTE, DAY + 10 * MINUTE);
	assert_int_equal(s.data.high_water_ms, T0 + 10 * MINUTE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_saved_and_read),
		cmocka_unit_test(test_F3_torn_at_every_byte),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_numbers_out_of_range),
		cmocka_unit_test(test_F6_not_synced),
		cmocka_unit_test(test_both_bad),
		cmocka_unit_test(test_one_user),
		cmocka_unit_test(test_accept_gap),
		cmocka_unit_test(test_mark_follows_time),
		cmocka_unit_test(test_step_must_hold),
		cmocka_unit_test(test_step_taken_back),
		cmocka_unit_test(test_second_step_while_holding),
		cmocka_unit_test(test_step_back_lends_no_time),
		cmocka_unit_test(test_after_a_restart),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
