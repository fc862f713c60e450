#!/usr/bin/env bash
# Goal of this test:
# - The time of a refusal does not tell why: unknown, known and wrong, locked,
#   disabled and not enrolled cannot be told apart by more than chance, for
#   codes and for passwords, and the bodies are the same (F12, R34, V15, V21).
# From the environment: TIME_CODES (2,000 samples of each kind, of codes),
# TIME_PASSWORDS (250, each costs a hash), TIME_MORE (1,500 of a pair that seemed to
# differ).
# Limit: 900
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

new_dir times
set_conf 'password_cost = 5' 'failures_general = 100' 'log_level = "error"'
launch_daemon "$DIR"
until_true 10 sekisho status || die "the daemon is not ready"
run "$BIN/tests/refusal_time" "$SEKISHO_SOCKET" verify "${TIME_CODES:-2000}" \
	"${TIME_CODES:-2000}"
is "F12 no time tells why a code was refused" 0
printf '# %s\n' "$OUT"
stop_daemon

new_dir passwords
set_conf 'password_cost = 5' 'failures_general = 100' 'log_level = "error"'
launch_daemon "$DIR"
until_true 10 sekisho status || die "the daemon is not ready"
run "$BIN/tests/refusal_time" "$SEKISHO_SOCKET" login "${TIME_PASSWORDS:-250}" \
	"${TIME_MORE:-1500}"
is "F12 no time tells why a password was refused" 0
printf '# %s\n' "$OUT"
stop_daemon
