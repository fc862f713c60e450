/*
 * Goal of this test: one call is one line whatever the text, errno is kept,
 * and no name can forge a line or drive a terminal.
 * Links: authd/base/log.c authd/base/err.c authd/base/timetext.c
 * Links: tests/fakes/clock_fake.c
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "authd/base/err.h"
#include "authd/base/log.h"

static char got[8192];
static int saved_fd, pipe_fd[2];

/* Catch standard error, and give what came as one string. */
static void
catch_begin(void)
{
	assert_int_equal(pipe(pipe_fd), 0);
	saved_fd = dup(STDERR_FILENO);
	dup2(pipe_fd[1], STDERR_FILENO);
}

static const char *
catch_end(void)
{
	ssize_t n;

	dup2(saved_fd, STDERR_FILENO);
	close(saved_fd);
	close(pipe_fd[1]);
	n = read(pipe_fd[0], got, sizeof(got) - 1);
	close(pipe_fd[0]);
	got[n < 0 ? 0 : n] = '\0';
	return (got);
}

/* The text of the one line that came, without what log.c puts before. */
static const char *
body(void)
{
	const char *text = catch_end(), *at = strstr(text, "]");

	assert_non_null(at);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	return (strstr(at, ": ") + 2);
}

static void
test_shape(void **state)
{
	char want[200];

	(void)state;
	log_open("sekisho-test", LOG_LEVEL_INFO);
	catch_begin();
	log_warn("%d of %s", 3, "関所");
	snprintf(want, sizeof(want),
	    "2026-11-22T00:00:00.000Z sekisho-test[%d] warning: 3 of 関所\n",
	    (int)getpid());
	assert_string_equal(catch_end(), want);
}

static void
test_levels(void **state)
{
	(void)state;
	log_open("sekisho-test", LOG_LEVEL_WARN);
	catch_begin();
	log_error("1");
	log_warn("2");
	log_info("3");
	log_debug("4");
	assert_int_equal(log_fr(ERR_BUSY, "5"), ERR_BUSY);
	catch_end();
	assert_non_null(strstr(got, "error: 1\n"));
	assert_non_null(strstr(got, "warning: 2\n"));
	assert_null(strstr(got, "info"));
	assert_null(strstr(got, "debug"));
	assert_non_null(strstr(got, "error: 5: queue is full\n"));
}

static void
test_R56_no_forged_lines(void **state)
{
	(void)state;
	log_open("sekisho-test", LOG_LEVEL_DEBUG);
	catch_begin();
	log_info("name %s", "a\nb\r\x1b[2J\x7f\t");
	assert_string_equal(body(), "name a\\x0ab\\x0d\\x1b[2J\\x7f\\x09\n");
	/* C1 controls, U+2028 and U+2029, U+202E: terminals obey some. */
	catch_begin();
	log_info("name %s",
	    "\xc2\x9b"
	    "2J\xc2\x85.\xe2\x80\xa8.\xe2\x80\xa9"
	    "\xe2\x80\xae.\xe2\x81\xa6.");
	assert_string_equal(body(),
	    "name \\xc2\\x9b2J\\xc2\\x85.\\xe2\\x80\\xa8.\\xe2\\x80\\xa9"
	    "\\xe2\\x80\\xae.\\xe2\\x81\\xa6.\n");
	/* A raw C1 byte is no UTF-8, and obeyed by an 8-bit terminal. */
	catch_begin();
	log_info("%s",
	    "\x9b"
	    "2J é – 関");
	assert_string_equal(body(), "\\x9b2J é – 関\n");
	/* A surrogate, an overlong form and a number beyond Unicode are no
	 * characters; U+FEFF is one that nobody sees. */
	catch_begin();
	log_info("\xed\xa0\x80 \xf0\x80\x80\xaf \xf4\x90\x80\x80 "
		 "\xef\xbb\xbf \xf0\x9f\x98\x80 \xef\xbb\xbe");
	assert_string_equal(body(),
	    "\\xed\\xa0\\x80 \\xf0\\x80\\x80\\xaf \\xf4\\x90\\x80\\x80 "
	    "\\xef\\xbb\\xbf \xf0\x9f\x98\x80 \xef\xbb\xbe\n");
	catch_begin();
	log_info("%s", "%s%n%d");
	assert_string_equal(body(), "%s%n%d\n");
}

static void
test_long_lines_are_cut(void **state)
{
	char text[5000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	catch_begin();
	log_info("%s", text);
	assert_in_range(strlen(body()), 900, 1001);
	memset(text, '\n', sizeof(text) - 1);
	catch_begin();
	assert_int_equal(log_fr(ERR_SYS, "%s", text), ERR_SYS);
	assert_in_range(strlen(body()), 900, 1001);
}

static void
test_errno_is_kept(void **state)
{
	(void)state;
	catch_begin();
	errno = ENOSPC;
	log_error("x");
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(log_fr(ERR_IO, "write"), ERR_IO);
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(log_fr(ERR_NOMEM, "copy"), ERR_NOMEM);
	catch_end();
	assert_non_null(strstr(got, "write: No space left on device\n"));
	assert_non_null(strstr(got, "copy: out of memory\n"));
}

static void
test_R57_a_closed_log_stops_nothing(void **state)
{
	int fd = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	log_error("nobody reads this");
	assert_int_equal(log_fr(ERR_STORE, "nor this"), ERR_STORE);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* A pipe takes a line as long as a page of it is free. */
static void
test_R57_a_log_that_nobody_reads_stops_nothing(void **state)
{
	static char page[8192];
	int flags, i;

	(void)state;
	log_open("sekisho-test", LOG_LEVEL_INFO);
	catch_begin();
	flags = fcntl(STDERR_FILENO, F_GETFL);
	assert_int_equal(fcntl(STDERR_FILENO, F_SETPIPE_SZ, 8192), 8192);
	fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (write(STDERR_FILENO, page, 4096) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, flags);
	alarm(10);
	errno = ENOSPC;
	for (i = 0; i < 3; i++)
		log_info("nobody takes this");
	assert_int_equal(errno, ENOSPC);
	assert_int_equal(log_fr(ERR_STORE, "nor this"), ERR_STORE);
	alarm(0);
	assert_int_equal(read(pipe_fd[0], page, sizeof(page)), sizeof(page));
	log_info("again");
	log_info("and on");
	catch_end();
	assert_null(strstr(got, "nobody"));
	assert_non_null(
	    strstr(got, "warning: 4 lines of the log were not taken\n"));
	assert_non_null(strstr(got, "info: again\n"));
	assert_ptr_equal(strstr(strstr(got, "taken") + 1, "taken"), NULL);
	assert_non_null(strstr(got, "info: and on\n"));
}

/* Else a key or the keeper's state would be it, and be written to. */
static void
test_R57_a_closed_stream_is_no_file_of_ours(void **state)
{
	int fd[3], i;
	struct stat st, null;

	(void)state;
	assert_int_equal(stat("/dev/null", &null), 0);
	for (i = 0; i < 3; i++) {
		fd[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		assert_true(fd[i] >= 10);
	}
	for (i = 0; i < 3; i++)
		close(i);
	log_open("sekisho-test", LOG_LEVEL_INFO);
	for (i = 0; i < 3; i++) {
		if (fstat(i, &st) != 0)
			st.st_rdev = 0;
		dup2(fd[i], i);
		close(fd[i]);
		assert_true(st.st_rdev == null.st_rdev);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_R56_no_forged_lines),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_errno_is_kept),
		cmocka_unit_test(test_R57_a_closed_log_stops_nothing),
		cmocka_unit_test(
		    test_R57_a_log_that_nobody_reads_stops_nothing),
		cmocka_unit_test(test_R57_a_closed_stream_is_no_file_of_ours),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
