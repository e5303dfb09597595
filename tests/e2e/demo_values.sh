# shellcheck shell=bash disable=SC2154 # the demo sets bin, work
# What an application stores is its user's alone, and never an older one than was stored last.

values=$work/device/var/lib/edgekeep/keep/store/values.0

# stored USER put VALUE | get: as an application of that user, through the library; its group is the keep's.
stored() {
  /usr/bin/python3 - "$(readlink -f "$bin"/../src/client/libedgekeep.so.0)" "$work/device" "$@" <<'PYTHON'
import ctypes, grp, os, sys
path, root, user, command, *value = sys.argv[1:]
library = ctypes.CDLL(path)
library.ek_error_name.restype = ctypes.c_char_p
os.setgroups([])
os.setgid(grp.getgrnam("edgekeep").gr_gid)
os.setuid(int(user))
class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("root", ctypes.c_char_p), ("sockets", ctypes.c_char_p * 2), ("timeout", ctypes.c_uint32)]
options = Options(ctypes.sizeof(Options), root.encode())
client = ctypes.c_void_p()
assert library.ek_client_open(ctypes.byref(options), ctypes.byref(client), None) == 0
room, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
if command == "put":
    code = library.ek_store_put(client, b"token", value[0].encode(), ctypes.c_size_t(len(value[0])), None)
else:
    code = library.ek_store_get(client, b"token", room, ctypes.byref(size), None)
if code:
    sys.exit("edgekeep: " + library.ek_error_name(code).decode())
print("stored" if command == "put" else room.raw[:size.value].decode())
PYTHON
}

replace_token() { cp "$values" "$work/values.older" && stored 4201 put "token two" && cp "$values" "$work/values.newer"; }

does "An application stores a token with the keep" stored 4201 put "token one"
does "It finds it again" stored 4201 get
does "It stores another one in its place; a thief keeps the file of before" replace_token
refuses not-found "Another application, of another user, looks for it" stored 4202 get
does "The file of before comes back on the disk" cp "$work/values.older" "$values"
refuses denied "The application is not given the older token" stored 4201 get
does "The file of now comes back" cp "$work/values.newer" "$values"
does "It finds the newer token (control)" stored 4201 get
