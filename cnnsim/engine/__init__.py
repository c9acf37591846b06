"""Kernels on blocks of images: loops over arrays, few arguments, valid input assumed.

Every activation is an array (blocks, C, H, W, L): L = 16 images side by side, innermost. A row of a map is then one
long vector loop whatever its width, shifting by a column is a plain offset of L, and flattening is a free reshape.
"""
