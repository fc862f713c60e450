/*
 * Goal of this test: a key file is exactly 32 bytes or refused, is closed
 * either way, and the keys' memory is wiped room of its own.
 * Links: authd/keeper/keeper_keys.c authd/base/mem.c authd/base/log.c
 * Links: authd/base/err.c authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "authd/keeper/keeper_keys.h"

static int
file(const void *p, size_t n)
{
	int fd = memfd_create("key", 0);

	assert_int_equal(write(fd, p, n), n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return (fd);
}

static void
test_memory(void **state)
{
	static const uint8_t zeroes[sizeof(struct keeper_keys)];
	struct keeper_keys *keys;
	bool is_secret;

	(void)state;
	assert_int_equal(keeper_keys_new(&keys, &is_secret), 0);
	assert_memory_equal(keys, zeroes, sizeof(zeroes));
	memset(keys, 1, sizeof(*keys));
	keeper_keys_free(keys, is_secret);
	keeper_keys_free(NULL, true);
	keeper_keys_free(NULL, false);
}

static void
test_read(void **state)
{
	uint8_t zeroes[KEEPER_KEYS_LEN] = { 0 }, key[KEEPER_KEYS_LEN];
	uint8_t in[KEEPER_KEYS_LEN + 1];
	struct keeper_keys *keys;
	bool is_secret;
	int fd, n, p[2];

	(void)state;
	memset(in, 0xa5, sizeof(in));
	assert_int_equal(keeper_keys_new(&keys, &is_secret), 0);
	fd = file(in, KEEPER_KEYS_LEN);
	assert_int_equal(keeper_keys_read(fd, "key", keys->audit), 0);
	assert_memory_equal(keys->audit, in, KEEPER_KEYS_LEN);
	assert_memory_equal(keys->seed, zeroes, KEEPER_KEYS_LEN);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	keeper_keys_free(keys, is_secret);
	for (n = 0; n <= KEEPER_KEYS_LEN + 1; n += n < 31 ? 31 : 1) {
		if (n == KEEPER_KEYS_LEN)
			continue;
		memset(key, 1, sizeof(key));
		fd = file(in, (size_t)n);
		assert_int_equal(keeper_keys_read(fd, "key", key), ERR_INVALID);
		assert_memory_equal(key, zeroes, sizeof(key));
		assert_int_equal(fcntl(fd, F_GETFD), -1);
	}
	assert_int_equal(
	    keeper_keys_read(file(zeroes, 32), "key", key), ERR_INVALID);
	assert_int_equal(keeper_keys_read(-1, "key", key), ERR_IO);
	/* Not a file. */
	assert_int_equal(pipe(p), 0);
	assert_int_equal(write(p[1], in, 32), 32);
	assert_int_equal(keeper_keys_read(p[0], "key", key), ERR_INVALID);
	close(p[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_read),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
