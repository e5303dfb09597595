"""Run protected models through the keep of this device.

    import edgekeep

    with edgekeep.InferenceSession("acme/label-ocr") as session:
        [scores] = session.run(None, {"x": picture})

Arrays go in and come out as with onnxruntime; the model itself never enters this process.
"""
from edgekeep._calls import Call
from edgekeep._errors import Error, InputError, TimedOut
from edgekeep._export import export
from edgekeep._library import version
from edgekeep._session import InferenceSession, ModelMetadata
from edgekeep._tensors import NodeArg
from edgekeep._values import StoredValues

__all__ = ["Call", "Error", "InferenceSession", "InputError", "ModelMetadata", "NodeArg", "StoredValues", "TimedOut", "__version__",
           "export"]
__version__ = version()
