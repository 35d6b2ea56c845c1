/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small networks for tests of encrypted inference, and how far from the plain
 * one it may be.
 */
#pragma once

#include "ckks/parameters.h"
#include "workloads/backend_ckks.h"
#include "workloads/graph.h"
#include "workloads/network.h"
#include "workloads/weights.h"

/* With everything that MobileNetV2 has, on 6x6 pixels. */
struct network *encrypted_network_mobile(void);

/* With what ResNet-50 has beside: Relu, MaxPool, a shortcut that was just
 * encrypted. */
struct network *encrypted_network_residual(void);

/* A standard ring, full of images, from a pool, with the same keys whenever it
 * is asked for. */
struct backend_ckks_want encrypted_network_want(size_t degree);

/**
 * encrypted_network_deviation() - the standard deviation of a logit's error,
 * by the formulas of ckks/noise.h
 *
 * Errors of different ciphertexts are taken as independent, activations as
 * passing them on. What does not depend on chance, the rounding of taps to
 * 1/scale, is bounded by taps whose roundings are independent of values up to
 * @largest.
 */
double encrypted_network_deviation(const struct graph *graph,
				   const struct weights *w,
				   const struct ckks_parameters *p,
				   double largest);
