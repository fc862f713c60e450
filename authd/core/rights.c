#include <string.h>

#include "authd/core/rights.h"

#define ADMINISTRATORS (ROLE_ADMINISTRATOR | ROLE_OPERATOR)
#define EVERYBODY                                                              \
	(ADMINISTRATORS | ROLE_OFFICER | ROLE_HELPDESK | ROLE_AUDITOR)

/* Who may; zero, what is not here, is nobody. */
static const unsigned allowed[RIGHTS_DOINGS] = {
	[RIGHTS_LOOK] = EVERYBODY,
	[RIGHTS_LOG] = EVERYBODY,
	[RIGHTS_EXPORT] = ADMINISTRATORS | ROLE_OFFICER | ROLE_AUDITOR,
	[RIGHTS_UNLOCK] = ADMINISTRATORS | ROLE_HELPDESK,
	[RIGHTS_TICKET] = ADMINISTRATORS | ROLE_HELPDESK,
	[RIGHTS_LOST] = ADMINISTRATORS | ROLE_HELPDESK,
	[RIGHTS_ACCOUNT] = ADMINISTRATORS,
	[RIGHTS_RULES] = ROLE_OPERATOR,
};

bool
rights_may(const struct act *act, enum rights_doing what)
{
	if (what <= RIGHTS_NOTHING || what >= RIGHTS_DOINGS)
		return (false);
	if (!act->person.is_set)
		return (act->right == RIGHT_ADMIN);
	return ((act->person.roles & allowed[what]) != 0);
}

bool
rights_enter(const struct act *act)
{
	return (rights_may(act, RIGHTS_LOOK));
}

static int
root_only(struct act *act)
{
	return (act_refuse(act, ERR_DENIED, "root_only",
	    "Roles, the class privileged, names on servers, the reset and the "
	    "first ticket of an administrator are given at the machine "
	    "itself, as is an operator's account."));
}

int
rights_give(struct act *act, const struct account *before,
    const struct account *after)
{
	const unsigned roles = before == NULL ? 0 : before->roles;
	const enum account_class class =
	    before == NULL ? CLASS_GENERAL : before->class;
	const char *unix_user = before == NULL ? "" : before->unix_user;

	if (!act->person.is_set ||
	    (after->roles == roles && after->class == class &&
		(act->person.is_everywhere ||
		    strcmp(after->unix_user, unix_user) == 0)))
		return (0);
	return (root_only(act));
}

int
rights_change(struct act *act, const struct account *a)
{
	if (!act->person.is_set || act->person.is_everywhere ||
	    (a->roles & ROLE_OPERATOR) == 0)
		return (0);
	return (root_only(act));
}

bool
rights_raised(const struct account *before, const struct account *after)
{
	return ((after->roles & ~before->roles & ADMINISTRATORS) != 0 ||
	    (after->class == CLASS_PRIVILEGED &&
		before->class != CLASS_PRIVILEGED));
}

int
rights_reset(struct act *act, const struct account *a)
{
	if (!act->person.is_set || (a->roles & ADMINISTRATORS) == 0)
		return (0);
	return (root_only(act));
}
