# shellcheck shell=bash
# The system users of packaging/sysusers.d/edgekeep.conf. Expects: steps.sh.

create_users() {
  local conf=packaging/sysusers.d/edgekeep.conf kind name missing=()
  while read -r kind name _; do
    case $kind in
      u) getent passwd "$name" >/dev/null || missing+=("$name") ;;
      g) getent group "$name" >/dev/null || missing+=("$name") ;;
    esac
  done <"$conf"
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || refuse "the system users of $conf are missing; run script/bootstrap once as root"
  say "creating system users: ${missing[*]}"
  if command -v systemd-sysusers >/dev/null; then
    systemd-sysusers "$PWD/$conf"
  else
    create_users_by_hand "$conf"
  fi
}

create_users_by_hand() {
  local kind name
  while read -r kind name _; do
    case $kind in
      u) getent passwd "$name" >/dev/null ||
        useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$name" ;;
      g) getent group "$name" >/dev/null || groupadd --system "$name" ;;
    esac
  done <"$1"
}
