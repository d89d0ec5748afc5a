// SPDX-License-Identifier: Apache-2.0
// A file system without locks, for LD_PRELOAD: every lock fails with the errno that NO_LOCKS_ERRNO gives.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>

static int refuse(void) {
  errno = atoi(getenv("NO_LOCKS_ERRNO"));
  return -1;
}

static int call(const char* name, int descriptor, int command, void* argument) {
  if (command == F_OFD_SETLK || command == F_OFD_GETLK || command == F_SETLK) return refuse();
  int (*next)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, name);
  return next(descriptor, command, argument);
}

int fcntl(int descriptor, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return call("fcntl", descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return call("fcntl64", descriptor, command, argument);
}

int flock(int descriptor, int operation) {
  (void)descriptor;
  (void)operation;
  return refuse();
}
