/* The function that would have been called were this library not preloaded: the C library's, or a sanitizer's. */
#ifndef NEXT_H
#define NEXT_H

#include <dlfcn.h>
#include <stdlib.h>

/* Declares `next`, a pointer to the next function of that name. Looked up at the first call, since other libraries'
 * constructors may call before ours has run; two threads at once would find the same. */
#define NEXT(result, name, ...)                                                              \
    static result (*remembered)(__VA_ARGS__);                                                \
    result (*next)(__VA_ARGS__) = __atomic_load_n(&remembered, __ATOMIC_ACQUIRE);            \
    if (!next) {                                                                             \
        *(void **)&next = dlsym(RTLD_NEXT, #name);                                           \
        if (!next) {                                                                         \
            abort();                                                                         \
        }                                                                                    \
        __atomic_store_n(&remembered, next, __ATOMIC_RELEASE);                               \
    }

/* All symbols are hidden but those that take another's place. */
#define INTERPOSED __attribute__((visibility("default")))

#endif
