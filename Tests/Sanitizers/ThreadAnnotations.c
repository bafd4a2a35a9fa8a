// What ThreadSanitizer cannot see of Swift's runtime, told to it; preloaded by Scripts/sanitize.
//
// Synchronization.Mutex is a futex. Its fast path is compiled into the program, where ThreadSanitizer sees it. Its slow
// path, for a lock that is contended, is in a library that is not instrumented: each such lock would be taken for a race.
// These functions stand before the library's own and say what the lock does. Nothing is suppressed.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
extern void *swift_task_getCurrent(void);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex

// Synchronization._MutexHandle._lockSlow(_: UInt32), ._tryLockSlow() -> Bool and ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void itsmerp_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool itsmerp_try_lock(SELF) __asm__(TRY_LOCK);
SWIFT void itsmerp_unlock(SELF) __asm__(UNLOCK);

static SWIFT void (*lock)(uint32_t, SELF);
static SWIFT bool (*try_lock)(SELF);
static SWIFT void (*unlock)(SELF);

__attribute__((constructor)) static void find(void) {
    lock = dlsym(RTLD_NEXT, LOCK);
    try_lock = dlsym(RTLD_NEXT, TRY_LOCK);
    unlock = dlsym(RTLD_NEXT, UNLOCK);
}

static void acquire(void *address) {
    if (__tsan_acquire) __tsan_acquire(address);
}

SWIFT void itsmerp_lock(uint32_t thread, SELF) {
    lock(thread, mutex);
    acquire(mutex);
}

SWIFT bool itsmerp_try_lock(SELF) {
    bool is_locked = try_lock(mutex);
    if (is_locked) acquire(mutex);
    return is_locked;
}

SWIFT void itsmerp_unlock(SELF) {
    if (__tsan_release) __tsan_release(mutex);
    unlock(mutex);
}

// Called by ThreadAnnotations.swift.
void itsmerp_acquire_current_task(void) { acquire(swift_task_getCurrent()); }
