# SPDX-License-Identifier: GPL-2.0-only
# A Channel of One's Own. `make help` lists what can be asked for.
#
# book/ is the source. src/ is what notangle makes of it and is committed;
# everything else that is made goes to build/, but for the lab's kernels, which
# are kept in ~/.cache/vfio-ccw-book or $CCW_CACHE.

SHELL := /bin/bash
comma := ,
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON := /usr/bin/python3
BOOK := $(PYTHON) book/weave/book.py
CROSS_COMPILE ?= s390x-linux-gnu-

chapters := $(shell sed '/^\#/d;s,.*,book/&.nw,' book/chapters)
files := $(shell cat book/files)
scenarios := $(wildcard tests/scenarios/*.ccw)

##@ The main job

## all: tangle, build, run a first program, weave; names packages it lacks
all:
	@tools/need build weave
	@$(MAKE) --no-print-directory tangle
	@$(MAKE) --no-print-directory sim first html
	@echo
	@echo "The book:      file://$(CURDIR)/build/book/html/index.html"
	@echo "The simulator: build/host/ccwsim --help"
	@echo "The tests:     make check"

.DEFAULT_GOAL := all

## help: list the targets
help:
	@awk '/^##@ /{print "\n" substr($$0, 5)} \
	      /^## /{sub(/^## /, ""); split($$0, a, ": "); \
		     printf "  %-16s %s\n", a[1], substr($$0, length(a[1]) + 3)}' \
		$(MAKEFILE_LIST)

need-%:
	@tools/need $*

##@ From the book to code

define tangle_to_build
	@rm -rf build/tangle
	@mkdir -p $(addprefix build/tangle/,$(sort $(dir $(files))))
	@printf '%s\n' $(files) | xargs -P 2 -I FILE sh -c \
		'notangle -t8 -RFILE $(chapters) >build/tangle/FILE || \
		{ echo "FILE: does not tangle" >&2; exit 255; }'
endef

## tangle: make src/ of the book, with stock notangle
tangle: need-build
	$(tangle_to_build)
	@for file in $(files); do \
		mkdir -p $${file%/*}; \
		cmp -s build/tangle/$$file $$file || \
			{ cp build/tangle/$$file $$file; echo "tangled $$file"; }; \
	done

## check-tangle: src/ is what notangle makes of the book, byte for byte
check-tangle: need-build
	$(tangle_to_build)
	@diff -ru -x '*.o' -x '*.ko' -x '*.mod*' -x '.*' -x 'M*.symvers' \
		-x modules.order build/tangle/src src || \
		{ echo "src/ is not what the book tangles to: run 'make tangle'," \
		       "or undo or remove what was changed in src/" >&2; exit 1; }
	@echo "check-tangle: $(words $(files)) files are what the book says"

##@ The simulator

## sim: build/host/{ccwsim,ccwio}; with LINES=1 build/lines/host, pointing into the book
## s390x: the simulator and the unit tests for s390x, to be run by qemu-s390x
## asan: the same with address and undefined-behaviour sanitizers
out := build
ifeq ($(LINES),1)
out := build/lines
SRC := build/lines/src
build/lines/.stamp: $(chapters)
	@$(BOOK) tangle --lines build/lines
	@touch $@
-include build/lines/.stamp
else
SRC := src
endif

## clang: the same with clang, and the thread sanitizer
sim: need-build $(addprefix $(out)/host/,ccwsim ccwio) $(addprefix $(out)/,ccwsim.1 ccwio.1)
$(out)/%.1: $(out)/host/%
	@$< help man >$@
s390x: need-s390x
asan: need-test
clang: need-clang

# Ways to build the same sources: here, for s390x, with sanitizers of either
# compiler, and for WebAssembly.
host_CC := $(CC)
# Many of Intel's processors are slow where a jump ends or crosses a block of 32
# bytes (erratum SKX102); without this their speed is a matter of luck.
boundaries := $(if $(findstring clang,$(CC)),,-Wa$(comma))-mbranches-within-32B-boundaries
host_FLAGS := $(if $(filter x86_64,$(shell uname -m)),$(boundaries))
asan_CC := $(CC)
# The address sanitizer needs /proc, which a bare chroot has not.
sanitizers := $(if $(wildcard /proc/self/maps),address$(comma))undefined
asan_FLAGS := -fsanitize=$(sanitizers) -fno-sanitize-recover=all -O1
gcov_CC := $(CC)
# Two threads of a test count the same lines: without atomic, some counts are negative.
gcov_FLAGS := --coverage -fprofile-update=atomic -O0
clang_CC := clang
clang_FLAGS := $(if $(wildcard /proc/self/maps),-fsanitize=thread) -O1
s390x_CC := $(CROSS_COMPILE)gcc
s390x_AR := $(CROSS_COMPILE)ar
s390x_FLAGS := -static -Ibuild/s390x/cunit/root/usr/include
s390x_LIBS := -Lbuild/s390x/cunit/root/usr/lib/s390x-linux-gnu
s390x_RUN := qemu-s390x-static
wasm_CC := emcc
wasm_AR := emar
wasm_FLAGS := -Ibuild/wasm/include -idirafter build/wasm/uapi -g0

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wno-unused-parameter \
	-Wno-missing-field-initializers -Woverride-init
INCLUDES := $(addprefix -I$(SRC)/,sim/shim driver sim vmm client cli) -Ibuild/gen

# The program is the library and one file for each command.
cli_src := $(patsubst src/%,$(SRC)/%,$(filter src/cli/%.c,$(files)))
command_src := $(patsubst src/%,$(SRC)/%,$(filter src/sim/cmd%.c,$(files))) $(cli_src)
main_src := $(SRC)/sim/ccwsim.c $(command_src)
client_src := $(patsubst src/%,$(SRC)/%,$(filter src/client/%.c,$(files))) \
	$(addprefix $(SRC)/vmm/,ebcdic.c vmm.c scenario.c runner.c) $(cli_src)
lib_src := $(filter-out $(main_src),$(patsubst src/%,$(SRC)/%,\
	$(filter src/driver/%.c src/sim/%.c src/vmm/%.c,$(files))))
unit_tests := $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/test_*.c))

# How coroutines switch: the processor's way, or emscripten's.
coro_of = $(if $(filter wasm,$(1)),fiber,ucontext)
lib_of = $(filter-out $(SRC)/sim/coro_%,$(lib_src)) \
	$(SRC)/sim/coro_$(call coro_of,$(1)).c \
	$(if $(filter wasm,$(1)),$(SRC)/wasm/reallocarray.c)

define library
$(out)/$(1)/obj/%.o: %.c
	@mkdir -p $$(@D)
	$$(QUIET_CC)$$($(1)_CC) -std=gnu11 $$(CFLAGS) $$($(1)_FLAGS) $$(WARNINGS) \
		$$(INCLUDES) -MMD -MP -c -o $$@ $$<

$(out)/$(1)/libccwsim.a: \
		$$(patsubst %.c,$(out)/$(1)/obj/%.o,$$(call lib_of,$(1)))
	@rm -f $$@
	@$$(or $$($(1)_AR),ar) rcs $$@ $$^

.PRECIOUS: $(out)/$(1)/obj/%.o
-include $$(shell find $(out)/$(1)/obj -name '*.d' 2>/dev/null)
endef

define variant
$(out)/$(1)/ccwsim: $$(main_src:%.c=$(out)/$(1)/obj/%.o) $(out)/$(1)/libccwsim.a
	$$(QUIET_LD)$$($(1)_CC) $$($(1)_FLAGS) -o $$@ $$^

$(out)/$(1)/ccwio: $$(client_src:%.c=$(out)/$(1)/obj/%.o)
	$$(QUIET_LD)$$($(1)_CC) $$($(1)_FLAGS) -o $$@ $$^

$(out)/$(1)/test_%: $(out)/$(1)/obj/tests/unit/test_%.o $(out)/$(1)/libccwsim.a
	$$(QUIET_LD)$$($(1)_CC) $$($(1)_FLAGS) -o $$@ $$(filter %.o,$$^) \
		$$(filter %.a,$$^) $$($(1)_LIBS) -lcunit

$(out)/$(1)/test_client: $$(patsubst %.c,$(out)/$(1)/obj/%.o,\
	$$(filter $(SRC)/client/%,$$(filter-out %/ccwio.c $(SRC)/client/ccwio_%,$$(client_src))))
# Its main() is called by this test; the version is a part of it.
$(out)/$(1)/test_ccwsim: $$(command_src:%.c=$(out)/$(1)/obj/%.o)
$$(addprefix $(out)/$(1)/obj/$(SRC)/cli/,cmd_main.o cmd_man.o): build/gen/version.h
$(out)/$(1)/obj/$(SRC)/sim/cmd_decode.o: build/gen/fields.h

$(1): $(out)/$(1)/ccwsim $(out)/$(1)/ccwio $$(unit_tests:%=$(out)/$(1)/%)
endef
ifndef V
QUIET_CC = @echo "  CC   $@";
QUIET_LD = @echo "  LD   $@";
endif
variants := host asan gcov clang s390x
$(foreach v,$(variants) wasm,$(eval $(call library,$(v))))
$(foreach v,$(variants),$(eval $(call variant,$(v))))

## wasm: the library, ccwsim for node and a module for pages, as WebAssembly
wasm: need-wasm build/wasm/libccwsim.a build/wasm/ccwsim.js build/wasm/page.js

# Of Linux's headers the processor's own part is missing for WebAssembly. The
# kernel, too, takes the generic ones then. Numbers of errors are the C library's.
build/wasm/.headers: Makefile
	@mkdir -p build/wasm/include/linux build/wasm/uapi/asm
	@ln -sfn /usr/include/linux /usr/include/asm-generic build/wasm/uapi/
	@for header in types posix_types bitsperlong ioctl swab; do \
		echo "#include <asm-generic/$$header.h>" \
			>build/wasm/uapi/asm/$$header.h; \
	done
	@echo '#include <linux/byteorder/little_endian.h>' \
		>build/wasm/uapi/asm/byteorder.h
	@echo '#include <errno.h>' >build/wasm/include/linux/errno.h
	@touch $@

# Debian keeps the modules of emcc's own scripts where its own node looks.
link_wasm = NODE_PATH=/usr/share/nodejs emcc $(CFLAGS) -g0 -sASYNCIFY \
	-sALLOW_MEMORY_GROWTH -sSINGLE_FILE -o $@ $(filter %.o %.a,$^)
wasm_obj = $(patsubst %.c,build/wasm/obj/%.o,$(1))
wasm_src := src/wasm/main.c src/wasm/page.c
$(call wasm_obj,$(call lib_of,wasm) $(main_src) $(wasm_src)): | build/wasm/.headers
$(call wasm_obj,$(cli_src)): build/gen/version.h
$(call wasm_obj,src/sim/cmd_decode.c): build/gen/fields.h
$(call wasm_obj,src/sim/ccwsim.c): wasm_FLAGS += -Dmain=ccwsim_main

build/wasm/ccwsim.js: $(call wasm_obj,$(main_src) src/wasm/main.c) \
		build/wasm/libccwsim.a
	$(QUIET_LD)$(link_wasm) -sNODERAWFS -sEXIT_RUNTIME

build/wasm/page.js: $(call wasm_obj,src/wasm/page.c) build/wasm/libccwsim.a
	$(QUIET_LD)$(link_wasm) -sMODULARIZE -sEXPORT_NAME=ccwsim \
		-sEXPORTED_RUNTIME_METHODS=ccall

# Fields of channel I/O's formats by name, for ccwsim show; also drawn, below.
formats := src/driver/vfio_ccw_arch.h
build/gen/fields.h: tools/fields $(formats) src/sim/cmd_arch.h
	@mkdir -p $(@D)
	@$^ >$@

# The last commit that has changed src/, with a plus if there is more than that.
build/gen/version.h: FORCE
	@mkdir -p $(@D)
	@version=$$(git log -1 --format='%cs %h' -- src 2>/dev/null) || version=; \
	[ -z "$$version" ] || git diff --quiet HEAD -- src || version+=+; \
	{ echo "#define BOOK_VERSION \"$${version:-of unknown origin}\""; \
	echo "#define BOOK_DATE \"$${version%% *}\""; } >$@.new
	@cmp -s $@.new $@ || cp $@.new $@
	@rm $@.new
FORCE:

$(unit_tests:%=build/s390x/obj/tests/unit/%.o): build/s390x/cunit/.stamp
build/s390x/cunit/.stamp: tools/cunit-s390x
	@tools/cunit-s390x $(@D) >/dev/null
	@touch $@

## first: the first channel program, with its trace
first: build/gen/firsttrip.txt
	@cat $<

build/gen/firsttrip.txt: build/host/ccwsim tests/scenarios/sense-id.ccw
	@mkdir -p $(@D)
	@build/host/ccwsim run --trace tests/scenarios/sense-id.ccw >$@

# A program that knows the library's header and nothing else.
build/host/owners: src/examples/owners.c src/sim/ccwsim.h build/host/libccwsim.a
	$(QUIET_LD)$(CC) -std=c11 -pedantic $(CFLAGS) $(WARNINGS) -Isrc/sim \
		-o $@ $< build/host/libccwsim.a

generated += build/gen/owners.txt
generated += $(patsubst %,build/gen/%/trace.txt,css-ssch cpu-gone)
generated += $(addprefix build/gen/,search-loop.txt disk-idaws.txt tear.md \
	refusals.md)
build/gen/owners.txt: build/host/owners tests/scenarios/sense-id.ccw
	@mkdir -p $(@D)
	@build/host/owners BUSY tests/scenarios/sense-id.ccw >$@

# Steps that chapters quote: the scenario, and the step that it has only once.
quoted := $(addprefix build/gen/,close-in-the-middle/trip-die.txt \
	condition-codes/trip-hsch.txt page-boundary/trip-interrupt.txt \
	concurrent-sense/trip-interrupt.txt attention/trip-interrupt.txt \
	device-silent/trip-close.txt console-read/trip-interrupt.txt \
	cards/trip-interrupt.txt)

build/gen/%/trace.txt: tests/scenarios/%.ccw build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim run --trace $< >$@
.SECONDEXPANSION:
$(quoted): $$(@D)/trace.txt book/figures/trip.py
	@$(PYTHON) book/figures/trip.py $< $@

build/gen/search-loop.txt: build/gen/disk-search/trace.txt
	@awk '/interrupt =>/ { shown = !done; done = 1 } /pending/ { shown = 0 } \
		shown' $< >$@
	@test -s $@

# One of its three parts.
build/gen/disk-idaws.txt: tests/scenarios/disk-idaws.ccw
	@mkdir -p $(@D)
	@sed -n '/^# The program that writes/,/^# Format 2/{/^# Format 2/!p}' $< >$@
	@test -s $@

build/gen/refusals.md: tests/unit/test_3390.c book/figures/refusals.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/refusals.py $< $@

build/gen/tear.md: tests/dasd/tear.result
	@mkdir -p $(@D)
	@awk 'BEGIN { print "| bytes | pages | killed | cut in two |"; \
			print "| --: | --: | --: | --: |" } \
		!/^#/ { printf "| %d | %d | %d | %d |\n", $$1, $$2, $$3, $$4 }' $< >$@

build/gen/json.txt: build/host/ccwsim tests/scenarios/sense-id.ccw
	@mkdir -p $(@D)
	@build/host/ccwsim run --json tests/scenarios/sense-id.ccw 2>&1 | \
		sed -n '/pwrite/,/returns/p' >$@

build/gen/mistakes.txt: build/host/ccwsim book/figures/mistakes
	@mkdir -p $(@D)
	@book/figures/mistakes $< >$@

generated += build/gen/ccwio-help.txt
build/gen/ccwio-help.txt: build/host/ccwio
	@mkdir -p $(@D)
	@$< help >$@

generated += $(addprefix build/gen/,step.txt step-help.txt step-news.txt run-mistakes.txt)
build/gen/step.txt: build/host/ccwsim tests/scenarios/virtual-subchannel.ccw
	@mkdir -p $(@D)
	@printf 'until performs\nuntil presents\n' | build/host/ccwsim step \
		tests/scenarios/virtual-subchannel.ccw | \
		sed -n '/performs/,$$p' | sed '1,/^count/d;/ ccw /d;/ store /d;s/ *$$//' >$@
build/gen/step-news.txt: build/host/ccwsim tests/scenarios/virtual-subchannel.ccw
	@mkdir -p $(@D)
	@printf 'until %s\n' presents pending wakes INTERRUPT ': tsch' guest | \
		build/host/ccwsim step tests/scenarios/virtual-subchannel.ccw | \
		awk '/^tests/ { shown = ++stop > 2 && stop != 6; \
				sub(/ cpa .*/, "", event); \
				if (shown) printf "%s%s\n", (stop > 3 ? "\n" : ""), event } \
			{ sub(/ +$$/, "") } \
			shown && /^(MACHINE|on|paths|fc|ac|sc|dstat|cstat)[ *]/ { print } \
			/./ { event = $$0 }' >$@
build/gen/step-help.txt: build/host/ccwsim
	@mkdir -p $(@D)
	@echo help | build/host/ccwsim step tests/scenarios/sense-id.ccw | \
		sed -n '/^  next/,/^  quit/p' >$@

generated += $(addprefix build/gen/,show-scsw.txt show-track.txt fields-sample.txt show-mistakes.txt)
generated += build/gen/cards-mistakes.txt
build/gen/show-scsw.txt: build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim show scsw 00c04017 00001008 0e400005 >$@

build/gen/show-track.txt: build/host/ccwsim
	@mkdir -p $(@D)
	@rm -f build/gen/volume
	@dasdinit -lfs build/gen/volume 3390 BOOK01 2 >/dev/null 2>&1
	@build/host/ccwsim show track build/gen/volume 0 0 >$@
	@rm build/gen/volume

generated += build/gen/track-areas.txt
build/gen/track-areas.txt: book/figures/areas
	@mkdir -p $(@D)
	@book/figures/areas $@.ckd >$@

build/gen/fields-sample.txt: build/gen/fields.h
	@sed -n '/ccw_format1/,/CCW0_CC/p' $< >$@

build/gen/%-mistakes.txt: book/figures/misuses book/figures/%-misuses build/host/ccwsim
	@mkdir -p $(@D)
	@book/figures/misuses build/host/ccwsim >$@ <book/figures/$*-misuses

build/gen/scenario-reference.txt: build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim help scenarios >$@

build/gen/devices.txt: build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim devices >$@

# What the soak makes of a bug that is put back, and the end of the short story.
soak_bug := no-generation
build/gen/soak-found.txt: build/host/ccwsim tests/bugs/$(soak_bug).patch \
		tests/bugs/put-back
	@mkdir -p $(@D)
	@COMPILE="$(host_CC) -std=gnu11 $(CFLAGS) $(WARNINGS) $(INCLUDES)" \
		BUILD=build/host tests/bugs/put-back --story $(soak_bug) >$@

build/gen/soak-trace.txt: build/gen/soak-found.txt
	@sed -n '/^# Story/,$$p' $< >build/gen/soak-found.ccw
	@! build/bugs/$(soak_bug)/broken run --trace \
		--seed $$(sed -n 's/.*--seed \([0-9]*\) --trace FILE.*/\1/p' $<) \
		build/gen/soak-found.ccw | \
		awk '/vmm: reset/ { seen = 1 } \
			seen && /^ +[0-9]+  vmm: / && !/reset/ { tell = 1 } tell' >$@
	@test -s $@

build/gen/invariants.md: build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim soak --list | awk -F'\t' 'BEGIN { \
		print "| Name | What must hold |\n|:--|:------|" } \
		{ printf "| `%s` | %s |\n", $$1, $$2 }' >$@

# What an operator sees when a scenario is over.
build/gen/form.txt build/gen/console.txt: build/gen/%.txt: \
		tests/scenarios/%.ccw build/host/ccwsim
	@mkdir -p $(@D)
	@build/host/ccwsim run --view $< | sed -n '/^[+|]/p' >$@

build/gen/endings.md: build/host/test_channel
	@mkdir -p $(@D)
	@$< --endings >$@

build/gen/stories.md: $(scenarios)
	@mkdir -p $(@D)
	@awk 'function row() { if (file) \
			printf "| `%s` | %s | %s |\n", file, title, needs } \
		BEGIN { print "| Story | Title | Needs |\n|:--|:--|:--|" } \
		FNR == 1 { row(); needs = ""; file = FILENAME; \
			gsub(/.*\/|\.ccw$$/, "", file) } \
		/^scenario/ { sub(/^scenario +/, ""); title = $$0 } \
		/^needs/ { sub(/^needs +/, ""); needs = $$0 } \
		END { row() }' \
		$^ >$@

##@ The book

## html: the book as pages in build/book/html
## epub: the book as build/book/book.epub
## pdf: the book as build/book/book.pdf
table := src/driver/vfio_ccw_table.h
drawn := $(patsubst diagrams/%.dot,%,$(wildcard diagrams/*.dot))
bits := $(addprefix bits-,orb ccw scsw pmcw irb schib crw midaw)
trip := $(addprefix build/gen/trip-,$(addsuffix .txt,\
	open reset ccw start interrupt memory close))
fsm := $(addprefix build/gen/fsm,.md -cells.md -states.md -events.md)
pictures := $(drawn) $(bits) fsm sequence trip bench screen
figures := $(pictures:%=build/figures/%.svg) $(pictures:%=build/figures/%.txt)
figures_pdf := $(pictures:%=build/figures/%.pdf)
generated += $(fsm) $(trip) $(quoted) \
	$(addprefix build/gen/,firsttrip.txt devices.txt form.txt console.txt \
	scenario-reference.txt json.txt \
	mistakes.txt stories.md endings.md invariants.md soak-found.txt soak-trace.txt \
	bench-starts.md bench-memory.md \
	simspeed.md simspeed-without.md coverage.md)

html: figures
	@$(BOOK) html
epub: figures
	@$(BOOK) epub
pdf: need-pdf figures
	@$(MAKE) --no-print-directory $(figures_pdf)
	@$(BOOK) pdf

## figures: pictures and tables, from the sources that the code uses too
figures: need-build need-weave
	@$(MAKE) --no-print-directory $(figures) $(generated)

build/figures/%.svg: diagrams/%.dot
	@mkdir -p $(@D)
	@dot -Tsvg -o $@ $<
build/figures/%.txt: diagrams/%.txt
	@mkdir -p $(@D)
	@cp $< $@
build/figures/fsm.dot build/figures/fsm.txt $(fsm): $(table) book/figures/fsm.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/fsm.py $< $@
build/figures/trip.dot build/figures/trip.txt $(trip): \
		build/gen/firsttrip.txt book/figures/trip.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/trip.py $< $@
build/figures/sequence.svg build/figures/sequence.txt &: build/host/ccwsim \
		tests/scenarios/sense-id.ccw
	@mkdir -p $(@D)
	@cd $(@D); ccwsim="$(CURDIR)/build/host/ccwsim run --lines 13-14"; \
	story=$(CURDIR)/tests/scenarios/sense-id.ccw; \
	$$ccwsim --svg $$story 2>/dev/null >sequence.svg; \
	$$ccwsim --trace $$story | sed '1d;/^PASS/,$$d' >sequence.txt
build/figures/fsm.svg build/figures/trip.svg: %.svg: %.dot
	@dot -Tsvg -o $@ $<
$(bits:%=build/figures/%.svg) $(bits:%=build/figures/%.txt): $(formats) book/figures/bits.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/bits.py $< $@
$(addprefix build/,figures/bench.svg figures/bench.txt gen/bench-starts.md \
		gen/bench-memory.md): tests/vm/bench.result book/figures/bench.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/bench.py $< $@
build/figures/screen.svg build/figures/screen.txt: tests/vm/screen.txt \
		book/figures/screen.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/screen.py $< $@
# Of two guests, the first.
generated += build/gen/guest.txt
build/gen/guest.txt: tests/vm/guest.transcript
	@mkdir -p $(@D)
	@sed '/device gone/q' $< >$@
generated += build/gen/differences.md build/gen/difference.txt
build/gen/difference.txt: tests/vm/differences
	@mkdir -p $(@D)
	@grep -A 1 '^self-modifying' $< >$@
build/gen/differences.md: tests/vm/differences tests/vm/known.py book/figures/differences.py $(scenarios)
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/differences.py $@
build/gen/simspeed.md build/gen/simspeed-without.md: tests/bench-sim/result book/figures/simspeed.py
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/simspeed.py $< $@
build/gen/coverage.md: tests/coverage.result book/figures/coverage.py $(chapters)
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/coverage.py $< $@
build/figures/%.pdf: build/figures/%.svg
	@rsvg-convert -f pdf -o $@ $<

##@ Tests

## check: all check-* targets and vm-check; SKIP=vm leaves that out
checks := tangle lint weave unit coverage fuzz scenarios cli dasd soak library clang wasm \
	bugs bench-sim s390x links vm
check:
	@for check in $(filter-out $(checks),$(SKIP)); do \
		echo "SKIP=$$check: no such check; there are: $(checks)" >&2; exit 2; \
	done
	@tools/need build weave test
	@$(MAKE) --no-print-directory $(patsubst check-vm,vm-check,\
		$(addprefix check-,$(filter-out $(SKIP),$(checks))))
	@echo "check: $(filter-out $(SKIP),$(checks)): all passed"

# Lines of prose for a line of code that no chapter may fall below. A ratchet.
RATIO := 0.15

## check-lint: the book's sources keep the rules (traps, sizes, names, references)
check-lint: figures
	@$(BOOK) lint --ratio $(RATIO)

## check-weave: the weaver's and the figures' own tests
check-weave: need-build need-weave need-pdf need-test
	@$(PYTHON) -m unittest discover -q -s tests/weave

## check-unit: CUnit suites, with sanitizers
check-unit: need-test $(unit_tests:%=build/asan/%)
	@echo "check-unit: with -fsanitize=$(sanitizers)"
	@for test in $(unit_tests); do echo "== $$test"; build/asan/$$test; done

# Of all lines of the driver, at least so many in a hundred are reached.
REACHED := 95

## check-coverage: the tests without the virtual machine reach the driver's lines
check-coverage: build/gcov/result
	@gcovr -r . build/gcov --filter $(SRC)/driver/ \
		--fail-under-line $(REACHED) | sed -n '/^TOTAL/s/^/check-coverage: /p'
	@cmp -s $< tests/coverage.result || \
		echo "tests/coverage.result is not of these tests: make coverage"

## coverage: write to tests/coverage.result how many lines they reach
coverage: build/gcov/result
	@cp $< tests/coverage.result

build/gcov/result: need-test gcov
	@find build/gcov -name '*.gcda' -delete
	@for test in $(unit_tests); do build/gcov/$$test >/dev/null; done
	@build/gcov/ccwsim run $(scenarios) >/dev/null
	@{ echo "# Lines of the driver, and how many of them the unit tests and the"; \
	echo "# scenarios reach in the simulator. Made by make coverage."; \
	gcovr -r . build/gcov --filter $(SRC)/driver/ --csv | \
		awk -F, 'NR > 1 { print $$1, $$2, $$3 }'; } >$@

## check-scenarios: all scenarios in the simulator, with sanitizers
check-scenarios: need-test build/asan/ccwsim
	@build/asan/ccwsim run $(scenarios)

# How many stories are told, and by check-soak.
SEEDS := 100000
soak_seeds := 5000

## soak: SEEDS=n stories made up by chance, until one goes wrong
soak: build/host/ccwsim
	@build/host/ccwsim soak --seeds $(SEEDS)

## check-soak: some thousand of them
check-soak: build/host/ccwsim
	@build/host/ccwsim soak --seeds $(soak_seeds)

## check-cli: what ccwsim, with sanitizers, and the lab's scripts say to their user
check-cli: need-test need-weave build/asan/ccwsim build/asan/ccwio
	@$(PYTHON) -m unittest discover -q -s tests/cli

## check-dasd: what a guest writes to a disk is found by Hercules' tools; killed runs
check-dasd: need-test need-weave build/asan/ccwsim
	@$(PYTHON) -m unittest discover -q -s tests/dasd

## tear: write to tests/dasd/tear.result how many writes a kill cuts in two
tear:
	@mkdir -p build/dasd
	@$(CC) -std=gnu11 $(CFLAGS) $(WARNINGS) -o build/dasd/tear tests/dasd/tear.c
	@{ echo "# Bytes written at once, pages they touch, writers killed, writes"; \
		echo "# cut in two. Made by make tear on Linux" \
			"$$(uname -r | sed 's/-.*//')."; \
		build/dasd/tear build/dasd/rows 1000; } >tests/dasd/tear.result
.PHONY: tear

## check-s390x: unit tests and scenarios as s390x programs; same seed, same trace
check-s390x: need-s390x s390x build/host/ccwsim build/bench-sim/guest.img
	@for test in $(unit_tests); do echo "== $$test (s390x)"; \
		$(s390x_RUN) build/s390x/$$test; done
	@$(s390x_RUN) build/s390x/ccwsim run $(scenarios)
	@for seed in 0 1 2; do \
		trace="run --trace --seed $$seed $(scenarios)"; \
		build/host/ccwsim $$trace | \
			cmp - <($(s390x_RUN) build/s390x/ccwsim $$trace); \
		echo "check-s390x: seed $$seed gives the same trace here and there"; \
	done
	@soak="soak --trace --seed 1 --seeds 20"; \
	build/host/ccwsim $$soak 2>/dev/null | \
		cmp - <($(s390x_RUN) build/s390x/ccwsim $$soak 2>/dev/null)
	@echo "check-s390x: twenty stories are the same here and there"

## check-library: what the library keeps, and what it asks of the C library
check-library: need-build build/host/libccwsim.a build/gen/owners.txt
	@tests/library/check build/host/libccwsim.a

## check-clang: the library's tests with clang, many threads and their sanitizer
check-clang: clang
	@for test in test_sched test_host test_library; do \
		echo "== $$test (clang)"; build/clang/$$test; done

## check-wasm: all scenarios as WebAssembly; same seed, same trace
check-wasm: wasm build/host/ccwsim
	@node tests/library/page.js build/wasm/page.js
	@for seed in 0 1 2; do \
		trace="run --trace --seed $$seed $(scenarios)"; \
		build/host/ccwsim $$trace | \
			cmp - <(node build/wasm/ccwsim.js $$trace \
				2>build/wasm/errors) || \
			{ tail build/wasm/errors >&2; exit 1; }; \
		echo "check-wasm: seed $$seed gives the same trace here and there"; \
	done

## check-links: every link and picture of the woven pages is there
check-links: html need-test
	@$(BOOK) check-links

## vm-check: the module on real kernels; tests/vm/check --help tells how to choose
vm-check: need-vm need-s390x
	@tests/vm/check
	@tests/vm/bench --is-current || true

## show: a guest's terminal through the module, in tmux or as a picture
show: need-vm need-s390x need-show
	@tests/vm/show
.PHONY: show

## vm: a shell in a small s390x machine with the module, a 3270 and ccwio
vm: need-vm need-s390x
	@tests/vm/shell

## vm-bugs: bugs put into the driver, each seen by the debug kernel; BUGS="..." some
vm-bugs: need-vm need-s390x
	@tests/vm/bugs $(BUGS)
.PHONY: vm-bugs

## bench: instructions and memory, ours beside Linux's own driver
bench: need-vm need-s390x
	@tests/vm/bench
.PHONY: bench

# The simulator's benchmark: a program here, and one for s390x without a system.
bench_sim := tests/bench-sim
bench_sim_flags := -march=z900 -ffreestanding -nostdlib -static -no-pie \
	-fno-pic -fno-asynchronous-unwind-tables -Wl,--build-id=none

$(out)/%/bench_sim: $(out)/%/obj/$(bench_sim)/bench_sim.o $(out)/%/libccwsim.a
	$(QUIET_LD)$($*_CC) $($*_FLAGS) -o $@ $^

build/bench-sim/guest.img: $(addprefix $(bench_sim)/,start.S guest.c guest.ld work.h)
	@mkdir -p $(@D)
	$(QUIET_LD)$(s390x_CC) -O2 $(WARNINGS) $(bench_sim_flags) \
		-Wl,-T,$(bench_sim)/guest.ld -o $(@:.img=.elf) $(filter %.S %.c,$^)
	@$(CROSS_COMPILE)objcopy -O binary $(@:.img=.elf) $@

## bench-sim: the simulator's speed, beside QEMU's and Hercules'
bench-sim: need-bench need-s390x build/host/bench_sim build/bench-sim/guest.img \
		build/host/ccwsim
	@$(bench_sim)/run build/host/bench_sim build/bench-sim/guest.img \
		build/host/ccwsim
.PHONY: bench-sim

## check-bench-sim: its program still runs, with sanitizers, and its patches apply
check-bench-sim: need-test build/asan/bench_sim
	@for patch in $$(grep -l '^--- ' $(bench_sim)/without/*.patch); do \
		patch --dry-run -s -p1 <$$patch || \
			{ echo "$$patch does not apply" >&2; exit 1; }; \
	done
	@build/asan/bench_sim --brief ccws pairs trips lives memory >/dev/null
	@echo "check-bench-sim: it measures"

##@ Looking for counterexamples

# The translator and the machine alone, with faults of their own found at once.
# (NULL + 0 is an address to the kernel, and to gcc.)
fuzz_dir := tests/fuzz
fuzz_src := $(fuzz_dir)/fuzz_translate.c \
	$(patsubst %,$(SRC)/driver/vfio_ccw_%.c,cp data pages part scan self) \
	$(patsubst src/%,$(SRC)/%,$(filter src/sim/machine%.c src/sim/channel%.c,$(files)))
fuzz_seeds := $(fuzz_dir)/corpus
fuzz_flags := -max_len=96 -entropic=0 -artifact_prefix=build/fuzz/
fuzz_runs := 100000
RUNS := 1000000

build/fuzz/translate: $(fuzz_src) $(wildcard $(fuzz_dir)/*.h) \
		tests/unit/translation_world.h $(wildcard $(SRC)/driver/*.h $(SRC)/sim/*.h)
	@mkdir -p build/fuzz/corpus
	$(QUIET_LD)clang -std=gnu11 -O2 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize=pointer-overflow -fno-sanitize-recover=all \
		-fno-sanitize-coverage=trace-cmp -Wall -Wextra -Werror \
		-Wno-unused-parameter $(INCLUDES) -o $@ $(fuzz_src)

## fuzz: RUNS=n channel programs against the oracle, on two processors
fuzz: need-fuzz build/fuzz/translate
	@for job in 1 2; do \
		build/fuzz/translate $(fuzz_flags) -runs=$$(($(RUNS) / 2)) \
			build/fuzz/corpus $(fuzz_seeds) >build/fuzz/$$job.log 2>&1 & \
	done; \
	wait -n && wait -n || { kill $$(jobs -p); \
		grep -hB 200 -A 9 '^SUMMARY' build/fuzz/?.log; exit 1; }
	@awk '/^Done/ { runs += $$2 } \
		END { print runs " programs tried, no counterexample" }' \
		build/fuzz/?.log | tee build/fuzz/result

## check-fuzz: the programs kept in tests/fuzz/corpus, then new ones, always the same
check-fuzz: need-fuzz build/fuzz/translate
	@rm -rf build/fuzz/check && mkdir build/fuzz/check
	@build/fuzz/translate $(fuzz_flags) -seed=1 -runs=$(fuzz_runs) \
		build/fuzz/check $(fuzz_seeds) >build/fuzz/check.log 2>&1 || \
		{ grep -B 200 -A 9 '^SUMMARY' build/fuzz/check.log; exit 1; }
	@echo "check-fuzz: $$(grep -o '^Done.*' build/fuzz/check.log)," \
		"no counterexample"

## fuzz-corpus: keep of all programs found only those that reach something new
fuzz-corpus: need-fuzz build/fuzz/translate
	@rm -rf build/fuzz/merged && mkdir -p build/fuzz/merged
	@build/fuzz/translate $(fuzz_flags) -merge=1 -use_counters=0 \
		build/fuzz/merged $(fuzz_seeds) build/fuzz/corpus 2>build/fuzz/merge.log
	@rm -f $(fuzz_seeds)/* && cp build/fuzz/merged/* $(fuzz_seeds)/

##@ Bugs put back

bugs := $(addprefix build/gen/bugs-,history.md limits.md linux61.md newest.md sums.md soak.md)
# Functions that the chapter quotes.
build/gen/bugs-stale.c: tests/unit/test_linux_bugs.c
build/gen/bugs-list.c: tests/unit/test_bugs_translation.c
bug_tests := $(addprefix build/gen/bugs-,stale.c list.c)
generated += $(bugs) $(bug_tests)

$(bug_tests): build/gen/bugs-%.c:
	@mkdir -p $(@D)
	@sed -n '/^static void $*_/,/^}/{p;/^}/s/.*//p}' $< >$@
	@test -s $@

$(bugs): tests/bugs/table tests/bugs/invariants book/figures/bugs.py $(SRC)/sim/witness.c $(scenarios) \
		$(wildcard tests/bugs/*.patch tests/unit/*.c)
	@mkdir -p $(@D)
	@$(PYTHON) book/figures/bugs.py $< $@

## check-bugs: bugs of other drivers put back, each test seen to fail; BUGS="..." some
check-bugs: need-test build/asan/ccwsim $(unit_tests:%=build/asan/%)
	@COMPILE="$(asan_CC) -std=gnu11 $(CFLAGS) $(asan_FLAGS) $(WARNINGS) $(INCLUDES)" \
		BUILD=build/asan tests/bugs/put-back $(BUGS)

##@ Packages

# What goes into the packages, but for what says so itself.
packaged := $(wildcard debian/* src/driver/* src/client/* src/vmm/*)

## deb: Debian's packages, in build/deb: the driver for DKMS, and ccwio
deb: need-deb need-s390x
	@tools/deb
	@find build/deb -name '*.deb' -o -name '*.dsc' -o -name '*.tar.*' | sort

# The binary packages, as new as what they are made of.
deb-binary: need-deb need-s390x build/deb/binary.log
build/deb/binary.log: tools/deb Makefile $(packaged)
	@tools/deb --binary
.PHONY: deb deb-binary

##@ Other

## bench-build: how long make, an edit and the tests take, in a fresh clone
bench-build: need-build need-weave need-test
	@tools/bench-build

## clean: remove build/ (the lab's kernels are in ~/.cache/vfio-ccw-book)
clean:
	rm -rf build

.PHONY: all help soak FORCE bench-build tangle check-tangle sim first html epub pdf figures check clean \
	fuzz fuzz-corpus \
	$(variants) wasm coverage vm vm-check $(addprefix check-,$(filter-out vm,$(checks)))
