# The one front door: everything that is built, tested or installed goes through here. What is longer than a few lines
# lives in .ci/, and runs at a desk as well. Only this file knows where an installation goes.

PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
# udev reads /usr/lib and /etc, not /usr/local/lib.
UDEVDIR    ?= $(if $(filter /usr/local,$(PREFIX)),/etc,$(PREFIX)/lib)/udev/rules.d

# Where products go, where SwiftPM works, and where the recordings of real cameras are.
BUILD   ?= build
SCRATCH ?= .build
NEUROMORPHIC_TEST_DATA ?= ../shared/data

# `make test FILTER=lease` runs what has that (a regular expression) in its name.
FILTER ?=
FUZZ_SECONDS ?= 600

SHELL := /bin/bash
ifeq ($(origin CC),default)
CC := $(notdir $(firstword $(shell type -P cc gcc clang)))
endif
export BUILD SCRATCH NEUROMORPHIC_TEST_DATA CC

version = $(shell sed -n 's/^#define NEUROMORPHIC_VERSION_$1 //p' include/neuromorphic.h)
VERSION = $(call version,MAJOR).$(call version,MINOR).$(call version,PATCH)
LIBRARY = $(BUILD)/lib/libneuromorphic.so.0

.PHONY: build demo wheel test check format soak fuzz bench setup setup-build install uninstall clean

build: setup-build
	@.ci/build

demo: build
	@.ci/demo

# For Python: build/wheel/neuromorphic-….whl.
wheel: setup build
	@.ci/wheel

test: setup
	@.ci/test '$(FILTER)'

check: setup
	@.ci/check '$(FILTER)'

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests
	if type -P ruff >/dev/null; then ruff format python; fi

soak: setup
	# Optimised, or a million repetitions under the thread sanitizer would take hours.
	NEUROMORPHIC_RUNTIME=1 NEUROMORPHIC_SOAK=1 swift test --disable-xctest -c release -Xswiftc -enable-testing \
		--sanitize=thread --scratch-path .build-soak --filter Soak

fuzz: setup
	Tests/Fuzz/run '$(FUZZ_SECONDS)'

bench: build
	Tests/Benchmarks/run

# All that any target needs; setup-build is what the library and its examples need.
setup:
	@.ci/setup test

setup-build:
	@.ci/setup build

# Builds only where nothing was built yet: `sudo make install` after `make` must not compile as root.
$(LIBRARY):
	@$(MAKE) --no-print-directory build

INSTALLED = $(BINDIR)/femto_program $(LIBDIR)/libneuromorphic.so.$(VERSION) $(LIBDIR)/libneuromorphic.so.0 $(LIBDIR)/libneuromorphic.so \
	$(INCLUDEDIR)/neuromorphic.h $(LIBDIR)/pkgconfig/neuromorphic.pc $(UDEVDIR)/65-neuromorphic.rules

install: | $(LIBRARY)
	install -d $(addprefix $(DESTDIR),$(BINDIR) $(LIBDIR)/pkgconfig $(INCLUDEDIR) $(UDEVDIR))
	install -s -m 755 $(BUILD)/bin/femto_program $(DESTDIR)$(BINDIR)/femto_program
	install -s -m 644 $(LIBRARY) $(DESTDIR)$(LIBDIR)/libneuromorphic.so.$(VERSION)
	ln -sf libneuromorphic.so.$(VERSION) $(DESTDIR)$(LIBDIR)/libneuromorphic.so.0
	ln -sf libneuromorphic.so.0 $(DESTDIR)$(LIBDIR)/libneuromorphic.so
	install -m 644 include/neuromorphic.h $(DESTDIR)$(INCLUDEDIR)/neuromorphic.h
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@VERSION@|$(VERSION)|' \
		pkgconfig/neuromorphic.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/neuromorphic.pc
	install -m 644 docs/udev/65-neuromorphic.rules $(DESTDIR)$(UDEVDIR)/65-neuromorphic.rules
	@$(refresh-loader)

uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@$(refresh-loader)

# The loader's cache covers the system's own folders, and only root may write it.
refresh-loader = case '$(DESTDIR):$(LIBDIR)' in \
	:/lib*|:/usr/lib*|:/usr/local/lib*) [ "$$(id -u)" != 0 ] || ldconfig || true ;; esac

clean:
	rm -rf $(BUILD) $(SCRATCH) .build-tsan
