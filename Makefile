# SPDX-License-Identifier: GPL-2.0-or-later
# The front door. User space is built by meson, the modules by Kbuild for
# every kernel in KERNELS; this file only calls them.

BUILD := $(CURDIR)/build
KERNELS := 6.1 6.12
JOBS := $(shell nproc)

.PHONY: all
all: modules	## build everything

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

.PHONY: clean
clean:			## remove what was built, keep the unpacked kernels
	@rm -rf $(BUILD)/release $(BUILD)/sanitized $(BUILD)/modules $(BUILD)/vm $(BUILD)/demo
