#!/usr/bin/env bash
# Goal of this test, of contrib/systemd/sekisho-authd.service:
# - systemd-analyze security gives no worse figure than README.md there names,
#   and every setting that it still counts is explained there (F28).
# - The daemon does all its work with the system calls and capabilities that
#   the unit leaves it.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

readme=$ROOT/contrib/systemd/README.md
unit=$T/sekisho-authd.service
sed 's|@PREFIX@|/usr|' "$ROOT/contrib/systemd/sekisho-authd.service" >"$unit"
run systemd-analyze security --offline=yes --no-pager "$unit"
is "systemd-analyze judges the unit" 0
figure=$(sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p' <<<"$OUT")
documented=$(sed -n \
	's/^`systemd-analyze security.*gives the unit \([0-9.]*\)\. .*/\1/p' \
	"$readme")
echo "# systemd-analyze security: $figure (documented: $documented)"
check "F28 the figure is no worse than documented" awk -v f="$figure" \
	-v d="$documented" 'BEGIN { exit !(f != "" && d != "" && f <= d) }'
check "F28 and that is at most 1.2" awk -v d="$documented" \
	'BEGIN { exit !(d <= 1.2) }'
while read -r name; do
	check "F28 $name is explained" grep -qF "\`${name//|/\\|}\`" "$readme"
done < <(sed -n 's/^✗ *\([^ ]*\) .*/\1/p' <<<"$OUT")

# --- the calls that the unit leaves ---
# expand NAME: a set of systemd's to its calls
expand() {
	local name
	systemd-analyze syscall-filter "$1" | sed -n 's/^ *\([^ #].*\)$/\1/p' |
		tail -n +2 | while read -r name; do
		case $name in
		@*) expand "$name" ;;
		*) echo "$name" ;;
		esac
	done
}

# filter: the calls that the unit's lines come to, in their order
filter() {
	local line word
	: >"$T/calls"
	while read -r line; do
		for word in ${line#\~}; do
			case $word in
			@*) expand "$word" ;;
			*) echo "$word" ;;
			esac
		done | sort -u >"$T/some"
		case $line in
		\~*) sort "$T/calls" | comm -23 - "$T/some" >"$T/rest" ;;
		*) sort -u "$T/calls" "$T/some" >"$T/rest" ;;
		esac
		mv "$T/rest" "$T/calls"
	done < <(sed -n 's/^SystemCallFilter=//p' "$unit")
}

filter
check "the filter was understood ($(wc -l <"$T/calls") calls)" test \
	"$(grep -cxE 'execve|openat|setresuid|seccomp|memfd_secret' \
		"$T/calls")" -eq 5
refute "no capset, no ptrace, no mount, no key rings" \
	grep -qxE 'capset|ptrace|mount|add_key|bpf|chroot|reboot' "$T/calls"
if [ -n "${SAN:-}" ]; then
	skip "the daemon behind the unit's filter" "sanitizers need other calls"
	exit 0
fi
caps=
if [ "$(id -u)" -eq 0 ]; then
	caps="setpriv --bounding-set=-all,$(sed -n \
		's/^CapabilityBoundingSet=//p' "$unit" | tr 'A-Z ' 'a-z,' |
		sed 's/cap_/+/g')"
fi
# as ProcSubset=pid and ProtectProc=invisible show it
proc=
if [ "$(id -u)" -eq 0 ] && unshare --mount mount -t proc \
	-o subset=pid,hidepid=invisible proc /proc; then
	proc='mount -t proc -o subset=pid,hidepid=invisible proc /proc &&'
fi
boot_id=$(cat /proc/sys/kernel/random/boot_id)
# the unit's Environment=, with what systemd puts for %b
environment=$(sed -n 's/^Environment=//p' "$unit" |
	sed "s/%b/${boot_id//-/}/g")
cat >"$T/run" <<EOF
#!/bin/sh
$proc exec env $environment $caps "$BIN/tests/filtered" "\$@" <"$T/calls"
EOF
chmod +x "$T/run"
wrapper=("$T/run")
if [ -n "$proc" ]; then
	wrapper=(unshare --mount "$T/run")
else
	skip "the unit's view of /proc" "cannot be made here"
fi
new_dir unit
start_daemon "$DIR" '' "${wrapper[@]}"
run sekisho office add demo --name Demo
is "an office" 0
run sekisho account add hanako --name Hanako --office demo
is "an account" 0
run sekisho phone enroll hanako --json
SECRET=$(json .secret)
early_in_step 10
run sekisho phone confirm hanako "$(code_of "$SECRET" -30)"
is "a phone" 0
run sekisho verify hanako "$(code_of "$SECRET")"
is "a code is accepted behind the unit's filter" 0
run sekisho audit verify
is "the log is whole" 0
refute "nothing was refused by it" grep -q 'not permitted' "$LOG"
for child in front keeper; do
	equal "$child: its own filter over the unit's" "$(sed -n \
		's/^Seccomp_filters:[[:space:]]*//p' \
		"/proc/$(child_pid $child)/status")" 2
done
stop_daemon
equal "and it ends well" "$DAEMON_RC" 0
equal "it knows the boot by the kernel's own name" \
	"$(sqlite3 "$DIR/data/sekisho.db" "SELECT value FROM meta
		WHERE name = 'steady_boot_id'")" "$boot_id"
run env SEKISHO_BOOT_ID="$boot_id" "$BIN/sekisho-authd" -c "$DIR/sekisho.conf"
is "another form of it is refused" 1
check "and named" grep -q SEKISHO_BOOT_ID <<<"$ERR"
