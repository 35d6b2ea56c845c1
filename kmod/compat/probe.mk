# SPDX-License-Identifier: GPL-2.0-only
# What the headers of the kernel that is built for have: asked of the headers
# themselves, since distributions carry features back and forth.
tierscope-has = $(shell grep -qsw $(1) $(srctree)/include/$(2) && echo -D$(3))

ccflags-y += $(call tierscope-has,genl_info_dump,net/genetlink.h,TIERSCOPE_HAVE_GENL_INFO_DUMP)
ccflags-y += $(call tierscope-has,file_user_path,linux/fs.h,TIERSCOPE_HAVE_FILE_USER_PATH)
ccflags-y += $(call tierscope-has,page_mapcount,linux/mm.h,TIERSCOPE_HAVE_PAGE_MAPCOUNT)
ccflags-y += $(call tierscope-has,uprobe_filter_ctx,linux/uprobes.h,TIERSCOPE_HAVE_UPROBE_FILTER_CTX)
ccflags-y += $(call tierscope-has,uprobe_unregister_nosync,linux/uprobes.h,TIERSCOPE_HAVE_UPROBE_UNREGISTER_NOSYNC)
