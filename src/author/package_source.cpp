#include "package_source.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "edgekeep/base/writer.h"
#include "package_paths.h"

namespace edgekeep::author {
namespace {

Failure Changed(const std::string& path) {
  return {ErrorCode::kBadState, "the file changed while it was read", path,
          "wait until it is complete, then seal again"};
}

Failure Empty(const std::string& path) {
  return {ErrorCode::kBadArgument, "the model is empty", path, "name the model file"};
}

}  // namespace

Outcome<PackageSource::Source> PackageSource::OpenFile(const std::string& path) {
  Source source{path, files::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), {}, 0};
  if (!source.descriptor.valid() || ::fstat(source.descriptor.get(), &source.status) != 0) {
    return Describe(files::FromErrno(errno, ""), path);
  }
  if (!S_ISREG(source.status.st_mode)) return Describe(Error(ErrorCode::kBadArgument, "not a regular file"), path);
  ::posix_fadvise(source.descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return source;
}

Outcome<PackageSource> PackageSource::Open(const std::string& model, const std::vector<std::string>& side_files) {
  PackageSource package;
  EK_TRY_ASSIGN(package.package_paths_, PackagePathsOf(model, side_files));
  std::vector<std::string> paths = side_files;
  paths.insert(paths.begin(), model);
  for (const std::string& path : paths) {
    EK_TRY_ASSIGN(Source source, OpenFile(path));
    package.sources_.push_back(std::move(source));
  }
  if (package.sources_.front().size() == 0) return Empty(model);
  EK_TRY(package.LayOut());
  return package;
}

Done PackageSource::LayOut() {
  formats::PackageIndex index;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto role = i == 0 ? formats::FileRole::kModel : formats::FileRole::kSide;
    EK_TRY(At(sources_[i].path, index.PushBack({package_paths_[i], role, 0, sources_[i].size()})));
  }
  EK_TRY_ASSIGN(plaintext_size_, At(model_path(), formats::LayOutPackage(index)));
  for (std::size_t i = 0; i < sources_.size(); ++i) sources_[i].offset = index[i].offset;
  EK_TRY_ASSIGN(Bytes encoded, At(model_path(), Bytes::Allocate(formats::kMaxIndexSize)));
  CborWriter cbor(encoded.mutable_view());
  EK_TRY(At(model_path(), formats::EncodePackageIndex(index, cbor)));
  EK_TRY_ASSIGN(front_, At(model_path(), Bytes::Allocate(sizeof(std::uint32_t) + cbor.written().size())));
  Writer front(front_.mutable_view());
  EK_TRY(At(model_path(), front.WriteU32LittleEndian(static_cast<std::uint32_t>(cbor.written().size()))));
  return At(model_path(), front.WriteBytes(cbor.written()));
}

std::vector<std::uint64_t> PackageSource::sizes() const {
  std::vector<std::uint64_t> list;
  for (const Source& source : sources_) list.push_back(source.size());
  return list;
}

Done PackageSource::ReadFrom(const Source& source, std::uint64_t offset, MutableByteView out) const {
  while (!out.empty()) {
    const ssize_t got = ::pread(source.descriptor.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Describe(files::FromErrno(errno, "read"), source.path);
    if (got == 0) return Changed(source.path);
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Done PackageSource::Read(MutableByteView out) {
  while (!out.empty()) {
    while (current_ < sources_.size() && position_ >= sources_[current_].offset + sources_[current_].size()) ++current_;
    std::uint64_t count = out.size();
    if (position_ < front_.size()) {
      count = std::min<std::uint64_t>(count, front_.size() - position_);
      std::ranges::copy(front_.view().subspan(position_, count), out.begin());
    } else if (current_ < sources_.size() && position_ >= sources_[current_].offset) {
      const Source& source = sources_[current_];
      const std::uint64_t offset = position_ - source.offset;
      count = std::min(count, source.size() - offset);
      EK_TRY(ReadFrom(source, offset, out.first(count)));
    } else {
      if (current_ == sources_.size()) return Describe(Error(ErrorCode::kInternal, "end of package"), model_path());
      count = std::min(count, sources_[current_].offset - position_);
      std::ranges::fill(out.first(count), std::uint8_t{0});
    }
    out = out.subspan(count);
    position_ += count;
  }
  return {};
}

Done PackageSource::CheckUnchanged() const {
  for (const Source& source : sources_) {
    struct stat now;
    if (::fstat(source.descriptor.get(), &now) != 0) return Describe(files::FromErrno(errno, ""), source.path);
    const struct stat& then = source.status;
    if (now.st_size != then.st_size || now.st_mtim.tv_sec != then.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != then.st_mtim.tv_nsec) {
      return Changed(source.path);
    }
  }
  return {};
}

}  // namespace edgekeep::author
