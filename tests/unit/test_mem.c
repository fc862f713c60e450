/*
 * Goal of this test: secrets are wiped, compared by every byte, kept out of
 * cores, swap and children, and fenced by guard pages.
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c tests/fakes/clock_fake.c
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/mem.h"

static void
test_wipe(void **state)
{
	uint8_t bytes[9];

	(void)state;
	memset(bytes, 0xaa, sizeof(bytes));
	mem_wipe(bytes, 8);
	assert_memory_equal(bytes, "\0\0\0\0\0\0\0\0\xaa", 9);
	mem_wipe(NULL, 8);
}

static void
test_V22_equal_sees_every_byte(void **state)
{
	uint8_t a[32], b[32];
	size_t i;
	int bit;

	(void)state;
	assert_int_equal(mem_random(a, sizeof(a)), 0);
	memcpy(b, a, sizeof(b));
	assert_true(mem_equal(a, b, sizeof(a)));
	assert_true(mem_equal(a, NULL, 0));
	for (i = 0; i < sizeof(a); i++) {
		for (bit = 0; bit < 8; bit++) {
			b[i] ^= (uint8_t)(1 << bit);
			assert_false(mem_equal(a, b, sizeof(a)));
			b[i] ^= (uint8_t)(1 << bit);
		}
	}
}

static void
test_R50_random(void **state)
{
	static uint8_t a[100000];
	size_t count[256] = { 0 }, i;

	(void)state;
	assert_int_equal(mem_random(a, sizeof(a)), 0);
	for (i = 0; i < sizeof(a); i++)
		count[a[i]]++;
	for (i = 0; i < 256; i++) /* about 390 each */
		assert_in_range(count[i], 250, 550);
	assert_int_equal(mem_random(a, 0), 0);
}

/* What is said of the mapping that holds p. */
static int
has_flag(const void *p, const char *flag)
{
	char line[512], mode[8];
	unsigned long from, to;
	int is_inside = 0, has = 0;
	FILE *f = fopen("/proc/self/smaps", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3)
			is_inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		if (is_inside && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	fclose(f);
	return (has);
}

static void
test_R51_secret_memory(void **state)
{
	static const uint8_t zero[5000];
	void *p = NULL;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(mem_secret_new(sizeof(zero), &p), 0);
	assert_memory_equal(p, zero, sizeof(zero));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	/* they make mlock() do nothing */
	assert_true(has_flag(p, " lo"));
#endif
	assert_true(has_flag(p, " dd")); /* not dumped */
	assert_true(has_flag(p, " wf")); /* wiped on fork */
	memset(p, 0x5a, sizeof(zero));
	if ((pid = fork()) == 0)
		_exit(memcmp(p, zero, sizeof(zero)) == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(((uint8_t *)p)[4999], 0x5a);
	mem_secret_free(p, sizeof(zero));
	mem_secret_free(NULL, sizeof(zero));
}

/* A child that touches one byte outside must die of it. */
static void
expect_fault(volatile uint8_t *at)
{
	const struct rlimit none = { 0, 0 };
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		*at = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void
test_guard_pages(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = NULL;

	(void)state;
	assert_int_equal(mem_secret_new(page, &p), 0);
	expect_fault((uint8_t *)p - 1);
	expect_fault((uint8_t *)p + page);
	mem_secret_free(p, page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_V22_equal_sees_every_byte),
		cmocka_unit_test(test_R50_random),
		cmocka_unit_test(test_R51_secret_memory),
		cmocka_unit_test(test_guard_pages),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
