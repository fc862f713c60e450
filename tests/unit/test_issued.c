/*
 * Goal of this test: what was issued is taken whole or not at all, and one
 * whose file could not be written is revoked.
 * Links: cli/issued.c authd/base/base64.c cli/question.c cli/args.c cli/verbs.c cli/verbs_table.c
 * Links: cli/show.c tests/fakes/cmd_fake.c tests/fakes/server_fake.c
 * Links: authd/api/client.c authd/api/json.c authd/base/text.c
 * Links: authd/base/mem.c authd/base/log.c authd/base/err.c
 * Links: authd/base/clock.c authd/base/timetext.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "authd/api/json.h"
#include "cli/args.h"
#include "cli/issued.h"
#include "tests/fakes/server_fake.h"

#define WHOLE                                                                  \
	"{\"serial\":\"4A1B\",\"terminal\":\"0f6a\",\"passphrase\":\"mK7r\","  \
	"\"not_after\":\"2027-11-26T01:02:03.000Z\",\"pkcs12\":\"MIIB\"}"

static json_t *
answer_of(const char *text)
{
	json_t *v = json_loads(text, 0, NULL);

	assert_non_null(v);
	return (v);
}

static void
test_whole(void **state)
{
	json_t *answer = answer_of(WHOLE);
	struct issued i;

	(void)state;
	assert_int_equal(issued_open(&i, answer), 0);
	assert_string_equal(i.serial, "4A1B");
	assert_string_equal(i.terminal, "0f6a");
	assert_string_equal(i.passphrase, "mK7r");
	assert_true(i.not_after_ms == INT64_C(1827190923000));
	assert_int_equal(i.len, 3);
	assert_memory_equal(i.pkcs12, "\x30\x82\x01", 3);
	issued_close(&i);
	assert_null(i.pkcs12);
	json_decref(answer);
}

static void
test_anything_missing_is_nothing(void **state)
{
	static const char *const members[] = { "serial", "passphrase",
		"not_after", "pkcs12" };
	struct issued i;
	json_t *answer;
	size_t k;

	(void)state;
	for (k = 0; k < sizeof(members) / sizeof(members[0]); k++) {
		answer = answer_of(WHOLE);
		assert_int_equal(json_object_del(answer, members[k]), 0);
		assert_int_equal(issued_open(&i, answer), ERR_PROTO);
		issued_close(&i);
		assert_int_equal(json_object_set_new(answer, members[k],
				     json_string("*")),
		    0);
		/* any text is a serial or a passphrase */
		if (k >= 2)
			assert_int_equal(issued_open(&i, answer), ERR_PROTO);
		else
			assert_int_equal(issued_open(&i, answer), 0);
		issued_close(&i);
		json_decref(answer);
	}
}

static void
test_undo_revokes(void **state)
{
	static const char say[] = "HTTP/1.1 200 X\r\n"
				  "Content-Type: application/json\r\n"
				  "Content-Length: 2\r\n\r\n{}";
	struct server_fake s = { .say = say, .n = sizeof(say) - 1 };
	json_t *answer = answer_of(WHOLE);
	struct args a = { 0 };

	(void)state;
	server_fake_start(&s);
	a.socket = s.path;
	issued_undo(&a, answer);
	server_fake_stop(&s);
	assert_non_null(strstr(s.asked, "POST /v1/cert/revoke "));
	assert_non_null(strstr(s.asked,
	    "{\"serial\":\"4A1B\",\"reason\":\"unspecified\"}"));
	assert_null(strstr(s.asked, "mK7r"));
	json_decref(answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_anything_missing_is_nothing),
		cmocka_unit_test(test_undo_revokes),
	};

	json_init();
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
