import LinuxSystem
import OCISpec

extension ResourceWriter {
    func apply(_ blockIO: BlockIO) throws(CgroupError) {
        if isUnified("blkio") { try applyUnified(blockIO) } else { try applyVersionOne(blockIO) }
    }

    // MARK: Version 1

    private func applyVersionOne(_ blockIO: BlockIO) throws(CgroupError) {
        if let weight = blockIO.weight, weight != 0 { try writeWeight("\(weight)", "weight", "weight") }
        if let weight = blockIO.leafWeight, weight != 0 { try writeWeight("\(weight)", "leaf_weight", "leafWeight") }
        for device in blockIO.weightDevice {
            if let weight = device.weight, weight != 0 {
                try writeWeight("\(device.major):\(device.minor) \(weight)", "weight_device", "weightDevice")
            }
            if let weight = device.leafWeight, weight != 0 {
                try writeWeight("\(device.major):\(device.minor) \(weight)", "leaf_weight_device", "weightDevice")
            }
        }
        for (devices, file, field) in Self.throttles(blockIO) {
            for device in devices {
                try write(
                    "\(device.major):\(device.minor) \(device.rate)", controller: "blkio",
                    file: "blkio.throttle.\(file.one)", field: "linux.resources.blockIO.\(field)")
            }
        }
    }

    /// The BFQ scheduler has the weights under its own names.
    private func writeWeight(_ value: String, _ file: String, _ field: String) throws(CgroupError) {
        let field = "linux.resources.blockIO.\(field)"
        guard let location = cgroup.location(of: "blkio") else {
            throw .missingController(field: field, controller: "blkio")
        }
        let bfq = File.exists("\(location.path)/blkio.bfq.\(file)")
        try write(value, controller: "blkio", file: bfq ? "blkio.bfq.\(file)" : "blkio.\(file)", field: field)
    }

    // MARK: Version 2

    private func applyUnified(_ blockIO: BlockIO) throws(CgroupError) {
        if let weight = blockIO.weight, weight != 0 {
            guard let unified = cgroup.unified else { return }
            let field = "linux.resources.blockIO.weight"
            if File.exists("\(unified.path)/io.bfq.weight") {
                try writeUnified("\(weight)", file: "io.bfq.weight", field: field)
            } else {
                // 10 … 1000 becomes 1 … 10000.
                let converted = 1 + (UInt64(max(weight, 10)) - 10) * 9999 / 990
                try writeUnified("\(converted)", file: "io.weight", field: field)
            }
        }
        if let weight = blockIO.leafWeight, weight != 0 {
            throw .missingController(field: "linux.resources.blockIO.leafWeight", controller: "version 1 blkio")
        }
        for device in blockIO.weightDevice where (device.weight ?? 0) != 0 {
            try writeUnified(
                "\(device.major):\(device.minor) \(device.weight ?? 0)", file: "io.bfq.weight",
                field: "linux.resources.blockIO.weightDevice")
        }
        for (devices, file, field) in Self.throttles(blockIO) {
            for device in devices {
                try writeUnified(
                    "\(device.major):\(device.minor) \(file.two)=\(device.rate == 0 ? "max" : "\(device.rate)")",
                    file: "io.max", field: "linux.resources.blockIO.\(field)")
            }
        }
    }

    private static func throttles(
        _ blockIO: BlockIO
    ) -> [(devices: [ThrottleDevice], file: (one: String, two: String), field: String)] {
        [
            (blockIO.throttleReadBpsDevice, ("read_bps_device", "rbps"), "throttleReadBpsDevice"),
            (blockIO.throttleWriteBpsDevice, ("write_bps_device", "wbps"), "throttleWriteBpsDevice"),
            (blockIO.throttleReadIOPSDevice, ("read_iops_device", "riops"), "throttleReadIOPSDevice"),
            (blockIO.throttleWriteIOPSDevice, ("write_iops_device", "wiops"), "throttleWriteIOPSDevice"),
        ]
    }
}
