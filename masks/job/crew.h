// SPDX-License-Identifier: Apache-2.0
// Processes that were started together and talk to each other: an engine for claims and for the sum of
// what is done. Found at run time, so that nothing of ours depends on MPI.
#pragma once

#include <memory>
#include <string>

#include "masks/job/work_claims.h"

namespace reticle {

// Called from several threads at once.
class Crew : public WorkClaims {
 public:
  virtual int rank() const = 0;
  virtual int size() const = 0;
  virtual std::string description() const = 0;  // one line for people
  // Adds to what all ranks have done, and the sum as far as it is known here.
  virtual void add_done(long count) = 0;
  virtual long done_by_all() = 0;
  // Waits, asleep, until every rank has called it as often.
  virtual void meet() = 0;
  // The last call, once: meets the others and leaves them. A rank that goes without it ends the others.
  virtual void leave() = 0;
};

struct CrewChoice {
  std::shared_ptr<Crew> crew;  // none: this process works alone, or over the shared folder only
  std::string reason;          // why there is none, if this process was started as one of several
};

// Whether this process is one of several started together by mpirun or srun.
bool is_one_of_several();

// The ranks of mpirun or srun, where this process is one of several and the plugin libreticle_mpi.so is
// found: in the directories of RETICLE_ENGINE_PATH, next to the program, or in lib/reticle near it.
CrewChoice find_crew();

}  // namespace reticle
