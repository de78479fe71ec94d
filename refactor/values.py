"""`dataclass`, as in the standard library and made in a third of its time.

That one writes and compiles six methods for each class that is frozen, which takes half a
millisecond; a command needs a hundred and fifty of them before it begins to work. Here only
`__init__` is written for a class. That nobody assigns to what is frozen is what mypy sees to, as it
does with types: at run time it is not looked at, and making an object is quicker for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from functools import partial
    from operator import attrgetter

    def dataclass(cls=None, /, *, frozen=False, eq=True, order=False, repr=True, **options):
        """As `dataclasses.dataclass`, but for what the module says."""
        if cls is None:
            return partial(dataclass, frozen=frozen, eq=eq, order=order, repr=repr, **options)
        if order or not eq:  # a few
            return dataclasses.dataclass(eq=eq, order=order, repr=repr, frozen=frozen, **options)(
                cls
            )
        own = vars(cls).keys() & {"__eq__", "__hash__", "__repr__"}
        made = dataclasses.dataclass(eq=False, repr=False, **options)(cls)
        names = [each.name for each in dataclasses.fields(made) if each.compare]
        values = attrgetter(*names) if names else lambda _: ()

        def equal(self, other):
            if self.__class__ is not other.__class__:
                return NotImplemented
            return values(self) == values(other)

        def hashed(self):
            return hash(values(self))

        methods = {"__eq__": equal, "__hash__": hashed if frozen else None, "__repr__": _shown}
        for name in methods.keys() - own:
            setattr(made, name, methods[name])
        return made

    def _shown(self):
        shown = (each.name for each in dataclasses.fields(self) if each.repr)
        parts = (f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({', '.join(parts)})"
