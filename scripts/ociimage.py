"""Writes container images without a container engine: layers, configurations, indexes and archives.

The archives are deterministic: the same input gives the same bytes and digests.
"""

import dataclasses
import functools
import gzip
import hashlib
import io
import json
import platform
import tarfile

CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def encode(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


class Layer:
    """One file system layer, built entry by entry in the order that the archive has."""

    def __init__(self, mtime=0, compress=True):
        self._buffer = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w", format=tarfile.PAX_FORMAT)
        self._mtime = mtime
        self._compress = compress

    def _add(self, path, kind, mode, data=None, *, uid=0, gid=0, target="", device=(0, 0), xattrs=None):
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.uid, info.gid, info.mtime = kind, mode, uid, gid, self._mtime
        info.linkname = target
        info.devmajor, info.devminor = device
        info.size = len(data or b"")
        info.pax_headers = {
            f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape") for name, value in (xattrs or {}).items()
        }
        self._tar.addfile(info, io.BytesIO(data) if data else None)
        return self

    def directory(self, path, mode=0o755, **owner):
        return self._add(path, tarfile.DIRTYPE, mode, **owner)

    def file(self, path, data=b"", mode=0o644, **attributes):
        return self._add(path, tarfile.REGTYPE, mode, data.encode() if isinstance(data, str) else data, **attributes)

    def symlink(self, path, target):
        return self._add(path, tarfile.SYMTYPE, 0o777, target=target)

    def hardlink(self, path, target):
        return self._add(path, tarfile.LNKTYPE, 0o644, target=target)

    def fifo(self, path, mode=0o644):
        return self._add(path, tarfile.FIFOTYPE, mode)

    def character_device(self, path, major, minor, mode=0o666):
        return self._add(path, tarfile.CHRTYPE, mode, device=(major, minor))

    def whiteout(self, path):
        directory, _, name = path.rpartition("/")
        return self.file(f"{directory}/.wh.{name}" if directory else f".wh.{name}")

    def opaque(self, directory):
        return self.file(f"{directory}/.wh..wh..opq")

    @functools.cached_property
    def tar(self):
        """The uncompressed archive; nothing can be added afterwards."""
        self._tar.close()
        return self._buffer.getvalue()

    @functools.cached_property
    def diff_id(self):
        return digest(self.tar)

    @functools.cached_property
    def blob(self):
        return gzip.compress(self.tar, 6, mtime=0) if self._compress else self.tar

    @property
    def media_type(self):
        return LAYER + ("+gzip" if self._compress else "")


@dataclasses.dataclass
class Image:
    """Layers with a configuration (`config` is the `config` object of the image specification)."""

    layers: list
    config: dict = dataclasses.field(default_factory=dict)
    architecture: str = ARCHITECTURE
    created: str = "2024-01-01T00:00:00Z"
    names: tuple = ()

    @property
    def configuration(self):
        return encode(
            {
                "architecture": self.architecture,
                "config": self.config,
                "created": self.created,
                "history": [{"created": self.created, "created_by": f"layer {n}"} for n in range(len(self.layers))],
                "os": "linux",
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
            }
        )

    @property
    def id(self):
        return digest(self.configuration)

    @property
    def manifest(self):
        return encode(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "digest": self.id, "size": len(self.configuration)},
                "layers": [
                    {"mediaType": layer.media_type, "digest": digest(layer.blob), "size": len(layer.blob)}
                    for layer in self.layers
                ],
            }
        )

    @property
    def descriptor(self):
        return {
            "mediaType": MANIFEST,
            "digest": digest(self.manifest),
            "size": len(self.manifest),
            "platform": {"architecture": self.architecture, "os": "linux"},
        }

    @property
    def blobs(self):
        return [self.configuration, self.manifest, *(layer.blob for layer in self.layers)]


def blob_path(data):
    return "blobs/sha256/" + hashlib.sha256(data).hexdigest()


def oci_files(images, index_name=None):
    """The files of an OCI layout. With `index_name`, one multi-platform index of that name."""
    files = {"oci-layout": encode({"imageLayoutVersion": "1.0.0"})}
    for image in images:
        files.update({blob_path(blob): blob for blob in image.blobs})
    if index_name:
        nested = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": [i.descriptor for i in images]})
        files[blob_path(nested)] = nested
        descriptors = [_named({"mediaType": INDEX, "digest": digest(nested), "size": len(nested)}, index_name)]
    else:
        descriptors = [_named(image.descriptor, name) for image in images for name in image.names or [None]]
    files["index.json"] = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": descriptors})
    return files


def _named(descriptor, name):
    if name is None:
        return descriptor
    annotations = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rpartition(":")[2]}
    return {**descriptor, "annotations": annotations}


def docker_files(images):
    """The files of a `docker save` archive as Docker wrote it before version 25."""
    files, manifest = {}, []
    for image in images:
        config = image.id.removeprefix("sha256:") + ".json"
        files[config] = image.configuration
        paths = []
        for layer in image.layers:
            paths.append(layer.diff_id.removeprefix("sha256:") + "/layer.tar")
            files[paths[-1]] = layer.tar
        manifest.append({"Config": config, "RepoTags": list(image.names) or None, "Layers": paths})
    files["manifest.json"] = encode(manifest)
    return files


def combined_files(images):
    """An OCI layout that has Docker's manifest.json too, as Docker writes since version 25."""
    files = oci_files(images)
    files["manifest.json"] = encode(
        [
            {
                "Config": blob_path(image.configuration),
                "RepoTags": list(image.names) or None,
                "Layers": [blob_path(layer.blob) for layer in image.layers],
            }
            for image in images
        ]
    )
    return files


def write_archive(path, files):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(files[name]), 0o644
            archive.addfile(info, io.BytesIO(files[name]))
    return path


def write_directory(path, files):
    for name, data in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return path
