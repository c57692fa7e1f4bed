module leasehold/tests/chains

go 1.21
