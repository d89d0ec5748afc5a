// SPDX-License-Identifier: Apache-2.0
// Handles that are never dereferenced, and the one way from exceptions to status and text.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "kernels/base/error.h"
#include "tools/capi/reticle.h"

namespace reticle::capi {

// Live objects of one type by handle. Numbers are not used twice, so a freed handle stays invalid.
template <class Object, class Handle>
class Registry {
 public:
  explicit Registry(const char* name) : name_(name) {}

  Handle* add(std::shared_ptr<Object> object) {
    const std::lock_guard lock(mutex_);
    objects_[next_ += 16] = std::move(object);
    return reinterpret_cast<Handle*>(next_);
  }
  // Throws Error(invalid_argument) for what is no live handle.
  std::shared_ptr<Object> get(const Handle* handle) {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found == objects_.end()) fail(handle);
    return found->second;
  }
  void remove(Handle* handle) {
    std::shared_ptr<Object> last;  // ends outside the lock
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found == objects_.end()) fail(handle);
    last = std::move(found->second);
    objects_.erase(found);
  }

 private:
  [[noreturn]] void fail(const Handle* handle) const {
    throw Error(ErrorCode::invalid_argument,
                std::string(name_) + (handle == nullptr ? ": is NULL" : ": is no live handle; it was freed, or never made"));
  }
  const char* name_;
  std::mutex mutex_;
  std::map<std::uintptr_t, std::shared_ptr<Object>> objects_;
  std::uintptr_t next_ = 0x1000;
};

// Keeps the text for reticle_error().
reticle_status fail(reticle_status status, const std::string& text) noexcept;
reticle_status status_of(ErrorCode code);

// Runs work() and turns what it throws into status and text.
template <class Work>
reticle_status guarded(const Work& work) noexcept {
  try {
    work();
    return RETICLE_OK;
  } catch (const Error& error) {
    return fail(status_of(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    return fail(RETICLE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(RETICLE_INTERNAL, error.what());
  } catch (...) {
    return fail(RETICLE_INTERNAL, "unknown error");
  }
}

// Throws Error(invalid_argument) naming the argument.
void require(bool ok, const char* what);
template <class T>
T& at(T* pointer, const char* name) {
  if (pointer == nullptr) throw Error(ErrorCode::invalid_argument, std::string(name) + ": is NULL");
  return *pointer;
}

}  // namespace reticle::capi
