"""Background work: an object with `step() -> seconds to sleep`, run by a runner, some of it under a lease."""
