/*
 * Goal of this test: who asks the keeper has its turn in the order of asking.
 * Links: authd/keeper/keeper_client.c authd/keeper/keeper_msg.c
 * Links: authd/audit/audit_chain.c authd/audit/audit_record.c
 * Links: authd/base/buf.c authd/base/text.c authd/base/mem.c
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: authd/base/clock.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "authd/base/log.h"
#include "authd/keeper/keeper_client_impl.h"

static struct keeper *k;

static atomic_int turns_had;

static void *
take_turn(void *arg)
{
	keeper_client_begin(arg);
	atomic_fetch_add(&turns_had, 1);
	assert_int_equal(keeper_client_end(arg, 0), 0);
	return (NULL);
}

static uint64_t
turns_asked(void)
{
	uint64_t n;

	pthread_mutex_lock(&k->lock);
	n = k->asked;
	pthread_mutex_unlock(&k->lock);
	return (n);
}

/* Whoever asks again at once has its turn after those that waited: a bulk of
 * certificates never holds up a commit or a code for more than one message. */
static void
test_turns_in_order(void **state)
{
	pthread_t threads[2];
	uint64_t before;
	int i, n, fds[2];

	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(keeper_client_new(fds[0], 1000, &k), 0);
	atomic_store(&turns_had, 0);
	for (n = 1; n <= 100; n++) {
		keeper_client_begin(k);
		before = turns_asked();
		for (i = 0; i < 2; i++)
			assert_int_equal(pthread_create(&threads[i], NULL,
					     take_turn, k), 0);
		while (turns_asked() < before + 2)
			(void)usleep(100);
		assert_int_equal(atomic_load(&turns_had), 2 * (n - 1));
		assert_int_equal(keeper_client_end(k, 0), 0);
		keeper_client_begin(k);
		assert_int_equal(atomic_load(&turns_had), 2 * n);
		assert_int_equal(keeper_client_end(k, 0), 0);
		for (i = 0; i < 2; i++)
			assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	keeper_client_free(k);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns_in_order),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
