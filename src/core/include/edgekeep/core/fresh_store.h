// FreshStore: a store of which no older copy is believed, as long as the anchor is not put back with it
// (spec/keep-state.md §10).
#pragma once
#include <array>
#include <memory>
#include <optional>

#include "edgekeep/core/state_root.h"
#include "edgekeep/ports/monotonic_counter.h"
#include "edgekeep/ports/store.h"

namespace edgekeep::core {

// Binds the small objects of `inner` to the counter; slot files are bound by the commit records that name their
// digests, and "time" is not bound at all. Reading an object that is not the bound one fails with kDenied. Every
// replacement that changes something raises the counter by one, or by two for the first one after a start or a failure.
// One thread at a time. Everything that it is made of outlives it.
class FreshStore final : public ports::Store {
 public:
  FreshStore(const crypto::Provider& provider, const Vault& vault, ports::Store& inner,
             ports::MonotonicCounter& counter) noexcept
      : provider_(&provider), vault_(&vault), inner_(&inner), counter_(&counter) {}

  // Finishes what a cut left undone. kDenied: the store is an older copy, or was changed; kIo and the counter's
  // failures. Every call below loads what is not loaded, and fails likewise.
  Status Load();

  // SHA-256 of the bytes that an object of the device's own has to have, whatever has become of it; none: it is not
  // bound.
  Result<std::optional<Digest>> BoundAs(std::string_view name);

  // The anchor's count of the state that counts. It rises with every change of anything that is bound.
  Result<std::uint64_t> Sequence();

  // What the installs of a product have reached, that no damage to its files takes back; none: it never was installed.
  Result<std::optional<ProductBar>> BarOf(const ProductName& product);
  // When the newest licence that any product had was issued; 0: there was none.
  Result<UnixTime> NewestLicence();
  // Raises what is higher than before; `bar.product` is set here.
  Status RaiseBar(const ProductName& product, ProductBar bar);

  // What applications store, one object each. Which place is whose, and of what is there no more, is the caller's to
  // decide: applications are listed by their places.
  Result<StateApplications> Applications();
  Result<bool> HasValues(std::uint8_t place);
  Result<Bytes> ReadValues(std::uint8_t place, std::size_t max_size);
  // `place`: of one in the list, or the next one. Empty bytes: its values are there no more, even damaged ones; it
  // stays listed.
  Status ReplaceValues(std::uint8_t place, const StateApplication& application, ByteView bytes);

  // What ends when the device changes hands.
  struct Endings {
    std::span<const ProductName> licences_but;  // those of all other products that it ever had
    bool values = false;                        // what applications stored
  };

  // Replaces an object of the device's own, by another one, and ends this in the same state: all or nothing, whatever
  // is cut.
  Status ReplaceAndEnd(std::string_view name, ByteView bytes, const Endings& endings);

  Result<Bytes> Read(std::string_view name, std::size_t max_size) override;
  // When it fails the old object may count, or the new one; when it succeeds the new one does, whether the disk had
  // room for it in its own place or not.
  Status Replace(std::string_view name, ByteView bytes) override;
  Result<Bytes> ReadOf(const ProductName& product, std::string_view name, std::size_t max_size) override;
  Status ReplaceOf(const ProductName& product, std::string_view name, ByteView bytes) override;
  Result<InlineVector<ProductName, ports::kMaxStoredProducts>> Products() override;
  Result<ports::FileHandle> CreateSlotFile(const ProductName& product, std::uint8_t slot,
                                           ports::SlotFile file) override;
  Result<ports::FileHandle> OpenSlotFile(const ProductName& product, std::uint8_t slot, ports::SlotFile file) override;
  Status SyncSlot(const ProductName& product, std::uint8_t slot) override;
  Status EraseSlot(const ProductName& product, std::uint8_t slot) override;
  // And forgets what it loaded.
  Status EraseAll(std::string_view kept) override;
  Result<std::uint64_t> SizeOf(ports::FileHandle file) override;
  void Close(ports::FileHandle file) noexcept override;

 private:
  // A bound object: of a product, or of the device itself where there is none.
  struct Place {
    const ProductName* product;
    std::string_view name;
  };

  Result<std::unique_ptr<StateRoot>> ReadCopy(std::string_view name) const;
  Result<std::unique_ptr<StateRoot>> NewestState();
  Status RaiseCounterTo(const StateRoot& state);
  Result<std::unique_ptr<StateRoot>> Successor() const;
  Result<Bytes> ReadInner(const Place& place, std::size_t max_size) const;
  Result<Bytes> ReadBound(const Place& place, std::size_t max_size);

  // What changes with an object, in the same state.
  struct Entry {
    std::uint8_t place;
    const StateApplication* application;
  };

  Status ReplaceBound(const Place& place, ByteView bytes, const Entry* entry = nullptr,
                      const Endings* endings = nullptr);
  Status End(const Endings* endings, StateRoot& state) const;
  void EmptyDeletedValues();
  Status WriteInner(const PendingObject& object);
  Status Settle();
  Status Commit(std::unique_ptr<StateRoot> next);
  Status FinishPending();
  void Mirror();
  Status Unbind(const Place& place, const Entry* entry = nullptr);
  static Status Apply(const Entry* entry, StateRoot& state);

  const crypto::Provider* provider_;
  const Vault* vault_;
  ports::Store* inner_;
  ports::MonotonicCounter* counter_;
  std::unique_ptr<StateRoot> state_;  // null: not loaded
  bool settled_ = false;              // the counter's value was made by this object, so no other state claims it
  // Whether each copy is the state that counts. A first one with its pending object is.
  std::array<bool, 2> is_current_{};
  bool loaded_before_ = false;  // what the disk shows may not be durable then: a failure came before
};

}  // namespace edgekeep::core
