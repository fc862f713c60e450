#!/usr/bin/env bash
# bench_pam.sh BUILD: what pam_authenticate with a right code costs, durable: ours
# at 10, 1,000 and 100,000 accounts beside a bare round trip of the same question,
# pam_oath with files of as many users, and pam_google_authenticator. Printed as
# lines `NAME USERS MICROSECONDS RATIO`, the ratio being to the bare round trip
# at the same number. All in one run: figures of two runs do not compare.
#
#	BENCH_USERS	the numbers ("10 1000 100000")
#	BENCH_TRIES	logins of each line (40)
#	BENCH_DIR	as in bench.sh
#
# Exit: 1 when a right code was refused somewhere.
set -u
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/../.." || exit 2
BUILD=${1:-build}
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
USERS=${BENCH_USERS:-10 1000 100000}
TRIES=${BENCH_TRIES:-40}
T=$(mktemp -d "${BENCH_DIR:-/var/tmp}/sekisho-pam.XXXXXX") || exit 2
chmod 711 "$T"
DAEMON=
# shellcheck disable=SC2317	# called by trap
finish() {
	[ -z "$DAEMON" ] || kill -TERM "$DAEMON" 2>/dev/null
	wait
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 143' INT TERM
rc=0
mkdir "$T/pam.d"
printf 'auth required pam_deny.so\n' >"$T/pam.d/other"

# step_start: wait until it is so early in a 30-second step that a measurement ends in it.
step_start() {
	[ $((30 - $(date +%s) % 30)) -ge 20 ] ||
		sleep $((31 - $(date +%s) % 30))
}
# line NAME USERS OUTPUT: OUTPUT is `ACCEPTED MEDIAN`.
line() {
	local us=${3#* }
	[ "${3% *}" = "$TRIES" ] || {
		echo "bench_pam: $1 at $2: $3, of $TRIES" >&2
		rc=1
	}
	[ "$1" != bare ] || BARE=$us
	printf '%-24s %7d %7d us  %s\n' "$1" "$2" "$us" \
		"$(awk -v a="$us" -v b="$BARE" 'BEGIN { printf "%.2f", a / b }')"
}
# codes SEEDS [PREFIX]: lines `USER CODE` of lines `USER HEXSEED`.
codes() {
	while read -r user seed; do
		echo "$user $(oathtool --totp "$seed")"
	done <"$1"
}

for n in $USERS; do
	# people of whom TRIES log in through PAM and TRIES without it
	all=$((n > 2 * TRIES ? n : 2 * TRIES))
	dir=$T/at$n
	"$BUILD/sekisho-authd" --init "$dir" >/dev/null || exit 2
	head -c 32 /dev/urandom >"$T/people.key"
	"$BUILD/sekisho-authd" -c "$dir/sekisho.conf" 2>"$T/log" &
	DAEMON=$!
	for _ in $(seq 500); do
		grep -q 'info: ready$' "$T/log" && break
		sleep 0.02
	done
	kill -TERM $DAEMON
	wait $DAEMON
	"$BUILD/bench/mkaccounts" "$dir/data/sekisho.db" "$dir/keys/seed.key" \
		"$T/people.key" "$all" >/dev/null || exit 2
	[ "$(id -u)" -ne 0 ] || chown --reference="$dir/data" "$dir"/data/*
	"$BUILD/sekisho-authd" -c "$dir/sekisho.conf" 2>"$T/log" &
	DAEMON=$!
	for _ in $(seq 500); do
		grep -q 'info: ready$' "$T/log" && break
		sleep 0.02
	done
	printf 'auth required %s/pam_sekisho.so socket=%s/authd.sock\n' \
		"$BUILD" "$dir" >"$T/pam.d/ours"
	step_start
	"$BUILD/bench/people_codes" "$T/people.key" $((2 * TRIES)) >"$T/codes"
	line bare "$n" "$(head -n "$TRIES" "$T/codes" |
		"$BUILD/bench/pam_clock" bare "$dir/authd.sock")"
	line pam_sekisho "$n" "$(tail -n "$TRIES" "$T/codes" |
		"$BUILD/bench/pam_clock" pam "$T/pam.d" ours)"
	kill -TERM $DAEMON
	wait $DAEMON
	DAEMON=

	# pam_oath: a line a user, rewritten with each login
	printf 'auth required pam_oath.so usersfile=%s window=2 digits=6\n' \
		"$T/users.oath" >"$T/pam.d/oath"
	head -c $((20 * n)) /dev/urandom | xxd -p -c 20 |
		awk '{ printf "u%08d %s\n", NR - 1, $1 }' >"$T/seeds"
	awk '{ print "HOTP/T30/6 " $1 " - " $2 }' "$T/seeds" >"$T/users.oath"
	chmod 600 "$T/users.oath"
	tries=$TRIES
	[ "$n" -ge "$TRIES" ] || TRIES=$n
	# the last of the file
	tail -n "$TRIES" "$T/seeds" >"$T/who"
	step_start
	codes "$T/who" >"$T/codes"
	line pam_oath "$n" "$("$BUILD/bench/pam_clock" pam "$T/pam.d" oath \
		<"$T/codes")"
	TRIES=$tries
done

# pam_google_authenticator: a file a user, whatever their number
mkdir "$T/google"
# shellcheck disable=SC2016	# the module's own variable
printf 'auth required pam_google_authenticator.so user=%s secret=%s/google/${USER} no_strict_owner allowed_perm=0600\n' \
	"$(id -un)" "$T" >"$T/pam.d/google"
: >"$T/codes"
step_start
for i in $(seq "$TRIES"); do
	seed=$(head -c 20 /dev/urandom | xxd -p -c 20)
	{
		xxd -r -p <<<"$seed" | base32
		printf '" DISALLOW_REUSE\n" TOTP_AUTH\n'
	} >"$T/google/g$i"
	chmod 600 "$T/google/g$i"
	echo "g$i $(oathtool --totp "$seed")" >>"$T/codes"
done
line pam_google_authenticator "$TRIES" \
	"$("$BUILD/bench/pam_clock" pam "$T/pam.d" google <"$T/codes")"
exit $rc
