# What holds of every commit besides its behaviour: format, header, exports. Sourced by .ci/check and .ci/test.

format_check() { swift format lint --strict --recursive --parallel Package.swift Sources Tests; }

# What a newcomer copies first is a program that is compiled and run.
readme_program() {
    [[ -e README.md ]] || { echo "no README.md"; exit 77; }
    sed -n '/^```c$/,/^```$/p' README.md | sed '1d; /^```$/,$d' | diff -u - examples-c/hello_events.c
}

# ---- The header ----

strict=(-Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only)

# Both alone, and with a file that uses what it defines.
header_compiles() {
    local compiler=$1 language=$2 standard=$3
    echo '#include <neuromorphic.h>' | "$compiler" "${strict[@]}" -x "$language" -std="$standard" -
    "$compiler" "${strict[@]}" -x "$language" -std="$standard" Tests/HeaderTests/header.c
}

# Else a macro that is added later would go untested.
header_macros_are_used() {
    local macro
    for macro in $(grep -o '^#define NEUROMORPHIC_[A-Z_]*_INIT' $header | cut -d' ' -f2); do
        grep -q "= $macro;" Tests/HeaderTests/header.c || { echo "Tests/HeaderTests/header.c doesn't use $macro"; return 1; }
    done
}

header_layout() {
    "$1" -std=c11 "${strict[@]}" Tests/HeaderTests/layout.c
}

# cffi reads what other languages' generators read: plain declarations. Its own account of the layout must be ours.
header_cffi() {
    "$CC" -E -P -nostdinc -ITests/HeaderTests/plain -D'__attribute__(x)=' $header >"$logs/neuromorphic.i"
    "$python" Tests/HeaderTests/layout.py "$logs/neuromorphic.i" "$BUILD/lib/libneuromorphic.so.0" >"$logs/layout.c"
    diff -u Tests/HeaderTests/layout.c "$logs/layout.c"
}

# ---- The library, stripped as it is installed ----

stripped=$logs/libneuromorphic.so.0

library_strip() { strip -o "$stripped" "$library"; }

declared_functions() {
    "$CC" -E -P -Iinclude $header | tr '\n' ' ' | grep -o 'visibility("default"))) [^(;]*(' | grep -o 'neuromorphic_[a-z0-9_]*($' |
        tr -d '(' | LC_ALL=C sort
}

exported_symbols() { nm -D --defined-only --extern-only "$stripped" | awk '{ print $NF }' | LC_ALL=C sort; }

# Three lists that must be one: what the header promises, what the library has, what was agreed to.
library_exports() {
    declared_functions >"$logs/declared.txt"
    exported_symbols >"$logs/exported.txt"
    [[ -s $logs/declared.txt ]]
    diff -u --label 'declared in the header' --label 'exported by the library' "$logs/declared.txt" "$logs/exported.txt"
    diff -u --label Tests/ABITests/exports.txt --label 'exported by the library' Tests/ABITests/exports.txt "$logs/exported.txt"
}

library_exports_functions_only() { nm -D --defined-only --extern-only "$stripped" | awk '$2 != "T"' | nothing; }

# Weak symbols may repeat: each module carries copies of what it uses of others. A strong one must be there once.
library_duplicates() {
    exported_symbols | uniq -d | nothing
    local objects=$SCRATCH/release/neuromorphic.product/Objects.LinkFileList
    [[ -s $objects ]]
    sed "s/^'\(.*\)'$/\1/" "$objects" | xargs -d '\n' nm --defined-only --extern-only |
        awk 'NF == 3 && $2 !~ /[WwVvu]/ { print $3 }' | LC_ALL=C sort | uniq -d | nothing
}

dynamic_entries() { LC_ALL=C readelf -d "$stripped" | sed -nE "s/.*\(($1)\).*\[(.*)\]/\2/p"; }

library_needs() {
    dynamic_entries NEEDED
    dynamic_entries NEEDED | grep -qx libc.so.6
    local allowed='libusb-1\.0\.so\.0|lib(c|m)\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-(x86-64\.so\.2|aarch64\.so\.1)'
    dynamic_entries NEEDED | { grep -vxE "$allowed" || true; } | nothing
}

# No folder of the machine that built it: the loader would search there. SwiftPM's $ORIGIN is the library's own folder.
library_soname() {
    dynamic_entries 'SONAME|RPATH|RUNPATH'
    [[ $(dynamic_entries SONAME) == libneuromorphic.so.0 ]]
    dynamic_entries 'RPATH|RUNPATH' | { grep -vxF '$ORIGIN' || true; } | nothing
}

library_size() {
    local bytes
    bytes=$(stat -c %s "$stripped")
    echo "$bytes bytes"
    # Room for the cameras, and 80 KiB for libyaml; more is to be a decision and no accident.
    ((bytes < 680 * 1024))
}

# Reads a disassembly; prints what a processor of x86-64's first years doesn't have, where it may run on one: anywhere but in
# the functions of VectorKernels, and there in what others call that is not a kernel, which they ask the processor for.
#
# Not tzcnt: on such processors it is bsf, and compilers write it for that where the number can't be 0.
newer_instructions() {
    awk '
        BEGIN {
            prefix = "^(lock|rep[nez]*|bnd|notrack|data16|addr32|[c-gs]s|rex[.A-Z]*|xacquire|xrelease)$"
            newer = "^(v[a-z0-9]+|k(add|andn?|mov|not|or|ortest|shift[lr]|test|unpck|xn?or)[bwdq]+" \
                "|(andn|bextr|blsi|blsmsk|blsr|bzhi|lzcnt|popcnt|pdep|pext|mulx|rorx|sarx|shlx|shrx|adcx|adox)[wlq]?" \
                "|movbe[wlq]?|crc32[bwlq]?|cmpxchg16b|[ls]ahf|rdrand|rdseed|fisttp[sl]*" \
                "|addsubp[ds]|h(add|sub)p[ds]|lddqu|mov(d|sh|sl)dup|monitorx?|mwaitx?" \
                "|pabs[bwd]|palignr|ph(add|sub)(d|s?w)|pmaddubsw|pmulhrsw|pshufb|psign[bwd]" \
                "|blendv?p[ds]|dpp[ds]|(extract|insert)ps|movntdqa|mpsadbw|packusdw|pblend(vb|w)|pcmpeqq|p(ext|ins)r[bdq]" \
                "|phminposuw|p(max|min)(s[bd]|u[wd])|pmov[sz]x[bwdq]*|pmuldq|pmulld|ptest|round[ps][ds]" \
                "|pcmp[ei]str[im]|pcmpgtq|extrq|insertq|movnts[ds]|aes[a-z0-9]+|pclmul[a-z]*|sha(1|256)[a-z0-9]+|gf2p8[a-z]*)$"
        }
        /^[0-9a-f]+ <.*>:$/ {
            name = substr($2, 2, length($2) - 3)
            inside = name ~ /^\$[es]13VectorKernels/
            next
        }
        /^ *[0-9a-f]+:\t/ {
            place = 2
            while (place < NF && $place ~ prefix) place++
            if ($place ~ newer && $place !~ /^(ver[rw]|vm(call|func))$/ || /%[yz]mm|%k[0-7]/) {
                if (inside) allowed++; else print name ": " $0
            } else if (!inside && /<\$[es]13VectorKernels/ && !/<\$[es]13VectorKernels[0-9]+decode/) {
                print name ": " $0
            }
            instructions++
        }
        END {
            print instructions + 0 " instructions, " allowed + 0 " newer ones in VectorKernels" >"/dev/stderr"
            if (allowed == 0) print "no kernel was seen: is this stripped?"
        }'
}

# A kernel is compiled for AVX-512, and copies of what it shares with other modules must not be those that they get.
library_baseline() {
    readelf -h "$library" | grep -q 'Machine:.*X86-64' || { echo "not for x86-64"; exit 77; }
    objdump -d --no-show-raw-insn "$library" | newer_instructions | nothing
}

run_checks() {
    try 'format' format_check
    try 'README: its program is an example' readme_program
    try 'header: gcc, C99' header_compiles gcc c c99
    try 'header: gcc, C11' header_compiles gcc c c11
    try 'header: clang, C99' header_compiles "$clang" c c99
    try 'header: clang, C11' header_compiles "$clang" c c11
    try 'header: g++, C++11' header_compiles g++ c++ c++11
    try 'header: g++, C++17' header_compiles g++ c++ c++17
    try 'header: clang++, C++11' header_compiles "$clang++" c++ c++11
    try 'header: clang++, C++17' header_compiles "$clang++" c++ c++17
    try 'header: every INIT is tested' header_macros_are_used
    try 'header: layout, gcc' header_layout gcc
    try 'header: layout, clang' header_layout "$clang"
    try 'header: cffi' header_cffi
    try 'library: newer instructions in kernels only' library_baseline
    library_strip
    try 'library: exports' library_exports
    try 'library: exports functions only' library_exports_functions_only
    try 'library: no symbol twice' library_duplicates
    try 'library: needs libc and libusb only' library_needs
    try 'library: soname' library_soname
    try 'library: stripped size' library_size
}
