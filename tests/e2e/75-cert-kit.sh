#!/usr/bin/env bash
# Goal of this test:
# - A list of 50 terminals as Excel writes it (CP932 with 髙 and ①) becomes 50
#   certificates, each with its sheet, by one command; the daemon knows them.
# - Each row has both files and a live certificate, or none: with wrong rows,
#   files that cannot be written, a signal in the middle, no daemon.
# - A passphrase is on its sheet and nowhere else; files belong to their owner.
# Limit: 180
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin

# A sheet's text without tags; the passphrase on it.
sheet_text() {
	sed 's/<[^>]*>//g' "$1"
}
phrase_of() {
	sed -n 's/^<p class="mono">\(.*\)<\/p>$/\1/p' "$1" | sed 's/<[^>]*>//g'
}
live_certs() {
	run sekisho cert list --json
	json '[.certificates[] | select(.state == "live")] | length'
}

new_dir a
start_daemon "$DIR"
run sekisho office add demo --name 'デモ社会保険労務士事務所' \
	--contact '総務 03-0000-0000'
run sekisho office add other --name Other
run sekisho account add jiro --name '次郎' --office other
for i in 0 1 2 3 4 5 6 7 8 9; do
	run sekisho account add "130321-0$i" --name "髙橋 花子$i" --office demo
	[ "$RC" -eq 0 ] || die "account: $ERR"
done

# --- 50 terminals ---
{
	printf '事務所,ID,端末名,備考\r\n'
	for i in $(seq 50); do
		printf 'demo,130321-0%d,"髙橋PC①%02d, 2階",x\r\n' \
			$((i % 10)) "$i"
	done
	printf ',,,\r\n'
} | iconv -f UTF-8 -t CP932 >"$T/list.csv" || die "iconv"
run sekisho cert kit "$T/list.csv" --out "$T/kit" --json
is "a kit of 50 from a CP932 file" 0
equal "all were made" "$(json '.made, .failed' | tr '\n' ' ')" "50 0 "
printf '%s' "$OUT" >"$T/kit.json"
equal "50 certificates" "$(find "$T/kit" -name '*.p12' | wc -l)" 50
equal "50 sheets" "$(find "$T/kit" -name '*.html' | wc -l)" 50
equal "and the account of it, nothing else" \
	"$(find "$T/kit" -mindepth 1 | wc -l)" 101
equal "all files are their owner's alone" \
	"$(find "$T/kit" -type f ! -perm 600 | wc -l)" 0
equal "and the directory" "$(stat -c %a "$T/kit")" 700
equal "the daemon knows 50 terminals" "$(run sekisho terminal list --json
	json '.terminals | length')" 50
equal "and 50 live certificates" "$(live_certs)" 50
equal "their names came through" "$(run sekisho terminal list --json
	json '[.terminals[].label] | sort | .[0]')" '髙橋PC①01, 2階'
check "also into the result" grep -q '"髙橋PC①50, 2階","発行済み' \
	"$T/kit/result.csv"
equal "which Excel reads as UTF-8" "$(head -c 3 "$T/kit/result.csv" | xxd -p)" \
	efbbbf

bad=0
for p12 in "$T"/kit/*.p12; do
	phrase_of "${p12%.p12}.html" >"$T/phrase"
	openssl pkcs12 -in "$p12" -passin "file:$T/phrase" -nokeys -clcerts \
		-out "$T/one.pem" 2>/dev/null || bad=$((bad + 1))
done
equal "each opens with the passphrase of its sheet" $bad 0
one=$T/kit/002-130321-01
check "the sheet names the person" grep -q '髙橋 花子1' "$one.html"
check "and the terminal" grep -q '髙橋PC①01, 2階' "$one.html"
check "and whom to call" grep -q '総務 03-0000-0000' "$one.html"
serial=$(jq -r '.lines[0].serial' "$T/kit.json")
check "and the certificate that is in the file" grep -q "$serial" "$one.html"
phrase_of "$one.html" >"$T/phrase"
equal "which openssl calls the same" "$(openssl pkcs12 -in "$one.p12" \
	-passin "file:$T/phrase" -nokeys -clcerts 2>/dev/null |
	openssl x509 -noout -serial | sed 's/serial=//')" "$serial"
phrase=$(phrase_of "$one.html")
equal "R67 a passphrase has 20 characters" "${#phrase}" 20
run sekisho audit export
for f in "$T/kit.json" "$T/kit/result.csv" "$LOG" "$T/.out"; do
	refute "no passphrase in ${f##*/}" grep -qF "$phrase" "$f"
done

# --- never twice into one directory ---
run sekisho cert kit "$T/list.csv" --out "$T/kit"
is "a directory with files in it is refused" 2
equal "and nothing is made" "$(live_certs)" 50

# --- rows that cannot be ---
{
	printf '\357\273\277demo,130321-00,A\n'
	printf 'demo,jiro,B\ndemo,nobody,C\nnone,130321-00,D\n'
	printf 'demo,130321-00,A\ndemo,,E\ndemo,130321-01,=cmd|x\n'
} >"$T/mixed.csv"
run sekisho cert kit "$T/mixed.csv" --out "$T/mixed" --compatible --json
is "a kit with bad rows ends with 1" 1
equal "each says why" "$(json '[.lines[].code] | join(" ")')" \
	" wrong_office no_such_account no_such_office repeated missing_field "
equal "the good ones were made" "$(find "$T/mixed" -name '*.p12' | wc -l)" 2
equal "and no other" "$(live_certs)" 52
check "in Japanese too" grep -q 'IDが登録されていません' "$T/mixed/result.csv"
check "no cell becomes a formula" grep -q "\"'=cmd|x\"" "$T/mixed/result.csv"
check "the sheet says that the file is a compatible one" \
	grep -q 互換形式 "$T/mixed/001-130321-00.html"
run sekisho cert kit "$T/mixed.csv" --out "$T/mixed2"
is "without --json as well" 1
equal "a sentence for each row: those made before have a live one" \
	"$(printf '%s\n' "$ERR" | grep -c '^sekisho: row ')" 7
check "in Japanese too" grep -q '有効な証明書がすでにあります' \
	"$T/mixed2/result.csv"

# --- files that are none ---
while IFS='|' read -r name text; do
	# shellcheck disable=SC2059	# it is the format
	printf "$text" >"$T/bad.csv"
	run sekisho cert kit "$T/bad.csv" --out "$T/bad"
	is "refused: $name" 2
	check "and no directory is made: $name" test ! -e "$T/bad"
done <<'LIST'
an empty file|
names alone|事務所,ID,端末名\r\n
a column missing|事務所,ID,x\r\ndemo,130321-00,a\r\n
a quote that is never closed|demo,130321-00,"a\r\ndemo,130321-01,b\r\n
Unicode text|\377\376d\000e\000
what could be UTF-8 or CP932|demo,130321-00,\303\251\r\n
LIST
run sekisho cert kit "$T/none.csv" --out "$T/bad"
is "refused: no file" 2

# --- all or nothing ---
# The sheet does not fit into what the process may write, the certificate does.
live=$(live_certs)
printf 'demo,130321-00,Full\n' >"$T/full.csv"
RC=0
(
	trap '' XFSZ
	ulimit -f 8
	exec sekisho cert kit "$T/full.csv" --out "$T/full"
) >"$T/.out" 2>"$T/.err" </dev/null || RC=$?
is "a sheet that cannot be written fails its row" 1
equal "its certificate file is gone, too" \
	"$(find "$T/full" -type f ! -name result.csv | wc -l)" 0
check "the result says so" grep -q not_written "$T/full/result.csv"
equal "and the certificate is revoked" "$(live_certs)" "$live"
run sekisho cert kit "$T/full.csv" --out "$T/full2"
is "the same row works when there is room" 0

live=$(live_certs)
{
	for i in $(seq 40); do
		printf 'demo,130321-0%d,Slow %d\n' $((i % 10)) "$i"
	done
} >"$T/slow.csv"
has_rows() {
	[ "$(wc -l <"$T/slow/result.csv")" -gt 3 ]
}
sekisho cert kit "$T/slow.csv" --out "$T/slow" >"$T/.out" 2>"$T/.err" </dev/null &
pid=$!
T_PIDS="$T_PIDS $pid"
until_true 20 has_rows
kill -TERM $pid
wait $pid
made=$(grep -c 発行済み "$T/slow/result.csv")
check "a signal in the middle ends it" test "$made" -lt 40
equal "the rest is told as not tried" \
	"$(grep -c 未処理 "$T/slow/result.csv")" $((40 - made))
equal "what is told as made has both files" \
	"$(find "$T/slow" -name '*.p12' -o -name '*.html' | wc -l)" $((2 * made))
equal "and is alive" "$(live_certs)" $((live + made))

stop_daemon
run sekisho cert kit "$T/mixed.csv" --out "$T/away" --json
is "without a daemon it ends with 5" 5
equal "and nothing is told as made" "$(json '.made, .failed' | tr '\n' ' ')" \
	"0 7 "
