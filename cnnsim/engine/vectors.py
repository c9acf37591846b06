"""Vector instructions: L neighbouring numbers of a flat array at a time.

They know the bounds of their arrays and check them under ``NUMBA_BOUNDSCHECK=1``, as numba does for its own indices.
"""

from dataclasses import dataclass
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import config
from numba.core import cgutils

from cnnsim.engine.compile import LANES


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat array in a kernel: address and number of its elements, and the element that offsets count from."""

    data: Any
    size: Any
    start: Any


class Vectors:
    """Vector instructions on the flat arrays of one call."""

    def __init__(self, context: Any, builder: Any, array: Any) -> None:
        self.context = context
        self.builder = builder
        self.element = context.get_data_type(array.dtype)
        self.width = array.dtype.bitwidth
        self.type = ir.VectorType(self.element, LANES)

    def flat(self, array_type: Any, value: Any, start: Any = None) -> Flat:
        """A flat array, whose offsets count from `start`."""
        array = self.context.make_array(array_type)(self.context, self.builder, value)
        return Flat(array.data, array.nitems, array.nitems.type(0) if start is None else start)

    def number(self, array: Flat, offset: Any) -> Any:
        """One element, of any type."""
        return self.builder.load(self._address(array, offset, 1))

    def put(self, number: Any, array: Flat, offset: Any) -> None:
        """Write one element."""
        self.builder.store(number, self._address(array, offset, 1))

    def load(self, array: Flat, offset: Any) -> Any:
        """L neighbouring elements."""
        return self.builder.load(self._vector_address(array, offset), align=self.width // 8)

    def store(self, value: Any, array: Flat, offset: Any) -> None:
        """Write L neighbouring elements."""
        self.builder.store(value, self._vector_address(array, offset), align=self.width // 8)

    def _vector_address(self, array: Flat, offset: Any) -> Any:
        return self.builder.bitcast(self._address(array, offset, LANES), self.type.as_pointer())

    def _address(self, array: Flat, offset: Any, n: int) -> Any:
        """Where n neighbours begin; the start is added first, for it stays the same in a loop."""
        if config.BOUNDSCHECK:
            first = self.builder.add(array.start, offset)
            cgutils.do_boundscheck(self.context, self.builder, first, array.size)
            last = self.builder.add(first, first.type(n - 1))
            cgutils.do_boundscheck(self.context, self.builder, last, array.size)
        return self.builder.gep(self.builder.gep(array.data, [array.start]), [offset])

    def spread(self, scalar: Any) -> Any:
        """One number in all lanes."""
        nothing = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(nothing, scalar, ir.Constant(ir.IntType(32), 0))
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return self.builder.shuffle_vector(first, nothing, mask)

    def variable(self) -> Any:
        """A running sum, which LLVM keeps in a register."""
        return cgutils.alloca_once(self.builder, self.type)

    def add_product(self, total: Any, a: Any, b: Any) -> None:
        """Add a·b to a running sum, fused where the processor can."""
        name = f"llvm.fmuladd.v{LANES}f{self.width}"
        signature = ir.FunctionType(self.type, [self.type] * 3)
        fused = cgutils.get_or_insert_function(self.builder.module, signature, name)
        self.builder.store(self.builder.call(fused, [a, b, self.builder.load(total)]), total)

    def sum_of_lanes(self, vector: Any) -> Any:
        """Add the lanes in halves: the same order on every processor."""
        lanes = LANES
        while lanes > 1:
            lanes //= 2
            halves = [
                self.builder.shuffle_vector(
                    vector, vector, ir.Constant(ir.VectorType(ir.IntType(32), lanes), list(range(start, start + lanes)))
                )
                for start in (0, lanes)
            ]
            vector = self.builder.fadd(*halves)
        return self.builder.extract_element(vector, ir.Constant(ir.IntType(32), 0))
