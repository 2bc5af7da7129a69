"""moto's server with S3's answers named as S3 names them.

moto 5.2 calls the root of some answers after the operation where S3 has a name of its own for it. boto3 looks only at what
is inside, but SDKs that check the root refuse such an answer. Nothing else about moto is changed.
"""

import sys

from moto.core.serialize import S3Serializer
from moto.server import main

# By moto's name for the operation; the roots as the API reference of S3 shows them.
ROOTS = {
    "GetBucketAccelerateConfiguration": "AccelerateConfiguration",
    "GetBucketNotification": "NotificationConfiguration",
    "GetBucketVersioning": "VersioningConfiguration",
}

written_by_moto = S3Serializer._serialize_body


def with_its_own_root(self: S3Serializer, body: dict) -> str:
    """The same answer under the name that S3 gives it."""
    operation = self.operation_model.name
    named = {ROOTS.get(operation, key) if key == f"{operation}Response" else key: value for key, value in body.items()}
    return written_by_moto(self, named)


if __name__ == "__main__":
    S3Serializer._serialize_body = with_its_own_root
    sys.exit(main())
