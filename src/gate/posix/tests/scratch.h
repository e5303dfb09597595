// A fresh directory for one test, removed with everything in it.
#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace edgekeep::gate {

class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/edgekeep-test-XXXXXX";
    EXPECT_NE(mkdtemp(name), nullptr);
    path_ = name;
    EXPECT_EQ(chmod(name, 0755), 0);
  }

  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  ~Scratch() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace edgekeep::gate
