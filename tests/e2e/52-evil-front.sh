#!/usr/bin/env bash
# Goal of this test: a front that was taken over gets from the shipped keeper
# nothing that PROTOCOL does not give it, whatever it sends (F21, R51): no seed,
# no key, no code beyond 300 a minute, no seal over what cannot be parsed, no
# two continuations of one head, no certificate outside the profile or beyond
# the rate, no list whose number falls (R68). The long run is tests/torture/run_evil_front.sh.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

# A sanitizer keeps freed memory for itself.
rss=2048
[ -z "${SAN:-}" ] || rss=0
run env TMPDIR="$T" "$BIN/tests/evil_front" --seconds "${EVIL_SECONDS:-5}" --rss $rss \
	"$BIN/sekisho-keeper"
is "F21 every answer is one that PROTOCOL allows" 0
grep -E '^(seed|life|log)| a second$' <<<"$OUT" | sed 's/^/# /'
check "F21 at least 10,000 messages" test \
	"$(sed -n 's/^\([0-9]*\) messages in .*/\1/p' <<<"$OUT")" -ge 10000
# the method: it finds what it looks for
run env TMPDIR="$T" "$BIN/tests/evil_front" --seconds 1 --rss 2048 /bin/true
is "what is no keeper is no success" 2
