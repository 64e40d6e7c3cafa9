"""A stand-in for a GPU: tensors of a device ``cuda:0``, computed on the CPU, that count a GPU's waits.

Inside ``cuda_stand_in()`` tensors are made on ``cuda:0`` and moved there. Operations on tensors of both
devices are refused, as by CUDA. What it puts in place of torch's own functions is taken away at its end.
Devices are named with their number: ``cuda:0``.
"""

# pyright: reportPrivateUsage=false
# torch's hooks for tensors that pretend to be on another device are private

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import torch
from torch.nn.functional import batch_norm, scaled_dot_product_attention
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils.weak import WeakIdKeyDictionary

CUDA = torch.device("cuda:0")
MEMORY = 16 * 2**30
_READING = frozenset({"aten::_local_scalar_dense", "aten::equal", "aten::nonzero", "aten::masked_select"})
_NO_LAUNCH = frozenset(
    {"aten::detach", "aten::empty", "aten::empty_like", "aten::empty_strided", "aten::set_"}
)
_SUMS = frozenset({"aten::convolution", "aten::addmm", "aten::mm", "aten::bmm", "aten::baddbmm"})
_HALVES = (torch.float16, torch.bfloat16)
_Function = Callable[..., Any]


@dataclass(slots=True)
class Traffic:
    """Counts by operation and by the place in the project's code that asked for it.

    ``reads``: the host waits for numbers of the device; ``copies``: to the device; ``launches`` of kernels;
    ``late``: copies from the device that nobody waits for.
    """

    reads: Counter[str] = field(default_factory=Counter[str])
    copies: Counter[str] = field(default_factory=Counter[str])
    launches: Counter[str] = field(default_factory=Counter[str])
    late: Counter[str] = field(default_factory=Counter[str])

    def take(self) -> Traffic:
        """Return the counts since the last call, and begin again."""
        taken = Traffic(self.reads.copy(), self.copies.copy(), self.launches.copy(), self.late.copy())
        for counter in (self.reads, self.copies, self.launches, self.late):
            counter.clear()
        return taken


traffic = Traffic()
_pinned = WeakIdKeyDictionary()


class DeviceTensor(torch.Tensor):
    """A tensor on the stand-in; ``numbers`` holds its numbers."""

    numbers: torch.Tensor

    @staticmethod
    def __new__(cls: type[DeviceTensor], inner: torch.Tensor) -> DeviceTensor:
        with _disable_current_modes():
            shell = torch.empty_strided(inner.size(), inner.stride(), dtype=inner.dtype, device="meta")
        options: dict[str, Any] = {"dispatch_device": True, "device_for_backend_keys": CUDA}
        self = torch.Tensor._make_subclass(cls, shell, False, **options)
        self.numbers = inner
        return self

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        stand_in = _METHODS.get(func)
        if stand_in is not None:
            return stand_in(*args, **(kwargs or {}))
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _dispatch(func, args, kwargs or {})


class _Mode(TorchDispatchMode):
    """Lets functions that make tensors see the stand-in."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _dispatch(func, args, kwargs or {})


def _mapped(change: _Function, value: Any) -> Any:
    """``value`` with every leaf of its lists, tuples and dicts changed."""
    if isinstance(value, list | tuple):
        return type(value)([_mapped(change, item) for item in value])
    if isinstance(value, dict):
        return {key: _mapped(change, item) for key, item in value.items()}
    return change(value)


def _tensors(*values: Any) -> list[torch.Tensor]:
    """Every tensor in there, in order."""
    found: list[torch.Tensor] = []
    _mapped(lambda leaf: found.append(leaf) if isinstance(leaf, torch.Tensor) else None, values)
    return found


def _numbers(value: Any) -> Any:
    return value.numbers if isinstance(value, DeviceTensor) else value


def _place() -> str:
    """The nearest line of code that is neither torch's nor another library's."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if "site-packages" not in name and name != __file__ and not name.startswith("<"):
            return f"{'/'.join(name.split('/')[-3:])}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"


def _dispatch(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if func is torch.ops.prim.device.default:
        return CUDA
    name = func._schema.name
    if name == "aten::_to_copy":
        return _to_copy(func, args[0], kwargs)
    tensors = _tensors(args, kwargs)
    ours = [tensor for tensor in tensors if isinstance(tensor, DeviceTensor)]
    made = kwargs.get("device") is not None and torch.device(kwargs["device"]).type == "cuda"
    if name == "aten::copy_" and ours and len(ours) < len(tensors):
        return _copy(func, args, kwargs)
    if ours:
        _require_one_device(name, tensors, ours)
        if name in _READING or (name.startswith("aten::index") and _masks(tensors)):
            traffic.reads[f"{name} {_place()}"] += 1
    if (ours or made) and not func.is_view and name not in _NO_LAUNCH:
        traffic.launches[name] += 1
    inner_args, inner_kwargs = _mapped(_numbers, args), _mapped(_numbers, kwargs)
    if made:
        inner_kwargs["device"] = torch.device("cpu")
    if inner_kwargs.pop("pin_memory", None):
        made_pinned = func(*inner_args, **inner_kwargs)
        _pinned[made_pinned] = True
        return made_pinned
    if name in _SUMS and "out" not in inner_kwargs:
        return _wrapped(_summed(func, inner_args, inner_kwargs), ours, made)
    return _wrapped(func(*inner_args, **inner_kwargs), ours, made)


def _summed(func: Any, args: Any, kwargs: Any) -> Any:
    """Sums of products of halves, kept in fp32 and rounded once, as tensor cores do; many times faster."""
    halves = [tensor.dtype for tensor in _tensors(args, kwargs) if tensor.dtype in _HALVES]
    if not halves:
        return func(*args, **kwargs)
    wide = func(*_mapped(_widened, args), **_mapped(_widened, kwargs))
    return _mapped(lambda value: value.to(halves[0]), wide)


def _widened(value: Any) -> Any:
    return value.float() if isinstance(value, torch.Tensor) and value.dtype in _HALVES else value


def _wrapped(output: Any, ours: list[DeviceTensor], made: bool) -> Any:
    """Results as tensors of the device; what was changed in place keeps its identity."""
    if not (ours or made):
        return output
    known = {id(tensor.numbers): tensor for tensor in ours}

    def wrap(value: Any) -> Any:
        if not isinstance(value, torch.Tensor) or isinstance(value, DeviceTensor):
            return value
        return known.get(id(value)) if id(value) in known else DeviceTensor(value)

    return _mapped(wrap, output)


def _to_copy(func: Any, tensor: torch.Tensor, kwargs: dict[str, Any]) -> torch.Tensor:
    target = torch.device(kwargs["device"]) if kwargs.get("device") is not None else tensor.device
    ours = isinstance(tensor, DeviceTensor)
    if ours and target.type == "cpu":
        traffic.reads[f"to the CPU {_place()}"] += 1
    elif target.type == "cuda":
        traffic.launches["aten::_to_copy"] += 1
        if not ours:
            traffic.copies[_place()] += 1
    rest = {key: value for key, value in kwargs.items() if key not in ("device", "pin_memory")}
    copied = func(_numbers(tensor), **rest)
    return DeviceTensor(copied) if target.type == "cuda" else copied


def _copy(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor:
    """``copy_`` between the devices."""
    if isinstance(args[0], DeviceTensor):
        traffic.copies[_place()] += 1
    elif args[0] in _pinned and (args[2:] == (True,) or kwargs.get("non_blocking")):
        traffic.late[_place()] += 1
    else:
        traffic.reads[f"aten::copy_ {_place()}"] += 1
    func(_numbers(args[0]), _numbers(args[1]), *args[2:], **kwargs)
    return args[0]


def _require_one_device(name: str, tensors: list[torch.Tensor], ours: list[DeviceTensor]) -> None:
    """Refuse tensors of the CPU, but for single numbers and indices, which CUDA copies."""
    strangers = [t for t in tensors if not isinstance(t, DeviceTensor) and t.dim() > 0]
    if not strangers or name in ("aten::set_", "aten::detach"):
        return
    if name.startswith("aten::index") and isinstance(tensors[0], DeviceTensor):
        traffic.copies[f"index {_place()}"] += 1
        return
    found = (
        f"{name} at {_place()} gets {tuple(ours[0].shape)} on cuda:0 and {tuple(strangers[0].shape)} on cpu"
    )
    raise RuntimeError(f"Expected all tensors to be on the same device: {found}")


def _masks(tensors: list[torch.Tensor]) -> bool:
    return any(tensor.dtype is torch.bool for tensor in tensors[1:])


def _indexed(method: _Function) -> _Function:
    """Indexing: a list becomes a tensor of the CPU, as in torch."""

    def index(tensor: torch.Tensor, key: Any, *value: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        listed = [torch.tensor(part) if isinstance(part, list) else part for part in parts]
        with torch._C.DisableTorchFunctionSubclass():
            return method(tensor, tuple(listed) if isinstance(key, tuple) else listed[0], *value)

    return index


def _read(tensor: DeviceTensor) -> Any:
    traffic.reads[f"tolist {_place()}"] += 1
    return tensor.numbers.tolist()


def _refuse_numpy(*args: Any, **kwargs: Any) -> Any:
    raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first.")


def _whole(function: _Function) -> _Function:
    """Stands in for a function that chooses a kernel by asking the driver."""

    def computed(*args: Any, **kwargs: Any) -> DeviceTensor:
        given = _tensors(args, kwargs)
        _require_one_device(function.__name__, given, [t for t in given if isinstance(t, DeviceTensor)])
        traffic.launches[function.__name__] += 1
        with _disable_current_modes():
            return DeviceTensor(_summed(function, _mapped(_numbers, args), _mapped(_numbers, kwargs)))

    return computed


_METHODS: dict[Any, _Function] = {
    torch.Tensor.__getitem__: _indexed(torch.Tensor.__getitem__),
    torch.Tensor.__setitem__: _indexed(torch.Tensor.__setitem__),
    torch.Tensor.tolist: _read,
    torch.Tensor.numpy: _refuse_numpy,
    torch.Tensor.__array__: _refuse_numpy,
    torch.Tensor.data_ptr: lambda tensor: tensor.numbers.data_ptr(),
    scaled_dot_product_attention: _whole(scaled_dot_product_attention),
    batch_norm: _whole(batch_norm),
}


class _Generator(torch.Generator):
    """A generator of the CPU that may be asked for on the device."""

    def __new__(cls, device: Any = "cpu") -> _Generator:
        make: Any = super().__new__
        return make(cls, "cpu")


class _Stream:
    """A stream of CUDA's; here its work is done at once."""

    def __init__(self, device: Any = None) -> None: ...

    def wait_stream(self, other: _Stream) -> None: ...


class _Event:
    """A mark in a stream, which has not come the first time that one asks."""

    def __init__(self) -> None:
        self.asked = 0

    def record(self, stream: _Stream | None = None) -> None: ...

    def query(self) -> bool:
        self.asked += 1
        return self.asked > 1

    def synchronize(self) -> None:
        if not self.query():
            traffic.reads[f"synchronize {_place()}"] += 1


_DATA: Any = torch._C.TensorBase.data


def _set_data(tensor: torch.Tensor, value: torch.Tensor) -> None:
    """Give a parameter other numbers; it may change between the devices."""
    if isinstance(tensor, DeviceTensor) or isinstance(value, DeviceTensor):
        with _disable_current_modes():
            other: torch.Tensor = (
                DeviceTensor(value.numbers) if isinstance(value, DeviceTensor) else value.detach()
            )
            torch.utils.swap_tensors(tensor, torch.nn.Parameter(other, requires_grad=False))
    else:
        _DATA.__set__(tensor, value)


def _made_here(make: _Function) -> _Function:
    """``torch.tensor`` and ``as_tensor`` fill their tensors without the dispatcher."""

    def made(data: Any, *args: Any, device: Any = None, **kwargs: Any) -> torch.Tensor:
        if device is None or torch.device(device).type == "cpu" or isinstance(data, DeviceTensor):
            return make(data, *args, device=device, **kwargs)
        return make(data, *args, **kwargs).to(device)

    return made


@contextmanager
def cuda_stand_in() -> Generator[Traffic]:
    """While entered there is a ``cuda:0``; answers what is counted."""
    torch._C._ensureCUDADeviceGuardSet()
    properties = SimpleNamespace(total_memory=MEMORY, name="stand-in", major=9, minor=0)
    cuda = {
        "_lazy_init": lambda: None,
        "is_available": lambda: True,
        "device_count": lambda: 1,
        "current_device": lambda: 0,
        "synchronize": lambda device=None: traffic.reads.update([f"synchronize {_place()}"]),
        "mem_get_info": lambda device=None: (MEMORY, MEMORY),
        "memory_stats": lambda device=None: {},
        "empty_cache": lambda: None,
        "get_device_properties": lambda device=None: properties,
        "get_device_name": lambda device=None: properties.name,
        "set_per_process_memory_fraction": lambda fraction, device=None: None,
        "is_bf16_supported": lambda *args: True,
        "Stream": _Stream,
        "Event": _Event,
        "current_stream": _Stream,
        "stream": nullcontext,
    }
    patches = [patch.object(torch.cuda, name, value) for name, value in cuda.items()]
    patches += [
        patch.object(torch, "Generator", _Generator),
        # tensors of inference mode can't be wrapped
        patch.object(torch.inference_mode, "__enter__", lambda mode: torch._C._set_grad_enabled(False)),
        patch.object(torch.inference_mode, "__exit__", lambda mode, *error: None),
        patch.object(torch, "tensor", _made_here(torch.tensor)),
        patch.object(torch, "as_tensor", _made_here(torch.as_tensor)),
        patch.object(torch.Tensor, "data", property(_DATA.__get__, _set_data), create=True),
    ]
    traffic.take()
    with ExitStack() as stack:
        for change in patches:
            stack.enter_context(change)
        stack.enter_context(_Mode())
        yield traffic
