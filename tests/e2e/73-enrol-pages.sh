#!/usr/bin/env bash
# Goal of this test: a person brings the own phone on a page. The secret stays
# the same over a reload and a wrong code, is over after 15 minutes, and its code
# is good once; another phone, or one instead of another, wants a young code
# first (R43, V26); recovery codes are shown once and can be kept (R24); what is
# typed as a new password is judged as it is sent. No secret is in an address, a
# log or kept by the browser (V25).
# Limit: 240
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
t_begin
# shellcheck source=tests/e2e/portal.sh
. "$ROOT/tests/e2e/portal.sh"
GOOD='Kb7#wolfram-Teapot'

new_dir enrol
set_conf 'password_cost = 5' 'request_timeout = "60s"'
start_daemon "$DIR"
run sekisho office add demo --name Demo --contact 'extension 123'
person() {
	run sekisho account add "$1" --name "Person of $1" --office demo
	[ "$RC" -eq 0 ] || die "account $1: $ERR"
	printf '%s:%s\n' "$1" "$(openssl passwd -6 "$GOOD")" >>"$T/hashes"
	run sekisho phone enroll "$1" --label "phone of $1" --json
	printf -v "SECRET_$1" '%s' "$(json .secret)"
	printf -v "PHONE_$1" '%s' "$(json .device)"
	local name=SECRET_$1
	run sekisho phone confirm "$1" "$(code_of "${!name}" -30)"
	[ "$RC" -eq 0 ] || die "phone of $1: $ERR"
}
early_in_step 15
person taro
person hana
run sekisho password import "$T/hashes"
RECOVERY=$(sekisho recovery create taro --json | jq -r '.recovery_codes[]')
browser() {
	JAR=$T/jar.$1
}
leads() {
	equal "$1" "$STATUS $(field Location)" "303 $2"
}
has() {
	check "$1" grep -qF -- "$2" "$T/.out"
}
hasnt() {
	refute "$1" grep -qF -- "$2" "$T/.out"
}
# value NAME: of a hidden field of the page looked at last.
value() {
	sed -n "s/.*name=\"$1\" value=\"\\([^\"]*\\)\".*/\\1/p" "$T/.out" |
		head -n 1
}
# secret: the one on the page, as an app takes it.
secret() {
	sed -n 's|.*<dd class="secret id">\(.*\)</dd>.*|\1|p' "$T/.out" |
		tr -d ' '
}
# qr: what a camera reads of the page's picture, drawn here from its path.
qr() {
	sed -n '/<svg viewBox="0 0 [0-9]* [0-9]*" role="img"/,/<\/svg>/p' \
		"$T/.out" >"$T/qr.svg"
	tr -d '\n' <"$T/qr.svg" | awk '
	{
		match($0, /viewBox="0 0 [0-9]+/)
		n = substr($0, RSTART + 13, RLENGTH - 13) + 0
		match($0, /<path fill="#000" d="[^"]*/)
		k = split(substr($0, RSTART + 21, RLENGTH - 21), run, "z")
		for (i = 1; i < k; i++) {
			split(run[i], part, /[Mhv -]+/)
			for (x = 0; x < part[4]; x++)
				dark[part[2] + x, part[3]] = 1
		}
		print "P1\n" n * 6, n * 6
		for (y = 0; y < n * 6; y++) {
			for (x = 0; x < n * 6; x++)
				printf "%d ", (int(x / 6), int(y / 6)) in dark
			print ""
		}
	}' >"$T/qr.pbm"
	zbarimg -q --raw "$T/qr.pbm" 2>/dev/null
}
login() {
	look /login
	post /login -d "login=$1" --data-urlencode "password=$GOOD"
	look /login/code
	post /login/code -d "$2"
}
phones() {
	run sekisho phone list "$1" --json
	json '[.phones[] | select(.state == "active") | .label] | join(",")'
}

# --- R43: a young code first ---
browser old
login taro "recovery=$(sed -n 1p <<<"$RECOVERY")"
leads "logged in by a recovery code" /
ask /mine
has "my page leads to another phone" 'href="/mine/phone"'
# shellcheck disable=SC2154	# person() sets it
has "and to one instead" "href=\"/mine/phone?replaces=$PHONE_taro\""
look /mine/phone
strict "the page that asks the name" 200
has "a name is suggested" 'value="スマートフォン"'
has "the phones one has are named" '「phone of taro」と入れ替える'

# --- names in people's words ---
post /mine/phone -d owner=company -d replaces= --data-urlencode $'label= \u3000 '
leads "blanks are no name" /mine/phone
ask /mine/phone
has "and it says so" 'その名前は使えません'
name=$(printf 'あ%.0s' {1..67})
post /mine/phone -d owner=company -d replaces= --data-urlencode "label=$name"
leads "what is too long is none either" /mine/phone
post /mine/phone -d owner=nobody -d label=a
equal "an owner that is none" "$STATUS" 400
post /mine/phone -d owner=private -d replaces= \
	--data-urlencode $'label=\u3000私の「電話」<b> \u3000'
leads "a name with marks, blanks at its ends" /mine/phone/scan

# --- the QR code ---
look /mine/phone/scan
strict "the page with the QR code" 200
equal "V25 it is in the page itself" "$(grep -c '<img' "$T/.out")" 0
S1=$(secret)
D1=$(value device)
check "the secret is a text too" grep -qE '^[A-Z2-7]{32}$' <<<"$S1"
URI="otpauth://totp/Sekisho:taro?secret=$S1&issuer=Sekisho&algorithm=SHA1&digits=6&period=30"
equal "a camera reads the same secret" "$(qr)" "$URI"
has "and so does an app on this device" "href=\"${URI//&/&amp;}\""
look /mine/phone/scan
equal "it survives a reload" "$(secret)" "$S1"
wrong=$(code_of "$S1" 600)
post /mine/phone/scan -d "code=$wrong" -d "device=$D1"
leads "a wrong code" /mine/phone/scan
look /mine/phone/scan
equal "leaves the secret as it is" "$(secret)" "$S1"
has "and it says so" '数字を確認できませんでした'
post /mine/phone/scan -d code= -d "device=$D1"
leads "V29 an empty one is a wrong one" /mine/phone/scan
post /mine/phone/scan -d "code=$(code_of "$S1")"
equal "V29 a form without its phone" "$STATUS" 400

# --- two tabs ---
look /mine/phone
post /mine/phone -d owner=company -d label=second -d replaces=
look /mine/phone/scan
S2=$(secret)
D2=$(value device)
refute "another tab makes a new one" test "$S2" = "$S1"
post /mine/phone/scan -d "code=$(code_of "$S1")" -d "device=$D1"
leads "the first tab is told" /mine/phone/scan
look /mine/phone/scan
has "that there is a newer one" 'QRコードが新しくなっています'
equal "which goes on" "$(secret)" "$S2"

# --- confirmed, and sent twice ---
early_in_step 20
form=(--data-urlencode "code=$(code_of "$S2" | sed 's/.../& /')" -d "device=$D2")
post /mine/phone/scan "${form[@]}"
leads "the right code" /mine
equal "the phone is there" "$(phones taro)" 'phone of taro,second'
post /mine/phone/scan "${form[@]}"
leads "sent twice it is done once" /mine
equal "and there are as many" "$(phones taro)" 'phone of taro,second'
ask /mine
has "it says which" 'スマートフォン「second」を登録しました'
has "R33 and later what was done" 'スマートフォンを登録した'
ask /mine/phone/scan
leads "the back button leads on" /mine
run sekisho recovery count taro --json
equal "R24 the recovery codes one has stay" "$(json .recovery_left)" 9
browser new
login taro "code=$(code_of "$S2")"
refute "F1 the code that confirmed is used up" grep -q '^__Host-sekisho=' "$JAR"

# --- one phone instead of another; the session was opened with the old one ---
browser hana
# shellcheck disable=SC2154	# person() sets it
login hana "code=$(code_of "$SECRET_hana")"
leads "hana logs in by her phone" /
before=$(cookie __Host-sekisho)
# shellcheck disable=SC2154	# person() sets it
look "/mine/phone?replaces=$PHONE_hana"
check "the phone that ends is chosen" \
	grep -q "value=\"$PHONE_hana\" checked" "$T/.out"
post /mine/phone -d owner=company --data-urlencode $'label= \u3000 ' \
	-d "replaces=$PHONE_hana"
leads "for a name that is none it is asked again, and which phone is not forgotten" \
	"/mine/phone?replaces=$PHONE_hana"
ask "/mine/phone?replaces=$PHONE_hana"
post /mine/phone -d owner=company -d label=new -d "replaces=$PHONE_hana"
leads "it is remembered" "/mine/phone/scan?replaces=$PHONE_hana"
look "/mine/phone/scan?replaces=$PHONE_hana"
S3=$(secret)
D3=$(value device)
equal "until then the old one goes on" "$(phones hana)" 'phone of hana'
form=(-d "code=$(code_of "$S3")" -d "device=$D3"
	-d "replaces=$PHONE_hana")
post /mine/phone/scan "${form[@]}"
leads "R28 replaced in one step" /mine
equal "the old one is out" "$(phones hana)" new
refute "V33 the session has another token" \
	test "$(cookie __Host-sekisho)" = "$before"
ask /mine
has "and goes on" '前のスマートフォンの認証コードは、もう使えません'
post /mine/phone/scan "${form[@]}"
leads "sent twice, the page knows more" /mine/phone/scan

# --- the code is too long ago ---
browser hana
look /mine/phone
sekisho account unlock hana >/dev/null
expire() {
	# what was proven stays, but long ago
	stop_daemon
	sqlite3 "$DIR/data/sekisho.db" \
		"UPDATE session SET code_steady = code_steady - $1"
	start_daemon "$DIR"
}
expire 301000
ask /mine/phone
leads "R43 an old code is asked anew" '/code?to=%2Fmine%2Fphone'
post /mine/phone -d owner=company -d label=x -d replaces=
leads "R43 of the form too" '/code?to=%2Fmine%2Fphone'
equal "and nothing is begun" "$(phones hana)" new
run sekisho phone enroll hana --label elsewhere --json
expire 901000
ask /mine/phone/scan
leads "R43 nobody else's pending secret is shown to an old session" \
	'/code?to=%2Fmine%2Fphone%2Fscan'
look /codes
strict "the page of recovery codes" 200
post /codes
leads "R43 new recovery codes want one too" '/code?to=%2Fcodes'

# --- recovery codes ---
browser codes
login taro "recovery=$(sed -n 2p <<<"$RECOVERY")"
leads "taro again" /
look /codes
has "how many are left" '残りの予備コードは8個です'
post /codes
strict "new ones" 200
mapfile -t NEW < <(sed -n 's|.*<li><code>\(.*\)</code></li>.*|\1|p' "$T/.out")
equal "are ten" "${#NEW[@]}" 10
check "the form is not sent without the tick" \
	grep -q 'type="checkbox" name="kept" required' "$T/.out"
args=()
for i in "${!NEW[@]}"; do
	args+=(-d "code.$((i + 1))=${NEW[$i]}")
done
post /codes/file "${args[@]}"
strict "as a file" 200
equal "that is one" "$(field Content-Disposition)" \
	'attachment; filename="sekisho-recovery-codes.txt"'
equal "with all of them" "$(grep -cE '[0-9a-z]{4}(-[0-9a-z]{4}){3}' "$T/.out")" 10
has "and whose they are" 'ID: taro'
post /codes/file "${args[@]}" -d "code.11=${NEW[0]}"
equal "there are ten, and no more" "$STATUS" 400
post /codes/file --data-urlencode 'code.1=<script>'
equal "V35 it echoes nothing else" "$STATUS" 400
ask /
has "until then the start page asks" 'まだ終わっていません'
ask /codes
has "and they can be ticked there as well" 'name="kept" required'
post /codes/kept
leads "not ticked" /codes
ask /codes
has "it says so" '保存したかどうかを確認できませんでした'
post /codes/kept -d kept=on
leads "ticked" /
ask /
has "it goes on" '予備コードの準備ができました'
hasnt "and asks no more" 'まだ終わっていません'
browser again
login taro "recovery=$(sed -n 3p <<<"$RECOVERY")"
refute "R24 the earlier ones are void" grep -q '^__Host-sekisho=' "$JAR"
login taro "recovery=${NEW[0]}"
leads "a new one is good" /

# --- V26, R45: no form of another site, nothing by looking ---
rows() {
	sqlite3 "$DIR/data/sekisho.db" 'SELECT count(*) FROM audit;
		SELECT count(*), max(created_ms) FROM phone;
		SELECT count(*), max(created_ms) FROM recovery'
}
before=$(rows)
for path in /mine/phone /mine/phone/scan /codes /codes/file /codes/kept \
	/enrol/password /enrol/phone /enrol/scan; do
	ask "$path" -d label=x -d owner=company -d code=123456 -d device=x \
		-d kept=on -d new=x -d again=x -d code.1="${NEW[0]}"
	check "V26 $path: not without the page's token" \
		grep -qE '^(403|303)$' <<<"$STATUS"
	hasnt "nothing is echoed" "${NEW[0]}"
done
for path in /mine/phone /mine/phone/scan /codes /password /enrol \
	/enrol/password /enrol/phone /enrol/scan; do
	ask "$path"
	ask "$path" -I
done
equal "R45 and nothing has changed" "$(rows)" "$before"

# --- the rules of a password, as it is typed ---
look /password
strict "the page of the password" 200
# judged PASSWORD
judged() {
	post /password/check --data-urlencode "new=$1"
}
judged 'a'
equal "all that is not met" "$OUT" '{"unmet":["length","kinds","easy"]}'
judged 'Taro-2026-Nazo#7'
equal "the own name" "$OUT" '{"unmet":["personal"]}'
judged 'tsukue+Lamp=94-Orbit'
strict "what is good" 200
equal "is good" "$OUT" '{"unmet":[]}'
judged "$GOOD"
equal "R43 the present password is not told from another" "$OUT" '{"unmet":[]}'
ask /password/check -d new=a -d token="$(printf '0%.0s' {1..64})"
equal "V26 not without the page's token" "$STATUS" 403
browser nobody
look /login
post /password/check -d new=a
equal "not for anybody" "$STATUS" 403
script=$(browser codes && ask /password &&
	sed -n 's/.*<script src="\([^"]*\)" defer.*/\1/p' "$T/.out")
ask "$script"
strict "the script" 200 kept
equal "is one" "$(field Content-Type)" 'text/javascript; charset=utf-8'

# --- fifteen minutes later: the time of day moves, durations do not ---
# A sanitizer's runtime would have to be loaded first.
if [ -z "${SAN:-}" ]; then
	stop_daemon
	cp "$BIN/tests/clock_shim.so" "$T/" || die "no shim"
	head -c 8 /dev/zero >"$T/page"
	chmod 755 "$T/clock_shim.so"
	chmod 644 "$T/page"
	start_daemon "$DIR" '' env "CLOCK_SHIM_PAGE=$T/page" \
		"LD_PRELOAD=$T/clock_shim.so"
	# later SECONDS
	later() {
		perl -e 'print pack("q", shift)' "${1}000" |
			dd of="$T/page" conv=notrunc status=none
	}
	browser late
	login taro "recovery=${NEW[1]}"
	look /mine/phone
	post /mine/phone -d owner=private -d label=late -d replaces=
	look /mine/phone/scan
	S4=$(secret)
	D4=$(value device)
	later 960
	post /mine/phone/scan -d "code=$(code_of "$S4" 960)" -d "device=$D4"
	leads "a code that comes too late" /mine/phone/scan
	look /mine/phone/scan
	has "makes a new QR code, and says so" '有効期限が過ぎたため、新しくしました'
	refute "which is another" test "$(secret)" = "$S4"
	later 1920
	look /mine/phone/scan
	has "looked at too late, it is told" '有効期限（15分）が過ぎました'
	equal "and there is none" "$(secret)" ''
	post /mine/phone -d "label=$(value label)" -d "owner=$(value owner)"
	leads "a new one is one click away" /mine/phone/scan
	look /mine/phone/scan
	post /mine/phone/scan -d "code=$(code_of "$(secret)" 1920)" \
		-d "device=$(value device)"
	leads "and is good" /mine
	ask /mine
	has "under the name it had" 'スマートフォン「late」を登録しました'
fi

# --- what is left behind ---
sekisho audit export >"$T/log"
check "R56 the log says who brought it" jq -es \
	'any(.[]; .action == "phone.confirm" and .actor == "taro")' "$T/log"
check "R56 and that the codes are kept" jq -es \
	'any(.[]; .action == "recovery.kept" and .actor == "taro")' "$T/log"
for word in "$S1" "$S2" "$S3" "${NEW[0]}" "$GOOD"; do
	refute "V25 R54 no secret in any log" grep -qF -- "$word" "$T/log" "$LOG"
done
run sekisho audit verify --dir "$DIR"
is "the log is whole" 0
stop_daemon
