#!/usr/bin/env bash
# Goal of this test:
# - `sekisho-authd --init DIR` makes a complete instance with the right owners
#   and modes, by root and by an ordinary user, in a new and in an existing
#   directory.
# - What it refuses it refuses without changing anything; a failure half way
#   leaves nothing behind; nothing is ever overwritten.
# - --check and --show name file and line, and read back what they show.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
AUTHD=$BIN/sekisho-authd

# modes DIR: owner, mode, size and name of all in it.
modes() {
	(cd "$1" && find . -mindepth 1 -printf '%P %u %m\n' | sort)
}

# before and after a refusal
snapshot() {
	find "$T" -mindepth 1 -not -name '.out' -not -name '.err' \
		-not -name '.check' -printf '%P %u %m %s %T@\n' | sort
}

me=$(id -un)
front=$me
[ "$(id -u)" -ne 0 ] || front=sekisho

run "$AUTHD" --init "$T/new"
is "a new directory is made" 0
equal "R40 owners and modes" "$(modes "$T/new")" "audit.pub $me 644
ca.pem $me 644
data $front 700
keeper.state $me 600
keys $me 700
keys/audit.key $me 600
keys/ca.key $me 600
keys/seed.key $me 600
root-ca $me 700
root-ca/root-ca.crl $me 644
root-ca/root-ca.key $me 600
root-ca/root-ca.pem $me 644
sekisho.conf $me 640"
equal "the directory is open to pass" "$(stat -c '%U %a' "$T/new")" "$me 755"
equal "the keys are 32 bytes" \
	"$(stat -c %s "$T/new/keys/seed.key" "$T/new/keys/audit.key" \
		"$T/new/keys/ca.key" | tr '\n' ' ')" \
	"32 32 32 "
refute "the keys differ" cmp "$T/new/keys/seed.key" "$T/new/keys/audit.key"
check "audit.pub is 64 hexadecimal digits" \
	grep -qxE '[0-9a-f]{64}' "$T/new/audit.pub"
run "$AUTHD" --init "$T/new"
is "a second init is refused" 1
run "$AUTHD" --init "$T/new2"
refute "another instance has other keys" \
	cmp "$T/new/keys/seed.key" "$T/new2/keys/seed.key"

mkdir "$T/there"
echo mine >"$T/there/notes"
run "$AUTHD" --init "$T/there"
is "an existing directory without sekisho.conf is accepted" 0
equal "and what was there stays" "$(cat "$T/there/notes")" mine

# refuse NAME WHAT ARGUMENT...: refused, says WHAT, changes nothing.
refuse() {
	local name=$1 what=$2 before after
	shift 2
	before=$(snapshot)
	run "$AUTHD" --init "$@"
	after=$(snapshot)
	if [ "$RC" -eq 1 ] && [ "$before" = "$after" ] &&
		printf '%s' "$ERR" | grep -q "$what"; then
		ok "$name"
	else
		fail "$name" "exit status $RC" "$ERR" "before: $before" \
			"after: $after"
	fi
}

long=$T/$(printf 'a%.0s' $(seq $((107 - ${#T} - 1 - 12))))
run "$AUTHD" --init "$long"
is "a socket path of 107 bytes is accepted" 0
rm -r "$long"
refuse "a socket path of 108 bytes is refused" 'exceed 107' "${long}b"
refuse "a missing parent is refused" 'No such file' "$T/no/such"
echo x >"$T/file"
refuse "a file is refused" 'not a directory' "$T/file"
for name in keys data keeper.state audit.pub ca.pem root-ca; do
	mkdir "$T/part"
	echo x >"$T/part/$name"
	refuse "a directory with $name is refused" 'there already' "$T/part"
	rm -r "$T/part"
done
mkdir "$T/open"
chmod 777 "$T/open"
refuse "a directory that others can write is refused" 'must belong' "$T/open"

# A failure half way, played by a disk that fills up.
if [ "$(id -u)" -eq 0 ]; then
	mkdir "$T/small"
	if mount -t tmpfs -o size=16k,mode=755 none "$T/small" 2>/dev/null; then
		head -c 8192 /dev/zero >"$T/small/filler"
		run "$AUTHD" --init "$T/small"
		is "a disk that fills up half way is an error" 1
		equal "and nothing is left behind" "$(ls -A "$T/small")" filler
		umount "$T/small"
	else
		skip "a disk that fills up half way" "cannot mount"
	fi
	mkdir -m 700 "$T/private"
	mkdir -m 755 "$T/private/in"
	refuse "a place the service users cannot reach is refused" \
		'cannot reach' "$T/private/in"
	refuse "also for a new directory" 'cannot reach' "$T/private/new"
	mkdir "$T/foreign"
	chown nobody "$T/foreign"
	refuse "another user's directory is refused" 'must belong' "$T/foreign"
	check "the front's user exists" id sekisho
	check "the keeper's user exists" id sekisho-keeper
	equal "they cannot log in" "$(getent passwd sekisho sekisho-keeper |
		cut -d: -f7 | sort -u)" /usr/sbin/nologin

	new_dir user nobody
	equal "an ordinary user owns all of it" \
		"$(find "$T/user" -printf '%u\n' | sort -u)" nobody
	check "and is told that the processes are not apart" \
		grep -q 'all processes will run as you' <<<"$OUT"
else
	skip "users, reach, foreign directories" "not root"
fi

# configuration
conf=$T/new/sekisho.conf
run "$AUTHD" --check -c "$conf"
is "the file that init writes is right" 0
echo 'naem = 1' >>"$conf"
line=$(wc -l <"$conf")
run "$AUTHD" --check -c "$conf"
is "an unknown key is an error" 1
equal "that names file and line" "$ERR" "$conf:$line: no such option 'naem'"
run "$AUTHD" -c "$conf"
is "with which the daemon does not start" 1
sed -i '$d' "$conf"
echo 'failures_general = 7' >>"$conf"
run "$AUTHD" --show -c "$conf"
is "the effective values are shown" 0
check "with what was set" grep -qx 'failures_general = 7' <<<"$OUT"
printf '%s\n' "$OUT" >"$T/shown.conf"
shown=$OUT
run "$AUTHD" --show -c "$T/shown.conf"
equal "what is shown is a file that means the same" "$OUT" "$shown"

# usage
for args in "" "--init" "--check" "-c $conf --init $T/u" "--nonsense" \
	"--verify-log" "--verify-log --db x" "--check --json -c $conf" \
	"--accept-gap -c $conf" "--check --show -c $conf" "-c $conf more"; do
	# shellcheck disable=SC2086	# words
	run "$AUTHD" $args
	is "usage: '$args'" 2
done
refute "nothing was made by those" test -e "$T/u"
run "$AUTHD" --version
is "--version" 0
run "$AUTHD" --help
is "--help" 0
