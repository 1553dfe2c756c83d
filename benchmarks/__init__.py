"""Load over real sockets: `python -m benchmarks.load`."""
