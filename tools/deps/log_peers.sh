# shellcheck shell=bash
# Other implementations of the C2SP formats, of Debian 13: build/deps/log/bin has sigsum-witness and spicy-litetlog,
# build/deps/log/go/src/tlogx litetlog's cosignatures as source (internal there, so that only a copy can be imported).
# Expects: steps.sh, apt.sh, deps, arch.

provide_log_peers() {
  local key=layout1-sigsum-go0.11-litetlog0.4 work source
  is_current log "$key" && return 0
  say "fetching sigsum-go and litetlog"
  work=$(fresh_directory log)
  download_debs "$work" "$arch" "$debian13" sigsum-go litetlog golang-github-filosottile-litetlog-dev
  mkdir -p "$work/log/bin" "$work/log/go/src/tlogx"
  cp "$work/sigsum-go/usr/bin/sigsum-witness" "$work/litetlog/usr/bin/spicy-litetlog" "$work/log/bin"
  source=$work/golang-github-filosottile-litetlog-dev/usr/share/gocode/src/filippo.io/litetlog/internal/tlogx
  cp "$source/cosignature.go" "$source/checkpoint.go" "$work/log/go/src/tlogx"
  put_in_place "$work/log" "$deps/log"
  record log "$key" log
  rm -rf "$work"
}
