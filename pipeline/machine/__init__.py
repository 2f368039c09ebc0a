"""The edges of the machine: disk, lock, network, processors, and digests of plain values."""
