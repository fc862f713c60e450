#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/limits.h"
#include "authd/base/text.h"
#include "authd/core/source_address.h"

#define SHARED_BYTES 8 /* of an IPv6 address: one subscriber's network */

#define NETWORK_MAX  (INET6_ADDRSTRLEN + 8) /* with its bits */

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* IPv4 as ::ffff:a.b.c.d; false when it is no address. */
static bool
parse(const char *text, uint8_t out[16])
{
	memcpy(out, mapped, sizeof(mapped));
	if (inet_pton(AF_INET, text, out + sizeof(mapped)) == 1)
		return (true);
	return (inet_pton(AF_INET6, text, out) == 1);
}

static bool
is_mapped(const uint8_t b[16])
{
	return (memcmp(b, mapped, sizeof(mapped)) == 0);
}

/* The address alone: without a zone, or the /64 of a name made here. */
static bool
parse_claimed(const char *text, uint8_t out[16])
{
	char copy[AUDIT_SOURCE_MAX + 1], *end;

	if (text_copy(copy, sizeof(copy), text) != 0)
		return (false);
	copy[strcspn(copy, "%")] = '\0';
	end = strchr(copy, '/');
	if (end != NULL) {
		if (strcmp(end, "/64") != 0)
			return (false);
		*end = '\0';
		return (inet_pton(AF_INET6, copy, out) == 1);
	}
	return (parse(copy, out));
}

int
source_address_name(const char *address, char out[AUDIT_SOURCE_MAX + 1])
{
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16];

	if (!parse_claimed(address, b))
		return (text_copy(out, AUDIT_SOURCE_MAX + 1, address));
	if (is_mapped(b)) {
		inet_ntop(AF_INET, b + sizeof(mapped), text, sizeof(text));
		return (text_copy(out, AUDIT_SOURCE_MAX + 1, text));
	}
	memset(b + SHARED_BYTES, 0, sizeof(b) - SHARED_BYTES);
	inet_ntop(AF_INET6, b, text, sizeof(text));
	snprintf(out, AUDIT_SOURCE_MAX + 1, "%s/64", text);
	return (0);
}

static bool
has_prefix(const uint8_t address[16], const uint8_t net[16], int bits)
{
	int whole = bits / 8, rest = bits % 8;

	if (memcmp(address, net, (size_t)whole) != 0)
		return (false);
	return (
	    rest == 0 || ((address[whole] ^ net[whole]) >> (8 - rest)) == 0);
}

/* One CIDR as core/office takes it. */
static bool
is_in(const uint8_t address[16], char *word)
{
	char *slash = strchr(word, '/');
	bool is_v4 = strchr(word, ':') == NULL;
	int bits = 128;
	uint8_t net[16];

	if (slash != NULL) {
		*slash = '\0';
		bits = (int)strtol(slash + 1, NULL, 10) + (is_v4 ? 96 : 0);
	}
	if (bits < 0 || bits > 128 || !parse(word, net))
		return (false);
	/* ::/0 speaks of IPv6, not of the IPv4 addresses mapped into it. */
	if (is_mapped(address) && bits < 96)
		return (false);
	return (has_prefix(address, net, bits));
}

bool
source_address_in(const char *address, const char *networks)
{
	char copy[LIST_TEXT_MAX + 1], *rest = copy, *word;
	uint8_t b[16];

	if (!parse_claimed(address, b) ||
	    text_copy(copy, sizeof(copy), networks) != 0)
		return (false);
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word != '\0' && is_in(b, word))
			return (true);
	}
	return (false);
}

/* Of an address of ${n} bytes, those after the first ${bits} bits are zero. */
static void
clear_after(uint8_t *address, unsigned n, unsigned bits)
{
	unsigned i;

	if (bits % 8 != 0)
		address[bits / 8] &= (uint8_t)(0xff << (8 - bits % 8));
	for (i = (bits + 7) / 8; i < n; i++)
		address[i] = 0;
}

/* One word in its one form; false when it is no network. */
static bool
put_network(const char *word, char out[NETWORK_MAX])
{
	char text[INET6_ADDRSTRLEN + 4], *slash;
	unsigned most = 32, bits;
	int family = AF_INET;
	uint8_t b[16];

	if (text_copy(text, sizeof(text), word) != 0)
		return (false);
	if ((slash = strchr(text, '/')) != NULL)
		*slash++ = '\0';
	if (inet_pton(AF_INET, text, b) != 1) {
		if (inet_pton(AF_INET6, text, b) != 1)
			return (false);
		family = AF_INET6;
		most = 128;
	}
	bits = most;
	if (slash != NULL) {
		if (*slash == '\0' || strlen(slash) > 3 ||
		    strspn(slash, "0123456789") != strlen(slash))
			return (false);
		bits = (unsigned)strtoul(slash, NULL, 10);
	}
	if (bits > most)
		return (false);
	clear_after(b, most / 8, bits);
	if (inet_ntop(family, b, text, sizeof(text)) == NULL)
		return (false);
	if (bits == most)
		snprintf(out, NETWORK_MAX, "%s", text);
	else
		snprintf(out, NETWORK_MAX, "%s/%u", text, bits);
	return (true);
}

/* Is ${word} one of the words of ${list}, which have one blank between? */
static bool
is_listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (list != NULL && *list != '\0') {
		if (strncmp(list, word, n) == 0 &&
		    (list[n] == ' ' || list[n] == '\0'))
			return (true);
		list = strchr(list, ' ');
		list += list != NULL;
	}
	return (false);
}

int
source_address_networks(const char *in, char out[LIST_TEXT_MAX + 1])
{
	char copy[LIST_TEXT_MAX + 1], one[NETWORK_MAX];
	char *rest = copy, *word;
	size_t at = 0;
	int n;

	if (text_copy(copy, sizeof(copy), in) != 0)
		return (ERR_INVALID);
	out[0] = '\0';
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		if (!put_network(word, one))
			return (ERR_INVALID);
		if (is_listed(out, one))
			continue;
		/* it may have become longer than it was written */
		n = snprintf(out + at, LIST_TEXT_MAX + 1 - at, "%s%s",
		    at > 0 ? " " : "", one);
		if (n < 0 || (size_t)n > LIST_TEXT_MAX - at)
			return (ERR_INVALID);
		at += (size_t)n;
	}
	return (0);
}
