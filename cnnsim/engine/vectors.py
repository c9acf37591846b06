"""Vector instructions: L neighbouring numbers of a flat array at a time."""

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils

from cnnsim.engine.compile import LANES


class Vectors:
    """Vector instructions on the flat arrays of one call."""

    def __init__(self, context: Any, builder: Any, array: Any) -> None:
        self.context = context
        self.builder = builder
        self.element = context.get_data_type(array.dtype)
        self.width = array.dtype.bitwidth
        self.type = ir.VectorType(self.element, LANES)

    def pointer(self, array_type: Any, value: Any, start: Any = None) -> Any:
        """Address of element `start` of a flat array."""
        data = self.context.make_array(array_type)(self.context, self.builder, value).data
        return data if start is None else self.builder.gep(data, [start])

    def load(self, pointer: Any, offset: Any) -> Any:
        """L neighbouring elements."""
        return self.builder.load(self._vector_pointer(pointer, offset), align=self.width // 8)

    def store(self, value: Any, pointer: Any, offset: Any) -> None:
        """Write L neighbouring elements."""
        self.builder.store(value, self._vector_pointer(pointer, offset), align=self.width // 8)

    def _vector_pointer(self, pointer: Any, offset: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(pointer, [offset]), self.type.as_pointer())

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
