"""A DRAM channel and its controller: devices, traces, the simulator, and the task."""
