#include <string.h>

#include "tests/torture/evil_make.h"
#include "tests/torture/evil_mutate.h"

void
evil_mutate(struct evil *e, struct evil_sent *s)
{
	static const uint32_t edges[] = { 0, 1, 6, 96, 97, 512, 513, 0x7fffffff,
		0x80000000, 0xffffffff };
	unsigned i, times = 1 + (unsigned)evil_make_random(e, 4);
	size_t at, n;
	uint32_t edge;

	for (i = 0; i < times; i++) {
		at = evil_make_random(e, s->len);
		switch (evil_make_random(e, 6)) {
		case 0:
			s->len = at == 0 ? 1 : at;
			break;
		case 1:
			n = 1 + evil_make_random(e, 64);
			evil_make_fill(e, s->at + s->len, n);
			s->len += n;
			break;
		case 2:
			edge = edges[evil_make_random(
			    e, sizeof(edges) / sizeof(edges[0]))];
			edge = __builtin_bswap32(edge);
			if (at + sizeof(edge) <= s->len)
				memcpy(s->at + at, &edge, sizeof(edge));
			break;
		case 3: /* something again, in another place */
			n = evil_make_random(e, s->len - at) % 64;
			memmove(s->at + evil_make_random(e, s->len - n),
			    s->at + at, n);
			break;
		case 4: /* the same fields as another kind */
			s->at[1] = (uint8_t)evil_make_random(e, EVIL_LAST + 2);
			break;
		default:
			s->at[at] ^= (uint8_t)(1 << evil_make_random(e, 8));
		}
	}
}
