#!/usr/bin/env bash
# Goal of this test:
# - One call of malloc, write, send or recv in `sekisho` fails, in every verb that
#   can be run again and again, at every way by which such a call is come to:
#   the verb says what went wrong, or has done all (F5). None fails without a
#   word, none prints the half of a list and is content.
# Limit: 300
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

if [ -n "${SAN:-}" ]; then
	skip "F5 single faults" "a sanitizer has its own malloc"
	exit 0
fi
new_dir faults
set_conf 'password_cost = 5' "portal_url = 'https://login.example.jp'" \
	"connections_peer_max = 256"
start_daemon "$DIR"
run sekisho office add demo --name Demo
run sekisho account add taro --name '山田 太郎' --office demo --level 3
run sekisho account add hanako --name '山田 花子' --office demo --level 1
run sekisho app add kyuyo.example.jp --name 給与
run sekisho ticket create hanako --for first
is "there is something to list" 0
printf '%s\n' 'Kb7#wolfram-Teapot' >"$T/password"
printf 'hanako:%s\n' "$(openssl passwd -6 Kb7#wolfram-Teapot)" >"$T/hashes"
run sekisho phone enroll hanako --json
run sekisho breakglass create web1 --file "$T/glass"
is "emergency codes" 0
mkdir "$T/pam.d"
printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"$T/pam.d/sshd"
mkdir "$T/nginx"
for f in "$ROOT"/contrib/nginx/*.conf; do
	sed "s|/etc/nginx/sekisho/|$T/nginx/|" "$f" >"$T/nginx/${f##*/}"
done
printf 'http {\n\tinclude %s;\n}\n' "$T/nginx/sekisho.conf;include $T/nginx/app.conf" \
	>"$T/nginx.conf"

mkdir -p "$T/place/bin"
ln -s "$BIN/sekisho" "$BIN/sekisho-authd" "$BIN/tests/fault.so" "$T/place/bin/"
# sweep STATUS IN VERB...
sweep() {
	run "$BIN/tests/cli_faults" "$T/place" 0 "$@"
	if [ "$RC" -eq 0 ]; then
		ok "F5 ${*:3}: $OUT"
	else
		fail "F5 ${*:3}" "$(head -c 3000 <<<"$OUT")"
	fi
}

export SEKISHO_SOCKET=$DIR/authd.sock
c=$DIR/sekisho.conf
for json in '' --json; do
	# shellcheck disable=SC2086	# nothing, or one word
	{
		sweep 0 '' office list $json
		sweep 0 '' office show demo $json
		sweep 0 '' account list $json
		sweep 0 '' account show taro $json
		sweep 0 '' account unlock taro $json
		sweep 0 "$T/password" password check taro --stdin $json
		sweep 0 '' phone list taro $json
		sweep 0 '' recovery count taro $json
		sweep 0 '' ticket list $json
		sweep 0 '' ticket create hanako --for first $json
		sweep 0 '' app list $json
		sweep 0 '' app set kyuyo.example.jp --level 2 $json
		sweep 0 '' app set kyuyo.example.jp --level 3 --impact $json
		sweep 0 '' session list $json
		sweep 0 '' session end --login taro $json
		sweep 0 '' session end --all $json
		sweep 0 '' source list $json
		sweep 0 '' cert ca $json
		sweep 0 '' cert list $json
		sweep 0 '' terminal list $json
		sweep 0 '' audit list $json
		sweep 0 '' status $json
		sweep 0 '' doctor $json
		sweep 0 '' clock show $json
		sweep 1 '' verify taro 123456 $json
		sweep 1 '' pam test root sshd --pam-dir "$T/pam.d" $json
		sweep 0 '' phone enroll hanako --again --png "$T/a.png" --svg "$T/a.svg" \
			--force $json
		sweep 0 '' recovery create taro $json
		sweep 0 '' password import "$T/hashes" $json
		sweep 0 '' breakglass create web1 --file "$T/glass" --force $json
		sweep 0 '' breakglass list web1 --file "$T/glass" $json
		sweep 0 '' proxy check "$T/nginx.conf" $json
		sweep 0 '' config show --config "$c" $json
		sweep 0 '' config check --config "$c" $json
		sweep 0 '' audit verify --config "$c" $json
	}
done
sweep 0 '' --help
sweep 0 '' account --help
sweep 0 '' audit export
check "the daemon is well" sekisho status
