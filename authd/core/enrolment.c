#include <string.h>

#include "authd/base/mem.h"
#include "authd/base/text.h"
#include "authd/core/enrolment.h"
#include "authd/core/phone.h"

/* Bytes of a blank at ${p}, of Japanese keyboards too; 0: it is none. */
static size_t
blank(const char *p)
{
	static const char wide[] = "\xe3\x80\x80"; /* U+3000 */

	if (*p == ' ')
		return (1);
	return (strncmp(p, wide, sizeof(wide) - 1) == 0 ? sizeof(wide) - 1 : 0);
}

int
enrolment_label(const char *typed, char out[NAME_MAX_BYTES + 1])
{
	size_t n, i, len;

	out[0] = '\0';
	while ((n = blank(typed)) != 0)
		typed += n;
	/* up to the last that is no blank */
	for (i = 0, len = 0; typed[i] != '\0'; i += n == 0 ? 1 : n)
		if ((n = blank(typed + i)) == 0)
			len = i + 1;
	if (len > NAME_MAX_BYTES)
		return (ERR_INVALID);
	memcpy(out, typed, len);
	out[len] = '\0';
	if (text_is_name(out))
		return (0);
	out[0] = '\0';
	return (ERR_INVALID);
}

static bool
is_device(const struct phone *p, const char *text)
{
	struct id id;

	return (id_get_text(text, &id) == 0 && id_equal(&p->device, &id));
}

/* The form was sent twice, or the page before was come back to. */
static int
find_before(
    struct core *c, struct act *act, const char *login, struct enrolment *q)
{
	struct account_view v;
	int i, r;

	if ((r = account_show(c, act, login, &v)) != 0)
		return (r);
	for (i = 0; i < v.phones_n; i++)
		if (v.phones[i].state == PHONE_ACTIVE &&
		    is_device(&v.phones[i], q->device)) {
			q->phone = v.phones[i];
			q->result = ENROLMENT_BEFORE;
		}
	return (0);
}

/* The new phone instead of that one. Not there any more is as good. */
static int
replace(struct core *c, struct act *act, const char *login,
    const struct session_view *who, struct enrolment *q)
{
	const struct session_proof proof = {
		.factors = SESSION_CODE,
		.device = q->phone.device,
	};
	struct session row;
	struct phone old;
	int r = 0;

	memset(&row, 0, sizeof(row));
	memset(&old, 0, sizeof(old));
	/* a session ends with the phone that opened it: not this one */
	if (who != NULL && id_get_text(q->replaces, &old.device) == 0 &&
	    id_equal(&old.device, &who->row.device))
		r = session_raise(c, act, &who->row, &proof, q->token, &row);
	mem_wipe(&row, sizeof(row));
	if (r != 0)
		return (r);
	r = phone_revoke(c, act, login, q->replaces, &old);
	if (r == ERR_NOTFOUND ||
	    (r == ERR_WRONG_STATE && strcmp(act->problem.code, "revoked") == 0))
		return (0);
	q->has_replaced = r == 0;
	return (r);
}

static int
confirm(struct core *c, struct act *act, const char *login,
    const struct session_view *who, struct enrolment *q)
{
	enum verdict verdict;
	int r;

	r = enrol_confirm(c, act, login, q->code, &verdict, &q->phone);
	if (r != 0 || verdict != VERDICT_ACCEPT)
		return (r);
	q->result = ENROLMENT_DONE;
	if ((r = recovery_first(c, act, login, &q->codes)) != 0 ||
	    q->replaces == NULL)
		return (r);
	return (replace(c, act, login, who, q));
}

int
enrolment_confirm(struct core *c, struct act *act, const char *login,
    const struct session_view *who, struct enrolment *q)
{
	struct enrol_secret waiting;
	enum enrol_state state;
	int r;

	q->result = ENROLMENT_REFUSED;
	if ((r = enrol_look(c, act, login, &state, &waiting)) != 0)
		goto out;
	q->phone = waiting.phone;
	if (state == ENROL_NONE || !is_device(&waiting.phone, q->device)) {
		q->result =
		    state == ENROL_NONE ? ENROLMENT_NONE : ENROLMENT_OTHER;
		r = find_before(c, act, login, q);
	} else if (state == ENROL_WAITING)
		r = confirm(c, act, login, who, q);
	else if ((r = enrol_start(c, act, login, q->phone.label,
		      q->phone.is_private, &waiting)) == 0) {
		q->phone = waiting.phone;
		q->result = ENROLMENT_AGAIN;
	}
out:
	mem_wipe(&waiting, sizeof(waiting));
	return (r);
}
