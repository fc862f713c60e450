#!/usr/bin/env bash
# run.sh BUILD SECONDS TARGET...: run each target's fuzzer for SECONDS, one
# after the other, from its seeds and what earlier runs learnt. Prints a line
# each; inputs that break a promise are left in BUILD/fuzz/findings.
set -u
cd "$(dirname "$0")/../.." || exit 2
out=$1/fuzz
seconds=$2
shift 2
mkdir -p "$out/findings" "$out/log"
rc=0
printf '%-14s %12s %9s %7s\n' target executions 'a second' covered
for t in "$@"; do
	learnt=$out/corpus/$t
	log=$out/log/$t
	mkdir -p "$learnt"
	dict=()
	[ ! -f "tests/fuzz/dict/$t" ] || dict=("-dict=tests/fuzz/dict/$t")
	# Leaks are looked for at the end only: some libraries keep memory.
	result=
	"$out/fuzz_$t" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
		-rss_limit_mb=2048 -close_fd_mask=3 -print_final_stats=1 \
		-artifact_prefix="$out/findings/$t-" "${dict[@]}" \
		"$learnt" "tests/fuzz/corpus/$t" >"$log" 2>&1
	case $? in
	0) ;;
	72) result=interrupted ;;
	*) result=FOUND ;;
	esac
	[ -z "$result" ] || rc=1
	n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	s=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
	c=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
	printf '%-14s %12s %9s %7s %s\n' "$t" "${n:--}" "${s:--}" "${c:--}" \
		"$result"
	[ -z "$result" ] || grep -aE 'ERROR:|runtime error|Test unit written|(authd|cli|tests)/.*\.c:' \
		"$log" | head -n 12
done
exit $rc
