#!/usr/bin/env bash
# Goal of this test:
# - The power fails at 400 moments of a day's work, each with another loss of
#   what was not synced, also torn at sectors: every store opens, is whole, and
#   holds exactly what stood there after a commit, none before the last one that
#   somebody was told of (F4, V54). `make torture` plays 2,000.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

run env CUT_IMAGES=400 SEKISHO_BUILD="$BIN" \
	"$ROOT/tests/torture/run_power_cut.sh"
is "F4 every image opens, is whole and has lost nothing acknowledged" 0
printf '%s\n' "$OUT" "$ERR" | sed 's/^/# /'
played=$(printf '%s\n' "$OUT" | sed -n 's/^\([0-9]*\) played.*/\1/p')
check "F4 there were images" test "${played:-0}" -ge 400
