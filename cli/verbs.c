#include <stdio.h>
#include <string.h>

#include "cli/verbs_table.h"

const struct verb *
verbs_all(void)
{
	return (verbs_table_all());
}

const struct verb_option *
verbs_common(void)
{
	return (verbs_table_common());
}

bool
verbs_has_noun(const char *noun)
{
	const struct verb *v;

	for (v = verbs_table_all(); v->noun != NULL; v++) {
		if (strcmp(v->noun, noun) == 0)
			return (true);
	}
	return (false);
}

const struct verb *
verbs_find(const char *noun, const char *name)
{
	const struct verb *v;

	for (v = verbs_table_all(); v->noun != NULL; v++) {
		if (strcmp(v->noun, noun) != 0)
			continue;
		if (v->name == NULL
			? name == NULL
			: name != NULL && strcmp(v->name, name) == 0)
			return (v);
	}
	return (NULL);
}

static const struct verb_option *
find_option(const struct verb_option *o, const char *name)
{
	for (; o != NULL && o->name != NULL; o++) {
		if (strcmp(o->name, name) == 0)
			return (o);
	}
	return (NULL);
}

const struct verb_option *
verbs_option(const struct verb *v, const char *name)
{
	const struct verb_option *o = find_option(v->options, name);

	return (o != NULL ? o : find_option(verbs_table_common(), name));
}

int
verbs_arg(const struct verb *v, int i, char *name, size_t size)
{
	const char *p = v->args;
	size_t n;
	int is_needed;

	for (;; p += n) {
		p += strspn(p, " ");
		if (*p == '\0')
			return (-1);
		n = strcspn(p, " ");
		if (i-- == 0)
			break;
	}
	is_needed = *p != '[';
	if (!is_needed) {
		p++;
		n -= 2;
	}
	snprintf(name, size, "%.*s", (int)n, p);
	return (is_needed);
}
