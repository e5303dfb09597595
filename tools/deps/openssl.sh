# shellcheck shell=bash
# build/deps/openssl/<architecture>/{include,lib}: static OpenSSL >= 3.5 with the shim that lets it link here.
# Expects: steps.sh, apt.sh, deps, arch.

provide_openssl() {
  local target=$1 key
  key=layout1-$os_codename-$(digest_of tools/deps/{glibc_shim,openssl_probe}.c)
  is_current "openssl-$target" "$key" && return 0
  local work
  work=$(fresh_directory "openssl-$target")
  mkdir -p "$work/out/include/openssl" "$work/out/lib"
  if has_system_openssl && [ "$target" = "$arch" ]; then
    link_system_openssl "$work/out" "$target"
  else
    copy_debian13_openssl "$work" "$target"
  fi
  build_shim "$work/out/lib" "$target"
  probe_openssl "$work" "$target"
  put_in_place "$work/out" "$deps/openssl/$target"
  record "openssl-$target" "$key" "openssl/$target"
  rm -rf "$work"
}

triplet_of() { case $1 in amd64) echo x86_64-linux-gnu ;; arm64) echo aarch64-linux-gnu ;; *) refuse "no support for $1" ;; esac }

link_system_openssl() {
  local out=$1 triplet
  triplet=$(triplet_of "$2")
  say "using this machine's OpenSSL"
  ln -s /usr/include/openssl/*.h "/usr/include/$triplet"/openssl/*.h "$out/include/openssl/"
  ln -s "/usr/lib/$triplet"/lib{crypto,ssl}.a "$out/lib/"
}

copy_debian13_openssl() {
  local work=$1 target=$2 triplet
  triplet=$(triplet_of "$target")
  say "fetching Debian 13's static OpenSSL for $target"
  download_debs "$work" "$target" "$debian13" libssl-dev
  # Debian keeps the two headers that differ between architectures apart; together, one include path serves.
  cp -r "$work"/libssl-dev/usr/include/openssl/. "$work/libssl-dev/usr/include/$triplet/openssl/." "$work/out/include/openssl/"
  cp "$work/libssl-dev/usr/lib/$triplet"/lib{crypto,ssl}.a "$work/out/lib/"
  [ "$target" = "$arch" ] && return 0
  # libcrypto.a uses both; this machine's own are for another architecture.
  download_debs "$work/own-suite" "$target" "$os_codename" zlib1g-dev libzstd-dev
  cp "$work/own-suite"/*/usr/lib/"$triplet"/lib{z,zstd}.a "$work/out/lib/"
}

compiler_for() { if [ "$1" = "$arch" ]; then echo gcc; else echo "$(triplet_of "$1")-gcc"; fi; }

build_shim() {
  local lib=$1 gcc
  gcc=$(compiler_for "$2")
  "$gcc" -O2 -fPIC -fvisibility=hidden -Wall -Wextra -Werror -c tools/deps/glibc_shim.c -o "$lib/glibc_shim.o"
  "${gcc%gcc}ar" rcsD "$lib/libekglibcshim.a" "$lib/glibc_shim.o"
  rm "$lib/glibc_shim.o"
}

# probe_openssl WORK TARGET: links and runs a program, and sees to it that it exports nothing of OpenSSL.
probe_openssl() {
  local work=$1 target=$2 gcc run=()
  gcc=$(compiler_for "$target")
  "$gcc" -O1 -Wall -Wextra -Werror -isystem "$work/out/include" tools/deps/openssl_probe.c -o "$work/probe" \
    -L"$work/out/lib" -Wl,--exclude-libs,ALL -lssl -lcrypto -lekglibcshim -lz -lzstd -lpthread -ldl
  [ "$target" = "$arch" ] || run=(qemu-aarch64 -L "/usr/$(triplet_of "$target")")
  "${run[@]}" "$work/probe" || refuse "the static OpenSSL for $target does not work here; see build/logs/bootstrap.log"
  if "${gcc%gcc}nm" -D --defined-only "$work/probe" | grep -E ' (EVP|OSSL|SSL)_| __isoc23_'; then
    refuse "a program linked with the static OpenSSL for $target exports its symbols"
  fi
}
