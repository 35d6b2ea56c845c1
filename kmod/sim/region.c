// SPDX-License-Identifier: GPL-2.0-only
/*
 * The region of counts that the simulator shares with the guest.
 *
 * This is no pci_driver: the device is QEMU's ivshmem-plain, whose ids say
 * nothing about what is inside, and any machine may have one. Only its first
 * words tell. The BAR is not requested either: a busy BAR could not be mapped
 * through sysfs any more (CONFIG_IO_STRICT_DEVMEM), which is how user space
 * reads the same counts.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/printk.h>

#include "region.h"

static struct pci_dev *device;

/*
 * Of the same cache type (uncached, as far as the page tables go) as sysfs
 * gives to user space: x86 refuses a second mapping of another type. It costs
 * nothing, since emulation has no caches and behind the BAR is plain memory of
 * the host.
 */
static struct tierscope_sim_region __iomem *map_bar(struct pci_dev *dev)
{
	if (pci_resource_len(dev, TIERSCOPE_SIM_PCI_BAR) <
	    sizeof(struct tierscope_sim_region))
		return NULL;
	return ioremap(pci_resource_start(dev, TIERSCOPE_SIM_PCI_BAR),
		       sizeof(struct tierscope_sim_region));
}

static int check(const struct tierscope_sim_region __iomem *region)
{
	u32 version = readl(&region->version);
	u32 sockets = readl(&region->sockets);
	u32 vcpus = readl(&region->vcpus);

	if (version != TIERSCOPE_SIM_VERSION) {
		pr_err("the simulator speaks version %u of the counts, this module speaks %u: build both from one tree\n",
		       version, TIERSCOPE_SIM_VERSION);
		return -ENODEV;
	}
	if (!sockets || sockets > TIERSCOPE_SIM_SOCKETS_MAX ||
	    !vcpus || vcpus > TIERSCOPE_SIM_VCPUS_MAX) {
		pr_err("the simulator claims %u sockets and %u CPUs, at most %u and %u can be\n",
		       sockets, vcpus, TIERSCOPE_SIM_SOCKETS_MAX,
		       TIERSCOPE_SIM_VCPUS_MAX);
		return -ENODEV;
	}
	return 0;
}

struct tierscope_sim_region __iomem *tierscope_sim_region_map(void)
{
	struct tierscope_sim_region __iomem *region;
	struct pci_dev *dev = NULL;
	int err;

	while ((dev = pci_get_device(TIERSCOPE_SIM_PCI_VENDOR,
				     TIERSCOPE_SIM_PCI_DEVICE, dev))) {
		if (pci_enable_device_mem(dev))
			continue;
		region = map_bar(dev);
		if (region && readq(&region->magic) == TIERSCOPE_SIM_MAGIC)
			goto found;
		if (region)
			iounmap(region);
		pci_disable_device(dev);
	}
	pr_err("this is not the simulated machine: no PCI device %04x:%04x holds its counts\n",
	       TIERSCOPE_SIM_PCI_VENDOR, TIERSCOPE_SIM_PCI_DEVICE);
	return IOMEM_ERR_PTR(-ENODEV);

found:
	err = check(region);
	if (err) {
		iounmap(region);
		pci_disable_device(dev);
		pci_dev_put(dev);
		return IOMEM_ERR_PTR(err);
	}
	device = dev;
	return region;
}

void tierscope_sim_region_unmap(struct tierscope_sim_region __iomem *region)
{
	iounmap(region);
	pci_disable_device(device);
	pci_dev_put(device);
	device = NULL;
}
