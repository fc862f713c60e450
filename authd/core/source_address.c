#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authd/base/limits.h"
#include "authd/base/text.h"
#include "authd/core/source_address.h"

#define SHARED_BYTES 8 /* of an IPv6 address: one subscriber's network */

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
