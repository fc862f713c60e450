#!/usr/bin/env bash
# Goal of this test: Chromium, as on a terminal of an office: the certificate of
# a kit is imported into its store with the passphrase of the sheet, the page
# behind nginx opens without a question, and after `cert revoke` the next
# request of the same browser is refused. Both kinds of file.
# Limit: 240
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/web.sh
. "$(dirname "$0")/web.sh"
# shellcheck source=tests/e2e/mtls.sh
. "$(dirname "$0")/mtls.sh"
t_begin

if ! can_browse; then
	skip "a browser with a terminal's certificate" \
		"no mount namespace for its policies"
	exit 0
fi

mtls_begin
mkdir -m 711 "$W/app"

new_dir a
proxy_key "$W/proxy-key.conf"
start_daemon "$DIR"
run sekisho office add demo --name 'デモ社会保険労務士事務所'
run sekisho account add taro --name '太郎' --office demo
printf 'demo,taro,受付PC\ndemo,taro,古いPC\n' >"$T/list.csv"
sed -i '1s/$/,標準/; 2s/$/,互換/; 1i 事務所,ID,端末名,形式' "$T/list.csv"
run sekisho cert kit "$T/list.csv" --out "$T/kit" --json
is "a kit of two" 0
printf '%s' "$OUT" >"$T/kit.json"
serial_of() {
	jq -r ".lines[$1].serial" "$T/kit.json"
}

sekisho cert ca >"$W/ca.pem"
site_cert $HOST "$W" || die "no certificate for the site"
# The page asks again and again, in one browser, until it is refused.
cat >"$W/app/page.html" <<'HTML'
<!DOCTYPE html><title>page</title><p id="p">open</p><script>
var n = 0, x, end = performance.now() + 60000;
do {
	x = new XMLHttpRequest();
	x.open("GET", "/data?" + n, false);
	x.send();
	n += x.status == 200;
	var next = performance.now() + 50;
	while (performance.now() < next) ;
} while (x.status == 200 && performance.now() < end);
document.getElementById("p").textContent =
    "opened " + (n > 0) + ", then " + x.status;
</script>
HTML
chmod 644 "$W/app/page.html"
mtls_site "$W/site" "$APP" <<CONF
	access_log $W/app.log;
	location = /page { alias $W/app/page.html; default_type text/html; }
	location = /data { return 200 "terminal=\$http_remote_terminal user=\$http_remote_user"; }
	location = / { return 200 "terminal=\$http_remote_terminal user=\$http_remote_user"; }
CONF
start_nginx "$W/site" "$HTTPS" || die "nginx: $(cat "$W/site.log")"

browser_home || die "certutil"
run certutil -d "$BROWSER_DB" -A -t C,, -n site -i "$W/site-ca.pem"
is "the browser trusts the site" 0
printf '{"AutoSelectCertificateForUrls": ["%s"]}' \
	"{\\\"pattern\\\": \\\"https://$HOST:$HTTPS\\\", \\\"filter\\\": {}}" \
	>"$BROWSER_POLICY/select.json"
open_page() {
	browse "https://$HOST:$HTTPS$1" \
		--host-resolver-rules="MAP $HOST 127.0.0.1"
}
import() {
	sed -n 's/^<p class="mono">\(.*\)<\/p>$/\1/p' "$1.html" |
		sed 's/<[^>]*>//g' >"$T/phrase"
	run pk12util -i "$1.p12" -d "$BROWSER_DB" -w "$T/phrase"
}

out=$(open_page /)
check "without a certificate the page says what to do" \
	grep -q この端末では開けません <<<"$out"

import "$T/kit/002-taro"
is "the certificate is imported with the sheet's passphrase" 0
out=$(open_page /)
terminal=$(jq -r '.lines[0].terminal' "$T/kit.json")
check "the browser comes in as its terminal" \
	grep -q "terminal=$terminal user=taro" <<<"$out"

seen() {
	sekisho terminal show "$terminal" --json | jq -e --arg s 127.0.0.1 \
		'.first_seen != null and .last_seen != null and .last_source == $s'
}
check "its first and last use are seen, and from where" until_true 10 seen

: >"$W/app.log"
open_page /page >"$T/page" &
pid=$!
T_PIDS="$T_PIDS $pid"
requests() {
	grep -c '/data' "$W/app.log"
}
is_busy() {
	[ "$(requests)" -ge 5 ]
}
check "a page that goes on asking is open" until_true 60 is_busy
run sekisho cert revoke "$(serial_of 0)" --reason lost
is "the certificate is revoked meanwhile" 0
after=$(requests)
wait $pid
check "the browser's next request is refused" \
	grep -q 'opened true, then 403' "$T/page"
equal "not one came through after the command" "$(requests)" "$after"
out=$(open_page /)
check "and the browser started again is refused, too" \
	grep -q この端末では開けません <<<"$out"

run sekisho audit list --json
for action in cert.issue cert.use cert.revoke; do
	check "the audit log has $action of this terminal" json \
		"[.records[] | select(.action == \"$action\" and
			(.device == \"$terminal\" or
			(.detail | contains(\"$(serial_of 0)\"))))] | length > 0"
done

# --- the other kind of file, in a store of its own ---
rm -rf "$BROWSER_HOME"
browser_home || die "certutil"
run certutil -d "$BROWSER_DB" -A -t C,, -n site -i "$W/site-ca.pem"
printf '{"AutoSelectCertificateForUrls": ["%s"]}' \
	"{\\\"pattern\\\": \\\"https://$HOST:$HTTPS\\\", \\\"filter\\\": {}}" \
	>"$BROWSER_POLICY/select.json"
import "$T/kit/003-taro"
is "a compatible file is imported" 0
out=$(open_page /)
terminal=$(jq -r '.lines[1].terminal' "$T/kit.json")
check "and the browser comes in as that terminal" \
	grep -q "terminal=$terminal user=taro" <<<"$out"

# --- the sheet on paper ---
cp "$T/kit/002-taro.html" "$W/app/sheet.html"
HOME=$BROWSER_HOME timeout 60 chromium --headless --no-sandbox --disable-gpu \
	--disable-quic --no-first-run --disable-background-networking \
	--disable-component-update --disable-sync --no-pdf-header-footer \
	--user-data-dir="$BROWSER_HOME/print" --print-to-pdf="$T/sheet.pdf" \
	"file://$W/app/sheet.html" >/dev/null 2>&1
run pdfinfo "$T/sheet.pdf"
is "the sheet is printed" 0
check "on A4" grep -q '^Page size: .*A4' "$T/.out"
check "on two pages, Japanese and English" grep -q '^Pages: *2$' "$T/.out"
pdftotext -layout "$T/sheet.pdf" "$T/sheet.txt"
check "which can be read" grep -q 'Terminal certificate' "$T/sheet.txt"
