// The libc that the library uses. Macros and variadic functions, which Swift can't import, get a name here.
// Without _GNU_SOURCE: defining it contradicts the debug build's own module of the C library.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/memfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

static inline int platform_errno(void) { return errno; }
static inline int platform_open(const char *path, int flags, int mode) { return open(path, flags, mode); }
static inline int platform_memfd_create(const char *name, unsigned flags) {
    return (int)syscall(SYS_memfd_create, name, flags);
}
/// Renames a file to a name that nothing may have yet (renameat2 with RENAME_NOREPLACE).
static inline int platform_rename_new(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1);
}
/// Forbids a memfd to change its length (F_ADD_SEALS with F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL).
static inline int platform_seal_length(int descriptor) { return fcntl(descriptor, 1033, 0x0001 | 0x0002 | 0x0004); }
/// Gives a range's pages back to the system; it then reads as zeros.
static inline int platform_punch_hole(int descriptor, off_t offset, off_t length) {
    return (int)syscall(SYS_fallocate, descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}
static inline int platform_map_anonymous(void) { return MAP_ANONYMOUS; }
static inline void *platform_map_failed(void) { return MAP_FAILED; }
static inline int platform_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }
static inline int platform_is_regular_file(mode_t mode) { return S_ISREG(mode); }
static inline int platform_is_directory(mode_t mode) { return S_ISDIR(mode); }

/// Has the memory at an address, which need not be anybody's, brought near the processor. A kernel's turn is so long that only few of
/// the next are under way at once, too few to hide what memory takes.
static inline __attribute__((always_inline)) void platform_prefetch(const void *address) { __builtin_prefetch(address); }

/// The signs of 16 numbers, the first one's lowest: an instruction, of which Swift knows no name.
typedef signed char platform_bytes __attribute__((ext_vector_type(16)));
static inline __attribute__((always_inline)) unsigned platform_signs(platform_bytes numbers) {
    typedef _Bool platform_bits __attribute__((ext_vector_type(16)));
    return __builtin_bit_cast(unsigned short, __builtin_convertvector(numbers < 0, platform_bits));
}

/// Whether the vector kernels run here. Their target in the package manifest lists the same features. The compiler's own test would bring
/// 4.5 KB that know every processor.
///
/// Source: Intel's Software Developer's Manual, volume 2, CPUID, and volume 1, 15.2, "Detection of AVX-512 Foundation Instructions".
static inline int platform_has_avx512(void) {
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_POPCNT) || !(c & bit_OSXSAVE)) return 0;
    // The system has to save SSE's and AVX's registers, the masks, and all of the vectors that AVX-512 makes of them.
    unsigned states, above;
    __asm__("xgetbv" : "=a"(states), "=d"(above) : "c"(0));
    const unsigned ebx = bit_AVX512F | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL | bit_AVX512DQ;
    const unsigned ecx = bit_AVX512VBMI | bit_AVX512VBMI2 | bit_AVX512BITALG;
    return (states & 0xE6) == 0xE6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & ebx) == ebx && (c & ecx) == ecx;
#else
    return 0;
#endif
}
