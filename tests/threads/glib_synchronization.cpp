// SPDX-License-Identifier: LGPL-2.1-or-later
// Tells ThreadSanitizer what GLib and GStreamer synchronize. Both are built without it, and their mutexes are
// atomics and futexes of their own, which it cannot see: all that an object lock guards would look like a
// race. What stands here takes the place of GLib's function for the program and all libraries, calls it, and
// says what it means.
#include <dlfcn.h>
#include <gst/gst.h>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}

namespace {

template <typename Function>
Function* next(Function*& function, const char* name) {
    if (__atomic_load_n(&function, __ATOMIC_RELAXED) == nullptr)
        __atomic_store_n(&function, reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name)), __ATOMIC_RELAXED);
    return __atomic_load_n(&function, __ATOMIC_RELAXED);
}

}  // namespace

#undef g_once_init_enter
#undef g_once_init_leave

#define LOCKS(type, prefix, lock_name, unlock_name)     \
    void prefix##lock_name(type* mutex) {               \
        static decltype(prefix##lock_name)* function;   \
        next(function, #prefix #lock_name)(mutex);      \
        __tsan_acquire(mutex);                          \
    }                                                   \
    void prefix##unlock_name(type* mutex) {             \
        static decltype(prefix##unlock_name)* function; \
        __tsan_release(mutex);                          \
        next(function, #prefix #unlock_name)(mutex);    \
    }

#define TRIES(type, prefix, try_name)                                     \
    gboolean prefix##try_name(type* mutex) {                              \
        static decltype(prefix##try_name)* function;                      \
        const gboolean locked = next(function, #prefix #try_name)(mutex); \
        if (locked) __tsan_acquire(mutex);                                \
        return locked;                                                    \
    }

extern "C" {

LOCKS(GMutex, g_mutex_, lock, unlock)
TRIES(GMutex, g_mutex_, trylock)
LOCKS(GRecMutex, g_rec_mutex_, lock, unlock)
TRIES(GRecMutex, g_rec_mutex_, trylock)
LOCKS(GRWLock, g_rw_lock_, writer_lock, writer_unlock)
LOCKS(GRWLock, g_rw_lock_, reader_lock, reader_unlock)

void g_cond_wait(GCond* condition, GMutex* mutex) {
    static decltype(g_cond_wait)* function;
    __tsan_release(mutex);
    next(function, "g_cond_wait")(condition, mutex);
    __tsan_acquire(mutex);
}

gboolean g_cond_wait_until(GCond* condition, GMutex* mutex, gint64 end) {
    static decltype(g_cond_wait_until)* function;
    __tsan_release(mutex);
    const gboolean signalled = next(function, "g_cond_wait_until")(condition, mutex, end);
    __tsan_acquire(mutex);
    return signalled;
}

// Types, quarks and classes are made once.
gboolean g_once_init_enter(volatile void* location) {
    static gboolean (*function)(volatile void*);
    const gboolean first = next(function, "g_once_init_enter")(location);
    __tsan_acquire(const_cast<void*>(location));
    return first;
}

void g_once_init_leave(volatile void* location, gsize result) {
    static void (*function)(volatile void*, gsize);
    __tsan_release(const_cast<void*>(location));
    next(function, "g_once_init_leave")(location, result);
}

// Whoever gives up the last reference frees what others wrote before they gave up theirs.
void g_object_unref(gpointer object) {
    static decltype(g_object_unref)* function;
    __tsan_release(object);
    __tsan_acquire(object);
    next(function, "g_object_unref")(object);
}

void gst_object_unref(gpointer object) {
    static decltype(gst_object_unref)* function;
    __tsan_release(object);
    __tsan_acquire(object);
    next(function, "gst_object_unref")(object);
}

void gst_mini_object_unref(GstMiniObject* object) {
    static decltype(gst_mini_object_unref)* function;
    __tsan_release(object);
    __tsan_acquire(object);
    next(function, "gst_mini_object_unref")(object);
}

// Buses and buffer pools pass what is theirs through queues without locks.
void gst_atomic_queue_push(GstAtomicQueue* queue, gpointer data) {
    static decltype(gst_atomic_queue_push)* function;
    __tsan_release(queue);
    next(function, "gst_atomic_queue_push")(queue, data);
}

gpointer gst_atomic_queue_pop(GstAtomicQueue* queue) {
    static decltype(gst_atomic_queue_pop)* function;
    const gpointer data = next(function, "gst_atomic_queue_pop")(queue);
    __tsan_acquire(queue);
    return data;
}

}  // extern "C"
