"""Networks of designs: one builder a file, found by the line that names its spaces.

A builder begins with `SPACES = ("Name", ...)`, names of registered spaces, and has
`network(design, shape, classes, *, copies=1, **skeleton)`: the module of a design for samples of this shape, from
(batch, *shape) to (batch, classes). Keyword-only parameters are the fields of its skeleton, annotated as what they may
be (int, 1 or more; float, above 0; bool; a Literal); the defaults are the published ones. Without `copies` it builds
one network at a time. It may have besides:

- `AXES = (2, 3)`: how many axes a sample has, channels included; None for any. These two where it says nothing.
- `given(shape, classes)`: options of the space that follow from the data.
- `recipe(design, recipe)`: the recipe with what the design itself sets.

SPACES and AXES stand on one line each and are read from the source, so that listing what can be built needs no PyTorch.
Modules without the line hold what builders share.
"""
