# SPDX-License-Identifier: GPL-2.0-or-later
# The front door. User space is built by meson, the modules by Kbuild for
# every kernel in KERNELS; this file only calls them.

BUILD := $(CURDIR)/build
KERNELS := 6.1 6.12

.PHONY: all
all: modules userspace	## build everything

.PHONY: help
help:			## list the targets
	@awk -F ':.*## *' '/^[a-z-]+:.*##/ { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup:			## install the Debian packages that are missing, unpack the kernels
	@scripts/setup

# ---- modules ---------------------------------------------------------------
# Kbuild leaves its objects beside the sources, so each kernel gets a tree of
# links of its own.

.PHONY: modules
modules: $(KERNELS:%=modules-%)	## build the modules for both kernels, W=1 and sparse

.PHONY: $(KERNELS:%=modules-%)
$(KERNELS:%=modules-%): modules-%: setup
	@scripts/build-modules $*

# ---- user space ------------------------------------------------------------

.PHONY: userspace
userspace: setup	## build library, daemon, command line, simulator, workloads
	@[ -f $(BUILD)/release/build.ninja ] || \
		meson setup $(BUILD)/release . --buildtype=debugoptimized -Dunit_tests=false >$(BUILD)/release.log 2>&1 || \
		{ cat $(BUILD)/release.log >&2; exit 1; }
	@ninja -C $(BUILD)/release --quiet

.PHONY: sanitized
sanitized: setup	## build the unit tests and what they run, with ASan and UBSan
	@[ -f $(BUILD)/sanitized/build.ninja ] || \
		meson setup $(BUILD)/sanitized . -Db_sanitize=address,undefined -Db_lundef=false >$(BUILD)/sanitized.log 2>&1 || \
		{ cat $(BUILD)/sanitized.log >&2; exit 1; }
	@ninja -C $(BUILD)/sanitized --quiet meson-test-prereq

# ---- use -------------------------------------------------------------------

.PHONY: demo
demo: all		## measure an inference on the simulated Memory-Mode machine
	@scripts/demo

.PHONY: check
check: all		## all tests, on both kernels; under 20 minutes
	@scripts/check

.PHONY: check-long
check-long: all	## and the ones that take longer
	@scripts/check --long

.PHONY: bench
bench: all		## performance, one line a figure: bench NAME VALUE UNIT
	@scripts/bench

.PHONY: experiment
experiment: all		## Memory Mode against DRAM Only, beside the published tables; 45 minutes
	@scripts/experiment

.PHONY: clean
clean:			## remove what was built, keep the unpacked kernels
	@rm -rf $(BUILD)/release $(BUILD)/sanitized $(BUILD)/modules $(BUILD)/*.log \
		$(BUILD)/vm $(BUILD)/demo $(BUILD)/check $(BUILD)/bench $(BUILD)/experiment
