/*
 * cut_image.h: what a disk may hold after a power cut: everything that was
 * synced, and of the rest any part of it, in any order, torn at sectors.
 */
#ifndef TESTS_TORTURE_CUT_IMAGE_H
#define TESTS_TORTURE_CUT_IMAGE_H

#include "tests/torture/cut_vfs.h"

struct cut_image;

/** cut_image_new(): at the beginning of the log. Free with cut_image_free(). */
struct cut_image *cut_image_new(void);
void cut_image_free(struct cut_image *c);

/** cut_image_play(c, op): the next operation happens. */
void cut_image_play(struct cut_image *c, const struct cut_op *op);

/** cut_image_pending(c): how many of them a power cut may lose now. */
size_t cut_image_pending(const struct cut_image *c);

/**
 * cut_image_variants(c, most): how many images of this moment there are, at
 * most ${most}: all losses of the pending, torn ones besides.
 */
size_t cut_image_variants(const struct cut_image *c, size_t most);

/**
 * cut_image_write(c, variant, most, seed, dir):
 * Put the files of that image into the empty directory ${dir}. Variant 0 has
 * lost all that can be lost; odd ones are torn.
 */
void cut_image_write(const struct cut_image *c, size_t variant, size_t most,
    uint64_t seed, const char *dir);

#endif /* TESTS_TORTURE_CUT_IMAGE_H */
