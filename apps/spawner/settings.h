// What the spawner was told and what it looked up at its start.
#pragma once
#include <array>
#include <string>

#include "edgekeep/gate/posix/descriptor.h"
#include "edgekeep/isolation/process/cell_user.h"
#include "edgekeep/isolation/process/control_groups.h"

namespace edgekeep::spawner {

inline constexpr std::size_t kCellUsers = 8;
// The last one is for installing alone: applications that hold all the others cannot keep an update out.
inline constexpr std::size_t kServingCells = kCellUsers - 1;

struct Arguments {
  std::string root;
  std::string libexec;  // where edgekeep-keep and edgekeep-cell are
  std::string engine;   // libonnxruntime; empty: cells have no engine
  int ready_fd = -1;
  bool spare_cell = true;
};

// Exits the process with 2 and a usage line when the arguments are wrong, with 0 after --help.
Arguments ParseArguments(int count, char** values);

struct Users {
  isolation::UserIds keep;
  std::array<isolation::UserIds, kCellUsers> cells;
};

// Fails with kNotFound.
Result<Users> FindUsers();

// Both ends of a pipe on which nothing is ever said: the children's end hangs up when the spawner has ended.
struct Life {
  gate::Descriptor children;
  gate::Descriptor spawner;
};

// The engine as cells get it: a copy of the library that nobody can change any more, root included.
struct Engine {
  gate::Descriptor copy;  // read-only; not valid: cells have no engine
  std::string sha256;     // in hexadecimal; empty: each cell measures the copy itself
};

struct Settings {
  Arguments arguments;
  Users users;
  Engine engine;
  isolation::ControlGroups groups;
  std::string mount_point;  // an empty directory of root's, on which cells mount their private roots
  Life life;
  gate::Descriptor null;
  gate::Descriptor service_manager;
};

// Makes the directories below the root that keep and cells need, and fills in the rest.
Result<Settings> Prepare(Arguments arguments);

}  // namespace edgekeep::spawner
