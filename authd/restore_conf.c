#include <stdbool.h>
#include <string.h>

#include "authd/restore_conf.h"

/* A setting that says where things are: that follows from the place. */
static bool
is_layout(const char *line, size_t n)
{
	static const char *const names[] = { "store", "data_dir", "keys_dir",
		"state_file", "audit_pub", "ca_chain", "socket_dir" };
	size_t i, len;

	for (; n > 0 && (*line == ' ' || *line == '\t'); line++)
		n--;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = strlen(names[i]);
		if (n > len && strncmp(line, names[i], len) == 0 &&
		    strchr(" \t=", line[len]) != NULL)
			return (true);
	}
	return (false);
}

void
restore_conf_write(
    const struct place *p, const char *text, size_t n, FILE *f)
{
	const struct conf_line *lines;
	const char *end = text + n, *next;
	size_t i, lines_n;

	for (; text < end; text = next) {
		next = memchr(text, '\n', (size_t)(end - text));
		next = next == NULL ? end : next + 1;
		if (!is_layout(text, (size_t)(next - text)))
			fwrite(text, 1, (size_t)(next - text), f);
	}
	if (n > 0 && end[-1] != '\n')
		fputc('\n', f);
	lines = place_settings(p, &lines_n);
	for (i = 0; i < lines_n; i++)
		fprintf(f, "%s = \"%s\"\n", lines[i].name, lines[i].value);
}
