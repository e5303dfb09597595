"""Run protected models through the keep of this device.

    import edgekeep

    with edgekeep.InferenceSession("acme/label-ocr") as session:
        [scores] = session.run(None, {"x": picture})

Arrays go in and come out as with onnxruntime; the model itself never enters this process.
"""
from edgekeep._errors import Error, InputError, TimedOut
from edgekeep._library import version
from edgekeep._session import InferenceSession
from edgekeep._tensors import NodeArg

__all__ = ["Error", "InferenceSession", "InputError", "NodeArg", "TimedOut", "__version__"]
__version__ = version()
