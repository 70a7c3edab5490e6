"""Prints layout.c: where every field of every public struct lies, by cffi's reading of the header. `make check` compares
it with the layout.c that is checked in, and has the compilers say the same. After a change of the header that is meant:

    cc -E -P -nostdinc -ITests/HeaderTests/plain -D'__attribute__(x)=' include/neuromorphic.h > neuromorphic.i
    python3 Tests/HeaderTests/layout.py neuromorphic.i > Tests/HeaderTests/layout.c

and look at the difference: fields may be added at the end of a struct that has a struct_size, and nothing may move.
With a library as second argument, it also looks up every function in it.
"""

import sys

import cffi

ffi = cffi.FFI()
with open(sys.argv[1]) as file:
    text = file.read()
ffi.cdef(text)

if len(sys.argv) > 2:
    library = ffi.dlopen(sys.argv[2])
    for name in dir(library):
        getattr(library, name)

print("/* Written by layout.py: sizes and offsets that programs have compiled into them, on 64-bit machines. */")
print("#include <neuromorphic.h>")
print()
print('_Static_assert(sizeof(void *) == 8 && sizeof(size_t) == 8, "64-bit");')
print('_Static_assert(sizeof(neuromorphic_status) == 4, "an enum is an int");')
typedefs, structs, _ = ffi.list_types()
for name in sorted(typedefs) + ["struct " + tag for tag in sorted(set(structs) - set(typedefs))]:
    kind = ffi.typeof(name)
    if kind.kind != "struct" or kind.fields is None:
        continue
    print()
    print(f'_Static_assert(sizeof({name}) == {ffi.sizeof(kind)}, "{name}");')
    for field, description in kind.fields:
        print(f'_Static_assert(offsetof({name}, {field}) == {description.offset}, "{name}.{field}");')
