# Which source is linked into which program.
STORE	+= authd/store/rows authd/store/ask authd/store/ask_sql \
	  authd/store/store_sqlite_office authd/store/store_sqlite_account \
	  authd/store/accepted authd/store/store_sqlite_accepted \
	  authd/store/store_sqlite_phone authd/store/store_sqlite_counter \
	  authd/store/store_sqlite_password authd/store/store_sqlite_recovery \
	  authd/store/store_sqlite_terminal authd/store/store_sqlite_host \
	  authd/store/store_sqlite_cert \
	  authd/store/store_sqlite_session authd/store/store_sqlite_app \
	  authd/store/store_sqlite_ticket \
	  authd/store/store_sqlite_audit authd/store/store_sqlite_open
ifeq ($(SAN),)
SANDBOX	+= authd/sandbox_landlock
endif
# Of certificates the front only reads: it holds nothing that issues or signs.
CERTS	= certs/x509_der certs/x509_public certs/x509_weak certs/x509_request \
	  certs/x509_subject certs/x509_trust certs/x509_chain certs/x509_pem \
	  certs/x509_url certs/x509_key
ISSUE	= certs/x509_extend certs/x509_profile certs/x509_issue \
	  certs/x509_scalar
SIGN	= certs/x509_crl certs/x509_ocsp_sign
KEEPER	= authd/keeper_main $(SANDBOX) $(BASE) $(AUDIT) \
	  authd/keeper/keeper_msg authd/keeper/keeper_loop \
	  authd/keeper/keeper_seed authd/keeper/keeper_audit \
	  authd/keeper/keeper_rate authd/keeper/keeper_state \
	  authd/keeper/keeper_keys authd/keeper/keeper_mac \
	  authd/keeper/keeper_ca authd/keeper/keeper_quota \
	  authd/keeper/keeper_crl authd/keeper/keeper_ocsp \
	  authd/keeper/keeper_key_source authd/keeper/keeper_cert_answer \
	  authd/keeper/keeper_cert_msg $(CERTS) $(ISSUE) $(SIGN)
CORE	= authd/core/act authd/core/breakglass authd/core/clockset authd/core/steady authd/core/journal \
	  authd/core/checks authd/core/lock authd/core/verify \
	  authd/core/office authd/core/account authd/core/account_input authd/core/guard authd/core/means \
	  authd/core/rights authd/core/search \
	  authd/core/enrol authd/core/phone authd/core/auditlog \
	  authd/core/engine authd/core/engine_ahead authd/core/engine_work \
	  authd/core/engine_start authd/core/login \
	  authd/core/source authd/core/source_slot authd/core/source_address \
	  authd/core/source_rule \
	  authd/core/logins authd/core/recovery authd/core/password authd/core/password_policy \
	  authd/core/password_own authd/core/password_preview authd/core/password_ticket \
	  authd/core/enrolment authd/core/mine \
	  authd/core/password_personal authd/core/password_shape \
	  authd/core/password_strength authd/core/password_text \
	  authd/core/kana authd/core/passhash authd/core/passhash_format \
	  authd/core/hashpool authd/core/breach \
	  authd/core/live authd/core/seen authd/core/terminal \
	  authd/core/terminals authd/core/cert authd/core/keyshare authd/core/cert_issue \
	  authd/core/cert_life authd/core/cert_text authd/core/host \
	  authd/core/shown authd/core/crl authd/core/ocsp \
	  authd/core/token authd/core/session authd/core/session_seen \
	  authd/core/session_admin authd/core/session_keep \
	  authd/core/ticket authd/core/ticket_fit authd/core/ticket_make authd/core/ticket_prove \
	  authd/core/session_order authd/core/known authd/core/urlcheck authd/core/app \
	  authd/core/authz authd/core/authz_kept authd/core/handover authd/core/way \
	  authd/core/impact authd/core/change authd/core/overview \
	  authd/core/backed
WEB	= authd/web/server authd/web/dispatch authd/web/gate authd/web/peer authd/web/reaper \
	  authd/web/request authd/web/exchange authd/web/route authd/web/answer authd/web/shape \
	  authd/web/route_hook authd/web/route_portal authd/web/route_hosts \
	  authd/web/route_pki authd/web/secure authd/web/proxied authd/web/form \
	  authd/web/cookie authd/web/flash authd/web/formkey authd/web/portal \
	  authd/web/portal_plain authd/web/portal_login authd/web/portal_who \
	  authd/web/portal_code authd/web/portal_fresh authd/web/portal_share \
	  authd/web/portal_home authd/web/portal_password authd/web/portal_rules authd/web/portal_mine \
	  authd/web/portal_events authd/web/portal_time \
	  authd/web/route_console authd/web/console \
	  authd/web/console_accounts authd/web/console_account \
	  authd/web/console_edit authd/web/console_phones \
	  authd/web/console_terminals authd/web/console_terminal authd/web/console_overview \
	  authd/web/console_audit authd/web/console_words \
	  authd/web/console_sessions authd/web/console_apps \
	  authd/web/console_impact authd/web/console_tickets \
	  authd/web/portal_check authd/web/portal_scan \
	  authd/web/portal_phone authd/web/portal_codes authd/web/portal_enrol authd/web/portal_enrol_password \
	  authd/web/rest_status authd/web/rest_office authd/web/rest_account \
	  authd/web/rest_phone authd/web/rest_verify authd/web/rest_audit \
	  authd/web/rest_login authd/web/rest_password \
	  authd/web/rest_recovery \
	  authd/web/rest_backup authd/web/rest_breakglass authd/web/rest_host authd/web/rest_source authd/web/rest_clock \
	  authd/web/rest_terminal authd/web/rest_cert authd/web/shape_cert \
	  authd/web/cert_header authd/web/hook_cert authd/web/pki \
	  authd/web/hook_authz authd/web/portal_ticket authd/web/portal_pickup authd/web/handover_url authd/web/portal_enter authd/web/rest_app authd/web/rest_impact authd/web/rest_session authd/web/rest_ticket \
	  authd/base/base64 authd/api/json
RENDER	= authd/render/catalog authd/render/escape authd/render/page authd/render/cells \
	  authd/render/qr_code authd/render/qr_svg
FRONT	= authd/front_main $(SANDBOX) $(BASE) authd/base/file authd/base/fold $(AUDIT) \
	  $(STORE) authd/store/writer authd/store/job_queue \
	  authd/keeper/keeper_msg authd/keeper/keeper_client \
	  authd/keeper/keeper_cert_msg authd/keeper/keeper_client_cert \
	  $(CERTS) certs/x509_shared certs/x509_pkcs12 certs/x509_ocsp $(CORE) $(WEB) $(RENDER)
AUTHD	= $(CERTS) $(ISSUE) certs/x509_root authd/ca_files \
	  authd/main authd/conf authd/conf_keys authd/conf_domain authd/conf_strip authd/core/urlcheck \
	  authd/init authd/place authd/place_left authd/user authd/backup authd/backup_file \
	  authd/backup_key authd/restore authd/restore_db \
	  authd/restore_conf authd/restore_state \
	  authd/store/store_sqlite_backup authd/keeper/keeper_audit \
	  authd/proc authd/proc_socket authd/proc_open authd/proc_users authd/proc_child authd/notify \
	  authd/verify_log $(BASE) authd/base/file authd/base/fold $(AUDIT) \
	  authd/audit/audit_verify authd/keeper/keeper_state $(STORE)
CLI	= cli/cmd_backup \
	  cli/main cli/verbs cli/verbs_table cli/args cli/help cli/completion cli/show \
	  cli/question cli/outfile authd/base/file cli/sibling cli/doctor cli/cmd_instance \
	  cli/cmd_status cli/cmd_doctor cli/cmd_office cli/cmd_account \
	  cli/cmd_app cli/cmd_impact cli/cmd_session cli/cmd_source cli/cmd_breakglass cli/cmd_pam cli/pamstack authd/api/glass cli/cmd_clock cli/cmd_proxy cli/proxycheck cli/proxytree cli/nginxconf \
	  cli/cmd_phone cli/cmd_enroll cli/cmd_verify cli/cmd_recovery cli/cmd_ticket authd/render/slip cli/cmd_audit \
	  cli/cmd_password cli/cmd_terminal cli/cmd_cert cli/cmd_kit \
	  cli/csv cli/csv_text authd/render/cells cli/kit_list cli/kit_result cli/issued \
	  authd/base/base64 authd/render/sheet authd/render/fill authd/render/escape \
	  authd/api/client authd/api/json authd/render/qr_code \
	  authd/render/qr_text authd/render/qr_png authd/render/qr_svg $(BASE)
# pam_sekisho.so: what it links of ours is safe in any program that loads it.
PAM	= pam_module/pam_sekisho pam_module/options pam_module/enquiry \
	  pam_module/talk pam_module/emergency authd/api/flat authd/api/glass \
	  authd/api/client authd/base/err authd/base/buf authd/base/mem \
	  authd/base/text authd/base/clock authd/base/timetext authd/base/log
