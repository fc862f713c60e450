#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authd/base/text.h"
#include "pam_module/options.h"

#define FILE_MAX        4096
#define TIMEOUT_MAX_SEC 60

static int
bad(struct options *o, const char *what, const char *option)
{
	snprintf(o->bad, sizeof(o->bad), "%s: %.*s", what, OPTIONS_TEXT_MAX,
	    option);
	return (ERR_INVALID);
}

/* `10.0.0.0/8`, `2001:db8::/32`, or one address. */
static int
take_network(struct options *o, const char *word, size_t n)
{
	struct options_network *net = &o->networks[o->networks_n];
	char text[INET6_ADDRSTRLEN + 5], *slash, *end;
	struct in_addr four;
	long bits;
	int most = 128;

	if (o->networks_n == OPTIONS_NETWORKS_MAX || n >= sizeof(text))
		return (ERR_INVALID);
	memcpy(text, word, n);
	text[n] = '\0';
	if ((slash = strchr(text, '/')) != NULL)
		*slash = '\0';
	memset(net, 0, sizeof(*net));
	if (inet_pton(AF_INET, text, &four) == 1) {
		most = 32;
		memset(net->address + 10, 0xff, 2);
		memcpy(net->address + 12, &four, sizeof(four));
	} else if (inet_pton(AF_INET6, text, net->address) != 1)
		return (ERR_INVALID);
	bits = most;
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			return (ERR_INVALID);
		bits = strtol(slash + 1, &end, 10);
		if (*end != '\0' || bits > most)
			return (ERR_INVALID);
	}
	net->bits = (int)bits + 128 - most;
	o->networks_n++;
	return (0);
}

static int
take_networks(struct options *o, const char *value)
{
	size_t n;
	int r;

	o->networks_n = 0;
	for (;; value += n + 1) {
		n = strcspn(value, ",");
		if ((r = take_network(o, value, n)) != 0)
			return (r);
		if (value[n] == '\0')
			return (0);
	}
}

static int
take_timeout(struct options *o, const char *value)
{
	char *end;
	long n;

	if (*value < '0' || *value > '9')
		return (ERR_INVALID);
	n = strtol(value, &end, 10);
	if (*end != '\0' || n < 1 || n > TIMEOUT_MAX_SEC)
		return (ERR_INVALID);
	o->timeout_ms = n * 1000;
	return (0);
}

static int
take_lang(struct options *o, const char *value)
{
	if (strcmp(value, "both") == 0)
		o->lang = OPTIONS_BOTH;
	else if (strcmp(value, "ja") == 0)
		o->lang = OPTIONS_JA;
	else if (strcmp(value, "en") == 0)
		o->lang = OPTIONS_EN;
	else
		return (ERR_INVALID);
	return (0);
}

static int
take_mode(struct options *o, const char *value)
{
	if (strcmp(value, "code") == 0)
		o->mode = OPTIONS_CODE;
	else if (strcmp(value, "password+code") == 0)
		o->mode = OPTIONS_PASSWORD_CODE;
	else
		return (ERR_INVALID);
	return (0);
}

static int
take_path(char *out, size_t size, const char *value)
{
	return (value[0] == '/' ? text_copy(out, size, value) : ERR_INVALID);
}

static int
take_socket(struct options *o, const char *value)
{
	return (take_path(o->socket, sizeof(o->socket), value));
}

static int
take_breakglass(struct options *o, const char *value)
{
	return (take_path(o->breakglass, sizeof(o->breakglass), value));
}

static int
take_prompt(struct options *o, const char *value)
{
	return (text_is_name(value)
		? text_copy(o->prompt, sizeof(o->prompt), value)
		: ERR_INVALID);
}

static int
take_group(struct options *o, const char *value)
{
	return (value[0] == '\0'
		? ERR_INVALID
		: text_copy(
		      o->exempt_group, sizeof(o->exempt_group), value));
}

static int
take_flag(struct options *o, size_t offset)
{
	*(bool *)((char *)o + offset) = true;
	return (0);
}

/* Where the value of `name=value` begins; NULL when it is another option. */
static const char *
value_of(const char *option, const char *name)
{
	size_t n = strlen(name);

	return (strncmp(option, name, n) == 0 && option[n] == '='
		? option + n + 1
		: NULL);
}

static const struct {
	const char *name;
	size_t flag; /* offset, where take is NULL */
	int (*take)(struct options *o, const char *value);
} table[] = {
	{ "mode", 0, take_mode },
	{ "lang", 0, take_lang },
	{ "prompt", 0, take_prompt },
	{ "use_first_pass", offsetof(struct options, use_first_pass), NULL },
	{ "try_first_pass", offsetof(struct options, try_first_pass), NULL },
	{ "nullok", offsetof(struct options, nullok), NULL },
	{ "exempt_group", 0, take_group },
	{ "exempt_network", 0, take_networks },
	{ "socket", 0, take_socket },
	{ "timeout", 0, take_timeout },
	{ "breakglass", 0, take_breakglass },
	{ "debug", offsetof(struct options, is_debug), NULL },
};

#define TABLE_N (sizeof(table) / sizeof(table[0]))

/* One option; those in above, which were given in a higher place, stay. */
static int
take_option(struct options *o, const char *option, uint32_t above)
{
	const char *value = NULL;
	size_t i;

	for (i = 0; i < TABLE_N; i++) {
		if (table[i].take == NULL
			? strcmp(table[i].name, option) == 0
			: (value = value_of(option, table[i].name)) != NULL)
			break;
	}
	/* the mode, first in the table, may be said without its name */
	if (strcmp(option, "code") == 0 ||
	    strcmp(option, "password+code") == 0) {
		i = 0;
		value = option;
	}
	if (i == TABLE_N)
		return (bad(o, "unknown option", option));
	if ((above & 1u << i) != 0)
		return (0);
	if ((o->given & 1u << i) != 0)
		return (bad(o, "option given twice", option));
	o->given |= 1u << i;
	if ((table[i].take == NULL ? take_flag(o, table[i].flag)
				   : table[i].take(o, value)) != 0)
		return (bad(o, "bad option", option));
	return (0);
}

/*
 * The whole file into memory. Opened without following a link and without
 * waiting for a FIFO's writer; what it is, is asked of the descriptor.
 */
static int
read_file(struct options *o, const char *path, char *text)
{
	struct stat st;
	size_t len = 0;
	ssize_t n;
	int fd, r = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return (bad(o, "cannot open", path));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		r = bad(o, "not a file of root's alone", path);
	while (r == 0 && len < FILE_MAX) {
		n = read(fd, text + len, FILE_MAX - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			r = bad(o, "cannot read", path);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fd);
	if (r == 0 && (len == FILE_MAX || memchr(text, '\0', len) != NULL))
		r = bad(o, "too long, or no text", path);
	text[len < FILE_MAX ? len : 0] = '\0';
	return (r);
}

static int
take_file(struct options *o, const char *path)
{
	char text[FILE_MAX + 1], *line, *next, *end;
	uint32_t above = o->given;
	int r;

	if (path[0] != '/')
		return (bad(o, "bad option", path));
	if ((r = read_file(o, path, text)) != 0)
		return (r);
	o->given = 0;
	for (line = text; r == 0 && line != NULL; line = next) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		line += strspn(line, " \t");
		end = line + strlen(line);
		while (end > line &&
		    (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
			*--end = '\0';
		if (*line != '\0' && *line != '#')
			r = take_option(o, line, above);
	}
	o->given |= above;
	return (r);
}

int
options_parse(struct options *o, int argc, const char **argv)
{
	const char *file = NULL, *value;
	int i, r;

	memset(o, 0, sizeof(*o));
	o->timeout_ms = OPTIONS_TIMEOUT_MS;
	memcpy(o->socket, OPTIONS_SOCKET, sizeof(OPTIONS_SOCKET));
	memcpy(o->breakglass, OPTIONS_BREAKGLASS, sizeof(OPTIONS_BREAKGLASS));
	for (i = 0; i < argc; i++) {
		if ((value = value_of(argv[i], "conf")) != NULL) {
			if (file != NULL)
				return (bad(o, "option given twice", argv[i]));
			file = value;
		} else if ((r = take_option(o, argv[i], 0)) != 0)
			return (r);
	}
	if (file != NULL && (r = take_file(o, file)) != 0)
		return (r);
	if (o->use_first_pass && o->try_first_pass)
		return (bad(o, "use_first_pass excludes", "try_first_pass"));
	return (0);
}

/* A numeric address in 16 bytes, without its zone; false when it is none. */
static bool
read_address(const char *s, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN + 1];
	size_t n = strcspn(s, "%");
	struct in_addr four;

	if (n >= sizeof(text))
		return (false);
	memcpy(text, s, n);
	text[n] = '\0';
	if (s[n] == '\0' && inet_pton(AF_INET, text, &four) == 1) {
		memset(out, 0, 10);
		memset(out + 10, 0xff, 2);
		memcpy(out + 12, &four, sizeof(four));
		return (true);
	}
	return (inet_pton(AF_INET6, text, out) == 1);
}

bool
options_is_address(const char *s)
{
	uint8_t address[16];

	return (read_address(s, address));
}

static bool
is_within(const uint8_t *address, const struct options_network *net)
{
	int whole = net->bits / 8, rest = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return (memcmp(address, net->address, (size_t)whole) == 0 &&
	    (rest == 0 ||
		((address[whole] ^ net->address[whole]) & mask) == 0));
}

bool
options_admits(const struct options *o, const char *rhost)
{
	uint8_t address[16];
	int i;

	if (!read_address(rhost, address))
		return (false);
	for (i = 0; i < o->networks_n; i++)
		if (is_within(address, &o->networks[i]))
			return (true);
	return (false);
}
