# shellcheck shell=bash
# bash completion of sekisho(1), made by `sekisho help --bash`
_sekisho() {
	local cur=${COMP_WORDS[COMP_CWORD]} noun='' verb='' words='' i
	local prev=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	case $prev in
	--socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--config)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--name)
		:
		return
		;;
	--contact)
		:
		return
		;;
	--network)
		:
		return
		;;
	--office)
		:
		return
		;;
	--kana)
		:
		return
		;;
	--phone-number)
		:
		return
		;;
	--birth-date)
		:
		return
		;;
	--email)
		:
		return
		;;
	--unix-user)
		:
		return
		;;
	--class)
		mapfile -t COMPREPLY < <(compgen -W 'general privileged' -- "$cur")
		return
		;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W '1 2 3 4 5' -- "$cur")
		return
		;;
	--role)
		mapfile -t COMPREPLY < <(compgen -W 'administrator officer helpdesk auditor operator' -- "$cur")
		return
		;;
	--group)
		:
		return
		;;
	--enrol-by)
		:
		return
		;;
	--leaves-on)
		:
		return
		;;
	--reason)
		:
		return
		;;
	--file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--label)
		:
		return
		;;
	--png)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--svg)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--for)
		mapfile -t COMPREPLY < <(compgen -W 'first phone password certificate' -- "$cur")
		return
		;;
	--owner)
		mapfile -t COMPREPLY < <(compgen -W 'company private' -- "$cur")
		return
		;;
	--hours)
		:
		return
		;;
	--out)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--paper)
		:
		return
		;;
	--login)
		:
		return
		;;
	--state)
		mapfile -t COMPREPLY < <(compgen -W 'open all' -- "$cur")
		return
		;;
	--admit)
		:
		return
		;;
	--drop)
		:
		return
		;;
	--host)
		:
		return
		;;
	--right)
		mapfile -t COMPREPLY < <(compgen -W 'verify state' -- "$cur")
		return
		;;
	--terminal)
		:
		return
		;;
	--csr)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--service)
		:
		return
		;;
	--factor)
		mapfile -t COMPREPLY < <(compgen -W 'password code terminal' -- "$cur")
		return
		;;
	--for-office)
		:
		return
		;;
	--idle)
		:
		return
		;;
	--absolute)
		:
		return
		;;
	--code-age)
		:
		return
		;;
	--limit)
		:
		return
		;;
	--pam-dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--codes)
		:
		return
		;;
	--open)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--cert-header)
		:
		return
		;;
	--account)
		:
		return
		;;
	--device)
		:
		return
		;;
	--action)
		:
		return
		;;
	--result)
		:
		return
		;;
	--before)
		:
		return
		;;
	--db)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--pub)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--passphrase-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--recipient)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--identity)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--known-state)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--socket) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $noun ]]; then
				noun=${COMP_WORDS[i]}
			elif [[ -z $verb ]]; then
				verb=${COMP_WORDS[i]}
			fi
			;;
		esac
	done
	case "$noun $verb" in
	' ') words='init status doctor config office account password phone recovery ticket terminal cert verify app session source pam breakglass proxy clock audit backup --socket --json --help --version' ;;
	'init '*) words='--dir --socket --json --help' ;;
	'status '*) words='--socket --json --help' ;;
	'doctor '*) words='--socket --json --help' ;;
	'config ') words='check show' ;;
	'config check') words='--config --dir --impact --socket --json --help' ;;
	'config show') words='--config --dir --socket --json --help' ;;
	'office ') words='add set list show disable enable' ;;
	'office add') words='--name --contact --network --socket --json --help' ;;
	'office set') words='--name --contact --network --socket --json --help' ;;
	'office list') words='--socket --json --help' ;;
	'office show') words='--socket --json --help' ;;
	'office disable') words='--impact --socket --json --help' ;;
	'office enable') words='--socket --json --help' ;;
	'account ') words='add set list show disable enable unlock reset remove' ;;
	'account add') words='--name --office --kana --phone-number --birth-date --email --unix-user --class --level --role --group --enrol-by --leaves-on --socket --json --help' ;;
	'account set') words='--name --kana --phone-number --birth-date --email --unix-user --class --level --role --group --enrol-by --leaves-on --impact --socket --json --help' ;;
	'account list') words='--office --socket --json --help' ;;
	'account show') words='--socket --json --help' ;;
	'account disable') words='--socket --json --help' ;;
	'account enable') words='--socket --json --help' ;;
	'account unlock') words='--socket --json --help' ;;
	'account reset') words='--reason --socket --json --help' ;;
	'account remove') words='--yes --socket --json --help' ;;
	'password ') words='set check force-reset import' ;;
	'password set') words='--stdin --file --socket --json --help' ;;
	'password check') words='--stdin --socket --json --help' ;;
	'password force-reset') words='--office --all --socket --json --help' ;;
	'password import') words='--socket --json --help' ;;
	'phone ') words='enroll confirm list revoke resync' ;;
	'phone enroll') words='--label --private --png --svg --force --ascii --again --socket --json --help' ;;
	'phone confirm') words='--socket --json --help' ;;
	'phone list') words='--socket --json --help' ;;
	'phone revoke') words='--socket --json --help' ;;
	'phone resync') words='--socket --json --help' ;;
	'recovery ') words='create count' ;;
	'recovery create') words='--socket --json --help' ;;
	'recovery count') words='--socket --json --help' ;;
	'ticket ') words='create list void' ;;
	'ticket create') words='--for --label --owner --hours --out --paper --force --socket --json --help' ;;
	'ticket list') words='--login --office --state --socket --json --help' ;;
	'ticket void') words='--socket --json --help' ;;
	'terminal ') words='list show set lost' ;;
	'terminal list') words='--office --socket --json --help' ;;
	'terminal show') words='--socket --json --help' ;;
	'terminal set') words='--admit --admit-all --admit-listed --drop --owner --label --socket --json --help' ;;
	'terminal lost') words='--socket --json --help' ;;
	'cert ') words='issue sign kit list show revoke renew ca crl' ;;
	'cert issue') words='--out --compatible --label --owner --host --right --force --socket --json --help' ;;
	'cert sign') words='--login --out --label --owner --host --right --force --socket --json --help' ;;
	'cert kit') words='--out --compatible --socket --json --help' ;;
	'cert list') words='--office --terminal --socket --json --help' ;;
	'cert show') words='--socket --json --help' ;;
	'cert revoke') words='--reason --socket --json --help' ;;
	'cert renew') words='--out --compatible --csr --force --socket --json --help' ;;
	'cert ca') words='--socket --json --help' ;;
	'cert crl') words='--der --socket --json --help' ;;
	'verify '*) words='--service --socket --json --help' ;;
	'app ') words='add set list show remove' ;;
	'app add') words='--name --factor --network --level --group --for-office --idle --absolute --code-age --impact --socket --json --help' ;;
	'app set') words='--name --factor --network --level --group --for-office --idle --absolute --code-age --impact --force --socket --json --help' ;;
	'app list') words='--socket --json --help' ;;
	'app show') words='--socket --json --help' ;;
	'app remove') words='--socket --json --help' ;;
	'session ') words='list end' ;;
	'session list') words='--login --office --all --socket --json --help' ;;
	'session end') words='--login --office --all --socket --json --help' ;;
	'source ') words='list unlock' ;;
	'source list') words='--limit --socket --json --help' ;;
	'source unlock') words='--socket --json --help' ;;
	'pam ') words='test' ;;
	'pam test') words='--pam-dir --socket --json --help' ;;
	'breakglass ') words='create list void' ;;
	'breakglass create') words='--codes --file --force --socket --json --help' ;;
	'breakglass list') words='--file --socket --json --help' ;;
	'breakglass void') words='--file --socket --json --help' ;;
	'proxy ') words='check' ;;
	'proxy check') words='--open --cert-header --socket --json --help' ;;
	'clock ') words='show confirm' ;;
	'clock show') words='--socket --json --help' ;;
	'clock confirm') words='--socket --json --help' ;;
	'audit ') words='list show verify export accept-gap' ;;
	'audit list') words='--office --account --device --action --result --before --limit --socket --json --help' ;;
	'audit show') words='--socket --json --help' ;;
	'audit verify') words='--config --dir --db --pub --socket --json --help' ;;
	'audit export') words='--socket --json --help' ;;
	'audit accept-gap') words='--config --dir --reason --socket --json --help' ;;
	'backup ') words='create restore keygen' ;;
	'backup create') words='--out --config --dir --passphrase-file --recipient --socket --json --help' ;;
	'backup restore') words='--dir --passphrase-file --identity --known-state --force-older --reason --socket --json --help' ;;
	'backup keygen') words='--dir --socket --json --help' ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _sekisho sekisho
