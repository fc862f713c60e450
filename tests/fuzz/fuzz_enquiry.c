/*
 * Goal of this target: whatever a hostile daemon answers, the PAM module accepts
 * only what jansson reads as an object whose result is accept, and leaves a
 * login only to an account that is said to be active, not enrolled and before
 * its day.
 * Links: pam_module/enquiry.c pam_module/options.c authd/api/flat.c
 * Links: authd/api/client.c authd/base/clock.c authd/base/mem.c
 * Links: authd/base/text.c authd/base/log.c authd/base/err.c
 * Links: authd/base/timetext.c
 */
#include <jansson.h>
#include <string.h>

#include "pam_module/enquiry.h"
#include "tests/fuzz/fuzz.h"

static bool
says(const json_t *v, const char *name, const char *text)
{
	const char *s = json_string_value(json_object_get(v, name));

	return (s != NULL && strcmp(s, text) == 0);
}

static void
check_verdict(const char *body, size_t n, const json_t *v)
{
	struct enquiry_verdict d;
	int r = enquiry_judge(body, n, &d);

	FUZZ_CHECK(r == 0 || r == ERR_PROTO);
	FUZZ_CHECK(r == 0 || d.result == ENQUIRY_REFUSE);
	FUZZ_CHECK(
	    d.result != ENQUIRY_ACCEPT || says(v, "result", "accept"));
	FUZZ_CHECK(
	    d.result != ENQUIRY_CONTINUE || says(v, "result", "continue"));
	FUZZ_CHECK(d.result != ENQUIRY_CHANGE_PASSWORD ||
	    says(v, "result", "change_password"));
	FUZZ_CHECK(d.retry_after >= 0 && d.retry_after <= 3600);
	FUZZ_CHECK(d.retry_after == 0 || d.result == ENQUIRY_REFUSE);
	FUZZ_CHECK(d.recovery_left >= -1 && d.recovery_left <= 1000);
	FUZZ_CHECK(strlen(d.transaction) <= ENQUIRY_TOKEN_MAX);
	FUZZ_CHECK(strlen(d.request_id) <= REQUEST_ID_LEN);
}

static void
check_state(const char *body, size_t n, const json_t *v)
{
	struct enquiry_state s;
	int r = enquiry_judge_state(body, n, &s);

	FUZZ_CHECK(r == 0 || r == ERR_PROTO);
	FUZZ_CHECK(s.status != ENQUIRY_ACTIVE ||
	    (r == 0 && says(v, "status", "active") &&
		json_is_null(json_object_get(v, "obstacle"))));
	FUZZ_CHECK(!s.may_enrol ||
	    (s.status == ENQUIRY_ACTIVE &&
		json_is_false(json_object_get(v, "enrolled")) &&
		json_is_string(json_object_get(v, "enrol_by"))));
	FUZZ_CHECK(r != 0 || s.needs_new_password ||
	    json_is_false(json_object_get(v, "password_change")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *body = (const char *)data;
	json_t *v = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);

	check_verdict(body, size, v);
	check_state(body, size, v);
	json_decref(v);
	return (0);
}
